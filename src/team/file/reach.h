/* reach.h - whether what goes along the edges of a team gets to be read. */
#ifndef LMI_TEAM_REACH_H
#define LMI_TEAM_REACH_H

#include "base/json.h"
#include "team/file/team.h"

/* Of a team that is read: nobody is left with nothing to go on, every text along an edge has a slot
 * in the prompt of whoever takes it, and every {output:NAME} an edge that brings that text. */
lmas_status lmi_reach_check(const lmas_team *team, const lmi_json *json);

#endif

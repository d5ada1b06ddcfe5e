/*
 * slots.h - words in braces that would stay in a prompt although somebody meant them as slots.
 *
 * Braces that are no slot stay as they are, and must: prompts hold LaTeX and JSON. So a word in
 * braces is remarked on only where it is a slot that is not filled in this place, or one slip of
 * the pen away from one that is. A remark is no error: it may be meant.
 */
#ifndef LMI_TEAM_SLOTS_H
#define LMI_TEAM_SLOTS_H

#include "base/json.h"
#include "team/file/team.h"

/* Look through every text of the team that was read from `json`, and keep the remarks with it. */
lmas_status lmi_slots_check(lmas_team *team, const lmi_json *json);

#endif

/* prune.h - what goes on of the memory that a turn inherits: the rules of its edges. */
#ifndef LMI_TEAM_PRUNE_H
#define LMI_TEAM_PRUNE_H

#include "team/turn/strand.h"

/* Apply the rules to the strand's memory, which holds what it inherits and nothing else, and note
 * in its trace what went on. Its prompt is known. */
lmas_status lmi_prune(lmi_strand *strand);

#endif

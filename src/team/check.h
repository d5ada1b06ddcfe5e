/* check.h - whether a plan can be followed on the hosts that it has. */
#ifndef LMI_TEAM_CHECK_H
#define LMI_TEAM_CHECK_H

#include "team/plan/plan.h"

/* Its hosts have their sessions; branches go side by side as far as these have lanes. A session
 * proves, once, what is needed of it. */
lmas_status lmi_check_plan(lmi_plan *plan);

#endif

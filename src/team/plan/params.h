/* params.h - whether what a run is told is within its limits. */
#ifndef LMI_TEAM_PARAMS_H
#define LMI_TEAM_PARAMS_H

#include "base/status.h"
#include "latent/keep.h"

/* Whether all agents but the last are asked another question. */
bool lmi_control_swaps(lmas_control control);

/* Whether inherited cells get other keys and values; whether some of them go. */
bool lmi_control_overwrites(lmas_control control);
bool lmi_control_drops(lmas_control control);

lmas_status lmi_params_check(const lmas_solver_params *params);

/* Which cells are handed on, as they say, or as their control does. */
lmas_status lmi_params_keep(lmi_keep *out, const lmas_solver_params *params);

#endif

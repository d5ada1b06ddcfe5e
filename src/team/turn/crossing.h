/*
 * crossing.h - a turn's thoughts on their way into other models' inputs.
 *
 *     states h [n, n_embd]  --map-->  [n, n_embd of the other space]     how well: a gate
 *                                         |                                |
 *                                         '-- read afresh there            '-- badly: words instead
 *
 * The maps are the solver's, one for each pair of spaces that a turn's thoughts go between; they
 * are made before anything runs. All thoughts of a turn are mapped at once, when it has thought.
 */
#ifndef LMI_TEAM_CROSSING_H
#define LMI_TEAM_CROSSING_H

#include "latent/cross/cross.h"
#include "team/turn/strand.h"

/* The maps that the plan's turns need; its hosts have their sessions. Free them after a failure,
 * too. */
lmas_status lmi_crossings_make(lmi_plan *plan);
void lmi_crossings_done(lmi_plan *plan);

/* Map the thoughts of a turn into the spaces that it goes to. Where they do not cross well, the
 * turn is to speak: its n_speak says so. */
lmas_status lmi_cross_thoughts(lmi_strand *strand);

#endif

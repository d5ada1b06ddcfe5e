/*
 * away.h - a turn that a server speaks: its prompt, and the vectors or texts that reach it, go
 * there, and a text comes back while the models here go on.
 *
 *     in order   [ block a ][ block b ][ prompt                    ]     as a memory here would be
 *     spliced    [ prompt, up to the user's text ][ a ][ b ][ rest ]     as the reference sends it
 *
 * Vectors are rows of W_in for tokens, and thoughts as they are. A server that takes texts alone is
 * told the prompt: as this model's chat template has it where it speaks for the first host, else as
 * a chat turn that it lays out itself.
 */
#ifndef LMI_TEAM_AWAY_H
#define LMI_TEAM_AWAY_H

#include "remote/call.h"
#include "team/turn/strand.h"

/* Ask the server. */
lmas_status lmi_away_begin(lmi_strand *strand);

/* Whether it has answered: then the trace has what it said. */
lmas_status lmi_away_step(bool *has_ended, lmi_strand *strand);

#endif

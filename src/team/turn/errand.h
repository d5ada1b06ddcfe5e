/*
 * errand.h - a turn that is a program: question and texts in, a text out, beside the model.
 *
 *   stdin   {"agent": "solver", "round": 1, "question": "...", "note": "...",
 *            "texts": [{"agent": "planner", "round": 1, "text": "..."}], "seed": 42}
 *   stdout  its text
 */
#ifndef LMI_TEAM_ERRAND_H
#define LMI_TEAM_ERRAND_H

#include "process/tool.h"
#include "team/turn/strand.h"

/* Start the program; the trace's input is what it reads. */
lmas_status lmi_errand_begin(lmi_strand *strand);

/* Whether it has ended: then what it printed is the trace's output. Where the team wants to be told
 * of a failure, that is. */
lmas_status lmi_errand_step(bool *has_ended, lmi_strand *strand);

#endif

/* weight.h - what the questions of a run take, told from some of them. */
#ifndef LMI_CLI_RUN_GRID_WEIGHT_H
#define LMI_CLI_RUN_GRID_WEIGHT_H

#include "cli/open.h"
#include "cli/run/one.h"
#include "eval/run.h"

/* The mean of questions taken evenly from all; the stage needs no session. */
lmas_status lmi_weigh(lmi_run_weight *out, const lmi_stage *stage, const lmi_setup *setup);

#endif

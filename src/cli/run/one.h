/* one.h - single runs by their command lines, for who makes several of them (grid/). */
#ifndef LMI_CLI_RUN_ONE_H
#define LMI_CLI_RUN_ONE_H

#include "cli/open.h"
#include "cli/options.h"

/* What a question of a run takes: tokens read and thoughts as its prompts have them, and tokens
 * spoken if every answer is as long as it may be. */
typedef struct lmi_run_weight {
    double n_read, n_thought, n_spoken_most;
    double n_speakers; /* agents that speak */
} lmi_run_weight;

/* Whether the command line of a run is right; with `n` also its data, its questions (how many they
 * are) and its sandbox. Nothing is loaded. argv[0] is the command's name. */
lmas_status lmi_run_check(size_t *n, int argc, char **argv);

/* Open the model that the command line names, with its session's parameters: for lmi_run_one(). */
lmas_status lmi_run_lend(lmi_stage *out, int argc, char **argv);

/* What a question of the run takes, as the mean of some; its team and other models are opened. */
lmas_status lmi_run_weigh(lmi_run_weight *out, int argc, char **argv, const lmi_stage *lender);

/* Make the run, or go on with it, on the model of `lender` (NULL: its own); the exit code. */
int lmi_run_one(int argc, char **argv, const lmi_stage *lender);

#endif

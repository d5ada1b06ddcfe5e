/* measure.h - one test: a session made for it, and as many repetitions as somebody wants. */
#ifndef LMI_CLI_BENCH_MEASURE_H
#define LMI_CLI_BENCH_MEASURE_H

#include "cli/bench/bench.h"
#include "cli/open.h"

/* A test under way. The stage's session is made for it. */
typedef struct lmi_bout {
    lmi_stage *stage;
    const lmi_bench_test *test;
    lmi_bench_result *result;
    lmas_question *questions; /* of ANSWER */
    lmas_solver_params solver_params;
    lmas_session_params session_params; /* the stage's as they were */
    lmas_status failure;                /* of a question */
    char error[LMI_ERROR_MAX];
} lmi_bout;

/* Make the session, and fill in what the result says of it. */
lmas_status lmi_bout_open(lmi_bout *out, lmi_stage *stage, const lmi_bench_test *test,
                          lmi_bench_result *result);

/* One repetition. Counts of ANSWER in the result are those of the last one. */
lmas_status lmi_bout_repeat(double *out_ms, lmi_bout *bout);

/* Free the session; the stage is as it was. */
void lmi_bout_close(lmi_bout *bout);

#endif

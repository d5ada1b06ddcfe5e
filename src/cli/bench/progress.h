/* bench_progress.h - which test, which repetition, how long: on a terminal, after two seconds. */
#ifndef LMI_CLI_BENCH_PROGRESS_H
#define LMI_CLI_BENCH_PROGRESS_H

#include <stdbool.h>

#include "cli/bench/bench.h"
#include "cli/show/progress.h"

typedef struct lmi_bench_progress {
    const lmi_bench_test *tests;
    size_t n_tests;
    size_t n_repetitions; /* of each test */
    bool has_warmup;      /* one more, before them */
    lmi_progress line;
    double unit_ms[LMI_BENCH_ANSWER + LMI_BENCH_METHODS]; /* by kind and method; 0 is unknown */
} lmi_bench_progress;

/* Show that a repetition begins, from 1; 0 is the warm-up. */
void lmi_bench_progress_show(lmi_bench_progress *progress, size_t test, size_t repetition);

/* A repetition of the test took `ms`: how long the others of its kind will take. */
void lmi_bench_progress_learn(lmi_bench_progress *progress, size_t test, double ms);

/* Take the line away: something else is to be printed. */
void lmi_bench_progress_clear(lmi_bench_progress *progress);

#endif

/*
 * bench.h - what latentmas bench measures: a list of tests, and what comes of each.
 *
 *   list.h   numbers of the command line     measure.h   one test, one repetition
 *   model.h  a model with random weights     progress.h  what stderr shows
 *   row.h    all of a measurement            print.h     rows on stdout
 */
#ifndef LMI_CLI_BENCH_BENCH_H
#define LMI_CLI_BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "cli/bench/list.h"
#include "latentmas.h"

/* Longest name of a test, with its depth and the NUL. */
enum { LMI_BENCH_NAME_SIZE = 64, LMI_BENCH_METHODS = 3 };

typedef enum lmi_bench_kind {
    LMI_BENCH_READ = 0,  /* pp: every lane reads a prompt */
    LMI_BENCH_SPEAK = 1, /* tg: takes in spoken tokens, and has the logits of each */
    LMI_BENCH_THINK = 2, /* lat: thinks */
    LMI_BENCH_ANSWER = 3 /* e2e: a team answers questions, end to end */
} lmi_bench_kind;

typedef struct lmi_bench_test {
    lmi_bench_kind kind;
    lmas_method method; /* of ANSWER */
    uint32_t n;         /* tokens or thoughts of each lane; questions of all lanes together */
    uint32_t n_lanes;
    uint32_t depth; /* positions before, which are not timed */
} lmi_bench_test;

/* What somebody wants measured. */
typedef struct lmi_bench_wish {
    lmi_list prompt, gen, latent; /* lengths */
    lmi_list lanes;
    lmas_method methods[LMI_BENCH_METHODS];
    size_t n_methods;
    uint32_t depth;
    uint32_t n_questions; /* 0 for as many as lanes */
} lmi_bench_wish;

/* What came of a test. */
typedef struct lmi_bench_result {
    double *samples_ms; /* of each repetition */
    size_t n;
    char started[32];  /* ISO 8601 */
    uint32_t n_lanes;  /* in use: memory may be short of what was asked */
    uint32_t n_ubatch; /* in use: by default the session chooses */
    int32_t n_threads, n_threads_batch;
    const char *realignment;
    uint64_t n_read, n_thought, n_spoken; /* of ANSWER, in one repetition */
} lmi_bench_result;

typedef struct lmi_spread {
    double mean, deviation; /* of the sample: 0 below two */
} lmi_spread;

/* Parse "baseline,latent_mas" into the wish's methods. */
lmas_status lmi_bench_parse_methods(lmi_bench_wish *out, const char *flag, const char *text);

/* Kind by kind, length by length, at every number of lanes. Free with lmi_free(). */
lmas_status lmi_bench_plan(lmi_bench_test **out, size_t *n_out, const lmi_bench_wish *wish);

/* "pp512", "tg128", "lat128", "e2e latent_mas". */
void lmi_bench_name(char out[LMI_BENCH_NAME_SIZE], const lmi_bench_test *test);

/* What all lanes together do in a repetition: tokens, thoughts or questions. */
double lmi_bench_units(const lmi_bench_test *test, uint32_t n_lanes);

lmi_spread lmi_spread_of(const double *values, size_t n);

#endif

/*
 * bench_progress.c - a line on stderr, shown late.
 *
 * A repetition is one call of the library, which may take a second or a minute. So its line is
 * promised before it begins.
 */
#include "cli/bench/progress.h"

#include <stdio.h>

#include "cli/show/term.h"

enum { TEXT_SIZE = 240 };

/* Tests that resemble each other in what a unit of them takes. */
static size_t slot_of(const lmi_bench_test *test)
{
    return (size_t)test->kind + (test->kind == LMI_BENCH_ANSWER ? (size_t)test->method : 0);
}

/* Milliseconds from the start of a repetition to the end of all. False when some tests are of a
 * kind not yet seen: it will be more. */
static bool estimate(double *out, const lmi_bench_progress *p, size_t test, size_t repetition)
{
    const size_t n_each = p->n_repetitions + (p->has_warmup ? 1 : 0);
    bool is_whole = true;
    size_t i;

    *out = 0;
    for (i = test; i < p->n_tests; i++) {
        const lmi_bench_test *t = &p->tests[i];
        const double ms = p->unit_ms[slot_of(t)] * lmi_bench_units(t, t->n_lanes);

        *out += ms * (double)(i > test          ? n_each
                              : repetition == 0 ? n_each
                                                : p->n_repetitions - repetition + 1);
        is_whole = is_whole && ms > 0;
    }
    return is_whole;
}

static void describe(char *out, size_t size, const lmi_bench_progress *p, size_t test,
                     size_t repetition)
{
    const lmi_bench_test *t = &p->tests[test];
    char name[LMI_BENCH_NAME_SIZE], which[64], left[64] = "";
    char time[32];
    double ms;
    const bool is_whole = estimate(&ms, p, test, repetition);

    lmi_bench_name(name, t);
    if (repetition)
        snprintf(which, sizeof(which), "repetition %zu of %zu", repetition, p->n_repetitions);
    else
        snprintf(which, sizeof(which), "warm-up");
    lmi_duration_text(time, ms / 1e3);
    if (ms > 0)
        snprintf(left, sizeof(left), ", %s%s left", is_whole ? "" : "more than ", time);
    snprintf(out, size, "test %zu of %zu: %s, %u lane%s, %s%s", test + 1, p->n_tests, name,
             t->n_lanes, t->n_lanes == 1 ? "" : "s", which, left);
}

void lmi_bench_progress_show(lmi_bench_progress *p, size_t test, size_t repetition)
{
    char text[TEXT_SIZE];

    if (!p->line.is_live)
        return;
    describe(text, sizeof(text), p, test, repetition);
    lmi_progress_promise(&p->line, 0, 0, text);
}

void lmi_bench_progress_learn(lmi_bench_progress *p, size_t test, double ms)
{
    const lmi_bench_test *t = &p->tests[test];

    p->unit_ms[slot_of(t)] = ms / lmi_bench_units(t, t->n_lanes);
}

void lmi_bench_progress_clear(lmi_bench_progress *p)
{
    lmi_progress_clear(&p->line);
}

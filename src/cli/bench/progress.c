/*
 * progress.c - a line on stderr, shown late.
 *
 * A repetition is one call of the library, which may take a second or a minute, and nobody
 * wants to see a line flash by. So a timer shows the line when two seconds are over.
 */
#include "cli/bench/progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/show/term.h"

#define QUIET_MS 2000.0

enum { LINE_SIZE = 256 };

/* The line, and whether it stands there: what the timer's handler needs. */
static char line[LINE_SIZE];
static volatile sig_atomic_t line_len, is_shown;

static void show_late(int number)
{
    (void)number;
    is_shown = write(STDERR_FILENO, line, (size_t)line_len) > 0;
}

/* Call show_late() in `ms` milliseconds, or with 0 not any more. */
static void set_timer(double ms)
{
    struct sigaction action = {.sa_handler = show_late, .sa_flags = SA_RESTART};
    struct itimerval timer = {0};

    sigemptyset(&action.sa_mask);
    if (ms > 0)
        sigaction(SIGALRM, &action, NULL);
    timer.it_value.tv_sec = (time_t)(ms / 1e3);
    timer.it_value.tv_usec = (suseconds_t)((ms - (double)timer.it_value.tv_sec * 1e3) * 1e3);
    setitimer(ITIMER_REAL, &timer, NULL);
}

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

void lmi_bench_progress_show(const lmi_bench_progress *p, size_t test, size_t repetition)
{
    const double age = lmi_now_ms() - p->begin_ms;
    const size_t width = lmi_term_width();
    char text[LINE_SIZE - 16];
    int len;

    if (!lmi_term_is_live())
        return;
    set_timer(0);
    describe(text, sizeof(text), p, test, repetition);
    len = snprintf(line, sizeof(line), "\r%.*s\033[K", (int)(width > 1 ? width - 1 : 1), text);
    line_len = len < (int)sizeof(line) ? len : (int)sizeof(line) - 1;
    if (age < QUIET_MS)
        set_timer(QUIET_MS - age);
    else
        show_late(0);
}

void lmi_bench_progress_learn(lmi_bench_progress *p, size_t test, double ms)
{
    const lmi_bench_test *t = &p->tests[test];

    p->unit_ms[slot_of(t)] = ms / lmi_bench_units(t, t->n_lanes);
}

void lmi_bench_progress_clear(void)
{
    if (!lmi_term_is_live())
        return;
    set_timer(0);
    if (is_shown)
        fputs("\r\033[K", stderr);
    is_shown = 0;
}

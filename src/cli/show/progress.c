/*
 * progress.c - when to show how far a job is, and drawing it.
 *
 * A promised line is complete before its timer is set: the handler only writes it. Handler and
 * job may be different threads, so a flag says who has the line; the handler never waits for it.
 */
#include "cli/show/progress.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "cli/show/term.h"

#define QUIET_MS 2000.0  /* before the first sign */
#define LIVE_MS  100.0   /* between two on a terminal */
#define PLAIN_MS 10000.0 /* between two lines elsewhere */

enum { BAR_MIN = 8, BAR_MAX = 40, PLAIN_WIDTH = 300, LINE_SIZE = 2048 };

/* The line that is promised. */
static char line[LINE_SIZE];
static size_t line_len;
static atomic_flag line_is_taken = ATOMIC_FLAG_INIT;
static atomic_bool is_kept; /* the handler has shown it */

static void keep_promise(int number)
{
    (void)number;
    if (atomic_flag_test_and_set(&line_is_taken))
        return;
    if (line_len > 0)
        atomic_store(&is_kept, write(STDERR_FILENO, line, line_len) > 0);
    line_len = 0;
    atomic_flag_clear(&line_is_taken);
}

/* Call keep_promise() in `ms` milliseconds, or with 0 not any more. */
static void set_timer(double ms)
{
    struct sigaction action = {.sa_handler = keep_promise, .sa_flags = SA_RESTART};
    struct itimerval timer = {0};

    sigemptyset(&action.sa_mask);
    if (ms > 0)
        sigaction(SIGALRM, &action, NULL);
    timer.it_value.tv_sec = (time_t)(ms / 1e3);
    timer.it_value.tv_usec = (suseconds_t)((ms - (double)timer.it_value.tv_sec * 1e3) * 1e3);
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* Put another text in the place of what was promised, none where `len` is 0. */
static void replace_promise(const char *text, size_t len)
{
    while (atomic_flag_test_and_set(&line_is_taken))
        ; /* a handler on another thread is about to end */
    memcpy(line, text, len);
    line_len = len;
    atomic_flag_clear(&line_is_taken);
}

/* What the handler did counts as shown. */
static void note_kept(lmi_progress *progress)
{
    if (!atomic_exchange(&is_kept, false))
        return;
    progress->shown_ms = lmi_now_ms();
    progress->is_shown = progress->is_live;
}

void lmi_progress_init(lmi_progress *progress)
{
    const double now_ms = lmi_now_ms();

    *progress = (lmi_progress){.is_live = lmi_term_is_live(),
                               .has_colour = lmi_term_has_colour(),
                               .begin_ms = now_ms,
                               .shown_ms = now_ms};
}

/* Milliseconds until something may be shown again; 0 or less when it is due. */
static double wait_ms(const lmi_progress *progress)
{
    const double now_ms = lmi_now_ms();
    const double quiet = progress->begin_ms + QUIET_MS - now_ms;
    const double apart = progress->shown_ms + (progress->is_live ? LIVE_MS : PLAIN_MS) - now_ms;

    return quiet > apart ? quiet : apart;
}

bool lmi_progress_is_due(const lmi_progress *progress)
{
    return wait_ms(progress) <= 0;
}

size_t lmi_progress_width(const lmi_progress *progress)
{
    const size_t width = lmi_term_width();

    return !progress->is_live ? PLAIN_WIDTH : width > 1 ? width - 1 : 1;
}

static void add_bar(lmi_buf *out, const lmi_progress *progress, size_t width, size_t full)
{
    size_t i;

    lmi_buf_puts(out, progress->has_colour ? "[\033[32m" : "[");
    for (i = 0; i < width; i++) {
        if (i == full && progress->has_colour)
            lmi_buf_puts(out, "\033[0m");
        lmi_buf_putc(out, i < full ? '#' : '.');
    }
    lmi_buf_puts(out, progress->has_colour ? "\033[0m] " : "] ");
}

/* A bar as wide as the terminal allows beside the text, or none. */
static void add_live(lmi_buf *out, const lmi_progress *progress, size_t n, size_t n_total,
                     const char *text)
{
    const size_t width = lmi_progress_width(progress);
    const size_t taken = strlen(text) + 3;
    size_t bar = width > taken ? width - taken : 0;

    bar = bar > BAR_MAX ? BAR_MAX : bar;
    lmi_buf_putc(out, '\r');
    if (n_total && bar >= BAR_MIN)
        add_bar(out, progress, bar, bar * n / n_total);
    lmi_buf_append(out, text, strlen(text) > width ? lmi_utf8_floor(text, width) : strlen(text));
    lmi_buf_puts(out, "\033[K");
}

/* The bytes that show `text`, cut where it is absurdly long. */
static void make_line(lmi_buf *out, const lmi_progress *progress, size_t n, size_t n_total,
                      const char *text)
{
    lmi_buf_init(out, LINE_SIZE);
    if (progress->is_live)
        add_live(out, progress, n, n_total, text);
    else
        lmi_buf_printf(out, "latentmas: %.*s\n", (int)lmi_progress_width(progress), text);
}

void lmi_progress_show(lmi_progress *progress, size_t n, size_t n_total, const char *text)
{
    lmi_buf shown;

    make_line(&shown, progress, n, n_total, text);
    fputs(lmi_buf_text(&shown), stderr);
    lmi_buf_done(&shown);
    progress->shown_ms = lmi_now_ms();
    progress->is_shown = progress->is_live;
}

void lmi_progress_promise(lmi_progress *progress, size_t n, size_t n_total, const char *text)
{
    lmi_buf later;
    double ms;

    replace_promise("", 0);
    note_kept(progress);
    ms = wait_ms(progress);
    if (ms <= 0) {
        lmi_progress_show(progress, n, n_total, text);
        return;
    }
    make_line(&later, progress, n, n_total, text);
    replace_promise(lmi_buf_text(&later), later.len);
    lmi_buf_done(&later);
    set_timer(ms);
}

void lmi_progress_clear(lmi_progress *progress)
{
    replace_promise("", 0);
    set_timer(0);
    note_kept(progress);
    if (progress->is_shown)
        fputs("\r\033[K", stderr);
    progress->is_shown = false;
}

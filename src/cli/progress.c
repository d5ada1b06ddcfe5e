/* progress.c - nothing in the first two seconds: a job that short needs no bar. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>

#include "cli/term.h"

#define QUIET_MS 2000.0  /* before the first sign */
#define LIVE_MS  100.0   /* between two bars */
#define PLAIN_MS 10000.0 /* between two lines */

enum { BAR_MIN = 8, BAR_MAX = 40, TEXT_SIZE = 128 };

/* Questions a second of this process, and how long the rest will take; false while unknown. */
static bool estimate(double *rate, double *left_s, const lmi_standing *s)
{
    const size_t done = s->totals.n - s->n_before;

    if (done == 0 || s->now_ms <= 0)
        return false;
    *rate = (double)done / s->now_ms * 1e3;
    *left_s = (double)(s->n - s->totals.n) / *rate;
    return true;
}

/* "37/400 3.2/s, 1 min 53 s left, 18.9 % right" */
static void describe(char out[TEXT_SIZE], const lmi_standing *s)
{
    const double right =
        s->totals.n ? 100.0 * (double)s->totals.n_correct / (double)s->totals.n : 0;
    char left[32] = "";
    double rate, left_s;

    if (!estimate(&rate, &left_s, s)) {
        snprintf(out, TEXT_SIZE, "%zu/%zu", s->totals.n, s->n);
        return;
    }
    lmi_duration_text(left, left_s);
    if (rate >= 1)
        snprintf(out, TEXT_SIZE, "%zu/%zu  %.1f/s  %s left  %.1f %% right", s->totals.n, s->n, rate,
                 left, right);
    else
        snprintf(out, TEXT_SIZE, "%zu/%zu  %.1f s each  %s left  %.1f %% right", s->totals.n, s->n,
                 1 / rate, left, right);
}

/* A bar as wide as the terminal allows beside the text, or none. */
static void draw(const lmi_progress *progress, const lmi_standing *s, const char *text)
{
    const size_t width = lmi_term_width();
    const size_t taken = strlen(text) + 4;
    size_t bar = width > taken ? width - taken : 0;
    size_t full;
    size_t i;

    bar = bar > BAR_MAX ? BAR_MAX : bar;
    fputs("\r", stderr);
    if (bar >= BAR_MIN) {
        full = s->n ? bar * s->totals.n / s->n : 0;
        fputs(progress->has_colour ? "[\033[32m" : "[", stderr);
        for (i = 0; i < bar; i++) {
            if (i == full && progress->has_colour)
                fputs("\033[0m", stderr);
            fputc(i < full ? '#' : '.', stderr);
        }
        fputs(progress->has_colour ? "\033[0m] " : "] ", stderr);
    }
    fprintf(stderr, "%.*s\033[K", (int)(width > 1 ? width - 1 : 1), text);
}

void lmi_progress_init(lmi_progress *progress)
{
    *progress = (lmi_progress){.is_live = lmi_term_is_live(), .has_colour = lmi_term_has_colour()};
}

void lmi_progress_update(lmi_progress *progress, const lmi_standing *standing)
{
    const double pause = progress->is_live ? LIVE_MS : PLAIN_MS;
    char text[TEXT_SIZE];

    if (standing->now_ms < QUIET_MS || standing->now_ms - progress->shown_ms < pause)
        return;
    describe(text, standing);
    progress->shown_ms = standing->now_ms;
    if (progress->is_live) {
        draw(progress, standing, text);
        progress->is_shown = true;
    } else {
        lmi_say("%s", text);
    }
}

void lmi_progress_done(lmi_progress *progress)
{
    if (progress->is_shown)
        fputs("\r\033[K", stderr);
    progress->is_shown = false;
}

/* progress.c - when to show how far a job is, and drawing it. */
#include "cli/show/progress.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/show/term.h"

#define QUIET_MS 2000.0  /* before the first sign */
#define LIVE_MS  100.0   /* between two on a terminal */
#define PLAIN_MS 10000.0 /* between two lines elsewhere */

enum { BAR_MIN = 8, BAR_MAX = 40 };

void lmi_progress_init(lmi_progress *progress)
{
    const double now_ms = lmi_now_ms();

    *progress = (lmi_progress){.is_live = lmi_term_is_live(),
                               .has_colour = lmi_term_has_colour(),
                               .begin_ms = now_ms,
                               .shown_ms = now_ms};
}

bool lmi_progress_is_due(const lmi_progress *progress)
{
    const double now_ms = lmi_now_ms();

    return now_ms - progress->begin_ms >= QUIET_MS &&
           now_ms - progress->shown_ms >= (progress->is_live ? LIVE_MS : PLAIN_MS);
}

static void draw_bar(const lmi_progress *progress, size_t width, size_t full)
{
    size_t i;

    fputs(progress->has_colour ? "[\033[32m" : "[", stderr);
    for (i = 0; i < width; i++) {
        if (i == full && progress->has_colour)
            fputs("\033[0m", stderr);
        fputc(i < full ? '#' : '.', stderr);
    }
    fputs(progress->has_colour ? "\033[0m] " : "] ", stderr);
}

/* A bar as wide as the terminal allows beside the text, or none. */
static void draw(const lmi_progress *progress, size_t n, size_t n_total, const char *text)
{
    const size_t width = lmi_term_width();
    const size_t taken = strlen(text) + 4;
    size_t bar = width > taken ? width - taken : 0;

    bar = bar > BAR_MAX ? BAR_MAX : bar;
    fputs("\r", stderr);
    if (n_total && bar >= BAR_MIN)
        draw_bar(progress, bar, bar * n / n_total);
    fprintf(stderr, "%.*s\033[K", (int)(width > 1 ? width - 1 : 1), text);
}

void lmi_progress_show(lmi_progress *progress, size_t n, size_t n_total, const char *text)
{
    progress->shown_ms = lmi_now_ms();
    progress->is_shown = progress->is_live;
    if (progress->is_live)
        draw(progress, n, n_total, text);
    else
        lmi_say("%s", text);
}

void lmi_progress_clear(lmi_progress *progress)
{
    if (progress->is_shown)
        fputs("\r\033[K", stderr);
    progress->is_shown = false;
}

/* asking.c - all questions of a run, with a line on how far it is, until somebody stops it. */
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/run/standing.h"
#include "cli/run/work.h"
#include "cli/show/progress.h"
#include "cli/show/term.h"

/* What the callback needs. */
typedef struct shown {
    lmi_progress progress;
    lmi_activity idle; /* nothing at work yet */
    double max_time;   /* seconds; 0 for any */
    bool is_time_over; /* and that is why no more are begun */
} shown;

/* Line by line. */
static void say_news(shown *s, const char *news)
{
    const char *end;

    if (*news)
        lmi_progress_clear(&s->progress);
    for (; (end = strchr(news, '\n')) != NULL; news = end + 1)
        lmi_say("%.*s", (int)(end - news), news);
}

/* Why no more are begun. */
static void say_last(shown *s)
{
    s->is_time_over = !lmi_interrupt_asks_for_end();
    lmi_progress_clear(&s->progress);
    if (s->is_time_over)
        lmi_say("%.7g s are over: the questions under way are finished, no more are begun",
                s->max_time);
    else
        lmi_say("the questions under way are finished, no more are begun; Ctrl-C again stops now");
}

/* Several runs of one command share its time: it begins with the first of them. */
static double age_ms(void)
{
    static double first_ms;

    if (first_ms <= 0)
        first_ms = lmi_now_ms();
    return lmi_now_ms() - first_ms;
}

static lmi_wish wish_of(shown *s, const lmi_standing *standing)
{
    if (lmi_interrupted())
        return LMI_WISH_NONE;
    if (!lmi_interrupt_asks_for_end() && (s->max_time <= 0 || age_ms() <= s->max_time * 1e3))
        return LMI_WISH_ALL;
    if (!standing->is_ending)
        say_last(s);
    return LMI_WISH_LAST;
}

static lmi_wish show_standing(void *user, const lmi_standing *standing)
{
    shown *s = user;
    lmi_buf text;

    say_news(s, standing->news);
    lmi_buf_init(&text, lmi_progress_width(&s->progress));
    lmi_standing_describe(&text, standing, s->idle);
    lmi_progress_promise(&s->progress, standing->totals.n, standing->n, lmi_buf_text(&text));
    lmi_buf_done(&text);
    return wish_of(s, standing);
}

lmas_status lmi_run_ask(lmi_run_work *w)
{
    shown s = {.idle = lmi_activity_of(w->stage.team, w->stage.solver_params.method),
               .max_time = w->settings.max_time};
    lmas_status status;

    lmi_progress_init(&s.progress);
    lmi_interrupt_gently(LMI_GENTLY_BY_CTRL_C);
    status = lmi_run(&w->totals, &w->setup, &w->folder, show_standing, &s);
    lmi_interrupt_gently(LMI_AT_ONCE);
    lmi_progress_clear(&s.progress);
    w->is_time_over = s.is_time_over;
    return status;
}

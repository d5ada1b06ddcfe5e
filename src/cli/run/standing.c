/* run_standing.c - what is left of a run, and the words for where it stands. */
#include "cli/run/standing.h"

#include "cli/show/term.h"

/* What a question takes of the engine, as those of the run's folder did. */
static double mean_ms(const lmi_totals *t)
{
    return t->n ? (t->read_ms + t->think_ms + t->speak_ms) / (double)t->n : 0;
}

/* Milliseconds that the questions under way have had: `*out_all`; and what that saves of the
 * time to come, if they take `mean` like the others. */
static double had_ms(double *out_all, const lmas_solver *solver, double mean)
{
    lmas_running running;
    double saved = 0;
    size_t i;

    *out_all = 0;
    for (i = 0; solver && lmas_solver_running(&running, solver, i); i++) {
        *out_all += running.engine_ms;
        saved += running.engine_ms < mean ? running.engine_ms : mean;
    }
    return saved;
}

bool lmi_standing_left(double *out_s, const lmi_standing *s)
{
    const size_t n_undecided = s->n_ended - (s->totals.n - s->n_before);
    const double mean = mean_ms(&s->totals);
    double had = 0;
    const double left =
        mean * (double)(s->n - s->totals.n - n_undecided) - had_ms(&had, s->solver, mean);
    const double engine_ms = s->engine_ms + had;

    if (mean <= 0 || engine_ms <= 0)
        return false;
    *out_s = left / 1e3 * (s->now_ms > engine_ms ? s->now_ms / engine_ms : 1);
    return true;
}

/* Nothing of this is known before the first answer. */
static void add_answers(lmi_buf *out, const lmi_standing *s)
{
    char left[32];
    double left_s;

    if (s->totals.n == 0)
        return;
    if (lmi_standing_left(&left_s, s)) {
        lmi_duration_text(left, left_s);
        lmi_activity_add(out, "%s left", left);
    }
    lmi_activity_add(out, "%.1f %% right",
                     100.0 * (double)s->totals.n_correct / (double)s->totals.n);
}

static void add_rate(lmi_buf *out, const lmi_standing *s)
{
    const double n = (double)(s->totals.n - s->n_before);

    if (n > 0 && n * 1e3 >= s->now_ms)
        lmi_activity_add(out, "%.1f/s", n / s->now_ms * 1e3);
    else if (n > 0)
        lmi_activity_add(out, "%.1f s each", s->now_ms / n / 1e3);
}

void lmi_standing_describe(lmi_buf *out, const lmi_standing *s, lmi_activity activity)
{
    activity.n_read = s->n_read;
    activity.n_thought = s->n_thought;
    activity.n_spoken = s->n_spoken;
    if (s->solver)
        lmi_activity_look(&activity, s->solver);
    lmi_activity_add(out, "%zu/%zu", s->totals.n, s->n);
    add_answers(out, s);
    if (activity.n > 0 || s->n_ended == 0)
        lmi_activity_add_who(out, &activity);
    add_rate(out, s);
    lmi_activity_add_counts(out, &activity, s->now_ms / 1e3);
}

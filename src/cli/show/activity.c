/* activity.c - counting who is at what, and saying it. */
#include "cli/show/activity.h"

#include <stdio.h>
#include <string.h>

/* Longest part, in bytes; a longer one is left out. */
enum { PART_SIZE = 256 };

lmi_activity lmi_activity_of(const lmas_team *team, lmas_method method)
{
    return (lmi_activity){.first = method == LMAS_METHOD_BASELINE ? lmas_method_name(method)
                                                                  : lmas_team_agent_name(team, 0)};
}

void lmi_activity_take(lmi_activity *activity, const lmas_running *running)
{
    activity->n++;
    activity->latest = *running;
    activity->n_read += running->n_read;
    activity->n_thought += running->n_thought;
    activity->n_spoken += running->n_spoken;
    if (running->turn >= LMI_ACTIVITY_TURNS)
        return;
    activity->agents[running->turn] = running->agent;
    activity->n_at[running->turn][running->work]++;
}

void lmi_activity_look(lmi_activity *activity, const lmas_solver *solver)
{
    lmas_running running;
    size_t i;

    for (i = 0; lmas_solver_running(&running, solver, i); i++)
        lmi_activity_take(activity, &running);
}

/* `part` behind `out`, with `gap` between, if both fit. */
static void add_after(lmi_buf *out, const char *gap, const char *part)
{
    const size_t n_gap = out->len ? strlen(gap) : 0;

    if (out->len + n_gap + strlen(part) > out->max)
        return;
    lmi_buf_append(out, gap, n_gap);
    lmi_buf_puts(out, part);
}

void lmi_activity_add(lmi_buf *out, const char *format, ...)
{
    char part[PART_SIZE];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    if (n >= 0 && n < PART_SIZE)
        add_after(out, "  ", part);
}

static const char *const WORKS[LMI_ACTIVITY_WORKS] = {"reads", "thinks", "speaks", "runs"};

/* "critic (2 of 4) thinks, 7 of 10"; of speech, and of a program, nobody knows how much it will be.
 */
static void add_one(lmi_buf *out, const lmas_running *r)
{
    char place[64] = "";

    if (r->n_turns > 1)
        snprintf(place, sizeof(place), " (%zu of %zu)", r->turn + 1, r->n_turns);
    if (r->work >= LMAS_WORK_SPEAK)
        lmi_activity_add(out, "%s%s %s", r->agent, place, WORKS[r->work]);
    else
        lmi_activity_add(out, "%s%s %s, %u of %u", r->agent, place, WORKS[r->work], r->n_done,
                         r->n_most);
}

/* "planner reads 3, judger speaks 13" */
static void add_many(lmi_buf *out, const lmi_activity *a)
{
    const char *gap = "  ";
    size_t turn, work;

    for (turn = 0; turn < LMI_ACTIVITY_TURNS; turn++) {
        for (work = 0; work < LMI_ACTIVITY_WORKS; work++) {
            char part[PART_SIZE];

            if (!a->n_at[turn][work])
                continue;
            snprintf(part, sizeof(part), "%s %s %zu", a->agents[turn], WORKS[work],
                     a->n_at[turn][work]);
            add_after(out, gap, part);
            gap = ", ";
        }
    }
}

void lmi_activity_add_who(lmi_buf *out, const lmi_activity *activity)
{
    if (activity->n == 0)
        lmi_activity_add(out, "%s reads", activity->first);
    else if (activity->n == 1)
        add_one(out, &activity->latest);
    else
        add_many(out, activity);
}

void lmi_activity_add_counts(lmi_buf *out, const lmi_activity *activity, double seconds)
{
    const double n = (double)(activity->n_thought + activity->n_spoken);
    char rate[32] = "";

    if (n > 0 && seconds > 0)
        snprintf(rate, sizeof(rate), " (%.*f/s)", n < 10 * seconds ? 1 : 0, n / seconds);
    lmi_activity_add(out, "%llu read, %llu thoughts, %llu spoken%s",
                     (unsigned long long)activity->n_read, (unsigned long long)activity->n_thought,
                     (unsigned long long)activity->n_spoken, rate);
}

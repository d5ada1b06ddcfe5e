/* summary.c - what came of a run, in a few lines for people. */
#include <stdio.h>
#include <sys/resource.h>

#include "cli/run/work.h"
#include "cli/show/term.h"
#include "eval/stats.h"

static void print_phase(const char *name, uint64_t n, const char *unit, double ms)
{
    if (n)
        fprintf(stderr, "  %-8s %llu %s, %.1f s\n", name, (unsigned long long)n, unit, ms / 1e3);
}

/* Right answers by one rule, with the 95 % interval of their share. */
static void print_right(const char *name, size_t n_right, size_t n_graded)
{
    const lmi_interval interval = lmi_wilson(n_right, n_graded);

    if (n_graded)
        fprintf(stderr, "  %-8s %zu of %zu, %.1f %% (%.1f to %.1f)\n", name, n_right, n_graded,
                100 * (double)n_right / (double)n_graded, 100 * interval.low, 100 * interval.high);
}

/* Answers that the model had not ended. */
static void print_endings(const lmi_totals *t)
{
    if (t->n_cut)
        fprintf(stderr, "  cut      %zu answer%s at --max_new_tokens, %zu while repeating itself\n",
                t->n_cut, t->n_cut == 1 ? "" : "s", t->n_circling);
}

/* Which run this is. */
static void print_heading(const lmi_run_work *w)
{
    const lmas_solver_params *p = &w->stage.solver_params;

    fprintf(stderr, "%s, %s", w->data.task->name, lmas_method_name(p->method));
    if (p->method != LMAS_METHOD_BASELINE)
        fprintf(stderr, ", team %s", lmas_team_name(w->stage.team));
    if (p->control != LMAS_CONTROL_OFF)
        fprintf(stderr, ", control %s", lmas_control_name(p->control));
    if (p->keep_rule)
        fprintf(stderr, ", keep %s", p->keep_rule);
    fputc('\n', stderr);
}

/* What it took, and what of that was spared or wasted. */
static void print_phases(const lmi_totals *t, uint64_t cell_size)
{
    const uint64_t n_cells = t->n_kept + t->n_dropped;
    char kept[32], all[32];

    lmi_size_text(kept, (double)(t->n_kept * cell_size));
    lmi_size_text(all, (double)(n_cells * cell_size));
    print_phase("read", t->n_read, "tokens", t->read_ms);
    if (lmi_totals_spared(t))
        fprintf(stderr, "  shared   %llu of them, which several prompts begin with: read once\n",
                (unsigned long long)lmi_totals_spared(t));
    if (t->n_dropped)
        fprintf(stderr, "  kept     %llu of %llu inherited cells, %s of %s\n",
                (unsigned long long)t->n_kept, (unsigned long long)n_cells, kept, all);
    print_phase("thought", t->n_thought, "thoughts", t->think_ms);
    if (t->n_at_rest)
        fprintf(stderr,
                "  at rest  %llu of them, whose agent's thoughts no longer changed: "
                "--latent_steps auto stops there\n",
                (unsigned long long)t->n_at_rest);
    print_phase("spoken", t->n_spoken, "tokens", t->speak_ms);
}

/* What came of guessing ahead. */
static void print_drafted(const lmi_stage *stage)
{
    uint64_t drafted[2];

    lmas_session_drafted(stage->session, drafted);
    if (drafted[0] > 0)
        fprintf(stderr, "  drafted  %llu tokens ahead, %.0f %% of them accepted\n",
                (unsigned long long)drafted[0], 100.0 * (double)drafted[1] / (double)drafted[0]);
}

/* What the cells take of what they might, and what the process had at its peak, weights and all. */
static void print_memory(const lmi_stage *stage)
{
    struct rusage usage;
    char cells[32], most[32], peak[32];

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    lmi_size_text(cells, stage->cells_size);
    lmi_size_text(most, stage->cells_size_max);
    lmi_size_text(peak, (double)usage.ru_maxrss * 1024);
    fprintf(stderr, "  memory   %s for %u question%s at once, of %s; %s in all at the peak\n",
            cells, stage->n_at_once, stage->n_at_once == 1 ? "" : "s", most, peak);
}

/* A few lines for people. */
void lmi_run_print(const lmi_run_work *w)
{
    const lmi_totals *t = &w->totals;
    const double n = t->n ? (double)t->n : 1;
    char time[32];

    lmi_duration_text(time, t->run_ms / 1e3);
    print_heading(w);
    print_right("right", t->n_correct, t->n_graded);
    print_right("compat", t->n_correct_compat, t->n_graded);
    print_right("grader", t->n_correct_grader, t->n_grader);
    if (t->n_grader_failed)
        fprintf(stderr,
                "  grader   failed %zu (\"error\" in samples.jsonl says why): latentmas "
                "regrade %s --grader CMD tries them again\n",
                t->n_grader_failed, w->folder.path);
    if (t->n_errors)
        fprintf(stderr,
                "  failed   %zu, counted as wrong (why: latentmas show %s failed; again: latentmas "
                "run --resume %s --retry-failed)\n",
                t->n_errors, w->folder.path, w->folder.path);
    if (t->n_conflicts)
        fprintf(stderr, "  conflict %zu with the letter of one option and the text of another\n",
                t->n_conflicts);
    print_endings(t);
    print_phases(t, lmas_model_describe(w->stage.model)->cell_size);
    print_drafted(&w->stage);
    print_memory(&w->stage);
    fprintf(stderr, "  time     %s, %.2f s a question\n  folder   %s\n", time, t->run_ms / n / 1e3,
            w->folder.path);
}

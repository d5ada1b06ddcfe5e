/* show.c - see show.h. */
#include "cli/run/grid/show.h"

#include <stdio.h>
#include <string.h>

#include "cli/run/grid/paper.h"
#include "cli/show/term.h"

enum { SEEDS_SHOWN = 4, SEEDS_WIDTH = 24, TIME_MAX = 256, NUMBER_SIZE = 32, ROW_MAX = 256 };

/* 12, 48.3 k, 5.2 M, 1.1 G. */
static void count_text(char out[NUMBER_SIZE], double n)
{
    static const char units[] = " kMG";
    size_t i = 0;

    for (; n >= 99999.5 && i < 3; i++)
        n /= 1000;
    if (i == 0)
        snprintf(out, NUMBER_SIZE, "%.0f", n);
    else
        snprintf(out, NUMBER_SIZE, "%.*f %c", n < 99.95 ? 1 : 0, n, units[i]);
}

/* "42, 43, 44", or "42 and 9 more". */
static void seeds_text(lmi_buf *out, const lmi_grid *grid, size_t row)
{
    const size_t n = grid->rows[row].n_runs;
    size_t i, at = 0;

    for (i = 0; i < grid->n; i++) {
        if (grid->runs[i].row != row)
            continue;
        if (n <= SEEDS_SHOWN || at == 0)
            lmi_buf_printf(out, "%s%s", at ? ", " : "", grid->runs[i].seed);
        at++;
    }
    if (n > SEEDS_SHOWN)
        lmi_buf_printf(out, " and %zu more", n - 1);
}

/* Sums of a table's row. */
typedef struct sums {
    double n, n_read, n_thought, n_spoken;
    size_t n_done, n_begun, n_runs;
} sums;

static sums sums_of(const lmi_grid *grid, size_t row)
{
    const lmi_grid_row *r = &grid->rows[row];
    const double n = (double)r->n * (double)r->n_runs;
    sums s = {.n = n,
              .n_read = n * r->weight.n_read,
              .n_thought = n * r->weight.n_thought,
              .n_spoken = n * r->weight.n_spoken_most,
              .n_runs = r->n_runs};
    size_t i;

    for (i = 0; i < grid->n; i++)
        if (grid->runs[i].row == row) {
            s.n_done += grid->runs[i].is_done;
            s.n_begun += !grid->runs[i].is_done && grid->runs[i].has_begun;
        }
    return s;
}

static void add_sums(sums *to, const sums *s)
{
    to->n += s->n;
    to->n_read += s->n_read;
    to->n_thought += s->n_thought;
    to->n_spoken += s->n_spoken;
    to->n_done += s->n_done;
    to->n_begun += s->n_begun;
    to->n_runs += s->n_runs;
}

/* Numbers of a row; without weights (all is done, no model was loaded) those are left out. */
static void print_sums(const sums *s)
{
    char n[NUMBER_SIZE], read[NUMBER_SIZE] = "-", thought[NUMBER_SIZE] = "-";
    char spoken[NUMBER_SIZE] = "-";

    count_text(n, s->n);
    if (s->n_spoken > 0) {
        count_text(read, s->n_read);
        count_text(thought, s->n_thought);
        count_text(spoken, s->n_spoken);
    }
    fprintf(stderr, " %9s %9s %9s %9s", n, read, thought, spoken);
    if (s->n_done || s->n_begun)
        fprintf(stderr, "  %zu of %zu done", s->n_done, s->n_runs);
    if (s->n_begun)
        fprintf(stderr, ", %zu begun", s->n_begun);
    fputc('\n', stderr);
}

static void print_table(const lmi_grid *grid)
{
    sums total = {0};
    size_t r;

    fprintf(stderr, "%-14s %-11s %5s  %-*s %9s %9s %9s %9s\n", "task", "method", "steps",
            SEEDS_WIDTH, "seeds", "questions", "read", "thoughts", "spoken <=");
    for (r = 0; r < grid->n_rows; r++) {
        const lmi_grid_run *run = &grid->runs[grid->rows[r].first];
        const sums s = sums_of(grid, r);
        lmi_buf seeds;

        lmi_buf_init(&seeds, ROW_MAX);
        seeds_text(&seeds, grid, r);
        fprintf(stderr, "%-14s %-11s %5s  %-*s", lmi_grid_task(run), run->method,
                run->steps ? run->steps : "-", SEEDS_WIDTH, lmi_buf_text(&seeds));
        print_sums(&s);
        add_sums(&total, &s);
        lmi_buf_done(&seeds);
    }
    fprintf(stderr, "%-32s  %-*s", "all", SEEDS_WIDTH, "");
    print_sums(&total);
}

void lmi_grid_show_defaults(const lmi_grid *grid, const lmi_grid_call *call)
{
    const lmi_args *args = call->args;
    const char *last = "";
    lmi_paper_setting setting;
    size_t r, i;

    for (r = 0; r < grid->n_rows; r++) {
        const char *task = grid->runs[grid->rows[r].first].task;

        if (strcmp(task, last) == 0)
            continue;
        last = task;
        if (!lmi_paper_setting_at(&setting, task, 0))
            fprintf(stderr, "  %s: the paper has no settings for it\n", task);
        else
            fprintf(stderr, "  %s, as the paper has it:", task);
        for (i = 0; lmi_paper_setting_at(&setting, task, i); i++)
            if (!lmi_options_given(call->groups, args->argc, args->argv, setting.flag))
                fprintf(stderr, " %s %s", setting.flag, setting.value);
        if (i)
            fputc('\n', stderr);
    }
}

void lmi_grid_show(const lmi_grid *grid, const lmi_grid_call *call,
                   const lmi_grid_estimate *estimate)
{
    lmi_buf time;

    lmi_buf_init(&time, TIME_MAX);
    print_table(grid);
    if (call->flags->has_task_defaults)
        lmi_grid_show_defaults(grid, call);
    if (estimate->n_done == estimate->n_runs)
        lmi_buf_puts(&time, "nothing, all of it is done");
    else
        lmi_grid_describe(&time, estimate);
    fprintf(stderr, "time: %s\n", lmi_buf_text(&time));
    lmi_buf_done(&time);
}

void lmi_grid_show_run(const lmi_grid *grid, size_t i)
{
    const lmi_grid_run *run = &grid->runs[i];
    const char *steps = run->steps ? run->steps : "";

    fprintf(stderr, "\n");
    lmi_say("run %zu of %zu: %s, %s%s%s%s, seed %s", i + 1, grid->n, lmi_grid_task(run),
            run->method, *steps ? ", " : "", steps, *steps ? " steps" : "", run->seed);
}

void lmi_grid_show_rest(const lmi_grid_estimate *estimate)
{
    lmi_buf time;

    if (estimate->n_done == estimate->n_runs)
        return;
    lmi_buf_init(&time, TIME_MAX);
    lmi_grid_describe(&time, estimate);
    lmi_say("%zu of %zu runs are done; left: %s", estimate->n_done, estimate->n_runs,
            lmi_buf_text(&time));
    lmi_buf_done(&time);
}

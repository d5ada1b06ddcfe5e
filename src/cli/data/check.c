/* check.c - oddities to stderr as they are found, the count to stdout. */
#include "cli/data/check.h"

#include <stdio.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/show/progress.h"
#include "cli/show/term.h"
#include "eval/check.h"
#include "eval/stats.h"

/* Of mutants, the share that must fail. */
#define KILLED_MIN 0.95

enum { TEXT_SIZE = 192 };

typedef struct watch {
    const lmi_dataset *data;
    lmi_progress progress;
} watch;

/* Two programs a row of code: the solution and its mutant. */
static size_t n_steps(const lmi_dataset *data)
{
    return data->task->grade == LMI_GRADE_CODE ? 2 * data->n : data->n;
}

/* "checking gsm8k  400/1319  120.0/s  7.6 s left" */
static void show(watch *w, const lmi_check *check)
{
    const size_t n = check->n + check->n_mutants + check->n_unchanged;
    const size_t n_total = n_steps(w->data);
    const double pace_ms = (lmi_now_ms() - w->progress.begin_ms) / (double)(n ? n : 1);
    char text[TEXT_SIZE], left[32];

    lmi_duration_text(left, pace_ms * (double)(n_total - n) / 1e3);
    snprintf(text, sizeof(text), "checking %s  %zu/%zu  %.1f/s  %s left", w->data->task->name, n,
             n_total, 1e3 / pace_ms, left);
    lmi_progress_show(&w->progress, n, n_total, text);
}

static bool note(void *user, const lmi_check *check, size_t i, const char *oddity)
{
    watch *w = user;
    const char *id = w->data->items[i].id;

    if (oddity) {
        lmi_progress_clear(&w->progress);
        lmi_say("row %zu%s%s%s: %s", i, id ? " (" : "", id ? id : "", id ? ")" : "", oddity);
    }
    if (lmi_progress_is_due(&w->progress))
        show(w, check);
    return !lmi_interrupted();
}

static int print_code(const lmi_task *task, const lmi_check *c)
{
    const double killed = c->n_mutants ? (double)c->n_killed / (double)c->n_mutants : 1;

    printf("%s: %zu of %zu solutions pass", task->name, c->n_right, c->n);
    printf("; with one operator changed %zu of %zu fail, %.1f %%", c->n_killed, c->n_mutants,
           100 * killed);
    if (c->n_unchanged)
        printf("; %zu have no operator", c->n_unchanged);
    putchar('\n');
    return c->n_right == c->n && killed >= KILLED_MIN ? LMI_EXIT_OK : LMI_EXIT_FAILURE;
}

static int print_check(const lmi_task *task, const lmi_check *c)
{
    if (task->grade == LMI_GRADE_CODE)
        return print_code(task, c);
    printf("%s: %zu of %zu golds are graded as right (compat: %zu)\n", task->name, c->n_right, c->n,
           c->n_right_compat);
    return c->n_right == c->n ? LMI_EXIT_OK : LMI_EXIT_FAILURE;
}

/* Whether the rows are others than those that a built-in task names. */
static bool is_foreign(const lmi_task *task, const lmi_task_flags *flags)
{
    return flags->data || task != lmi_task_find(task->name);
}

int lmi_data_check(const lmi_task *task, const lmi_task_flags *flags, const lmi_code_flags *code)
{
    const lmi_sandbox_params sandbox = lmi_flags_sandbox(code);
    lmi_dataset data = {0};
    watch w = {.data = &data};
    lmi_check check;
    lmi_buf path;
    lmas_status status;
    int exit_code;

    if ((is_foreign(task, flags) || sandbox.kind == LMI_SANDBOX_NONE) &&
        lmi_code_flags_check(code, task) != LMAS_OK)
        return lmi_say_misuse();
    lmi_interrupt_install();
    status = lmi_task_open(&data, &path, flags);
    lmi_progress_init(&w.progress);
    if (status == LMAS_OK)
        status = lmi_check_run(&check, &data, &sandbox, note, &w);
    lmi_progress_clear(&w.progress);
    exit_code = status == LMAS_OK ? print_check(task, &check) : lmi_say_failure(status);
    lmi_dataset_done(&data);
    lmi_buf_done(&path);
    return exit_code;
}

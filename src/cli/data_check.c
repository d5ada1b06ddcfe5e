/* data_check.c - oddities to stderr as they are found, the count to stdout. */
#include "cli/data_check.h"

#include <stdio.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/term.h"
#include "eval/check.h"
#include "eval/stats.h"

/* Of mutants, the share that must fail. */
#define KILLED_MIN 0.95

/* Times between two lines of progress, on a terminal and elsewhere. */
#define LIVE_MS  200.0
#define PLAIN_MS 10e3

typedef struct watch {
    const lmi_dataset *data;
    double begin_ms, shown_ms;
} watch;

static void clear_line(void)
{
    if (lmi_term_is_live())
        fputs("\r\033[K", stderr);
}

/* Two programs a row of code: the solution and its mutant. */
static size_t n_steps(const lmi_dataset *data)
{
    return data->task->grade == LMI_GRADE_CODE ? 2 * data->n : data->n;
}

static void show(watch *w, const lmi_check *check)
{
    const double now = lmi_now_ms();
    const size_t n = check->n + check->n_mutants + check->n_unchanged;
    const double pace = (now - w->begin_ms) / (double)(n ? n : 1);
    char left[32];

    if (now - w->shown_ms < (lmi_term_is_live() ? LIVE_MS : PLAIN_MS))
        return;
    w->shown_ms = now;
    lmi_duration_text(left, pace * (double)(n_steps(w->data) - n) / 1e3);
    fprintf(stderr, "%slatentmas: checking %s, %zu of %zu, %.1f a second, %s left%s",
            lmi_term_is_live() ? "\r" : "", w->data->task->name, n, n_steps(w->data), 1e3 / pace,
            left, lmi_term_is_live() ? "\033[K" : "\n");
}

static bool note(void *user, const lmi_check *check, size_t i, const char *oddity)
{
    watch *w = user;
    const char *id = w->data->items[i].id;

    if (oddity) {
        clear_line();
        lmi_say("row %zu%s%s%s: %s", i, id ? " (" : "", id ? id : "", id ? ")" : "", oddity);
    }
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

int lmi_data_check(const lmi_task *task, const char *file, const lmi_code_flags *code)
{
    const lmi_task_flags flags = {.task = task->name, .data = file};
    const lmi_sandbox_params sandbox = lmi_flags_sandbox(code);
    lmi_dataset data = {0};
    watch w = {.data = &data, .begin_ms = lmi_now_ms(), .shown_ms = lmi_now_ms()};
    lmi_check check;
    lmi_buf path;
    lmas_status status;
    int exit_code;

    if ((file || sandbox.kind == LMI_SANDBOX_NONE) && lmi_code_flags_check(code, task) != LMAS_OK)
        return lmi_say_misuse();
    lmi_interrupt_install();
    status = lmi_task_open(&data, &path, &flags);
    if (status == LMAS_OK)
        status = lmi_check_run(&check, &data, &sandbox, note, &w);
    clear_line();
    exit_code = status == LMAS_OK ? print_check(task, &check) : lmi_say_failure(status);
    lmi_dataset_done(&data);
    lmi_buf_done(&path);
    return exit_code;
}

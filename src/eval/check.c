/* check.c - texts are graded in place; programs pass through the sandbox a few at a time. */
#include "eval/check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Programs in the sandbox, per slot: enough that none waits. */
enum { QUEUE_PER_SLOT = 2 };

#define WAIT_MS 100.0

typedef struct checking {
    const lmi_dataset *data;
    lmi_sandbox *sandbox;
    bool *has_passed; /* by row: its solution */
    bool is_mutating; /* the solutions are through, it is the turn of their mutants */
    lmi_check check;
    lmi_check_fn fn;
    void *user;
    bool is_stopped;
    lmas_status status; /* of taking in verdicts */
    char error[LMI_ERROR_MAX];
} checking;

static void tell(checking *c, size_t i, const char *oddity)
{
    if (c->fn && !c->fn(c->user, &c->check, i, oddity))
        c->is_stopped = true;
}

static lmas_status stopped(const checking *c)
{
    return c->is_stopped ? lmi_fail(LMAS_E_CANCELED, "stopped by the caller") : LMAS_OK;
}

/* ---- Texts --------------------------------------------------------------------- */

static lmas_status check_text(checking *c, size_t i)
{
    const lmi_gold gold = lmi_dataset_gold(c->data, i);
    lmi_grade grade = {0};
    lmi_buf text;
    lmas_status status;

    if (!gold.exact) /* a custom question without one */
        return LMAS_OK;
    lmi_buf_init(&text, LMI_QUESTION_MAX);
    lmi_buf_printf(&text, "So the answer is \\boxed{%s}.", gold.exact);
    status = lmi_buf_status(&text);
    if (status == LMAS_OK)
        status = lmi_grade_text(&grade, &gold, lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    if (status != LMAS_OK)
        return status;
    c->check.n++;
    c->check.n_right += grade.is_exact_right ? 1 : 0;
    c->check.n_right_compat += grade.is_compat_right ? 1 : 0;
    tell(c, i, grade.is_exact_right ? NULL : "its own gold is graded as wrong");
    lmi_grade_done(&grade);
    return stopped(c);
}

/* ---- Programs ------------------------------------------------------------------- */

static void note_solution(checking *c, size_t i, const lmi_verdict *verdict)
{
    char line[LMI_ERROR_MAX];
    const bool has_passed = verdict->ending == LMI_ENDING_PASSED;

    c->check.n++;
    c->check.n_right += has_passed ? 1 : 0;
    c->has_passed[i] = has_passed;
    snprintf(line, sizeof(line), "its solution is graded as wrong: %s %s",
             lmi_ending_name(verdict->ending), verdict->detail);
    tell(c, i, has_passed ? NULL : line);
}

static void note_mutant(checking *c, size_t i, const lmi_verdict *verdict)
{
    const bool has_passed = verdict->ending == LMI_ENDING_PASSED;

    if (verdict->ending == LMI_ENDING_NOT_MUTATED) {
        c->check.n_unchanged++;
        return;
    }
    c->check.n_mutants++;
    c->check.n_killed += has_passed ? 0 : 1;
    tell(c, i, has_passed ? "its solution passes with an operator changed" : NULL);
}

/* The message is set when the poll is over: others may follow inside it. */
static void fail_later(checking *c, const char *detail)
{
    c->status = LMAS_E_IO;
    snprintf(c->error, sizeof(c->error), "the sandbox failed: %s", detail);
}

static void note_verdict(void *user, const lmi_verdict *verdict)
{
    checking *c = user;
    const size_t i = (size_t)verdict->id;

    if (c->status != LMAS_OK)
        return;
    if (verdict->ending == LMI_ENDING_BROKEN)
        fail_later(c, verdict->detail);
    else if (c->is_mutating)
        note_mutant(c, i, verdict);
    else
        note_solution(c, i, verdict);
}

static lmas_status submit(checking *c, size_t i)
{
    const lmi_item *item = &c->data->items[i];
    const char *candidates[] = {item->solution};
    const lmi_program program = {.id = i,
                                 .candidates = candidates,
                                 .n_candidates = 1,
                                 .tests = item->tests,
                                 .is_mutated = c->is_mutating};

    /* Of a solution that fails, a mutant that fails says nothing. */
    if (c->is_mutating && !c->has_passed[i])
        return LMAS_OK;
    return lmi_sandbox_submit(c->sandbox, &program);
}

/* One program of every row. */
static lmas_status try_rows(checking *c, uint32_t n_parallel)
{
    size_t next = 0;

    while (next < c->data->n || lmi_sandbox_n_open(c->sandbox) > 0) {
        lmas_status status = LMAS_OK;

        while (status == LMAS_OK && next < c->data->n &&
               lmi_sandbox_n_open(c->sandbox) < (size_t)n_parallel * QUEUE_PER_SLOT)
            status = submit(c, next++);
        if (status == LMAS_OK)
            status = lmi_sandbox_poll(c->sandbox, WAIT_MS);
        if (c->status != LMAS_OK)
            return lmi_fail(c->status, "%s", c->error);
        tell(c, 0, NULL); /* also while nothing ends: who stops must be heard */
        if (status == LMAS_OK)
            status = stopped(c);
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}

/* The solutions, then their mutants. */
static lmas_status try_all(checking *c, uint32_t n_parallel)
{
    const lmas_status status = try_rows(c, n_parallel);

    c->is_mutating = true;
    return status == LMAS_OK ? try_rows(c, n_parallel) : status;
}

static lmas_status check_code(checking *c, const lmi_sandbox_params *sandbox)
{
    lmas_status status;

    c->has_passed = lmi_new(c->data->n, sizeof(*c->has_passed));
    if (!c->has_passed)
        return lmi_fail(LMAS_E_NOMEM, "no memory to check %zu rows", c->data->n);
    status = lmi_sandbox_open(&c->sandbox, sandbox, note_verdict, c);
    if (status == LMAS_OK)
        status = try_all(c, sandbox->n_parallel);
    lmi_sandbox_close(c->sandbox);
    lmi_free(c->has_passed);
    return status;
}

lmas_status lmi_check_run(lmi_check *out, const lmi_dataset *data,
                          const lmi_sandbox_params *sandbox, lmi_check_fn fn, void *user)
{
    checking c = {.data = data, .fn = fn, .user = user};
    lmas_status status = LMAS_OK;
    size_t i;

    if (data->task->grade == LMI_GRADE_CODE)
        status = check_code(&c, sandbox);
    else
        for (i = 0; status == LMAS_OK && i < data->n; i++)
            status = check_text(&c, i);
    if (status == LMAS_OK)
        *out = c.check;
    return status;
}

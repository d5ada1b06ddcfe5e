/*
 * judge.c - one case per sample whose program is not decided.
 *
 * A case has two trials: the program of the exact rule, then that of the compat rule. When both
 * are the same program and the same tests, the first verdict counts for both. A program that does
 * not pass by the exact rule is tried once more without what it only shows or tests itself: a wrong
 * example, or one that waits for input, does not make what it defines wrong.
 */
#include "eval/judge.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Longest time a program has by the compat rule, whatever the sandbox allows. */
#define COMPAT_WALL_MS 10e3

/* How often a program is tried again when it was the sandbox that failed. */
enum { RETRIES_MAX = 2 };

typedef enum stage { STAGE_EXACT, STAGE_BARE, STAGE_COMPAT, STAGE_DECIDED } stage;
typedef enum news { NEWS_NONE, NEWS_VERDICT, NEWS_BROKEN } news;

typedef struct trial_case {
    lmi_sample sample;
    lmi_code code;
    const char *candidates[LMI_CODE_BLOCKS_MAX + 1]; /* its blocks, and what is around them */
    size_t n_candidates;
    stage stage;
    news news; /* of this stage, not taken in yet */
    int n_retries;
    struct trial_case *next;
} trial_case;

struct lmi_judge {
    const lmi_dataset *data;
    lmi_sandbox *sandbox;
    const char *sandbox_name;
    lmi_judged_fn fn;
    void *user;
    trial_case *cases; /* in no order */
    size_t n_open;
    lmas_status status; /* of noting verdicts */
    char error[LMI_ERROR_MAX];
};

static void free_case(trial_case *c)
{
    lmi_sample_done(&c->sample);
    lmi_code_done(&c->code);
    lmi_free(c);
}

static const lmi_item *item_of(const trial_case *c)
{
    return &c->sample.data->items[c->sample.score.index];
}

static lmas_status note_trial(lmi_trial *out, const lmi_verdict *verdict)
{
    lmi_free(out->detail);
    *out = (lmi_trial){lmi_ending_name(verdict->ending), lmi_strdup(verdict->detail),
                       verdict->wall_ms};
    return out->detail ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a verdict");
}

static lmas_status copy_text(char **out, const char *text)
{
    *out = lmi_strdup(text);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a program");
}

/* The program of the exact rule. */
static lmi_program program_of(const trial_case *c)
{
    return (lmi_program){.id = c->sample.score.index,
                         .candidates = c->candidates,
                         .n_candidates = c->n_candidates,
                         .given = item_of(c)->given,
                         .tests = item_of(c)->tests,
                         .is_bare = c->stage == STAGE_BARE};
}

static lmas_status note_exact(trial_case *c, const lmi_verdict *verdict)
{
    lmi_grade *grade = &c->sample.grade;

    grade->is_exact_right = verdict->ending == LMI_ENDING_PASSED;
    if (verdict->ending != LMI_ENDING_NO_CODE) {
        const lmi_program program = program_of(c);
        char *text;
        const lmas_status status = lmi_program_text(&text, &program, verdict);

        if (status != LMAS_OK)
            return status;
        lmi_free(grade->exact);
        grade->exact = text;
    }
    return note_trial(&c->sample.trial, verdict);
}

static lmas_status note_ending(trial_case *c, const lmi_verdict *verdict)
{
    if (verdict->ending == LMI_ENDING_BROKEN && c->n_retries++ < RETRIES_MAX) {
        c->news = NEWS_BROKEN;
        return LMAS_OK;
    }
    if (verdict->ending == LMI_ENDING_BROKEN)
        return lmi_fail(LMAS_E_IO, "the sandbox failed: %s", verdict->detail);
    c->news = NEWS_VERDICT;
    if (c->stage == STAGE_EXACT || (c->stage == STAGE_BARE && verdict->ending == LMI_ENDING_PASSED))
        return note_exact(c, verdict);
    if (c->stage == STAGE_BARE)
        return LMAS_OK; /* what it does as it was written stands */
    c->sample.grade.is_compat_right = verdict->ending == LMI_ENDING_PASSED;
    return note_trial(&c->sample.trial_compat, verdict);
}

/* (From inside lmi_sandbox_poll(): what follows from the verdict is for afterwards, and so is the
 * message of a failure, which others may follow.) */
static void note_verdict(void *user, const lmi_verdict *verdict)
{
    lmi_judge *judge = user;
    trial_case *c = judge->cases;

    while (c && c->sample.score.index != verdict->id)
        c = c->next;
    if (!c || judge->status != LMAS_OK)
        return;
    judge->status = note_ending(c, verdict);
    if (judge->status != LMAS_OK)
        snprintf(judge->error, sizeof(judge->error), "%s", lmas_last_error());
}

static const char *compat_tests(const lmi_item *item)
{
    return item->tests_compat ? item->tests_compat : item->tests;
}

/* Whether the trial of the exact rule says it all. Its time is when the host looked, so it took
 * that long at the most. */
static bool is_same_trial(const trial_case *c)
{
    const bool is_right = c->sample.grade.is_exact_right;

    return c->sample.grade.exact && !item_of(c)->tests_compat &&
           strcmp(c->sample.grade.exact, c->code.compat) == 0 &&
           (!is_right || c->sample.trial.wall_ms <= COMPAT_WALL_MS);
}

static lmas_status submit_exact(lmi_judge *judge, trial_case *c)
{
    const lmi_program program = program_of(c);

    return lmi_sandbox_submit(judge->sandbox, &program);
}

static lmas_status submit_compat(lmi_judge *judge, trial_case *c)
{
    const char *candidates[] = {c->code.compat};
    const lmi_program program = {.id = c->sample.score.index,
                                 .candidates = candidates,
                                 .n_candidates = 1,
                                 .tests = compat_tests(item_of(c)),
                                 .wall_ms = COMPAT_WALL_MS};

    return lmi_sandbox_submit(judge->sandbox, &program);
}

/* Of a program that did not pass: try what it defines. */
static lmas_status try_bare(lmi_judge *judge, trial_case *c)
{
    c->stage = STAGE_BARE;
    return submit_exact(judge, c);
}

/* By the exact rule all is said: have the other trial, where there is a program for it. */
static lmas_status try_compat(lmi_judge *judge, trial_case *c)
{
    lmas_status status;

    c->stage = STAGE_DECIDED;
    if (!c->code.compat || !*c->code.compat)
        return LMAS_OK;
    status = copy_text(&c->sample.grade.compat, c->code.compat);
    if (status != LMAS_OK)
        return status;
    if (is_same_trial(c)) {
        c->sample.grade.is_compat_right = c->sample.grade.is_exact_right;
        return LMAS_OK;
    }
    c->stage = STAGE_COMPAT;
    return submit_compat(judge, c);
}

static lmas_status advance(lmi_judge *judge, trial_case *c)
{
    const news what = c->news;

    c->news = NEWS_NONE;
    if (what == NEWS_BROKEN)
        return c->stage == STAGE_COMPAT ? submit_compat(judge, c) : submit_exact(judge, c);
    if (what == NEWS_VERDICT && c->stage == STAGE_EXACT && c->sample.grade.exact &&
        !c->sample.grade.is_exact_right)
        return try_bare(judge, c);
    if (what == NEWS_VERDICT && c->stage != STAGE_COMPAT)
        return try_compat(judge, c);
    if (what == NEWS_VERDICT)
        c->stage = STAGE_DECIDED;
    return LMAS_OK;
}

static lmas_status advance_all(lmi_judge *judge)
{
    trial_case **at = &judge->cases;

    while (*at) {
        trial_case *c = *at;
        lmas_status status = advance(judge, c);

        if (status != LMAS_OK)
            return status;
        if (c->stage != STAGE_DECIDED) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        judge->n_open--;
        status = judge->fn(judge->user, &c->sample);
        free_case(c);
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}

lmas_status lmi_judge_open(lmi_judge **out, const lmi_dataset *data,
                           const lmi_sandbox_params *sandbox, lmi_judged_fn fn, void *user)
{
    lmi_judge *judge = lmi_new(1, sizeof(*judge));
    lmas_status status = LMAS_OK;

    if (!judge)
        return lmi_fail(LMAS_E_NOMEM, "no memory to grade");
    *judge = (lmi_judge){.data = data, .fn = fn, .user = user};
    if (data->task->grade == LMI_GRADE_CODE) {
        judge->sandbox_name = lmi_sandbox_kind_name(sandbox->kind);
        status = lmi_sandbox_open(&judge->sandbox, sandbox, note_verdict, judge);
    }
    if (status == LMAS_OK)
        *out = judge;
    else
        lmi_free(judge);
    return status;
}

void lmi_judge_close(lmi_judge *judge)
{
    if (!judge)
        return;
    lmi_sandbox_close(judge->sandbox);
    while (judge->cases) {
        trial_case *c = judge->cases;

        judge->cases = c->next;
        free_case(c);
    }
    lmi_free(judge);
}

/* An answer that holds nothing to run has its verdict already. */
static lmas_status take_code(lmi_judge *judge, trial_case *c, const lmas_result *result)
{
    static const lmi_verdict nothing = {.ending = LMI_ENDING_NO_CODE, .detail = ""};
    const lmas_status status = lmi_code_said(&c->code, result->text, result->marked);
    size_t i;

    for (i = 0; status == LMAS_OK && i < c->code.n_blocks; i++)
        c->candidates[c->n_candidates++] = c->code.blocks[i];
    if (status == LMAS_OK && c->code.rest)
        c->candidates[c->n_candidates++] = c->code.rest;
    c->sample.sandbox = judge->sandbox_name;
    c->next = judge->cases;
    judge->cases = c;
    judge->n_open++;
    if (status != LMAS_OK)
        return status;
    return c->n_candidates ? submit_exact(judge, c) : note_ending(c, &nothing);
}

static lmas_status take_text(lmi_judge *judge, trial_case *c, const lmas_result *result)
{
    lmas_status status = LMAS_OK;

    if (result->status == LMAS_OK && judge->data->task->grade != LMI_GRADE_CODE) {
        const lmi_gold gold = lmi_dataset_gold(judge->data, result->id);

        status = lmi_grade_said(&c->sample.grade, &gold, result->text, result->marked);
    }
    if (status == LMAS_OK)
        status = judge->fn(judge->user, &c->sample);
    free_case(c);
    return status;
}

lmas_status lmi_judge_take(lmi_judge *judge, const lmas_result *result)
{
    trial_case *c = lmi_new(1, sizeof(*c));
    lmas_status status;

    if (!c)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a sample");
    status = lmi_sample_init(&c->sample, judge->data, result);
    if (status != LMAS_OK) {
        lmi_free(c);
        return status;
    }
    if (result->status == LMAS_OK && judge->sandbox)
        return take_code(judge, c, result);
    return take_text(judge, c, result);
}

lmas_status lmi_judge_poll(lmi_judge *judge, double wait_ms)
{
    lmas_status status;

    if (!judge->sandbox)
        return LMAS_OK;
    status = lmi_sandbox_poll(judge->sandbox, wait_ms);
    if (judge->status != LMAS_OK)
        return lmi_fail(judge->status, "%s", judge->error);
    return status == LMAS_OK ? advance_all(judge) : status;
}

size_t lmi_judge_n_open(const lmi_judge *judge)
{
    return judge->n_open;
}

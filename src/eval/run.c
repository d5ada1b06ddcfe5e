/*
 * run.c - the loop of an evaluation: keep the solver fed, write down each question when it is
 * graded.
 *
 * A question's id is its index in the data file, so its draws depend on nothing else. The
 * solver gets a few questions more than it has lanes, so that a free lane never waits. Programs
 * are tried while the model goes on: between two ticks the loop only looks who has ended.
 */
#include "eval/run.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "data/foreign.h"
#include "eval/judge.h"

/* Samples that may wait for a verdict, per lane: past that the model waits. */
enum { UNDECIDED_MAX = 16 };

/* Questions asked beside those on lanes where servers answer; and how many a server may fail one
 * after the other before nobody else is sent there. */
enum { BESIDE = 64, LOST_IN_A_ROW = 32 };

/* Bytes of lines on what servers failed in one tick: of more questions than a tick can end. */
#define NEWS_MAX ((size_t)4096 * LMI_ERROR_MAX)

/* Longest wait for a verdict when the model has nothing to do: how often the caller hears. */
#define WAIT_MS 100.0

typedef struct run {
    const lmi_setup *setup;
    lmi_runfolder *folder;
    lmas_solver *solver;
    lmi_judge *judge;
    lmi_standing standing;
    size_t next; /* the first question not looked at */
    double begin_ms;
    double before_ms; /* age of the run when this process started */
    lmi_buf line;
    lmas_status status; /* of writing a result down */
    char error[LMI_ERROR_MAX];
    size_t n_lost_in_a_row;
    lmi_buf news;
} run;

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether nothing that `a` says is said by `b`; or, less strictly, whether something is not. */
static bool is_other(const lmi_item *a, const lmi_item *b, bool is_strict)
{
    const bool has_question = is_same_text(a->question, b->question);
    const bool has_note = is_same_text(a->note, b->note);

    return is_strict ? !has_question && !(a->note && has_note) : !has_question || !has_note;
}

static const lmi_item *item_at(const lmi_setup *setup, size_t k)
{
    return &setup->data->items[lmi_setup_row(setup, k % setup->n)];
}

/* The row of the next question that is another, in all that it says where there is such a one; the
 * k-th's own where all are alike. Data sets repeat rows and notes, and a memory of the same would
 * be no experiment. */
static size_t next_other(const lmi_setup *setup, size_t k)
{
    int strictness;
    size_t step;

    for (strictness = 1; strictness >= 0; strictness--)
        for (step = 1; step < setup->n; step++)
            if (is_other(item_at(setup, k), item_at(setup, k + step), strictness == 1))
                return lmi_setup_row(setup, (k + step) % setup->n);
    return lmi_setup_row(setup, k);
}

bool lmi_run_has_others(const lmi_setup *setup)
{
    return next_other(setup, 0) != lmi_setup_row(setup, 0);
}

lmas_question lmi_run_question(const lmi_setup *setup, size_t k)
{
    const size_t i = lmi_setup_row(setup, k);
    lmas_question question = lmi_dataset_question(setup->data, i);
    lmas_question other;

    if (setup->solver_params->control == LMAS_CONTROL_WRONG_TASK)
        question.other = lmi_foreign_question(i);
    if (setup->solver_params->control != LMAS_CONTROL_SHUFFLED)
        return question;
    other = lmi_dataset_question(setup->data, next_other(setup, k));
    question.other = other.text;
    question.other_note = other.note;
    return question;
}

static lmas_status write_sample(void *user, lmi_sample *sample)
{
    run *r = user;
    const double run_ms = r->before_ms + lmi_now_ms() - r->begin_ms;
    lmas_status status;

    lmi_buf_clear(&r->line);
    status = lmi_sample_write(&r->line, sample, run_ms);
    if (status == LMAS_OK)
        status = lmi_runfolder_append(r->folder, &r->line);
    if (status == LMAS_OK)
        lmi_totals_add(&r->standing.totals, &sample->score);
    return status;
}

/* A line on a question that a server failed or refused. */
static void tell(run *r, const lmas_result *result, const char *what)
{
    lmi_buf_printf(&r->news, "question %llu %s: %s\n", (unsigned long long)result->id, what,
                   result->error);
}

/* Nothing is written down of it: a run that goes on asks it again. */
static void note_lost(run *r, const lmas_result *result)
{
    tell(r, result, "is left for later");
    r->standing.n_lost++;
    r->n_lost_in_a_row++;
}

/* A stopped question is not answered: it is asked again when the run is resumed. */
static bool note_result(void *user, const lmas_result *result)
{
    run *r = user;
    lmi_standing *s = &r->standing;

    if (result->status == LMAS_E_CANCELED)
        return true;
    if (result->is_lost) {
        note_lost(r, result);
        return true;
    }
    if (result->is_refused)
        tell(r, result, "is counted as wrong");
    r->n_lost_in_a_row = 0;
    s->n_ended++;
    s->n_read += result->n_read;
    s->n_thought += result->n_thought;
    s->n_spoken += result->n_spoken;
    s->engine_ms += result->read_ms + result->think_ms + result->speak_ms;
    r->status = lmi_judge_take(r->judge, result);
    if (r->status != LMAS_OK)
        snprintf(r->error, sizeof(r->error), "%s", lmas_last_error());
    return r->status == LMAS_OK;
}

static lmas_status feed(run *r)
{
    const lmas_solver_params *p = r->setup->solver_params;
    const size_t n_lanes = lmas_session_n_lanes(r->setup->session);
    const size_t n_beside = p->speaker || p->n_hosts > 0 ? BESIDE : 0;

    if (lmi_judge_n_open(r->judge) > UNDECIDED_MAX * n_lanes || r->n_lost_in_a_row >= LOST_IN_A_ROW)
        return LMAS_OK;
    while (r->next < r->setup->n && lmas_solver_n_open(r->solver) < 2 * n_lanes + n_beside) {
        const size_t k = r->next++;
        const size_t i = lmi_setup_row(r->setup, k);
        const lmas_question question = lmi_run_question(r->setup, k);
        lmas_status status;

        if (r->folder->is_done[i] || !lmi_shard_has(r->setup, i))
            continue;
        status = lmas_solver_submit(r->solver, &question);
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}

/* One tick of the model, where it has work, and a look at the programs. */
static lmas_status step(run *r)
{
    const bool has_work = lmas_solver_n_open(r->solver) > 0;
    lmas_status status = has_work ? lmas_solver_tick(r->solver) : LMAS_OK;

    if (r->status != LMAS_OK)
        return lmi_fail(r->status, "%s", r->error);
    return status == LMAS_OK ? lmi_judge_poll(r->judge, has_work ? 0 : WAIT_MS) : status;
}

/* All is asked that was to be. */
static lmas_status end(const run *r)
{
    const size_t n_lost = r->standing.n_lost;
    const size_t n_ended = r->standing.totals.n + n_lost;

    if (r->standing.is_ending && n_ended < r->standing.n)
        return lmi_fail(LMAS_E_CANCELED, "ended before all was asked");
    if (n_lost == 0)
        return LMAS_OK;
    return lmi_fail(
        LMAS_E_IO, "a server failed %zu question%s%s", n_lost, n_lost == 1 ? "" : "s",
        r->n_lost_in_a_row >= LOST_IN_A_ROW ? ", the last ones in a row: no more are sent" : "");
}

/* Whether the question has its lanes, or waits elsewhere. */
static bool is_under_way(const run *r, uint64_t id)
{
    lmas_running running;
    size_t i;

    for (i = 0; lmas_solver_running(&running, r->solver, i); i++)
        if (running.id == id)
            return true;
    return false;
}

/* One that is not open has ended, and perhaps waits for its verdict. */
static void take_back(run *r, size_t i)
{
    const lmas_status status = is_under_way(r, i) ? LMAS_OK : lmas_solver_cancel(r->solver, i);

    (void)status;
}

/* Begin nothing more: what only waits for lanes is taken back. */
static void begin_no_more(run *r)
{
    size_t k;

    r->standing.is_ending = true;
    for (k = 0; k < r->next; k++) {
        const size_t i = lmi_setup_row(r->setup, k);

        if (!r->folder->is_done[i] && lmi_shard_has(r->setup, i))
            take_back(r, i);
    }
    r->next = r->setup->n;
}

/* Tell the caller where it stands, and do as he wishes. */
static lmas_status show(run *r, lmi_standing_fn fn, void *user)
{
    lmi_wish wish;

    r->standing.now_ms = lmi_now_ms() - r->begin_ms;
    r->standing.news = lmi_buf_text(&r->news);
    wish = fn ? fn(user, &r->standing) : LMI_WISH_ALL;
    lmi_buf_clear(&r->news);
    if (wish == LMI_WISH_NONE)
        return lmi_fail(LMAS_E_CANCELED, "stopped by the caller");
    if (wish == LMI_WISH_LAST && !r->standing.is_ending)
        begin_no_more(r);
    return LMAS_OK;
}

static lmas_status loop(run *r, lmi_standing_fn fn, void *user)
{
    for (;;) {
        lmas_status status = feed(r);
        bool is_over;

        if (status != LMAS_OK)
            return status;
        is_over = lmas_solver_n_open(r->solver) == 0 && lmi_judge_n_open(r->judge) == 0;
        if (!is_over || r->news.len > 0)
            status = show(r, fn, user);
        if (status == LMAS_OK && is_over)
            return end(r);
        if (status == LMAS_OK)
            status = step(r);
        if (status != LMAS_OK)
            return status;
    }
}

lmas_status lmi_run(lmi_totals *totals, const lmi_setup *setup, lmi_runfolder *folder,
                    lmi_standing_fn fn, void *user)
{
    run r = {.setup = setup,
             .folder = folder,
             .standing = {.totals = folder->totals,
                          .n = lmi_shard_size(setup),
                          .n_before = folder->totals.n},
             .before_ms = folder->totals.run_ms};
    lmas_solver_params params = *setup->solver_params;
    lmas_status status = lmi_judge_open(&r.judge, setup->data, setup->sandbox, write_sample, &r);

    lmi_buf_init(&r.line, LMI_SAMPLE_MAX);
    lmi_buf_init(&r.news, NEWS_MAX);
    params.on_result = note_result;
    params.user = &r;
    if (status == LMAS_OK)
        status = lmas_solver_new(&r.solver, setup->session, setup->team, &params);
    r.standing.solver = r.solver;
    r.begin_ms = lmi_now_ms();
    if (status == LMAS_OK)
        status = loop(&r, fn, user);
    lmas_solver_free(r.solver);
    lmi_judge_close(r.judge);
    lmi_buf_done(&r.line);
    lmi_buf_done(&r.news);
    *totals = r.standing.totals;
    return status;
}

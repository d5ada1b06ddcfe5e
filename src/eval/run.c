/*
 * run.c - the loop of an evaluation: keep the solver fed, write down each question as it ends.
 *
 * A question's id is its index in the data file, so its draws depend on nothing else. The
 * solver gets a few questions more than it has lanes, so that a free lane never waits.
 */
#include "eval/run.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"

/* Longest line of samples.jsonl, in bytes: the prompts and texts of one question's agents. */
#define LINE_MAX_SIZE ((size_t)1024 * 1024 * 1024)

typedef struct run {
    const lmi_setup *setup;
    lmi_runfolder *folder;
    lmas_solver *solver;
    lmi_standing standing;
    size_t next; /* the first question not looked at */
    double begin_ms;
    double before_ms; /* age of the run when this process started */
    lmi_buf line;
    lmas_status status; /* of writing a result down */
    char error[LMI_ERROR_MAX];
} run;

/* A stopped question is not answered: it is asked again when the run is resumed. */
static bool note_result(void *user, const lmas_result *result)
{
    run *r = user;
    const lmi_dataset *data = r->setup->data;
    const double run_ms = r->before_ms + lmi_now_ms() - r->begin_ms;
    lmi_score score;

    if (result->status == LMAS_E_CANCELED)
        return true;
    lmi_buf_clear(&r->line);
    r->status =
        lmi_sample_write(&r->line, &score, data->task, &data->items[result->id], result, run_ms);
    if (r->status == LMAS_OK)
        r->status = lmi_runfolder_append(r->folder, &r->line);
    if (r->status != LMAS_OK) {
        snprintf(r->error, sizeof(r->error), "%s", lmas_last_error());
        return false;
    }
    lmi_totals_add(&r->standing.totals, &score);
    return true;
}

static lmas_status feed(run *r)
{
    const size_t enough = 2 * (size_t)lmas_session_n_lanes(r->setup->session);

    while (r->next < r->setup->n && lmas_solver_n_open(r->solver) < enough) {
        const size_t i = r->next++;
        const lmas_question question = {
            .id = i, .text = r->setup->data->items[i].question, .kind = r->setup->data->task->kind};
        lmas_status status;

        if (r->folder->is_done[i])
            continue;
        status = lmas_solver_submit(r->solver, &question);
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}

static lmas_status loop(run *r, lmi_standing_fn fn, void *user)
{
    for (;;) {
        lmas_status status = feed(r);

        if (status != LMAS_OK || lmas_solver_n_open(r->solver) == 0)
            return status;
        status = lmas_solver_tick(r->solver);
        if (r->status != LMAS_OK)
            return lmi_fail(r->status, "%s", r->error);
        r->standing.now_ms = lmi_now_ms() - r->begin_ms;
        if (fn)
            fn(user, &r->standing);
        if (status != LMAS_OK)
            return status;
    }
}

lmas_status lmi_run(lmi_totals *totals, const lmi_setup *setup, lmi_runfolder *folder,
                    lmi_standing_fn fn, void *user)
{
    run r = {.setup = setup,
             .folder = folder,
             .standing = {.totals = folder->totals, .n = setup->n, .n_before = folder->totals.n},
             .before_ms = folder->totals.run_ms};
    lmas_solver_params params = *setup->solver_params;
    lmas_status status;

    lmi_buf_init(&r.line, LINE_MAX_SIZE);
    params.on_result = note_result;
    params.user = &r;
    status = lmas_solver_new(&r.solver, setup->session, setup->team, &params);
    r.begin_ms = lmi_now_ms();
    if (status == LMAS_OK)
        status = loop(&r, fn, user);
    lmas_solver_free(r.solver);
    lmi_buf_done(&r.line);
    *totals = r.standing.totals;
    return status;
}

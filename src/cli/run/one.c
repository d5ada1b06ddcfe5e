/* one.c - one run from its command line to its exit code, and a look at one that is not made. */
#include "cli/run/one.h"

#include <stdio.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/elsewhere/lost.h"
#include "cli/interrupt.h"
#include "cli/regrade/print.h"
#include "cli/run/grid/weight.h"
#include "cli/run/work.h"
#include "cli/show/progress.h"
#include "cli/show/term.h"
#include "eval/regrade/regrade.h"

enum { SUMMARY_MAX = 64 * 1024 };

void lmi_run_done(lmi_run_work *w)
{
    lmi_runfolder_done(&w->folder);
    lmi_stage_done(&w->stage);
    lmi_dataset_done(&w->data);
    lmi_free(w->rows);
    lmi_buf_done(&w->data_path);
    lmi_free(w->args.argv);
    lmi_free(w->args.words);
    lmi_config_args_free(w->stored, w->n_stored);
}

static bool show_graded(void *user, size_t n_done, size_t n)
{
    lmi_show_graded(user, n_done, n);
    return !lmi_interrupted();
}

/* All lines are there: the user's judge sees those that it has not seen. The run's lock is given
 * back before, and `folder` has nothing but its path afterwards. */
static lmas_status ask_grader(lmi_run_work *w)
{
    lmi_grader grader = lmi_flags_grader(&w->settings.grader);
    lmi_progress progress;
    const lmi_regrade_params params = {.data = &w->data,
                                       .grader = &grader,
                                       .is_grader_alone = true,
                                       .goes_on = show_graded,
                                       .user = &progress};
    lmi_regrade *regrade = NULL;
    lmi_regrade_outcome outcome;
    char *path = lmi_strdup(w->folder.path);
    lmas_status status = LMAS_OK;

    if (!path)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    lmi_runfolder_done(&w->folder);
    w->folder.path = path;
    lmi_progress_init(&progress);
    status = lmi_regrade_open(&regrade, path, false);
    if (status == LMAS_OK)
        status = lmi_regrade_run(&outcome, regrade, &params);
    lmi_progress_clear(&progress);
    if (status == LMAS_OK) {
        w->totals = outcome.totals;
        lmi_say_grader_failed(path, &outcome);
    }
    lmi_regrade_done(regrade);
    return status;
}

static lmas_status report(lmi_run_work *w)
{
    lmas_status status;
    lmi_buf text;

    lmi_buf_init(&text, SUMMARY_MAX);
    status = lmi_summary_write(&text, &w->setup, &w->totals, w->folder.path, true);
    if (status == LMAS_OK)
        status = lmi_runfolder_finish(&w->folder, &text);
    if (status == LMAS_OK && w->settings.grader.command)
        status = ask_grader(w);
    lmi_buf_clear(&text);
    if (status == LMAS_OK)
        status = lmi_summary_write(&text, &w->setup, &w->totals, w->folder.path, false);
    if (status == LMAS_OK) {
        lmi_run_print(w);
        fputs(lmi_buf_text(&text), stdout);
    }
    lmi_buf_done(&text);
    return status;
}

/* A run that has begun and did not end can go on: say how. */
static int stop(const lmi_run_work *w, lmas_status status)
{
    const bool is_ended = status == LMAS_E_CANCELED && !lmi_interrupted();
    int code = w->is_time_over ? LMI_EXIT_TIME_OVER : LMI_EXIT_INTERRUPTED;

    if (!is_ended)
        code = lmi_say_failure(status);
    lmi_say("%zu of %zu questions are done and kept; go on with: latentmas run --resume %s",
            w->totals.n, lmi_shard_size(&w->setup), w->folder.path);
    return code;
}

/* What is said where a server of --rpc is lost: nothing in this process can count any more. */
static void say_way_on(const lmi_run_work *w)
{
    char words[LMI_PATH_MAX + 64];

    snprintf(words, sizeof(words), "what is done is kept; go on with: latentmas run --resume %s",
             w->folder.path);
    lmi_lost_way_on(words);
}

/* Questions, or verdicts of a grader that was asked for, that are not there. */
static bool is_incomplete(const lmi_run_work *w)
{
    return w->totals.n_errors > 0 || (w->settings.grader.command && w->totals.n_grader_failed > 0);
}

int lmi_run_go(lmi_run_work *w, const lmi_args *args)
{
    lmas_status status = LMAS_OK;

    if (w->settings.resume)
        status = lmi_run_open_stored(w, args);
    if (status != LMAS_OK)
        return lmi_say_failure(status);
    lmi_run_say_moot(
        &w->settings); /* before the words that were recorded join in: said once is enough */
    if (lmi_run_parse(w, args, (size_t)args->argc - 1) != LMAS_OK)
        return lmi_say_misuse();
    status = lmi_run_check_flags(w);
    if (status != LMAS_OK)
        return status == LMAS_E_INVALID ? lmi_say_misuse() : lmi_say_failure(status);
    lmi_interrupt_install();
    status = lmi_run_open_inputs(w);
    if (status == LMAS_OK)
        status = lmi_run_open_folder(w);
    if (status != LMAS_OK)
        return lmi_say_failure(status);
    say_way_on(w);
    status = lmi_run_ask(w);
    if (status == LMAS_OK)
        status = report(w);
    if (status != LMAS_OK)
        return stop(w, status);
    return is_incomplete(w) ? LMI_EXIT_INCOMPLETE : LMI_EXIT_OK;
}

/* ---- Of several runs (one.h) ---- */

/* Parse the command line of a run that is not opened. */
static lmas_status look_at(lmi_run_work *w, int argc, char **argv)
{
    const lmi_args args = {.argc = argc, .argv = argv};
    const lmas_status status = lmi_run_parse(w, &args, (size_t)argc - 1);

    return status == LMAS_OK ? lmi_run_check_flags(w) : status;
}

lmas_status lmi_run_check(size_t *n, int argc, char **argv)
{
    lmi_run_work w = {.folder = {.fd = -1}};
    lmas_status status = look_at(&w, argc, argv);

    if (status == LMAS_OK && n)
        status = lmi_task_open(&w.data, &w.data_path, &w.settings.task);
    if (status == LMAS_OK && n)
        status = lmi_run_choose(&w);
    if (status == LMAS_OK && n)
        *n = lmi_shard_size(&w.setup);
    lmi_run_done(&w);
    return status;
}

lmas_status lmi_run_lend(lmi_stage *out, int argc, char **argv)
{
    lmi_run_work w = {.folder = {.fd = -1}};
    lmas_status status = look_at(&w, argc, argv);

    *out = (lmi_stage){0};
    if (status == LMAS_OK)
        status = lmi_stage_open_model(out, &w.settings.solve.model);
    out->session_params = lmi_flags_session(&w.settings.solve);
    out->n_at_once = (uint32_t)w.settings.generate_bs;
    lmi_run_done(&w);
    return status;
}

lmas_status lmi_run_weigh(lmi_run_weight *out, int argc, char **argv, const lmi_stage *lender)
{
    lmi_run_work w = {.folder = {.fd = -1}, .stage = {.lender = lender, .is_quiet = true}};
    lmas_status status = look_at(&w, argc, argv);

    if (status == LMAS_OK)
        status = lmi_task_open(&w.data, &w.data_path, &w.settings.task);
    if (status == LMAS_OK)
        status = lmi_run_choose(&w);
    if (status == LMAS_OK)
        status = lmi_stage_open(&w.stage, &w.settings.solve);
    w.setup.solver_params = &w.stage.solver_params;
    if (status == LMAS_OK)
        status = lmi_weigh(out, &w.stage, &w.setup);
    lmi_run_done(&w);
    return status;
}

int lmi_run_one(int argc, char **argv, const lmi_stage *lender)
{
    const lmi_args args = {.argc = argc, .argv = argv};
    lmi_run_work w = {.folder = {.fd = -1}, .stage = {.lender = lender}};
    int code;

    if (lmi_run_parse(&w, &args, (size_t)argc - 1) != LMAS_OK)
        return lmi_say_misuse();
    lmi_free(w.args.argv);
    lmi_free(w.args.words);
    w.args = (lmi_args){0};
    code = lmi_run_go(&w, &args);
    lmi_run_done(&w);
    return code;
}

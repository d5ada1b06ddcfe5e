/*
 * grid.c - from a plan to finished runs.
 *
 * All that can be known is known before the first run computes: flags and data of every run, the
 * sandbox, the model, the teams. Each run is then a command of its own, which its folder records,
 * so that a grid that was stopped goes on run by run. The model is loaded once, and not at all
 * where nothing is left to do.
 */
#include "cli/run/grid/grid.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/run/grid/folder.h"
#include "cli/run/grid/show.h"
#include "cli/show/term.h"
#include "eval/folder/runfolder.h"

enum { FOLDER_WORDS = 4 };

/* A grid at work. */
typedef struct work {
    const lmi_grid_call *call;
    lmi_grid grid, before; /* before: what the folder held */
    char *folder;          /* NULL for a single run of the usual kind */
    bool is_resumed;
    bool touches_done; /* the flags given now may change finished runs */
    char **added;      /* words of a --resume, for all runs */
    size_t n_added;
    lmi_stage lender;
    bool is_lent, is_locked;
    lmi_grid_rates measured;
} work;

static void work_done(work *w)
{
    if (w->is_lent)
        lmi_stage_done(&w->lender);
    lmi_grid_done(&w->grid);
    lmi_grid_done(&w->before);
    lmi_free(w->folder);
    lmi_free(w->added);
}

static bool has_list(const lmi_grid_call *call)
{
    size_t i;

    for (i = 0; i < call->args->n_axes; i++)
        if (call->args->axes[i].is_list)
            return true;
    return call->flags->repeats > 1;
}

static bool is_given(const lmi_grid_call *call, const char *flag)
{
    return lmi_options_given(call->groups, call->args->argc, call->args->argv, flag) != NULL;
}

bool lmi_grid_is_meant(const lmi_grid_call *call)
{
    return has_list(call) || call->flags->is_dry || call->flags->has_task_defaults ||
           is_given(call, "--seeds") || (call->resume && lmi_grid_is_folder(call->resume)) ||
           (call->output && lmi_grid_is_folder(call->output));
}

/* ---- Which runs ---- */

/* A grid that goes on has its runs: what says which is for its start. */
static lmas_status check_resume(const lmi_grid_call *call)
{
    static const char *const start[] = {
        "--task",  "--method",  "--latent_steps", "--seed",
        "--seeds", "--repeats", "--output",       "--per-task-defaults"};
    size_t i;

    for (i = 0; i < sizeof(start) / sizeof(start[0]); i++)
        if (is_given(call, start[i]))
            return lmi_fail(LMAS_E_INVALID,
                            "--resume goes on with the runs that %s has, and %s says which: leave "
                            "it out, or give the whole command with --output %s",
                            call->resume, start[i], call->resume);
    if (!lmi_grid_is_folder(call->resume))
        return lmi_fail(LMAS_E_INVALID, "%s is no folder of several runs", call->resume);
    return lmi_grid_check_joining(call->groups, call->args->argc, call->args->argv);
}

/* Put the words of this command behind those of each run. */
static lmas_status add_words(work *w)
{
    static const char *const others[] = {"--resume", "--dry-run", NULL};
    const lmi_args *args = w->call->args;
    size_t i, k;

    w->added = lmi_new((size_t)args->argc, sizeof(*w->added));
    if (!w->added)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    w->n_added = lmi_options_without(w->added, w->call->groups, args->argc, args->argv, others);
    for (i = 0; i < w->grid.n; i++) {
        lmi_grid_run *run = &w->grid.runs[i];
        char **words = lmi_resize(run->words, (run->n_words + w->n_added + 1) * sizeof(*words));

        if (!words)
            return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
        run->words = words;
        for (k = 0; k < w->n_added; k++)
            words[run->n_words + k] = w->added[k];
        run->n_words += w->n_added;
    }
    return LMAS_OK;
}

static lmas_status resume(work *w)
{
    const lmi_grid_call *call = w->call;
    lmas_status status = check_resume(call);

    w->is_resumed = true;
    w->folder = lmi_strdup(call->resume);
    if (status == LMAS_OK && !w->folder)
        status = lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    if (status == LMAS_OK)
        status = lmi_grid_read(&w->grid, call->groups, call->resume);
    if (status == LMAS_OK)
        status = add_words(w);
    if (status == LMAS_OK)
        w->touches_done = lmi_grid_touches_done(call->groups, call->args->argc, call->args->argv);
    return status;
}

/* A folder of several runs takes more of the same kind. */
static lmas_status join(work *w)
{
    const char *path = w->call->output;
    lmas_status status;

    if (lmi_runfolder_holds_run(path))
        return lmi_fail(LMAS_E_INVALID, "%s holds a single run: name another folder for several",
                        path);
    if (!lmi_grid_is_folder(path))
        return LMAS_OK;
    status = lmi_grid_read(&w->before, w->call->groups, path);
    if (status == LMAS_OK && !lmi_grid_has_same_flags(&w->before, &w->grid))
        status = lmi_fail(LMAS_E_INVALID,
                          "%s holds runs with other flags (its grid.json lists them): name another "
                          "folder, or go on with those with --resume alone",
                          path);
    w->touches_done = is_given(w->call, "--retry-failed");
    return status;
}

static lmas_status begin(work *w)
{
    const lmi_grid_call *call = w->call;
    const bool is_grid = has_list(call) || (call->output && lmi_grid_is_folder(call->output));
    lmas_status status = lmi_grid_plan(&w->grid, call);

    if (status != LMAS_OK || !is_grid)
        return status;
    if (call->output) {
        w->folder = lmi_strdup(call->output);
        return w->folder ? join(w) : lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    }
    return call->flags->is_dry ? LMAS_OK : lmi_grid_new_path(&w->folder);
}

/* ---- Looking ahead ---- */

/* The command line of run `i`: argv[0], its words, and where it is kept. Free with lmi_free(). */
static char **argv_of(const work *w, size_t i, char *path, int *argc)
{
    static char output[] = "--output", again[] = "--resume", name[] = "run";
    const lmi_grid_run *run = &w->grid.runs[i];
    const bool is_known = w->is_resumed && run->has_begun;
    char **argv = lmi_new(run->n_words + FOLDER_WORDS, sizeof(*argv));
    size_t n = 0, k;

    if (!argv)
        return NULL;
    argv[n++] = name;
    if (path && run->has_begun) {
        argv[n++] = again;
        argv[n++] = path;
    }
    for (k = path && is_known ? run->n_words - w->n_added : 0; k < run->n_words; k++)
        argv[n++] = run->words[k];
    if (path && !run->has_begun) {
        argv[n++] = output;
        argv[n++] = path;
    }
    *argc = (int)n;
    return argv;
}

/* The first row of the same task. */
static size_t first_of_task(const lmi_grid *grid, size_t row)
{
    const char *task = grid->runs[grid->rows[row].first].task;
    size_t other;

    for (other = 0; other < row; other++)
        if (strcmp(grid->runs[grid->rows[other].first].task, task) == 0)
            break;
    return other;
}

/* Check the flags of a row, or its data and sandbox as well. */
static lmas_status check_row(work *w, size_t row, bool has_data)
{
    lmi_grid_row *r = &w->grid.rows[row];
    int argc = 0;
    char **argv = argv_of(w, r->first, NULL, &argc);
    lmas_status status;

    if (!argv)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    status = lmi_run_check(has_data ? &r->n : NULL, argc, argv);
    lmi_free(argv);
    return status;
}

/* All flags first: nothing is fetched for a command that is wrong. */
static lmas_status check_rows(work *w)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < w->grid.n_rows; i++)
        status = check_row(w, i, false);
    for (i = 0; status == LMAS_OK && i < w->grid.n_rows; i++) {
        const size_t first = first_of_task(&w->grid, i);

        if (first == i)
            status = check_row(w, i, true);
        w->grid.rows[i].n = w->grid.rows[first].n;
    }
    return status;
}

/* See how far a run is. One that no plan of this folder has is another's until its config was
 * compared: it is taken up like one that has begun. */
static lmas_status look(work *w, size_t i)
{
    lmi_grid_run *run = &w->grid.runs[i];
    const lmas_status status = lmi_grid_look(&w->grid, i, w->folder);

    if (!w->is_resumed && !lmi_grid_find(&w->before, run->name))
        run->is_done = false;
    return status;
}

static lmas_status check_all(work *w)
{
    lmas_status status = check_rows(w);
    size_t i;

    for (i = 0; status == LMAS_OK && i < w->grid.n; i++) {
        w->grid.runs[i].n = w->grid.rows[w->grid.runs[i].row].n;
        if (w->folder)
            status = look(w, i);
    }
    return status;
}

static bool is_left(const work *w, size_t i)
{
    return !w->grid.runs[i].is_done || w->touches_done;
}

static size_t n_left(const work *w)
{
    size_t n = 0, i;

    for (i = 0; i < w->grid.n; i++)
        n += is_left(w, i);
    return n;
}

static lmas_status weigh_row(work *w, size_t row)
{
    int argc = 0;
    char **argv = argv_of(w, w->grid.rows[row].first, NULL, &argc);
    lmas_status status;

    if (!argv)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    status = lmi_run_weigh(&w->grid.rows[row].weight, argc, argv, &w->lender);
    lmi_free(argv);
    return status;
}

static lmas_status lend(work *w)
{
    int argc = 0;
    char **argv = argv_of(w, 0, NULL, &argc);
    lmas_status status;

    if (!argv)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    status = lmi_run_lend(&w->lender, argc, argv);
    w->is_lent = true;
    lmi_free(argv);
    return status;
}

/* Threads of a run that has begun; 0 where none tells. Runs that are compared run alike, also where
 * the machine is less busy by now. */
static int32_t threads_before(const work *w)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; n == 0 && i < w->grid.n; i++) {
        char *folder = NULL, *path = NULL;
        lmi_buf config;

        lmi_buf_init(&config, LMI_CONFIG_MAX);
        if (w->grid.runs[i].has_begun &&
            lmi_grid_run_path(&folder, &w->grid.runs[i], w->folder) == LMAS_OK &&
            lmi_path_join(&path, folder, "config.json") == LMAS_OK &&
            lmi_file_read(&config, path) == LMAS_OK &&
            (!lmi_config_count(&n, &config, "engine", "n_threads") || n > INT16_MAX))
            n = 0;
        lmi_buf_done(&config);
        lmi_free(path);
        lmi_free(folder);
    }
    return (int32_t)n;
}

/* The model, and what the questions take on it. What cannot be measured is not known yet. */
static lmas_status load(work *w)
{
    lmas_status status = lend(w);
    size_t i;

    for (i = 0; status == LMAS_OK && i < w->grid.n_rows; i++)
        status = weigh_row(w, i);
    if (status != LMAS_OK)
        return status;
    if (w->lender.session_params.n_threads == 0)
        w->lender.session_params.n_threads = threads_before(w);
    for (i = 0; i < w->grid.n && !w->grid.runs[i].is_done; i++)
        ;
    if (i == w->grid.n && lmi_grid_measure(&w->measured, &w->lender) != LMAS_OK)
        w->measured = (lmi_grid_rates){0};
    return lmi_interrupted() ? lmi_fail(LMAS_E_CANCELED, "interrupted") : LMAS_OK;
}

/* ---- Running ---- */

/* Make run `i`, or go on with it; the exit code. */
static int make(work *w, size_t i)
{
    lmi_grid_run *run = &w->grid.runs[i];
    char *path = NULL, **argv = NULL;
    int argc = 0, code;
    lmas_status status = lmi_grid_run_path(&path, run, w->folder);

    if (status == LMAS_OK) {
        argv = argv_of(w, i, path, &argc);
        if (!argv)
            status = lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    }
    code = status == LMAS_OK ? lmi_run_one(argc, argv, &w->lender) : lmi_say_failure(status);
    fflush(stdout);
    if (status == LMAS_OK && lmi_grid_look(&w->grid, i, w->folder) != LMAS_OK)
        lmi_say_failure(LMAS_E_IO);
    lmi_free(argv);
    lmi_free(path);
    return code;
}

/* Codes by how much they matter to all: a run that failed, more than one with failed questions. */
static int worse_of(int a, int b)
{
    static const int order[] = {LMI_EXIT_OK,    LMI_EXIT_INCOMPLETE, LMI_EXIT_FAILURE,
                                LMI_EXIT_USAGE, LMI_EXIT_TIME_OVER,  LMI_EXIT_INTERRUPTED};
    size_t i = sizeof(order) / sizeof(order[0]) - 1;

    while (i > 0 && order[i] != a && order[i] != b)
        i--;
    return order[i];
}

static bool ends_all(int code)
{
    return code == LMI_EXIT_INTERRUPTED || code == LMI_EXIT_TIME_OVER;
}

/* Take up each run in turn, and say what became of it. */
static int make_all(work *w)
{
    int worst = LMI_EXIT_OK;
    size_t n_failed = 0, i;

    for (i = 0; i < w->grid.n && !ends_all(worst); i++) {
        lmi_grid_estimate estimate;
        int code;

        if (!is_left(w, i)) {
            printf("%s\n", w->grid.runs[i].summary);
            if (w->grid.runs[i].sums.n_failed > 0)
                worst = worse_of(worst, LMI_EXIT_INCOMPLETE);
            continue;
        }
        lmi_grid_show_run(&w->grid, i);
        code = make(w, i);
        n_failed += code != LMI_EXIT_OK;
        worst = worse_of(worst, code);
        estimate = lmi_grid_estimate_of(&w->grid, &w->measured);
        if (!ends_all(code))
            lmi_grid_show_rest(&estimate);
    }
    if (n_failed && !ends_all(worst))
        lmi_say("%zu of %zu runs did not end as they should, see above", n_failed, w->grid.n);
    if (worst == LMI_EXIT_INCOMPLETE)
        lmi_say("ask again what failed: latentmas run --resume %s --retry-failed", w->folder);
    else if (worst != LMI_EXIT_OK)
        lmi_say("go on with all of them: latentmas run --resume %s", w->folder);
    if (worst == LMI_EXIT_OK || worst == LMI_EXIT_INCOMPLETE)
        lmi_say("report with: latentmas report %s", w->folder);
    return worst;
}

/* A single run, written in the way of several: --seeds 42. */
static int make_single(work *w)
{
    static char output[] = "--output";
    lmi_grid_run *run = &w->grid.runs[0];
    char *path = (char *)(size_t)w->call->output;
    int argc = 0, code;
    char **argv = argv_of(w, 0, NULL, &argc);

    if (!argv || !run->words)
        return lmi_say_failure(lmi_fail(LMAS_E_NOMEM, "no memory for a command line"));
    if (path) {
        argv[argc++] = output;
        argv[argc++] = path;
    }
    if (w->call->flags->has_task_defaults)
        lmi_grid_show_defaults(&w->grid, w->call);
    code = lmi_run_one(argc, argv, NULL);
    lmi_free(argv);
    return code;
}

/* A folder that is there is locked before a model is loaded, a new one made when all is good. */
static lmas_status lock(work *w, bool makes)
{
    lmas_status status = LMAS_OK;

    if (!w->call->flags->is_dry && !w->is_locked && (makes || lmi_is_dir(w->folder))) {
        status = lmi_grid_lock(w->folder);
        w->is_locked = status == LMAS_OK;
    }
    return status;
}

static int make_grid(work *w)
{
    lmi_grid_estimate estimate;
    lmas_status status = lock(w, false);

    if (status == LMAS_OK && n_left(w) > 0)
        status = load(w);
    if (status != LMAS_OK)
        return lmi_say_failure(status);
    estimate = lmi_grid_estimate_of(&w->grid, &w->measured);
    lmi_say("%zu run%s%s%s", w->grid.n, w->grid.n == 1 ? "" : "s", w->folder ? " in " : "",
            w->folder ? w->folder : "");
    lmi_grid_show(&w->grid, w->call, &estimate);
    if (w->call->flags->is_dry)
        return LMI_EXIT_OK;
    status = lock(w, true);
    if (status == LMAS_OK && !w->is_resumed)
        status = lmi_grid_write(&w->grid, &w->before, w->folder);
    return status == LMAS_OK ? make_all(w) : lmi_say_failure(status);
}

int lmi_grid_go(const lmi_grid_call *call)
{
    work w = {.call = call};
    lmas_status status = call->resume ? resume(&w) : begin(&w);
    int code;

    if (status == LMAS_OK && (w.folder || call->flags->is_dry))
        status = check_all(&w);
    if (status != LMAS_OK)
        code = status == LMAS_E_INVALID ? lmi_say_misuse() : lmi_say_failure(status);
    else if (w.folder || call->flags->is_dry)
        code = make_grid(&w);
    else
        code = make_single(&w);
    work_done(&w);
    return code;
}

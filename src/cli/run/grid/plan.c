/* plan.c - lists of values to runs. */
#include "cli/run/grid/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/run/grid/paper.h"
#include "cli/words.h"
#include "data/task.h"

enum { VALUES_MAX = 1000, ADDED_WORDS = 16, NUMBER_SIZE = 32 };

/* Flags that say which run, or where; and those that are for all runs together. */
#define WHICH_RUN    "--task", "--method", "--latent_steps", "--seed", "--seeds", "--repeats"
#define WHICH_FOLDER "--output", "--resume", "--dry-run"

/* Answers do not depend on these. */
#define HOW_FAST                                                                                   \
    "--generate_bs", "--threads", "--threads-batch", "--batch-size", "--ubatch-size",              \
        "--ctx-size", "--n-gpu-layers", "--device", "--rpc", "--no-mmap", "--offline",             \
        "--verbose", "--code_parallel", "--vllm_parallel", "--vllm_tries", "--vllm_timeout",       \
        "--max_time"

/* Of a run that goes on: its files may lie elsewhere, and what failed may be asked again. */
#define MAY_JOIN                                                                                   \
    "--model", "--hf-repo", "--data", "--python", "--api_key_file", "--vllm_url",                  \
        "--chat-template-file", "--agent_models", "--retry-failed", "--allow-code",                \
        "--allow-tools"

/* Values of one flag. */
typedef struct values {
    const char *at[VALUES_MAX];
    size_t n;
} values;

char *lmi_grid_text(lmi_grid *grid, const char *text, size_t len)
{
    char *copy;

    if (!lmi_reserve((void **)&grid->strings, &grid->strings_capacity, grid->n_strings + 1,
                     sizeof(*grid->strings)))
        return NULL;
    copy = lmi_strndup(text, len);
    if (copy)
        grid->strings[grid->n_strings++] = copy;
    return copy;
}

static char *text_of(lmi_grid *grid, const char *text)
{
    return lmi_grid_text(grid, text, strlen(text));
}

lmi_grid_run *lmi_grid_add(lmi_grid *grid)
{
    if (!lmi_reserve((void **)&grid->runs, &grid->capacity, grid->n + 1, sizeof(*grid->runs)))
        return NULL;
    grid->runs[grid->n] = (lmi_grid_run){0};
    return &grid->runs[grid->n++];
}

lmi_grid_run *lmi_grid_find(const lmi_grid *grid, const char *name)
{
    size_t i;

    for (i = 0; i < grid->n; i++)
        if (strcmp(grid->runs[i].name, name) == 0)
            return &grid->runs[i];
    return NULL;
}

void lmi_grid_done(lmi_grid *grid)
{
    size_t i;

    for (i = 0; i < grid->n; i++)
        lmi_free(grid->runs[i].words);
    for (i = 0; i < grid->n_strings; i++)
        lmi_free(grid->strings[i]);
    lmi_free(grid->strings);
    lmi_free(grid->runs);
    lmi_free(grid->rows);
    lmi_free(grid->flags);
    *grid = (lmi_grid){0};
}

/* ---- Values ---- */

static lmas_status add_value(values *out, const char *flag, const char *value)
{
    if (!value)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the values of %s", flag);
    if (out->n == VALUES_MAX)
        return lmi_fail(LMAS_E_INVALID, "%s: more than %d values", flag, VALUES_MAX);
    out->at[out->n++] = value;
    return LMAS_OK;
}

static const lmi_axis *find_axis(const lmi_args *args, const lmi_opt *opt)
{
    size_t i;

    for (i = 0; i < args->n_axes; i++)
        if (args->axes[i].opt == opt)
            return &args->axes[i];
    return NULL;
}

/* What the command line gives a flag: nothing, one value, several, or all. */
static lmas_status list_values(values *out, lmi_grid *grid, const lmi_grid_call *call,
                               const char *flag)
{
    const lmi_opt *opt = lmi_opt_find(call->groups, flag);
    const lmi_axis *axis = find_axis(call->args, opt);
    const char *rest = axis ? axis->value : "";
    const char *word;
    lmas_status status = LMAS_OK;
    size_t len, i;

    if (axis && axis->is_list && !strchr(rest, ',')) {
        for (i = 0; status == LMAS_OK && (word = opt->all_at(i)); i++)
            status = add_value(out, flag, word);
        return status;
    }
    while (status == LMAS_OK && lmi_word_next(&word, &len, &rest, ','))
        status = add_value(out, flag, lmi_grid_text(grid, word, len));
    return status;
}

/* --seeds, or --repeats of them from --seed on. */
static lmas_status list_seeds(values *out, lmi_grid *grid, const lmi_grid_call *call)
{
    const lmi_args *args = call->args;
    lmas_status status = list_values(out, grid, call, "--seeds");
    const bool are_named = out->n > 0;
    char number[NUMBER_SIZE];
    int64_t i;

    if (are_named && (call->flags->repeats > 1 ||
                      lmi_options_given(call->groups, args->argc, args->argv, "--seed")))
        return lmi_fail(LMAS_E_INVALID, "--seeds names the seeds: leave out --seed and --repeats");
    for (i = 0; status == LMAS_OK && !are_named && i < call->flags->repeats; i++) {
        const int64_t seed = call->seed + i;

        snprintf(number, sizeof(number), "%lld", (long long)seed);
        status = add_value(out, "--repeats", text_of(grid, number));
    }
    return status;
}

/* ---- Runs ---- */

static bool thinks(const char *method)
{
    return strncmp(method, "latent_mas", 10) == 0;
}

const char *lmi_grid_task(const lmi_grid_run *run)
{
    const lmi_task *task = NULL;

    return lmi_task_named(&task, run->task) == LMAS_OK ? task->name : run->task;
}

/* demo-latent_mas-s10-seed42 */
static char *make_name(lmi_grid *grid, const lmi_grid_run *run)
{
    char name[LMI_GRID_NAME_MAX];
    const int n = snprintf(name, sizeof(name), "%s-%s%s%s-seed%s", lmi_grid_task(run), run->method,
                           run->steps ? "-s" : "", run->steps ? run->steps : "", run->seed);

    return n > 0 && (size_t)n < sizeof(name) ? lmi_grid_text(grid, name, (size_t)n) : NULL;
}

/* What the command line does not say of the task's settings, the paper does. */
static void add_task_defaults(lmi_grid *grid, lmi_grid_run *run, const lmi_grid_call *call)
{
    const lmi_args *args = call->args;
    lmi_paper_setting setting;
    size_t i;

    for (i = 0; lmi_paper_setting_at(&setting, run->task, i); i++) {
        if (lmi_options_given(call->groups, args->argc, args->argv, setting.flag))
            continue;
        run->words[run->n_words++] = text_of(grid, setting.flag);
        run->words[run->n_words++] = text_of(grid, setting.value);
    }
}

static void add_flag(lmi_grid *grid, lmi_grid_run *run, const char *flag, char *value)
{
    run->words[run->n_words++] = text_of(grid, flag);
    run->words[run->n_words++] = value;
}

/* The run's own command line: what all have in common, and which one it is. */
static lmas_status make_words(lmi_grid *grid, lmi_grid_run *run, const lmi_grid_call *call)
{
    static const char *const others[] = {WHICH_RUN, WHICH_FOLDER, "--per-task-defaults", NULL};
    const lmi_args *args = call->args;
    size_t i;

    run->words = lmi_new((size_t)args->argc + ADDED_WORDS, sizeof(*run->words));
    if (!run->words)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    run->n_words = lmi_options_without(run->words, call->groups, args->argc, args->argv, others);
    for (i = 0; i < run->n_words; i++)
        run->words[i] = text_of(grid, run->words[i]);
    add_flag(grid, run, "--task", run->task);
    add_flag(grid, run, "--method", run->method);
    if (run->steps && lmi_options_given(call->groups, args->argc, args->argv, "--latent_steps"))
        add_flag(grid, run, "--latent_steps", run->steps);
    add_flag(grid, run, "--seed", run->seed);
    if (call->flags->has_task_defaults)
        add_task_defaults(grid, run, call);
    for (i = 0; i < run->n_words; i++)
        if (!run->words[i])
            return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    return LMAS_OK;
}

static lmas_status add_run(lmi_grid *grid, const lmi_grid_call *call, const lmi_grid_run *which)
{
    lmi_grid_run *run = grid->n < LMI_GRID_RUNS_MAX ? lmi_grid_add(grid) : NULL;
    const lmi_grid_run *same;

    if (!run)
        return lmi_fail(LMAS_E_INVALID, "more than %d runs", LMI_GRID_RUNS_MAX);
    *run = *which;
    run->name = make_name(grid, run);
    if (!run->name)
        return lmi_fail(LMAS_E_INVALID, "the name of task %.80s is too long for a folder",
                        which->task);
    same = lmi_grid_find(grid, run->name);
    if (same != run)
        return lmi_fail(LMAS_E_INVALID,
                        "%s is named twice: each task, method, number of steps and "
                        "seed once",
                        run->name);
    return make_words(grid, run, call);
}

/* All runs of one seed. */
static lmas_status add_runs_of(lmi_grid *grid, const lmi_grid_call *call, const values *tasks,
                               const values *methods, const values *steps, const char *seed)
{
    lmas_status status = LMAS_OK;
    size_t t, m, s;

    for (t = 0; t < tasks->n; t++)
        for (m = 0; m < methods->n; m++)
            for (s = 0; status == LMAS_OK && s < (thinks(methods->at[m]) ? steps->n : 1); s++) {
                const lmi_grid_run run = {
                    .task = text_of(grid, tasks->at[t]),
                    .method = text_of(grid, methods->at[m]),
                    .steps = thinks(methods->at[m]) ? text_of(grid, steps->at[s]) : NULL,
                    .seed = text_of(grid, seed)};

                if (!run.task || !run.method || !run.seed)
                    return lmi_fail(LMAS_E_NOMEM, "no memory for a run");
                status = add_run(grid, call, &run);
            }
    return status;
}

/* What all runs share, as grid.json keeps it. */
static lmas_status keep_flags(lmi_grid *grid, const lmi_grid_call *call)
{
    static const char *const others[] = {WHICH_RUN, WHICH_FOLDER, NULL};
    const lmi_args *args = call->args;
    size_t i;

    grid->flags = lmi_new((size_t)args->argc, sizeof(*grid->flags));
    if (!grid->flags)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    grid->n_flags = lmi_options_without(grid->flags, call->groups, args->argc, args->argv, others);
    for (i = 0; i < grid->n_flags; i++) {
        grid->flags[i] = text_of(grid, grid->flags[i]);
        if (!grid->flags[i])
            return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    }
    return LMAS_OK;
}

/* A default where the command line has nothing. */
static lmas_status or_default(values *out, lmi_grid *grid, const char *flag, const char *value)
{
    return out->n > 0 ? LMAS_OK : add_value(out, flag, text_of(grid, value));
}

static lmas_status plan(lmi_grid *out, const lmi_grid_call *call, values lists[4])
{
    static const char *const flags[] = {"--task", "--method", "--latent_steps"};
    const int32_t steps = lmas_solver_params_default().latent_steps;
    char number[NUMBER_SIZE];
    lmas_status status = list_seeds(&lists[3], out, call);
    size_t i;

    snprintf(number, sizeof(number), "%d", (int)steps);
    for (i = 0; status == LMAS_OK && i < 3; i++) {
        status = list_values(&lists[i], out, call, flags[i]);
        if (status == LMAS_OK)
            status = or_default(&lists[i], out, flags[i],
                                i == 0   ? call->task
                                : i == 1 ? call->method
                                         : number);
    }
    if (status == LMAS_OK && lists[0].n > 1 && call->data)
        status = lmi_fail(LMAS_E_INVALID,
                          "--data %s holds the questions of one task, and --task names %zu",
                          call->data, lists[0].n);
    for (i = 0; status == LMAS_OK && i < lists[3].n; i++)
        status = add_runs_of(out, call, &lists[0], &lists[1], &lists[2], lists[3].at[i]);
    return status == LMAS_OK ? keep_flags(out, call) : status;
}

lmas_status lmi_grid_plan(lmi_grid *out, const lmi_grid_call *call)
{
    values *lists = lmi_new(4, sizeof(*lists));
    lmas_status status;

    *out = (lmi_grid){.groups = call->groups};
    if (!lists)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a plan");
    lmi_utc_iso(out->started);
    status = plan(out, call, lists);
    lmi_free(lists);
    return status == LMAS_OK ? lmi_grid_find_rows(out) : status;
}

/* ---- Rows ---- */

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

lmas_status lmi_grid_find_rows(lmi_grid *grid)
{
    size_t i, r;

    lmi_free(grid->rows);
    grid->n_rows = 0;
    grid->rows = lmi_new(grid->n, sizeof(*grid->rows));
    if (!grid->rows)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu rows", grid->n);
    for (i = 0; i < grid->n; i++) {
        lmi_grid_run *run = &grid->runs[i];

        for (r = 0; r < grid->n_rows; r++) {
            const lmi_grid_run *other = &grid->runs[grid->rows[r].first];

            if (is_same(run->task, other->task) && is_same(run->method, other->method) &&
                is_same(run->steps, other->steps))
                break;
        }
        if (r == grid->n_rows)
            grid->rows[grid->n_rows++].first = i;
        grid->rows[r].n_runs++;
        run->row = r;
    }
    return LMAS_OK;
}

/* ---- Flags ---- */

bool lmi_grid_has_same_flags(const lmi_grid *a, const lmi_grid *b)
{
    static const char *const free_ones[] = {HOW_FAST, "--retry-failed", NULL};
    const size_t n_most = (a->n_flags > b->n_flags ? a->n_flags : b->n_flags) + 1;
    const lmi_grid *const grids[] = {a, b};
    char **words[2];
    size_t n[2] = {0, 0};
    bool is_equal = true;
    size_t i, g;

    for (g = 0; g < 2; g++) {
        char **line = lmi_new(n_most, sizeof(*line));

        words[g] = lmi_new(n_most, sizeof(*line));
        for (i = 0; line && i < grids[g]->n_flags; i++)
            line[i + 1] = grids[g]->flags[i];
        if (line && words[g])
            n[g] = lmi_options_without(words[g], a->groups, (int)grids[g]->n_flags + 1, line,
                                       free_ones);
        is_equal = is_equal && line && words[g];
        lmi_free(line);
    }
    for (i = 0; is_equal && i < n[0] && i < n[1]; i++)
        is_equal = strcmp(words[0][i], words[1][i]) == 0;
    lmi_free(words[0]);
    lmi_free(words[1]);
    return is_equal && n[0] == n[1];
}

/* The first word of a command line that is of none of these flags, borrowed; NULL where all are. */
static lmas_status find_other(const char **out, const lmi_opt_group *groups, int argc, char **argv,
                              const char *const *flags)
{
    char **words = lmi_new((size_t)argc, sizeof(*words));

    if (!words)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    *out = lmi_options_without(words, groups, argc, argv, flags) > 0 ? words[0] : NULL;
    lmi_free(words);
    return LMAS_OK;
}

lmas_status lmi_grid_check_joining(const lmi_opt_group *groups, int argc, char **argv)
{
    static const char *const free_ones[] = {HOW_FAST, MAY_JOIN, WHICH_FOLDER, NULL};
    const char *word = NULL;
    const lmas_status status = find_other(&word, groups, argc, argv, free_ones);

    if (status != LMAS_OK || !word)
        return status;
    return lmi_fail(LMAS_E_INVALID,
                    "%s with the --resume of several runs would make others of those that are "
                    "left: leave it out, or begin anew in another folder",
                    word);
}

bool lmi_grid_touches_done(const lmi_opt_group *groups, int argc, char **argv)
{
    static const char *const free_ones[] = {HOW_FAST, WHICH_FOLDER, NULL};
    const char *word = NULL;

    return find_other(&word, groups, argc, argv, free_ones) != LMAS_OK || word;
}

/*
 * inputs.c - from a command line to questions, a stage and a folder.
 *
 * A run's config records the command that started it. `--resume DIR` is that command with the
 * new flags behind it, so the folder alone is enough, and a flag that differs is noticed.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/run/choose.h"
#include "cli/run/work.h"
#include "cli/show/term.h"
#include "eval/folder/grow.h"

enum {
    WORDS_MAX = 10000,
    SCIENCE_SAMPLES = 100, /* questions that Science-LatentMAS asks unless told */
    ADDED_WORDS = 4,       /* of two flags that may join the recorded command */
};

/* Parse the words of the run's config and, behind them, the first `n_new` of this command line. */
lmas_status lmi_run_parse(lmi_run_work *w, const lmi_args *args, size_t n_new)
{
    const size_t n = 1 + w->n_stored + n_new;
    char **argv;
    size_t i;
    lmas_status status;

    if (n > WORDS_MAX)
        return lmi_fail(LMAS_E_INVALID, "command of %zu words, at most %d expected", n, WORDS_MAX);
    argv = lmi_new(n + ADDED_WORDS, sizeof(*argv));
    if (!argv)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu words", n);
    argv[0] = args->argv[0];
    for (i = 0; i < w->n_stored; i++)
        argv[1 + i] = w->stored[i];
    for (i = 0; i < n_new; i++)
        argv[1 + w->n_stored + i] = args->argv[1 + i];
    lmi_run_init(&w->settings);
    status = lmi_options_parse(&w->args, &w->settings, lmi_run_groups, (int)n, argv);
    lmi_solve_flags_settle(&w->settings.solve);
    if (status == LMAS_OK)
        return status;
    lmi_free(argv);
    return status;
}

/* Open the run that is to go on. The words of its config are parsed alone first: what is wrong
 * with them is a damaged file, and no slip of whoever resumes it. */
lmas_status lmi_run_open_stored(lmi_run_work *w, const lmi_args *args)
{
    const lmi_run_settings given = w->settings;
    lmas_status status = lmi_runfolder_open(&w->folder, given.resume);

    if (status == LMAS_OK)
        status =
            lmi_config_args(&w->stored, &w->n_stored, w->folder.config_path, &w->folder.config);
    if (status == LMAS_OK)
        status = lmi_run_parse(w, args, 0);
    if (status != LMAS_OK)
        return status;
    w->n_text_before = w->settings.solve.team.max_new_tokens;
    lmi_free(w->args.argv);
    lmi_free(w->args.words);
    w->args = (lmi_args){0};
    w->settings = given;
    return LMAS_OK;
}

/* The checks of flags and their relations that the table cannot make. */
lmas_status lmi_run_check_flags(const lmi_run_work *w)
{
    const lmi_run_settings *s = &w->settings;
    const lmi_task *task = NULL;
    lmas_status status;

    if (w->args.n_words)
        return lmi_fail(LMAS_E_INVALID, "run: no word without a flag expected, found \"%s\"",
                        w->args.words[0]);
    status = lmi_task_flags_check(&s->task);
    if (status == LMAS_OK)
        status = lmi_task_named(&task, s->task.task);
    if (status == LMAS_OK)
        status = lmi_code_flags_check(&s->code, task);
    if (status == LMAS_OK)
        status = lmi_team_flags_check(&s->solve.team);
    if (status == LMAS_OK)
        status = lmi_host_flags_check(&s->solve.hosts);
    return status == LMAS_OK ? lmi_flags_check(&s->solve.model) : status;
}

/* Record a flag that was not given as if it had been. */
static void add_to_command(lmi_run_work *w, char *flag, char *value)
{
    w->args.argv[w->args.argc++] = flag;
    w->args.argv[w->args.argc++] = value;
}

/* The questions as the engine wants them; for lmi_free(). */
static lmas_question *list_questions(const lmi_setup *setup)
{
    lmas_question *questions = lmi_new(setup->n, sizeof(*questions));
    size_t i;

    for (i = 0; questions && i < setup->n; i++)
        questions[i] = lmi_run_question(setup, i);
    return questions;
}

/* A run that goes on speaks as long as before, also where more or other room would make that more:
 * or its answers would not be of one kind. */
static void keep_text(lmi_run_work *w)
{
    const lmi_run_settings *s = &w->settings;
    uint64_t n;

    if (!s->resume || s->solve.team.max_new_tokens != w->n_text_before ||
        !lmi_config_count(&n, &w->folder.config, "params", "max_new_tokens") || n > INT32_MAX)
        return;
    w->stage.solver_params.max_new_tokens = (int32_t)n;
    w->stage.keeps_text = true;
}

static lmas_status start_stage(lmi_run_work *w)
{
    lmas_question *questions;
    lmas_status status;

    w->setup.solver_params = &w->stage.solver_params;
    w->stage.solver_params.n_near = (uint32_t)w->settings.keep_thoughts;
    keep_text(w);
    questions = list_questions(&w->setup);
    if (!questions)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu questions", w->setup.n);
    lmi_interrupt_at_once(true);
    status = lmi_stage_start(&w->stage, questions, w->setup.n, (uint32_t)w->settings.generate_bs);
    lmi_interrupt_at_once(false);
    lmi_free(questions);
    return status;
}

/* Before anything is written or computed. */
static lmas_status choose_sandbox(lmi_run_work *w)
{
    w->sandbox = lmi_flags_sandbox(&w->settings.code);
    w->setup.sandbox = &w->sandbox;
    w->setup.python = &w->python;
    return lmi_sandbox_try(&w->python, &w->sandbox, &w->data, w->rows,
                           w->stage.is_quiet ? 0 : w->setup.n);
}

/* How many of the questions were asked for, -1 for all. Where Science-LatentMAS's program would
 * leave some out unasked, that is said, and recorded: a run that recorded nothing, as it was before
 * this rule, is one of all. */
static int64_t n_asked(lmi_run_work *w)
{
    static char flag[] = "--max_samples";
    static char value[] = "100"; /* SCIENCE_SAMPLES */
    const lmi_run_settings *s = &w->settings;

    if (s->task.max_samples != LMI_SAMPLES_NOT_GIVEN)
        return s->task.max_samples;
    if (!s->solve.team.custom_prompt_file || s->resume || w->data.n <= SCIENCE_SAMPLES)
        return -1;
    if (!w->stage.is_quiet)
        lmi_say(
            "the first %d of %zu questions, as Science-LatentMAS has it; --max_samples -1 asks all",
            SCIENCE_SAMPLES, w->data.n);
    add_to_command(w, flag, value);
    return SCIENCE_SAMPLES;
}

/* A shard needs a question, and a memory to be swapped another one. */
static lmas_status check_questions(const lmi_run_work *w)
{
    const char *shuffled = lmas_control_name(LMAS_CONTROL_SHUFFLED);

    if (lmi_shard_size(&w->setup) == 0)
        return lmi_fail(LMAS_E_INVALID, "--shard %s of %zu questions is empty",
                        w->settings.task.shard, w->setup.n);
    if (strcmp(w->settings.solve.team.control, shuffled) == 0 && !lmi_run_has_others(&w->setup))
        return lmi_fail(LMAS_E_INVALID,
                        "--control shuffled hands on the memory of another question, and this run "
                        "has no two: ask more, or take --control wrong-task");
    return LMAS_OK;
}

/* Which of the questions, and where their programs run. */
lmas_status lmi_run_choose(lmi_run_work *w)
{
    const lmi_run_settings *s = &w->settings;
    const int64_t n = n_asked(w);
    lmas_status status = LMAS_OK;

    w->setup = (lmi_setup){.data = &w->data,
                           .n = w->data.n,
                           .ids = s->task.ids,
                           .shuffle_seed = s->task.shuffle,
                           .shard = 1,
                           .n_shards = 1};
    if (s->task.ids || s->task.shuffle >= 0)
        status = lmi_choose_rows(&w->rows, &w->setup.n, &w->data, s->task.ids, s->task.shuffle);
    w->setup.rows = w->rows;
    if (n > 0 && (uint64_t)n < w->setup.n)
        w->setup.n = (size_t)n;
    if (status == LMAS_OK && s->task.shard)
        status = lmi_shard_parse(&w->setup.shard, &w->setup.n_shards, s->task.shard);
    if (status == LMAS_OK)
        status = check_questions(w);
    if (status == LMAS_OK && lmi_task_answer_kind(w->data.task) == LMAS_ANSWER_CODE)
        status = choose_sandbox(w);
    return status;
}

/* A run has one date, however long it takes: a prompt that tells it is the same on resume, for
 * which the date joins the recorded command. */
static lmas_status choose_date(lmi_run_work *w)
{
    static char flag[] = "--date";
    const time_t now = time(NULL);
    struct tm tm;

    if (w->stage.solver_params.chat.date || !lmas_model_describe(w->stage.model)->knows_date)
        return LMAS_OK;
    if (!localtime_r(&now, &tm) || !strftime(w->date, sizeof(w->date), "%Y-%m-%dT%H:%M:%S", &tm))
        return lmi_fail(LMAS_E_INVALID, "this system's clock tells no date: give one with --date");
    w->stage.solver_params.chat.date = w->date;
    add_to_command(w, flag, w->date);
    return LMAS_OK;
}

/* Open and check everything the run reads, so that nothing is written before it is all good. */
lmas_status lmi_run_open_inputs(lmi_run_work *w)
{
    const lmi_run_settings *s = &w->settings;
    lmas_status status = lmi_task_open(&w->data, &w->data_path, &s->task);

    if (status == LMAS_OK)
        status = lmi_run_choose(w);
    if (status == LMAS_OK)
        status = lmi_stage_open(&w->stage, &s->solve);
    if (status == LMAS_OK)
        status = choose_date(w);
    if (status == LMAS_OK)
        status = start_stage(w);
    if (status != LMAS_OK)
        return status;
    w->setup.split = s->task.split ? s->task.split : "test";
    w->setup.model = w->stage.model;
    w->setup.model_params = &w->stage.model_params;
    w->setup.session = w->stage.session;
    w->setup.session_params = &w->stage.session_params;
    w->setup.team = w->stage.team;
    w->setup.n_ctx_asked = w->stage.n_ctx_asked;
    w->setup.grader = s->grader.command;
    w->setup.args = w->args.argv + 1;
    w->setup.n_args = (size_t)w->args.argc - 1;
    return LMAS_OK;
}

/* A folder of another run is nothing to go on with, and nothing to write over. */
static lmas_status refuse_other(const lmi_run_work *w, const lmi_buf *config)
{
    const lmi_runfolder *folder = &w->folder;
    bool has_grown;
    lmi_buf difference;
    lmas_status status;

    if (lmi_grow_check(&has_grown, folder->config_path, &folder->config, config) == LMAS_OK)
        return LMAS_OK;
    lmi_buf_init(&difference, LMI_ERROR_MAX);
    status = lmi_config_difference(&difference, folder->config_path, &folder->config, config);
    if (status == LMAS_OK && difference.len)
        status = lmi_fail(LMAS_E_INVALID,
                          "%s holds another run already (%s): name another folder, or continue "
                          "that one with --resume alone",
                          folder->path, lmi_buf_text(&difference));
    lmi_buf_done(&difference);
    return status;
}

/* How much of a run that is gone on with is done. */
static void say_done(const lmi_run_work *w, const char *how)
{
    const size_t n = lmi_shard_size(&w->setup);

    if (w->folder.totals.n == n)
        lmi_say("%s %s: nothing is asked again", w->folder.path, how);
    else
        lmi_say("%s %s, %zu of %zu questions done: it goes on", w->folder.path, how,
                w->folder.totals.n, n);
}

/* The same command twice is one run: what the folder lacks of it is asked. */
static lmas_status open_output(lmi_run_work *w, const lmi_buf *config)
{
    const char *path = w->settings.output;
    lmas_status status;

    if (!lmi_runfolder_holds_run(path))
        return lmi_runfolder_new(&w->folder, path, lmi_setup_n_rows(&w->setup), config);
    status = lmi_runfolder_open(&w->folder, path);
    if (status == LMAS_OK)
        status = refuse_other(w, config);
    if (status == LMAS_OK)
        status = lmi_runfolder_resume(&w->folder, &w->setup, config, w->settings.retries);
    if (status != LMAS_OK)
        return status;
    say_done(w, "holds this run already");
    return LMAS_OK;
}

lmas_status lmi_run_open_folder(lmi_run_work *w)
{
    const lmi_run_settings *s = &w->settings;
    lmas_status status;
    lmi_buf config;

    lmi_buf_init(&config, LMI_CONFIG_MAX);
    status = lmi_config_write(&config, &w->setup);
    if (status == LMAS_OK && s->resume)
        status = lmi_runfolder_resume(&w->folder, &w->setup, &config, s->retries);
    else if (status == LMAS_OK && s->output)
        status = open_output(w, &config);
    else if (status == LMAS_OK)
        status =
            lmi_runfolder_new_named(&w->folder, "runs", w->data.task->name, s->solve.team.method,
                                    lmi_setup_n_rows(&w->setup), &config);
    lmi_buf_done(&config);
    if (status == LMAS_OK && w->folder.n_retried > 0)
        lmi_say("%zu question%s that failed %s asked again", w->folder.n_retried,
                w->folder.n_retried == 1 ? "" : "s", w->folder.n_retried == 1 ? "is" : "are");
    if (status == LMAS_OK && s->resume && !w->stage.is_quiet)
        say_done(w, "is resumed");
    return status;
}

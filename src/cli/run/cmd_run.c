/*
 * cmd_run.c - latentmas run: a team answers a data file, and a folder keeps what came of it.
 *
 * A run's config records the command that started it. `--resume DIR` is that command with the
 * new flags behind it, so the folder alone is enough, and a flag that differs is noticed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/config/flagfile.h"
#include "cli/elsewhere/lost.h"
#include "cli/interrupt.h"
#include "cli/open.h"
#include "cli/regrade/print.h"
#include "cli/run/choose.h"
#include "cli/run/flags.h"
#include "cli/run/grid/grid.h"
#include "cli/run/grid/weight.h"
#include "cli/run/one.h"
#include "cli/run/standing.h"
#include "cli/show/progress.h"
#include "cli/show/term.h"
#include "eval/regrade/regrade.h"
#include "eval/resume/grow.h"
#include "eval/run.h"
#include "eval/stats.h"

enum { WORDS_MAX = 10000, SUMMARY_MAX = 64 * 1024 };
enum {
    DATE_SIZE = 32,
    SCIENCE_SAMPLES = 100, /* questions that Science-LatentMAS asks unless told */
    ADDED_WORDS = 4,       /* of two flags that may join the recorded command */
    TIME_MAX = 100000000,
};

/* Flags of the reference that mean nothing here. */
typedef struct moot_flags {
    const char *gpu_memory_utilization, *tensor_parallel_size;
    const char *soft_chunk_size, *kernel_chunk_size;
    bool do_not_enforce_qwen, kernel_early_stopping;
} moot_flags;

typedef struct run_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    lmi_task_flags task;
    lmi_grader_flags grader;
    lmi_code_flags code;
    const char *output, *resume;
    bool retries;
    double max_time;
    int64_t generate_bs, keep_thoughts;
    lmi_grid_flags grid;
    moot_flags moot;
} run_settings;

static const lmi_opt run_opts[] = {
    {"--generate_bs -np --parallel", LMI_OPT_INT, offsetof(run_settings, generate_bs), "N",
     .min = 1, .max = LMAS_N_LANES_MAX,
     .help = "questions at once; answers do not depend on it, rounding aside"},
    {"--keep_thoughts", LMI_OPT_INT, offsetof(run_settings, keep_thoughts), "N",
     .max = LMAS_NEAR_MAX,
     .help = "keep in samples.jsonl what each thought was like: norm, cosines, entropy, and the N "
             "tokens nearest to it through the head and through W_in"},
    {"--output --output_path", LMI_OPT_FOLDER, offsetof(run_settings, output), "DIR",
     .help =
         "the run's folder (default: runs/<time>-<task>-<method>); one that holds this very run "
         "goes on with it, one with another is refused. Of several runs the folder that theirs "
         "are in (default: runs/<time>-grid)"},
    {"--resume", LMI_OPT_FOLDER, offsetof(run_settings, resume), "DIR",
     .help = "go on with the run in DIR, or with all of several; flags that they were started with "
             "need not be repeated"},
    {"--retry-failed", LMI_OPT_ON, offsetof(run_settings, retries),
     .help = "with --resume: ask the questions that failed again"},
    {"--max_time", LMI_OPT_REAL, offsetof(run_settings, max_time), "SECONDS", .min = 1,
     .max = TIME_MAX,
     .help = "begin no more questions after that, and end with exit code 4 when those under way "
             "have ended; --resume goes on"},
    {0},
};

#define AT(field) offsetof(moot_flags, field)
static const lmi_opt moot_opts[] = {
    {"--do_not_enforce_qwen", LMI_OPT_MOOT_ON, AT(do_not_enforce_qwen),
     .help = "Science-LatentMAS's; any model is taken here"},
    {"--gpu_memory_utilization", LMI_OPT_MOOT_TEXT, AT(gpu_memory_utilization), "X",
     .help = "vLLM's, which is told when it is started; -c sets the size of the working memory"},
    {"--tensor_parallel_size", LMI_OPT_MOOT_TEXT, AT(tensor_parallel_size), "N",
     .help = "vLLM's, which is told when it is started; --device picks libllama's devices"},
    {"--soft_chunk_size", LMI_OPT_MOOT_TEXT, AT(soft_chunk_size), "N",
     .help = "Hybrid-LatentMAS's; all thoughts of a turn are mapped together, in blocks of rows"},
    {"--kernel_chunk_size", LMI_OPT_MOOT_TEXT, AT(kernel_chunk_size), "N",
     .help = "Hybrid-LatentMAS's, likewise"},
    {"--kernel_early_stopping", LMI_OPT_MOOT_ON, AT(kernel_early_stopping),
     .help = "Hybrid-LatentMAS's; the features' sums are over all rows"},
    {0},
};
#undef AT

static const lmi_opt_group groups[] = {
    {"Questions", lmi_task_opts, offsetof(run_settings, task)},
    {"Run", run_opts, 0},
    {"Several runs", lmi_grid_opts, offsetof(run_settings, grid)},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Team", lmi_team_opts, offsetof(lmi_solve_flags, team)},
    {"Sampling", lmi_sampling_opts, offsetof(lmi_solve_flags, sampling)},
    {"Engine", lmi_engine_opts, offsetof(lmi_solve_flags, engine)},
    {"Other models and servers", lmi_host_opts, offsetof(lmi_solve_flags, hosts)},
    {"Grader", lmi_grader_opts, offsetof(run_settings, grader)},
    {"Model-written code", lmi_code_opts, offsetof(run_settings, code)},
    {"Flags from a file", lmi_config_opts, 0},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {"Accepted without effect", moot_opts, offsetof(run_settings, moot)},
    {0},
};

static void init(void *settings)
{
    run_settings *s = settings;

    *s = (run_settings){.generate_bs = 20, .grid = {.seeds = -1, .repeats = 1}};
    lmi_task_flags_init(&s->task);
    lmi_grader_flags_init(&s->grader);
    lmi_code_flags_init(&s->code);
    lmi_solve_flags_init(&s->solve);
}

/* One line for each flag that is given and has no effect. */
static void say_moot(const run_settings *s)
{
    const lmi_opt *opt;

    lmi_say_devices(&s->solve.model);
    for (opt = moot_opts; opt->names; opt++) {
        const void *field = (const char *)&s->moot + opt->offset;
        const bool is_given = opt->kind == LMI_OPT_MOOT_ON ? *(const bool *)field
                                                           : *(const char *const *)field != NULL;

        if (is_given)
            lmi_say("%s has no effect: %s", opt->names, opt->help);
    }
}

/* What a run holds while it goes on. */
typedef struct work {
    run_settings settings;
    lmi_args args;        /* the command as recorded: of a resumed run with what was added */
    char date[DATE_SIZE]; /* the run's, when its prompts tell one and the command did not */
    char **stored;        /* the words of it that were read from the config */
    size_t n_stored;
    int64_t n_text_before; /* max_new_tokens as they give it */
    lmi_buf data_path;
    lmi_dataset data;
    size_t *rows; /* of it that are asked; NULL for the first */
    lmi_sandbox_params sandbox;
    lmi_python python; /* of the sandbox */
    lmi_stage stage;
    lmi_runfolder folder;
    lmi_setup setup;
    lmi_totals totals;
    bool is_time_over;
} work;

static void work_done(work *w)
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

/* Parse the words of the run's config and, behind them, the first `n_new` of this command line. */
static lmas_status parse_command(work *w, const lmi_args *args, size_t n_new)
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
    init(&w->settings);
    status = lmi_options_parse(&w->args, &w->settings, groups, (int)n, argv);
    lmi_solve_flags_settle(&w->settings.solve);
    if (status == LMAS_OK)
        return status;
    lmi_free(argv);
    return status;
}

/* Open the run that is to go on. The words of its config are parsed alone first: what is wrong
 * with them is a damaged file, and no slip of whoever resumes it. */
static lmas_status open_stored(work *w, const lmi_args *args)
{
    const run_settings given = w->settings;
    lmas_status status = lmi_runfolder_open(&w->folder, given.resume);

    if (status == LMAS_OK)
        status =
            lmi_config_args(&w->stored, &w->n_stored, w->folder.config_path, &w->folder.config);
    if (status == LMAS_OK)
        status = parse_command(w, args, 0);
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
static lmas_status check(const work *w)
{
    const run_settings *s = &w->settings;
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
static void add_to_command(work *w, char *flag, char *value)
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
static void keep_text(work *w)
{
    const run_settings *s = &w->settings;
    uint64_t n;

    if (!s->resume || s->solve.team.max_new_tokens != w->n_text_before ||
        !lmi_config_count(&n, &w->folder.config, "params", "max_new_tokens") || n > INT32_MAX)
        return;
    w->stage.solver_params.max_new_tokens = (int32_t)n;
    w->stage.keeps_text = true;
}

static lmas_status start_stage(work *w)
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
static lmas_status choose_sandbox(work *w)
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
static int64_t n_asked(work *w)
{
    static char flag[] = "--max_samples";
    static char value[] = "100"; /* SCIENCE_SAMPLES */
    const run_settings *s = &w->settings;

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
static lmas_status check_questions(const work *w)
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
static lmas_status choose_questions(work *w)
{
    const run_settings *s = &w->settings;
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
static lmas_status choose_date(work *w)
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
static lmas_status open_inputs(work *w)
{
    const run_settings *s = &w->settings;
    lmas_status status = lmi_task_open(&w->data, &w->data_path, &s->task);

    if (status == LMAS_OK)
        status = choose_questions(w);
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
static lmas_status refuse_other(const work *w, const lmi_buf *config)
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

/* The same command twice is one run: what the folder lacks of it is asked. */
static lmas_status open_output(work *w, const lmi_buf *config)
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
    if (w->folder.totals.n == lmi_shard_size(&w->setup))
        lmi_say("%s holds this run already: nothing is asked again", path);
    else
        lmi_say("%s holds this run already, %zu of %zu questions done: it goes on", path,
                w->folder.totals.n, lmi_shard_size(&w->setup));
    return LMAS_OK;
}

static lmas_status open_folder(work *w)
{
    const run_settings *s = &w->settings;
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
    return status;
}

/* What the callback needs. */
typedef struct shown {
    lmi_progress progress;
    lmi_activity idle;  /* nothing at work yet */
    double max_time;    /* seconds; 0 for any */
    bool is_time_over;  /* and that is why no more are begun */
    bool has_said_last; /* that no more are begun */
} shown;

/* Line by line. */
static void say_news(shown *s, const char *news)
{
    const char *end;

    if (*news)
        lmi_progress_clear(&s->progress);
    for (; (end = strchr(news, '\n')) != NULL; news = end + 1)
        lmi_say("%.*s", (int)(end - news), news);
}

/* Why no more are begun, once. */
static lmi_wish say_last(shown *s)
{
    if (s->has_said_last)
        return LMI_WISH_LAST;
    s->has_said_last = true;
    s->is_time_over = !lmi_interrupt_asks_for_end();
    lmi_progress_clear(&s->progress);
    if (s->is_time_over)
        lmi_say("%.7g s are over: the questions under way are finished, no more are begun",
                s->max_time);
    else
        lmi_say("the questions under way are finished, no more are begun; Ctrl-C again stops now");
    return LMI_WISH_LAST;
}

static lmi_wish wish_of(shown *s, const lmi_standing *standing)
{
    if (lmi_interrupted())
        return LMI_WISH_NONE;
    if (lmi_interrupt_asks_for_end() || (s->max_time > 0 && standing->now_ms > s->max_time * 1e3))
        return say_last(s);
    return LMI_WISH_ALL;
}

static lmi_wish show_standing(void *user, const lmi_standing *standing)
{
    shown *s = user;
    lmi_buf text;

    say_news(s, standing->news);
    lmi_buf_init(&text, lmi_progress_width(&s->progress));
    lmi_standing_describe(&text, standing, s->idle);
    lmi_progress_promise(&s->progress, standing->totals.n, standing->n, lmi_buf_text(&text));
    lmi_buf_done(&text);
    return wish_of(s, standing);
}

static lmas_status ask_questions(work *w)
{
    shown s = {.idle = lmi_activity_of(w->stage.team, w->stage.solver_params.method),
               .max_time = w->settings.max_time};
    lmas_status status;

    lmi_progress_init(&s.progress);
    lmi_interrupt_gently(true);
    status = lmi_run(&w->totals, &w->setup, &w->folder, show_standing, &s);
    lmi_interrupt_gently(false);
    lmi_progress_clear(&s.progress);
    w->is_time_over = s.is_time_over;
    return status;
}

static void print_phase(const char *name, uint64_t n, const char *unit, double ms)
{
    if (n)
        fprintf(stderr, "  %-8s %llu %s, %.1f s\n", name, (unsigned long long)n, unit, ms / 1e3);
}

/* Right answers by one rule, with the 95 % interval of their share. */
static void print_right(const char *name, size_t n_right, size_t n_graded)
{
    const lmi_interval interval = lmi_wilson(n_right, n_graded);

    if (n_graded)
        fprintf(stderr, "  %-8s %zu of %zu, %.1f %% (%.1f to %.1f)\n", name, n_right, n_graded,
                100 * (double)n_right / (double)n_graded, 100 * interval.low, 100 * interval.high);
}

/* Answers that the model had not ended. */
static void print_endings(const lmi_totals *t)
{
    if (t->n_cut)
        fprintf(stderr, "  cut      %zu answer%s at --max_new_tokens, %zu while repeating itself\n",
                t->n_cut, t->n_cut == 1 ? "" : "s", t->n_circling);
}

/* Which run this is. */
static void print_heading(const work *w)
{
    const lmas_solver_params *p = &w->stage.solver_params;

    fprintf(stderr, "%s, %s", w->data.task->name, lmas_method_name(p->method));
    if (p->method != LMAS_METHOD_BASELINE)
        fprintf(stderr, ", team %s", lmas_team_name(w->stage.team));
    if (p->control != LMAS_CONTROL_OFF)
        fprintf(stderr, ", control %s", lmas_control_name(p->control));
    if (p->keep_rule)
        fprintf(stderr, ", keep %s", p->keep_rule);
    fputc('\n', stderr);
}

/* What it took, and what of that was spared or wasted. */
static void print_phases(const lmi_totals *t, uint64_t cell_size)
{
    const uint64_t n_cells = t->n_kept + t->n_dropped;
    char kept[32], all[32];

    lmi_size_text(kept, (double)(t->n_kept * cell_size));
    lmi_size_text(all, (double)(n_cells * cell_size));
    print_phase("read", t->n_read, "tokens", t->read_ms);
    if (lmi_totals_spared(t))
        fprintf(stderr, "  shared   %llu of them, which all prompts begin with: read once\n",
                (unsigned long long)lmi_totals_spared(t));
    if (t->n_dropped)
        fprintf(stderr, "  kept     %llu of %llu inherited cells, %s of %s\n",
                (unsigned long long)t->n_kept, (unsigned long long)n_cells, kept, all);
    print_phase("thought", t->n_thought, "thoughts", t->think_ms);
    if (t->n_at_rest)
        fprintf(stderr,
                "  at rest  %llu of them, whose agent's thoughts no longer changed: "
                "--latent_steps auto stops there\n",
                (unsigned long long)t->n_at_rest);
    print_phase("spoken", t->n_spoken, "tokens", t->speak_ms);
}

/* What the cells take of what they might, and what the process had at its peak, weights and all. */
static void print_memory(const lmi_stage *stage)
{
    struct rusage usage;
    char cells[32], most[32], peak[32];

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    lmi_size_text(cells, stage->cells_size);
    lmi_size_text(most, stage->cells_size_max);
    lmi_size_text(peak, (double)usage.ru_maxrss * 1024);
    fprintf(stderr, "  memory   %s for %u question%s at once, of %s; %s in all at the peak\n",
            cells, stage->n_at_once, stage->n_at_once == 1 ? "" : "s", most, peak);
}

/* A few lines for people. */
static void print_summary(const work *w)
{
    const lmi_totals *t = &w->totals;
    const double n = t->n ? (double)t->n : 1;
    char time[32];

    lmi_duration_text(time, t->run_ms / 1e3);
    print_heading(w);
    print_right("right", t->n_correct, t->n_graded);
    print_right("compat", t->n_correct_compat, t->n_graded);
    print_right("grader", t->n_correct_grader, t->n_grader);
    if (t->n_grader_failed)
        fprintf(stderr,
                "  grader   failed %zu (\"error\" in samples.jsonl says why): latentmas "
                "regrade %s --grader CMD tries them again\n",
                t->n_grader_failed, w->folder.path);
    if (t->n_errors)
        fprintf(stderr,
                "  failed   %zu, counted as wrong (why: latentmas show %s failed; again: latentmas "
                "run --resume %s --retry-failed)\n",
                t->n_errors, w->folder.path, w->folder.path);
    if (t->n_conflicts)
        fprintf(stderr, "  conflict %zu with the letter of one option and the text of another\n",
                t->n_conflicts);
    print_endings(t);
    print_phases(t, lmas_model_describe(w->stage.model)->cell_size);
    print_memory(&w->stage);
    fprintf(stderr, "  time     %s, %.2f s a question\n  folder   %s\n", time, t->run_ms / n / 1e3,
            w->folder.path);
}

static bool show_graded(void *user, size_t n_done, size_t n)
{
    lmi_show_graded(user, n_done, n);
    return !lmi_interrupted();
}

/* All lines are there: the user's judge sees those that it has not seen. The run's lock is given
 * back before, and `folder` has nothing but its path afterwards. */
static lmas_status ask_grader(work *w)
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
    if (status == LMAS_OK)
        w->totals = outcome.totals;
    lmi_regrade_done(regrade);
    return status;
}

static lmas_status report(work *w)
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
        print_summary(w);
        fputs(lmi_buf_text(&text), stdout);
    }
    lmi_buf_done(&text);
    return status;
}

/* A run that has begun and did not end can go on: say how. */
static int stop(const work *w, lmas_status status)
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
static void say_way_on(const work *w)
{
    char words[LMI_PATH_MAX + 64];

    snprintf(words, sizeof(words), "what is done is kept; go on with: latentmas run --resume %s",
             w->folder.path);
    lmi_lost_way_on(words);
}

static int go(work *w, const lmi_args *args)
{
    lmas_status status = LMAS_OK;

    if (w->settings.resume)
        status = open_stored(w, args);
    if (status != LMAS_OK)
        return lmi_say_failure(status);
    say_moot(&w->settings); /* before the words that were recorded join in: said once is enough */
    if (parse_command(w, args, (size_t)args->argc - 1) != LMAS_OK)
        return lmi_say_misuse();
    status = check(w);
    if (status != LMAS_OK)
        return status == LMAS_E_INVALID ? lmi_say_misuse() : lmi_say_failure(status);
    lmi_interrupt_install();
    status = open_inputs(w);
    if (status == LMAS_OK)
        status = open_folder(w);
    if (status != LMAS_OK)
        return lmi_say_failure(status);
    say_way_on(w);
    status = ask_questions(w);
    if (status == LMAS_OK)
        status = report(w);
    if (status != LMAS_OK)
        return stop(w, status);
    return w->totals.n_errors > 0 ? LMI_EXIT_INCOMPLETE : LMI_EXIT_OK;
}

/* ---- Of several runs (one.h) ---- */

/* Parse the command line of a run that is not opened. */
static lmas_status look_at(work *w, int argc, char **argv)
{
    const lmi_args args = {.argc = argc, .argv = argv};
    const lmas_status status = parse_command(w, &args, (size_t)argc - 1);

    return status == LMAS_OK ? check(w) : status;
}

lmas_status lmi_run_check(size_t *n, int argc, char **argv)
{
    work w = {.folder = {.fd = -1}};
    lmas_status status = look_at(&w, argc, argv);

    if (status == LMAS_OK && n)
        status = lmi_task_open(&w.data, &w.data_path, &w.settings.task);
    if (status == LMAS_OK && n)
        status = choose_questions(&w);
    if (status == LMAS_OK && n)
        *n = lmi_shard_size(&w.setup);
    work_done(&w);
    return status;
}

lmas_status lmi_run_lend(lmi_stage *out, int argc, char **argv)
{
    work w = {.folder = {.fd = -1}};
    lmas_status status = look_at(&w, argc, argv);

    *out = (lmi_stage){0};
    if (status == LMAS_OK)
        status = lmi_stage_open_model(out, &w.settings.solve.model);
    out->session_params = lmi_flags_session(&w.settings.solve);
    out->n_at_once = (uint32_t)w.settings.generate_bs;
    work_done(&w);
    return status;
}

lmas_status lmi_run_weigh(lmi_run_weight *out, int argc, char **argv, const lmi_stage *lender)
{
    work w = {.folder = {.fd = -1}, .stage = {.lender = lender, .is_quiet = true}};
    lmas_status status = look_at(&w, argc, argv);

    if (status == LMAS_OK)
        status = lmi_task_open(&w.data, &w.data_path, &w.settings.task);
    if (status == LMAS_OK)
        status = choose_questions(&w);
    if (status == LMAS_OK)
        status = lmi_stage_open(&w.stage, &w.settings.solve);
    w.setup.solver_params = &w.stage.solver_params;
    if (status == LMAS_OK)
        status = lmi_weigh(out, &w.stage, &w.setup);
    work_done(&w);
    return status;
}

int lmi_run_one(int argc, char **argv, const lmi_stage *lender)
{
    const lmi_args args = {.argc = argc, .argv = argv};
    work w = {.folder = {.fd = -1}, .stage = {.lender = lender}};
    int code;

    if (parse_command(&w, &args, (size_t)argc - 1) != LMAS_OK)
        return lmi_say_misuse();
    lmi_free(w.args.argv);
    lmi_free(w.args.words);
    w.args = (lmi_args){0};
    code = go(&w, &args);
    work_done(&w);
    return code;
}

/* The lists of a command line, and what they cannot stand beside. */
static lmi_grid_call grid_call(const run_settings *s, const lmi_args *args)
{
    return (lmi_grid_call){.args = args,
                           .flags = &s->grid,
                           .groups = groups,
                           .task = s->task.task,
                           .data = s->task.data,
                           .method = s->solve.team.method,
                           .seed = s->solve.sampling.seed,
                           .output = s->output,
                           .resume = s->resume};
}

static int run(void *settings, const lmi_args *args)
{
    work w = {.settings = *(run_settings *)settings, .folder = {.fd = -1}};
    const lmi_grid_call call = grid_call(&w.settings, args);
    int code;

    if (w.settings.solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (lmi_grid_is_meant(&call))
        return lmi_grid_go(&call);
    code = go(&w, args);
    work_done(&w);
    return code;
}

const lmi_command lmi_cmd_run = {
    .name = "run",
    .summary = "evaluate a team on a benchmark or a data file",
    .usage = "-m MODEL [--task TASK] [--data FILE] [FLAG...]\n"
             "-m MODEL --task TASK,... --method METHOD,... --seeds N,... [FLAG...]\n"
             "--resume DIR [FLAG...]",
    .about =
        "Has a team answer every question of a task and grades the answers. Each question is "
        "written to the run's folder as soon as it ends; a run that was stopped, in whatever way, "
        "goes on with --resume. The last line on stdout is a summary in JSON.",
    .examples = "the demo model on ten of its problems, two at once\n"
                "latentmas run -m models/demo.gguf --task demo --max_samples 10 -np 2\n"
                "all of them, greedy, into a folder of your choice\n"
                "latentmas run -m models/demo.gguf --task demo --temp 0 --output runs/a\n"
                "go on with it after an interruption\n"
                "latentmas run --resume runs/a\n"
                "two methods by three seeds in one command, in a folder each; --dry-run shows the "
                "plan\n"
                "latentmas run -m models/demo.gguf --task demo --method baseline,latent_mas "
                "--seeds 42,43,44 --output runs/b\n",
    .computes = true,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_data, lmi_env_models, lmi_env_hub,
                    lmi_env_rows, lmi_env_http, lmi_env_code, lmi_env_temporary, lmi_env_engine,
                    lmi_env_compute},
    .files = {lmi_files_run, lmi_files_data, lmi_files_models, lmi_files_realign, lmi_files_code},
    .exit_codes = LMI_EXIT_CODES("3 the run is over, and some of its questions failed\n"
                                 "4 --max_time ended it before all was asked\n"),
    .see_also = "data report tasks teams",
    .settings_size = sizeof(run_settings),
    .init = init,
    .run = run,
};

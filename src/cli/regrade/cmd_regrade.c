/* cmd_regrade.c - latentmas regrade: verdicts of today for answers of before. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/interrupt.h"
#include "cli/regrade/print.h"
#include "cli/regrade/source.h"
#include "cli/run/flags.h"
#include "cli/show/progress.h"
#include "cli/show/term.h"
#include "eval/report/survey/folders.h"

typedef struct regrade_settings {
    lmi_general_flags general;
    const char *data;
    bool has_list, is_dry, is_json, has_grader_again;
    lmi_grader_flags grader;
    lmi_code_flags code;
} regrade_settings;

#define AT(field) offsetof(regrade_settings, field)
static const lmi_opt regrade_opts[] = {
    {"--data", LMI_OPT_FILE, AT(data), "FILE",
     .help = "the questions of the run (default: the file that its config.json names, else the "
             "cache); their SHA-256 must be that of the run's"},
    {"--list", LMI_OPT_ON, AT(has_list), .help = "print each verdict that changes"},
    {"--dry-run", LMI_OPT_ON, AT(is_dry), .help = "only say what would change, write nothing"},
    {"--grader_again", LMI_OPT_ON, AT(has_grader_again),
     .help = "show the grader all answers (default: where it is the one of before, those that it "
             "has not judged, or failed to)"},
    {"--json", LMI_OPT_ON, AT(is_json), .help = "print a line of JSON for each run"},
    {0},
};
#undef AT

static const lmi_opt_group groups[] = {
    {"Regrade", regrade_opts, 0},
    {"Grader", lmi_grader_opts, offsetof(regrade_settings, grader)},
    {"Model-written code", lmi_code_opts, offsetof(regrade_settings, code)},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"", LMI_OPT_FOLDER, 0, "RUN...", .help = "the folder of a run, or one that holds several"},
    {0},
};

/* A program has the time that it had in the run, unless another is given: 0 stands for that. */
static void init(void *settings)
{
    regrade_settings *s = settings;

    *s = (regrade_settings){0};
    lmi_grader_flags_init(&s->grader);
    lmi_code_flags_init(&s->code);
    s->code.timeout = 0;
}

/* One run on its way. */
typedef struct work {
    const regrade_settings *settings;
    lmi_regrade *regrade;
    lmi_buf path;
    lmi_dataset data;
    lmi_sandbox_params sandbox;
    lmi_python python;
    lmi_progress progress;
    yyjson_mut_doc *doc; /* of --json */
    yyjson_mut_val *root, *changes;
    bool has_failed; /* the grader, on an answer */
} work;

static void show_change(void *user, yyjson_val *was, yyjson_val *is)
{
    work *w = user;

    if (!w->settings->has_list)
        return;
    if (w->settings->is_json) {
        lmi_note_change(w->doc, w->changes, was, is);
        return;
    }
    lmi_progress_clear(&w->progress);
    lmi_print_change(was, is);
}

static bool goes_on(void *user, size_t n_done, size_t n)
{
    work *w = user;

    lmi_show_graded(&w->progress, n_done, n);
    return !lmi_interrupted();
}

static lmas_status choose_sandbox(work *w, lmi_regrade_params *params)
{
    const lmi_regrade_source asks = lmi_regrade_asks(w->regrade);
    lmi_code_flags code = w->settings->code;

    if (w->data.task->grade != LMI_GRADE_CODE)
        return LMAS_OK;
    code.timeout = lmi_code_timeout(code.timeout, asks.code_timeout);
    w->sandbox = lmi_flags_sandbox(&code);
    params->sandbox = &w->sandbox;
    params->python = &w->python;
    return lmi_sandbox_try(&w->python, &w->sandbox, &w->data, NULL, asks.record->n_rows);
}

static lmas_status print_outcome(work *w, const lmi_regrade_outcome *outcome)
{
    const lmi_record *record = lmi_regrade_asks(w->regrade).record;
    yyjson_mut_doc *doc = w->doc;

    lmi_say_grader_failed(record->folders[0].path, outcome);
    w->has_failed = outcome->n_failed > 0;
    if (w->settings->is_json) {
        w->doc = NULL;
        return lmi_print_regraded_json(doc, w->root, record, outcome, w->changes);
    }
    lmi_print_regraded(record, outcome);
    if (!outcome->n_changed)
        lmi_say("%s: no verdict changes: %s", record->folders[0].path,
                outcome->is_written ? "config.json says who graded last" : "nothing is written");
    else if (w->settings->is_dry)
        lmi_say("%s: --dry-run: nothing is written", record->folders[0].path);
    return LMAS_OK;
}

static lmas_status grade(work *w)
{
    lmi_grader grader = lmi_flags_grader(&w->settings->grader);
    lmi_regrade_params params = {.data = &w->data,
                                 .grader = grader.command ? &grader : NULL,
                                 .has_grader_again = w->settings->has_grader_again,
                                 .on_change = show_change,
                                 .goes_on = goes_on,
                                 .user = w};
    lmi_regrade_outcome outcome;
    lmas_status status = lmi_regrade_data(&w->data, &w->path, w->regrade, w->settings->data);

    if (status == LMAS_OK)
        status = choose_sandbox(w, &params);
    if (status == LMAS_OK && w->settings->is_json)
        status = lmi_json_new(&w->doc, &w->root, "what was graded again");
    if (status == LMAS_OK && w->doc && w->settings->has_list)
        w->changes = yyjson_mut_arr(w->doc);
    lmi_progress_init(&w->progress);
    if (status == LMAS_OK)
        status = lmi_regrade_run(&outcome, w->regrade, &params);
    lmi_progress_clear(&w->progress);
    return status == LMAS_OK ? print_outcome(w, &outcome) : status;
}

static void work_done(work *w)
{
    yyjson_mut_doc_free(w->doc);
    lmi_dataset_done(&w->data);
    lmi_buf_done(&w->path);
    lmi_regrade_done(w->regrade);
}

/* What the run asks for and the flags do not say is wrong usage. */
static int regrade(const regrade_settings *s, const char *folder)
{
    work w = {.settings = s};
    const lmi_task *task = NULL;
    lmas_status status = lmi_regrade_open(&w.regrade, folder, s->is_dry);
    int code = LMI_EXIT_OK;

    lmi_buf_init(&w.path, LMI_PATH_MAX);
    if (status == LMAS_OK) {
        task = lmi_regrade_task(lmi_regrade_asks(w.regrade).record);
        status = task ? LMAS_OK : LMAS_E_FORMAT;
    }
    if (task && lmi_code_flags_check(&s->code, task) != LMAS_OK)
        code = lmi_say_misuse();
    else if (status == LMAS_OK)
        status = grade(&w);
    if (status != LMAS_OK)
        code = lmi_say_failure(status);
    else if (w.has_failed)
        code = LMI_EXIT_INCOMPLETE;
    work_done(&w);
    return code;
}

/* The runs that were named, those of a grid in its place. */
static lmas_status find_runs(lmi_folders *out, const lmi_args *args)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < args->n_words; i++)
        status = lmi_folders_add(out, args->words[i]);
    return status;
}

static int run(void *settings, const lmi_args *args)
{
    const regrade_settings *s = settings;
    int code = LMI_EXIT_OK; /* of the first that fails: the others have their turn */
    lmi_folders runs = {0};
    lmas_status status;
    size_t i;

    if (args->n_words == 0) {
        lmi_say("regrade: expected the folders of runs, found none");
        return LMI_EXIT_USAGE;
    }
    status = find_runs(&runs, args);
    if (status != LMAS_OK)
        code = lmi_say_failure(status);
    lmi_interrupt_install();
    for (i = 0; status == LMAS_OK && i < runs.n && !lmi_interrupted(); i++) {
        const int its_code = regrade(s, runs.paths[i]);

        code = code == LMI_EXIT_OK ? its_code : code;
    }
    lmi_folders_done(&runs);
    return code;
}

const lmi_command lmi_cmd_regrade = {
    .name = "regrade",
    .summary = "grade the answers of runs again, by the rules of this version",
    .usage = "RUN... [--grader CMD] [--list] [--dry-run] [--json] [FLAG...]",
    .about =
        "Grades the answers of a run, finished or not, by the rules of this version, without a "
        "model. A line of samples.jsonl whose verdicts change gets the new ones and keeps the old "
        "under graded_before; summary.json gets the new totals, and config.json says under "
        "graded_by which version graded last. All of it is written at once or not at all. Shards "
        "are graded each by itself; a folder that holds runs stands for all of them. A program has "
        "the time that it had in the run, unless "
        "--code_timeout says otherwise.\n"
        "Prints how many answers are right, before and now, and how many verdicts change.\n"
        "--grader has a program of yours judge the answers beside the rules. What it says stands "
        "under grader in samples.jsonl and as accuracy_grader in the summary; it replaces no "
        "verdict of the rules. An answer for which it fails, is late or prints something else has "
        "none, and is shown to it again the next time; where it fails for all, the verdicts that "
        "an "
        "earlier one gave stay.",
    .examples = "what the rules of this version change, without writing it\n"
                "latentmas regrade runs/latent --dry-run --list\n"
                "two runs graded alike\n"
                "latentmas regrade runs/latent runs/text\n"
                "and what a judge of one's own thinks of it\n"
                "latentmas regrade runs/latent --grader \"python3 judge.py\"\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_data, lmi_env_code, lmi_env_temporary},
    .files = {lmi_files_run, lmi_files_code},
    .exit_codes = LMI_EXIT_CODES("3 all is graded, and the grader failed some answers\n"),
    .see_also = "run report show",
    .settings_size = sizeof(regrade_settings),
    .init = init,
    .run = run,
};

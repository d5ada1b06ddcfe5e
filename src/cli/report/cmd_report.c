/* cmd_report.c - latentmas report: runs side by side, or in the files of other harnesses. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/show/term.h"
#include "eval/export/export.h"
#include "eval/report/survey/write.h"
#include "eval/report/write.h"

typedef struct report_settings {
    lmi_general_flags general;
    bool is_markdown, is_json, is_csv, is_latex, is_html, is_partial, is_strict, is_forced;
    const char *output, *against, *reference, *lm_eval, *evalplus, *inspect;
} report_settings;

#define AT(field) offsetof(report_settings, field)
static const lmi_opt report_opts[] = {
    {"--markdown", LMI_OPT_ON, AT(is_markdown), .help = "print tables for GitHub"},
    {"--json", LMI_OPT_ON, AT(is_json), .help = "print one JSON object with all numbers"},
    {"--csv", LMI_OPT_ON, AT(is_csv),
     .help = "print a line of comma-separated values for each method and task, seeds pooled"},
    {"--latex", LMI_OPT_ON, AT(is_latex),
     .help = "print a table of tasks by methods for the package booktabs"},
    {"--html", LMI_OPT_ON, AT(is_html),
     .help = "print one page with tables, plots and all questions; it needs no network"},
    {"--output", LMI_OPT_FILE, AT(output), "FILE", .help = "write to FILE instead"},
    {"--against", LMI_OPT_TEXT, AT(against), "RUN|METHOD",
     .help =
         "measure the others against this run, or in each task against the runs of this method, "
         "seed by seed (default: against the first run, and test all pairs)"},
    {"--reference", LMI_OPT_TEXT, AT(reference), "NAME",
     .help =
         "hold the numbers that others have published of a model beside them, such as qwen3-4b; "
         "list prints whose there are"},
    {"--partial", LMI_OPT_ON, AT(is_partial), .help = "accept a run of which shards are missing"},
    {"--strict", LMI_OPT_ON, AT(is_strict),
     .help = "fail over a folder that cannot be read, instead of leaving it out"},
    {0},
};

static const lmi_opt export_opts[] = {
    {"--lm-eval", LMI_OPT_FOLDER, AT(lm_eval), "DIR",
     .help = "write results and samples under DIR in the form of lm-evaluation-harness"},
    {"--evalplus", LMI_OPT_FILE, AT(evalplus), "FILE",
     .help = "write the programs of a code run to FILE in the form of evalplus"},
    {"--inspect", LMI_OPT_FOLDER, AT(inspect), "DIR",
     .help = "write each run under DIR as a log of inspect"},
    {"--force", LMI_OPT_ON, AT(is_forced), .help = "replace files that are there"},
    {0},
};
#undef AT

static const lmi_opt_group groups[] = {
    {"Report", report_opts, 0},
    {"Files", export_opts, 0},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"", LMI_OPT_FOLDER, 0, "RUN...",
     .help = "the folder of a run, or of a grid: a folder that holds those of runs"},
    {0},
};

static bool is_export(const report_settings *s)
{
    return s->lm_eval || s->evalplus || s->inspect;
}

static lmas_status check(const report_settings *s)
{
    const int n_forms = s->is_markdown + s->is_json + s->is_csv + s->is_latex + s->is_html;

    if (n_forms > 1)
        return lmi_fail(LMAS_E_INVALID,
                        "report: expected one of --markdown, --json, --csv, --latex "
                        "and --html, found several");
    if (is_export(s) && (n_forms || s->output))
        return lmi_fail(LMAS_E_INVALID,
                        "report: --lm-eval, --evalplus and --inspect write no report: leave out "
                        "--markdown, --json, --csv, --latex, --html and --output");
    return LMAS_OK;
}

static lmas_status write_form(lmi_buf *out, const report_settings *s, const lmi_comparison *c)
{
    if (s->is_markdown)
        return lmi_report_markdown(out, c);
    if (s->is_json)
        return lmi_report_json(out, c);
    if (s->is_csv)
        return lmi_report_csv(out, c);
    if (s->is_latex)
        return lmi_report_latex(out, c);
    return s->is_html ? lmi_report_html(out, c) : lmi_report_text(out, c);
}

static lmas_status print_report(const report_settings *s, const lmi_comparison *c)
{
    lmas_status status;
    lmi_buf page;

    if (s->output && !s->is_forced && lmi_file_exists(s->output))
        return lmi_fail(LMAS_E_IO, "%s is there already: name another file, or add --force",
                        s->output);
    lmi_buf_init(&page, LMI_REPORT_MAX);
    status = write_form(&page, s, c);
    if (status == LMAS_OK && s->output)
        status = lmi_file_write(s->output, lmi_buf_text(&page), page.len);
    else if (status == LMAS_OK)
        fputs(lmi_buf_text(&page), stdout);
    lmi_buf_done(&page);
    return status;
}

/* Prints the files that were written, also when a later one failed. */
static lmas_status write_exports(const report_settings *s, const lmi_comparison *c)
{
    lmi_export export = {.is_forced = s->is_forced};
    lmas_status status = LMAS_OK;
    size_t i;

    if (s->evalplus && c->n_runs != 1)
        return lmi_fail(LMAS_E_INVALID, "--evalplus: expected one run, found %zu", c->n_runs);
    lmi_buf_init(&export.written, LMI_REPORT_MAX);
    for (i = 0; s->lm_eval && status == LMAS_OK && i < c->n_runs; i++)
        status = lmi_export_lm_eval(&export, &c->runs[i].record, s->lm_eval);
    for (i = 0; s->inspect && status == LMAS_OK && i < c->n_runs; i++)
        status = lmi_export_inspect(&export, &c->runs[i].record, s->inspect);
    if (s->evalplus && status == LMAS_OK)
        status = lmi_export_evalplus(&export, &c->runs[0].record, s->evalplus);
    fputs(lmi_buf_text(&export.written), stdout);
    lmi_buf_done(&export.written);
    return status;
}

/* A line for each folder that was left out. */
static void say_lost(const lmi_buf *lost)
{
    const char *line = lmi_buf_text(lost);
    const char *end;

    for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
        lmi_say("left out: %.*s", (int)(end - line), line);
}

static lmas_status compare(lmi_comparison *out, const report_settings *s, const lmi_args *args)
{
    lmi_buf lost;
    const lmi_compare_params params = {
        .folders = (const char *const *)args->words,
        .n_folders = args->n_words,
        .against = s->against,
        .is_partial = s->is_partial,
        .reference = s->reference,
        .lost = s->is_strict ? NULL : &lost,
    };
    lmas_status status;

    lmi_buf_init(&lost, LMI_REPORT_MAX);
    status = lmi_compare(out, &params);
    say_lost(&lost);
    lmi_buf_done(&lost);
    return status;
}

static int list_reference(void)
{
    lmas_status status;
    lmi_buf list;

    lmi_buf_init(&list, LMI_REPORT_MAX);
    status = lmi_reference_list(&list);
    fputs(lmi_buf_text(&list), stdout);
    lmi_buf_done(&list);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int run(void *settings, const lmi_args *args)
{
    const report_settings *s = settings;
    lmi_comparison comparison = {0};
    lmas_status status;

    if (s->reference && strcmp(s->reference, "list") == 0)
        return list_reference();
    if (args->n_words == 0) {
        lmi_say("report: expected the folders of runs, found none");
        return LMI_EXIT_USAGE;
    }
    if (check(s) != LMAS_OK)
        return lmi_say_misuse();
    status = compare(&comparison, s, args);
    if (status != LMAS_OK)
        return lmi_say_failure(status);
    if (is_export(s))
        status = write_exports(s, &comparison);
    else
        status = print_report(s, &comparison);
    lmi_compare_done(&comparison);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

const lmi_command lmi_cmd_report = {
    .name = "report",
    .summary = "compare runs: accuracy, tokens, time, and whether they differ",
    .usage = "RUN... [FLAG...]",
    .about = "Puts runs side by side: the share of right answers with its 95 % interval, tokens, "
             "thoughts and seconds per question, the speed-up against the first run, and McNemar's "
             "exact test over the questions that two runs share. RUN is a folder of latentmas run, "
             "finished or not; it is only read. Shards of one run are joined, runs that differ by "
             "the seed alone are told together, and several tasks begin with a table of tasks by "
             "methods. A folder that cannot be read is named and left out.",
    .examples = "three methods side by side\n"
                "latentmas report runs/baseline runs/text runs/latent\n"
                "the same as a page, with text_mas as the reference\n"
                "latentmas report runs/* --against text_mas --html --output report.html\n"
                "all runs of a grid as one table, with the paper's numbers of the model beside it\n"
                "latentmas report runs/grid --reference qwen3-4b\n"
                "four shards as one run, in the form of lm-evaluation-harness\n"
                "latentmas report runs/shard-* --lm-eval results\n",
    .words = words,
    .groups = groups,
    .files = {lmi_files_run},
    .see_also = "run",
    .settings_size = sizeof(report_settings),
    .run = run,
};

/* cmd_show.c - latentmas show: what was asked and answered in a run. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/samples/full.h"
#include "cli/samples/list.h"
#include "cli/show/term.h"
#include "eval/inspect/write.h"

typedef struct show_settings {
    lmi_general_flags general;
    const char *against;
    bool is_json;
} show_settings;

static const lmi_opt show_opts[] = {
    {"--against", LMI_OPT_FOLDER, offsetof(show_settings, against), "RUN",
     .help = "show what this run of the same questions made of them beside it"},
    {"--json", LMI_OPT_ON, offsetof(show_settings, is_json),
     .help = "print a line of JSON for each question"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Show", show_opts, 0},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"", LMI_OPT_FOLDER, 0, "RUN", .help = "the folder of a run"},
    {0},
};

static void print_full(const lmi_shown *row)
{
    size_t i;

    lmi_full_question(row);
    for (i = 0; i < row->n_runs; i++)
        if (row->has[i])
            lmi_full_answer(row, i);
    for (i = 0; i < row->n_runs; i++)
        if (row->has[i])
            lmi_full_texts(row, i);
    putchar('\n');
}

/* Without a word the questions are listed; a word asks for their texts. */
static lmas_status print_row(const show_settings *s, const lmi_viewer *viewer, const lmi_shown *row,
                             const lmi_list_columns *columns)
{
    if (s->is_json)
        return lmi_full_json(viewer, row, false);
    if (viewer->pick.kind == LMI_PICK_ALL)
        lmi_list_question(row, columns);
    else
        print_full(row);
    return LMAS_OK;
}

static lmas_status print_rows(const show_settings *s, lmi_viewer *viewer)
{
    const lmi_list_columns columns = lmi_list_choose(viewer);
    bool has_row = true;
    size_t n = 0;
    lmas_status status = LMAS_OK;

    if (!s->is_json && viewer->pick.kind == LMI_PICK_ALL)
        lmi_list_head(viewer, &columns);

    while (status == LMAS_OK) {
        lmi_shown row = {0};

        status = lmi_viewer_next(&has_row, &row, viewer);
        if (status != LMAS_OK || !has_row)
            break;
        n++;
        status = print_row(s, viewer, &row, &columns);
        lmi_shown_done(&row);
    }
    if (status == LMAS_OK && n == 0)
        status = lmi_list_none(viewer);
    return status;
}

static lmas_status show(const show_settings *s, const char *folder, const lmi_pick *pick)
{
    const char *const folders[] = {folder, s->against};
    lmi_viewer viewer;
    lmas_status status = lmi_viewer_open(&viewer, folders, s->against ? 2 : 1, pick);

    if (status != LMAS_OK)
        return status;
    if (!s->is_json && (pick->kind == LMI_PICK_ALL || s->against))
        lmi_list_runs(&viewer);
    status = print_rows(s, &viewer);
    lmi_viewer_done(&viewer);
    return status;
}

/* RUN, a question of it, and the run that it is looked at beside. */
static lmas_status read_words(show_settings *s, lmi_pick *pick, const lmi_args *args)
{
    *pick = (lmi_pick){.kind = LMI_PICK_ALL};
    if (args->n_words == 0 || args->n_words > 3)
        return lmi_fail(LMAS_E_INVALID,
                        "show: expected the folder of a run, and a question of it, found %zu words",
                        args->n_words);
    if (args->n_words > 1 && !lmi_pick_parse(pick, args->words[1]))
        *pick = (lmi_pick){.kind = LMI_PICK_ID, .id = args->words[1]};
    if (args->n_words > 2 && s->against)
        return lmi_fail(LMAS_E_INVALID,
                        "show: another run is named behind --against and behind the word, one "
                        "expected");
    if (args->n_words > 2)
        s->against = args->words[2];
    return LMAS_OK;
}

static int run(void *settings, const lmi_args *args)
{
    show_settings *s = settings;
    lmi_pick pick;
    lmas_status status;

    if (read_words(s, &pick, args) != LMAS_OK)
        return lmi_say_misuse();
    status = show(s, args->words[0], &pick);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

const lmi_command lmi_cmd_show = {
    .name = "show",
    .summary = "show the questions of a run: texts of all agents, verdicts",
    .usage = "RUN [--against RUN] [--json]\n"
             "RUN INDEX|ID|wrong|differ|cut|failed [RUN2] [--json]",
    .about =
        "Lists the questions of a run, a line each: whether the answer is right, what it is, what "
        "it should be, and the tokens that were spoken (cut: --max_new_tokens ended it). What "
        "failed is "
        "not wrong but failed; where the compat rule says other things than the exact one, or a "
        "grader judged, they have columns. With an index, the \"index\" of the line "
        "in "
        "samples.jsonl, or the data set's own id of it, it shows all that the agents read and "
        "said; wrong shows all questions that "
        "were answered wrong, cut those whose answer --max_new_tokens ended, failed those that "
        "have none, with the reason.\n"
        "differ shows those on which two runs differ: one is right, the other is not (where a "
        "question has no gold: their predictions are not the same). The other run is named "
        "behind the word, or by --against. Without one, they are those on which the exact and the "
        "compat rule differ.\n"
        "RUN is a folder of latentmas run, finished or not; it is only read.",
    .examples = "all questions, a line each\n"
                "latentmas show runs/latent\n"
                "everything that was said about the fourth\n"
                "latentmas show runs/latent 3\n"
                "what went wrong, page by page\n"
                "latentmas show runs/latent wrong | less\n"
                "what one run got right and the other did not\n"
                "latentmas show runs/latent differ runs/text\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_colours, lmi_env_columns},
    .see_also = "inspect report run",
    .settings_size = sizeof(show_settings),
    .run = run,
};

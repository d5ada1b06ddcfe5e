/* cmd_inspect.c - latentmas inspect: what a run thought, as text, as JSON, as one page. */
#include <stdio.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/inspect/memory.h"
#include "cli/samples/full.h"
#include "cli/samples/list.h"
#include "cli/show/term.h"
#include "eval/inspect/write.h"

typedef struct inspect_settings {
    lmi_general_flags general;
    const char *html;
    bool is_json, is_forced;
} inspect_settings;

static const lmi_opt inspect_opts[] = {
    {"--html", LMI_OPT_FILE, offsetof(inspect_settings, html), "FILE",
     .help = "write one page to FILE; it needs no other file and no network"},
    {"--force", LMI_OPT_ON, offsetof(inspect_settings, is_forced),
     .help = "with --html: replace a file that is there"},
    {"--json", LMI_OPT_ON, offsetof(inspect_settings, is_json),
     .help = "print a line of JSON for each question"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Inspect", inspect_opts, 0},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"", LMI_OPT_FOLDER, 0, "RUN...", .help = "the folder of a run, or of two"},
    {0},
};

/* A command line taken apart: one run or two, then a question. */
typedef struct wish {
    const char *folders[LMI_VIEWER_RUNS];
    size_t n_folders;
    lmi_pick pick;
} wish;

static lmas_status read_words(wish *out, const lmi_args *args)
{
    size_t i;

    *out = (wish){.pick = {.kind = LMI_PICK_ALL}};
    for (i = 0; i < args->n_words; i++) {
        const bool is_last = i > 0 && i + 1 == args->n_words;

        if (is_last && lmi_pick_parse(&out->pick, args->words[i]))
            break;
        if (out->n_folders == LMI_VIEWER_RUNS)
            return lmi_fail(LMAS_E_INVALID,
                            "inspect: expected one run or two, then an index, " LMI_PICK_WORDS
                            ", found \"%s\"",
                            args->words[i]);
        out->folders[out->n_folders++] = args->words[i];
    }
    if (out->n_folders == 0)
        return lmi_fail(LMAS_E_INVALID, "inspect: expected the folder of a run, found none");
    return LMAS_OK;
}

/* ---- As one page ---- */

static lmas_status write_page(const inspect_settings *s, lmi_viewer *viewer)
{
    lmas_status status;
    lmi_buf page;

    if (!s->is_forced && lmi_file_exists(s->html))
        return lmi_fail(LMAS_E_IO, "%s is there already: name another file, or add --force",
                        s->html);
    lmi_buf_init(&page, 2 * LMI_INSPECT_SIZE_MAX);
    status = lmi_inspect_page(&page, viewer);
    if (status == LMAS_OK)
        status = lmi_file_write(s->html, lmi_buf_text(&page), page.len);
    lmi_buf_done(&page);
    return status;
}

/* ---- As text, as JSON ---- */

static void print_text(const lmi_viewer *viewer, const lmi_shown *row)
{
    size_t i;

    lmi_full_question(row);
    for (i = 0; i < row->n_runs; i++) {
        if (!row->has[i])
            continue;
        lmi_full_answer(row, i);
        lmi_print_memory(viewer, row, i);
        lmi_full_texts(row, i);
    }
    putchar('\n');
}

static bool has_thoughts(const lmi_shown *row)
{
    size_t i;

    for (i = 0; i < row->n_runs; i++)
        if (row->has[i] && lmi_exhibit_has_thoughts(&row->views[i]))
            return true;
    return false;
}

static lmas_status print_rows(const inspect_settings *s, lmi_viewer *viewer)
{
    bool has_row = true, has_seen_thoughts = false;
    size_t n = 0;
    lmas_status status = LMAS_OK;

    for (; status == LMAS_OK; n++) {
        lmi_shown row = {0};

        status = lmi_viewer_next(&has_row, &row, viewer);
        if (status != LMAS_OK || !has_row)
            break;
        has_seen_thoughts |= has_thoughts(&row);
        if (s->is_json)
            status = lmi_full_json(viewer, &row, true);
        else
            print_text(viewer, &row);
        lmi_shown_done(&row);
    }
    if (status == LMAS_OK && n == 0)
        status = lmi_list_none(viewer);
    else if (status == LMAS_OK && !has_seen_thoughts)
        lmi_say("no thoughts were kept of these questions: latentmas run --keep_thoughts 5 keeps "
                "them");
    return status;
}

static lmas_status inspect(const inspect_settings *s, const wish *w)
{
    lmi_viewer viewer;
    lmas_status status = lmi_viewer_open(&viewer, w->folders, w->n_folders, &w->pick);

    if (status != LMAS_OK)
        return status;
    if (!s->html && !s->is_json)
        lmi_list_runs(&viewer);
    status = s->html ? write_page(s, &viewer) : print_rows(s, &viewer);
    lmi_viewer_done(&viewer);
    return status;
}

static int run(void *settings, const lmi_args *args)
{
    const inspect_settings *s = settings;
    wish w;
    lmas_status status;

    if (read_words(&w, args) != LMAS_OK)
        return lmi_say_misuse();
    if (s->html && s->is_json) {
        lmi_say("inspect: expected one of --html and --json, found both");
        return LMI_EXIT_USAGE;
    }
    status = inspect(s, &w);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

const lmi_command lmi_cmd_inspect = {
    .name = "inspect",
    .summary = "look into a run: thoughts, working memory, texts, on one page",
    .usage = "RUN [RUN2] [INDEX|wrong|differ|cut|failed] --html FILE [--force]\n"
             "RUN [RUN2] [INDEX|wrong|differ|cut|failed] [--json]",
    .about =
        "Shows what the agents of a run had in their working memory: its stretches (inherited, "
        "prompt, thoughts, text) with positions and bytes, as an f16 cache holds them, and of each "
        "thought the tokens that the head says there, those of the input embedding that it is "
        "nearest to, its norm, the entropy of the head, its cosine to the thought before and to "
        "the prompt; then all texts. Thoughts are there where the run kept them (latentmas run "
        "--keep_thoughts N).\n"
        "With --html all of it is one page, with agents as lanes over positions; two runs over the "
        "same data stand side by side. An index, wrong, differ, cut and failed take the "
        "questions that latentmas show takes; two runs differ where one is right and the other is "
        "not. A page holds at most "
        "5000 questions and 64 MiB.\n"
        "RUN is a folder of latentmas run, finished or not; it is only read. (A folder whose name "
        "is a number is ./NUMBER as the second run.)",
    .examples = "keep five tokens of each thought of a run\n"
                "latentmas run -m models/demo.gguf --task demo --max_samples 20 --keep_thoughts 5 "
                "--output runs/latent\n"
                "look into it in a browser\n"
                "latentmas inspect runs/latent --html latent.html\n"
                "two runs side by side, where one is right and the other is not\n"
                "latentmas inspect runs/latent runs/text differ --html differ.html\n"
                "one question on the terminal\n"
                "latentmas inspect runs/latent 3\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_colours},
    .see_also = "show report run ask",
    .settings_size = sizeof(inspect_settings),
    .run = run,
};

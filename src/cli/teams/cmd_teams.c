/* cmd_teams.c - latentmas teams: built-in teams, a check for one's own, pictures of both. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/open.h"
#include "cli/show/term.h"
#include "cli/teams/draw.h"
#include "data/task.h"

typedef struct teams_settings {
    lmi_general_flags general;
    bool is_text, is_mermaid, is_dot;
} teams_settings;

static const lmi_opt graph_opts[] = {
    {"--text", LMI_OPT_ON, offsetof(teams_settings, is_text),
     .help = "for a terminal (the default)"},
    {"--mermaid", LMI_OPT_ON, offsetof(teams_settings, is_mermaid),
     .help = "a flowchart in the language of Mermaid, which Markdown files show"},
    {"--dot", LMI_OPT_ON, offsetof(teams_settings, is_dot), .help = "the language of Graphviz"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"With graph", graph_opts, 0},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"list", LMI_OPT_ON, .help = "name the built-in teams and their agents"},
    {"show", LMI_OPT_WORD, 0, "NAME", .word_at = lmas_team_builtin_name,
     .help = "print the file of a built-in team"},
    {"graph", LMI_OPT_FILE, 0, "FILE", .word_at = lmas_team_builtin_name,
     .help = "draw who hands what to whom; a file or a built-in team"},
    {"check", LMI_OPT_FILE, 0, "FILE...", .help = "say whether files are teams"},
    {0},
};

/* Draw the team, and forget the shape that this takes. */
static lmas_status draw(const lmas_team *team, void (*drawer)(const lmi_shape *))
{
    lmi_shape shape;
    const lmas_status status = lmi_shape_init(&shape, team);

    if (status == LMAS_OK)
        drawer(&shape);
    lmi_shape_done(&shape);
    return status;
}

static int list(void)
{
    const char *name;
    size_t i;

    for (i = 0; (name = lmas_team_builtin_name(i)); i++) {
        lmas_team *team = NULL;
        lmas_status status = lmas_team_builtin(&team, name);

        printf("%-18s ", name);
        if (status == LMAS_OK)
            status = draw(team, lmi_draw_short);
        putchar('\n');
        lmas_team_free(team);
        if (status != LMAS_OK)
            return lmi_say_failure(status);
    }
    return LMI_EXIT_OK;
}

static int show(const char *name)
{
    lmas_team *team = NULL;
    const char *source;

    if (lmas_team_builtin(&team, name) != LMAS_OK)
        return lmi_say_misuse();
    source = lmas_team_source(team);
    fputs(source, stdout);
    if (*source && source[strlen(source) - 1] != '\n')
        putchar('\n');
    lmas_team_free(team);
    return LMI_EXIT_OK;
}

/* ", gpqa": the tasks with answers of that kind, in the order of latentmas tasks. */
static void print_tasks(lmas_answer_kind kind)
{
    const lmi_task *task;
    const char *gap = "";
    size_t i;

    for (i = 0; (task = lmi_task_at(i)); i++) {
        if (lmi_task_answer_kind(task) != kind)
            continue;
        printf("%s%s", gap, task->name);
        gap = ", ";
    }
}

/* What a team without a format cannot be asked: no mistake, if nobody wants to. */
static void print_gaps(const lmas_team *team)
{
    const char *name;
    size_t i;

    for (i = 0; (name = lmas_answer_kind_name((lmas_answer_kind)i)) != NULL; i++) {
        const lmas_answer_kind kind = (lmas_answer_kind)i;
        const bool can_team = lmas_team_can_answer(team, LMAS_METHOD_LATENT_MAS, kind);
        const bool can_one = lmas_team_can_answer(team, LMAS_METHOD_BASELINE, kind);

        if (can_team && can_one)
            continue;
        printf("  no \"%s\" in formats, so %s cannot run ", name,
               can_team  ? "--method baseline"
               : can_one ? "the agents"
                         : "it");
        print_tasks(kind);
        puts(kind == LMAS_ANSWER_FREE ? " nor answer latentmas ask" : "");
    }
}

/* Who is on another model than the one that the team is run on, and where that is. */
static void print_models(const lmas_team *team)
{
    lmas_team_model m;
    size_t i, k;

    for (i = 0; lmas_team_model_at(&m, team, i); i++) {
        const char *gap = "";

        printf("  model %s (%s): ", m.name, m.file ? m.file : m.hf ? m.hf : m.url);
        for (k = 0; k < lmas_team_n_agents(team); k++) {
            const char *model = lmas_team_agent_model(team, k);

            if (!model || strcmp(model, m.name) != 0)
                continue;
            printf("%s%s", gap, lmas_team_agent_name(team, k));
            gap = ", ";
        }
        puts(*gap ? "" : "no agent");
    }
}

static int check(const char *path)
{
    lmas_team *team = NULL;
    lmas_status status = lmas_team_open(&team, path);
    size_t n_remarks;

    if (status != LMAS_OK)
        return lmi_say_failure(status);
    n_remarks = lmi_say_remarks(team);
    if (n_remarks == 0) {
        printf("%s: team %s is good: ", path, lmas_team_name(team));
        status = draw(team, lmi_draw_short);
        putchar('\n');
        print_models(team);
        print_gaps(team);
    }
    lmas_team_free(team);
    if (status != LMAS_OK)
        return lmi_say_failure(status);
    return n_remarks == 0 ? LMI_EXIT_OK : LMI_EXIT_FAILURE;
}

/* Each of them, also behind one that is bad. */
static int check_all(char **paths, size_t n)
{
    int code = LMI_EXIT_OK;
    size_t i;

    for (i = 0; i < n && code != LMI_EXIT_INTERRUPTED; i++) {
        const int one = check(paths[i]);

        code = one == LMI_EXIT_OK ? code : one;
    }
    return code;
}

static int graph(const teams_settings *s, const char *name)
{
    lmas_team *team = NULL;
    lmas_status status;

    if (s->is_text + s->is_mermaid + s->is_dot > 1) {
        lmi_say("teams: one of --text, --mermaid and --dot expected, found several");
        return LMI_EXIT_USAGE;
    }
    status = lmi_team_open(&team, name);
    if (status == LMAS_OK)
        status = draw(team, s->is_mermaid ? lmi_draw_mermaid
                            : s->is_dot   ? lmi_draw_dot
                                          : lmi_draw_text);
    lmas_team_free(team);
    if (status == LMAS_E_INVALID)
        return lmi_say_misuse();
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int run(void *settings, const lmi_args *args)
{
    const char *word = args->n_words ? args->words[0] : "list";

    if (args->n_words <= 1 && strcmp(word, "list") == 0)
        return list();
    if (args->n_words == 2 && strcmp(word, "show") == 0)
        return show(args->words[1]);
    if (args->n_words == 2 && strcmp(word, "graph") == 0)
        return graph(settings, args->words[1]);
    if (args->n_words >= 2 && strcmp(word, "check") == 0)
        return check_all(args->words + 1, args->n_words - 1);
    lmi_say("teams: expected list, show NAME, graph FILE or check FILE..., found \"%s\"%s", word,
            args->n_words > 2   ? " and more than one word"
            : args->n_words < 2 ? " alone"
                                : "");
    return LMI_EXIT_USAGE;
}

const lmi_command lmi_cmd_teams = {
    .name = "teams",
    .summary = "list the built-in teams, show or draw one, check a team file",
    .usage = "[list]\n"
             "show NAME\n"
             "graph FILE|NAME [--text|--mermaid|--dot]\n"
             "check FILE...",
    .about = "A team is a file: agents, their prompts, and who hands what to whom. Without "
             "words, lists the built-in ones. show prints one, to start your own from. check says "
             "whether a file is a team, and if not, which line is wrong; which words in braces "
             "look like slots and are none; and which tasks the team has no format for.\n"
             "graph draws a team: a | b are side by side, a > b or a v below it hands the "
             "working memory on to all that follow, and >text> or a word beside the v says what "
             "else goes there. Edges that the picture does not show are listed below it.",
    .examples = "start a team of your own\n"
                "latentmas teams show sequential > mine.json\n"
                "see whether it is right\n"
                "latentmas teams check mine.json\n"
                "see who hands what to whom\n"
                "latentmas teams graph mine.json\n"
                "the same as an image, with Graphviz\n"
                "latentmas teams graph mine.json --dot | dot -Tsvg > mine.svg\n",
    .words = words,
    .groups = groups,
    .see_also = "ask run",
    .settings_size = sizeof(teams_settings),
    .run = run,
};

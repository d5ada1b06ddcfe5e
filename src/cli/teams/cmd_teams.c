/* cmd_teams.c - latentmas teams: the built-in teams, and a check for one's own. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/show/term.h"
#include "data/task.h"

typedef struct teams_settings {
    lmi_general_flags general;
} teams_settings;

static const lmi_opt_group groups[] = {
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"list", LMI_OPT_ON, .help = "name the built-in teams and their agents"},
    {"show", LMI_OPT_WORD, 0, "NAME", .word_at = lmas_team_builtin_name,
     .help = "print the file of a built-in team"},
    {"check", LMI_OPT_FILE, 0, "FILE", .help = "say whether a file is a team"},
    {0},
};

/* "planner > critic > judger" */
static void print_agents(const lmas_team *team)
{
    size_t i;

    for (i = 0; i < lmas_team_n_agents(team); i++)
        printf("%s%s", i ? " > " : "", lmas_team_agent_name(team, i));
    putchar('\n');
}

static int list(void)
{
    const char *name;
    size_t i;

    for (i = 0; (name = lmas_team_builtin_name(i)); i++) {
        lmas_team *team = NULL;
        const lmas_status status = lmas_team_builtin(&team, name);

        if (status != LMAS_OK)
            return lmi_say_failure(status);
        printf("%-14s ", name);
        print_agents(team);
        lmas_team_free(team);
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
    static const char *const names[] = {"number", "choice", "code", "free"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const lmas_answer_kind kind = (lmas_answer_kind)i;
        const bool can_team = lmas_team_can_answer(team, LMAS_METHOD_LATENT_MAS, kind);
        const bool can_one = lmas_team_can_answer(team, LMAS_METHOD_BASELINE, kind);

        if (can_team && can_one)
            continue;
        printf("  no \"%s\" in formats, so %s cannot run ", names[i],
               can_team  ? "--method baseline"
               : can_one ? "the agents"
                         : "it");
        print_tasks(kind);
        puts(kind == LMAS_ANSWER_FREE ? " nor answer latentmas ask" : "");
    }
}

static int check(const char *path)
{
    lmas_team *team = NULL;
    const lmas_status status = lmas_team_open(&team, path);
    size_t n_remarks;

    if (status != LMAS_OK)
        return lmi_say_failure(status);
    n_remarks = lmi_say_remarks(team);
    if (n_remarks == 0) {
        printf("%s: team %s is good: ", path, lmas_team_name(team));
        print_agents(team);
        print_gaps(team);
    }
    lmas_team_free(team);
    return n_remarks == 0 ? LMI_EXIT_OK : LMI_EXIT_FAILURE;
}

static int run(void *settings, const lmi_args *args)
{
    const char *word = args->n_words ? args->words[0] : "list";

    (void)settings;
    if (args->n_words <= 1 && strcmp(word, "list") == 0)
        return list();
    if (args->n_words == 2 && strcmp(word, "show") == 0)
        return show(args->words[1]);
    if (args->n_words == 2 && strcmp(word, "check") == 0)
        return check(args->words[1]);
    lmi_say("teams: expected list, show NAME or check FILE, found \"%s\"%s", word,
            args->n_words > 2   ? " and more than one word"
            : args->n_words < 2 ? " alone"
                                : "");
    return LMI_EXIT_USAGE;
}

const lmi_command lmi_cmd_teams = {
    .name = "teams",
    .summary = "list the built-in teams, show one, check a team file",
    .usage = "[list]\n"
             "show NAME\n"
             "check FILE",
    .about = "A team is a file: agents, their prompts, and the order in which they work. Without "
             "words, lists the built-in ones. show prints one, to start your own from. check says "
             "whether a file is a team, and if not, which line is wrong; which words in braces "
             "look like slots and are none; and which tasks the team has no format for.",
    .examples = "start a team of your own\n"
                "latentmas teams show sequential > mine.json\n"
                "see whether it is right\n"
                "latentmas teams check mine.json\n",
    .words = words,
    .groups = groups,
    .see_also = "ask run",
    .settings_size = sizeof(teams_settings),
    .run = run,
};

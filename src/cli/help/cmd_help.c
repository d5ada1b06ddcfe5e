/* cmd_help.c - latentmas help: what --help prints, or a manual page. */
#include <stdio.h>

#include "cli/flags.h"
#include "cli/help/help.h"
#include "cli/show/term.h"

typedef struct help_settings {
    lmi_general_flags general;
    bool is_man;
} help_settings;

static const lmi_opt help_opts[] = {
    {"--man", LMI_OPT_ON, offsetof(help_settings, is_man),
     .help = "print the manual page as roff, which man shows"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Help", help_opts, 0},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"", LMI_OPT_WORD, 0, "COMMAND", .word_at = lmi_command_name_at, .help = "a command"},
    {0},
};

static int run(void *settings, const lmi_args *args)
{
    const help_settings *s = settings;
    const lmi_command *command = &lmi_cmd_latentmas;
    lmas_status status;
    lmi_buf page;

    if (args->n_words > 1) {
        lmi_say("help: one command expected, found %zu words", args->n_words);
        return LMI_EXIT_USAGE;
    }
    if (args->n_words == 1) {
        command = lmi_command_find(args->words[0]);
        if (!command)
            return lmi_command_refuse(args->words[0]);
    }
    lmi_buf_init(&page, LMI_PAGE_MAX);
    status = s->is_man ? lmi_man_write(&page, command) : lmi_help_write(&page, command);
    if (status == LMAS_OK)
        fputs(lmi_buf_text(&page), stdout);
    lmi_buf_done(&page);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

const lmi_command lmi_cmd_help = {
    .name = "help",
    .summary = "print help, or a manual page",
    .usage = "[COMMAND] [--man]",
    .about = "Prints what COMMAND --help prints, or with --man the command's manual page.",
    .examples = "what ask can do\n"
                "latentmas help ask\n"
                "read the manual page of run\n"
                "latentmas help --man run | man -l -\n",
    .words = words,
    .groups = groups,
    .see_also = "completion",
    .settings_size = sizeof(help_settings),
    .run = run,
};

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
     .help = "print the manual page as roff, for man(1)"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Help", help_opts, 0},
    {"General", lmi_general_opts, 0},
    {0},
};

static const char *command_name_at(size_t i)
{
    const lmi_command *command = lmi_command_at(i);

    return command ? command->name : NULL;
}

static const lmi_opt words[] = {
    {"", LMI_OPT_WORD, 0, "COMMAND", .word_at = command_name_at, .help = "a command"},
    {0},
};

static lmas_status write_page(lmi_buf *out, const lmi_command *command, bool is_man)
{
    if (command)
        return is_man ? lmi_man_write(out, command) : lmi_help_write(out, command);
    return is_man ? lmi_man_write_overview(out) : lmi_help_write_overview(out);
}

static int run(void *settings, const lmi_args *args)
{
    const help_settings *s = settings;
    const lmi_command *command = NULL;
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
    status = write_page(&page, command, s->is_man);
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
    .settings_size = sizeof(help_settings),
    .run = run,
};

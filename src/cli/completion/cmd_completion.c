/* cmd_completion.c - latentmas completion: what a shell offers after Tab, from the tables. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/completion/offer.h"
#include "cli/flags.h"
#include "cli/help/help.h"
#include "cli/show/term.h"

typedef struct completion_settings {
    lmi_general_flags general;
} completion_settings;

static const lmi_opt_group groups[] = {
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"", LMI_OPT_WORD, 0, "bash|zsh|fish", .help = "the shell"},
    {0},
};

static int run(void *settings, const lmi_args *args)
{
    const char *shell = args->n_words == 1 ? args->words[0] : "";
    lmas_status status;
    lmi_buf script;

    (void)settings;
    lmi_buf_init(&script, LMI_PAGE_MAX);
    if (strcmp(shell, "bash") == 0) {
        lmi_bash_append(&script);
    } else if (strcmp(shell, "zsh") == 0) {
        lmi_zsh_append(&script);
    } else if (strcmp(shell, "fish") == 0) {
        lmi_fish_append(&script);
    } else {
        lmi_say("completion: expected bash, zsh or fish, found \"%s\"", shell);
        return LMI_EXIT_USAGE;
    }
    status = lmi_buf_status(&script);
    if (status == LMAS_OK)
        fputs(lmi_buf_text(&script), stdout);
    lmi_buf_done(&script);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

const lmi_command lmi_cmd_completion = {
    .name = "completion",
    .summary = "print completion for bash, zsh or fish",
    .usage = "bash|zsh|fish",
    .about = "Prints a script that has the shell complete commands, flags and their values.",
    .examples = "in this bash, now\n"
                "source <(latentmas completion bash)\n"
                "in every zsh from now on, where $fpath has that folder\n"
                "latentmas completion zsh > ~/.local/share/zsh/site-functions/_latentmas\n"
                "in every fish from now on\n"
                "latentmas completion fish > ~/.config/fish/completions/latentmas.fish\n",
    .words = words,
    .groups = groups,
    .files = {lmi_files_completion},
    .see_also = "help",
    .settings_size = sizeof(completion_settings),
    .run = run,
};

/* cmd_completion.c - latentmas completion: what a shell offers after Tab, from the tables. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/help/help.h"
#include "cli/show/term.h"
#include "cli/words.h"

typedef struct completion_settings {
    lmi_general_flags general;
} completion_settings;

static const lmi_opt_group groups[] = {
    {"General", lmi_general_opts, 0},
    {0},
};

/* What follows a flag. */
typedef enum follow { FOLLOW_NOTHING, FOLLOW_ANY, FOLLOW_FILE, FOLLOW_FOLDER, FOLLOW_WORD } follow;

static follow what_follows(const lmi_opt *opt)
{
    if (!lmi_opt_takes_value(opt))
        return FOLLOW_NOTHING;
    if (opt->kind == LMI_OPT_FILE)
        return FOLLOW_FILE;
    if (opt->kind == LMI_OPT_FOLDER)
        return FOLLOW_FOLDER;
    return opt->kind == LMI_OPT_WORD ? FOLLOW_WORD : FOLLOW_ANY;
}

/* Append `text` with `from` turned into `to`. */
static void append_swapped(lmi_buf *out, const char *text, char from, char to)
{
    for (; *text; text++)
        if (*text == from)
            lmi_buf_putc(out, to);
        else
            lmi_buf_putc(out, *text);
}

/* Words that may stand first after a command: its own, or for help the commands. */
static void append_words(lmi_buf *out, const lmi_command *command)
{
    const lmi_command *other;
    size_t i;

    if (command->words)
        lmi_buf_puts(out, command->words);
    for (i = 0; command == &lmi_cmd_help && (other = lmi_command_at(i)); i++)
        lmi_buf_printf(out, "%s%s", i ? " " : "", other->name);
}

/* In bash a case per command holds a case per flag that takes a value. */
static void append_bash_command(lmi_buf *out, const lmi_command *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    lmi_buf_printf(out, "    %s)\n        case $before in\n", command->name);
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++) {
            const follow f = what_follows(opt);

            if (f == FOLLOW_NOTHING)
                continue;
            lmi_buf_puts(out, "        ");
            append_swapped(out, opt->names, ' ', '|');
            lmi_buf_puts(out, ") ");
            if (f == FOLLOW_FILE)
                lmi_buf_puts(out, "mapfile -t COMPREPLY < <(compgen -f -- \"$now\"); ");
            else if (f == FOLLOW_FOLDER)
                lmi_buf_puts(out, "mapfile -t COMPREPLY < <(compgen -d -- \"$now\"); ");
            else if (f == FOLLOW_WORD) {
                lmi_buf_puts(out, "mapfile -t COMPREPLY < <(compgen -W '");
                append_swapped(out, lmi_opt_words(opt), '|', ' ');
                lmi_buf_puts(out, "' -- \"$now\"); ");
            }
            lmi_buf_puts(out, "return ;;\n");
        }
    lmi_buf_puts(out, "        esac\n        words='");
    append_words(out, command);
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++)
            lmi_buf_printf(out, " %s", opt->names);
    lmi_buf_puts(out, "' ;;\n");
}

static void append_bash(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    lmi_buf_puts(out, "# bash completion for latentmas: source it, or put it into\n"
                      "# ~/.local/share/bash-completion/completions/latentmas\n"
                      "_latentmas() {\n"
                      "    local now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                      "    local words\n"
                      "    COMPREPLY=()\n"
                      "    if ((COMP_CWORD == 1)); then\n"
                      "        mapfile -t COMPREPLY < <(compgen -W '");
    for (i = 0; (command = lmi_command_at(i)); i++)
        lmi_buf_printf(out, "%s ", command->name);
    lmi_buf_puts(out, "--help --version' -- \"$now\")\n"
                      "        return\n"
                      "    fi\n"
                      "    case ${COMP_WORDS[1]} in\n");
    for (i = 0; (command = lmi_command_at(i)); i++)
        append_bash_command(out, command);
    lmi_buf_puts(out,
                 "    esac\n"
                 "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$now\")\n"
                 "    [[ $now == -* ]] || mapfile -O ${#COMPREPLY[@]} -t COMPREPLY < <(compgen "
                 "-f -- \"$now\")\n"
                 "}\n"
                 "complete -o filenames -F _latentmas latentmas\n");
}

/* Help as one shell word in single quotes. */
static void append_quoted(lmi_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            lmi_buf_puts(out, "'\\''");
        else if (*text == '[' || *text == ']' || *text == ':')
            lmi_buf_printf(out, "\\%c", *text);
        else
            lmi_buf_putc(out, *text);
    }
}

/* zsh's _arguments: '(-m --model)'{-m,--model}'[help]:FILE:_files'. */
static void append_zsh_opt(lmi_buf *out, const lmi_opt *opt)
{
    const follow f = what_follows(opt);
    const bool has_many = strchr(opt->names, ' ') != NULL;

    lmi_buf_puts(out, "            ");
    if (has_many) {
        lmi_buf_printf(out, "'(%s)'{", opt->names);
        append_swapped(out, opt->names, ' ', ',');
        lmi_buf_puts(out, "}'[");
    } else {
        lmi_buf_printf(out, "'%s[", opt->names);
    }
    append_quoted(out, opt->help);
    lmi_buf_putc(out, ']');
    if (f == FOLLOW_FILE)
        lmi_buf_puts(out, ":file:_files");
    else if (f == FOLLOW_FOLDER)
        lmi_buf_puts(out, ":folder:_files -/");
    else if (f == FOLLOW_WORD) {
        lmi_buf_puts(out, ":word:(");
        append_swapped(out, lmi_opt_words(opt), '|', ' ');
        lmi_buf_putc(out, ')');
    } else if (f == FOLLOW_ANY) {
        lmi_buf_puts(out, ":value: ");
    }
    lmi_buf_puts(out, "' \\\n");
}

/* What follows the name of one command. */
static void append_zsh_case(lmi_buf *out, const lmi_command *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    lmi_buf_printf(out, "    %s)\n        _arguments \\\n", command->name);
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++)
            append_zsh_opt(out, opt);
    lmi_buf_puts(out, "            ");
    if (command->words || command == &lmi_cmd_help) {
        lmi_buf_puts(out, "'1:word:(");
        append_words(out, command);
        lmi_buf_puts(out, ")' ");
    }
    lmi_buf_puts(out, "'*:file:_files' ;;\n");
}

static void append_zsh(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    lmi_buf_puts(out,
                 "#compdef latentmas\n"
                 "# zsh completion for latentmas: put it into a folder of $fpath as _latentmas\n"
                 "_latentmas() {\n"
                 "    local -a commands=(\n");
    for (i = 0; (command = lmi_command_at(i)); i++) {
        lmi_buf_printf(out, "        '%s:", command->name);
        append_quoted(out, command->summary);
        lmi_buf_puts(out, "'\n");
    }
    lmi_buf_puts(out, "    )\n"
                      "    if ((CURRENT == 2)); then\n"
                      "        _describe command commands\n"
                      "        return\n"
                      "    fi\n"
                      "    local name=$words[2]\n"
                      "    shift words\n"
                      "    ((CURRENT--))\n"
                      "    case $name in\n");
    for (i = 0; (command = lmi_command_at(i)); i++)
        append_zsh_case(out, command);
    lmi_buf_puts(out, "    esac\n}\n_latentmas \"$@\"\n");
}

/* Text for fish's single quotes: only \ and ' are special there. */
static void append_fish_quoted(lmi_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            lmi_buf_putc(out, '\\');
        lmi_buf_putc(out, *text);
    }
}

static void append_fish_opt(lmi_buf *out, const char *command, const lmi_opt *opt)
{
    const follow f = what_follows(opt);
    const char *rest = opt->names;
    const char *word;
    size_t len;

    lmi_buf_printf(out, "complete -c latentmas -n '__fish_seen_subcommand_from %s'", command);
    while (lmi_word_next(&word, &len, &rest, ' ')) {
        const char *kind = word[1] == '-' ? "l" : len == 2 ? "s" : "o";
        const size_t dashes = word[1] == '-' ? 2 : 1;

        lmi_buf_printf(out, " -%s %.*s", kind, (int)(len - dashes), word + dashes);
    }
    if (f == FOLLOW_FILE)
        lmi_buf_puts(out, " -r -F");
    else if (f == FOLLOW_FOLDER)
        lmi_buf_puts(out, " -x -a '(__fish_complete_directories)'");
    else if (f == FOLLOW_WORD) {
        lmi_buf_puts(out, " -x -a '");
        append_swapped(out, lmi_opt_words(opt), '|', ' ');
        lmi_buf_putc(out, '\'');
    } else if (f == FOLLOW_ANY) {
        lmi_buf_puts(out, " -x");
    }
    lmi_buf_puts(out, " -d '");
    append_fish_quoted(out, opt->help);
    lmi_buf_puts(out, "'\n");
}

static void append_fish(lmi_buf *out)
{
    const lmi_command *command;
    const lmi_opt_group *group;
    const lmi_opt *opt;
    size_t i;

    lmi_buf_puts(out, "# fish completion for latentmas: put it into\n"
                      "# ~/.config/fish/completions/latentmas.fish\n");
    for (i = 0; (command = lmi_command_at(i)); i++) {
        lmi_buf_printf(out, "complete -c latentmas -n __fish_use_subcommand -f -a %s -d '",
                       command->name);
        append_fish_quoted(out, command->summary);
        lmi_buf_puts(out, "'\n");
        for (group = command->groups; group->title; group++)
            for (opt = group->opts; opt->names; opt++)
                append_fish_opt(out, command->name, opt);
        if (!command->words && command != &lmi_cmd_help)
            continue;
        lmi_buf_printf(out, "complete -c latentmas -n '__fish_seen_subcommand_from %s' -a '",
                       command->name);
        append_words(out, command);
        lmi_buf_puts(out, "'\n");
    }
}

static int run(void *settings, const lmi_args *args)
{
    const char *shell = args->n_words == 1 ? args->words[0] : "";
    lmas_status status;
    lmi_buf script;

    (void)settings;
    lmi_buf_init(&script, LMI_PAGE_MAX);
    if (strcmp(shell, "bash") == 0) {
        append_bash(&script);
    } else if (strcmp(shell, "zsh") == 0) {
        append_zsh(&script);
    } else if (strcmp(shell, "fish") == 0) {
        append_fish(&script);
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
                "in every fish from now on\n"
                "latentmas completion fish > ~/.config/fish/completions/latentmas.fish\n",
    .words = "bash zsh fish",
    .groups = groups,
    .settings_size = sizeof(completion_settings),
    .run = run,
};

/*
 * fish.c - completion for fish: a line for each thing that can be offered, under the condition that
 * the command and the words before it are given.
 */
#include <string.h>

#include "cli/command.h"
#include "cli/completion/offer.h"
#include "cli/words.h"

static const char opening[] = "# fish completion for latentmas: put it into\n"
                              "# ~/.config/fish/completions/latentmas.fish\n"
                              "\n"
                              "# Whether what stands before the cursor and is neither a flag nor a "
                              "flag's value is $argv; with\n"
                              "# -m, whether it begins with $argv.\n"
                              "function __latentmas_stands\n"
                              "    argparse --stop-nonopt m/more -- $argv; or return\n"
                              "    set -l tokens (commandline -opc)\n"
                              "    set -l valued\n"
                              "    switch \"$tokens[2]\"\n";

static const char closing[] =
    "    end\n"
    "    set -l given $tokens[2]\n"
    "    set -l waits 0\n"
    "    for token in $tokens[3..-1]\n"
    "        if test $waits = 1\n"
    "            set waits 0\n"
    "        else if string match -qr -- '^-[^0-9. ]' $token\n"
    "            contains -- (string replace -a -- _ - $token) $valued; and set waits 1\n"
    "        else\n"
    "            set -a given $token\n"
    "        end\n"
    "    end\n"
    "    if set -q _flag_more; and set -q given[(count $argv)]\n"
    "        set given $given[1..(count $argv)]\n"
    "    end\n"
    "    test \"$given\" = \"$argv\"\n"
    "end\n"
    "\n"
    "complete -c latentmas -f\n";

/* Text for fish's single quotes: only \ and ' are special there. */
static void append_quoted(lmi_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            lmi_buf_putc(out, '\\');
        lmi_buf_putc(out, *text);
    }
}

static void append_start(lmi_buf *out, const char *more, const char *command, const char *word)
{
    lmi_buf_printf(out, "complete -c latentmas -n '__latentmas_stands%s%s%s%s%s'", more,
                   *command ? " " : "", command, *word ? " " : "", word);
}

/* What is offered: of words, the list; files only where files are meant. */
static void append_offer(lmi_buf *out, const lmi_opt *opt)
{
    const lmi_offer offer = lmi_offer_behind(opt);
    const bool has_files = offer == LMI_OFFER_FILE || offer == LMI_OFFER_WORD_OR_FILE;
    const char *words = lmi_opt_words(opt);

    if (offer != LMI_OFFER_NOTHING)
        lmi_buf_puts(out, has_files ? " -F" : " -f");
    if (offer == LMI_OFFER_FOLDER)
        lmi_buf_puts(out, " -a '(__fish_complete_directories)'");
    if (!*words)
        return;
    lmi_buf_puts(out, " -a '");
    lmi_append_words(out, words, '|', " ");
    lmi_buf_putc(out, '\'');
}

static void append_help(lmi_buf *out, const char *text)
{
    if (text) {
        lmi_buf_puts(out, " -d '");
        append_quoted(out, text);
        lmi_buf_putc(out, '\'');
    }
    lmi_buf_putc(out, '\n');
}

static void append_flag(lmi_buf *out, const lmi_command *command, const lmi_opt *opt)
{
    const char *rest = opt->names;
    const char *word;
    size_t len;

    append_start(out, *command->name ? " -m" : "", command->name, "");
    while (lmi_word_next(&word, &len, &rest, ' ')) {
        const char *kind = word[1] == '-' ? "l" : len == 2 ? "s" : "o";
        const size_t dashes = word[1] == '-' ? 2 : 1;

        lmi_buf_printf(out, " -%s %.*s", kind, (int)(len - dashes), word + dashes);
    }
    if (lmi_opt_needs_value(opt))
        lmi_buf_puts(out, " -r");
    append_offer(out, opt);
    append_help(out, opt->help);
}

static void append_word(lmi_buf *out, const lmi_command *command, const lmi_opt *opt)
{
    if (*opt->names) {
        append_start(out, "", command->name, "");
        lmi_buf_printf(out, " -a %s", opt->names);
        append_help(out, opt->help);
    }
    if (lmi_offer_behind(opt) == LMI_OFFER_NOTHING)
        return;
    append_start(out, lmi_offer_repeats(opt) ? " -m" : "", command->name, opt->names);
    append_offer(out, opt);
    append_help(out, *opt->names ? NULL : opt->help);
}

/* The flags of a command that a value must follow. */
static void append_valued(lmi_buf *out, const lmi_command *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    lmi_buf_printf(out, "        case %s\n            set valued", command->name);
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++) {
            if (!lmi_opt_needs_value(opt))
                continue;
            lmi_buf_putc(out, ' ');
            lmi_append_dashed(out, opt->names, ' ');
        }
    lmi_buf_putc(out, '\n');
}

static void append_command(lmi_buf *out, const lmi_command *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    if (*command->name) {
        append_start(out, "", "", "");
        lmi_buf_printf(out, " -a %s", command->name);
        append_help(out, command->summary);
    }
    for (opt = *command->name ? command->words : NULL; opt && opt->names; opt++)
        append_word(out, command, opt);
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++)
            append_flag(out, command, opt);
}

void lmi_fish_append(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    lmi_buf_puts(out, opening);
    for (i = 0; (command = lmi_command_at(i)); i++)
        append_valued(out, command);
    lmi_buf_puts(out, closing);
    append_command(out, &lmi_cmd_latentmas);
    for (i = 0; (command = lmi_command_at(i)); i++)
        append_command(out, command);
}

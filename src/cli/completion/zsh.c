/* zsh.c - completion for zsh: flags and words as what _arguments takes, one call per command. */
#include <string.h>

#include "cli/command.h"
#include "cli/completion/offer.h"

static const char opening[] =
    "#compdef latentmas\n"
    "# zsh completion for latentmas: put it into a folder of $fpath as _latentmas\n"
    "\n"
    "# One of the names, or a file.\n"
    "_latentmas_named() { _alternative \"names:name:($*)\" 'files:file:_files' }\n"
    "\n"
    "_latentmas() {\n"
    "    local curcontext=$curcontext state expl name=$words[2]\n"
    "    local -a line commands firsts\n"
    "    typeset -A opt_args\n";

static const char middle[] = "    shift words\n"
                             "    ((CURRENT--))\n"
                             "    case $name in\n";

static const char closing[] = "    esac\n"
                              "}\n"
                              "if [[ $funcstack[1] == _latentmas ]]; then _latentmas \"$@\"\n"
                              "else compdef _latentmas latentmas; fi\n";

/* Text as part of a word in single quotes. In there ' ends the quotes; `special` are characters
 * that _arguments or _describe would take for its own. */
static void append_quoted(lmi_buf *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            lmi_buf_puts(out, "'\\''");
        else if (strchr(special, *text))
            lmi_buf_printf(out, "\\%c", *text);
        else
            lmi_buf_putc(out, *text);
    }
}

/* What offers the value: _arguments runs it as it stands. */
static void append_action(lmi_buf *out, const lmi_opt *opt)
{
    static const char *const actions[] = {
        [LMI_OFFER_NOTHING] = "",
        [LMI_OFFER_ANY] = " ",
        [LMI_OFFER_WORD] = " _wanted words expl word compadd - ",
        [LMI_OFFER_BEGINNING] = " _wanted words expl word compadd -S \"\" - ",
        [LMI_OFFER_FILE] = " _files",
        [LMI_OFFER_WORD_OR_FILE] = " _latentmas_named ",
        [LMI_OFFER_FOLDER] = " _files -/",
    };

    lmi_buf_puts(out, actions[lmi_offer_behind(opt)]);
    lmi_append_words(out, lmi_opt_words(opt), '|', " ");
}

/* "-m" takes its value as the next word, "--model=" there or behind the `=`, "--think=-" only
 * behind it. */
static void append_spelling(lmi_buf *out, const lmi_opt *opt, const char *name, size_t len)
{
    const bool has_equals = lmi_opt_takes_value(opt) && strncmp(name, "--", 2) == 0;

    lmi_buf_printf(out, "%.*s%s%s", (int)len, name, has_equals ? "=" : "",
                   has_equals && !lmi_opt_needs_value(opt) ? "-" : "");
}

/* '(-m --model)'{-m,--model=}'[help]:value: action' */
static void append_flag(lmi_buf *out, const lmi_opt *opt)
{
    const char *rest = strchr(opt->names, ' ');
    const char *name = opt->names;
    const size_t len = strcspn(name, " ");

    lmi_buf_puts(out, "            ");
    if (rest)
        lmi_buf_printf(out, "'(%s)'{", opt->names);
    append_spelling(out, opt, name, len);
    while (rest) {
        name = rest + 1;
        lmi_buf_putc(out, ',');
        append_spelling(out, opt, name, strcspn(name, " "));
        rest = strchr(name, ' ');
    }
    lmi_buf_puts(out, strchr(opt->names, ' ') ? "}'[" : "'[");
    append_quoted(out, opt->help, "[]:");
    lmi_buf_putc(out, ']');
    if (lmi_opt_takes_value(opt)) {
        lmi_buf_puts(out, lmi_opt_needs_value(opt) ? ":value:" : "::value:");
        append_action(out, opt);
    }
    lmi_buf_puts(out, "' \\\n");
}

/* Words that stand without a flag, as further arguments of _arguments: where the first has a name,
 * what follows depends on it, and is a state. */
static void append_places(lmi_buf *out, const lmi_opt *words)
{
    if (!words) {
        lmi_buf_puts(out, "            && return\n");
    } else if (*words->names) {
        lmi_buf_puts(out, "            '1: :->first' '2: :->second' '*: :->more' && return\n");
    } else {
        lmi_buf_printf(out, "            '%c:", lmi_offer_repeats(words) ? '*' : '1');
        append_quoted(out, words->help, ":");
        lmi_buf_putc(out, ':');
        append_action(out, words);
        lmi_buf_puts(out, "' && return\n");
    }
}

static void append_states(lmi_buf *out, const lmi_opt *words)
{
    const lmi_opt *opt;

    lmi_buf_puts(out, "        case \"$state $line[1]\" in\n"
                      "        first*)\n"
                      "            firsts=(\n");
    for (opt = words; opt->names; opt++) {
        lmi_buf_printf(out, "                '%s:", opt->names);
        append_quoted(out, opt->help, ":");
        lmi_buf_puts(out, "'\n");
    }
    lmi_buf_puts(out, "            )\n            _describe word firsts ;;\n");
    for (opt = words; opt->names; opt++) {
        if (lmi_offer_behind(opt) == LMI_OFFER_NOTHING)
            continue;
        lmi_buf_printf(out, "        'second %s'", opt->names);
        if (lmi_offer_repeats(opt))
            lmi_buf_printf(out, "|'more %s'", opt->names);
        lmi_buf_putc(out, ')');
        append_action(out, opt);
        lmi_buf_puts(out, " ;;\n");
    }
    lmi_buf_puts(out, "        esac\n");
}

static void append_command(lmi_buf *out, const lmi_command *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    lmi_buf_printf(out, "    %s)\n        _arguments -C -S \\\n", command->name);
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++)
            append_flag(out, opt);
    append_places(out, command->words);
    if (command->words && *command->words->names)
        append_states(out, command->words);
    lmi_buf_puts(out, "        ;;\n");
}

/* At the first word: the commands, or the flags that the program takes without one. */
static void append_first(lmi_buf *out)
{
    const lmi_command *command;
    const lmi_opt *opt;
    size_t i;

    lmi_buf_puts(out, "    commands=(\n");
    for (i = 0; (command = lmi_command_at(i)); i++) {
        lmi_buf_printf(out, "        '%s:", command->name);
        append_quoted(out, command->summary, ":");
        lmi_buf_puts(out, "'\n");
    }
    lmi_buf_puts(out, "    )\n"
                      "    if ((CURRENT == 2)); then\n"
                      "        if [[ $words[2] == -* ]]; then compadd -");
    for (opt = lmi_cmd_latentmas.groups->opts; opt->names; opt++)
        lmi_buf_printf(out, " %s", opt->names);
    lmi_buf_puts(out, "\n"
                      "        else _describe command commands; fi\n"
                      "        return\n"
                      "    fi\n");
}

void lmi_zsh_append(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    lmi_buf_puts(out, opening);
    append_first(out);
    lmi_buf_puts(out, middle);
    for (i = 0; (command = lmi_command_at(i)); i++)
        append_command(out, command);
    lmi_buf_puts(out, closing);
}

/*
 * bash.c - completion for bash: the tables as one function of cases, and a fixed function that
 * finds out which of the cases the cursor stands in.
 */
#include "cli/command.h"
#include "cli/completion/offer.h"

/* Kinds as the script has them: it looks for the letters in them. */
static const char *const kinds[] = {
    [LMI_OFFER_NOTHING] = "",      [LMI_OFFER_ANY] = "any",
    [LMI_OFFER_WORD] = "word",     [LMI_OFFER_BEGINNING] = "begin word",
    [LMI_OFFER_FILE] = "file",     [LMI_OFFER_WORD_OR_FILE] = "word file",
    [LMI_OFFER_FOLDER] = "folder",
};

static const char opening[] =
    "# bash completion for latentmas: source it, or put it into\n"
    "# ~/.local/share/bash-completion/completions/latentmas\n"
    "\n"
    "# What stands behind flag or word $2 of command $1 ('': what stands first; --: its flags), "
    "into\n"
    "# $kind, $offers, and $many where it may stand there again and again.\n"
    "_latentmas_behind() {\n"
    "    kind='' offers='' many=''\n"
    "    case $1 in\n";

static const char closing[] =
    "    esac\n"
    "}\n"
    "\n"
    "_latentmas() {\n"
    "    local now raw word glue='' ended='' flag='' kind offers many prefix i\n"
    "    local -a line=() given=()\n"
    "    COMPREPLY=()\n"
    "    # bash takes --flag=value and a:b apart: here they are one word again.\n"
    "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do\n"
    "        if ((${#line[@]})) && [[ $glue || $word == [=:]* ]]; then line[-1]+=$word\n"
    "        else line+=(\"$word\"); fi\n"
    "        glue=''\n"
    "        [[ $word != *[=:] ]] || glue=1\n"
    "    done\n"
    "    now=${line[-1]}\n"
    "    unset 'line[-1]'\n"
    "    # Which words are given, and whether a flag still waits for its value.\n"
    "    for word in \"${line[@]:1}\"; do\n"
    "        if [[ $flag ]]; then\n"
    "            flag=''\n"
    "        elif [[ $ended || $word != -[!0-9.\\ ]* ]]; then\n"
    "            given+=(\"$word\")\n"
    "        elif [[ $word == -- ]]; then\n"
    "            ended=1\n"
    "        elif [[ $word != *=* ]]; then\n"
    "            _latentmas_behind \"${line[0]}\" \"${word//_/-}\"\n"
    "            [[ ! $kind ]] || flag=$word\n"
    "        fi\n"
    "    done\n"
    "    prefix=''\n"
    "    if [[ ! $flag && ! $ended && $now == -*=* ]]; then\n"
    "        flag=${now%%=*}\n"
    "        prefix=$flag=\n"
    "    fi\n"
    "    if [[ $flag ]]; then\n"
    "        _latentmas_behind \"${line[0]-}\" \"${flag//_/-}\"\n"
    "    elif [[ ! $ended && $now == -* ]]; then\n"
    "        _latentmas_behind \"${line[0]-}\" --\n"
    "        [[ ${now:2} != *-* ]] || offers=${offers//_/-}\n"
    "    else\n"
    "        i=${#given[@]}\n"
    "        _latentmas_behind \"${line[0]-}\" \"${given[0]-}\"\n"
    "        if [[ ! $kind ]]; then _latentmas_behind \"${line[0]-}\" ''\n"
    "        elif ((i)); then ((i--)); fi\n"
    "        [[ $kind && ($i = 0 || $many) ]] || kind=''\n"
    "        [[ $kind || $ended ]] || _latentmas_behind \"${line[0]-}\" --\n"
    "    fi\n"
    "    raw=${COMP_WORDS[COMP_CWORD]}\n"
    "    [[ $raw != [=:]* ]] || raw=''\n"
    "    word=${now#\"$prefix\"}\n"
    "    [[ $kind != *word* ]] || mapfile -t COMPREPLY < <(compgen -W \"$offers\" -- \"$word\")\n"
    "    [[ $kind != *file* ]] ||\n"
    "        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$word\")\n"
    "    [[ $kind != *folder* ]] || mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n"
    "    [[ $kind != *@(file|folder)* ]] || compopt -o filenames 2>/dev/null\n"
    "    [[ $kind != begin* ]] || compopt -o nospace 2>/dev/null\n"
    "    # What stands before the last = or : is no part of what is replaced.\n"
    "    for i in \"${!COMPREPLY[@]}\"; do\n"
    "        word=$prefix${COMPREPLY[i]}\n"
    "        COMPREPLY[i]=${word#\"${now%\"$raw\"}\"}\n"
    "    done\n"
    "}\n"
    "complete -F _latentmas latentmas\n";

static void append_case(lmi_buf *out, const lmi_opt *opt)
{
    const lmi_offer offer = lmi_offer_behind(opt);
    const char *words = lmi_opt_words(opt);

    if (offer == LMI_OFFER_NOTHING)
        return;
    lmi_buf_puts(out, *opt->names ? "        " : "        ''");
    lmi_append_dashed(out, opt->names, '|');
    lmi_buf_printf(out, ") kind='%s'", kinds[offer]);
    if (*words) {
        lmi_buf_puts(out, " offers='");
        lmi_append_words(out, words, '|', " ");
        lmi_buf_putc(out, '\'');
    }
    lmi_buf_puts(out, lmi_offer_repeats(opt) ? " many=1 ;;\n" : " ;;\n");
}

/* The words that may stand first, where they have names, and the flags. */
static void append_names(lmi_buf *out, const lmi_command *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    if (command->words && *command->words->names) {
        lmi_buf_puts(out, "        '') kind=word offers='");
        for (opt = command->words; opt->names; opt++)
            lmi_buf_printf(out, "%s%s", opt == command->words ? "" : " ", opt->names);
        lmi_buf_puts(out, "' ;;\n");
    }
    lmi_buf_puts(out, "        --) kind=word offers='");
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++)
            lmi_buf_printf(out, " %s", opt->names);
    lmi_buf_puts(out, "' ;;\n");
}

static void append_command(lmi_buf *out, const lmi_command *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    lmi_buf_printf(out, "    '%s')\n        case $2 in\n", command->name);
    append_names(out, command);
    for (opt = command->words; opt && opt->names; opt++)
        append_case(out, opt);
    for (group = command->groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++)
            append_case(out, opt);
    lmi_buf_puts(out, "        esac ;;\n");
}

void lmi_bash_append(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    lmi_buf_puts(out, opening);
    append_command(out, &lmi_cmd_latentmas);
    for (i = 0; (command = lmi_command_at(i)); i++)
        append_command(out, command);
    lmi_buf_puts(out, closing);
}

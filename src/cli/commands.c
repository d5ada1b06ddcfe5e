/* commands.c - the table of sub-commands, and what several of them do. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/show/term.h"
#include "cli/words.h"

/* Longest document that is printed, in bytes. */
#define PRINTED_MAX ((size_t)64 * 1024 * 1024)

static const lmi_command *const commands[] = {
    &lmi_cmd_ask,    &lmi_cmd_chat,  &lmi_cmd_serve,      &lmi_cmd_run,
    &lmi_cmd_report, &lmi_cmd_show,  &lmi_cmd_inspect,    &lmi_cmd_regrade,
    &lmi_cmd_bench,  &lmi_cmd_tasks, &lmi_cmd_data,       &lmi_cmd_model,
    &lmi_cmd_memory, &lmi_cmd_teams, &lmi_cmd_completion, &lmi_cmd_help,
};

const lmi_command *lmi_command_at(size_t i)
{
    return i < sizeof(commands) / sizeof(commands[0]) ? commands[i] : NULL;
}

const char *lmi_command_name_at(size_t i)
{
    const lmi_command *command = lmi_command_at(i);

    return command ? command->name : NULL;
}

const lmi_command *lmi_command_find(const char *name)
{
    const lmi_command *command;
    size_t i;

    for (i = 0; (command = lmi_command_at(i)); i++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

int lmi_command_refuse(const char *name)
{
    const lmi_command *command;
    lmi_nearest nearest;
    size_t i;

    lmi_nearest_init(&nearest, name, strlen(name));
    for (i = 0; (command = lmi_command_at(i)); i++)
        lmi_nearest_offer(&nearest, command->name, strlen(command->name));
    if (nearest.name)
        lmi_say("unknown command %s, did you mean %s? (latentmas --help lists all)", name,
                nearest.name);
    else
        lmi_say("unknown command %s; latentmas --help lists all", name);
    return LMI_EXIT_USAGE;
}

void lmi_put_clean(const char *text, size_t len)
{
    const char *end = text + len;

    while (text < end) {
        const size_t n = lmi_utf8_control(text);

        if (n)
            printf("\\x%02x", (unsigned char)text[n - 1]);
        else
            putchar(*text);
        text += n ? n : 1;
    }
}

/* yyjson leaves the control characters beyond the first 32 as they are, and terminals obey them.
 * JSON says the same with an escape. */
void lmi_put_json(const char *text)
{
    while (*text) {
        const size_t n = *text == '\n' ? 0 : lmi_utf8_control(text);

        if (n)
            printf("\\u%04x", (unsigned char)text[n - 1]);
        else
            putchar(*text);
        text += n ? n : 1;
    }
}

lmas_status lmi_print_json(yyjson_mut_doc *doc, const char *what)
{
    lmas_status status;
    lmi_buf text;

    lmi_buf_init(&text, PRINTED_MAX);
    status = lmi_json_write(&text, doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END, what);
    if (status == LMAS_OK)
        lmi_put_json(lmi_buf_text(&text));
    lmi_buf_done(&text);
    return status;
}

static const lmi_opt_group groups[] = {
    {"General", LMI_GENERAL_OPTS_ALONE, 0},
    {0},
};

static const lmi_opt words[] = {
    {"", LMI_OPT_WORD, 0, "COMMAND", .word_at = lmi_command_name_at, .help = "a command"},
    {0},
};

const lmi_command lmi_cmd_latentmas = {
    .name = "",
    .summary = "teams of agents that hand over thoughts instead of text",
    .usage = "COMMAND [FLAG...]",
    .about =
        "Teams of agents that hand over thoughts instead of text.\n"
        "The agents of a team share one working memory, the KV cache of a model: each reads its "
        "prompt, thinks by feeding the model's hidden states back to it, and leaves both to the "
        "next; the last one speaks. Any GGUF model that libllama runs will do. The same team can "
        "hand over text instead, and one agent can work alone, so that what a team of either kind "
        "gives and costs can be measured.",
    .examples = "ask the demo model\n"
                "latentmas ask -m models/demo.gguf \"Tom has 12 apples and buys 7 more. How "
                "many?\"\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_data, lmi_env_models, lmi_env_hub,
                    lmi_env_rows, lmi_env_http, lmi_env_convert, lmi_env_code, lmi_env_temporary,
                    lmi_env_engine, lmi_env_compute},
    .files = {lmi_files_realign, lmi_files_data, lmi_files_models, lmi_files_run, lmi_files_code,
              lmi_files_bench, lmi_files_completion},
    .settings_size = sizeof(lmi_general_flags),
};

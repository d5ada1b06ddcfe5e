/* commands.c - the table of sub-commands, and what several of them do. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/show/term.h"
#include "cli/words.h"

/* Longest document that is printed, in bytes. */
#define PRINTED_MAX ((size_t)64 * 1024 * 1024)

static const lmi_command *const commands[] = {
    &lmi_cmd_ask,  &lmi_cmd_run,   &lmi_cmd_report, &lmi_cmd_bench,      &lmi_cmd_tasks,
    &lmi_cmd_data, &lmi_cmd_model, &lmi_cmd_teams,  &lmi_cmd_completion, &lmi_cmd_help,
};

const lmi_command *lmi_command_at(size_t i)
{
    return i < sizeof(commands) / sizeof(commands[0]) ? commands[i] : NULL;
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

lmas_status lmi_print_json(yyjson_mut_doc *doc, const char *what)
{
    lmas_status status;
    lmi_buf text;

    lmi_buf_init(&text, PRINTED_MAX);
    status = lmi_json_write(&text, doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END, what);
    if (status == LMAS_OK)
        fputs(lmi_buf_text(&text), stdout);
    lmi_buf_done(&text);
    return status;
}

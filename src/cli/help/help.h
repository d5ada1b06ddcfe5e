/* help.h - help on the terminal and manual pages, both written from the command's table. */
#ifndef LMI_CLI_HELP_HELP_H
#define LMI_CLI_HELP_HELP_H

#include "base/buf.h"
#include "cli/command.h"

/* Longest page, in bytes. */
#define LMI_PAGE_MAX ((size_t)256 * 1024)

/* Append what --help prints; of &lmi_cmd_latentmas an overview. */
lmas_status lmi_help_write(lmi_buf *out, const lmi_command *command);

/* Append the roff of the manual page latentmas-COMMAND(1); of &lmi_cmd_latentmas latentmas(1). */
lmas_status lmi_man_write(lmi_buf *out, const lmi_command *command);

/* The settings of a command with their defaults, for lmi_free(). NULL when memory is out. */
void *lmi_settings_new(const lmi_command *command);

/* Exit codes of the command, one "CODE MEANING" a line. */
const char *lmi_exit_codes_of(const lmi_command *command);

#endif

/* help.h - help on the terminal and manual pages, both written from the command's table. */
#ifndef LMI_CLI_HELP_H
#define LMI_CLI_HELP_H

#include "base/buf.h"
#include "cli/command.h"

/* Longest page, in bytes. */
#define LMI_PAGE_MAX ((size_t)256 * 1024)

/* Append what --help prints: for one command, and for the program. */
lmas_status lmi_help_write(lmi_buf *out, const lmi_command *command);
lmas_status lmi_help_write_overview(lmi_buf *out);

/* Append the roff of the manual page latentmas-COMMAND(1), and of latentmas(1). */
lmas_status lmi_man_write(lmi_buf *out, const lmi_command *command);
lmas_status lmi_man_write_overview(lmi_buf *out);

/* The settings of a command with their defaults, for lmi_free(). NULL when memory is out. */
void *lmi_settings_new(const lmi_command *command);

/* Exit codes, one "CODE MEANING" a line. */
extern const char lmi_exit_codes[];

#endif

/* parameters.h - the library names its parameters; whoever typed a command knows them as flags. */
#ifndef LMI_CLI_SHOW_PARAMETERS_H
#define LMI_CLI_SHOW_PARAMETERS_H

#include "base/buf.h"

/* Append the library's message with the flags in the place of its parameters. */
void lmi_in_flags(lmi_buf *out, const char *message);

#endif

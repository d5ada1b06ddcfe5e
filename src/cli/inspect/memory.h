/* memory.h - what a question left in the working memory, as text. */
#ifndef LMI_CLI_INSPECT_MEMORY_H
#define LMI_CLI_INSPECT_MEMORY_H

#include "eval/inspect/viewer.h"

/* What a run did: its agents, then of each the stretches of the memory and the thoughts. */
void lmi_print_memory(const lmi_viewer *viewer, const lmi_shown *row, size_t run);

#endif

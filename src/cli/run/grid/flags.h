/* flags.h - the flags of `run` that make several runs of one command. */
#ifndef LMI_CLI_RUN_GRID_FLAGS_H
#define LMI_CLI_RUN_GRID_FLAGS_H

#include "cli/options.h"

typedef struct lmi_grid_flags {
    int64_t seeds; /* a single one; a list is in the axes of the command line */
    int64_t repeats;
    bool is_dry, has_task_defaults;
} lmi_grid_flags;

extern const lmi_opt lmi_grid_opts[];

#endif

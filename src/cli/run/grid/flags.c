/* flags.c - the table. */
#include "cli/run/grid/flags.h"

/* Largest integer that every reader of JSON keeps exact, as of --seed. */
#define SEED_MAX 9007199254740991.0
enum { REPEATS_MAX = 1000 };

#define AT(field) offsetof(lmi_grid_flags, field)
const lmi_opt lmi_grid_opts[] = {
    {"--seeds", LMI_OPT_INT, AT(seeds), "N,N,...", .max = SEED_MAX, .is_axis = true,
     .gathers = true,
     .help = "a run for each of these seeds. --task, --method and --latent_steps take several "
             "values in the same way (all: the published tasks; baseline, text_mas and "
             "latent_mas): all that belong together are run, one after the other, each in a "
             "folder of its own under --output"},
    {"--repeats", LMI_OPT_INT, AT(repeats), "N", .min = 1, .max = REPEATS_MAX,
     .help = "a run for each of N seeds, counting up from --seed"},
    {"--per-task-defaults", LMI_OPT_ON, AT(has_task_defaults),
     .help = "--max_new_tokens, --temp and --top-p as the paper has them for the task, where they "
             "are not given"},
    {"--dry-run", LMI_OPT_ON, AT(is_dry),
     .help = "show which runs would be made, and what they would take, and make none"},
    {0},
};
#undef AT

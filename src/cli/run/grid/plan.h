/*
 * plan.h - the runs that one command line stands for.
 *
 * A run of the plan is a command line of its own, less the folder, and a name, which its folder
 * has. Runs that differ by their seed alone are a row of the table. Seeds change slowest: when one
 * is done, there is an answer for all the rows.
 */
#ifndef LMI_CLI_RUN_GRID_PLAN_H
#define LMI_CLI_RUN_GRID_PLAN_H

#include "cli/run/grid/flags.h"
#include "cli/run/one.h"

enum { LMI_GRID_RUNS_MAX = 10000, LMI_GRID_NAME_MAX = 200, LMI_GRID_WORDS_MAX = 10000 };

/* A command line of `run` whose flags may be lists. All borrowed. */
typedef struct lmi_grid_call {
    const lmi_args *args;
    const lmi_grid_flags *flags;
    const lmi_opt_group *groups;
    const char *task, *data, *method; /* where they are no lists */
    int64_t seed;
    const char *output, *resume;
} lmi_grid_call;

/* What a finished run took. */
typedef struct lmi_grid_sums {
    double n, n_read, n_thought, n_spoken;
    double read_s, think_s, speak_s, wall_s;
    double n_failed;
} lmi_grid_sums;

typedef struct lmi_grid_run {
    char *name, *task, *method, *steps, *seed; /* steps: NULL where the method has none */
    char **words;                              /* its flags, without a folder */
    size_t n_words;
    size_t row;
    size_t n, n_done; /* questions */
    bool has_begun, is_done;
    lmi_grid_sums sums; /* of one that is done */
    char *summary;      /* its line, likewise */
} lmi_grid_run;

typedef struct lmi_grid_row {
    size_t first; /* run of it */
    size_t n_runs;
    size_t n; /* questions of a run */
    lmi_run_weight weight;
} lmi_grid_row;

typedef struct lmi_grid {
    const lmi_opt_group *groups;
    lmi_grid_run *runs;
    size_t n, capacity;
    lmi_grid_row *rows;
    size_t n_rows;
    char **flags; /* what the runs have in common */
    size_t n_flags;
    char **strings; /* all texts above */
    size_t n_strings, strings_capacity;
    char started[32];
} lmi_grid;

/* The product of the lists. LMAS_E_INVALID where they do not go together. */
lmas_status lmi_grid_plan(lmi_grid *out, const lmi_grid_call *call);

/* Gather runs that differ by their seed alone into rows. */
lmas_status lmi_grid_find_rows(lmi_grid *grid);

/* What the run's task is called: a file's, as it calls itself. */
const char *lmi_grid_task(const lmi_grid_run *run);

/* The run of that name; NULL where there is none. */
lmi_grid_run *lmi_grid_find(const lmi_grid *grid, const char *name);

/* Add an empty run; and a copy of a text, which lives as long as the grid. NULL without memory. */
lmi_grid_run *lmi_grid_add(lmi_grid *grid);
char *lmi_grid_text(lmi_grid *grid, const char *text, size_t len);

/* Whether the flags of two grids are the same, but for those that say how fast, not what. */
bool lmi_grid_has_same_flags(const lmi_grid *a, const lmi_grid *b);

/* LMAS_E_INVALID where a command line that goes on with runs has flags that make other runs. */
lmas_status lmi_grid_check_joining(const lmi_opt_group *groups, int argc, char **argv);

/* Whether a command line that goes on with runs may change what stands in a finished one, or ask it
 * again. */
bool lmi_grid_touches_done(const lmi_opt_group *groups, int argc, char **argv);

void lmi_grid_done(lmi_grid *grid);

#endif

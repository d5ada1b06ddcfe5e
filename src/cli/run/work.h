/*
 * work.h - one run of the command on its way: its flags, what it has open, and the steps it takes.
 *
 *   cmd_run.c    the flags, and whether they ask for one run or several
 *   inputs.c     from a command line, new or recorded, to questions, a stage and a folder
 *   asking.c     all questions, and what is seen of it
 *   summary.c    what came of it, for people
 *   one.c        these in their order
 */
#ifndef LMI_CLI_RUN_WORK_H
#define LMI_CLI_RUN_WORK_H

#include "cli/open.h"
#include "cli/run/flags.h"
#include "cli/run/grid/flags.h"
#include "eval/run.h"

enum { LMI_RUN_DATE_SIZE = 32 };

/* Flags of the reference that mean nothing here. */
typedef struct lmi_moot_flags {
    const char *gpu_memory_utilization, *tensor_parallel_size;
    const char *soft_chunk_size, *kernel_chunk_size;
    bool do_not_enforce_qwen, kernel_early_stopping;
} lmi_moot_flags;

typedef struct lmi_run_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    lmi_task_flags task;
    lmi_grader_flags grader;
    lmi_code_flags code;
    const char *output, *resume;
    bool retries;
    double max_time;
    int64_t generate_bs, keep_thoughts;
    lmi_grid_flags grid;
    lmi_moot_flags moot;
} lmi_run_settings;

/* The flags' table, their defaults, and a line for each flag that is given and has no effect. */
extern const lmi_opt_group lmi_run_groups[];
void lmi_run_init(void *settings);
void lmi_run_say_moot(const lmi_run_settings *s);

/* What a run holds while it goes on. */
typedef struct lmi_run_work {
    lmi_run_settings settings;
    lmi_args args; /* the command as recorded: of a resumed run with what was added */
    char date[LMI_RUN_DATE_SIZE]; /* the run's, when its prompts tell one and the command did not */
    char **stored;                /* the words of it that were read from the config */
    size_t n_stored;
    int64_t n_text_before; /* max_new_tokens as they give it */
    lmi_buf data_path;
    lmi_dataset data;
    size_t *rows; /* of it that are asked; NULL for the first */
    lmi_sandbox_params sandbox;
    lmi_python python; /* of the sandbox */
    lmi_stage stage;
    lmi_runfolder folder;
    lmi_setup setup;
    lmi_totals totals;
    bool is_time_over;
} lmi_run_work;

void lmi_run_done(lmi_run_work *w);

/* Parse the words of the run's config and, behind them, the first `n_new` of this command line. */
lmas_status lmi_run_parse(lmi_run_work *w, const lmi_args *args, size_t n_new);

/* Open the run that is to go on, and take the words of its config. */
lmas_status lmi_run_open_stored(lmi_run_work *w, const lmi_args *args);

/* The checks of flags and their relations that the table cannot make. */
lmas_status lmi_run_check_flags(const lmi_run_work *w);

/* Which of the questions, and where their programs run. */
lmas_status lmi_run_choose(lmi_run_work *w);

/* Open and check everything the run reads; then its folder. */
lmas_status lmi_run_open_inputs(lmi_run_work *w);
lmas_status lmi_run_open_folder(lmi_run_work *w);

/* Ask what is not done, with progress on stderr. */
lmas_status lmi_run_ask(lmi_run_work *w);

/* All of it, from a command line that is parsed or a folder that is named; the exit code. */
int lmi_run_go(lmi_run_work *w, const lmi_args *args);

/* What came of it: a few lines on stderr. */
void lmi_run_print(const lmi_run_work *w);

#endif

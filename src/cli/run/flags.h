/* flags.h - what `run` asks, and how it runs model-written code: flags and what they mean. */
#ifndef LMI_CLI_RUN_FLAGS_H
#define LMI_CLI_RUN_FLAGS_H

#include "cli/options.h"
#include "data/dataset.h"
#include "eval/regrade/grader.h"
#include "sandbox/sandbox.h"

/* What max_samples is where nobody said; -1 is given. */
enum { LMI_SAMPLES_NOT_GIVEN = -2 };

/* Which questions. */
typedef struct lmi_task_flags {
    const char *task, *data; /* a task's name, or its file: lmi_task_named() */
    const char *custom_question, *custom_question_file, *custom_gold;
    const char *shard, *split, *ids;
    int64_t shuffle;     /* a seed; -1 for none */
    int64_t max_samples; /* -1 for all, or LMI_SAMPLES_NOT_GIVEN */
} lmi_task_flags;

typedef struct lmi_code_flags {
    bool is_allowed;
    const char *sandbox, *python;
    double timeout; /* seconds */
    int64_t n_parallel;
} lmi_code_flags;

/* A judge of one's own beside the rules. */
typedef struct lmi_grader_flags {
    const char *command;
    double timeout; /* seconds, for an answer */
    int64_t n_batch;
} lmi_grader_flags;

extern const lmi_opt lmi_task_opts[];
extern const lmi_opt lmi_grader_opts[];
extern const lmi_opt lmi_code_opts[];

void lmi_task_flags_init(lmi_task_flags *flags);
void lmi_code_flags_init(lmi_code_flags *flags);
void lmi_grader_flags_init(lmi_grader_flags *flags);

/* What the table cannot check; LMAS_E_INVALID is wrong usage. */
lmas_status lmi_task_flags_check(const lmi_task_flags *flags);
lmas_status lmi_code_flags_check(const lmi_code_flags *flags, const lmi_task *task);

/* "2/8": the second of eight. */
lmas_status lmi_shard_parse(size_t *shard, size_t *n_shards, const char *text);

/* Open the data: a file, a question of the command line, or the task's own rows, fetched where
 * they are not in the cache. `path` gets the file's name and must outlive the data. */
lmas_status lmi_task_open(lmi_dataset *out, lmi_buf *path, const lmi_task_flags *flags);

/* The same of a task that is known, whatever the flags call it. */
lmas_status lmi_task_open_rows(lmi_dataset *out, lmi_buf *path, const lmi_task_flags *flags,
                               const lmi_task *task);

lmi_sandbox_params lmi_flags_sandbox(const lmi_code_flags *flags);

/* It goes on until Ctrl-C. */
lmi_grader lmi_flags_grader(const lmi_grader_flags *flags);

/* Seconds that a program has: as given, as it had in a run before, or as usual; 0 is unsaid. */
double lmi_code_timeout(double given, double before);

/* Have the sandbox show that it works, and can run the tests of these `n` rows (NULL: of the
 * first); what runs them there. */
lmas_status lmi_sandbox_try(lmi_python *out, const lmi_sandbox_params *params,
                            const lmi_dataset *data, const size_t *rows, size_t n);

#endif

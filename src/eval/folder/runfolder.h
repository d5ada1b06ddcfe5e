/*
 * runfolder.h - the folder of one run, safe against being killed at any moment.
 *
 *   config.json    what shaped the run; written whole before the first question
 *   samples.jsonl  one line per question, appended by one write each as soon as it ends
 *   summary.json   written whole after the last question
 *
 * A line counts once its newline is in the file. What follows the last newline is cut off when
 * the run is resumed, and its question is asked again.
 */
#ifndef LMI_EVAL_FOLDER_RUNFOLDER_H
#define LMI_EVAL_FOLDER_RUNFOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/config.h"
#include "eval/sample.h"

typedef struct lmi_runfolder {
    char *path; /* NULL in a folder that is not open */
    char *samples_path;
    char *config_path;
    lmi_buf config; /* of a run that was started before */
    int fd;         /* samples.jsonl, locked: one process at a time */
    uint64_t size;  /* bytes of whole lines in it */
    bool *is_done;  /* by index of the question; `n` of them */
    size_t n;
    size_t shard, n_shards; /* whose questions its lines are of */
    lmi_totals totals;      /* of the lines that were there */
    size_t n_retried;       /* lines of questions that failed, which are gone */
} lmi_runfolder;

/* Whether a run was started in the folder `path`. */
bool lmi_runfolder_holds_run(const char *path);

/* Whether the folder has samples, and no config that says of what. */
bool lmi_runfolder_lost_config(const char *path);

/* Start a run of `n` questions in the folder `path`, made where it does not exist; a folder that
 * holds a run already is refused. On failure nothing is left behind. */
lmas_status lmi_runfolder_new(lmi_runfolder *out, const char *path, size_t n,
                              const lmi_buf *config);

/* The same under BASE/<time>-<task>-<method>. */
lmas_status lmi_runfolder_new_named(lmi_runfolder *out, const char *base, const char *task,
                                    const char *method, size_t n, const lmi_buf *config);

/* Open and lock the folder of a run that was started before. */
lmas_status lmi_runfolder_open(lmi_runfolder *out, const char *path);

/* Go on with it: the questions of `setup` under `config`, which must be what it was started under,
 * or ask more (grow.h). With `retries` those that failed are open again. Then `is_done` and
 * `totals` tell what is there. */
lmas_status lmi_runfolder_resume(lmi_runfolder *folder, const lmi_setup *setup,
                                 const lmi_buf *config, bool retries);

/* Append a line (its newline included). On failure the file is as it was. */
lmas_status lmi_runfolder_append(lmi_runfolder *folder, const lmi_buf *line);

/* Write summary.json, and samples.jsonl through to the disk. A summary that is there stays: going
 * on with a run that has something to ask takes it away, and the sums are the same otherwise, but
 * for a last digit of those that were rounded. */
lmas_status lmi_runfolder_finish(lmi_runfolder *folder, const lmi_buf *summary);

void lmi_runfolder_done(lmi_runfolder *folder);

#endif

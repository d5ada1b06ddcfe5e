/*
 * export.h - runs in the files of other harnesses, so that their tools can read them.
 *
 * Files appear whole or not at all; one that is there already is replaced only by force.
 */
#ifndef LMI_EVAL_EXPORT_EXPORT_H
#define LMI_EVAL_EXPORT_EXPORT_H

#include "eval/record.h"

/* What was written, and what may be. */
typedef struct lmi_export {
    bool is_forced;
    lmi_buf written; /* a path a line */
} lmi_export;

/* Write DIR/<model>/results_<date>.json and samples_<task>_<date>.jsonl, as lm-evaluation-harness
 * does with --log_samples. */
lmas_status lmi_export_lm_eval(lmi_export *export, const lmi_record *record, const char *dir);

/* Write a line {"task_id", "solution"} per question of the data set, as evalplus reads them; the
 * solution is empty where none was asked for. Those ids are read from the run's data file.
 * LMAS_E_INVALID for a run whose answers are no programs. */
lmas_status lmi_export_evalplus(lmi_export *export, const lmi_record *record, const char *path);

/* Write DIR/<date>_<task>_<id>.json, a log as inspect keeps them: one run, samples and all. */
lmas_status lmi_export_inspect(lmi_export *export, const lmi_record *record, const char *dir);

#endif

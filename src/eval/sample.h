/*
 * sample.h - one line of samples.jsonl, and what a run adds up from them.
 *
 * A line is written once and read back only to resume: then the numbers it adds to the totals
 * come from the file, so that a resumed run ends with the sums of an uninterrupted one.
 */
#ifndef LMI_EVAL_SAMPLE_H
#define LMI_EVAL_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "data/task.h"

/* What one line adds. */
typedef struct lmi_score {
    uint64_t index; /* of the question in the data file */
    bool is_correct;
    bool has_failed;
    uint64_t n_read, n_thought, n_spoken;
    double read_ms, think_ms, speak_ms;
    double run_ms; /* age of the run when the line was written, over all its processes */
} lmi_score;

typedef struct lmi_totals {
    size_t n, n_correct, n_errors;
    uint64_t n_read, n_thought, n_spoken;
    double read_ms, think_ms, speak_ms;
    double run_ms;
} lmi_totals;

void lmi_totals_add(lmi_totals *totals, const lmi_score *score);

/* Grade `result` and append its line, newline included, to `line`; `score` is what it adds.
 * `run_ms` comes from the caller. */
lmas_status lmi_sample_write(lmi_buf *line, lmi_score *score, const lmi_task *task,
                             const lmi_item *item, const lmas_result *result, double run_ms);

/* Read a line back. LMAS_E_FORMAT when it is not a sample. */
lmas_status lmi_sample_read(lmi_score *out, const lmi_json *line);

#endif

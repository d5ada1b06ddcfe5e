/*
 * sample.h - one line of samples.jsonl, and what a run adds up from them.
 *
 * A sample begins when its question ends and is written when it is graded, which for a program
 * is later. A line is written once and read back only to resume: then the numbers it adds to the
 * totals come from the file, so that a resumed run ends with the sums of an uninterrupted one.
 */
#ifndef LMI_EVAL_SAMPLE_H
#define LMI_EVAL_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/lines.h"
#include "data/dataset.h"

/* Longest line, in bytes: the prompts and texts of one question's agents. */
#define LMI_SAMPLE_MAX ((size_t)1024 * 1024 * 1024)

/* Most tokens, thoughts or milliseconds that one line may claim, wherever it is read: sums of the
 * most of them still fit their types. */
#define LMI_COUNT_MAX ((uint64_t)10000000000)
#define LMI_MS_MAX    1e13

/* What one line adds. */
typedef struct lmi_score {
    uint64_t index;  /* of the question in the data file */
    bool has_gold;   /* a question without one is asked, not graded */
    bool is_correct; /* by the exact rule */
    bool is_correct_compat;
    bool has_grader; /* a judge of the user's decided */
    bool is_correct_grader;
    bool has_grader_failed; /* it was asked, and said nothing that counts */
    bool has_failed;
    bool has_conflict;  /* its letter and the text behind it name two options */
    bool is_cut;        /* its answer, at max_new_tokens */
    bool is_circling;   /* and it said the same over and over there */
    uint64_t n_at_rest; /* of n_thought, thoughts that came after their agent's were at rest */
    uint64_t n_read, n_thought, n_spoken;
    uint64_t n_shared;          /* of n_read, tokens that all questions share: read once for all */
    uint64_t n_kept, n_dropped; /* cells at handovers */
    double read_ms, think_ms, speak_ms;
    double run_ms; /* age of the run when the line was written, over all its processes */
} lmi_score;

typedef struct lmi_totals {
    size_t n_grader, n_correct_grader, n_grader_failed;
    size_t n, n_graded, n_correct, n_correct_compat, n_errors, n_conflicts, n_cut, n_circling;
    uint64_t n_at_rest, n_read, n_thought, n_spoken, n_shared, n_kept, n_dropped;
    uint64_t n_shared_once; /* the most that one question shares */
    double read_ms, think_ms, speak_ms;
    double run_ms;
} lmi_totals;

void lmi_totals_add(lmi_totals *totals, const lmi_score *score);

/* Tokens that were not read because another question had: all that they share but once. How many
 * processes it took does not count. */
uint64_t lmi_totals_spared(const lmi_totals *totals);

/* How a program ended, for the line of a code task. */
typedef struct lmi_trial {
    const char *ending; /* static; NULL when none was run */
    char *detail;
    double wall_ms;
} lmi_trial;

/* A question that ended. */
typedef struct lmi_sample {
    const lmi_dataset *data;
    char
        *rest; /* what the result says, as JSON: the result itself is gone by the time of grading */
    lmi_grade grade;     /* predictions and whether they are right */
    const char *sandbox; /* where its program ran, static; NULL when it is no program */
    lmi_trial trial;     /* by the exact rule */
    lmi_trial trial_compat;
    lmi_score score;
} lmi_sample;

/* Take over what `result` says. */
lmas_status lmi_sample_init(lmi_sample *out, const lmi_dataset *data, const lmas_result *result);
void lmi_sample_done(lmi_sample *sample);

/* Append the line of a graded sample, newline included. `run_ms` comes from the caller. */
lmas_status lmi_sample_write(lmi_buf *line, lmi_sample *sample, double run_ms);

/* A number of a line; false when it is none, or beyond its limit. */
bool lmi_sample_count(uint64_t *out, yyjson_val *object, const char *key);
bool lmi_sample_ms(double *out, yyjson_val *object, const char *key);

/* How its answer, the last agent's text, ended. */
void lmi_sample_ending(bool *is_cut, bool *is_circling, yyjson_val *root);

/* Parse the next whole line of samples.jsonl, for lmi_json_done(); `*has_line` is false where there
 * is none. Half a line at the end (then lines->is_whole is false) is a question that has not
 * ended. */
lmas_status lmi_sample_next(bool *has_line, lmi_json *out, lmi_lines *lines);

/* Read a line back. LMAS_E_FORMAT when it is not a sample. */
lmas_status lmi_sample_read(lmi_score *out, const lmi_json *line);

#endif

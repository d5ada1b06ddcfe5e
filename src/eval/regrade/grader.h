/*
 * grader.h - a judge of one's own: a command that reads answers and says which are right.
 *
 * For each answer it gets a line of JSON on its stdin (index, id, question, gold, options, text,
 * prediction) and prints one: {"correct": true, false or null, "prediction": TEXT, "why": TEXT}.
 * It is started for some answers at a time, and again for each of them where it failed, so that
 * one answer costs no other its verdict.
 */
#ifndef LMI_EVAL_REGRADE_GRADER_H
#define LMI_EVAL_REGRADE_GRADER_H

#include "base/json.h"
#include "data/items/item.h"

/* Most answers at a time. */
enum { LMI_GRADER_BATCH_MAX = 64 };

/* Answers that it may fail in a row before it is asked no more: the rest is left for later. */
enum { LMI_GRADER_FAILED_MAX = 64 };

typedef struct lmi_grader {
    const char *command;
    double wall_ms; /* for an answer */
    size_t n_batch; /* 1 to LMI_GRADER_BATCH_MAX */
    size_t n_failed_in_a_row;
    bool (*goes_on)(void *user);
    void *user;
} lmi_grader;

/* Append the line that says all about an answer, of a line of samples.jsonl and its row of data. */
lmas_status lmi_grader_question(lmi_buf *out, yyjson_val *sample, const lmi_item *item);

/* Ask about the `n` answers of `questions`, a line each. `verdicts[i]` gets its verdict as JSON,
 * for lmi_free(): what it says, or a null with its "error".
 * LMAS_E_CANCELED when `goes_on` says so. */
lmas_status lmi_grader_ask(char **verdicts, lmi_grader *grader, const lmi_buf *questions, size_t n);

/* The verdict on an answer that there is not. */
#define LMI_GRADER_NO_ANSWER                                                                       \
    "{\"correct\":false,\"prediction\":null,\"why\":\"the question failed: no answer\"}"

#endif

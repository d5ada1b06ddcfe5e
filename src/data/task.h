/* task.h - what a task is: how a row becomes a question, and how its answer is graded. */
#ifndef LMI_DATA_TASK_H
#define LMI_DATA_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "latentmas.h"

/* Longest question, in bytes. */
#define LMI_QUESTION_MAX ((size_t)1024 * 1024)

/* One question of a data set. */
typedef struct lmi_item {
    char *question;
    char *gold; /* the right answer, as the grader wants it */
} lmi_item;

typedef struct lmi_task {
    const char *name;
    lmas_answer_kind kind;
    /* Make `*out` from one row of the data file. Errors name file and line. */
    lmas_status (*read_row)(lmi_item *out, const lmi_json *row);
    /* What `text` answers, for the caller to free; NULL when it answers nothing. */
    lmas_status (*extract)(char **out, const char *text);
    /* Whether a prediction (which may be NULL) is right. */
    bool (*is_correct)(const char *prediction, const char *gold);
} lmi_task;

/* The i-th task, NULL past the last; and the one of that name, NULL when there is none. */
const lmi_task *lmi_task_at(size_t i);
const lmi_task *lmi_task_find(const char *name);

#endif

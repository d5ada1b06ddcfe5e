/*
 * task.h - what a task is: how a row of its data becomes a question, and how its answer is
 * graded. A new task is one entry of the table in task.c, one row reader and one test.
 */
#ifndef LMI_DATA_TASK_H
#define LMI_DATA_TASK_H

#include "data/items/item.h"
#include "data/source.h"
#include "grade/grade.h"
#include "latentmas.h"

typedef struct lmi_task {
    const char *name;
    const char *summary; /* one line */
    const char *row;     /* what a row must hold, for help */
    lmi_grade_kind grade;
    lmi_source source; /* where the rows are published */
    lmas_status (*read_row)(lmi_item *item, const lmi_row *row);
} lmi_task;

/* The i-th task, NULL past the last; and the one of that name, NULL when there is none. */
const lmi_task *lmi_task_at(size_t i);
const lmi_task *lmi_task_find(const char *name);

/* What the team is asked to answer with. */
lmas_answer_kind lmi_task_answer_kind(const lmi_task *task);

/* "number", "integer", "choice", "code", "text". */
const char *lmi_task_kind_name(const lmi_task *task);

#endif

/*
 * task.h - what a task is: how a row of its data becomes a question, and how its answer is
 * graded. A task is a file (docs/evaluation.md): those of tasks/ are in the program, others are
 * named by their path.
 */
#ifndef LMI_DATA_TASK_H
#define LMI_DATA_TASK_H

#include "data/items/item.h"
#include "data/source.h"
#include "grade/grade.h"
#include "latentmas.h"

/* Longest mark that tells the cached rows of two tasks of one name apart, with its NUL. */
enum { LMI_TASK_MARK_SIZE = 16 };

typedef struct lmi_task {
    const char *name;
    const char *summary; /* one line, perhaps "" */
    const char *row;     /* what a row must hold, for help */
    lmi_grade_kind grade;
    lmi_source source; /* where the rows are */
    lmi_map map;       /* how they become questions */
    char *text;        /* its file, whole */

    /* What the above points into. */
    lmi_json json;
    char *row_text, *place;
    char mark[LMI_TASK_MARK_SIZE];
} lmi_task;

/* The i-th built-in task, NULL past the last; and the one of that name, NULL when there is none. */
const lmi_task *lmi_task_at(size_t i);
const lmi_task *lmi_task_find(const char *name);

/* The built-in task of that name, or that of the file at that path: what the flag --task names.
 * LMAS_E_INVALID when it is neither. Each file is read once, and kept until the program ends. */
lmas_status lmi_task_named(const lmi_task **out, const char *word);

/* The task that a run was made of: that of the text of its file, or without one (earlier versions
 * recorded none) the built-in task of that name. `label` names the run in messages. Likewise kept.
 */
lmas_status lmi_task_recorded(const lmi_task **out, const char *label, const char *name,
                              const char *text);

/* Read a task file from `text`; `label` stands for it in messages, and the rows beside it are in
 * `folder` (NULL: here). */
lmas_status lmi_task_parse(lmi_task **out, const char *label, const char *text, size_t len,
                           const char *folder);
lmas_status lmi_task_load(lmi_task **out, const char *path);
void lmi_task_free(lmi_task *task);

/* What the team is asked to answer with. */
lmas_answer_kind lmi_task_answer_kind(const lmi_task *task);

/* "number", "integer", "choice", "code", "text". */
const char *lmi_task_kind_name(const lmi_task *task);

#endif

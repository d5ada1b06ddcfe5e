/*
 * dataset.h - the questions of a data file, all checked before the first is asked.
 *
 * A data file is JSON lines or one JSON array of objects, either of them gzipped or not.
 */
#ifndef LMI_DATA_DATASET_H
#define LMI_DATA_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"
#include "data/task.h"

/* Longest line of a data file, and longest data file, packed or not, in bytes. */
#define LMI_ROW_MAX  ((size_t)16 * 1024 * 1024)
#define LMI_DATA_MAX ((size_t)2 * 1024 * 1024 * 1024)

typedef struct lmi_dataset {
    const lmi_task *task;
    const char *path; /* borrowed */
    char sha256[LMI_SHA256_SIZE];
    uint64_t size;   /* bytes of the file */
    lmi_item *items; /* in the order of the file: a question's id is its index */
    size_t n;
} lmi_dataset;

lmas_status lmi_dataset_open(lmi_dataset *out, const lmi_task *task, const char *path);

/* The same from `text`; `label` stands for the file, borrowed. */
lmas_status lmi_dataset_parse(lmi_dataset *out, const lmi_task *task, const char *label,
                              const char *text, size_t len);
void lmi_dataset_done(lmi_dataset *data);

/* The i-th question as a team is asked it. Borrows from the item. */
lmas_question lmi_dataset_question(const lmi_dataset *data, size_t i);

/* The right answer of a question, as the grader wants it. Borrows from the item. */
lmi_gold lmi_dataset_gold(const lmi_dataset *data, size_t i);

#endif

/* dataset.h - the questions of a data file, all checked before the first is asked. */
#ifndef LMI_DATA_DATASET_H
#define LMI_DATA_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"
#include "data/task.h"

/* Longest line of a data file, in bytes. */
#define LMI_ROW_MAX ((size_t)16 * 1024 * 1024)

typedef struct lmi_dataset {
    const lmi_task *task;
    const char *path; /* borrowed */
    char sha256[LMI_SHA256_SIZE];
    uint64_t size;   /* bytes of the file */
    lmi_item *items; /* in the order of the file: a question's id is its index */
    size_t n;
} lmi_dataset;

/* Read JSON lines; blank lines are skipped. */
lmas_status lmi_dataset_open(lmi_dataset *out, const lmi_task *task, const char *path);
void lmi_dataset_done(lmi_dataset *data);

#endif

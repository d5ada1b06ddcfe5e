/* paper.h - settings that the paper names for a task. */
#ifndef LMI_CLI_RUN_GRID_PAPER_H
#define LMI_CLI_RUN_GRID_PAPER_H

#include <stdbool.h>
#include <stddef.h>

/* A flag and its value. */
typedef struct lmi_paper_setting {
    const char *flag, *value;
} lmi_paper_setting;

/* The i-th task of the paper, NULL past the last: what --task all stands for. */
const char *lmi_paper_task_at(size_t i);

/* The i-th setting of a task; false past the last. Of a task that the paper has not: none. */
bool lmi_paper_setting_at(lmi_paper_setting *out, const char *task, size_t i);

#endif

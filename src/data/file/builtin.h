/* builtin.h - the task files of tasks/, and the rows that come with the program, embedded by the
 * build (tools/embed.sh). tools/demo_model/problems.py writes the rows. */
#ifndef LMI_DATA_FILE_BUILTIN_H
#define LMI_DATA_FILE_BUILTIN_H

#include <stddef.h>

typedef struct lmi_builtin_task {
    const char *name; /* NULL ends the table */
    const char *json;
    size_t len;
} lmi_builtin_task;

extern const lmi_builtin_task lmi_builtin_tasks[];

/* JSON lines, ending in a NUL. */
extern const char lmi_demo_jsonl[];
extern const char lmi_demo_secret_jsonl[];
extern const char lmi_demo_split_jsonl[];

#endif

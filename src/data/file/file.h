/*
 * file.h - the parts that a task file is read with.
 *
 *     {"name": "arc_easy", "summary": "school science", "answer": "choice",
 *      "data": {"hf": "allenai/ai2_arc", "config": "ARC-Easy", "split": "test", "rows": 2376},
 *      "id": "id", "question": "question", "options": "choices.text",
 *      "gold": {"field": "answerKey", "as": "label", "labels": "choices.label"}}
 */
#ifndef LMI_DATA_FILE_FILE_H
#define LMI_DATA_FILE_FILE_H

#include "data/task.h"

/* Limits of a task file. */
enum {
    LMI_TASK_FILE_MAX = 1024 * 1024, /* bytes */
    LMI_TASK_NAME_MAX = 64,
    LMI_TASK_SUMMARY_MAX = 200,
    LMI_TASK_PLACE_MAX = 1024, /* bytes of each text that says where rows are */
    LMI_TASK_ROWS_MAX = 1000000000,
};

/* The text at `key` of `object`, of 1 to `max` bytes without control characters, borrowed. */
lmas_status lmi_task_text(const char **out, const lmi_task *task, yyjson_val *object,
                          const char *where, const char *key, size_t max);

/* Where the file says "field": the path at `key`. NULL where it is absent and may be. */
lmas_status lmi_task_field(const char **out, const lmi_task *task, yyjson_val *object,
                           const char *where, const char *key, bool is_optional);

/* The object at `key` of the file, with no other keys than these. */
lmas_status lmi_task_object(yyjson_val **out, const lmi_task *task, const char *key,
                            const char *const *keys);

/* "data"; where the rows lie beside the file, in `folder` (NULL: here). */
lmas_status lmi_task_read_data(lmi_task *task, const char *folder);

/* "question", "options", "gold", and "reader" of code. */
lmas_status lmi_task_read_map(lmi_task *task);

/* Make `task->row`. */
lmas_status lmi_task_describe(lmi_task *task);

#endif

/* task.c - the tasks that are known: built-in ones, and those of files that were named. */
#include "data/task.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/file/builtin.h"

/* Built-in tasks, and files that one process names: far more than either can be. */
enum { TASKS_MAX = 256 };

/* Of a file, what it was named by; else NULL. */
typedef struct known {
    lmi_task *task;
    char *path;
} known;

static known builtin[TASKS_MAX], named[TASKS_MAX];
static size_t n_builtin, n_named;
static pthread_once_t is_read = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void read_builtin(void)
{
    const lmi_builtin_task *file;

    for (file = lmi_builtin_tasks; file->name && n_builtin < TASKS_MAX; file++) {
        lmi_task *task = NULL;

        if (lmi_task_parse(&task, file->name, file->json, file->len, NULL) != LMAS_OK)
            continue; /* no memory: a test reads them all */
        task->source.mark = "";
        builtin[n_builtin++].task = task;
    }
}

const lmi_task *lmi_task_at(size_t i)
{
    pthread_once(&is_read, read_builtin);
    return i < n_builtin ? builtin[i].task : NULL;
}

const lmi_task *lmi_task_find(const char *name)
{
    const lmi_task *task;
    size_t i;

    for (i = 0; (task = lmi_task_at(i)); i++)
        if (strcmp(task->name, name) == 0)
            return task;
    return NULL;
}

/* ---- Files ---- */

/* Keep a task. The rows of a built-in one's copy are that one's. */
static lmas_status keep(const lmi_task **out, lmi_task *task, const char *path)
{
    const lmi_task *same = lmi_task_find(task->name);
    char *copy = path ? lmi_strdup(path) : NULL;

    if (path && !copy)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a task");
    if (n_named == TASKS_MAX) {
        lmi_free(copy);
        return lmi_fail(LMAS_E_INVALID, "more than %d task files", TASKS_MAX);
    }
    if (same && strcmp(same->mark, task->mark) == 0)
        task->source.mark = "";
    named[n_named++] = (known){task, copy};
    *out = task;
    return LMAS_OK;
}

static lmas_status load(const lmi_task **out, const char *path)
{
    lmi_task *task = NULL;
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; i < n_named; i++)
        if (named[i].path && strcmp(named[i].path, path) == 0) {
            *out = named[i].task;
            return LMAS_OK;
        }
    status = lmi_task_load(&task, path);
    if (status == LMAS_OK)
        status = keep(out, task, path);
    if (status != LMAS_OK)
        lmi_task_free(task);
    return status;
}

static lmas_status refuse(const char *word)
{
    const lmi_task *task;
    lmas_status status;
    lmi_buf names;
    size_t i;

    lmi_buf_init(&names, LMI_ERROR_MAX);
    for (i = 0; (task = lmi_task_at(i)); i++)
        lmi_buf_printf(&names, "%s%s", i ? ", " : "", task->name);
    status = lmi_fail(LMAS_E_INVALID, "expected a task (%s) or a task file FILE.json, found \"%s\"",
                      lmi_buf_text(&names), word);
    lmi_buf_done(&names);
    return status;
}

/* Names have neither in them, or there is no such one. */
static bool is_path(const char *word)
{
    return strpbrk(word, "/.") != NULL;
}

lmas_status lmi_task_named(const lmi_task **out, const char *word)
{
    const lmi_task *task = lmi_task_find(word);
    lmas_status status;

    if (!task && !is_path(word))
        return refuse(word);
    if (task) {
        *out = task;
        return LMAS_OK;
    }
    pthread_mutex_lock(&lock);
    status = load(out, word);
    pthread_mutex_unlock(&lock);
    return status;
}

static lmas_status parse_recorded(const lmi_task **out, const char *label, const char *text)
{
    lmi_task *task = NULL;
    lmas_status status = lmi_task_parse(&task, label, text, strlen(text), NULL);

    if (status == LMAS_OK)
        status = keep(out, task, NULL);
    if (status != LMAS_OK)
        lmi_task_free(task);
    return status;
}

/* The task of that very text, NULL when none is known yet. */
static const lmi_task *find_text(const char *name, const char *text)
{
    const lmi_task *task = lmi_task_find(name);
    size_t i;

    if (task && strcmp(task->text, text) == 0)
        return task;
    for (i = 0; i < n_named; i++)
        if (strcmp(named[i].task->text, text) == 0)
            return named[i].task;
    return NULL;
}

lmas_status lmi_task_recorded(const lmi_task **out, const char *label, const char *name,
                              const char *text)
{
    const lmi_task *task = text ? NULL : lmi_task_find(name);
    lmas_status status = LMAS_OK;

    if (!text && !task)
        return lmi_fail(LMAS_E_FORMAT, "%s: there is no task \"%s\" in this version", label, name);
    pthread_mutex_lock(&lock);
    if (text)
        task = find_text(name, text);
    if (task)
        *out = task;
    else
        status = parse_recorded(out, label, text);
    pthread_mutex_unlock(&lock);
    return status;
}

lmas_answer_kind lmi_task_answer_kind(const lmi_task *task)
{
    switch (task->grade) {
    case LMI_GRADE_NUMBER:
    case LMI_GRADE_INTEGER:
        return LMAS_ANSWER_NUMBER;
    case LMI_GRADE_CHOICE:
        return LMAS_ANSWER_CHOICE;
    case LMI_GRADE_CODE:
        return LMAS_ANSWER_CODE;
    case LMI_GRADE_TEXT:
        break;
    }
    return LMAS_ANSWER_FREE;
}

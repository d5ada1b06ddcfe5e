/* source.c - nothing is fetched: a run that is graded again was asked rows that somebody has. */
#include "cli/regrade/source.h"

#include <string.h>

#include "base/file.h"
#include "cli/run/flags.h"

/* How config.json calls questions of the command line: this, or this and "_file". */
static const char CUSTOM_QUESTION[] = "--custom_question";

const lmi_task *lmi_regrade_task(const lmi_record *record)
{
    const lmi_task *task = lmi_record_task(record);

    if (!task)
        (void)lmi_fail(LMAS_E_FORMAT,
                       "%s: a run of the task \"%.64s\", which this latentmas does not know (see "
                       "latentmas tasks)",
                       record->folders[0].path, record->task);
    return task;
}

static bool is_custom(const lmi_record *r)
{
    return r->data_path && strncmp(r->data_path, CUSTOM_QUESTION, sizeof(CUSTOM_QUESTION) - 1) == 0;
}

static bool is_own(const lmi_record *r, const lmi_source *source)
{
    return source->kind == LMI_SOURCE_OWN && r->data_path &&
           strcmp(r->data_path, source->path) == 0;
}

/* What the cache holds of the task's rows; NULL for nothing. */
static const char *find_cached(lmi_buf *path, const lmi_task *task)
{
    if (task->source.kind == LMI_SOURCE_NONE || task->source.kind == LMI_SOURCE_OWN ||
        lmi_source_path(path, task->name, &task->source) != LMAS_OK)
        return NULL;
    return lmi_file_exists(lmi_buf_text(path)) ? lmi_buf_text(path) : NULL;
}

/* The file of the run's data, or the question itself. */
static lmas_status choose(lmi_task_flags *flags, lmi_buf *cached, const lmi_task *task,
                          const lmi_regrade_source *asks)
{
    const lmi_record *r = asks->record;

    if (flags->data || is_own(r, &task->source))
        return LMAS_OK;
    if (is_custom(r) && asks->question) {
        flags->custom_question = asks->question;
        flags->custom_gold = asks->gold;
        return LMAS_OK;
    }
    if (r->data_path && lmi_file_exists(r->data_path))
        flags->data = r->data_path;
    else
        flags->data = find_cached(cached, task);
    if (flags->data)
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO,
                    "%s: the run's data are not at %s any more: name their file with "
                    "--data",
                    r->folders[0].path, r->data_path ? r->data_path : "a place that it names");
}

lmas_status lmi_regrade_data(lmi_dataset *out, lmi_buf *path, const lmi_regrade *regrade,
                             const char *file)
{
    const lmi_regrade_source asks = lmi_regrade_asks(regrade);
    const lmi_task *task = lmi_regrade_task(asks.record);
    lmi_task_flags flags;
    lmi_buf cached;
    lmas_status status;

    if (!task)
        return LMAS_E_FORMAT;
    lmi_task_flags_init(&flags);
    flags.data = file;
    lmi_buf_init(&cached, LMI_PATH_MAX);
    status = choose(&flags, &cached, task, &asks);
    if (status == LMAS_OK)
        status = lmi_task_open_rows(out, path, &flags, task);
    lmi_buf_done(&cached);
    return status == LMAS_OK ? lmi_regrade_check(regrade, out) : status;
}

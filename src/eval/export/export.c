/*
 * export.c - what the exports share: questions in order, and files that appear whole.
 *
 * Lines of samples.jsonl stand in the order in which questions ended. Exports want the order of
 * the data, so the places of all lines are noted first, and each is read when its turn comes:
 * nothing but one line is in memory.
 */
#include "eval/export/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "data/dataset.h"
#include "eval/export/file.h"

lmas_status lmi_export_check(const lmi_export *export, const char *path)
{
    if (export->is_forced || !lmi_file_exists(path))
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO, "%s is there already: name another place, or add --force", path);
}

/* ---- Writing ---- */

lmas_status lmi_export_line(lmi_sink *sink, yyjson_mut_doc *doc, const char *what)
{
    lmas_status status;
    lmi_buf line;

    lmi_buf_init(&line, LMI_RECORD_LINE_MAX);
    status = lmi_json_write(&line, doc, YYJSON_WRITE_NEWLINE_AT_END, what);
    if (status == LMAS_OK)
        status = lmi_sink_add(sink, lmi_buf_text(&line), line.len);
    lmi_buf_done(&line);
    return status;
}

/* ---- Reading ---- */

lmas_status lmi_samples_open(lmi_samples *out, const lmi_record *record)
{
    lmi_samples samples = {.record = record, .open_folder = record->n_folders, .fd = -1};
    const lmas_status status = lmi_record_places(&samples.places, record);

    lmi_buf_init(&samples.text, LMI_RECORD_LINE_MAX);
    if (status == LMAS_OK)
        *out = samples;
    return status;
}

void lmi_samples_done(lmi_samples *samples)
{
    if (samples->fd >= 0)
        close(samples->fd);
    lmi_free(samples->path);
    lmi_free(samples->places);
    lmi_buf_done(&samples->text);
}

/* Have the samples of `folder` open: shards take turns, question by question, so keep the last
 * one only. */
static lmas_status turn_to(lmi_samples *samples, size_t folder)
{
    char *path = NULL;
    lmas_status status;

    if (samples->open_folder == folder)
        return LMAS_OK;
    if (samples->fd >= 0)
        close(samples->fd);
    samples->fd = -1;
    samples->open_folder = samples->record->n_folders;
    status = lmi_path_join(&path, samples->record->folders[folder].path, "samples.jsonl");
    if (status != LMAS_OK)
        return status;
    lmi_free(samples->path);
    samples->path = path;
    samples->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (samples->fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot open %s", path);
    samples->open_folder = folder;
    return LMAS_OK;
}

/* The bytes of a line into the buffer. */
static lmas_status fetch(lmi_samples *samples, const lmi_line_place *place)
{
    char chunk[16 * 1024];
    size_t left = place->len;
    uint64_t at = place->offset;

    lmi_buf_clear(&samples->text);
    while (left > 0) {
        const size_t want = left < sizeof(chunk) ? left : sizeof(chunk);
        const ssize_t n = pread(samples->fd, chunk, want, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return lmi_fail(LMAS_E_IO, "%s:%zu: the line is gone: the file was changed meanwhile",
                            samples->path, place->number);
        lmi_buf_append(&samples->text, chunk, (size_t)n);
        left -= (size_t)n;
        at += (uint64_t)n;
    }
    return lmi_buf_status(&samples->text);
}

lmas_status lmi_samples_at(bool *has_line, lmi_json *line, lmi_samples *samples, size_t index)
{
    const lmi_line_place *place = &samples->places[index];
    lmas_status status;

    *has_line = place->len > 0;
    if (!*has_line)
        return LMAS_OK;
    status = turn_to(samples, place->folder);
    if (status == LMAS_OK)
        status = fetch(samples, place);
    if (status != LMAS_OK)
        return status;
    return lmi_json_parse_line(line, samples->path, place->number, lmi_buf_text(&samples->text),
                               samples->text.len);
}

lmas_status lmi_samples_next(bool *has_line, lmi_json *line, lmi_samples *samples)
{
    while (samples->next < samples->record->n_rows && !samples->places[samples->next].len)
        samples->next++;
    *has_line = samples->next < samples->record->n_rows;
    return *has_line ? lmi_samples_at(has_line, line, samples, samples->next++) : LMAS_OK;
}

/* ---- evalplus ---- */

static bool is_code(const lmi_record *record)
{
    return record->n_code || strcmp(record->task, "humanevalplus") == 0 ||
           strcmp(record->task, "mbppplus") == 0;
}

/* evalplus wants a line for every question of its set, and refuses a file without one. Those that
 * were not asked are in the data file alone. */
typedef struct evalplus {
    const lmi_record *record;
    lmi_sink *sink;
    size_t n_rows;    /* of the data file, as the run's config has it */
    lmi_dataset data; /* opened for the first of them */
} evalplus;

/* The digits at the end of an id: all of it, or what stands behind the set's name in letters of any
 * size. NULL for another id. */
static const char *number_of(const char *id, const char *set)
{
    const size_t n = strlen(set);

    if (strncasecmp(id, set, n) == 0 && id[n] == '/')
        id += n + 1;
    return *id && !id[strspn(id, "0123456789")] ? id : NULL;
}

/* evalplus calls questions "HumanEval/0" and "Mbpp/2"; the published rows of MBPP+ say "2". */
static lmas_status write_solution(evalplus *e, const char *id, const char *program)
{
    const char *set = strcmp(e->record->task, "mbppplus") == 0        ? "Mbpp"
                      : strcmp(e->record->task, "humanevalplus") == 0 ? "HumanEval"
                                                                      : NULL;
    const char *number = set ? number_of(id, set) : NULL;
    char name[64];
    yyjson_mut_doc *doc;
    yyjson_mut_val *object;
    lmas_status status = lmi_json_new(&doc, &object, "a solution");

    if (status != LMAS_OK)
        return status;
    if (number && snprintf(name, sizeof(name), "%s/%s", set, number) < (int)sizeof(name))
        id = name;
    yyjson_mut_obj_add_strcpy(doc, object, "task_id", id);
    yyjson_mut_obj_add_str(doc, object, "solution", program);
    return lmi_export_line(e->sink, doc, "a solution");
}

static lmas_status write_asked(evalplus *e, const lmi_json *line)
{
    yyjson_val *root = lmi_json_root(line);
    yyjson_val *id = yyjson_obj_get(root, "id");
    yyjson_val *prediction = yyjson_obj_get(root, "prediction");

    if (!yyjson_is_str(id) || !*yyjson_get_str(id))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: no \"id\", which evalplus knows the question by",
                        line->label, line->first_line);
    return write_solution(e, yyjson_get_str(id),
                          yyjson_is_str(prediction) ? yyjson_get_str(prediction) : "");
}

/* The data that the run was made of. */
static lmas_status open_data(evalplus *e)
{
    const lmi_record *r = e->record;
    const lmi_task *task = NULL;
    lmas_status status;

    if (!r->data_path ||
        lmi_task_recorded(&task, r->folders[0].path, r->task, r->task_source) != LMAS_OK)
        return lmi_fail(LMAS_E_FORMAT, "%s: its config does not tell the data that it was made of",
                        r->folders[0].path);
    if (!lmi_file_exists(r->data_path))
        return lmi_fail(LMAS_E_IO,
                        "%s is not there: it has the ids of the questions that were not asked, "
                        "which evalplus wants to find too",
                        r->data_path);
    status = lmi_dataset_open(&e->data, task, r->data_path);
    if (status != LMAS_OK)
        return status;
    if (strcmp(e->data.sha256, r->data_sha256) != 0 || e->data.n != e->n_rows)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s is not the data that %s was made of: it has changed since",
                        r->data_path, r->folders[0].path);
    return LMAS_OK;
}

static lmas_status write_unasked(evalplus *e, size_t i)
{
    lmas_status status = e->data.n ? LMAS_OK : open_data(e);

    if (status != LMAS_OK)
        return status;
    if (!e->data.items[i].id)
        return lmi_fail(LMAS_E_FORMAT, "%s: question %zu has no id", e->record->data_path, i);
    return write_solution(e, e->data.items[i].id, "");
}

/* Rows of the data file; old configs tell the questions alone. */
static lmas_status count_rows(evalplus *e)
{
    const lmi_record *r = e->record;
    yyjson_val *rows;
    lmi_json config;
    lmas_status status =
        lmi_json_parse(&config, "config.json", lmi_buf_text(&r->config), r->config.len);

    if (status != LMAS_OK)
        return status;
    rows = yyjson_obj_get(yyjson_obj_get(lmi_json_root(&config), "data"), "rows");
    e->n_rows = r->n_questions;
    if (yyjson_is_uint(rows) && yyjson_get_uint(rows) > e->n_rows &&
        yyjson_get_uint(rows) <= LMI_RECORD_QUESTIONS_MAX)
        e->n_rows = (size_t)yyjson_get_uint(rows);
    lmi_json_done(&config);
    return LMAS_OK;
}

static lmas_status write_solutions(evalplus *e, lmi_samples *samples)
{
    lmas_status status = count_rows(e);
    size_t i;

    for (i = 0; status == LMAS_OK && i < e->n_rows; i++) {
        const bool is_asked = i < e->record->n_rows && samples->places[i].len;
        bool has_line = false;
        lmi_json line = {0};

        if (is_asked)
            status = lmi_samples_next(&has_line, &line, samples);
        if (status == LMAS_OK)
            status = has_line ? write_asked(e, &line) : write_unasked(e, i);
        lmi_json_done(&line);
    }
    lmi_dataset_done(&e->data);
    return status;
}

lmas_status lmi_export_evalplus(lmi_export *export, const lmi_record *record, const char *path)
{
    lmi_samples samples;
    lmi_sink sink;
    evalplus e = {.record = record, .sink = &sink};
    lmas_status status;

    if (!is_code(record))
        return lmi_fail(LMAS_E_INVALID,
                        "%s: the answers of %s are no programs, which is what evalplus reads",
                        record->folders[0].path, record->task);
    status = lmi_export_check(export, path);
    if (status != LMAS_OK)
        return status;
    status = lmi_samples_open(&samples, record);
    if (status != LMAS_OK)
        return status;
    status = lmi_sink_open(&sink, path);
    if (status == LMAS_OK)
        status = lmi_sink_finish(&sink, write_solutions(&e, &samples));
    lmi_samples_done(&samples);
    if (status == LMAS_OK)
        lmi_buf_printf(&export->written, "%s\n", path);
    return status;
}

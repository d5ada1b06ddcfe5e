/*
 * questions.c - the questions of all tasks, each with what every run made of it, for the script.
 *
 * A page that holds all texts of a large grid is one that no browser opens. So texts of agents go
 * in while there is room, each task having its share of it, verdicts and predictions of all
 * questions up to a number; what is left out is counted, and the page says how to see it.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/export/file.h"
#include "eval/report/format.h"
#include "eval/report/page/part.h"

/* A task's questions, and the runs over them. */
typedef struct task {
    const lmi_sheet *sheet;
    size_t row; /* of the grid */
    size_t *runs;
    lmi_samples *samples;
    lmi_exhibit *views;
    const lmi_exhibit **shown; /* NULL where a run has no line */
    bool *is_brief;
    size_t n, n_questions, n_open;
    size_t size_max;           /* of the data, until which texts go in */
    size_t n_shown, n_left;    /* questions that are there, and that are left out */
    size_t n_answers, n_brief; /* answers that are there, and of those without texts */
    size_t n_unread;           /* answers that cannot be shown */
    char *why;                 /* the first of them */
} task;

/* ---- A task ---- */

static bool alloc_task(task *t)
{
    const size_t n = t->sheet->c->n_runs;

    t->runs = lmi_new(n, sizeof(*t->runs));
    t->samples = lmi_new(n, sizeof(*t->samples));
    t->views = lmi_new(n, sizeof(*t->views));
    t->shown = lmi_new(n, sizeof(*t->shown));
    t->is_brief = lmi_new(n, sizeof(*t->is_brief));
    return t->runs && t->samples && t->views && t->shown && t->is_brief;
}

static void close_task(task *t)
{
    size_t i;

    for (i = 0; i < t->n_open; i++)
        lmi_samples_done(&t->samples[i]);
    lmi_free(t->runs);
    lmi_free(t->samples);
    lmi_free(t->views);
    lmi_free(t->shown);
    lmi_free(t->is_brief);
    lmi_free(t->why);
}

/* The runs of a row, pool by pool. */
static void list_runs(task *t)
{
    const lmi_sheet *s = t->sheet;
    size_t i, k;

    for (i = 0; i < s->n_pools; i++)
        for (k = 0; s->pools[i]->row == t->row && k < s->c->n_runs; k++)
            if (lmi_pool_has(s, s->pools[i], k)) {
                const size_t n = s->c->runs[k].record.n_rows;

                t->n_questions = n > t->n_questions ? n : t->n_questions;
                t->runs[t->n++] = k;
            }
}

static lmas_status open_task(task *out, const lmi_sheet *sheet, size_t row)
{
    task t = {.sheet = sheet, .row = row};
    lmas_status status = LMAS_OK;

    if (!alloc_task(&t))
        status = lmi_fail(LMAS_E_NOMEM, "no memory for the questions of the page");
    else
        list_runs(&t);
    for (; status == LMAS_OK && t.n_open < t.n; t.n_open += status == LMAS_OK)
        status = lmi_samples_open(&t.samples[t.n_open], &sheet->c->runs[t.runs[t.n_open]].record);
    if (status == LMAS_OK)
        *out = t;
    else
        close_task(&t);
    return status;
}

/* ---- A question ---- */

/* An answer whose line says what none can does not cost the others their page. */
static lmas_status pass_over(task *t, lmas_status status)
{
    if (status != LMAS_E_FORMAT)
        return status;
    t->n_unread++;
    if (!t->why)
        t->why = lmi_strdup(lmas_last_error());
    return t->why ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for the questions of the page");
}

static lmas_status read_answer(task *t, size_t run, size_t index)
{
    lmi_json line = {0};
    bool has_line = false;
    lmas_status status = LMAS_OK;

    t->shown[run] = NULL;
    if (index >= t->samples[run].record->n_rows)
        return LMAS_OK;
    status = lmi_samples_at(&has_line, &line, &t->samples[run], index);
    if (status == LMAS_OK && has_line)
        status = lmi_exhibit_init(&t->views[run], &line);
    if (status == LMAS_OK && has_line)
        t->shown[run] = &t->views[run];
    lmi_json_done(&line);
    return pass_over(t, status);
}

/* Which answers go in with their texts; a line is longer than what of it the page takes. */
static void choose_texts(task *t, const lmi_web_data *data, size_t index)
{
    size_t size = lmi_web_size(data);
    size_t i;

    for (i = 0; i < t->n; i++) {
        const size_t len = t->shown[i] ? t->samples[i].places[index].len : 0;

        t->is_brief[i] = size + len > t->size_max;
        size += t->is_brief[i] ? 0 : len;
        t->n_answers += t->shown[i] != NULL;
        t->n_brief += t->shown[i] && t->is_brief[i];
    }
}

static lmas_status add_question(lmi_web_data *data, task *t, size_t index)
{
    size_t n_there = 0;
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < t->n; i++) {
        status = read_answer(t, i, index);
        n_there += t->shown[i] != NULL;
    }
    if (status == LMAS_OK && n_there) {
        choose_texts(t, data, index);
        t->n_shown++;
        status = lmi_web_add(data, &(lmi_web_row){t->row, index, t->shown, t->is_brief, t->n});
    }
    while (i-- > 0)
        if (t->shown[i])
            lmi_exhibit_done(&t->views[i]);
    return status;
}

/* Whether a run has the question, where it is not read any more. */
static bool is_answered(const task *t, size_t index)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        if (index < t->samples[i].record->n_rows && t->samples[i].places[index].len)
            return true;
    return false;
}

static lmas_status add_questions(lmi_web_data *data, task *t)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < t->n_questions; i++)
        if (t->n_shown < LMI_REPORT_QUESTIONS_MAX && lmi_web_size(data) < LMI_REPORT_DATA_MAX)
            status = add_question(data, t, i);
        else
            t->n_left += is_answered(t, i);
    return status;
}

/* ---- The head ---- */

/* A copy, made valid: messages name folders. */
static void add_text(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, const char *text)
{
    lmi_buf plain;

    lmi_buf_init(&plain, LMI_RECORD_LINE_MAX);
    lmi_plain(&plain, text);
    if (plain.status != LMAS_OK)
        lmi_json_lose(doc);
    yyjson_mut_obj_add_strcpy(doc, o, key, lmi_buf_text(&plain));
    lmi_buf_done(&plain);
}

static void add_task(lmi_web_data *data, yyjson_mut_val *tasks, const task *t)
{
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(data->tables, tasks);
    yyjson_mut_val *runs;
    lmi_buf name;
    size_t i;

    lmi_buf_init(&name, LMI_RECORD_LINE_MAX);
    lmi_survey_row_name(&name, t->sheet->c, t->row);
    if (name.status != LMAS_OK)
        lmi_json_lose(data->tables);
    add_text(data->tables, o, "name", lmi_buf_text(&name));
    lmi_buf_done(&name);
    yyjson_mut_obj_add_uint(data->tables, o, "shown", t->n_shown);
    yyjson_mut_obj_add_uint(data->tables, o, "left", t->n_left);
    yyjson_mut_obj_add_uint(data->tables, o, "answers", t->n_answers);
    yyjson_mut_obj_add_uint(data->tables, o, "brief", t->n_brief);
    yyjson_mut_obj_add_uint(data->tables, o, "unread", t->n_unread);
    add_text(data->tables, o, "why", t->why ? t->why : "");
    runs = yyjson_mut_obj_add_arr(data->tables, o, "runs");
    for (i = 0; i < t->n; i++)
        yyjson_mut_arr_add_uint(data->tables, runs, t->runs[i]);
}

/* Bytes of a cell in f16, 0 where the config does not say. */
static uint64_t cell_size_of(const lmi_sheet *s, size_t run)
{
    const unsigned long long most = 1 << 30; /* beyond, it is none */
    const char *text = lmi_facts_at(&s->facts, "engine.cell_size", run);
    const unsigned long long size = text && *text != '-' ? strtoull(text, NULL, 10) : 0;

    return size <= most ? size : 0;
}

static lmas_status add_run(lmi_web_data *data, yyjson_mut_val *runs, const lmi_sheet *s, size_t run)
{
    const lmi_run *r = &s->c->runs[run];
    const lmas_status status = lmi_web_run(data, runs, &r->record, cell_size_of(s, run));
    yyjson_mut_val *o = yyjson_mut_arr_get_last(runs);

    if (status != LMAS_OK)
        return status;
    lmi_json_add_text(data->tables, o, "key", r->key);
    yyjson_mut_obj_add_uint(data->tables, o, "kind", (size_t)(lmi_run_kind(s, run) - s->kinds));
    return LMAS_OK;
}

static lmas_status add_runs(lmi_web_data *data, const lmi_sheet *s)
{
    yyjson_mut_val *runs = yyjson_mut_obj_add_arr(data->tables, data->head, "runs");
    yyjson_mut_val *kinds = yyjson_mut_obj_add_arr(data->tables, data->head, "kinds");
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < s->c->n_runs; i++)
        status = add_run(data, runs, s, i);
    for (i = 0; i < s->n_kinds; i++)
        yyjson_mut_arr_add_str(data->tables, kinds, s->kinds[i].label);
    return status;
}

/* Each task may fill its share of the room for texts, and what those before it left. */
static size_t share_of(size_t row, size_t n_rows)
{
    return (size_t)((double)LMI_REPORT_TEXTS_MAX * (double)(row + 1) / (double)n_rows);
}

lmas_status lmi_page_questions(lmi_web_data *data, const lmi_sheet *s)
{
    yyjson_mut_val *tasks = yyjson_mut_obj_add_arr(data->tables, data->head, "tasks");
    const size_t n_rows = s->c->grid.n_rows;
    lmas_status status = add_runs(data, s);
    size_t row;

    for (row = 0; status == LMAS_OK && row < n_rows; row++) {
        task t;

        status = open_task(&t, s, row);
        if (status != LMAS_OK)
            break;
        t.size_max = share_of(row, n_rows);
        status = add_questions(data, &t);
        add_task(data, tasks, &t);
        close_task(&t);
    }
    return status == LMAS_OK ? lmi_web_end(data) : status;
}

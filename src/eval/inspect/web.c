/*
 * web.c - questions and what runs made of them, as JSON within a page.
 *
 * No text of a model leaves its place: what HTML knows is escaped in the JSON, and the policy of a
 * page runs only the script that bears the hash of the data.
 */
#include "eval/inspect/web.h"

#include <math.h>
#include <string.h>

#include "base/sha256.h"
#include "base/utf8.h"

/* What messages call it. */
static const char WHAT[] = "the page";

/* Largest number that is shown in ten thousandths. */
#define SCALED_MAX 1e9

/* Stands for the question in a prompt. */
#define PLACE '\001'

/* ---- Numbers ---- */

/* In ten thousandths, which is what the page shows; null where there is none. */
static void add_scaled(const lmi_web_data *w, yyjson_mut_val *list, double x)
{
    if (fabs(x) <= SCALED_MAX)
        yyjson_mut_arr_add_int(w->doc, list, (int64_t)round(x * 1e4));
    else
        yyjson_mut_arr_add_null(w->doc, list);
}

/* Four digits of it. */
static void add_rounded(const lmi_web_data *w, yyjson_mut_val *list, double x)
{
    const double scale = isfinite(x) && x != 0 ? pow(10, 3 - floor(log10(fabs(x)))) : 1;

    if (isfinite(x))
        yyjson_mut_arr_add_real(w->doc, list, round(x * scale) / scale);
    else
        yyjson_mut_arr_add_null(w->doc, list);
}

static void add_counts(const lmi_web_data *w, yyjson_mut_val *o, const uint64_t *counts, size_t n)
{
    yyjson_mut_obj_add_val(w->doc, o, "m", yyjson_mut_arr_with_uint64(w->doc, counts, n));
}

/* Tenths of milliseconds do not show. */
static void add_ms(const lmi_web_data *w, yyjson_mut_val *o, const double *ms, size_t n)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(w->doc, o, "t");
    size_t i;

    for (i = 0; i < n; i++)
        yyjson_mut_arr_add_int(w->doc, list, (int64_t)round(ms[i]));
}

/* A text that the page does not find is none. */
static void add_text(const lmi_web_data *w, yyjson_mut_val *o, const char *key, const char *text)
{
    if (text && *text)
        yyjson_mut_obj_add_str(w->doc, o, key, text);
}

/* ---- Texts ---- */

/* Twice the number of the prompt in the table, and one more where its question was cut out. */
static uint64_t number_prompt(lmi_web_data *w, const char *prompt, const char *question)
{
    const size_t len = strlen(question);
    const bool can_cut = len > 0 && !strchr(prompt, PLACE) && strstr(prompt, question);
    const char *next;

    if (!can_cut)
        return 2 * (uint64_t)lmi_table_number(&w->texts, prompt);
    lmi_buf_clear(&w->prompt);
    for (; (next = strstr(prompt, question)); prompt = next + len) {
        lmi_buf_append(&w->prompt, prompt, (size_t)(next - prompt));
        lmi_buf_putc(&w->prompt, PLACE);
    }
    lmi_buf_puts(&w->prompt, prompt);
    if (w->prompt.status != LMAS_OK)
        lmi_json_lose(w->doc); /* a page without it would be another one */
    return 2 * (uint64_t)lmi_table_number(&w->texts, lmi_buf_text(&w->prompt)) + 1;
}

/* ---- Turns ---- */

static void add_near(lmi_web_data *w, yyjson_mut_val *thought, const lmas_near *near, uint32_t n)
{
    yyjson_mut_val *list = yyjson_mut_arr_add_arr(w->doc, thought);
    uint32_t i;

    for (i = 0; i < n && near[i].token >= 0; i++) {
        yyjson_mut_arr_add_uint(w->doc, list, lmi_table_number(&w->words, near[i].text));
        add_scaled(w, list, (double)near[i].score);
    }
}

static void add_thoughts(lmi_web_data *w, yyjson_mut_val *o, const lmas_agent_trace *agent)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(w->doc, o, "h");
    uint32_t i;

    for (i = 0; i < agent->n_thought; i++) {
        const lmas_thought *t = &agent->thoughts[i];
        yyjson_mut_val *thought = yyjson_mut_arr_add_arr(w->doc, list);

        add_rounded(w, thought, (double)t->norm);
        add_scaled(w, thought, (double)t->entropy);
        add_scaled(w, thought, (double)t->cosine_before);
        add_scaled(w, thought, (double)t->cosine_prompt);
        add_near(w, thought, t->head, t->n_near);
        add_near(w, thought, t->input, t->n_near);
    }
}

static void add_agent(lmi_web_data *w, yyjson_mut_val *agents, const lmas_agent_trace *a,
                      const char *question)
{
    const uint64_t counts[] = {a->n_read,    a->n_thought, a->n_spoken, a->n_shared, a->n_kept,
                               a->n_dropped, a->pos_begin, a->pos_end,  a->n_to_rest};
    const double ms[] = {a->read_ms, a->think_ms, a->speak_ms};
    const int flags = (a->is_cut ? 1 : 0) + (a->is_circling ? 2 : 0);
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(w->doc, agents);

    yyjson_mut_obj_add_uint(w->doc, o, "n", lmi_table_number(&w->words, a->name));
    if (a->round > 1)
        yyjson_mut_obj_add_uint(w->doc, o, "r", a->round);
    yyjson_mut_obj_add_uint(w->doc, o, "i", number_prompt(w, a->input, question));
    add_text(w, o, "o", a->output);
    add_text(w, o, "b", a->probe);
    if (flags)
        yyjson_mut_obj_add_int(w->doc, o, "f", flags);
    add_counts(w, o, counts, sizeof(counts) / sizeof(counts[0]));
    add_ms(w, o, ms, sizeof(ms) / sizeof(ms[0]));
    if (a->thoughts)
        add_thoughts(w, o, a);
}

/* ---- Questions ---- */

static void add_mark(const lmi_web_data *w, yyjson_mut_val *o, const char *key, lmi_mark mark)
{
    if (mark != LMI_MARK_UNGRADED)
        yyjson_mut_obj_add_int(w->doc, o, key, mark == LMI_MARK_RIGHT ? 1 : 0);
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void add_verdicts(lmi_web_data *w, yyjson_mut_val *o, const lmi_exhibit *view)
{
    add_mark(w, o, "c", view->exact);
    add_mark(w, o, "k", view->compat);
    add_text(w, o, "p", view->prediction);
    if (!is_same(view->prediction_compat, view->prediction))
        add_text(w, o, "kp", view->prediction_compat ? view->prediction_compat : "none");
    if (!is_same(view->gold_compat, view->gold))
        add_text(w, o, "kg", view->gold_compat);
    if (strcmp(view->state, lmas_status_name(LMAS_OK)) != 0) {
        add_text(w, o, "s", view->state);
        add_text(w, o, "e", view->result.error);
    }
    if (view->ending) {
        add_text(w, o, "x", view->ending);
        add_text(w, o, "xd", view->detail);
    }
}

static void add_answer(lmi_web_data *w, yyjson_mut_val *runs, const lmi_exhibit *view,
                       bool is_brief)
{
    const lmas_result *r = &view->result;
    const uint64_t counts[] = {r->n_read, r->n_thought, r->n_spoken};
    const double ms[] = {r->read_ms, r->think_ms, r->speak_ms, r->elapsed_ms};
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(w->doc, runs);
    yyjson_mut_val *agents;
    size_t i;

    add_verdicts(w, o, view);
    add_counts(w, o, counts, sizeof(counts) / sizeof(counts[0]));
    add_ms(w, o, ms, sizeof(ms) / sizeof(ms[0]));
    if (is_brief)
        return;
    agents = yyjson_mut_obj_add_arr(w->doc, o, "a");
    for (i = 0; i < r->n_agents; i++)
        add_agent(w, agents, &r->agents[i], view->question);
}

/* What the data say of the question is the same in all runs. */
static const lmi_exhibit *any_of(const lmi_web_row *row)
{
    size_t i = 0;

    while (i + 1 < row->n && !row->views[i])
        i++;
    return row->views[i];
}

static void add_row(lmi_web_data *w, yyjson_mut_val *o, const lmi_web_row *row)
{
    const lmi_exhibit *any = any_of(row);
    yyjson_mut_val *runs;
    size_t i;

    if (row->task != LMI_WEB_ONE_TASK)
        yyjson_mut_obj_add_uint(w->doc, o, "s", row->task);
    yyjson_mut_obj_add_uint(w->doc, o, "i", row->index);
    add_text(w, o, "d", any->id);
    add_text(w, o, "q", any->question);
    add_text(w, o, "g", any->gold);
    runs = yyjson_mut_obj_add_arr(w->doc, o, "r");
    for (i = 0; i < row->n; i++)
        if (row->views[i])
            add_answer(w, runs, row->views[i], row->is_brief && row->is_brief[i]);
        else
            yyjson_mut_arr_add_null(w->doc, runs);
}

/* ---- Writing ---- */

/* Append JSON so that no HTML is in it: these five stand in texts alone, where an escape says the
 * same. (The last two end a line of JavaScript.) */
static void append_escaped(lmi_buf *out, const char *json)
{
    while (*json) {
        const size_t n = strcspn(json, "<>&\xe2");

        lmi_buf_append(out, json, n);
        json += n;
        if (strncmp(json, "\xe2\x80\xa8", 3) == 0 || strncmp(json, "\xe2\x80\xa9", 3) == 0) {
            lmi_buf_puts(out, json[2] == '\xa8' ? "\\u2028" : "\\u2029");
            json += 3;
        } else if (*json == '\xe2') {
            lmi_buf_putc(out, *json++);
        } else if (*json) {
            lmi_buf_printf(out, "\\u%04x", (unsigned)*json++);
        }
    }
}

/* Write the document, and free it in any case. */
static lmas_status write_data(lmi_web_data *w, yyjson_mut_doc *doc)
{
    lmas_status status;
    lmi_buf json;

    lmi_buf_init(&json, LMI_RECORD_LINE_MAX);
    status = lmi_json_write(&json, doc, 0, WHAT);
    if (status == LMAS_OK)
        append_escaped(&w->data, lmi_buf_text(&json));
    lmi_buf_done(&json);
    return status;
}

lmas_status lmi_web_add(lmi_web_data *data, const lmi_web_row *row)
{
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&data->doc, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    lmi_buf_puts(&data->data, data->n++ ? ",\n" : "\n");
    add_row(data, root, row);
    return write_data(data, data->doc);
}

size_t lmi_web_size(const lmi_web_data *data)
{
    return data->data.len + data->words.size + data->texts.size;
}

/* ---- The head ---- */

static lmas_status add_params(yyjson_mut_doc *doc, yyjson_mut_val *o, const lmi_record *record)
{
    lmi_json config;
    const lmas_status status =
        lmi_json_parse(&config, "config.json", lmi_buf_text(&record->config), record->config.len);
    yyjson_val *params;

    if (status != LMAS_OK)
        return status;
    params = yyjson_obj_get(lmi_json_root(&config), "params");
    if (params)
        yyjson_mut_obj_add_val(doc, o, "params", yyjson_val_mut_copy(doc, params));
    lmi_json_done(&config);
    return LMAS_OK;
}

/* A folder's name need not be UTF-8. */
static void add_path(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *path)
{
    lmi_buf valid;

    lmi_buf_init(&valid, LMI_RECORD_LINE_MAX);
    lmi_utf8_append(&valid, path, strlen(path));
    if (valid.status != LMAS_OK)
        lmi_json_lose(doc);
    yyjson_mut_obj_add_strcpy(doc, o, "path", lmi_buf_text(&valid));
    lmi_buf_done(&valid);
}

lmas_status lmi_web_run(const lmi_web_data *data, yyjson_mut_val *runs, const lmi_record *r,
                        uint64_t cell_size)
{
    yyjson_mut_doc *doc = data->tables;
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, runs);

    add_path(doc, o, r->folders[0].path);
    lmi_json_add_text(doc, o, "task", r->task);
    lmi_json_add_text(doc, o, "method", r->method);
    lmi_json_add_text(doc, o, "team", r->team);
    lmi_json_add_text(doc, o, "model", r->model);
    lmi_json_add_text(doc, o, "detail", r->model_detail);
    lmi_json_add_text(doc, o, "started", r->started);
    yyjson_mut_obj_add_uint(doc, o, "n", r->n);
    yyjson_mut_obj_add_uint(doc, o, "asked", r->n_questions);
    yyjson_mut_obj_add_uint(doc, o, "graded", r->exact_tally.n);
    yyjson_mut_obj_add_uint(doc, o, "right", r->exact_tally.n_right);
    yyjson_mut_obj_add_uint(doc, o, "compat", r->compat_tally.n_right);
    yyjson_mut_obj_add_uint(doc, o, "cell", cell_size);
    return add_params(doc, o, r);
}

/* ---- The page ---- */

lmas_status lmi_web_begin(lmi_web_data *out, size_t max)
{
    lmi_web_data data = {0};
    const lmas_status status = lmi_json_new(&data.tables, &data.head, WHAT);

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&data.prompt, LMI_RECORD_LINE_MAX);
    lmi_buf_init(&data.data, max);
    lmi_table_init(&data.words, data.tables);
    lmi_table_init(&data.texts, data.tables);
    lmi_buf_puts(&data.data, "{\"questions\":[");
    *out = data;
    return LMAS_OK;
}

void lmi_web_done(lmi_web_data *data)
{
    yyjson_mut_doc_free(data->tables);
    lmi_table_done(&data->words);
    lmi_table_done(&data->texts);
    lmi_buf_done(&data->prompt);
    lmi_buf_done(&data->data);
    *data = (lmi_web_data){0};
}

lmas_status lmi_web_end(lmi_web_data *data)
{
    yyjson_mut_doc *tables = data->tables;
    lmas_status status;

    lmi_json_add_text(tables, data->head, "latentmas", lmas_version());
    yyjson_mut_obj_add_val(tables, data->head, "words", data->words.list);
    yyjson_mut_obj_add_val(tables, data->head, "texts", data->texts.list);
    lmi_buf_puts(&data->data, "],\n\"head\":");
    data->tables = NULL;
    status = write_data(data, tables);
    lmi_buf_puts(&data->data, "}\n");
    return status == LMAS_OK ? lmi_buf_status(&data->data) : status;
}

void lmi_web_fill(lmi_buf *out, const char *html, const lmi_web_data *data, const char *body)
{
    static const char mark[] = "{{";
    char nonce[LMI_SHA256_SIZE];
    const char *next;

    lmi_sha256_text(nonce, lmi_buf_text(&data->data));
    for (; (next = strstr(html, mark)); html = strstr(next, "}}") + 2) {
        const char *text = next[2] == 'd'   ? lmi_buf_text(&data->data)
                           : next[2] == 'b' ? body
                                            : nonce;

        lmi_buf_append(out, html, (size_t)(next - html));
        lmi_buf_puts(out, text);
    }
    lmi_buf_puts(out, html);
}

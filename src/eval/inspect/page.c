/*
 * page.c - all questions of a viewer in one page.
 *
 * The data stand in the page as JSON, short enough that a browser has hundreds of questions there
 * at once: what repeats (tokens, names, prompts without their question) stands in tables, numbers
 * are rounded to what is shown. web/inspect/page.js reads them back and names every field again.
 *
 *     {"questions": [question, ...], "head": {"runs": [...], "words": [...], "texts": [...]}}
 *     question: {"i": index, "d": id, "q": question, "g": gold, "r": [answer or null, ...]}
 *     answer:   {"p": prediction, "c": right, "k": by compat, "m": counts, "t": ms, "a": turns}
 *     turn:     {"n": name, "i": prompt, "o": text, "b": probe, "m": counts, "t": ms, "h": [..]}
 *     thought:  [norm, entropy, cosine before, to prompt, [word, p, ...], [word, cosine, ...]]
 *
 * No text of a model leaves its place: what HTML knows is escaped in the JSON, the page writes
 * texts as texts, and its policy runs only the script that bears the hash of the data.
 */
#include "eval/inspect/page.h"

#include <math.h>
#include <string.h>

#include "base/sha256.h"
#include "eval/inspect/table.h"
#include "eval/inspect/write.h"

/* What messages call it. */
static const char WHAT[] = "the page";

/* Largest number that is shown in ten thousandths. */
#define SCALED_MAX 1e9

/* Stands for the question in a prompt. */
#define PLACE '\001'

typedef struct writer {
    yyjson_mut_doc *doc;    /* of the question at hand */
    yyjson_mut_doc *tables; /* written last */
    lmi_table words, texts;
    lmi_buf prompt; /* with its question cut out */
    lmi_buf data;   /* what is written so far */
} writer;

/* ---- Numbers ---- */

/* In ten thousandths, which is what the page shows; null where there is none. */
static void add_scaled(const writer *w, yyjson_mut_val *list, double x)
{
    if (fabs(x) <= SCALED_MAX)
        yyjson_mut_arr_add_int(w->doc, list, (int64_t)round(x * 1e4));
    else
        yyjson_mut_arr_add_null(w->doc, list);
}

/* Four digits of it. */
static void add_rounded(const writer *w, yyjson_mut_val *list, double x)
{
    const double scale = isfinite(x) && x != 0 ? pow(10, 3 - floor(log10(fabs(x)))) : 1;

    if (isfinite(x))
        yyjson_mut_arr_add_real(w->doc, list, round(x * scale) / scale);
    else
        yyjson_mut_arr_add_null(w->doc, list);
}

static void add_counts(const writer *w, yyjson_mut_val *o, const uint64_t *counts, size_t n)
{
    yyjson_mut_obj_add_val(w->doc, o, "m", yyjson_mut_arr_with_uint64(w->doc, counts, n));
}

/* Tenths of milliseconds do not show. */
static void add_ms(const writer *w, yyjson_mut_val *o, const double *ms, size_t n)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(w->doc, o, "t");
    size_t i;

    for (i = 0; i < n; i++)
        yyjson_mut_arr_add_int(w->doc, list, (int64_t)round(ms[i]));
}

/* A text that the page does not find is none. */
static void add_text(const writer *w, yyjson_mut_val *o, const char *key, const char *text)
{
    if (text && *text)
        yyjson_mut_obj_add_str(w->doc, o, key, text);
}

/* ---- Texts ---- */

/* Twice the number of the prompt in the table, and one more where its question was cut out. */
static uint64_t number_prompt(writer *w, const char *prompt, const char *question)
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

static void add_near(writer *w, yyjson_mut_val *thought, const lmas_near *near, uint32_t n)
{
    yyjson_mut_val *list = yyjson_mut_arr_add_arr(w->doc, thought);
    uint32_t i;

    for (i = 0; i < n && near[i].token >= 0; i++) {
        yyjson_mut_arr_add_uint(w->doc, list, lmi_table_number(&w->words, near[i].text));
        add_scaled(w, list, (double)near[i].score);
    }
}

static void add_thoughts(writer *w, yyjson_mut_val *o, const lmas_agent_trace *agent)
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

static void add_agent(writer *w, yyjson_mut_val *agents, const lmas_agent_trace *a,
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

static void add_mark(const writer *w, yyjson_mut_val *o, const char *key, lmi_mark mark)
{
    if (mark != LMI_MARK_UNGRADED)
        yyjson_mut_obj_add_int(w->doc, o, key, mark == LMI_MARK_RIGHT ? 1 : 0);
}

static void add_verdicts(writer *w, yyjson_mut_val *o, const lmi_exhibit *view)
{
    add_mark(w, o, "c", view->exact);
    add_mark(w, o, "k", view->compat);
    add_text(w, o, "p", view->prediction);
    if (view->compat != view->exact)
        add_text(w, o, "kp", view->prediction_compat);
    if (strcmp(view->state, lmas_status_name(LMAS_OK)) != 0) {
        add_text(w, o, "s", view->state);
        add_text(w, o, "e", view->result.error);
    }
    if (view->ending) {
        add_text(w, o, "x", view->ending);
        add_text(w, o, "xd", view->detail);
    }
}

static void add_answer(writer *w, yyjson_mut_val *runs, const lmi_exhibit *view)
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
    agents = yyjson_mut_obj_add_arr(w->doc, o, "a");
    for (i = 0; i < r->n_agents; i++)
        add_agent(w, agents, &r->agents[i], view->question);
}

static void add_row(writer *w, yyjson_mut_val *o, const lmi_shown *row)
{
    const lmi_exhibit *any = lmi_shown_any(row);
    yyjson_mut_val *runs;
    size_t i;

    yyjson_mut_obj_add_uint(w->doc, o, "i", row->index);
    add_text(w, o, "d", any->id);
    add_text(w, o, "q", any->question);
    add_text(w, o, "g", any->gold);
    runs = yyjson_mut_obj_add_arr(w->doc, o, "r");
    for (i = 0; i < row->n_runs; i++)
        if (row->has[i])
            add_answer(w, runs, &row->views[i]);
        else
            yyjson_mut_arr_add_null(w->doc, runs);
}

static lmas_status check_size(const writer *w, size_t n)
{
    if (n > LMI_INSPECT_QUESTIONS_MAX)
        return lmi_fail(LMAS_E_INVALID,
                        "a page holds at most %zu questions, and here are more: name one of "
                        "them, " LMI_PICK_WORDS,
                        LMI_INSPECT_QUESTIONS_MAX);
    if (w->data.status == LMAS_E_FORMAT ||
        w->data.len + w->words.size + w->texts.size > LMI_INSPECT_SIZE_MAX)
        return lmi_fail(
            LMAS_E_INVALID,
            "a page holds at most %zu MiB, less than the first %zu questions take: name "
            "one of them, " LMI_PICK_WORDS,
            LMI_INSPECT_SIZE_MAX >> 20, n);
    return lmi_buf_status(&w->data);
}

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
static lmas_status write_data(writer *w, yyjson_mut_doc *doc)
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

static lmas_status write_row(writer *w, const lmi_shown *row)
{
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&w->doc, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    add_row(w, root, row);
    return write_data(w, w->doc);
}

static lmas_status write_rows(writer *w, lmi_viewer *viewer, size_t *n)
{
    bool has_row = true;
    lmas_status status = LMAS_OK;

    lmi_buf_puts(&w->data, "{\"questions\":[");
    for (*n = 0; status == LMAS_OK; ++*n) {
        lmi_shown row = {0};

        status = lmi_viewer_next(&has_row, &row, viewer);
        if (status != LMAS_OK || !has_row)
            break;
        lmi_buf_puts(&w->data, *n ? ",\n" : "\n");
        status = write_row(w, &row);
        lmi_shown_done(&row);
        if (status == LMAS_OK)
            status = check_size(w, *n + 1);
    }
    lmi_buf_puts(&w->data, "],\n\"head\":");
    return status;
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

static lmas_status add_run(yyjson_mut_doc *doc, yyjson_mut_val *runs, const lmi_record *r,
                           uint64_t cell_size)
{
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, runs);

    lmi_json_add_text(doc, o, "path", r->folders[0].path);
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

static lmas_status write_head(writer *w, yyjson_mut_val *root, const lmi_viewer *viewer)
{
    yyjson_mut_val *runs = yyjson_mut_obj_add_arr(w->tables, root, "runs");
    lmas_status status = LMAS_OK;
    size_t i;

    lmi_json_add_text(w->tables, root, "latentmas", lmas_version());
    for (i = 0; status == LMAS_OK && i < viewer->n_runs; i++)
        status = add_run(w->tables, runs, &viewer->records[i], viewer->cell_size[i]);
    yyjson_mut_obj_add_val(w->tables, root, "words", w->words.list);
    yyjson_mut_obj_add_val(w->tables, root, "texts", w->texts.list);
    return status;
}

/* ---- The page ---- */

static lmas_status write_all(writer *w, yyjson_mut_val *root, lmi_viewer *viewer)
{
    size_t n;
    lmas_status status = write_rows(w, viewer, &n);

    if (status == LMAS_OK && n == 0)
        status = lmi_fail(LMAS_E_INVALID, "%s: no question is taken, so there is no page to write",
                          viewer->records[0].folders[0].path);
    if (status == LMAS_OK)
        status = write_head(w, root, viewer);
    if (status != LMAS_OK) {
        yyjson_mut_doc_free(w->tables);
        return status;
    }
    status = write_data(w, w->tables);
    lmi_buf_puts(&w->data, "}\n");
    return status == LMAS_OK ? check_size(w, n) : status;
}

/* The page with what its marks stand for. */
static void fill(lmi_buf *out, const lmi_buf *data)
{
    static const char mark[] = "{{";
    char nonce[LMI_SHA256_SIZE];
    const char *rest = lmi_inspect_html;
    const char *next;

    lmi_sha256_text(nonce, lmi_buf_text(data));
    for (; (next = strstr(rest, mark)); rest = strstr(next, "}}") + 2) {
        lmi_buf_append(out, rest, (size_t)(next - rest));
        lmi_buf_puts(out, next[2] == 'd' ? lmi_buf_text(data) : nonce);
    }
    lmi_buf_puts(out, rest);
}

lmas_status lmi_inspect_page(lmi_buf *out, lmi_viewer *viewer)
{
    writer w = {0};
    yyjson_mut_val *root;
    lmas_status status = lmi_json_new(&w.tables, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&w.prompt, LMI_RECORD_LINE_MAX);
    lmi_buf_init(&w.data, LMI_INSPECT_SIZE_MAX);
    lmi_table_init(&w.words, w.tables);
    lmi_table_init(&w.texts, w.tables);
    status = write_all(&w, root, viewer);
    if (status == LMAS_OK) {
        fill(out, &w.data);
        status = lmi_buf_status(out);
    }
    lmi_table_done(&w.words);
    lmi_table_done(&w.texts);
    lmi_buf_done(&w.prompt);
    lmi_buf_done(&w.data);
    return status;
}

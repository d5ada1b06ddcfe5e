/*
 * render.c - the template engine as a filter, for whoever compares it with another one.
 *
 *   stdin   {"template": "..."} or {"file": "path"}, with {"ctx": {...}, "now": seconds}
 *   stdout  {"out": "...", "ms": n, "peak": bytes}
 *           {"err": "...", "refused": bool, "ms": n, "peak": bytes}   refused: the template raised
 *
 * One line in, one line out, flushed: after a crash the caller knows which template it was. `ms` is
 * parsing and rendering; `peak` the most memory held meanwhile, counted at the allocator. A line
 * that is no such question ends the program with status 2.
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "jinja/jinja.h"

/* Longest line: the longest template with every byte escaped, and as much again for the rest. */
#define QUESTION_MAX (12 * LMI_TEMPLATE_MAX)

/* ---- Memory: the linker leads every allocation of the library through here (--wrap) ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

static size_t held, peak;

static void *count(void *p)
{
    held += malloc_usable_size(p);
    if (held > peak)
        peak = held;
    return p;
}

void *__wrap_malloc(size_t size)
{
    return count(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return count(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
    size_t old = malloc_usable_size(p);
    void *moved = __real_realloc(p, size);

    if (!moved)
        return NULL;
    held -= old;
    return count(moved);
}

void __wrap_free(void *p)
{
    held -= malloc_usable_size(p);
    __real_free(p);
}

/* ---- One question ------------------------------------------------------------------ */

/* What a line asks. */
typedef struct question {
    lmi_buf text;    /* the template */
    yyjson_val *ctx; /* borrowed from the line */
    struct tm now;
} question;

static lmas_status read_template(lmi_buf *out, const lmi_json *json, yyjson_val *root)
{
    yyjson_val *text = yyjson_obj_get(root, "template");
    const char *file = NULL;
    lmas_status status;

    if (yyjson_is_str(text)) { /* a NUL inside is for the engine to complain of */
        lmi_buf_append(out, yyjson_get_str(text), yyjson_get_len(text));
        return lmi_buf_status(out);
    }
    status = lmi_json_string(&file, json, root, "a question without \"template\"", "file", false);
    return status ? status : lmi_file_read(out, file);
}

static lmas_status read_now(struct tm *out, const lmi_json *json, yyjson_val *seconds)
{
    const time_t now = (time_t)yyjson_get_sint(seconds);

    if (seconds && !yyjson_is_int(seconds))
        return lmi_fail(LMAS_E_FORMAT, "stdin:%zu: \"now\" must be whole seconds, found %s",
                        json->first_line, lmi_json_type(seconds));
    if (!gmtime_r(&now, out))
        return lmi_fail(LMAS_E_FORMAT, "stdin:%zu: \"now\" is no time", json->first_line);
    return LMAS_OK;
}

static lmas_status read_question(question *out, const lmi_json *json)
{
    static const char *const known[] = {"template", "file", "ctx", "now", NULL};
    yyjson_val *root = lmi_json_root(json);
    lmas_status status;

    if (!yyjson_is_obj(root))
        return lmi_fail(LMAS_E_FORMAT, "stdin:%zu: expected an object, found %s", json->first_line,
                        lmi_json_type(root));
    status = lmi_json_only_keys(json, root, "a question", known);
    if (status)
        return status;
    out->ctx = yyjson_obj_get(root, "ctx");
    if (!yyjson_is_obj(out->ctx))
        return lmi_fail(LMAS_E_FORMAT, "stdin:%zu: \"ctx\" must be an object", json->first_line);
    status = read_now(&out->now, json, yyjson_obj_get(root, "now"));
    return status ? status : read_template(&out->text, json, root);
}

/* ---- Its answer ---------------------------------------------------------------------- */

static lmas_status render_once(lmi_buf *out, const lmi_template *template, const question *q)
{
    lmas_status status;

    lmi_buf_init(out, SIZE_MAX);
    status = lmi_template_render(out, template, q->ctx, &q->now);
    if (status && out->len)
        fprintf(stderr, "render: a failure left %zu bytes of output\n", out->len);
    return status;
}

/* A template never changes: what it gives a second time must be the same. */
static lmas_status render_again(const lmi_buf *first, const lmi_template *template,
                                const question *q)
{
    lmi_buf second;
    lmas_status status = render_once(&second, template, q);

    if (!status &&
        (second.len != first->len || strcmp(lmi_buf_text(&second), lmi_buf_text(first)) != 0))
        status = lmi_fail(LMAS_E_FORMAT, "rendered twice, it gives two texts");
    lmi_buf_done(&second);
    return status;
}

static lmas_status render(lmi_buf *out, double *ms, size_t *most, const question *q)
{
    lmi_template *template = NULL;
    const size_t before = held;
    const double begin = lmi_now_ms();
    lmas_status status;

    peak = held;
    status = lmi_template_parse(&template, lmi_buf_text(&q->text), q->text.len);
    if (!status)
        status = render_once(out, template, q);
    *ms = lmi_now_ms() - begin;
    *most = peak - before;
    if (!status)
        status = render_again(out, template, q);
    lmi_template_free(template);
    return status;
}

static lmas_status print_line(yyjson_mut_doc *doc)
{
    lmi_buf line;
    lmas_status status;

    lmi_buf_init(&line, SIZE_MAX);
    status = lmi_json_write(&line, doc, 0, "the rendered text");
    if (!status) {
        printf("%s\n", lmi_buf_text(&line));
        fflush(stdout);
    }
    lmi_buf_done(&line);
    return status;
}

static lmas_status answer(const question *q)
{
    yyjson_mut_doc *doc = NULL;
    yyjson_mut_val *root = NULL;
    lmi_buf out = {0};
    double ms;
    size_t most;
    lmas_status status = render(&out, &ms, &most, q);
    const char *why = lmas_last_error();

    if (lmi_json_new(&doc, &root, "an answer"))
        return LMAS_E_NOMEM;
    if (status) {
        yyjson_mut_obj_add_strcpy(doc, root, "err", why);
        yyjson_mut_obj_add_bool(doc, root, "refused", status == LMAS_E_MODEL);
    } else {
        yyjson_mut_obj_add_strn(doc, root, "out", lmi_buf_text(&out), out.len);
    }
    yyjson_mut_obj_add_real(doc, root, "ms", ms);
    yyjson_mut_obj_add_uint(doc, root, "peak", most);
    status = print_line(doc);
    lmi_buf_done(&out);
    return status;
}

static lmas_status answer_line(const lmi_lines *lines)
{
    lmi_json json;
    question q = {0};
    lmas_status status = lmi_json_parse_line(&json, "stdin", lines->number,
                                             lmi_buf_text(&lines->text), lines->text.len);

    if (status)
        return status;
    lmi_buf_init(&q.text, SIZE_MAX);
    status = read_question(&q, &json);
    if (!status)
        status = answer(&q);
    lmi_buf_done(&q.text);
    lmi_json_done(&json);
    return status;
}

int main(void)
{
    lmi_lines lines;
    bool has_line = true;
    lmas_status status = lmi_lines_init(&lines, STDIN_FILENO, "stdin", QUESTION_MAX);

    while (!status && has_line) {
        status = lmi_lines_next(&has_line, &lines);
        if (!status && has_line)
            status = answer_line(&lines);
    }
    if (status)
        fprintf(stderr, "render: %s\n", lmas_last_error());
    lmi_lines_done(&lines);
    return status ? 2 : 0;
}

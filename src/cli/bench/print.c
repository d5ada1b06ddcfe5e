/*
 * print.c - a row as a line of a table, of CSV or of JSON.
 *
 * The columns of the table are llama-bench's where it has them: settings are shown where they are
 * not the usual ones. Widths come from the first row, since rows differ in their test alone.
 */
#include "cli/bench/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/words.h"

enum { CELL_MAX = 8192, LINE_MAX_LEN = 1 << 20, RATE_WIDTH = 20 };

typedef enum column_kind {
    TEXT = 0,
    NUMBER,
    SIZE,   /* bytes */
    COUNT,  /* of weights */
    TEST,   /* with its depth */
    RATE,   /* mean and deviation */
    CHOICE, /* a setting, shown where it is not the usual one */
} column_kind;

typedef struct column {
    const char *title;
    const char *key; /* in the row */
    column_kind kind;
} column;

static const column COLUMNS[] = {
    {"model", "model", TEXT},
    {"size", "size", SIZE},
    {"params", "params", COUNT},
    {"backend", "backend", TEXT},
    {"threads", "threads", NUMBER},
    {"threads_batch", "threads_batch", CHOICE},
    {"ngl", "n_gpu_layers", CHOICE},
    {"batch", "batch", CHOICE},
    {"ubatch", "ubatch", CHOICE},
    {"type_k", "type_k", CHOICE},
    {"type_v", "type_v", CHOICE},
    {"fa", "flash_attn", CHOICE},
    {"kv", "kv", CHOICE},
    {"realign", "realignment", CHOICE},
    {"latent_steps", "latent_steps", CHOICE},
    {"max_new_tokens", "max_new_tokens", CHOICE},
    {"lanes", "lanes", NUMBER},
    {"test", "test", TEST},
    {"t/s", "avg_ts", RATE},
};
#define N_COLUMNS (sizeof(COLUMNS) / sizeof(COLUMNS[0]))
_Static_assert(N_COLUMNS <= LMI_BENCH_COLUMNS_MAX, "room for the columns of a table");

lmi_bench_form lmi_bench_form_parse(const char *name)
{
    static const char *const names[] = {"md", "csv", "json", "jsonl"};
    size_t i = 0;

    while (i + 1 < sizeof(names) / sizeof(names[0]) && strcmp(names[i], name) != 0)
        i++;
    return (lmi_bench_form)i;
}

static double number(yyjson_mut_val *row, const char *key)
{
    return yyjson_mut_get_num(yyjson_mut_obj_get(row, key));
}

/* "pp512", or "pp512 @ d1024" behind positions that were there before. */
static void put_test(lmi_buf *out, const char *name, double depth)
{
    lmi_buf_puts(out, name);
    if (depth > 0)
        lmi_buf_printf(out, " @ d%.0f", depth);
}

static void put_rate(lmi_buf *out, yyjson_mut_val *row)
{
    const double mean = number(row, "avg_ts");
    const int digits = mean < 1 ? 4 : 2;

    lmi_buf_printf(out, "%.*f \xc2\xb1 %.*f%s", digits, mean, digits, number(row, "stddev_ts"),
                   number(row, "n_questions") > 0 ? " q/s" : "");
}

static void put_value(lmi_buf *out, yyjson_mut_val *val)
{
    if (yyjson_mut_is_str(val))
        lmi_buf_puts(out, yyjson_mut_get_str(val));
    else
        lmi_buf_printf(out, "%.0f", yyjson_mut_get_num(val));
}

static void put_cell(lmi_buf *out, const column *c, yyjson_mut_val *row)
{
    const double n = number(row, c->key);
    const double mib = 1024.0 * 1024.0;

    switch (c->kind) {
    case SIZE:
        lmi_buf_printf(out, n < 1024 * mib ? "%.2f MiB" : "%.2f GiB",
                       n < 1024 * mib ? n / mib : n / mib / 1024);
        break;
    case COUNT:
        lmi_buf_printf(out, n < 1e9 ? "%.2f M" : "%.2f B", n < 1e9 ? n / 1e6 : n / 1e9);
        break;
    case TEST:
        put_test(out, yyjson_mut_get_str(yyjson_mut_obj_get(row, c->key)), number(row, "depth"));
        break;
    case RATE:
        put_rate(out, row);
        break;
    default:
        put_value(out, yyjson_mut_obj_get(row, c->key));
    }
}

/* Columns on the screen: bytes that do not continue a character. */
static size_t width_of(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool is_left(const column *c)
{
    return c->kind == TEXT;
}

/* Which columns there are and how wide. */
static lmas_status measure(lmi_bench_printer *p, yyjson_mut_val *row, yyjson_mut_val *usual)
{
    lmas_status status;
    lmi_buf cell;
    size_t i;

    lmi_buf_init(&cell, CELL_MAX);
    for (i = 0; i < N_COLUMNS; i++) {
        const column *c = &COLUMNS[i];
        const size_t title_width = strlen(c->title);
        size_t width;

        if (c->kind == CHOICE &&
            yyjson_mut_equals(yyjson_mut_obj_get(row, c->key), yyjson_mut_obj_get(usual, c->key)))
            continue;
        lmi_buf_clear(&cell);
        put_cell(&cell, c, row);
        width = c->kind == TEST   ? p->test_width
                : c->kind == RATE ? (size_t)RATE_WIDTH
                                  : width_of(lmi_buf_text(&cell));
        p->widths[i] = width > title_width ? width : title_width;
    }
    status = lmi_buf_status(&cell);
    lmi_buf_done(&cell);
    return status;
}

static void put_padded(lmi_buf *out, const char *text, size_t width, bool is_left_bound)
{
    const size_t len = width_of(text);
    size_t i;

    lmi_buf_puts(out, "| ");
    for (i = len; !is_left_bound && i < width; i++)
        lmi_buf_putc(out, ' ');
    lmi_buf_puts(out, text);
    for (i = len; is_left_bound && i < width; i++)
        lmi_buf_putc(out, ' ');
    lmi_buf_putc(out, ' ');
}

static void put_head(lmi_buf *out, const lmi_bench_printer *p)
{
    size_t i, k;

    for (i = 0; i < N_COLUMNS; i++)
        if (p->widths[i])
            put_padded(out, COLUMNS[i].title, p->widths[i], is_left(&COLUMNS[i]));
    lmi_buf_puts(out, "|\n");
    for (i = 0; i < N_COLUMNS; i++) {
        if (!p->widths[i])
            continue;
        lmi_buf_puts(out, "| ");
        for (k = 1; k < p->widths[i]; k++)
            lmi_buf_putc(out, '-');
        lmi_buf_puts(out, is_left(&COLUMNS[i]) ? "- " : ": ");
    }
    lmi_buf_puts(out, "|\n");
}

static lmas_status put_markdown(lmi_buf *out, lmi_bench_printer *p, yyjson_mut_val *row,
                                yyjson_mut_val *usual)
{
    lmas_status status = LMAS_OK;
    lmi_buf cell;
    size_t i;

    if (p->n_rows == 0) {
        status = measure(p, row, usual);
        put_head(out, p);
    }
    lmi_buf_init(&cell, CELL_MAX);
    for (i = 0; i < N_COLUMNS; i++) {
        if (!p->widths[i])
            continue;
        lmi_buf_clear(&cell);
        put_cell(&cell, &COLUMNS[i], row);
        put_padded(out, lmi_buf_text(&cell), p->widths[i], is_left(&COLUMNS[i]));
    }
    lmi_buf_done(&cell);
    lmi_buf_puts(out, "|\n");
    return status;
}

/* A text in quotes, with those in it doubled. */
static void put_quoted(lmi_buf *out, const char *text)
{
    lmi_buf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            lmi_buf_putc(out, '"');
        lmi_buf_putc(out, *text);
    }
    lmi_buf_putc(out, '"');
}

/* All but the samples: their number is no part of a table's shape. */
static void put_csv(lmi_buf *out, const lmi_bench_printer *p, yyjson_mut_val *row)
{
    size_t i, max, n = 0;
    yyjson_mut_val *key, *val;

    if (p->n_rows == 0)
        yyjson_mut_obj_foreach(row, i, max, key, val) if (!yyjson_mut_is_arr(val))
            lmi_buf_printf(out, "%s%s", n++ ? "," : "", yyjson_mut_get_str(key));
    lmi_buf_puts(out, p->n_rows == 0 ? "\n" : "");
    n = 0;
    yyjson_mut_obj_foreach(row, i, max, key, val)
    {
        if (yyjson_mut_is_arr(val))
            continue;
        lmi_buf_puts(out, n++ ? "," : "");
        if (yyjson_mut_is_str(val))
            put_quoted(out, yyjson_mut_get_str(val));
        else if (yyjson_mut_is_real(val))
            lmi_buf_printf(out, "%.6f", yyjson_mut_get_real(val));
        else if (!yyjson_mut_is_null(val))
            lmi_buf_printf(out, "%.0f", yyjson_mut_get_num(val));
    }
    lmi_buf_putc(out, '\n');
}

/* Frees the document. */
static lmas_status put_json(lmi_buf *out, const lmi_bench_printer *p, yyjson_mut_doc *doc)
{
    lmas_status status;

    if (p->form == LMI_BENCH_JSON)
        lmi_buf_puts(out, p->n_rows ? ",\n" : "[\n");
    status = lmi_json_write(out, doc, 0, "a row");
    if (p->form == LMI_BENCH_JSONL)
        lmi_buf_putc(out, '\n');
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

static lmas_status put_row(lmi_buf *out, lmi_bench_printer *p, const lmi_bench_test *test,
                           const lmi_bench_result *result)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *row;
    lmas_status status = lmi_json_new(&doc, &row, "a row");

    if (status != LMAS_OK)
        return status;
    row = lmi_bench_row(doc, p->place, test, result);
    if (p->form == LMI_BENCH_JSON || p->form == LMI_BENCH_JSONL) {
        yyjson_mut_doc_set_root(doc, row);
        return put_json(out, p, doc);
    }
    if (p->form == LMI_BENCH_MD)
        status = put_markdown(out, p, row, lmi_bench_usual(doc, p->place, result));
    else
        put_csv(out, p, row);
    if (status == LMAS_OK)
        status = lmi_json_status(doc, "a row");
    yyjson_mut_doc_free(doc);
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

lmas_status lmi_bench_print(lmi_bench_printer *p, const lmi_bench_test *test,
                            const lmi_bench_result *result)
{
    lmas_status status;
    lmi_buf text;

    lmi_buf_init(&text, LINE_MAX_LEN);
    status = put_row(&text, p, test, result);
    if (status == LMAS_OK) {
        errno = 0;
        fputs(lmi_buf_text(&text), stdout);
        if (fflush(stdout) != 0)
            p->write_error = errno ? errno : EIO;
        p->n_rows++;
    }
    lmi_buf_done(&text);
    if (p->write_error)
        return lmi_fail(LMAS_E_IO, "cannot write the rows: %s", strerror(p->write_error));
    return status;
}

void lmi_bench_print_end(const lmi_bench_printer *p)
{
    if (p->write_error)
        return;
    if (p->form == LMI_BENCH_JSON)
        fputs(p->n_rows ? "\n]\n" : "[]\n", stdout);
    else if (p->form == LMI_BENCH_MD && p->n_rows)
        printf("\nbuild: %s, libllama %s%s%s\nCPU kernels: %s\n", lmas_version(),
               lmas_engine_version(), p->place->gpu.len ? ", " : "", lmi_buf_text(&p->place->gpu),
               lmas_model_describe(p->place->stage->model)->kernels);
}

void lmi_bench_printer_init(lmi_bench_printer *out, lmi_bench_form form,
                            const lmi_bench_place *place, const lmi_bench_test *tests, size_t n)
{
    lmi_buf text;
    size_t i;

    *out = (lmi_bench_printer){.place = place, .form = form};
    lmi_buf_init(&text, CELL_MAX);
    for (i = 0; i < n; i++) {
        char name[LMI_BENCH_NAME_SIZE];

        lmi_buf_clear(&text);
        lmi_bench_name(name, &tests[i]);
        put_test(&text, name, (double)tests[i].depth);
        if (text.len > out->test_width)
            out->test_width = text.len;
    }
    lmi_buf_done(&text);
}

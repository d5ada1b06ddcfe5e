/* beside.c - published numbers beside what was measured here, as a part of the page. */
#include "eval/report/format.h"
#include "eval/report/page/part.h"
#include "eval/report/survey/write.h"

static const char *const columns[] = {"task, method", "source",   "reported, %",
                                      "tokens",       "s in all", "here, %",
                                      "spoken",       "s in all", "questions"};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void write_number(lmi_buf *out, const lmi_sheet *s, const lmi_reported *number)
{
    const lmi_beside beside = lmi_beside_of(s->c, number, "*");
    const lmi_pool *pool = lmi_reported_beside(s->c, number);
    lmi_buf source;
    size_t i;

    lmi_buf_init(&source, out->max);
    lmi_reported_source(&source, number);
    lmi_row_open(out);
    if (pool)
        lmi_tag(out, lmi_pool_kind(s, pool));
    lmi_html(out, number->task);
    lmi_buf_puts(out, ", ");
    lmi_html(out, number->method);
    lmi_row_head(out);
    lmi_cell_text(out, columns[1], lmi_buf_text(&source));
    for (i = 0; i + 2 < COLUMNS; i++)
        lmi_cell_text(out, columns[i + 2], beside.texts[i]);
    lmi_row_close(out);
    lmi_buf_done(&source);
}

void lmi_page_beside(lmi_buf *out, const lmi_sheet *s)
{
    const lmi_reference *r = &s->c->reference;
    size_t i;

    if (!lmi_reference_is_here(s->c))
        return;
    lmi_buf_puts(out, "<section id=\"reported\">\n<h2>");
    lmi_html(out, r->model);
    lmi_buf_printf(out,
                   " as others report it <small>published numbers, not measured here, and what "
                   "was%s</small></h2>\n",
                   lmi_beside_has_part(s->c) ? "; *: " LMI_BESIDE_PART : "");
    lmi_table_open(out, "wide", "published numbers", columns, COLUMNS);
    for (i = 0; i < r->n; i++)
        if (lmi_reported_here(s->c, &r->numbers[i]))
            write_number(out, s, &r->numbers[i]);
    lmi_table_close(out);
    lmi_buf_puts(out, "</section>\n");
}

/* grid.c - tasks by methods: a share, its interval, and the same drawn from 0 to 100. */
#include <math.h>
#include <stdio.h>

#include "eval/report/format.h"
#include "eval/report/page/part.h"

/* Most methods side by side on a wide screen; beyond, the cells of a task stand in lines. The
 * picture of a cell: its size, where 0 % is and how wide 100 are. */
enum { ABREAST = 7, BAR_WIDTH = 116, BAR_HEIGHT = 16, BAR_LEFT = 8, BAR_SPAN = 100 };

static double at(double share)
{
    return BAR_LEFT + BAR_SPAN * share;
}

static void draw_share(lmi_buf *out, const lmi_kind *kind, const lmi_pooled *pooled)
{
    const int middle = BAR_HEIGHT / 2;

    lmi_buf_printf(out,
                   "<svg class=\"bar\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">"
                   "<path class=\"axis\" d=\"M%d %dh%d\"/><g class=\"p ",
                   BAR_WIDTH, BAR_HEIGHT, BAR_LEFT, middle, BAR_SPAN);
    lmi_kind_class(out, kind);
    lmi_buf_printf(out,
                   "\"><path class=\"whisker\" d=\"M%.1f %dH%.1f\"/>"
                   "<g transform=\"translate(%.1f %d) scale(.8)\">",
                   at(pooled->interval.low), middle, at(pooled->interval.high), at(pooled->mean),
                   middle);
    lmi_mark_svg(out, kind);
    lmi_buf_puts(out, "</g></g></svg>");
}

/* "43.3 +- 2.1", and the interval below. */
static void write_share(lmi_buf *out, const lmi_pool *pool)
{
    const lmi_pooled *e = &pool->exact;
    char mean[LMI_NUMBER_SIZE], low[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE];

    lmi_percent(mean, e->mean);
    lmi_percent(low, e->interval.low);
    lmi_percent(high, e->interval.high);
    lmi_buf_printf(out, "<strong>%s</strong>", mean);
    if (!isnan(e->deviation)) {
        lmi_percent(mean, e->deviation);
        lmi_buf_printf(out, " \xc2\xb1&#160;%s", mean);
    }
    lmi_buf_printf(out, " <small>%s to %s", low, high);
    if (pool->n_runs > 1)
        lmi_buf_printf(out, ", %zu runs", pool->n_runs);
    lmi_buf_puts(out, "</small>");
}

static void write_name(lmi_buf *out, const lmi_kind *kind)
{
    lmi_tag(out, kind);
    lmi_buf_puts(out, "<span class=\"n\">");
    lmi_html(out, kind->label);
    lmi_buf_puts(out, "</span>");
}

static void write_cell(lmi_buf *out, const lmi_sheet *s, size_t row, size_t column)
{
    const lmi_kind *kind = &s->kinds[column];
    const lmi_pool *pool = lmi_survey_pool(s->c, row, column);

    lmi_buf_puts(out, pool ? "<td role=\"cell\">" : "<td role=\"cell\" class=\"none\">");
    lmi_buf_puts(out, "<div class=\"h\" aria-hidden=\"true\">");
    write_name(out, kind);
    lmi_buf_puts(out, "</div>");
    if (pool && pool->exact.n) {
        write_share(out, pool);
        draw_share(out, kind, &pool->exact);
    } else {
        lmi_buf_puts(out, "-");
    }
    lmi_buf_puts(out, "</td>");
}

static void write_row(lmi_buf *out, const lmi_sheet *s, size_t row)
{
    const lmi_run *run = &s->c->runs[s->c->grid.rows[row]];
    size_t i;

    lmi_row_open(out);
    lmi_buf_printf(out, "<a href=\"#task-%zu\">", run->block);
    lmi_html(out, run->record.task);
    lmi_buf_printf(out, "</a> <small>%zu question%s</small>", run->record.n_questions,
                   run->record.n_questions == 1 ? "" : "s");
    lmi_row_head(out);
    for (i = 0; i < s->n_kinds; i++)
        write_cell(out, s, row, i);
    lmi_row_close(out);
}

static void write_average(lmi_buf *out, const lmi_sheet *s)
{
    char text[LMI_NUMBER_SIZE];
    size_t i;

    lmi_row_open(out);
    lmi_buf_puts(out, "mean of the tasks");
    lmi_row_head(out);
    for (i = 0; i < s->n_kinds; i++) {
        lmi_percent(text, lmi_survey_figure(s->c, s->c->grid.n_rows, i, LMI_METRIC_EXACT));
        lmi_buf_puts(out, "<td role=\"cell\"><div class=\"h\" aria-hidden=\"true\">");
        write_name(out, &s->kinds[i]);
        lmi_buf_printf(out, "</div><strong>%s</strong></td>", text);
    }
    lmi_row_close(out);
}

void lmi_page_grid(lmi_buf *out, const lmi_sheet *s)
{
    size_t i;

    lmi_buf_printf(
        out,
        "<section id=\"grid\">\n<h2>Tasks by methods <small>right by the exact rule, "
        "%%; mean \xc2\xb1 standard deviation over seeds, 95 %% interval; bars from 0 to "
        "100</small></h2>\n"
        "<table role=\"table\" class=\"grid-table%s\" aria-label=\"tasks by methods\">\n"
        "<thead role=\"rowgroup\"><tr role=\"row\">"
        "<th scope=\"col\" role=\"columnheader\">task</th>",
        s->n_kinds > ABREAST ? " many" : "");
    for (i = 0; i < s->n_kinds; i++) {
        lmi_buf_puts(out, "<th scope=\"col\" role=\"columnheader\">");
        write_name(out, &s->kinds[i]);
        lmi_buf_puts(out, "</th>");
    }
    lmi_buf_puts(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for (i = 0; i < s->c->grid.n_rows; i++)
        write_row(out, s, i);
    if (s->c->grid.has_average)
        write_average(out, s);
    lmi_table_close(out);
    lmi_buf_puts(out, "</section>\n");
}

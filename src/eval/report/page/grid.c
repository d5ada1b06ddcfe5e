/*
 * grid.c - tasks by methods: a share, its interval, and the same drawn from 0 to 100; folded below,
 * the same table of all else that is measured.
 */
#include <math.h>
#include <stdio.h>

#include "eval/report/format.h"
#include "eval/report/page/part.h"
#include "eval/report/survey/write.h"

/* Most methods side by side on a wide screen; beyond, the cells of a task stand in lines. The
 * picture of a cell: its size, where 0 % is and how wide 100 are. */
enum { ABREAST = 7, BAR_WIDTH = 116, BAR_HEIGHT = 16, BAR_LEFT = 8, BAR_SPAN = 100 };

static const lmi_signs signs = {" \xc2\xb1 ", "*"};

static double at(double share)
{
    return (double)BAR_LEFT + (double)BAR_SPAN * share;
}

static void draw_share(lmi_buf *out, const lmi_kind *kind, const lmi_pool *pool, bool is_hollow)
{
    const lmi_pooled *pooled = &pool->exact;
    const int middle = BAR_HEIGHT / 2;

    lmi_buf_printf(out,
                   "<svg class=\"bar\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">"
                   "<path class=\"axis\" d=\"M%d %dh%d\"/><g class=\"p ",
                   BAR_WIDTH, BAR_HEIGHT, BAR_LEFT, middle, BAR_SPAN);
    lmi_kind_class(out, kind);
    lmi_buf_printf(out,
                   "%s\"><path class=\"whisker\" d=\"M%.1f %dH%.1f\"/>"
                   "<g transform=\"translate(%.1f %d) scale(.8)\">",
                   is_hollow ? " hollow" : "", at(pooled->interval.low), middle,
                   at(pooled->interval.high), at(pooled->mean), middle);
    lmi_mark_svg(out, kind);
    lmi_buf_puts(out, "</g></g></svg>");
}

/* "43.3 +- 2.1", and the interval below. */
static void write_share(lmi_buf *out, const lmi_sheet *s, size_t row, size_t column)
{
    const lmi_pool *pool = lmi_survey_pool(s->c, row, column);
    char text[LMI_CELL_SIZE], low[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE];

    lmi_survey_cell(text, s->c, row, column, LMI_METRIC_EXACT, &signs);
    lmi_percent(low, pool->exact.interval.low);
    lmi_percent(high, pool->exact.interval.high);
    lmi_buf_printf(out, "<strong>%s</strong> <small>%s to %s", text, low, high);
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
        write_share(out, s, row, column);
        draw_share(out, kind, pool, lmi_pool_is_incomplete(s, pool));
    } else {
        lmi_buf_puts(out, "-");
    }
    lmi_buf_puts(out, "</td>");
}

/* The heading of a row, which is the mean of all where there are no more. */
static void write_row_head(lmi_buf *out, const lmi_sheet *s, size_t row)
{
    lmi_buf name;

    lmi_row_open(out);
    if (row == s->c->grid.n_rows) {
        lmi_buf_puts(out, "mean of the tasks");
    } else {
        const lmi_run *run = &s->c->runs[s->c->grid.rows[row]];

        lmi_buf_init(&name, out->max);
        lmi_survey_row_name(&name, s->c, row);
        lmi_buf_printf(out, "<a href=\"#task-%zu\">", run->block);
        lmi_html(out, lmi_buf_text(&name));
        lmi_buf_printf(out, "</a> <small>%zu question%s</small>", run->record.n_questions,
                       run->record.n_questions == 1 ? "" : "s");
        lmi_buf_done(&name);
    }
    lmi_row_head(out);
}

static void write_row(lmi_buf *out, const lmi_sheet *s, size_t row)
{
    size_t i;

    write_row_head(out, s, row);
    for (i = 0; i < s->n_kinds; i++)
        write_cell(out, s, row, i);
    lmi_row_close(out);
}

/* A row of one metric, in figures alone. */
static void write_figures(lmi_buf *out, const lmi_sheet *s, size_t row, lmi_metric metric)
{
    char text[LMI_CELL_SIZE];
    size_t i;

    write_row_head(out, s, row);
    for (i = 0; i < s->n_kinds; i++) {
        const bool is_there = row == s->c->grid.n_rows || lmi_survey_pool(s->c, row, i);

        lmi_survey_cell(text, s->c, row, i, metric, &signs);
        lmi_buf_printf(out, "<td role=\"cell\"%s><div class=\"h\" aria-hidden=\"true\">",
                       is_there ? "" : " class=\"none\"");
        write_name(out, &s->kinds[i]);
        lmi_buf_printf(out, "</div>%s</td>", text);
    }
    lmi_row_close(out);
}

static void open_table(lmi_buf *out, const lmi_sheet *s, const char *label)
{
    size_t i;

    lmi_buf_printf(out,
                   "<table role=\"table\" class=\"grid-table%s\" aria-label=\"%s\">\n"
                   "<thead role=\"rowgroup\"><tr role=\"row\">"
                   "<th scope=\"col\" role=\"columnheader\">task</th>",
                   s->n_kinds > ABREAST ? " many" : "", label);
    for (i = 0; i < s->n_kinds; i++) {
        lmi_buf_puts(out, "<th scope=\"col\" role=\"columnheader\">");
        write_name(out, &s->kinds[i]);
        lmi_buf_puts(out, "</th>");
    }
    lmi_buf_puts(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

static void write_metrics(lmi_buf *out, const lmi_sheet *s)
{
    size_t i;
    int metric;

    lmi_buf_puts(out, "<details><summary>The compat rule, tokens, seconds and speed-ups by the "
                      "same</summary>\n");
    for (metric = LMI_METRIC_COMPAT; metric < LMI_N_METRICS; metric++) {
        const char *name = lmi_metric_name((lmi_metric)metric);

        if (!lmi_survey_has(s->c, (lmi_metric)metric))
            continue;
        lmi_buf_printf(out, "<h3>%s</h3>\n", name);
        open_table(out, s, name);
        for (i = 0; i < lmi_survey_height(s->c); i++)
            write_figures(out, s, i, (lmi_metric)metric);
        lmi_table_close(out);
    }
    lmi_buf_puts(out, "</details>\n");
}

void lmi_page_grid(lmi_buf *out, const lmi_sheet *s)
{
    size_t i;

    lmi_buf_puts(out,
                 "<section id=\"grid\">\n<h2>Tasks by methods <small>right by the exact rule, "
                 "%; mean \xc2\xb1 standard deviation over seeds, 95 % interval; bars from 0 to "
                 "100</small></h2>\n");
    open_table(out, s, "tasks by methods");
    for (i = 0; i < s->c->grid.n_rows; i++)
        write_row(out, s, i);
    if (s->c->grid.has_average)
        write_figures(out, s, s->c->grid.n_rows, LMI_METRIC_EXACT);
    lmi_table_close(out);
    write_metrics(out, s);
    lmi_buf_puts(out, "</section>\n");
}

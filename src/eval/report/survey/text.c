/*
 * text.c - the grid for the terminal: a block a figure, tasks down and methods across.
 *
 * Labels of columns are broken at their commas and stand above each other; columns that do not fit
 * the line come below, with the tasks again.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/survey/write.h"

enum { LINE_WIDTH = 98, TASK_WIDTH = 22, N_WIDTH = 6, CELL_MIN = 11, CELL_MAX = 20 };

/* Part `n` of a label, up to the next ", "; its length in `*len`. NULL past the last. */
static const char *part_of(size_t *len, const char *label, size_t n)
{
    const char *end;

    for (; n > 0; n--) {
        label = strstr(label, ", ");
        if (!label)
            return NULL;
        label += 2;
    }
    end = strstr(label, ", ");
    *len = end ? (size_t)(end - label) : strlen(label);
    return label;
}

/* Right-aligned, cut where it is too long. */
static void write_right(lmi_buf *out, const char *text, size_t len, size_t width)
{
    lmi_buf part, cut;
    size_t n;

    lmi_buf_init(&part, out->max);
    lmi_buf_init(&cut, out->max);
    lmi_buf_append(&part, text, len);
    lmi_cut(&cut, lmi_buf_text(&part), width, false);
    lmi_buf_puts(out, "  ");
    for (n = lmi_width(lmi_buf_text(&cut)); n < width; n++)
        lmi_buf_putc(out, ' ');
    lmi_buf_puts(out, lmi_buf_text(&cut));
    lmi_buf_done(&part);
    lmi_buf_done(&cut);
}

static const lmi_signs signs = {" \xc2\xb1 ", "*"};

/* The longest part of the labels, cut where it is very long; and no number is ever cut. */
static size_t width_of(const lmi_comparison *c)
{
    size_t width = CELL_MIN;
    char cell[LMI_CELL_SIZE];
    size_t i, n, len, row;

    for (i = 0; i < c->grid.n_columns; i++)
        for (n = 0; part_of(&len, c->grid.columns[i].label, n); n++)
            width = len > width ? len : width;
    width = width < CELL_MAX ? width : CELL_MAX;
    for (row = 0; row < lmi_survey_height(c); row++)
        for (i = 0; i < c->grid.n_columns; i++)
            for (n = 0; n < LMI_N_METRICS; n++) {
                lmi_survey_cell(cell, c, row, i, (lmi_metric)n, &signs);
                len = lmi_width(cell);
                width = len > width ? len : width;
            }
    return width;
}

/* Columns `first` up to `end`, their labels from the top. */
static void write_header(lmi_buf *out, const lmi_comparison *c, size_t first, size_t end,
                         size_t width)
{
    bool has_more = true;
    size_t line, i;

    for (line = 0; has_more; line++) {
        has_more = false;
        if (line)
            lmi_buf_printf(out, "%*s", TASK_WIDTH + N_WIDTH, "");
        else
            lmi_buf_printf(out, "%-*s%*s", TASK_WIDTH, "", N_WIDTH, "n");
        for (i = first; i < end; i++) {
            size_t len = 0, next;
            const char *part = part_of(&len, c->grid.columns[i].label, line);

            write_right(out, part ? part : "", len, width);
            has_more |= part_of(&next, c->grid.columns[i].label, line + 1) != NULL;
        }
        lmi_buf_putc(out, '\n');
    }
}

static void write_task(lmi_buf *out, const lmi_comparison *c, size_t row)
{
    lmi_buf name;

    lmi_buf_init(&name, out->max);
    if (row < c->grid.n_rows)
        lmi_survey_row_name(&name, c, row);
    else
        lmi_buf_puts(&name, "average");
    lmi_column(out, lmi_buf_text(&name), TASK_WIDTH);
    lmi_buf_done(&name);
}

static void write_row(lmi_buf *out, const lmi_comparison *c, size_t row, size_t first, size_t end,
                      size_t width, lmi_metric metric)
{
    const lmi_record *r = row < c->grid.n_rows ? &c->runs[c->grid.rows[row]].record : NULL;
    char cell[LMI_CELL_SIZE];
    size_t i;

    write_task(out, c, row);
    if (r)
        lmi_buf_printf(out, "%*zu", N_WIDTH, r->n_questions);
    else
        lmi_buf_printf(out, "%*s", N_WIDTH, "");
    for (i = first; i < end; i++) {
        lmi_survey_cell(cell, c, row, i, metric, &signs);
        write_right(out, cell, strlen(cell), width);
    }
    lmi_buf_putc(out, '\n');
}

static void write_block(lmi_buf *out, const lmi_comparison *c, size_t width, lmi_metric metric)
{
    const size_t n_fit = (LINE_WIDTH - TASK_WIDTH - N_WIDTH) / (width + 2);
    size_t first, row;

    lmi_buf_printf(out, "\n%s\n", lmi_metric_name(metric));
    for (first = 0; first < c->grid.n_columns; first += n_fit) {
        const size_t end = first + n_fit < c->grid.n_columns ? first + n_fit : c->grid.n_columns;

        write_header(out, c, first, end, width);
        for (row = 0; row < lmi_survey_height(c); row++)
            write_row(out, c, row, first, end, width, metric);
    }
}

/* ---- Seeds ---- */

static void write_pooled(lmi_buf *out, const char *name, const lmi_pooled *p)
{
    size_t ks[LMI_SHOWN_PASS];
    const size_t n = lmi_shown_pass(ks, p);
    const double shares[] = {p->mean, p->deviation, p->least, p->most};
    char text[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE];
    size_t i;

    lmi_buf_printf(out, "    %-6s  %7zu", name, p->n);
    for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        lmi_percent(text, shares[i]);
        lmi_buf_printf(out, "  %7s", text);
    }
    lmi_percent(text, p->interval.low);
    lmi_percent(high, p->interval.high);
    lmi_buf_printf(out, "  %5s - %5s", text, high);
    for (i = 0; i < n; i++) {
        lmi_percent(text, p->pass[ks[i] - 1]);
        lmi_buf_printf(out, "  %6s", text);
    }
    lmi_buf_putc(out, '\n');
}

static void write_pool(lmi_buf *out, const lmi_comparison *c, size_t pool)
{
    const lmi_pool *p = &c->pools[pool];
    size_t ks[LMI_SHOWN_PASS];
    const size_t n = lmi_shown_pass(ks, &p->exact);
    lmi_buf line;
    size_t i;

    lmi_buf_init(&line, out->max);
    lmi_plain(&line, c->runs[p->first].record.task);
    lmi_buf_printf(&line, ", %s: ", c->grid.columns[p->column].label);
    lmi_pool_runs(&line, c, pool);
    lmi_buf_putc(out, '\n');
    lmi_cut(out, lmi_buf_text(&line), LINE_WIDTH, false);
    lmi_buf_done(&line);
    lmi_buf_printf(out, "\n    %-6s  %7s  %7s  %7s  %7s  %7s  %13s", "", "common", "mean %", "dev.",
                   "lowest", "highest", "95 %");
    for (i = 0; i < n; i++)
        lmi_buf_printf(out, " %s%zu", ks[i] < 10 ? " pass@" : "pass@", ks[i]);
    lmi_buf_putc(out, '\n');
    write_pooled(out, "exact", &p->exact);
    write_pooled(out, "compat", &p->compat);
}

static const char legend[] =
    "\n\xc2\xb1, dev.: sample standard deviation over seeds, in percent points. common: questions "
    "that all seeds\nhave graded. 95 %: Wilson's interval of the mean with the question as the "
    "unit. pass@k: the chance\nthat one of k answers is right, without bias.\n";

void lmi_survey_text(lmi_buf *out, const lmi_comparison *c)
{
    const size_t width = width_of(c);
    bool has_seeds = false;
    size_t i;

    if (!c->grid.is_first)
        return;
    lmi_buf_puts(out, lmi_survey_has_partial(c) ? "all runs (*: told of a part of the questions)\n"
                                                : "all runs\n");
    for (i = 0; i < LMI_N_METRICS; i++)
        if (lmi_survey_has(c, (lmi_metric)i))
            write_block(out, c, width, (lmi_metric)i);
    for (i = 0; i < c->n_pools; i++)
        if (c->pools[i].n_runs > 1) {
            write_pool(out, c, i);
            has_seeds = true;
        }
    lmi_buf_puts(out, has_seeds ? legend : "");
    lmi_buf_putc(out, '\n');
}

/* markdown.c - the grid as tables that GitHub renders: one a figure, then the seeds. */
#include <stdio.h>

#include "eval/report/format.h"
#include "eval/report/survey/write.h"

static const lmi_signs signs = {" \xc2\xb1 ", "\\*"};

static void write_row(lmi_buf *out, const lmi_comparison *c, size_t row, lmi_metric metric)
{
    const lmi_record *r = row < c->grid.n_rows ? &c->runs[c->grid.rows[row]].record : NULL;
    char cell[LMI_CELL_SIZE];
    lmi_buf name;
    size_t i;

    lmi_buf_init(&name, out->max);
    if (r)
        lmi_survey_row_name(&name, c, row);
    lmi_buf_puts(out, "| ");
    lmi_markdown(out, r ? lmi_buf_text(&name) : "average");
    lmi_buf_done(&name);
    if (r)
        lmi_buf_printf(out, " | %zu |", r->n_questions);
    else
        lmi_buf_puts(out, " | |");
    for (i = 0; i < c->grid.n_columns; i++) {
        lmi_survey_cell(cell, c, row, i, metric, &signs);
        lmi_buf_printf(out, " %s |", cell);
    }
    lmi_buf_putc(out, '\n');
}

static void write_block(lmi_buf *out, const lmi_comparison *c, lmi_metric metric)
{
    size_t i;

    lmi_buf_printf(out, "\n| %s | n |", lmi_metric_name(metric));
    for (i = 0; i < c->grid.n_columns; i++) {
        lmi_buf_putc(out, ' ');
        lmi_markdown(out, c->grid.columns[i].label);
        lmi_buf_puts(out, " |");
    }
    lmi_buf_puts(out, "\n|---|--:|");
    for (i = 0; i < c->grid.n_columns; i++)
        lmi_buf_puts(out, "--:|");
    lmi_buf_putc(out, '\n');
    for (i = 0; i < lmi_survey_height(c); i++)
        write_row(out, c, i, metric);
}

static void write_share(lmi_buf *out, double share)
{
    char text[LMI_NUMBER_SIZE];

    lmi_percent(text, share);
    lmi_buf_printf(out, " %s |", text);
}

static void write_pooled(lmi_buf *out, const lmi_comparison *c, size_t pool, bool is_compat)
{
    const lmi_pool *p = &c->pools[pool];
    const lmi_pooled *pooled = is_compat ? &p->compat : &p->exact;
    char low[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE], text[LMI_NUMBER_SIZE];
    size_t k;

    lmi_buf_puts(out, "| ");
    lmi_markdown(out, c->runs[p->first].record.task);
    lmi_buf_puts(out, " | ");
    lmi_markdown(out, c->grid.columns[p->column].label);
    lmi_buf_puts(out, " | ");
    lmi_pool_runs(out, c, pool);
    lmi_buf_printf(out, " | %s | %zu |", is_compat ? "compat" : "exact", pooled->n);
    write_share(out, pooled->mean);
    write_share(out, pooled->deviation);
    write_share(out, pooled->least);
    write_share(out, pooled->most);
    lmi_percent(low, pooled->interval.low);
    lmi_percent(high, pooled->interval.high);
    lmi_buf_printf(out, " [%s, %s] | ", low, high);
    for (k = 0; k < pooled->n_pass; k++) {
        lmi_percent(text, pooled->pass[k]);
        lmi_buf_printf(out, "%s%s", k ? ", " : "", text);
    }
    lmi_buf_puts(out, " |\n");
}

static const char seeds_head[] =
    "\n| task | method | runs | rule | common | mean % | deviation | lowest | highest | 95 % | "
    "pass@1, 2, ... % |\n|---|---|---|---|--:|--:|--:|--:|--:|--:|---|\n";

static const char legend[] =
    "\nDeviation (\xc2\xb1): sample standard deviation over seeds, in percent points. Common: "
    "questions that all seeds have graded. 95 %: Wilson's interval of the mean with the question "
    "as the unit. pass@k: the chance that one of k answers is right, without bias.\n";

void lmi_survey_markdown(lmi_buf *out, const lmi_comparison *c)
{
    bool has_seeds = false;
    size_t i;

    if (!c->grid.is_first)
        return;
    lmi_buf_printf(out, "## All runs\n%s",
                   lmi_survey_has_partial(c) ? "\n\\*: told of a part of the questions\n" : "");
    for (i = 0; i < LMI_N_METRICS; i++)
        if (lmi_survey_has(c, (lmi_metric)i))
            write_block(out, c, (lmi_metric)i);
    for (i = 0; i < c->n_pools; i++) {
        if (c->pools[i].n_runs == 1)
            continue;
        lmi_buf_puts(out, has_seeds ? "" : seeds_head);
        has_seeds = true;
        write_pooled(out, c, i, false);
        write_pooled(out, c, i, true);
    }
    lmi_buf_puts(out, has_seeds ? legend : "");
    lmi_buf_putc(out, '\n');
}

/* cells.c - what the forms of the grid have in common: figures as people read them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/grid/write.h"

static bool is_share(lmi_metric metric)
{
    return metric == LMI_METRIC_EXACT || metric == LMI_METRIC_COMPAT;
}

static double deviation_of(const lmi_comparison *c, size_t row, size_t column, lmi_metric metric)
{
    const lmi_pool *pool = row < c->grid.n_rows ? lmi_grid_pool(c, row, column) : NULL;

    if (!pool)
        return NAN;
    return metric == LMI_METRIC_EXACT ? pool->exact.deviation : pool->compat.deviation;
}

void lmi_grid_cell(char out[LMI_CELL_SIZE], const lmi_comparison *c, size_t row, size_t column,
                   lmi_metric metric, const char *plus_minus)
{
    const double figure = lmi_grid_figure(c, row, column, metric);
    const double deviation = deviation_of(c, row, column, metric);
    char text[LMI_NUMBER_SIZE], more[LMI_NUMBER_SIZE];

    if (!is_share(metric)) {
        lmi_number(text, figure);
        snprintf(out, LMI_CELL_SIZE, "%s", text);
        return;
    }
    lmi_percent(text, figure);
    lmi_percent(more, deviation);
    if (isnan(deviation))
        snprintf(out, LMI_CELL_SIZE, "%s", text);
    else
        snprintf(out, LMI_CELL_SIZE, "%s%s%s", text, plus_minus, more);
}

size_t lmi_grid_height(const lmi_comparison *c)
{
    return c->grid.n_rows + (c->grid.has_average ? 1 : 0);
}

/* All of a few, else powers of two and the last. */
size_t lmi_shown_pass(size_t out[LMI_SHOWN_PASS], const lmi_pooled *pooled)
{
    const bool is_all = pooled->n_pass <= LMI_SHOWN_PASS;
    size_t n = 0;
    size_t k;

    for (k = 1; k < pooled->n_pass && n + 1 < LMI_SHOWN_PASS; k = is_all ? k + 1 : k * 2)
        out[n++] = k;
    if (pooled->n_pass)
        out[n++] = pooled->n_pass;
    return n;
}

void lmi_pool_runs(lmi_buf *out, const lmi_comparison *c, size_t pool)
{
    bool is_first = true;
    size_t i;

    for (i = c->pools[pool].first; i < c->n_runs; i++) {
        if (c->runs[i].pool != pool)
            continue;
        lmi_buf_printf(out, "%s%s (seed %llu)", is_first ? "" : ", ", c->runs[i].key,
                       (unsigned long long)c->runs[i].record.seed);
        is_first = false;
    }
}

/* cells.c - what the forms of the grid have in common: figures as people read them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/survey/write.h"

static bool is_share(lmi_metric metric)
{
    return metric <= LMI_METRIC_GRADER;
}

static const lmi_pooled *pooled_of(const lmi_comparison *c, size_t row, size_t column,
                                   lmi_metric metric)
{
    const lmi_pool *pool = lmi_survey_pool(c, row, column);

    if (!pool || metric == LMI_METRIC_GRADER)
        return NULL;
    return metric == LMI_METRIC_EXACT ? &pool->exact : &pool->compat;
}

static bool is_judged_in_part(const lmi_comparison *c, const lmi_pool *pool)
{
    return pool && pool->figures.grader.n < pool->n_runs * c->runs[pool->first].record.n_questions;
}

/* Of an average: whether one of its shares is. */
static bool is_partial(const lmi_comparison *c, size_t row, size_t column, lmi_metric metric)
{
    const lmi_pooled *pooled;
    bool is_one = false;
    size_t i;

    if (row < c->grid.n_rows && metric == LMI_METRIC_GRADER)
        return is_judged_in_part(c, lmi_survey_pool(c, row, column));
    if (row < c->grid.n_rows) {
        pooled = pooled_of(c, row, column, metric);
        return pooled && pooled->n < c->runs[c->grid.rows[row]].record.n_questions;
    }
    for (i = 0; i < c->grid.n_rows; i++)
        is_one |= is_partial(c, i, column, metric);
    return is_one;
}

bool lmi_survey_has_partial(const lmi_comparison *c)
{
    size_t row, column;

    for (row = 0; row < c->grid.n_rows; row++)
        for (column = 0; column < c->grid.n_columns; column++) {
            const lmi_pool *pool = lmi_survey_pool(c, row, column);

            if (pool && ((pool->exact.n && is_partial(c, row, column, LMI_METRIC_EXACT)) ||
                         (pool->figures.grader.n && is_judged_in_part(c, pool)) ||
                         (pool->compat.n && is_partial(c, row, column, LMI_METRIC_COMPAT))))
                return true;
        }
    return false;
}

void lmi_survey_cell(char out[LMI_CELL_SIZE], const lmi_comparison *c, size_t row, size_t column,
                     lmi_metric metric, const lmi_signs *signs)
{
    const double figure = lmi_survey_figure(c, row, column, metric);
    const lmi_pooled *pooled =
        row < c->grid.n_rows && is_share(metric) ? pooled_of(c, row, column, metric) : NULL;
    const bool has_deviation = pooled && !isnan(pooled->deviation);
    char text[LMI_NUMBER_SIZE], more[LMI_NUMBER_SIZE] = "";

    if (is_share(metric))
        lmi_percent(text, figure);
    else
        lmi_number(text, figure);
    if (has_deviation)
        lmi_percent(more, pooled->deviation);
    snprintf(out, LMI_CELL_SIZE, "%s%s%s%s", text, has_deviation ? signs->plus_minus : "", more,
             is_share(metric) && !isnan(figure) && is_partial(c, row, column, metric)
                 ? signs->partial
                 : "");
}

size_t lmi_survey_height(const lmi_comparison *c)
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

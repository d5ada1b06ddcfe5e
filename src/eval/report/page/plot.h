/*
 * plot.h - the pictures of a report, as SVG within its page.
 *
 * Colours come from the page's style sheet by class, so that a picture follows light and dark.
 * Every picture has a title and a text that says what it shows in numbers. Plots of one kind have
 * the same axes in all tasks of a page.
 */
#ifndef LMI_EVAL_REPORT_PAGE_PLOT_H
#define LMI_EVAL_REPORT_PAGE_PLOT_H

#include "eval/report/page/part.h"

/* Most ticks of an axis. */
enum { LMI_TICKS_MAX = 12 };

/* An axis from `low` to `high`, both of which may be beyond what was to be shown. */
typedef struct lmi_axis {
    double low, high;
    bool is_log;
    double ticks[LMI_TICKS_MAX];
    size_t n_ticks;
} lmi_axis;

/* At least `low` to `high` in round steps of which there are about `n`. */
lmi_axis lmi_axis_linear(double low, double high, size_t n);

/* For values from `low` (not negative) to `high`: logarithmic past a factor of ten, else from
 * zero. */
lmi_axis lmi_axis_fit(double low, double high);

/* Where `x` stands: 0 at the low end, 1 at the high one. */
double lmi_axis_at(const lmi_axis *axis, double x);

/* What a pool is plotted by, or stacked up of. */
typedef enum lmi_cost { LMI_COST_SPOKEN, LMI_COST_TOKENS, LMI_COST_SECONDS } lmi_cost;

/* Whether a pool of the block can be plotted: it has graded questions. */
bool lmi_plot_has_points(const lmi_sheet *sheet, size_t block);

/* Append a plot of accuracy against a cost, one point a pool with its interval. */
void lmi_plot_scatter(lmi_buf *out, const lmi_sheet *sheet, size_t block, lmi_cost cost);

/* Whether any run of the block names agents. */
bool lmi_plot_has_agents(const lmi_sheet *sheet, size_t block);

/* Append bars, one an agent: its seconds, or its tokens and thoughts, by phase. */
void lmi_plot_agents(lmi_buf *out, const lmi_sheet *sheet, size_t block, lmi_cost cost);

#endif

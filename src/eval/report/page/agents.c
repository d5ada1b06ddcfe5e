/*
 * agents.c - what each agent of a team took: bars of reading, thinking and speaking.
 *
 * All pools of a task share one scale, so bars can be compared between methods as well; a pool
 * of several runs is their mean.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/page/label.h"
#include "eval/report/page/plot.h"

/* The picture, where bars start and may end, and the height of a row. */
enum {
    WIDTH = 360,
    TOP = 4,
    LEFT = 96,
    RIGHT = 300,
    ROW = 19,
    BAR = 12,
    FONT = 11,
    NAME_WIDTH = LEFT - 8,
    CODE_LEFT = 19,
    GAP = 5
};

/* What an agent took per question, by phase. */
typedef struct parts {
    double read, think, speak;
} parts;

static double sum_of(parts p)
{
    return p.read + p.think + p.speak;
}

static void add_parts(parts *sum, const lmi_record *r, size_t agent, lmi_cost cost)
{
    const lmi_work *w = &r->agents[agent].work;
    const double n = r->n ? (double)r->n : 1;

    if (cost == LMI_COST_SECONDS) {
        sum->read += w->read_ms / n / 1e3;
        sum->think += w->think_ms / n / 1e3;
        sum->speak += w->speak_ms / n / 1e3;
    } else {
        sum->read += (double)w->n_read / n;
        sum->think += (double)w->n_thought / n;
        sum->speak += (double)w->n_spoken / n;
    }
}

/* The run that names the agents of a pool. */
static const lmi_record *record_of(const lmi_sheet *s, const lmi_pool *pool)
{
    return &s->c->runs[pool->first].record;
}

static void add_run(parts *sum, const lmi_record *r, const char *name, lmi_cost cost)
{
    size_t i;

    for (i = 0; i < r->n_agents; i++)
        if (strcmp(r->agents[i].name, name) == 0)
            add_parts(sum, r, i, cost);
}

/* The mean over the runs of a pool, agents found by name. */
static parts parts_of(const lmi_sheet *s, const lmi_pool *pool, size_t agent, lmi_cost cost)
{
    const char *name = record_of(s, pool)->agents[agent].name;
    const double n = (double)pool->n_runs;
    parts sum = {0};
    size_t i;

    for (i = 0; i < s->c->n_runs; i++)
        if (lmi_pool_has(s, pool, i))
            add_run(&sum, &s->c->runs[i].record, name, cost);
    return (parts){sum.read / n, sum.think / n, sum.speak / n};
}

static bool is_drawn(const lmi_sheet *s, const lmi_pool *pool, size_t block)
{
    return lmi_pool_block(s, pool) == block && record_of(s, pool)->n_agents > 0;
}

bool lmi_plot_has_agents(const lmi_sheet *sheet, size_t block)
{
    size_t i;

    for (i = 0; i < sheet->n_pools; i++)
        if (is_drawn(sheet, sheet->pools[i], block))
            return true;
    return false;
}

/* Rows of the picture, and the longest bar. */
static void measure(size_t *n_rows, double *most, const lmi_sheet *s, size_t block, lmi_cost cost)
{
    size_t i, k;

    *n_rows = 0;
    *most = 0;
    for (i = 0; i < s->n_pools; i++) {
        const lmi_pool *pool = s->pools[i];
        const size_t n = record_of(s, pool)->n_agents;

        if (!is_drawn(s, pool, block))
            continue;
        *n_rows += 1 + n;
        for (k = 0; k < n; k++)
            *most = fmax(*most, sum_of(parts_of(s, pool, k, cost)));
    }
}

static double draw_part(lmi_buf *out, const char *class, double x, double y, double width)
{
    if (width > 0)
        lmi_buf_printf(out,
                       "<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\"/>",
                       class, x, y, width, BAR);
    return x + width;
}

static void draw_agent(lmi_buf *out, const char *name, parts p, double y, double most)
{
    const double unit = most > 0 ? (RIGHT - LEFT) / most : 0;
    char text[LMI_NUMBER_SIZE];
    lmi_buf fit;
    double x = LEFT;

    lmi_buf_init(&fit, out->max);
    lmi_text_fit(&fit, name, FONT, NAME_WIDTH);
    lmi_buf_printf(out, "<text class=\"tick end\" x=\"%d\" y=\"%.1f\">", LEFT - 6, y + 10);
    lmi_html(out, lmi_buf_text(&fit));
    lmi_buf_puts(out, "</text>");
    lmi_buf_done(&fit);
    x = draw_part(out, "read", x, y, p.read * unit);
    x = draw_part(out, "think", x, y, p.think * unit);
    x = draw_part(out, "speak", x, y, p.speak * unit);
    lmi_number(text, sum_of(p));
    lmi_buf_printf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 5, y + 10,
                   text);
}

static void draw_heading(lmi_buf *out, const lmi_kind *kind, double y)
{
    const double left = (double)(CODE_LEFT + GAP) + lmi_text_width(kind->code, FONT);
    lmi_buf name, fit;

    lmi_buf_init(&name, out->max);
    lmi_buf_init(&fit, out->max);
    lmi_plain(&name, kind->label);
    lmi_text_fit(&fit, lmi_buf_text(&name), FONT, (double)WIDTH - left);
    lmi_buf_puts(out, "<g class=\"p ");
    lmi_kind_class(out, kind);
    lmi_buf_printf(out, "\"><g transform=\"translate(10 %.1f)\">", y + 8);
    lmi_mark_svg(out, kind);
    lmi_buf_printf(out,
                   "</g></g><text class=\"head\" x=\"%d\" y=\"%.1f\">%s</text>"
                   "<text class=\"head\" x=\"%.1f\" y=\"%.1f\">",
                   CODE_LEFT, y + 12, kind->code, left, y + 12);
    lmi_html(out, lmi_buf_text(&fit));
    lmi_buf_puts(out, "</text>\n");
    lmi_buf_done(&name);
    lmi_buf_done(&fit);
}

/* The same in words. */
static void describe(lmi_buf *out, const lmi_sheet *s, size_t block, lmi_cost cost)
{
    char text[LMI_NUMBER_SIZE];
    size_t i, k;

    for (i = 0; i < s->n_pools; i++) {
        const lmi_pool *pool = s->pools[i];
        const lmi_record *r = record_of(s, pool);

        for (k = 0; lmi_pool_block(s, pool) == block && k < r->n_agents; k++) {
            lmi_number(text, sum_of(parts_of(s, pool, k, cost)));
            lmi_buf_printf(out, "%s ", lmi_pool_kind(s, pool)->code);
            lmi_html(out, r->agents[k].name);
            lmi_buf_printf(out, " %s; ", text);
        }
    }
}

static void draw_bars(lmi_buf *out, const lmi_sheet *s, size_t block, lmi_cost cost, double most)
{
    size_t row = 0;
    size_t i, k;

    for (i = 0; i < s->n_pools; i++) {
        const lmi_pool *pool = s->pools[i];
        const lmi_record *r = record_of(s, pool);

        if (!is_drawn(s, pool, block))
            continue;
        draw_heading(out, lmi_pool_kind(s, pool), (double)(TOP + row++ * ROW));
        for (k = 0; k < r->n_agents; k++)
            draw_agent(out, r->agents[k].name, parts_of(s, pool, k, cost),
                       (double)(TOP + row++ * ROW), most);
    }
}

void lmi_plot_agents(lmi_buf *out, const lmi_sheet *sheet, size_t block, lmi_cost cost)
{
    const char *title = cost == LMI_COST_SECONDS ? "Seconds in the engine, by agent"
                                                 : "Tokens and thoughts, by agent";
    const int id = cost == LMI_COST_SECONDS ? 4 : 3;
    double most;
    size_t n_rows;

    measure(&n_rows, &most, sheet, block, cost);
    lmi_buf_printf(
        out,
        "<figure><figcaption>%s <small>per question, each task to its own scale</small>"
        "</figcaption>\n"
        "<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-labelledby=\"s%zu-%d-t s%zu-%d-d\">"
        "<title id=\"s%zu-%d-t\">%s</title><desc id=\"s%zu-%d-d\">",
        title, WIDTH, n_rows * ROW + (size_t)2 * TOP, block, id, block, id, block, id, title, block,
        id);
    describe(out, sheet, block, cost);
    lmi_buf_puts(out, "</desc>\n");
    draw_bars(out, sheet, block, cost, most);
    lmi_buf_puts(out, "</svg></figure>\n");
}

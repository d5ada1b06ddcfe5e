/*
 * agents.c - what each agent of a team took: bars of reading, thinking and speaking.
 *
 * All runs of a task share one scale, so bars can be compared between runs as well.
 */
#include <math.h>
#include <stdio.h>

#include "eval/report/format.h"
#include "eval/report/plot.h"

/* The picture, where bars start and may end, and the height of a row. */
enum {
    WIDTH = 360,
    TOP = 4,
    LEFT = 96,
    RIGHT = 314,
    ROW = 19,
    BAR = 12,
    NAME_WIDTH = 13,
    HEADING_WIDTH = 50
};

/* What an agent took per question, by phase. */
typedef struct parts {
    double read, think, speak;
} parts;

static double sum_of(parts p)
{
    return p.read + p.think + p.speak;
}

static parts parts_of(const lmi_record *r, size_t agent, lmi_cost cost)
{
    const lmi_work *w = &r->agents[agent].work;
    const double n = r->n ? (double)r->n : 1;

    if (cost == LMI_COST_SECONDS)
        return (parts){w->read_ms / n / 1e3, w->think_ms / n / 1e3, w->speak_ms / n / 1e3};
    return (parts){(double)w->n_read / n, (double)w->n_thought / n, (double)w->n_spoken / n};
}

bool lmi_plot_has_agents(const lmi_comparison *comparison, size_t block)
{
    size_t i;

    for (i = 0; i < comparison->n_runs; i++)
        if (comparison->runs[i].block == block && comparison->runs[i].record.n_agents)
            return true;
    return false;
}

/* Rows of the picture, and the longest bar. */
static void measure(size_t *n_rows, double *most, const lmi_comparison *c, size_t block,
                    lmi_cost cost)
{
    size_t i, k;

    *n_rows = 0;
    *most = 0;
    for (i = 0; i < c->n_runs; i++) {
        const lmi_record *r = &c->runs[i].record;

        if (c->runs[i].block != block || !r->n_agents)
            continue;
        *n_rows += 1 + r->n_agents;
        for (k = 0; k < r->n_agents; k++)
            *most = fmax(*most, sum_of(parts_of(r, k, cost)));
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

static void draw_agent(lmi_buf *out, const lmi_record *r, size_t agent, lmi_cost cost, double y,
                       double most)
{
    const parts p = parts_of(r, agent, cost);
    const double unit = most > 0 ? (RIGHT - LEFT) / most : 0;
    char text[LMI_NUMBER_SIZE];
    lmi_buf name;
    double x = LEFT;

    lmi_buf_init(&name, out->max);
    lmi_cut(&name, r->agents[agent].name, NAME_WIDTH, false);
    lmi_buf_printf(out, "<text class=\"tick end\" x=\"%d\" y=\"%.1f\">", LEFT - 6, y + 10);
    lmi_html(out, lmi_buf_text(&name));
    lmi_buf_puts(out, "</text>");
    lmi_buf_done(&name);
    x = draw_part(out, "read", x, y, p.read * unit);
    x = draw_part(out, "think", x, y, p.think * unit);
    x = draw_part(out, "speak", x, y, p.speak * unit);
    lmi_number(text, sum_of(p));
    lmi_buf_printf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 5, y + 10,
                   text);
}

static void draw_run(lmi_buf *out, const lmi_run *run, double y)
{
    lmi_buf heading, cut;

    lmi_buf_init(&heading, out->max);
    lmi_buf_init(&cut, out->max);
    lmi_buf_printf(&heading, "%s ", run->key);
    lmi_plain(&heading, run->record.method);
    lmi_buf_puts(&heading, *run->settings ? ", " : "");
    lmi_plain(&heading, run->settings);
    lmi_cut(&cut, lmi_buf_text(&heading), HEADING_WIDTH, false);
    lmi_buf_printf(out, "<text class=\"head\" x=\"4\" y=\"%.1f\">", y + 11);
    lmi_html(out, lmi_buf_text(&cut));
    lmi_buf_puts(out, "</text>\n");
    lmi_buf_done(&heading);
    lmi_buf_done(&cut);
}

/* The same in words. */
static void describe(lmi_buf *out, const lmi_comparison *c, size_t block, lmi_cost cost)
{
    size_t i, k;

    for (i = 0; i < c->n_runs; i++) {
        const lmi_record *r = &c->runs[i].record;

        if (c->runs[i].block != block)
            continue;
        for (k = 0; k < r->n_agents; k++) {
            char text[LMI_NUMBER_SIZE];

            lmi_number(text, sum_of(parts_of(r, k, cost)));
            lmi_buf_printf(out, "%s ", c->runs[i].key);
            lmi_html(out, r->agents[k].name);
            lmi_buf_printf(out, " %s; ", text);
        }
    }
}

void lmi_plot_agents(lmi_buf *out, const lmi_comparison *comparison, size_t block, lmi_cost cost)
{
    const char *title = cost == LMI_COST_SECONDS ? "Seconds in the engine, by agent"
                                                 : "Tokens and thoughts, by agent";
    const int id = cost == LMI_COST_SECONDS ? 4 : 3;
    double most;
    size_t n_rows, i, k;
    size_t row = 0;

    measure(&n_rows, &most, comparison, block, cost);
    lmi_buf_printf(
        out,
        "<figure><figcaption>%s <small>per question</small></figcaption>\n"
        "<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-labelledby=\"s%zu-%d-t s%zu-%d-d\">"
        "<title id=\"s%zu-%d-t\">%s</title><desc id=\"s%zu-%d-d\">",
        title, WIDTH, n_rows * ROW + (size_t)2 * TOP, block, id, block, id, block, id, title, block,
        id);
    describe(out, comparison, block, cost);
    lmi_buf_puts(out, "</desc>\n");
    for (i = 0; i < comparison->n_runs; i++) {
        const lmi_run *run = &comparison->runs[i];

        if (run->block != block || !run->record.n_agents)
            continue;
        draw_run(out, run, (double)(TOP + row++ * ROW));
        for (k = 0; k < run->record.n_agents; k++)
            draw_agent(out, &run->record, k, cost, (double)(TOP + row++ * ROW), most);
    }
    lmi_buf_puts(out, "</svg></figure>\n");
}

/*
 * plot.c - accuracy against cost.
 *
 * Drawn 360 units wide, the width of a phone, so that letters are as large there as elsewhere.
 * Points are named by the run's letter, put beside the point where it hides least.
 */
#include "eval/report/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"

/* The picture and, within it, the frame that the axes span. */
enum { WIDTH = 360, HEIGHT = 272, LEFT = 44, RIGHT = 346, TOP = 14, BOTTOM = 226 };

/* Colours that the style sheet has, and shapes of points. */
enum { COLOURS = 7, SHAPES = 4 };

/* A run as a point; y grows upwards in accuracy, downwards on the page. */
typedef struct point {
    const lmi_run *run;
    size_t number; /* of the run, which picks colour and shape */
    double value;  /* the cost */
    double x, y, low_y, high_y;
    double label_x, label_y;
} point;

typedef struct plot {
    lmi_axis across, up;
    point points[LMI_RUNS_MAX];
    size_t n;
} plot;

static const struct {
    const char *title, *axis;
} texts[] = {
    [LMI_COST_SPOKEN] = {"Accuracy and tokens spoken", "tokens spoken per question"},
    [LMI_COST_TOKENS] = {"Accuracy and all tokens", "tokens read and spoken per question"},
    [LMI_COST_SECONDS] = {"Accuracy and time", "seconds per question"},
};

static double cost_of(const lmi_run *run, lmi_cost cost)
{
    const lmi_figures *f = &run->figures;

    return cost == LMI_COST_SPOKEN ? f->spoken : cost == LMI_COST_TOKENS ? f->total : f->wall_s;
}

bool lmi_plot_has_points(const lmi_comparison *comparison, size_t block)
{
    size_t i;

    for (i = 0; i < comparison->n_runs; i++)
        if (comparison->runs[i].block == block && comparison->runs[i].figures.exact.n)
            return true;
    return false;
}

static void collect(plot *p, const lmi_comparison *c, size_t block, lmi_cost cost)
{
    size_t i;

    p->n = 0;
    for (i = 0; i < c->n_runs; i++)
        if (c->runs[i].block == block && c->runs[i].figures.exact.n)
            p->points[p->n++] =
                (point){.run = &c->runs[i], .number = i, .value = cost_of(&c->runs[i], cost)};
}

static double at_x(const plot *p, double value)
{
    return (double)LEFT + (double)(RIGHT - LEFT) * lmi_axis_at(&p->across, value);
}

static double at_y(const plot *p, double share)
{
    return (double)BOTTOM - (double)(BOTTOM - TOP) * lmi_axis_at(&p->up, share * 100);
}

static void scale(plot *p)
{
    double least = INFINITY, most = 0, low = 1, high = 0;
    size_t i;

    for (i = 0; i < p->n; i++) {
        const lmi_rate *rate = &p->points[i].run->figures.exact;

        least = fmin(least, p->points[i].value);
        most = fmax(most, p->points[i].value);
        low = fmin(low, rate->interval.low);
        high = fmax(high, rate->interval.high);
    }
    p->across = lmi_axis_fit(least, most);
    p->up = lmi_axis_linear(low * 100, high * 100, 5);
    for (i = 0; i < p->n; i++) {
        const lmi_rate *rate = &p->points[i].run->figures.exact;

        p->points[i].x = at_x(p, p->points[i].value);
        p->points[i].y = at_y(p, rate->share);
        p->points[i].low_y = at_y(p, rate->interval.low);
        p->points[i].high_y = at_y(p, rate->interval.high);
    }
}

/* ---- Letters beside points ---- */

/* How much a letter at (x, y) would hide: other points, letters placed before it, intervals,
 * the edge. */
static double crowding(const plot *p, size_t self, double x, double y)
{
    double sum = x < LEFT + 6 || x > RIGHT - 4 || y < TOP + 4 || y > BOTTOM - 4 ? 5 : 0;
    size_t i;

    for (i = 0; i < p->n; i++) {
        const point *q = &p->points[i];

        if (fabs(q->x - x) < 12 && fabs(q->y - y) < 12)
            sum += 3;
        if (i < self && fabs(q->label_x - x) < 13 && fabs(q->label_y - y) < 12)
            sum += 4;
        if (fabs(q->x - x) < 7 && y > q->high_y - 6 && y < q->low_y + 6)
            sum += 1;
    }
    return sum;
}

static void place_labels(plot *p)
{
    static const double offsets[][2] = {{13, 0},   {-13, 0},  {12, -12}, {-12, -12}, {12, 12},
                                        {-12, 12}, {26, 0},   {-26, 0},  {22, -20},  {-22, -20},
                                        {22, 20},  {-22, 20}, {0, -18},  {0, 18}};
    size_t i, k;

    for (i = 0; i < p->n; i++) {
        point *q = &p->points[i];
        double best = INFINITY;

        for (k = 0; k < sizeof(offsets) / sizeof(offsets[0]); k++) {
            const double x = q->x + offsets[k][0];
            const double y = q->y + offsets[k][1];
            const double sum = crowding(p, i, x, y);

            if (sum >= best)
                continue;
            best = sum;
            q->label_x = x;
            q->label_y = y;
        }
    }
}

/* ---- Drawing ---- */

/* "0", "0.5", "200", "10k". */
static void tick_text(char out[LMI_NUMBER_SIZE], double x)
{
    if (x >= 1e6)
        snprintf(out, LMI_NUMBER_SIZE, "%gM", x / 1e6);
    else if (x >= 1e4)
        snprintf(out, LMI_NUMBER_SIZE, "%gk", x / 1e3);
    else
        snprintf(out, LMI_NUMBER_SIZE, "%g", fabs(x) < 1e-12 ? 0 : x);
}

static void draw_axes(lmi_buf *out, const plot *p, lmi_cost cost)
{
    char text[LMI_NUMBER_SIZE];
    size_t i;

    for (i = 0; i < p->up.n_ticks; i++) {
        const double y = at_y(p, p->up.ticks[i] / 100);

        tick_text(text, p->up.ticks[i]);
        lmi_buf_printf(out,
                       "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                       "<text class=\"tick end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
                       LEFT, RIGHT, y, y, LEFT - 6, y + 4, text);
    }
    for (i = 0; i < p->across.n_ticks; i++) {
        const double x = at_x(p, p->across.ticks[i]);

        tick_text(text, p->across.ticks[i]);
        lmi_buf_printf(out,
                       "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
                       "<text class=\"tick mid\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                       x, x, TOP, BOTTOM + 4, x, BOTTOM + 18, text);
    }
    lmi_buf_printf(out,
                   "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>"
                   "<text class=\"name mid\" x=\"%d\" y=\"%d\">%s%s</text>"
                   "<text class=\"name mid\" transform=\"translate(12 %d) rotate(-90)\">right, "
                   "%%</text>\n",
                   LEFT, TOP, BOTTOM, RIGHT, (LEFT + RIGHT) / 2, BOTTOM + 38, texts[cost].axis,
                   p->across.is_log ? " (logarithmic)" : "", (TOP + BOTTOM) / 2);
}

static void draw_point(lmi_buf *out, const lmi_comparison *c, const point *q)
{
    static const char *const shapes[SHAPES] = {
        "<circle r=\"5\"/>",
        "<path d=\"M-4.5 -4.5h9v9h-9z\"/>",
        "<path d=\"M0 -6L5.5 4H-5.5z\"/>",
        "<path d=\"M0 -6.5L6 0L0 6.5L-6 0z\"/>",
    };
    const lmi_record *r = &q->run->record;
    const lmi_record *reference = &c->runs[q->run->reference].record;
    const bool is_hollow =
        r->n < r->n_questions || strcmp(r->data_sha256, reference->data_sha256) != 0;

    lmi_buf_printf(out,
                   "<g class=\"p c%zu%s\"><path class=\"whisker\" d=\"M%.1f %.1fV%.1fM%.1f "
                   "%.1fh6M%.1f %.1fh6\"/><g transform=\"translate(%.1f %.1f)\">%s</g>",
                   q->number % COLOURS, is_hollow ? " hollow" : "", q->x, q->low_y, q->high_y,
                   q->x - 3, q->low_y, q->x - 3, q->high_y, q->x, q->y, shapes[q->number % SHAPES]);
    if (fabs(q->label_x - q->x) > 14 || fabs(q->label_y - q->y) > 14)
        lmi_buf_printf(out, "<path class=\"lead\" d=\"M%.1f %.1fL%.1f %.1f\"/>", q->x, q->y,
                       q->x + (q->label_x - q->x) * 0.7, q->y + (q->label_y - q->y) * 0.7);
    lmi_buf_printf(out, "<text class=\"letter mid\" x=\"%.1f\" y=\"%.1f\">%s</text></g>\n",
                   q->label_x, q->label_y + 4.5, q->run->key);
}

/* What the picture shows, in words. */
static void describe(lmi_buf *out, const plot *p)
{
    char share[LMI_NUMBER_SIZE], value[LMI_NUMBER_SIZE];
    size_t i;

    for (i = 0; i < p->n; i++) {
        lmi_percent(share, p->points[i].run->figures.exact.share);
        lmi_number(value, p->points[i].value);
        lmi_buf_printf(out, "%s%s (", i ? "; " : "", p->points[i].run->key);
        lmi_html(out, p->points[i].run->record.method);
        lmi_buf_printf(out, "): %s %% right at %s", share, value);
    }
}

void lmi_plot_scatter(lmi_buf *out, const lmi_comparison *comparison, size_t block, lmi_cost cost)
{
    plot p;
    size_t i;

    collect(&p, comparison, block, cost);
    scale(&p);
    place_labels(&p);
    lmi_buf_printf(
        out,
        "<figure><figcaption>%s</figcaption>\n"
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"s%zu-%d-t s%zu-%d-d\">"
        "<title id=\"s%zu-%d-t\">%s</title><desc id=\"s%zu-%d-d\">",
        texts[cost].title, WIDTH, HEIGHT, block, (int)cost, block, (int)cost, block, (int)cost,
        texts[cost].title, block, (int)cost);
    describe(out, &p);
    lmi_buf_puts(out, "</desc>\n");
    draw_axes(out, &p, cost);
    for (i = 0; i < p.n; i++)
        draw_point(out, comparison, &p.points[i]);
    lmi_buf_puts(out, "</svg></figure>\n");
}

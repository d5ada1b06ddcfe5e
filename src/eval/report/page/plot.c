/*
 * plot.c - accuracy against cost.
 *
 * Drawn 360 units wide, the width of a phone, so that letters are as large there as elsewhere. Both
 * axes are those of all tasks on the page, so that pictures can be compared.
 */
#include "eval/report/page/plot.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/page/label.h"

/* The picture and, within it, the frame that the axes span; the size of a name and
 * of a tick's number, and the most that a name takes. */
enum {
    WIDTH = 360,
    HEIGHT = 272,
    LEFT = 44,
    RIGHT = 346,
    TOP = 14,
    BOTTOM = 226,
    NAME_SIZE = 12,
    TICK_SIZE = 11,
    NAME_WIDTH = 130,
    NAMES_MAX = 4096,
    FEW = 12 /* points, beyond which codes are names enough */
};

/* A pool as a point; y grows upwards in accuracy, downwards on the page. */
typedef struct point {
    const lmi_pool *pool;
    double x, y, low_y, high_y;
    lmi_buf name; /* the long one */
} point;

static const double RADIUS = 6; /* of a mark */

typedef struct plot {
    const lmi_sheet *sheet;
    lmi_cost cost;
    lmi_axis across, up;
    point *points;
    lmi_label *labels;
    lmi_box *marks, *whiskers;
    size_t n;
} plot;

static const struct {
    const char *title, *axis;
} texts[] = {
    [LMI_COST_SPOKEN] = {"Accuracy and tokens spoken", "tokens spoken per question"},
    [LMI_COST_TOKENS] = {"Accuracy and all tokens", "tokens read and spoken per question"},
    [LMI_COST_SECONDS] = {"Accuracy and time", "seconds per question"},
};

static double cost_of(const lmi_figures *f, lmi_cost cost)
{
    return cost == LMI_COST_SPOKEN ? f->spoken : cost == LMI_COST_TOKENS ? f->total : f->wall_s;
}

static bool is_point(const lmi_sheet *sheet, const lmi_pool *pool, size_t block)
{
    return lmi_pool_block(sheet, pool) == block && pool->figures.exact.n;
}

bool lmi_plot_has_points(const lmi_sheet *sheet, size_t block)
{
    size_t i;

    for (i = 0; i < sheet->n_pools; i++)
        if (is_point(sheet, sheet->pools[i], block))
            return true;
    return false;
}

/* ---- Scale ---- */

static double at_x(const plot *p, double value)
{
    return (double)LEFT + (double)(RIGHT - LEFT) * lmi_axis_at(&p->across, value);
}

static double at_y(const plot *p, double share)
{
    return (double)BOTTOM - (double)(BOTTOM - TOP) * lmi_axis_at(&p->up, share * 100);
}

/* Axes that have room for every pool of the page. */
static void scale(plot *p)
{
    double least = INFINITY, most = 0, low = 1, high = 0;
    size_t i;

    for (i = 0; i < p->sheet->n_pools; i++) {
        const lmi_figures *f = &p->sheet->pools[i]->figures;

        if (!f->exact.n)
            continue;
        least = fmin(least, cost_of(f, p->cost));
        most = fmax(most, cost_of(f, p->cost));
        low = fmin(low, f->exact.interval.low);
        high = fmax(high, f->exact.interval.high);
    }
    p->across = lmi_axis_fit(least, most);
    p->up = lmi_axis_linear(low * 100, high * 100, 5);
}

static void add_point(plot *p, const lmi_pool *pool)
{
    const lmi_rate *rate = &pool->figures.exact;
    const lmi_kind *kind = lmi_pool_kind(p->sheet, pool);
    point *q = &p->points[p->n];
    lmi_buf name;

    q->pool = pool;
    q->x = at_x(p, cost_of(&pool->figures, p->cost));
    q->y = at_y(p, rate->share);
    q->low_y = at_y(p, rate->interval.low);
    q->high_y = at_y(p, rate->interval.high);
    lmi_buf_init(&name, NAMES_MAX);
    lmi_buf_init(&q->name, NAMES_MAX);
    lmi_buf_printf(&name, "%s ", kind->code);
    lmi_plain(&name, kind->method);
    lmi_text_fit(&q->name, lmi_buf_text(&name), NAME_SIZE, NAME_WIDTH);
    lmi_buf_done(&name);
    p->labels[p->n] =
        (lmi_label){q->x, q->y, RADIUS, .texts = {lmi_buf_text(&q->name), kind->code}};
    p->marks[p->n] = (lmi_box){q->x - RADIUS, q->y - RADIUS, q->x + RADIUS, q->y + RADIUS};
    p->whiskers[p->n++] = (lmi_box){q->x - 3, q->high_y, q->x + 3, q->low_y};
}

static void done(plot *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        lmi_buf_done(&p->points[i].name);
    lmi_free(p->points);
    lmi_free(p->labels);
    lmi_free(p->marks);
    lmi_free(p->whiskers);
}

/* False when memory is out. */
static bool init(plot *out, const lmi_sheet *sheet, size_t block, lmi_cost cost)
{
    plot p = {.sheet = sheet, .cost = cost};
    size_t i;

    p.points = lmi_new(sheet->n_pools, sizeof(*p.points));
    p.labels = lmi_new(sheet->n_pools, sizeof(*p.labels));
    p.marks = lmi_new(sheet->n_pools, sizeof(*p.marks));
    p.whiskers = lmi_new(sheet->n_pools, sizeof(*p.whiskers));
    if (!p.points || !p.labels || !p.marks || !p.whiskers) {
        done(&p);
        return false;
    }
    scale(&p);
    for (i = 0; i < sheet->n_pools; i++)
        if (is_point(sheet, sheet->pools[i], block))
            add_point(&p, sheet->pools[i]);
    for (i = 0; p.n > FEW && i < p.n; i++)
        p.labels[i].texts[0] = p.labels[i].texts[1];
    lmi_labels_place(p.labels, p.n, (lmi_box){LEFT + 2, 0, WIDTH, BOTTOM - 1}, NAME_SIZE,
                     &(lmi_obstacles){p.marks, p.whiskers, p.n, p.n});
    *out = p;
    return true;
}

/* ---- Axes ---- */

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

static void draw_up(lmi_buf *out, const plot *p)
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
}

/* Numbers that would touch the one before are left out. */
static void draw_across(lmi_buf *out, const plot *p)
{
    double end = 0;
    char text[LMI_NUMBER_SIZE];
    size_t i;

    for (i = 0; i < p->across.n_ticks; i++) {
        const double x = at_x(p, p->across.ticks[i]);
        double half;

        tick_text(text, p->across.ticks[i]);
        half = lmi_text_width(text, TICK_SIZE) / 2;
        lmi_buf_printf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x,
                       x, TOP, BOTTOM + 4);
        if (x - half < end + 3)
            continue;
        end = x + half;
        lmi_buf_printf(out, "<text class=\"tick mid\" x=\"%.1f\" y=\"%d\">%s</text>\n", x,
                       BOTTOM + 18, text);
    }
}

static void draw_axes(lmi_buf *out, const plot *p)
{
    draw_up(out, p);
    draw_across(out, p);
    lmi_buf_printf(out,
                   "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>"
                   "<text class=\"name mid\" x=\"%d\" y=\"%d\">%s%s</text>"
                   "<text class=\"name mid\" transform=\"translate(12 %d) rotate(-90)\">right, "
                   "%%</text>\n",
                   LEFT, TOP, BOTTOM, RIGHT, (LEFT + RIGHT) / 2, BOTTOM + 38, texts[p->cost].axis,
                   p->across.is_log ? " (logarithmic)" : "", (TOP + BOTTOM) / 2);
}

/* ---- Points ---- */

/* The runs of a pool, small, behind the points. */
static void draw_runs(lmi_buf *out, const plot *p, const lmi_pool *pool)
{
    size_t i;

    for (i = 0; pool->n_runs > 1 && i < p->sheet->c->n_runs; i++) {
        const lmi_figures *f = &p->sheet->c->runs[i].figures;

        if (!f->exact.n || !lmi_pool_has(p->sheet, pool, i))
            continue;
        lmi_buf_puts(out, "<circle class=\"one ");
        lmi_kind_class(out, lmi_pool_kind(p->sheet, pool));
        lmi_buf_printf(out, "\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>",
                       fmin(fmax(at_x(p, cost_of(f, p->cost)), LEFT), RIGHT),
                       fmin(fmax(at_y(p, f->exact.share), TOP), BOTTOM));
    }
}

/* Seconds of another machine are set beside nobody's. */
static bool is_elsewhere(const plot *p, const point *q)
{
    return p->cost == LMI_COST_SECONDS && q->pool->is_elsewhere;
}

static void draw_point(lmi_buf *out, const plot *p, const point *q)
{
    const bool is_hollow = is_elsewhere(p, q) || lmi_pool_is_incomplete(p->sheet, q->pool);
    const lmi_kind *kind = lmi_pool_kind(p->sheet, q->pool);

    lmi_buf_puts(out, "<g class=\"p ");
    lmi_kind_class(out, kind);
    lmi_buf_printf(out,
                   "%s\"><path class=\"whisker\" d=\"M%.1f %.1fV%.1fM%.1f %.1fh6M%.1f %.1fh6\"/>"
                   "<g transform=\"translate(%.1f %.1f)\">",
                   is_hollow ? " hollow" : "", q->x, q->low_y, q->high_y, q->x - 3, q->low_y,
                   q->x - 3, q->high_y, q->x, q->y);
    lmi_mark_svg(out, kind);
    lmi_buf_puts(out, "</g></g>\n");
}

static void draw_label(lmi_buf *out, const plot *p, size_t i)
{
    const lmi_label *label = &p->labels[i];
    const double x = (label->box.left + label->box.right) / 2;
    const double y = (label->box.top + label->box.bottom) / 2;

    if (!label->text)
        return;
    lmi_buf_puts(out, "<g class=\"");
    lmi_kind_class(out, lmi_pool_kind(p->sheet, p->points[i].pool));
    lmi_buf_puts(out, "\">");
    if (label->has_lead)
        lmi_buf_printf(out, "<path class=\"lead\" d=\"M%.1f %.1fL%.1f %.1f\"/>", label->x, label->y,
                       fmin(fmax(label->x, label->box.left), label->box.right),
                       fmin(fmax(label->y, label->box.top), label->box.bottom));
    lmi_buf_printf(out, "<text class=\"letter mid\" x=\"%.1f\" y=\"%.1f\">", x, y + 4);
    lmi_html(out, label->text);
    lmi_buf_puts(out, "</text></g>\n");
}

/* Those for whose names there was no room. */
static void write_unnamed(lmi_buf *out, const plot *p)
{
    bool is_first = true;
    size_t i;

    for (i = 0; i < p->n; i++) {
        if (p->labels[i].text)
            continue;
        lmi_buf_puts(out, is_first ? "<p class=\"unnamed\">without a name there: " : " ");
        lmi_tag(out, lmi_pool_kind(p->sheet, p->points[i].pool));
        is_first = false;
    }
    lmi_buf_puts(out, is_first ? "" : "</p>\n");
}

/* What the picture shows, in words. */
static void describe(lmi_buf *out, const plot *p)
{
    char share[LMI_NUMBER_SIZE], value[LMI_NUMBER_SIZE];
    size_t i;

    for (i = 0; i < p->n; i++) {
        const lmi_pool *pool = p->points[i].pool;
        const lmi_kind *kind = lmi_pool_kind(p->sheet, pool);

        lmi_percent(share, pool->figures.exact.share);
        lmi_number(value, cost_of(&pool->figures, p->cost));
        lmi_buf_printf(out, "%s%s (", i ? "; " : "", kind->code);
        lmi_html(out, kind->method);
        lmi_buf_printf(out, "): %s %% right at %s", share, value);
    }
}

static const char *remark(const plot *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        if (is_elsewhere(p, &p->points[i]))
            return " <small>hollow: another machine, other threads or lanes, not to be compared"
                   "</small>";
    return "";
}

static void draw(lmi_buf *out, const plot *p, size_t block)
{
    const int cost = (int)p->cost;
    size_t i;

    lmi_buf_printf(
        out,
        "<figure><figcaption>%s%s</figcaption>\n"
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"s%zu-%d-t s%zu-%d-d\">"
        "<title id=\"s%zu-%d-t\">%s</title><desc id=\"s%zu-%d-d\">",
        texts[cost].title, remark(p), WIDTH, HEIGHT, block, cost, block, cost, block, cost,
        texts[cost].title, block, cost);
    describe(out, p);
    lmi_buf_puts(out, "</desc>\n");
    draw_axes(out, p);
    for (i = 0; i < p->n; i++)
        draw_runs(out, p, p->points[i].pool);
    for (i = 0; i < p->n; i++)
        draw_point(out, p, &p->points[i]);
    for (i = 0; i < p->n; i++)
        draw_label(out, p, i);
    lmi_buf_puts(out, "</svg>\n");
    write_unnamed(out, p);
    lmi_buf_puts(out, "</figure>\n");
}

void lmi_plot_scatter(lmi_buf *out, const lmi_sheet *sheet, size_t block, lmi_cost cost)
{
    plot p;

    if (!init(&p, sheet, block, cost)) {
        out->status = LMAS_E_NOMEM;
        return;
    }
    draw(out, &p, block);
    done(&p);
}

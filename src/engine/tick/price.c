/* price.c - a plane through points, by least squares; price.h says of what. */
#include "engine/tick/price.h"

/* What is left of a decode's weight after the next one: the last five hundred count. */
static const double FADES = 0.998;

/* So many decodes are enough, if their rows, or their changes, differ by so much, and not both
 * together. */
static const double ENOUGH = 12, VARIANCE = 0.02, APART = 0.05;

/* The cheapest and the dearest that is believed, in passes. */
static const double CHEAPEST = 0.02, DEAREST = 4;

/* And the least that a pass is of a decode. */
static const double LEAST = 0.01;

/* Something else held the decode up that took so many times as long as the mean. */
static const double STRAYS = 5;

void lmi_price_note(lmi_price *price, uint32_t n_rows, bool is_changed, double ms)
{
    const double x = n_rows, c = is_changed;

    if (price->n > ENOUGH && ms * price->rows > STRAYS * price->ms * x)
        return;
    price->n = FADES * price->n + 1;
    price->rows = FADES * price->rows + x;
    price->changes = FADES * price->changes + c;
    price->ms = FADES * price->ms + ms;
    price->rows_rows = FADES * price->rows_rows + x * x;
    price->rows_changes = FADES * price->rows_changes + x * c;
    price->rows_ms = FADES * price->rows_ms + x * ms;
    price->changes_ms = FADES * price->changes_ms + c * ms;
}

void lmi_pace_note(lmi_pace *pace, double n_tokens, double ms)
{
    pace->tokens = FADES * pace->tokens + n_tokens;
    pace->ms = FADES * pace->ms + ms;
}

/* How two things go together, of their sums. */
static double together(const lmi_price *p, double a, double b, double a_b)
{
    return a_b / p->n - a / p->n * b / p->n;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* In passes, as far as it is believed. */
static float in_passes(double ms, double pass, double least)
{
    const double n = larger(ms / pass, least);

    return (float)(n < DEAREST ? n : DEAREST);
}

/* The slopes of the plane: 0 of what has not varied enough to tell. Whether rows have. */
static bool find_slopes(double *row, double *change, const lmi_price *p)
{
    const double x_x = together(p, p->rows, p->rows, p->rows_rows);
    const double c_c = together(p, p->changes, p->changes, p->changes);
    const double x_c = together(p, p->rows, p->changes, p->rows_changes);
    const double x_y = together(p, p->rows, p->ms, p->rows_ms);
    const double c_y = together(p, p->changes, p->ms, p->changes_ms);
    const double det = x_x * c_c - x_c * x_c;
    const bool has_rows = x_x > VARIANCE, has_changes = c_c > VARIANCE;

    *row = has_rows ? x_y / x_x : 0;
    *change = has_changes && !has_rows ? c_y / c_c : 0;
    if (has_rows && has_changes && det > APART * x_x * c_c) {
        *row = (x_y * c_c - c_y * x_c) / det;
        *change = (c_y * x_x - x_y * x_c) / det;
    }
    return has_rows;
}

lmi_decode_cost lmi_price_cost(const lmi_price *p, float usual)
{
    double row, change, pass;

    if (p->n < ENOUGH || p->ms <= 0)
        return (lmi_decode_cost){.row = usual};
    if (!find_slopes(&row, &change, p))
        row = usual * (p->ms - change * p->changes) / (p->n + usual * p->rows);
    pass = larger((p->ms - row * p->rows - change * p->changes) / p->n, LEAST * p->ms / p->n);
    return (lmi_decode_cost){.row = in_passes(row, pass, CHEAPEST),
                             .change = in_passes(change, pass, 0),
                             .pass = (float)pass};
}

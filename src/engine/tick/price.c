/* price.c - a line through points, by least squares; price.h says of what. */
#include "engine/tick/price.h"

/* What is left of a decode's weight after the next one: the last five hundred count. */
static const double FADES = 0.998;

/* So many decodes are enough, if their rows differ by so much. */
static const double ENOUGH = 12, VARIANCE = 0.02;

/* The cheapest and the dearest row that is believed, in passes. */
static const double CHEAPEST = 0.02, DEAREST = 4;

/* Something else held the decode up that took so many times as long as the mean. */
static const double STRAYS = 5;

void lmi_price_note(lmi_price *price, uint32_t n_rows, double ms)
{
    const double x = n_rows;

    if (price->n > ENOUGH && ms * price->rows > STRAYS * price->ms * x)
        return;
    price->n = FADES * price->n + 1;
    price->rows = FADES * price->rows + x;
    price->ms = FADES * price->ms + ms;
    price->rows_rows = FADES * price->rows_rows + x * x;
    price->rows_ms = FADES * price->rows_ms + x * ms;
}

float lmi_price_row(const lmi_price *price, float usual)
{
    const double spread = price->n * price->rows_rows - price->rows * price->rows;
    double row, pass;

    if (price->n < ENOUGH || spread < VARIANCE * price->n * price->n)
        return usual;
    row = (price->n * price->rows_ms - price->rows * price->ms) / spread;
    pass = (price->ms - row * price->rows) / price->n;
    if (row <= CHEAPEST * pass)
        return (float)CHEAPEST;
    return row >= DEAREST * pass ? (float)DEAREST : (float)(row / pass);
}

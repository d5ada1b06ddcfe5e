/*
 * price.h - what a row costs beside a pass over the weights, as decodes of spoken tokens show it.
 *
 *     milliseconds of a decode  =  pass + row * rows
 *
 * A line through the last decodes, the older the less they count. What a row costs hangs on the
 * type of the weights, the processor, the threads and the size of the model, between nothing and
 * more than a pass; who decides whether a guess is worth a row must know. No answer depends on it.
 */
#ifndef LMI_ENGINE_TICK_PRICE_H
#define LMI_ENGINE_TICK_PRICE_H

#include <stdint.h>

/* So many lanes at once have a price of their own each: a decode's time is a line only nearby. */
enum { LMI_PRICES = 32 };

/* Sums over the decodes so far, faded. */
typedef struct lmi_price {
    double n, rows, ms, rows_rows, rows_ms;
} lmi_price;

/* A decode of so many rows took so long. */
void lmi_price_note(lmi_price *price, uint32_t n_rows, double ms);

/* What a row costs, in passes; `usual` where the decodes so far do not tell. */
float lmi_price_row(const lmi_price *price, float usual);

#endif

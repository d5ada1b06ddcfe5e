/*
 * price.h - what a row costs beside a pass over the weights, as decodes of spoken tokens show it.
 *
 *     milliseconds of a decode  =  pass + row * rows  (+ change, where its shape is a new one)
 *
 * A plane through the last decodes, the older the less they count. What a row costs hangs on the
 * type of the weights, the processor, the threads and the size of the model, between nothing and
 * more than a pass. For another shape libllama makes another graph: half a millisecond, nothing
 * beside a large model and two passes of a small one. Who decides whether a guess is worth a row
 * must know both. No answer depends on it.
 */
#ifndef LMI_ENGINE_TICK_PRICE_H
#define LMI_ENGINE_TICK_PRICE_H

#include <stdbool.h>
#include <stdint.h>

/* So many lanes at once have a price of their own each: a decode's time is a line only nearby. */
enum { LMI_PRICES = 32 };

/* Sums over the decodes so far, faded. */
typedef struct lmi_price {
    double n, rows, changes, ms;
    double rows_rows, rows_changes, rows_ms, changes_ms;
} lmi_price;

/* What they cost, in passes; and a pass in milliseconds, 0 where that is not known. */
typedef struct lmi_decode_cost {
    float row, change;
    float pass;
} lmi_decode_cost;

/* What came of all decodes of spoken tokens so far, whoever spoke, faded. */
typedef struct lmi_pace {
    double tokens, ms;
} lmi_pace;

/* A decode of so many rows took so long; whether the one before had another shape. */
void lmi_price_note(lmi_price *price, uint32_t n_rows, bool is_changed, double ms);

void lmi_pace_note(lmi_pace *pace, double n_tokens, double ms);

/* What a row costs where the decodes so far do not tell: `usual`; and a change, nothing. */
lmi_decode_cost lmi_price_cost(const lmi_price *price, float usual);

#endif

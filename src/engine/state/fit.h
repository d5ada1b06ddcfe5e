/*
 * fit.h - the pairs of one layer's keys and how fast they turn, out of keys seen at two positions.
 *
 * Pair k of a head is (first + k * step, first + k * step + apart), and turns on a circle. Where a
 * norm with weights of its own comes behind RoPE (Hunyuan) it is an ellipse; such a model sees more
 * than distances, so what a block holds depends on where it was read, and no turn is found.
 */
#ifndef LMI_ENGINE_STATE_FIT_H
#define LMI_ENGINE_STATE_FIT_H

#include <stdbool.h>
#include <stdint.h>

enum { LMI_SAMPLE_TOKENS = 3 };

/* Keys of a few tokens at position 0 and at another. */
typedef struct lmi_sample {
    uint32_t width;          /* of all layers together */
    uint32_t pos;            /* the other */
    float *at_zero, *at_pos; /* [LMI_SAMPLE_TOKENS, width] */
} lmi_sample;

typedef struct lmi_turn {
    uint32_t width, head; /* values of a cell's keys, and of one head of them */
    uint32_t first, step, apart, n_pairs;
    double *rates; /* [n_pairs], radians a position */
} lmi_turn;

/* How much of the layer's keys, which begin at `offset`, no turn of these pairs explains, as a
 * share of their length. */
double lmi_turn_residue(const lmi_turn *turn, const lmi_sample *s, uint32_t offset);

/* Choose the pairs for keys `turn->width` wide; what they leave unexplained. */
double lmi_turn_find(lmi_turn *turn, const lmi_sample *s, uint32_t offset);

/* Room for the rates of the pairs chosen; false when memory is out. */
bool lmi_turn_begin(lmi_turn *turn);
void lmi_turn_done(lmi_turn *turn);

/* Sharpen rates that are known from a nearer position. */
void lmi_turn_refine(lmi_turn *turn, const lmi_sample *s, uint32_t offset);

#endif

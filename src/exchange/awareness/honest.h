/*
 * honest.h - numbers that no model has computed.
 *
 * Random numbers are of two kinds here. Those of a generator fill an interval evenly, as no layer's
 * output does. And of whatever distribution, they have nothing in common from token to token: the
 * mean over n tokens has an n-th of the variance. A model's have: each value of a head leans to its
 * own side, so that the means keep a good part of the variance.
 */
#ifndef LMI_EXCHANGE_AWARENESS_HONEST_H
#define LMI_EXCHANGE_AWARENESS_HONEST_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the numbers fill the interval from their least to their largest evenly. Too few to tell
 * do not. */
bool lmi_honest_is_even(const float *values, size_t n);

/* Whether the tokens have nothing in common. Numbers are [n_rows, n_tokens, width], a row being a
 * head of a layer. Too few tokens or numbers to tell have. */
bool lmi_honest_is_noise(const float *values, size_t n_rows, size_t n_tokens, size_t width);

/* How much of the variance the means over the tokens have, times the tokens: 1 of noise. */
double lmi_honest_share(const float *values, size_t n_rows, size_t n_tokens, size_t width);

#endif

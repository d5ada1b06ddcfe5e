/*
 * rest.h - whether thinking has come to rest: it arrives where it has been.
 *
 *     h0 ──▶ h1 ──▶ h2 ──▶ ... ──▶ ht      cos(ht, ht-1): it stands still
 *                   ▲               │      cos(ht, ht-k), k = 2 to 8: it goes in a circle
 *                   └───────────────┘
 *
 * A thought is the hidden state before it, rescaled, so its direction is all that goes on: a state
 * that points where an earlier one did leads to what that one led to, but for what attention adds.
 */
#ifndef LMI_LATENT_REST_H
#define LMI_LATENT_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* How far back a state is compared, and the cosine from which two count as one. */
enum { LMI_REST_DEPTH = 8 };
#define LMI_REST_COSINE 0.999

typedef struct lmi_rest {
    size_t n_embd;
    float *states; /* the last ones, of length 1 [LMI_REST_DEPTH + 1, n_embd], as a ring */
    size_t n;      /* seen so far */
} lmi_rest;

lmas_status lmi_rest_init(lmi_rest *rest, size_t n_embd);
void lmi_rest_done(lmi_rest *rest);

/* The next hidden state [n_embd]; whether it is one of those before. Without an init: false. */
bool lmi_rest_add(lmi_rest *rest, const float *h);

/* Whether `text` ends in one stretch of it, said over and over: at least four times in a row, and
 * in all at least 64 bytes. */
bool lmi_text_circles(const char *text, size_t len);

#endif

/*
 * rest.h - whether thinking has come to rest: it arrives where it has been.
 *
 *     h0 ──▶ h1 ──▶ h2 ──▶ ... ──▶ ht      cos(ht, ht-1): it stands still
 *                   ▲               │      cos(ht, ht-k), k = 2 to 8: it goes in a circle
 *                   └───────────────┘
 *
 * A thought is the hidden state before it, rescaled, so its direction is all that goes on: a state
 * that points where an earlier one did leads to what that one led to, but for what attention adds.
 * Where somebody asks, an agent that has been sure of its next word for a while is at rest, too
 * (the cold stop of Soft Thinking, arXiv 2505.15778).
 */
#ifndef LMI_LATENT_REST_H
#define LMI_LATENT_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* How far back a state is compared, and the cosine from which two count as one. */
enum { LMI_REST_DEPTH = 8, LMI_REST_SURE = 3 };
#define LMI_REST_COSINE 0.999

typedef struct lmi_rest {
    size_t n_embd;
    float *states; /* the last ones, of length 1 [LMI_REST_DEPTH + 1, n_embd], as a ring */
    size_t n;      /* seen so far */
    size_t n_sure; /* thoughts in a row that were surer than was asked */
} lmi_rest;

lmas_status lmi_rest_init(lmi_rest *rest, size_t n_embd);
void lmi_rest_done(lmi_rest *rest);

/* The next hidden state [n_embd]; whether it is one of those before. Without an init: false. */
bool lmi_rest_add(lmi_rest *rest, const float *h);

/* The next logits [n_vocab]; whether softmax of them has had less than `entropy` nats for
 * LMI_REST_SURE thoughts in a row. */
bool lmi_rest_is_sure(lmi_rest *rest, const float *logits, size_t n_vocab, double entropy);

/* Entropy of softmax(logits), in nats; and in `sum` what exp(logit - `most`) adds up to, `most` the
 * largest of them. */
double lmi_entropy(double *sum, const float *logits, size_t n, double most);

/* Whether `text` ends in one stretch of it, said over and over: at least four times in a row, and
 * in all at least 64 bytes. */
bool lmi_text_circles(const char *text, size_t len);

#endif

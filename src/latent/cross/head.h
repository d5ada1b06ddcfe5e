/*
 * head.h - how surely a model would say each token where it thinks h.
 *
 *     l = (W_out h + b) * scale                       b, scale and cap: where the model has them
 *     l = cap * tanh(l / cap)
 *
 * The GGUF names a scale and not whether it multiplies (Command-R, Grok) or divides (Granite), and
 * an architecture may do without what its file says, or have a cap that its file leaves out. So it
 * is not looked up: one token is read, and what libllama says there must be what this says of the
 * same h.
 */
#ifndef LMI_LATENT_HEAD_H
#define LMI_LATENT_HEAD_H

#include "engine/model.h"

typedef struct lmi_head {
    lmi_matrix w_out;
    float scale; /* 1 for most */
    float cap;   /* 0: none */
    float *bias; /* [n_vocab], NULL for none */
} lmi_head;

/* That of `model`, whose file `weights` is. LMAS_E_MODEL where it scores in no way known here.
 * Costs a context of 256 cells for a moment, on `n_threads`. Free with lmi_head_done(). */
lmas_status lmi_head_read(lmi_head *out, lmi_weights *weights, lmas_model *model, int n_threads);
void lmi_head_done(lmi_head *head);

/* The rule at one token, of whose row W_out h is `product`. */
float lmi_head_score(const lmi_head *head, float product, int64_t token);

#endif

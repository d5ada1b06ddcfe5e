/*
 * realign.h - from a hidden state to an input embedding (the paper's alignment, App. A.2).
 *
 *     e = (h W_a) * n_tgt / |h W_a|        h, e [1, n_embd]
 *
 * n_tgt is the mean norm of the rows of W_in. W_a is the identity by default, or
 *
 *     W_a = (W_out' W_out + lambda I)^-1 W_out' W_in        [n_embd, n_embd]
 *
 * W_in, W_out [n_vocab, n_embd]: what goes into the model and what scores its output.
 */
#ifndef LMI_LATENT_REALIGN_H
#define LMI_LATENT_REALIGN_H

#include "base/status.h"
#include "engine/model.h"

/* Ridge of the least-squares problem: the reference's 1e-5. */
#define LMI_REALIGN_LAMBDA 1e-5

typedef struct lmi_realign {
    size_t n_embd;
    float target_norm; /* n_tgt */
    float *matrix;     /* W_a [n_embd, n_embd] row-major, NULL for the identity */
} lmi_realign;

typedef struct lmi_realign_params {
    bool is_matrix_wanted;     /* W_a instead of the identity; ignored where the model is tied */
    const char *cache_dir;     /* as in lmas_session_params */
    lmas_progress_fn progress; /* may be NULL */
    void *user;
} lmi_realign_params;

lmas_status lmi_realign_new(lmi_realign **out, lmas_model *model, const lmi_realign_params *params);
void lmi_realign_free(lmi_realign *realign);

/* e = realign(h). Both [n_embd], not the same array. */
void lmi_realign_apply(float *e, const lmi_realign *realign, const float *h);

#endif

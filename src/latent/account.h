/*
 * account.h - what was fed into a working memory, so that another session can feed it in again.
 *
 *   segments   prompt 35         thought 10          prompt 29         text 4
 *   tokens     t0 ... t34                            t35 ... t63       t64 ... t67
 *   vectors                      e0 ... e9
 *
 * Two lists in the order of the segments: a token is 4 bytes, a thought n_embd floats. Memories
 * that people hold keep it, so that they can be saved; those of a solver where somebody asks for
 * the last one (lmas_solver_params.on_memory).
 */
#ifndef LMI_LATENT_ACCOUNT_H
#define LMI_LATENT_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct lmi_account {
    bool is_wanted;
    bool is_lost;     /* something came in of which it is not known what it was */
    bool is_straight; /* fed in again, in this order, it gives the same memory: nothing was put
                       * behind from elsewhere, nothing was dropped */
    size_t n_embd;
    int32_t *tokens; /* of prompts and texts */
    size_t n_tokens, tokens_capacity;
    float *vectors; /* of thoughts [n_vectors, n_embd] */
    size_t n_vectors, vectors_capacity;
} lmi_account;

/* How much of the two lists some segments take up. */
typedef struct lmi_extent {
    size_t n_tokens, n_vectors;
} lmi_extent;

lmi_extent lmi_extent_of(const lmas_segment *segments, size_t n);

void lmi_account_init(lmi_account *account, size_t n_embd, bool is_wanted);
void lmi_account_done(lmi_account *account);

/* Of an empty memory, as new. */
void lmi_account_clear(lmi_account *account);

/* Give it up until the memory is cleared. */
void lmi_account_lose(lmi_account *account);

/* Whether it tells all that the memory holds. */
bool lmi_account_is_whole(const lmi_account *account);

/* These do nothing where no account is kept. */
lmas_status lmi_account_add_tokens(lmi_account *account, const int32_t *tokens, size_t n);
lmas_status lmi_account_add_vectors(lmi_account *account, const float *vectors, size_t n);

/* Forget what goes beyond the extent: it did not get into the memory. */
void lmi_account_trim(lmi_account *account, lmi_extent extent);

/* Add `n` entries of a segment of `from`, which begins at `base` there, behind its first `skip`. */
lmas_status lmi_account_copy(lmi_account *to, const lmi_account *from, lmi_extent base,
                             lmas_segment_kind kind, size_t skip, size_t n);

#endif

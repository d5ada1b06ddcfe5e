/*
 * pairs.h - rows of W_out beside the rows of W_in that go with them, block by block.
 *
 *     W_out,A [n_vocab_A, D_A]          W_in,B [n_vocab_B, D_B]
 *       row i  ───────── to_row[i] ───────▶  row k                 -1: goes with none
 *
 * What a model says, and what another (or itself) takes in when it is told so. The matrices never
 * stand in memory whole.
 */
#ifndef LMI_LATENT_PAIRS_H
#define LMI_LATENT_PAIRS_H

#include "engine/model.h"

enum { LMI_BLOCK_ROWS = 512 }; /* of W_out in hand at a time */

typedef struct lmi_pairs {
    lmi_weights *from, *to; /* may be the same */
    lmi_matrix w_out, w_in;
    const int32_t *to_row; /* [w_out.n_rows]; NULL: row i goes with row i */
} lmi_pairs;

typedef struct lmi_block {
    size_t n, n_shared;
    float *out;  /* all rows of the block [n, D_A] */
    float *in;   /* the rows that some of them go with [n_shared, D_B] */
    int32_t *at; /* which of `out` those are [n_shared], ascending */
} lmi_block;

/* Find what `model` scores tokens with: output.weight, or where it is tied token_embd.weight; and
 * what it takes tokens in with. LMAS_E_MODEL for a matrix of another shape than the model. */
lmas_status lmi_pairs_find_out(lmi_matrix *out, const lmi_weights *weights,
                               const lmas_model *model);
lmas_status lmi_pairs_find_in(lmi_matrix *out, const lmi_weights *weights, const lmas_model *model);

/* False when memory is out; free it either way. */
bool lmi_block_init(lmi_block *block, const lmi_pairs *pairs);
void lmi_block_done(lmi_block *block);

/* The block whose first row of W_out is `first`. */
lmas_status lmi_block_load(lmi_block *block, const lmi_pairs *pairs, int64_t first);

/* W = (W_out' W_out + ridge I)^-1 W_out' W_in over the pairs [D_A, D_B], row-major. In double;
 * costs n_vocab D_A (D_A + 2 D_B) multiplications. Free with lmi_free(). */
lmas_status lmi_pairs_solve(float **out, const lmi_pairs *pairs, double ridge,
                            lmas_progress_fn progress, void *user);

#endif

/* near.h - how near vectors lie to the rows of W_in: all cosines, a block at a time. */
#ifndef LMI_LATENT_NEAR_H
#define LMI_LATENT_NEAR_H

#include "engine/gguf/weights.h"

/* Cosines of some rows with some vectors: `cosines` is [n_rows, n], of rows from `row` on and of
 * vectors from `vector` on. A row of zeros has 0 with all. */
typedef struct lmi_near {
    const float *cosines;
    int64_t row, n_rows;
    size_t vector, n;
} lmi_near;
typedef void (*lmi_near_fn)(void *user, const lmi_near *near);

/* Go through W_in once. `units` [n, n_cols] are of length 1, or 0. */
lmas_status lmi_near_walk(lmi_weights *weights, const lmi_matrix *w_in, const float *units,
                          size_t n, lmi_near_fn fn, void *user);

/* units = vectors of length 1 in the same directions [n, width]; zeros stay. May be the same
 * array. */
void lmi_near_unify(float *units, const float *vectors, size_t n, size_t width);

#endif

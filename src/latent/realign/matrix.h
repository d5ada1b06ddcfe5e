/* matrix.h - W_a: solved once per model, then kept on disk beside the model's fingerprint. */
#ifndef LMI_LATENT_MATRIX_H
#define LMI_LATENT_MATRIX_H

#include "latent/realign/realign.h"

/* The W_a of an untied model [n_embd, n_embd], row-major: from the cache folder when it is
 * there and whole, else solved and put there. A cache that cannot be written is logged and
 * does no harm. Free with lmi_free(). */
lmas_status lmi_matrix_obtain(float **out, lmas_model *model, const lmi_realign_params *params);

/* Solve W_a from W_out and W_in, in double. Costs 2 n_vocab n_embd^2 multiplications. */
lmas_status lmi_matrix_solve(float **out, lmas_model *model, const lmi_realign_params *params);

#endif

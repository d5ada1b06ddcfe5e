/*
 * kernel.h - soft, by M positive random features instead of a sum over the vocabulary.
 *
 *     exp(x.y) = mean over w of exp(w.x - |x|^2/2) exp(w.y - |y|^2/2),   w drawn from N(0, I)
 *
 * With x = h scale / temperature and y = a row of W_out, what a thought asks of the two matrices is
 * summed up once, and a thought costs M (D_A + D_B) from then on:
 *
 *     S_m = sum over shared tokens of phi_m(y) W_in,B [D_B]     z_m = sum of phi_m(y)
 *     e   = sum over m of phi_m(x) S_m / sum over m of phi_m(x) z_m
 *
 * phi_m(y) = exp(w_m.y - |y|^2/2 + b scale / temperature - shift_m): the largest of each feature is
 * 1, and x makes up for it: phi_m(x) = exp(w_m.x + shift_m - the largest of those).
 *
 * The w are drawn so that another program can draw the same (draw.c).
 */
#ifndef LMI_LATENT_KERNEL_H
#define LMI_LATENT_KERNEL_H

#include "latent/cross/head.h"
#include "latent/realign/pairs.h"

typedef struct lmi_kernel {
    size_t n_features, n_out, n_in; /* M, D_A, D_B */
    double *directions;             /* w [M, D_A] */
    double *shifts;                 /* [M] */
    double *z;                      /* [M] */
    float *s;                       /* S [M, D_B] */
    double scale;                   /* x = h * scale */
} lmi_kernel;

/* Sum up the pairs. LMAS_E_MODEL where the head has a cap, which no product of features has. */
lmas_status lmi_kernel_new(lmi_kernel *out, const lmi_pairs *pairs, const lmi_head *head,
                           const lmas_align *align, lmas_progress_fn progress, void *user);
void lmi_kernel_done(lmi_kernel *kernel);

/* e [n, D_B] of h [n, D_A]. */
lmas_status lmi_kernel_map(float *e, const lmi_kernel *kernel, const float *h, size_t n);

/* M directions [M, D], drawn with `seed`: orthogonal in groups of D, each as long as a vector of D
 * normal numbers is. */
lmas_status lmi_draw_directions(double *out, size_t n, size_t width, uint64_t seed);

#endif

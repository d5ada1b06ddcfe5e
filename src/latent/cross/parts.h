/* parts.h - what the methods of a crossing share, inside this folder. */
#ifndef LMI_LATENT_CROSS_PARTS_H
#define LMI_LATENT_CROSS_PARTS_H

#include "latent/cross/cross.h"
#include "latent/cross/head.h"
#include "latent/cross/kernel.h"
#include "latent/realign/pairs.h"

struct lmi_cross {
    lmas_align align;
    lmi_overlap overlap;
    int n_threads;     /* of BLAS while it is at work */
    lmi_pairs pairs;   /* W_out,A beside W_in,B; owns both files */
    lmi_head head;     /* soft, kernel */
    lmi_kernel kernel; /* kernel */
    float *matrix;     /* linear: W [D_A, D_B] */
    float scale;       /* of a row of W_in,B on its way in */
    float target_norm; /* linear, identical: what e is as long as */
};

/* Sums of p W_in,B, and the mean share of p on shared tokens. */
lmas_status lmi_soft_map(float *e, double *mass, const lmi_cross *cross, const float *h, size_t n);

#endif

/*
 * threads.h - how many threads BLAS computes with.
 *
 * They wait for each other by spinning: with one more than there are free cores, a product takes
 * ten times as long.
 */
#ifndef LMI_LATENT_THREADS_H
#define LMI_LATENT_THREADS_H

#include <stddef.h>

#include "engine/load.h"

/* The cores that nobody else keeps busy, for matrices of `n_values`: small ones gain nothing from
 * a second. `since`: as lmi_load_choose() has it. */
int lmi_blas_choose(const lmi_load *since, size_t n_values);

/* Compute with `n` threads from now on, in all of the process; what it was until now. */
int lmi_blas_limit(int n);

#endif

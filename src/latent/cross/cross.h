/*
 * cross.h - thoughts of a model A as inputs of a model B, in one direction.
 *
 *     h [n, D_A] ──▶ A's words for it ──▶ the same words of B ──▶ e [n, D_B] ──▶ lmi_lane_feed()
 *
 *     soft       p = softmax(l / temperature), e = sum of p W_in,B over shared tokens / their p
 *     linear     e = h (W_out,A' W_out,A + ridge I)^-1 W_out,A' W_in,B over shared tokens, made as
 *                long as B's inputs are (n_tgt of realign.h)
 *     identical  e = h, made as long
 *     kernel     as soft, by random features (kernel.h)
 *
 * l is what A would say at h (head.h). Rows of W_in,B are as stored, times B's thought.scale, so e
 * goes in as B's own thoughts do.
 */
#ifndef LMI_LATENT_CROSS_H
#define LMI_LATENT_CROSS_H

#include "latent/cross/overlap.h"

/* One thread at a time. */
typedef struct lmi_cross lmi_cross;

/* How well a turn's thoughts crossed over. */
typedef struct lmi_cross_quality {
    double mass;   /* mean share of p on shared tokens; not soft: 1 for equal vocabularies, else
                  * their coverage */
    double cosine; /* mean cosine of e to the row of W_in,B that is nearest */
} lmi_cross_quality;

/* From A to B, models that outlive it; NULL `align` is the default. LMAS_E_INVALID for
 * LMAS_ALIGN_TEXT, by which no thought crosses; LMAS_E_MODEL where the method is none for these
 * two. Linear solves for a matrix, as long as W_a takes; kernel goes through both matrices once. */
lmas_status lmi_cross_new(lmi_cross **out, lmas_model *from, lmas_model *to,
                          const lmas_align *align, lmas_progress_fn progress, void *user);
void lmi_cross_free(lmi_cross *cross);

const lmi_overlap *lmi_cross_overlap(const lmi_cross *cross);

/* e [n, D_B] of h [n, D_A], all thoughts of a turn at once: soft goes through both matrices once,
 * however many there are, and `quality` (NULL: nobody asks) once more through B's. n from 1 to
 * LMAS_LATENT_STEPS_MAX. Memory: blocks of 512 rows of both matrices, 2 * 512 * 1024 floats, and
 * for `quality` as much as e. LMAS_E_ENGINE for an h that is not finite, LMAS_E_MODEL for such an
 * e; after a failure e holds nothing of use. */
lmas_status lmi_cross_map(float *e, lmi_cross_quality *quality, lmi_cross *cross, const float *h,
                          size_t n);

#endif

/*
 * look.h - what a thought is like: the words that the model would say in its place, and those that
 * it would be if it were read as one.
 *
 *     h ──▶ W_out h ──▶ p(token)                        what would be said here, and how surely
 *     │
 *     └──▶ e = realign(h) ──▶ cos(W_in[token], e)       what goes in is nearest to
 *
 * The head's part is taken as the thoughts come (their logits are at hand then); W_in is gone
 * through once, for all thoughts of a turn, when it ends.
 */
#ifndef LMI_LATENT_LOOK_H
#define LMI_LATENT_LOOK_H

#include "latent/session.h"

typedef struct lmi_look {
    const lmas_session *session;
    uint32_t n_near;        /* tokens of each list; 0: nobody looks */
    float *states;          /* h of each thought [n, n_embd] */
    lmas_thought *thoughts; /* [n]; their lists are [n_near] and owned, as the texts in them */
    size_t n, states_capacity, thoughts_capacity;
} lmi_look;

void lmi_look_init(lmi_look *look, const lmas_session *session, uint32_t n_near);
void lmi_look_done(lmi_look *look);

/* The next thought is made of `h` [n_embd], where the head says `logits` [n_vocab]. */
lmas_status lmi_look_add(lmi_look *look, const float *h, const float *logits);

/* All are there: find what of W_in they are near to. */
lmas_status lmi_look_finish(lmi_look *look);

#endif

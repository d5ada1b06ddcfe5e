/* session.h - a context, and the realignment its thoughts go through. */
#ifndef LMI_LATENT_SESSION_H
#define LMI_LATENT_SESSION_H

#include "engine/context.h"
#include "latent/guess.h"
#include "latent/realign/realign.h"

struct lmas_session {
    lmas_model *model;
    lmi_context *ctx;
    lmi_realign *realign;
    lmi_weights *weights; /* the model's file, once rows of W_in were asked for: keep.h */
    lmi_odds odds;        /* what came of guesses so far */
};

/* Fails with the reason where the model cannot take thoughts. */
lmas_status lmi_session_check_thinking(const lmas_session *session);

#endif

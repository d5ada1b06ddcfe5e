/*
 * guess.h - what an agent says next, guessed from what it has read and said.
 *
 *   history   ... [planner]: 12 + 7 = 19 ... Restate the plan: 12 +
 *                            ------^^^^^^                      ----
 *                            stood there before, and this followed
 *
 * Agents repeat the question and one another. The longest end of the history that stands in it
 * before says what may follow; nothing is believed before the model has said it as well (a guess
 * costs a row of a decode, and is taken back where it is wrong), so texts are those of an agent
 * that does not guess.
 *
 * How often such a guess is right is counted by how long that end was, for all agents of a session.
 */
#ifndef LMI_LATENT_GUESS_H
#define LMI_LATENT_GUESS_H

#include "engine/context.h"
#include "engine/model.h"

/* The longest end that is told from longer ones. */
enum { LMI_ENDS_MAX = 8 };

/* What came of guesses, by that length. */
typedef struct lmi_odds {
    uint64_t n_tried[LMI_ENDS_MAX + 1];
    uint64_t n_right[LMI_ENDS_MAX + 1];
} lmi_odds;

/* All of them. */
uint64_t lmi_odds_n_tried(const lmi_odds *odds);
uint64_t lmi_odds_n_right(const lmi_odds *odds);

typedef struct lmi_guess {
    lmi_odds *odds;     /* the session's */
    lmi_tokens history; /* what was read, and said */
    size_t n_most;      /* guesses at once; 0: it never guesses */
    size_t end;         /* how long the end was that the guesses at hand come of */
    int32_t tokens[1 + LMAS_N_DRAFT_MAX]; /* the last one of the history, and guesses [n] */
    float chances[LMAS_N_DRAFT_MAX];      /* that all of them up to that one are right */
    size_t n;
} lmi_guess;

/* `prompt` is copied. */
lmas_status lmi_guess_begin(lmi_guess *out, lmi_odds *odds, const lmi_tokens *prompt,
                            size_t n_most);
void lmi_guess_done(lmi_guess *guess);

/* A token was said. */
lmas_status lmi_guess_add(lmi_guess *guess, int32_t token);

/* Guess what follows the token, the last one that was said: at most `n_most` tokens. */
void lmi_guess_next(lmi_guess *guess, int32_t token, size_t n_most);

/* Of those `n_tried` were tried, and so many right. */
void lmi_guess_learn(lmi_guess *guess, size_t n_tried, size_t n_right);

#endif

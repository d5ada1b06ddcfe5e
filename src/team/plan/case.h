/*
 * case.h - one question: what it brings to the prompts, and what it asks in its own way.
 *
 * A caller's question is copied whole. A case is what prompts are made of: the words of the
 * question and, as turns end, what was said. Who compares prompts makes a case with other words.
 */
#ifndef LMI_TEAM_CASE_H
#define LMI_TEAM_CASE_H

#include "team/plan/plan.h"

/* Most messages before a question. */
enum { LMI_BEFORE_MAX = 4096 };

typedef struct lmi_case {
    const char *question;
    const char *note;       /* NULL for none */
    const char *other;      /* what all but the last are asked where a control says so */
    const char *other_note; /* NULL for none */
    lmas_answer_kind kind;
    const char *const *said; /* [n_turns], NULL where nothing was; NULL for nothing at all */
    int32_t n_speak_most;    /* tokens that a turn may speak where room is short; 0: as it says */
    const lmas_question *asked; /* its conversation, and all that it asks in its own way */
} lmi_case;

/* The case of a question before anybody has said anything; texts are borrowed. */
lmi_case lmi_case_of(const lmas_question *question);

/* The most that a turn with `n_speak` tokens speaks in this case. */
int32_t lmi_case_speaks(const lmi_case *c, const lmi_turn *turn, int32_t n_speak);

/* How the turn draws, and from which stream: with the seed, the number decides that. */
lmas_sampling lmi_case_sampling(const lmi_case *c, const lmi_plan *plan, const lmi_turn *turn);
uint64_t lmi_case_draws(const lmi_case *c);

/* A number of the turn's own, for what is random beside tokens. */
uint64_t lmi_case_seed(const lmi_case *c, const lmi_plan *plan, size_t turn);

/* LMAS_E_INVALID where it lacks what it must have, or breaks a limit. */
lmas_status lmi_question_check(const lmas_question *question);

/* A question with all its texts, whatever it was made of. Free with lmi_question_done(), also
 * after a failure. */
lmas_status lmi_question_copy(lmas_question *out, const lmas_question *question);
void lmi_question_done(lmas_question *question);

#endif

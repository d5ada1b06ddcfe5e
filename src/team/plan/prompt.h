/*
 * prompt.h - what an agent reads: its template with the slots filled, as a chat turn.
 *
 *   {question} {note} {format}      what the question brings
 *   {note:NAME}                     what a note that is a JSON object says at NAME
 *   {context}                       what the team says of memory, or of texts, that reached it
 *   {outputs} {output:NAME}         those texts, all or one agent's
 */
#ifndef LMI_TEAM_PROMPT_H
#define LMI_TEAM_PROMPT_H

#include "base/buf.h"
#include "team/plan/plan.h"

/* Longest prompt, in bytes, before the chat template. */
#define LMI_PROMPT_MAX ((size_t)32 * 1024 * 1024)

/* What one question brings. */
typedef struct lmi_case {
    const char *question;
    const char *note;       /* NULL for none */
    const char *other;      /* what all but the last are asked where a control says so */
    const char *other_note; /* NULL for none */
    lmas_answer_kind kind;
    const char *const *said; /* [n_turns], NULL where nothing was; NULL for nothing at all */
    int32_t n_speak_most;    /* tokens that a turn may speak where room is short; 0: as it says */
} lmi_case;

/* The case of a question before anybody has said anything; texts are borrowed. */
lmi_case lmi_case_of(const lmas_question *question);

/* The most that a turn with `n_speak` tokens speaks in this case. */
int32_t lmi_case_speaks(const lmi_case *c, int32_t n_speak);

/* Whether a caller's question has all it must have. */
bool lmi_question_is_whole(const lmas_question *question);

/* Whether the chat template takes what each agent tells it. */
lmas_status lmi_plan_check(const lmi_plan *plan);

/* Whether the turn is shown another question than the last one: an experiment. */
bool lmi_plan_is_elsewhere(const lmi_plan *plan, size_t i);

/* How often the prompt of turn `i` says all texts that reach it. */
size_t lmi_plan_n_outputs(const lmi_plan *plan, size_t i);

/* The turn whose text alone the first slot of the template `*at` says, which then stands behind
 * that slot; LMI_NO_TURN when none is left. */
int32_t lmi_plan_next_quote(const char **at, const lmi_plan *plan, size_t i);

/* The whole prompt of turn `i` as the model reads it: slots filled, chat template applied; and as
 * another model would. */
lmas_status lmi_plan_prompt(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c);
lmas_status lmi_plan_prompt_for(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                                const lmas_model *model);

/* The same around another text than the user's. */
lmas_status lmi_plan_frame(lmi_buf *out, const lmi_plan *plan, size_t i, const char *text);

/* The two messages of it, for who applies the chat template himself. */
lmas_status lmi_plan_user(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c);
const char *lmi_plan_system(const lmi_plan *plan, size_t i);

#endif

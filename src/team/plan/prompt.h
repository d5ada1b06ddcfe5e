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
#include "team/plan/case.h"

/* Longest prompt, in bytes, before the chat template. */
#define LMI_PROMPT_MAX ((size_t)32 * 1024 * 1024)

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
lmas_status lmi_plan_frame(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                           const char *text);

/* Its parts, for who applies the chat template himself: the user's text, the system's, and the
 * messages that stand between them. */
lmas_status lmi_plan_user(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c);
lmas_status lmi_plan_system(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c);
size_t lmi_plan_n_before(const lmi_plan *plan, size_t i, const lmi_case *c);

#endif

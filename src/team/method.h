/*
 * method.h - the three ways to drive a team, each as a list of turns.
 *
 * A turn is what one agent does: read its prompt, think so many thoughts, speak so many
 * tokens. What differs between the methods is only that list:
 *
 *   baseline     1 turn:   read, speak
 *   text_mas     n turns:  fresh memory, read (with the others' text), speak
 *   latent_mas   n turns:  the memory goes on, read, think, and speak if it is the last one or
 *                          the team file says so
 *                          (under the control NO_MEMORY it is fresh each time)
 */
#ifndef LMI_TEAM_METHOD_H
#define LMI_TEAM_METHOD_H

#include "base/buf.h"
#include "team/team.h"

/* Longest prompt, in bytes, before the chat template. */
#define LMI_PROMPT_MAX ((size_t)32 * 1024 * 1024)

typedef struct lmi_turn {
    const char *agent;
    bool is_fresh;      /* starts from an empty working memory */
    int32_t n_thoughts; /* after reading */
    int32_t n_speak;    /* most tokens spoken after that, 0 for none */
    bool is_handed_on;  /* all that it spoke goes into the memory that the next one gets */
    lmas_sampling sampling;
} lmi_turn;

/* Everything that decides what a question's turns are; shared by all questions of a solver. */
typedef struct lmi_plan {
    const lmas_model *model;
    const lmas_team *team;
    lmas_solver_params params;
} lmi_plan;

/* What one question brings. */
typedef struct lmi_case {
    const char *question;
    const char *note; /* NULL for none */
    lmas_answer_kind kind;
    const char *outputs; /* text_mas: what the agents before said, "" if none */
} lmi_case;

lmas_status lmi_plan_check(const lmi_plan *plan);

size_t lmi_plan_n_turns(const lmi_plan *plan);
lmi_turn lmi_plan_turn(const lmi_plan *plan, size_t i);

/* Whether one memory goes through all turns, so that what it begins with stays in it. */
bool lmi_plan_keeps_memory(const lmi_plan *plan);

/* The whole prompt of turn `i` as the model reads it: slots filled, chat template applied. */
lmas_status lmi_plan_prompt(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c);

/* Append one agent's text to what the next ones read as `{outputs}`. */
void lmi_plan_add_output(lmi_buf *outputs, const lmi_plan *plan, const char *agent,
                         const char *text);

/* Cells a question can need: all that surely goes in, and the most that can. */
lmas_status lmi_plan_cells(uint32_t *out_least, uint32_t *out_most, const lmi_plan *plan,
                           const lmi_case *c);

#endif

/*
 * shelf.h - the beginnings of prompts that all questions share, read once.
 *
 * Every turn that starts from an empty memory (the first one; in text_mas all of them) begins
 * with the same words whatever the question: system text, role text. The question that comes
 * first reads them by themselves and puts them on the shelf; those beside it wait for that,
 * which is sooner than reading them; all later ones take them.
 */
#ifndef LMI_TEAM_SHELF_H
#define LMI_TEAM_SHELF_H

#include "engine/model.h"
#include "engine/prefix.h"
#include "team/plan/prompt.h"

typedef enum lmi_shelf_state {
    LMI_SHELF_UNKNOWN = 0, /* nobody has looked yet */
    LMI_SHELF_ABSENT,      /* nothing in common worth keeping, or it could not be kept */
    LMI_SHELF_KNOWN,       /* `tokens` are what is shared; nobody has read them */
    LMI_SHELF_READING,     /* a question reads them now */
    LMI_SHELF_KEPT,        /* `prefix` holds them */
} lmi_shelf_state;

typedef struct lmi_shelf_place {
    lmi_shelf_state state;
    lmi_tokens tokens;
    lmi_prefix *prefix;
} lmi_shelf_place;

typedef struct lmi_shelf {
    const lmi_plan *plan;
    lmi_shelf_place *places; /* [n_turns] */
} lmi_shelf;

lmas_status lmi_shelf_init(lmi_shelf *shelf, const lmi_plan *plan);
void lmi_shelf_done(lmi_shelf *shelf);

/* The place of turn `i`, and in `n_out` how many of the tokens of `prompt` (that of case `c`) it
 * begins with, 0 for none. NULL where nothing is shared. */
lmi_shelf_place *lmi_shelf_look(uint32_t *n_out, lmi_shelf *shelf, size_t i, const lmi_case *c,
                                const lmi_tokens *prompt);

/* Cells of the host that kept prefixes hold beside those of the questions. */
uint32_t lmi_shelf_n_cells(const lmi_shelf *shelf, size_t host);

/* Where turn `i` reads. */
lmi_context *lmi_shelf_context(const lmi_shelf *shelf, size_t i);

#endif

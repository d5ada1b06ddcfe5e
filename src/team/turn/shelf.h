/*
 * shelf.h - the beginnings of prompts that several questions share, read once.
 *
 * Every turn that starts from an empty memory (the first one; in text_mas all of them) begins
 * with the same words whatever the question: system text, role text. The question that comes
 * first reads them by themselves and puts them on the shelf; those beside it wait for that,
 * which is sooner than reading them; all later ones take them.
 *
 * A question that goes on a conversation begins with that, and the next one of it with that and a
 * bit more. Such beginnings are kept as well, as many as params.kept_size holds of all teams of a
 * solver, the one that was taken last in front. Each serves its own shelf and realm, and is read
 * behind the longest that it goes on.
 *
 * Turns of one question that begin side by side may share more than that: the question itself. This
 * lies there until the last of them has it.
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

    struct lmi_shelf_place *next; /* of conversations' and questions', with: */
    const struct lmi_shelf *shelf;
    size_t turn;
    uint64_t realm;   /* or question */
    bool is_passing;  /* a question's: it goes when nobody holds it */
    size_t n_holders; /* strands that read it or wait for it */
} lmi_shelf_place;

typedef struct lmi_shelf {
    const lmi_plan *plan;
    lmi_shelf_place *places; /* [n_turns], of all questions */
    lmi_shelf_place **kept;  /* the solver's, of conversations, the last used first */
} lmi_shelf;

/* What a strand has of the shelf while it reads. */
typedef struct lmi_loan {
    lmi_shelf_place *place; /* the beginning that it takes, reads or waits for; NULL: none */
    uint32_t n;             /* tokens of its prompt that it has */
    bool is_reader;         /* it reads it for all */
} lmi_loan;

/* `kept` is the list that all shelves of a solver share. Theirs leave it with them. */
lmas_status lmi_shelf_init(lmi_shelf *shelf, const lmi_plan *plan, lmi_shelf_place **kept);
void lmi_shelf_done(lmi_shelf *shelf);

/* What turn `i` can have, whose prompt (that of case `c`) is `prompt`; nothing where nothing is
 * shared. */
lmi_loan lmi_shelf_look(lmi_shelf *shelf, size_t i, const lmi_case *c, const lmi_tokens *prompt);

/* Whether the turn's prompts may begin alike, and that can be kept. */
bool lmi_shelf_is_open(const lmi_shelf *shelf, size_t i);

/* How many tokens of the prompt are had by who has `read` others, 0 for too few. The last one is
 * read, so that something comes out of it. */
uint32_t lmi_shelf_share(const lmi_tokens *read, const lmi_tokens *prompt);

/* The first `n` tokens of the prompt, which turns of one question begin with, the first of them
 * turn `i`. `question` is a number of its own. */
lmi_loan lmi_shelf_join(lmi_shelf *shelf, size_t i, uint64_t question, const lmi_tokens *prompt,
                        uint32_t n);

/* Whether the place is a conversation's or a question's, and not of all questions. */
bool lmi_shelf_is_kept(const lmi_shelf_place *place);

/* The longest that lies there and the conversation's beginning goes on, of `n` tokens; NULL for
 * none. */
const lmi_prefix *lmi_shelf_shorter(uint32_t *n, const lmi_shelf *shelf,
                                    const lmi_shelf_place *wanted);

/* The loan's beginning is in the lane: put it on the shelf. */
void lmi_shelf_put(lmi_shelf *shelf, size_t i, const lmi_loan *loan, lmi_lane *lane);

/* The strand has what it wanted, or will not read. The place that it did not come to read is the
 * next one's. */
void lmi_shelf_leave(lmi_shelf *shelf, lmi_loan *loan);

/* Cells of the host that kept prefixes hold beside those of the questions. */
uint32_t lmi_shelf_n_cells(const lmi_shelf *shelf, size_t host);

/* Where turn `i` reads. */
lmi_context *lmi_shelf_context(const lmi_shelf *shelf, size_t i);

#endif

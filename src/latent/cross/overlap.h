/*
 * overlap.h - which tokens two vocabularies share.
 *
 *     A   " the" 262   "<|im_end|>" 2   "ing" 278   "<0x0A>" 13
 *           │             │               ╳            │
 *     B   " the" 1169  "<|im_end|>" 7                "\n" 198
 *
 * Text is known by its bytes, however its vocabulary writes them; control tokens by their name, and
 * only among themselves, as those that stand for nothing are. Of several with the same bytes the
 * first of A goes with the first of B, and so on; what is left over is not shared.
 */
#ifndef LMI_LATENT_OVERLAP_H
#define LMI_LATENT_OVERLAP_H

#include "base/buf.h"
#include "engine/model.h"

typedef struct lmi_overlap {
    int32_t n_from, n_to; /* tokens of A and of B */
    int32_t n_shared;     /* of A's, those that B has */
    double coverage;      /* n_shared / n_from */
    bool is_equal;        /* the vocabularies are one, token by token */
    int32_t *to;          /* B's for each of A's [n_from], -1 for none; NULL where they are equal */
} lmi_overlap;

/* Of two models. Free with lmi_overlap_done(). */
lmas_status lmi_overlap_find(lmi_overlap *out, const lmas_model *from, const lmas_model *to);
void lmi_overlap_done(lmi_overlap *overlap);

/* The tokens of a vocabulary by what they are known by. */
typedef struct lmi_names {
    lmi_buf bytes; /* of all, one behind the other, each behind a letter for its kind */
    struct lmi_name *items;
    size_t n, capacity;
    int32_t n_tokens; /* those without bytes counted in */
} lmi_names;

void lmi_names_init(lmi_names *names);
void lmi_names_done(lmi_names *names);

/* The next token. Without bytes it is shared with none. */
lmas_status lmi_names_add(lmi_names *names, lmi_token_kind kind, const char *bytes, size_t len);

/* Which tokens of `from` go with which of `to`. Sorts both. */
lmas_status lmi_names_match(lmi_overlap *out, lmi_names *from, lmi_names *to);

#endif

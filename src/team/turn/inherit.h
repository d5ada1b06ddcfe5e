/* inherit.h - the working memory that a turn begins with, out of those of the turns before it. */
#ifndef LMI_TEAM_INHERIT_H
#define LMI_TEAM_INHERIT_H

#include "team/turn/strand.h"

/* The memories of one question. */
typedef struct lmi_memories {
    lmas_memory **free; /* empty ones, the first n_free in use */
    size_t n_free;
} lmi_memories;

/* Give strand `i` its memory: a new one, its base's, or a fork of that, with the blocks that are
 * moved behind it. `standing` is before its start. `strands` are all of the question, by turn. */
lmas_status lmi_inherit(lmi_strand *strands, size_t i, const lmi_turn_state *standing,
                        lmi_memories *memories);

/* Put back the memory of strand `i` where nobody will take from it any more. */
void lmi_let_go(lmi_strand *strands, size_t i, const lmi_turn_state *standing,
                lmi_memories *memories);

#endif

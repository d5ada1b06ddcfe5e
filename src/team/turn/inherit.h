/* inherit.h - the working memory that a turn begins with, out of those of the turns before it. */
#ifndef LMI_TEAM_INHERIT_H
#define LMI_TEAM_INHERIT_H

#include "team/turn/strand.h"

/* A memory that no strand has. It is empty, or still holds what its last owner took in. */
typedef struct lmi_spare {
    lmas_memory *memory;
    int32_t turn; /* whose prompt it begins with; LMI_NO_TURN of an empty one */
} lmi_spare;

/* The memories of one question. */
typedef struct lmi_memories {
    lmi_spare *free; /* the first n_free are there */
    size_t n_free;
} lmi_memories;

/* Give strand `i`, which knows its prompt, its memory: a new one, its base's, or a fork of that,
 * with the blocks that are moved behind it. In a new one may be what another turn has left of the
 * prompt (strand.n_has). `standing` is before its start. `strands` are all of the question. */
lmas_status lmi_inherit(lmi_strand *strands, size_t i, const lmi_turn_state *standing,
                        lmi_memories *memories);

/* Put back the memory of strand `i` where nobody will take from it any more. */
void lmi_let_go(lmi_strand *strands, size_t i, const lmi_turn_state *standing,
                lmi_memories *memories);

#endif

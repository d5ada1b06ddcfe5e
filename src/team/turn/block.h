/*
 * block.h - what a turn took in, for whoever reads it afresh: elsewhere than in its own memory.
 *
 *   its own space    prompt, the vectors of its thoughts, what it spoke: token by token the same
 *   another one      the prompt as that model reads it, the thoughts mapped, and its words
 *                    tokenised anew, its turn ended as that model ends one
 *
 * Thoughts that cannot cross (latent/cross says how well they did) are left out: then the turn has
 * spoken in their place.
 */
#ifndef LMI_TEAM_BLOCK_H
#define LMI_TEAM_BLOCK_H

#include "engine/model.h"
#include "latent/memory.h"
#include "team/plan/prompt.h"

struct lmi_strand;

/* What it took in. */
typedef struct lmi_intake {
    float *thoughts; /* as they were fed in [n_thoughts, n_embd] */
    float *states;   /* and the hidden states they were made of, where they cross */
    size_t n_thoughts, thoughts_capacity, states_capacity;
    int32_t *spoken; /* tokens */
    size_t n_spoken, spoken_capacity;
    float *mapped[LMI_HOSTS_MAX]; /* by space [n_thoughts, its n_embd]; NULL: they did not cross */
} lmi_intake;

void lmi_intake_done(lmi_intake *in);

/* The strand's next thought goes in: keep it where somebody reads it afresh. `h` [n_embd] is what
 * it is made of. And the next token that it spoke. */
lmas_status lmi_intake_thought(struct lmi_strand *strand, const float *h);
lmas_status lmi_intake_token(struct lmi_strand *strand, int32_t token);

typedef struct lmi_piece {
    const int32_t *tokens; /* [n]; NULL of thoughts */
    const float *vectors;  /* of thoughts [n, n_embd of the reader's space] */
    size_t n;              /* may be 0 */
} lmi_piece;

/* That part of the block of `from`, as `reader` takes it in. Of another model its tokens are put
 * into `room`, which must last as long as the piece. */
lmas_status lmi_block_piece(lmi_piece *out, lmi_tokens *room, const struct lmi_strand *reader,
                            const struct lmi_strand *from, lmi_part part);

#endif

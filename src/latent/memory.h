/*
 * memory.h - the working memory: one lane, and the account of what agents put into it.
 *
 *   position  0         35     45        74     84
 *             ├─prompt──┼─thou─┼─prompt──┼─thou─┼─ ...
 *             └ planner ───────┴ critic ────────┴ ...
 *
 * The functions here only place a request; lmi_context_tick() moves it. So many memories move
 * together, and the by-hand functions of latentmas.h are the same steps with a wait after each.
 */
#ifndef LMI_LATENT_MEMORY_H
#define LMI_LATENT_MEMORY_H

#include "engine/prefix.h"
#include "latent/account.h"
#include "latent/session.h"

/* Most segments of one memory: 64 agents, each with a prompt, thoughts and text, many times. */
#define LMI_SEGMENTS_MAX ((size_t)4096)

struct lmas_memory {
    lmas_session *session;
    lmi_lane *lane;
    lmas_segment *segments; /* agent names are copies */
    size_t n_segments;
    size_t segments_capacity;
    bool *is_hole;  /* [n_known], by position: what was thinned out */
    size_t n_known; /* positions from here on are all there */
    size_t known_capacity;
    double *attention; /* [n_weighed] by position: what rows that wanted it paid, summed up */
    size_t n_weighed;  /* nobody looked at what lies behind */
    size_t attention_capacity;
    float *thought; /* e of the next latent step [n_embd] */
    int32_t token;  /* the spoken token being taken in */
    lmi_account account;
    char *rebuilt; /* why it was rebuilt when it came out of a file; NULL where it was not */
};

/* Take a free lane. Whether the memory keeps account of what goes into it: account.h. */
lmas_status lmi_memory_new(lmas_memory **out, lmas_session *session, bool has_account);

/* Add a segment behind the others, its agent's name copied. */
lmas_status lmi_memory_add_segment(lmas_memory *memory, const lmas_segment *segment);

/* Whether a request is under way. When it is not, the lane holds its result or its failure. */
bool lmi_memory_is_busy(const lmas_memory *memory);

/* Read tokens (borrowed until idle). `want`: see context.h. */
lmas_status lmi_memory_start_read(lmas_memory *memory, const char *agent, const int32_t *tokens,
                                  size_t n, unsigned want);

/* Take the first `n` positions of a prefix, which are `tokens`, into an empty memory, as read by
 * the agent. Done at once: no request is placed. */
lmas_status lmi_memory_take(lmas_memory *memory, const char *agent, const lmi_prefix *prefix,
                            const int32_t *tokens, uint32_t n);

/* Go back to the first `n` positions, which are `tokens`, as if only the agent had read them. After
 * a failure the memory is empty. */
lmas_status lmi_memory_go_back(lmas_memory *memory, const char *agent, const int32_t *tokens,
                               uint32_t n);

/* One latent step: e = realign(h), h the lane's hidden state, which must be fresh. */
lmas_status lmi_memory_start_thought(lmas_memory *memory, const char *agent, unsigned want);

/* Take in a vector [n_embd] that counts as the agent's thought. */
lmas_status lmi_memory_start_vector(lmas_memory *memory, const char *agent, const float *vector,
                                    unsigned want);

/* Read tokens that the agent spoke elsewhere. */
lmas_status lmi_memory_start_text(lmas_memory *memory, const char *agent, const int32_t *tokens,
                                  size_t n, unsigned want);

/* Take in a token the agent spoke. */
lmas_status lmi_memory_start_token(lmas_memory *memory, const char *agent, int32_t token,
                                   unsigned want);

/* Bring the last segment's length up to what the lane holds, and add where the last row looked. */
void lmi_memory_settle(lmas_memory *memory);

/* What the thoughts so far paid to the cell at a position, over all layers and heads. */
double lmi_memory_attention(const lmas_memory *memory, uint32_t pos);

/* Room for what will be paid to the first `n` positions: those that are new have nothing yet. */
lmas_status lmi_memory_weigh(lmas_memory *memory, size_t n);

/* Take in the first of `tokens`, which the agent spoke, and of the others, which are guessed, as
 * many as the tick thinks worth it: context.h. They are borrowed until idle. Then say how many of
 * those were right, the first one among them, before anything else. */
lmas_status lmi_memory_start_guess(lmas_memory *memory, const char *agent, const int32_t *tokens,
                                   const float *odds, size_t n);
lmas_status lmi_memory_keep_guesses(lmas_memory *memory, size_t n);

/* Drop all cells and segments; the lane stays. */
void lmi_memory_clear(lmas_memory *memory);

/* Tick until the request is done; the lane's failure becomes the return value. Where the tick
 * itself fails the request is dropped, and the memory is as it was before it. */
lmas_status lmi_memory_wait(lmas_memory *memory);

#endif

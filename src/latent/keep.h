/*
 * keep.h - which cells of a working memory go on at a handover, by a rule.
 *
 *     rule         what goes on, of S cells
 *     knn:P        int(S P) of them, by how near their keys lie to the taker's prompt
 *     thoughts     cells of thoughts
 *     prompts      cells of prompts
 *     last:N       the last N, and the first 4
 *     attention:P  thoughts and texts, and of the prompts' cells int(S P) of S, by where the
 *                  thoughts looked
 *
 * knn is that of kNN-LatentMAS (Bookmaster9/kNN-latentMAS, _knn_filter_kv_cache):
 *
 *     q     = mean of W_in's rows of the prompt's tokens, [D] folded to [D / hd, hd], its mean [hd]
 *     s_i   = cos(q, mean over KV heads of the keys of cell i)            in layer n_layer / 2
 *     k     = min(max(int(S P), N), S)
 *
 * The last N cells stay, and of the others the k - N with the largest s (top), the smallest
 * (bottom), or random ones. Unlike there, cells keep their positions, and S counts those that are
 * in the memory. Of a model with sliding windows the layer is the middle one of those that see all.
 *
 * attention is that of OBF (arXiv 2604.13349), token by token:
 *
 *     s_i   = sum over thoughts, layers and heads of the weight that the thought gave cell i
 *     k     = min(max(int(S P), N), S)                of the S cells of prompts
 *
 * The first N of them stay (sinks), and of the others the k - N with the largest s. An agent that
 * has no thoughts looks with the last row of its prompt. What was looked at stays noted: s counts
 * the thoughts of all agents so far (memory.h).
 */
#ifndef LMI_LATENT_KEEP_H
#define LMI_LATENT_KEEP_H

#include "engine/state/cells.h"
#include "latent/memory.h"

enum { LMI_KEEP_SINKS = 4, LMI_KEEP_MIN = 5, LMI_KEEP_TEXT_MAX = 48 };

typedef enum lmi_keep_rule {
    LMI_KEEP_ALL = 0,
    LMI_KEEP_KNN,
    LMI_KEEP_THOUGHTS,
    LMI_KEEP_PROMPTS,
    LMI_KEEP_LAST,
    LMI_KEEP_ATTENTION
} lmi_keep_rule;

typedef enum lmi_keep_order { LMI_KEEP_TOP = 0, LMI_KEEP_BOTTOM, LMI_KEEP_RANDOM } lmi_keep_order;

typedef struct lmi_keep {
    lmi_keep_rule rule;
    lmi_keep_order order; /* of knn */
    double share;         /* of knn and attention: P */
    uint32_t n;           /* of knn, attention and last: N */
} lmi_keep;

/* What a message says it can be. */
#define LMI_KEEP_EXPECTED                                                                          \
    "all, thoughts, prompts, last:N, knn:SHARE[:top|bottom|random[:N]] or attention:SHARE[:N] "    \
    "(SHARE above 0 and at most 1, N from 1 to 1073741824)"

/* A rule's text; false, and `out` is as it was, for any other. */
bool lmi_keep_parse(lmi_keep *out, const char *text);

/* Whether the rule can be used here: LMAS_E_MODEL with the reason where it cannot. */
lmas_status lmi_keep_check(lmas_session *session, const lmi_keep *keep);

/* An idle memory on its way through rules. */
typedef struct lmi_keeping {
    lmas_memory *memory;
    const int32_t *tokens; /* of the taker's prompt, [n_tokens] */
    size_t n_tokens;
    uint64_t seed;     /* of random draws */
    bool *is_kept;     /* by position, [positions in use] */
    uint32_t *cells;   /* room for as many positions: for the caller */
    lmi_view view;     /* of the lane, once a rule has asked for it */
    uint32_t n_before; /* cells there were */
} lmi_keeping;

/* Begin with all cells. To be ended, after a failure too. */
lmas_status lmi_keeping_begin(lmi_keeping *out, lmas_memory *memory);

/* Of the cells at `positions` [n], in ascending order, some go. */
lmas_status lmi_keeping_apply(lmi_keeping *k, const lmi_keep *keep, const uint32_t *positions,
                              uint32_t n);

/* Do what was decided; how many cells are left. */
lmas_status lmi_keeping_finish(uint32_t *n_left, lmi_keeping *k);
void lmi_keeping_end(lmi_keeping *k);

#endif

/*
 * context.h - one KV cache, its lanes, and the decode that moves them.
 *
 * A lane is one sequence of the cache: a working memory grows in it. Whoever drives a lane
 * puts one request on it (read these tokens, or take in this vector), lets the context tick,
 * and finds the result in the lane. All lanes with a request move in the same tick.
 *
 * The cache is one pool of cells that all lanes draw from (unified), or each lane has a part of
 * its own. Parts cost a lane only its own cells in attention; a pool can be shared and filled
 * unevenly.
 *
 *      request            tick                        result
 *   tokens to read   ──▶  as many as fit         ──▶  hidden state, logits, or nothing
 *   one vector       ──▶  one decode, no head    ──▶  hidden state
 *   one token        ──▶  one decode             ──▶  logits
 */
#ifndef LMI_ENGINE_CONTEXT_H
#define LMI_ENGINE_CONTEXT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/libllama.h"
#include "engine/model.h"
#include "engine/tick/price.h"

/* What a lane wants of the last row of its request, or of each row where tokens are guessed.
 * Flags. */
enum {
    LMI_WANT_NOTHING = 0,
    LMI_WANT_HIDDEN = 1, /* output of the final norm [n_embd] */
    LMI_WANT_LOGITS = 2, /* [n_vocab] */
    LMI_WANT_ATTENTION =
        4, /* where it looks, by position: thought/attention.h. To be proved first */
    LMI_WANT_OUTPUTS = LMI_WANT_HIDDEN | LMI_WANT_LOGITS,
};

typedef enum lmi_lane_state {
    LMI_LANE_IDLE = 0, /* no request; the result of the last one stands */
    LMI_LANE_TOKENS,   /* tokens [n_done, n_tokens) are still to be read */
    LMI_LANE_VECTOR,   /* `vector` is to be taken in */
    LMI_LANE_FAILED,   /* `status` and `error` say why; only clear() leads out */
} lmi_lane_state;

typedef struct lmi_lane {
    int32_t seq; /* libllama's sequence id */
    bool is_taken;
    uint32_t pos; /* next position = cells in use */
    lmi_lane_state state;

    /* The request. Tokens are borrowed until the lane is idle again. */
    const int32_t *tokens;
    size_t n_tokens, n_done;
    float *vector; /* [n_embd] */
    unsigned want;
    uint32_t begin;    /* `pos` when it was placed */
    const float *odds; /* [n_tokens - 1] that all guesses up to that one are right; NULL: none is a
                        * guess. Borrowed */

    /* The result, valid until the next request. */
    unsigned has;  /* which of those below are fresh */
    float *hidden; /* [n_embd] */
    float *logits; /* [n_vocab]: libllama's own, or `copy` once another decode comes between; with
                    * guesses those of the first row */
    float *rows[1 + LMAS_N_DRAFT_MAX]; /* of each, [n_tokens]: as many guesses as were tried */
    bool is_borrowing;
    float *copy; /* [copy_capacity] */
    size_t copy_capacity;
    struct lmi_attention *attention; /* made when first wanted */
    lmas_status status;
    bool is_poisoned; /* it failed by a value that is not finite, and its cells hold more */
    char error[256];

    double ms; /* this lane's share, by rows, of the decodes since the driver zeroed it */
} lmi_lane;

/* How hidden states come out of libllama. */
typedef enum lmi_tap {
    LMI_TAP_CALLBACK = 0,  /* the eval callback sees the tensor result_norm; head can be skipped */
    LMI_TAP_EMBEDDINGS = 1 /* embeddings mode: every row is an output, head and all */
} lmi_tap;

typedef struct lmi_context_params {
    uint32_t n_ctx, n_lanes, n_batch, n_ubatch, n_yield, n_draft; /* as in lmas_session_params */
    int32_t n_threads, n_threads_batch;
    lmas_kv kv;
    lmas_flash_attn flash_attn;
    const char *cache_type_k, *cache_type_v;
    lmi_tap tap; /* LMI_TAP_CALLBACK, unless the fallback itself is to be tested */
} lmi_context_params;

typedef struct lmi_capture {
    bool is_on;          /* this decode wants hidden states through the callback */
    bool is_head_wanted; /* go on to the vocabulary product after the rows were read */
    float *rows;         /* [max_rows, n_embd] */
    uint32_t n_rows, max_rows;
    bool is_misshapen;           /* a tensor of another width or type came by */
    bool is_attention_wanted;    /* this decode wants weights of attention, too, */
    const struct lmi_row *asked; /* and these are its rows [n_asked] */
    uint32_t n_asked;
} lmi_capture;

/* Decodes that are alike in this share one graph of libllama's. */
typedef struct lmi_decode_shape {
    const lmi_lane *first, *last;
    uint32_t n_rows, n_outputs;
    bool is_vector;
} lmi_decode_shape;

typedef struct lmi_context {
    lmas_model *model;
    struct llama_context *llama;
    lmi_lane *lanes;
    uint32_t n_lanes;
    uint32_t n_ctx;          /* cells, as granted */
    uint32_t n_ctx_lane;     /* the most that one lane can hold */
    uint32_t n_batch;        /* most rows of prompts in one tick */
    uint32_t n_rows_max;     /* most rows of one decode, */
    uint32_t n_outputs_max;  /* and most of them that anything comes out of */
    uint32_t n_draft;        /* most guesses behind a token; 0 where they cannot be taken back */
    uint32_t n_yield;        /* prompts with more rows left than that yield; 0: none does */
    uint32_t last_long;      /* the lane of the last one that was read in parts */
    float debt;              /* passes over the weights until the next part: tick.c */
    int32_t n_threads;       /* in force, for decodes of one row */
    int32_t n_threads_batch; /* and of more */
    bool is_unified;
    const char *type_k, *type_v; /* of the cache, as ggml names them */
    lmas_flash_attn flash_attn;  /* as libllama was told */
    int32_t spare_seq;   /* a sequence beside the lanes', for a shared prefix; -1 for none */
    int32_t graft_seq;   /* another, through which blocks move into a lane; -1 for none */
    bool is_rectangular; /* a decode must be consecutive lanes with as many rows each: tick.c */
    float head_share;    /* of a row's work that the vocabulary product is */
    float row_cost;      /* what one more row usually costs, in passes over the weights: tick.c */
    lmi_price prices[LMI_PRICES]; /* and what it cost here, by how many speak at once */
    bool is_guessing_free;        /* tests try guesses whatever they cost */
    lmi_pace pace;                /* of all who speak */
    lmi_decode_shape shape;       /* of the last decode */
    uint32_t width;    /* values of one input vector: n_embd, more where a model stacks inputs */
    char refusal[512]; /* why there can be no thoughts here; "" where there can */
    struct lmi_shift *shift;   /* how its keys turn, once a join was asked for: state/shift.h */
    struct lmi_layers *layers; /* which show where they look: thought/attention.h */
    lmi_tap tap;
    lmi_capture capture;
    struct llama_batch_ext *batch;
    float *input;         /* [width], one row on its way into the batch */
    struct lmi_row *rows; /* [n_rows_max], the tick's scratch */
    atomic_bool is_canceled;
} lmi_context;

lmas_status lmi_context_new(lmi_context **out, lmas_model *model, const lmi_context_params *params);
void lmi_context_free(lmi_context *ctx);

/* Take a free lane, empty and idle; NULL when all are taken. Give it back. */
lmi_lane *lmi_lane_take(lmi_context *ctx);
void lmi_lane_give(lmi_context *ctx, lmi_lane *lane);

/* Drop the lane's cells, its request and its failure. */
void lmi_lane_clear(lmi_context *ctx, lmi_lane *lane);

/* Put a request on an idle lane. `n` must be 1 or more; `vector` holds n_embd values and is
 * copied. What `want` says is of the last row. */
void lmi_lane_read(lmi_lane *lane, const int32_t *tokens, size_t n, unsigned want);
void lmi_lane_feed(lmi_context *ctx, lmi_lane *lane, const float *vector, unsigned want);

/* Read a token that was spoken, and as many as are worth their cost, and have cells, of those
 * guessed behind it: tokens [1 .. n) with their odds, at most n_draft. The tick says how many in
 * `n_tokens`. */
void lmi_lane_guess(lmi_lane *lane, const int32_t *tokens, const float *odds, size_t n);

/* Only the first `n` tokens of the request were right: the others' cells go. */
void lmi_lane_keep(lmi_context *ctx, lmi_lane *lane, size_t n);

/* Take its request off the lane, done or not: what the request brought in goes, and nothing comes
 * out of it. Where a model cannot go back (recurrent ones), the lane fails with this thread's
 * message. */
void lmi_lane_drop(lmi_context *ctx, lmi_lane *lane);

/* Mark the lane failed with this thread's message. */
void lmi_lane_fail(lmi_lane *lane, lmas_status status);

/* LMAS_E_CANCELED while the context is canceled: before anything that would run on it. */
lmas_status lmi_context_check(const lmi_context *ctx);

/* Move every lane that has a request. Lanes fail alone; the tick itself fails only with
 * LMAS_E_CANCELED, and every lane then is as it was before the decode that was stopped: a later
 * tick goes on. Whoever takes his tokens away has to drop the request. Without a request anywhere
 * a tick does nothing. */
lmas_status lmi_context_tick(lmi_context *ctx);

#endif

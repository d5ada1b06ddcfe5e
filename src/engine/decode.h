/* decode.h - one llama_decode: rows in, hidden states and logits out to their lanes. */
#ifndef LMI_ENGINE_DECODE_H
#define LMI_ENGINE_DECODE_H

#include "engine/context.h"

/* One row of a decode: the next token, or the vector, of a lane. */
typedef struct lmi_row lmi_row;
struct lmi_row {
    lmi_lane *lane;
    int32_t token;
    uint32_t pos;
    bool is_last; /* last row of the lane's request: what it wants comes from here */
};

typedef enum lmi_rows_kind {
    LMI_ROWS_TOKENS,        /* tokens; hidden states through the callback */
    LMI_ROWS_TOKENS_HIDDEN, /* last tokens that want a hidden state, in embeddings mode */
    LMI_ROWS_VECTORS,       /* vectors, at most one row a lane */
} lmi_rows_kind;

/* Run the rows (at most n_batch, each lane's in order) and give every lane its result. Returns
 * llama_decode()'s code: 0 done; otherwise no lane was touched, but the cache may hold some of
 * the rows. Adds each lane's share of the time to its `ms`. */
int lmi_decode(lmi_context *ctx, const lmi_row *rows, uint32_t n, lmi_rows_kind kind);

/* The eval callback that context.c hands to libllama; `user` is the lmi_context. */
bool lmi_decode_tap(struct ggml_tensor *tensor, bool is_asking, void *user);

#endif

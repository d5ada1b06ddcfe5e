/* decode.h - one llama_decode: rows in, hidden states and logits out to their lanes. */
#ifndef LMI_ENGINE_DECODE_H
#define LMI_ENGINE_DECODE_H

#include "engine/context.h"

/* One row of a decode: the next token, or the vector, of a lane. */
typedef struct lmi_row lmi_row;
struct lmi_row {
    lmi_lane *lane;
    bool is_vector; /* the lane's vector; else `token` */
    int32_t token;
    uint32_t pos;
    bool is_last;   /* last row of the lane's request: what it wants comes from here */
    bool is_filler; /* nothing of the lane's: a rectangle is to be whole */
};

/* Run the rows (at most n_rows_max, each lane's together and in order) and give every lane its
 * result. Returns llama_decode()'s code: 0 done; otherwise no lane was touched, but the cache
 * may hold some of the rows. Adds each lane's share of the time to its `ms`. */
int lmi_decode(lmi_context *ctx, const lmi_row *rows, uint32_t n);

/* Whether decodes of these shapes share a graph. */
bool lmi_decode_shapes_agree(const lmi_decode_shape *a, const lmi_decode_shape *b);

/* The eval callback that context.c hands to libllama; `user` is the lmi_context. */
bool lmi_decode_tap(struct ggml_tensor *tensor, bool is_asking, void *user);

#endif

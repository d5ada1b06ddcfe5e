/*
 * blob.h - what a sequence holds, for another sequence: shared where both draw from one pool of
 * cells, else carried over as bytes.
 *
 * Sharing costs nothing and copies nothing, but a cell that two share can no longer be moved for
 * one alone. Bytes go through host memory, and hold a recurrent state as well.
 */
#ifndef LMI_ENGINE_STATE_BLOB_H
#define LMI_ENGINE_STATE_BLOB_H

#include "engine/context.h"

typedef struct lmi_blob {
    uint8_t *data; /* as libllama writes them; NULL for none */
    size_t size;
} lmi_blob;

/* Whether two lanes can hold the same cells. A recurrent state is summed up anew at each token: it
 * is copied. */
bool lmi_seq_can_share(const lmi_context *ctx);

/* `to` holds positions [0, n) of `from` as well. */
void lmi_seq_share(lmi_context *ctx, int32_t to, int32_t from, uint32_t n);

/* Positions [begin, end) of `from` are those of `to` as well, and no longer those of `from`, which
 * held nothing else. */
void lmi_seq_hand_over(lmi_context *ctx, int32_t to, int32_t from, uint32_t begin, uint32_t end);

/* All that the sequence holds. Free it with lmi_blob_done(). */
lmas_status lmi_blob_get(lmi_blob *out, lmi_context *ctx, int32_t seq);

/* The sequence holds this and nothing else; after a failure it is empty. */
lmas_status lmi_blob_set(lmi_context *ctx, int32_t seq, const lmi_blob *blob);
void lmi_blob_done(lmi_blob *blob);

#endif

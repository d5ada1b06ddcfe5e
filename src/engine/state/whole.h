/*
 * whole.h - a lane outside of any context: its bytes, its result, and what both depend on.
 *
 *   dialect    which contexts take the bytes as they are
 *   whole      the bytes, where the lane ends, and the last hidden state and logits if at hand
 *
 * A cache with a part for each lane writes of all parts how many cells they hold, so bytes fit
 * contexts of as many lanes only. Here they are made to fit, but for recurrent states, whose bytes
 * are not ours to read.
 */
#ifndef LMI_ENGINE_STATE_WHOLE_H
#define LMI_ENGINE_STATE_WHOLE_H

#include "base/sha256.h"
#include "engine/state/blob.h"

typedef struct lmi_dialect {
    const char *engine;          /* libllama's version */
    uint32_t version;            /* which its states say they are of */
    const char *type_k, *type_v; /* of the cache, such as "f16" */
    const char *flash_attn;      /* "off", "on" or "auto" */
    uint32_t n_streams;          /* parts of the cache */
} lmi_dialect;

void lmi_context_dialect(lmi_dialect *out, const lmi_context *ctx);

/* Fail with what differs, unless bytes of that dialect do here. `what` names where they are. */
lmas_status lmi_context_accepts(const lmi_context *ctx, const lmi_dialect *dialect,
                                const char *what);

typedef struct lmi_whole {
    lmi_blob state;
    uint32_t pos;                 /* where the lane ends */
    const float *hidden, *logits; /* [n_embd], [n_vocab]; NULL where they were not at hand */
} lmi_whole;

/* An empty lane becomes this. LMAS_E_FORMAT or LMAS_E_ENGINE where that cannot be, and the lane is
 * empty again then. */
lmas_status lmi_lane_restore(lmi_context *ctx, lmi_lane *lane, const lmi_whole *whole);

/* SHA-256 of the vocabulary: how each token is spelled, what kind it is, its score. */
void lmi_model_hash_tokens(char out[LMI_SHA256_SIZE], const lmas_model *model);

/* How the token is spelled in the model's file. */
const char *lmi_model_spelling(const lmas_model *model, int32_t token);

#endif

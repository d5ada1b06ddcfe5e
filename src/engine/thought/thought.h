/*
 * thought.h - whether a vector may stand where a token stands, and how long it must be.
 *
 *     token t ──▶ W_in[t] ──▶ × scale ─┐
 *                                      ├──▶ layer 0
 *     vector e ────────────────────────┘
 *
 * A thought enters layer 0 with the mean norm of a token there. Where the graph scales tokens and
 * not vectors, e must be longer by that scale. What the GGUF says decides; then each new context
 * proves it: a token's own row, scaled and fed as a vector, must give what the token gives.
 */
#ifndef LMI_ENGINE_THOUGHT_THOUGHT_H
#define LMI_ENGINE_THOUGHT_THOUGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/gguf/weights.h"

struct lmi_context;

typedef struct lmi_thought_rule {
    float scale;              /* of tokens alone, 1 for most */
    bool has_inputs_by_token; /* its layers have too: a thought gets those of token 0 */
    char refusal[256];        /* why there can be no thought; "" where there can */
    int32_t token;            /* what the proof is made with */
    float *row;               /* and its row of W_in, scaled [n_embd] */
} lmi_thought_rule;

/* What the GGUF of a model [n_embd wide] says. Free with lmi_thought_done(). */
lmas_status lmi_thought_read(lmi_thought_rule *out, lmi_weights *weights, const char *arch,
                             int32_t n_embd);
void lmi_thought_done(lmi_thought_rule *rule);

/* Prove the rule on a context of which a lane is free; what it finds wrong becomes the context's
 * refusal. Fails only where libllama does. */
lmas_status lmi_thought_prove(struct lmi_context *ctx);

#endif

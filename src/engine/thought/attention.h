/*
 * attention.h - where a row looks: the weights of its attention, by position.
 *
 *     weights of a layer [cells, rows, heads]
 *         │ summed over heads and layers
 *         ▼
 *     by cell of the cache  ──▶  which position lies there  ──▶  by position [lane->pos]
 *
 * libllama names the weights "kq_soft_max-LAYER" where flash attention is off, and the eval
 * callback reads them. Which position a cell holds it does not say: the mask beside the weights
 * tells which cells the row sees, and the lane's bytes (state/cells.h) name the positions of just
 * these, in the same order. That is looked up once; from then on each row adds one cell.
 *
 * A model with sliding windows has its cells twice, once for the layers that see all and once for
 * the others. Which layer is which is seen before the first use: of two tokens farther apart than a
 * window, the second one sees both or not.
 */
#ifndef LMI_ENGINE_THOUGHT_ATTENTION_H
#define LMI_ENGINE_THOUGHT_ATTENTION_H

#include "engine/context.h"

enum { LMI_SIGHTS = 2 }; /* of the layers that see all; of those with a window */

/* The cells of one kind of layers, as the row at hand sees them. */
typedef struct lmi_sight {
    uint32_t n; /* cells of the cache that were looked at; 0 where no such layer came by */
    size_t capacity;
    double *mass;     /* [n] */
    bool *is_seen;    /* [n] */
    uint32_t *places; /* [n_places] position + 1 of what lay there when the row before looked; 0 for
                       * nothing of this lane */
    uint32_t n_places;
} lmi_sight;

struct lmi_attention {
    double *mass; /* [n] by position, of the last row that wanted it */
    uint32_t n;
    size_t capacity;
    lmi_sight sights[LMI_SIGHTS];
    bool is_followed; /* the lane's last row wanted it too: `places` are right */
};

/* What is known of the layers of a context: made by the proof. */
typedef struct lmi_layers lmi_layers;
void lmi_layers_free(lmi_layers *layers);

/* See, once for a context, whether and how layers show their weights. Needs a free lane. What is in
 * the way is the refusal; fails only where libllama does. */
lmas_status lmi_context_prove_attention(lmi_context *ctx);

/* Why it cannot be had here; NULL where it can, or nobody has tried. */
const char *lmi_context_cannot_attend(const lmi_context *ctx);

/* A decode begins: forget what the lanes that want it have seen. */
void lmi_attention_begin(const struct lmi_row *rows, uint32_t n);

/* Whether the tensor holds weights of attention; then read what is wanted of them. */
bool lmi_attention_is(const struct ggml_tensor *tensor);
void lmi_attention_take(lmi_context *ctx, const struct ggml_tensor *weights);

/* The lane has taken in a row that wants it: by position, what its layers showed. */
lmas_status lmi_attention_finish(lmi_context *ctx, lmi_lane *lane);

/* The lane's cells lie elsewhere now, or a row that did not want it has come. */
void lmi_attention_forget(lmi_lane *lane);

void lmi_attention_free(struct lmi_attention *attention);

#endif

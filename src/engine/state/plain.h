/*
 * plain.h - a lane's keys and values as transformers hold a cache: plain numbers, layer by layer.
 *
 *   K of layer 0, V of layer 0, K of layer 1, ...     each [head][position][value in the head]
 *
 * Positions are 0 to n - 1, and keys are turned for them. A GGUF of the llama family has the rows
 * of W_q and W_k in another order than its source, because RoPE turns neighbours here and halves
 * there; so a head's key is put into their order on its way out, and into ours on its way in.
 */
#ifndef LMI_ENGINE_STATE_PLAIN_H
#define LMI_ENGINE_STATE_PLAIN_H

#include "engine/state/cells.h"

/* Types of numbers, as AVP numbers them. */
typedef enum lmi_number {
    LMI_NUMBER_F32 = 0,
    LMI_NUMBER_F16 = 1,
    LMI_NUMBER_BF16 = 2,
    LMI_NUMBER_I8 = 3
} lmi_number;

size_t lmi_number_size(lmi_number type);

/* "f32", "f16", "bf16", "int8". */
const char *lmi_number_name(lmi_number type);

/* `n` numbers to floats and back; bytes may lie anywhere. False where one is not finite, or becomes
 * so in that type. */
bool lmi_numbers_load(float *out, lmi_number type, const uint8_t *bytes, size_t n);
bool lmi_numbers_store(uint8_t *out, lmi_number type, const float *values, size_t n);

typedef struct lmi_plain {
    uint32_t n_layers, n_heads; /* heads of keys and values */
    uint32_t head;              /* values of one, of keys and of values alike */
    uint32_t n;                 /* positions */
    lmi_number type;
    uint8_t *data; /* [n_layers, 2, n_heads, n, head] */
} lmi_plain;

/* Bytes of the data; false where that is more than can be counted. */
bool lmi_plain_size(size_t *out, const lmi_plain *plain);

/* What these cells of the model's are: shape and positions, `type` and `data` untouched.
 * LMAS_E_MODEL where they are not plain, LMAS_E_INVALID where positions are missing. */
lmas_status lmi_plain_look(lmi_plain *out, const lmas_model *model, const lmi_cells *cells,
                           uint32_t pos);

/* All that the idle lane holds, as numbers of that type behind `n_front` bytes of the caller's:
 * `*bytes` is all of it, to be freed with lmi_free(). */
lmas_status lmi_plain_take(lmi_plain *out, uint8_t **bytes, lmi_context *ctx, const lmi_lane *lane,
                           lmi_number type, size_t n_front);

/* An empty, idle lane becomes this, and has no result: it must read before it thinks or speaks.
 * LMAS_E_MODEL where it is of another shape than this model's cells, LMAS_E_FORMAT where a value is
 * not finite. After a failure the lane is to be cleared. */
lmas_status lmi_plain_give(lmi_context *ctx, lmi_lane *lane, const lmi_plain *plain);

#endif

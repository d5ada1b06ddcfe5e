/* keys.h - one cell's keys or values of one layer as floats, whatever the cache's type makes of
 * them. */
#ifndef LMI_ENGINE_STATE_KEYS_H
#define LMI_ENGINE_STATE_KEYS_H

#include "engine/state/cells.h"

/* Cell `i` of `n` as the bytes have it: still mixed where libllama mixes, keys and values alike. A
 * type that packs several values lies in rows always, which libllama sees to. */
uint32_t lmi_vector_width(const lmi_layer_rows *rows);
void lmi_vector_load(float *out, const lmi_layer_rows *rows, uint32_t n, uint32_t i);
void lmi_vector_store(const lmi_layer_rows *rows, uint32_t n, uint32_t i, const float *values);

/* Values of a cell's keys in this layer. */
uint32_t lmi_keys_width(const lmi_layer_rows *keys);

/* Cell `i`, out of the bytes and back in. libllama mixes quantised keys in blocks of n_rot_k values
 * (a Hadamard transform, which undoes itself), so that none stands out: that is undone and done. */
void lmi_keys_load(float *out, const lmi_pool *pool, uint32_t layer, uint32_t i);
void lmi_keys_store(const lmi_pool *pool, uint32_t layer, uint32_t i, float *values);

/* The same for a cell's values, mixed in blocks of n_rot_v. The pool must have values. */
void lmi_values_load(float *out, const lmi_pool *pool, uint32_t layer, uint32_t i);
void lmi_values_store(const lmi_pool *pool, uint32_t layer, uint32_t i, float *values);

/* How far a type's rounding takes a vector from itself, as a share of its length. */
double lmi_keys_rounding(uint32_t type);

#endif

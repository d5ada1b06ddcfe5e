/*
 * layers.h - what a GGUF's header foretells layer by layer.
 *
 * libllama ends the process on some files that it loads without complaint, and says of none how
 * much memory a position will take. Both follow from the header, layer by layer.
 */
#ifndef LMI_ENGINE_GGUF_LAYERS_H
#define LMI_ENGINE_GGUF_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/gguf/weights.h"

/* Refuse what would end the process once a context is made. */
lmas_status lmi_layers_judge(const lmi_weights *weights, const char *arch, const char *path);

/* Say in the log what libllama takes for granted of this architecture and the file cannot tell. */
void lmi_layers_warn(const char *arch);

/* Whether the header says that a layer sees only a window: by a list of flags, or by a period of
 * which the last layer sees all. */
bool lmi_layers_slides(const lmi_weights *weights, const char *arch, uint32_t layer);

/* Bytes of one position in an f16 KV cache of `n_layer` layers; 0 when no layer has a cache. */
uint64_t lmi_layers_cell_size(const lmi_weights *weights, const char *arch, uint32_t n_layer,
                              uint32_t n_embd);

/* The largest number that divides the width of every head's keys and values in the cache: what a
 * type of the cache that packs several values must divide. 0 when no layer has a cache. */
uint32_t lmi_layers_head_unit(const lmi_weights *weights, const char *arch, uint32_t n_layer,
                              uint32_t n_embd);

#endif

/*
 * cells.c - how much one position takes in the KV cache.
 *
 * Layers differ: a recurrent one keeps a state of one size however long the text is, one that
 * shares another's keys keeps none, a sliding one may have heads of another size. (libllama keeps
 * the whole length of sliding layers too.) Latent attention (MLA) keeps one compressed key for all
 * heads, and its values are a part of that.
 */
#include <stdio.h>
#include <string.h>

#include "engine/gguf/layers.h"

typedef struct shape {
    const lmi_weights *weights;
    const char *arch;
    uint32_t n_layer, n_embd;
    uint32_t head_size; /* unless the header says another */
} shape;

/* What the header says under ARCH.name of layer `layer`. */
static uint32_t ask(const shape *s, const char *name, uint32_t layer, uint32_t otherwise)
{
    char key[160];

    snprintf(key, sizeof(key), "%.100s.%s", s->arch, name);
    return lmi_weights_u32_at(s->weights, key, layer, otherwise);
}

/* These are recurrent but for each fourth layer, unless the header says another number. */
static uint32_t usual_interval(const char *arch)
{
    return strcmp(arch, "qwen3next") == 0 || strncmp(arch, "qwen35", 6) == 0 ? 4 : 0;
}

static bool is_recurrent(const shape *s, uint32_t layer)
{
    const uint32_t interval = ask(s, "full_attention_interval", 0, usual_interval(s->arch));

    return (interval > 0 && (layer + 1) % interval != 0) ||
           ask(s, "attention.recurrent_layers", layer, 0) != 0;
}

static bool is_shared(const shape *s, uint32_t layer)
{
    const uint32_t n = ask(s, "attention.shared_kv_layers", 0, 0);

    return n < s->n_layer && layer >= s->n_layer - n;
}

static bool slides(const shape *s, uint32_t layer)
{
    return lmi_layers_slides(s->weights, s->arch, layer);
}

static uint64_t values_of(const shape *s, uint32_t layer)
{
    const uint64_t n_heads =
        ask(s, "attention.head_count_kv", layer, ask(s, "attention.head_count", layer, 0));
    uint32_t k = ask(s, "attention.key_length", 0, s->head_size);
    uint32_t v = ask(s, "attention.value_length", 0, s->head_size);

    if (is_recurrent(s, layer) || is_shared(s, layer))
        return 0;
    if (slides(s, layer)) {
        k = ask(s, "attention.key_length_swa", 0, k);
        v = ask(s, "attention.value_length_swa", 0, v);
    }
    if (ask(s, "attention.key_length_mla", 0, 0) > 0)
        v = 0;
    return n_heads * ((uint64_t)k + v);
}

uint64_t lmi_layers_cell_size(const lmi_weights *weights, const char *arch, uint32_t n_layer,
                              uint32_t n_embd)
{
    shape s = {.weights = weights, .arch = arch, .n_layer = n_layer, .n_embd = n_embd};
    uint32_t n_head = 0;
    uint64_t n = 0;
    uint32_t i;

    for (i = 0; i < n_layer; i++) {
        const uint32_t here = ask(&s, "attention.head_count", i, 0);

        n_head = here > n_head ? here : n_head;
    }
    s.head_size = n_head > 0 ? n_embd / n_head : 0;
    for (i = 0; n_head > 0 && i < n_layer; i++)
        n += values_of(&s, i);
    return 2 * n;
}

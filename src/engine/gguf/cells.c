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

/* Widths of one head's key and value in the cache of a layer; 0 for what it does not keep. */
typedef struct widths {
    uint32_t k, v;
} widths;

static widths widths_of(const shape *s, uint32_t layer)
{
    widths w = {.k = ask(s, "attention.key_length", 0, s->head_size),
                .v = ask(s, "attention.value_length", 0, s->head_size)};

    if (is_recurrent(s, layer) || is_shared(s, layer))
        return (widths){0};
    if (slides(s, layer)) {
        w.k = ask(s, "attention.key_length_swa", 0, w.k);
        w.v = ask(s, "attention.value_length_swa", 0, w.v);
    }
    if (ask(s, "attention.key_length_mla", 0, 0) > 0)
        w.v = 0;
    return w;
}

static uint64_t values_of(const shape *s, uint32_t layer)
{
    const uint64_t n_heads =
        ask(s, "attention.head_count_kv", layer, ask(s, "attention.head_count", layer, 0));
    const widths w = widths_of(s, layer);

    return n_heads * ((uint64_t)w.k + w.v);
}

static shape shape_of(const lmi_weights *weights, const char *arch, uint32_t n_layer,
                      uint32_t n_embd)
{
    shape s = {.weights = weights, .arch = arch, .n_layer = n_layer, .n_embd = n_embd};
    uint32_t n_head = 0;
    uint32_t i;

    for (i = 0; i < n_layer; i++) {
        const uint32_t here = ask(&s, "attention.head_count", i, 0);

        n_head = here > n_head ? here : n_head;
    }
    s.head_size = n_head > 0 ? n_embd / n_head : 0;
    return s;
}

uint64_t lmi_layers_cell_size(const lmi_weights *weights, const char *arch, uint32_t n_layer,
                              uint32_t n_embd)
{
    const shape s = shape_of(weights, arch, n_layer, n_embd);
    uint64_t n = 0;
    uint32_t i;

    for (i = 0; s.head_size > 0 && i < n_layer; i++)
        n += values_of(&s, i);
    return 2 * n;
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        const uint32_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

uint32_t lmi_layers_head_unit(const lmi_weights *weights, const char *arch, uint32_t n_layer,
                              uint32_t n_embd)
{
    const shape s = shape_of(weights, arch, n_layer, n_embd);
    uint32_t unit = 0;
    uint32_t i;

    for (i = 0; s.head_size > 0 && i < n_layer; i++) {
        const widths w = widths_of(&s, i);

        if (values_of(&s, i) > 0)
            unit = common_divisor(common_divisor(unit, w.k), w.v);
    }
    return unit;
}

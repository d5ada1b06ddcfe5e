/* packing.c - names of matrices, by role, whose type and size the kernels know. */
#include "engine/gguf/packing.h"

#include <stdio.h>
#include <string.h>

#include "kernels/kernels.h"

/* What comes before ".weight" in the names that all of libllama's models use in one way only. */
static const char *const WHOLE[] = {"token_embd", "output"};
static const char *const LAYERED[] = {"attn_q",      "attn_k",   "attn_v", "attn_qkv",
                                      "attn_output", "ffn_gate", "ffn_up", "ffn_down"};

static bool fits(const lmi_tensor *t)
{
    return t->ne[2] == 1 && t->ne[3] == 1 &&
           lmi_kernels_take((enum ggml_type)t->type, t->ne[0], t->ne[1]);
}

/* The layer of "blk.LAYER.ROLE.weight", -1 for another name. */
static int layer_of(const char *name, const char *role)
{
    char want[64];
    int layer = 0;
    int n = 0;

    if (sscanf(name, "blk.%6d.%n", &layer, &n) != 1 || n == 0)
        return -1;
    snprintf(want, sizeof(want), "%s.weight", role);
    return strcmp(name + n, want) == 0 ? layer : -1;
}

static void separate(lmi_buf *out, size_t begin, const char *first)
{
    lmi_buf_puts(out, out->len == begin ? first : "|");
}

static void choose_whole(lmi_buf *out, size_t begin, const lmi_weights *weights, const char *role)
{
    lmi_tensor t;
    size_t i;

    for (i = 0; lmi_weights_at(&t, weights, i); i++) {
        const size_t len = strlen(role);

        if (strncmp(t.name, role, len) != 0 || strcmp(t.name + len, ".weight") != 0 || !fits(&t))
            continue;
        separate(out, begin, "^(");
        lmi_buf_puts(out, role);
    }
}

/* How many layers have the role, and how many of these fit. */
static size_t count_layers(size_t *n_fit, const lmi_weights *weights, const char *role)
{
    size_t n = 0;
    lmi_tensor t;
    size_t i;

    *n_fit = 0;
    for (i = 0; lmi_weights_at(&t, weights, i); i++) {
        const bool is_role = layer_of(t.name, role) >= 0;

        n += is_role;
        *n_fit += is_role && fits(&t);
    }
    return n;
}

static void name_layers(lmi_buf *out, const lmi_weights *weights, const char *role)
{
    const size_t begin = out->len;
    lmi_tensor t;
    size_t i;

    for (i = 0; lmi_weights_at(&t, weights, i); i++)
        if (layer_of(t.name, role) >= 0 && fits(&t)) {
            separate(out, begin, "(");
            lmi_buf_printf(out, "%d", layer_of(t.name, role));
        }
    lmi_buf_puts(out, ")");
}

static void choose_layered(lmi_buf *out, size_t begin, const lmi_weights *weights, const char *role)
{
    size_t n_fit;
    const size_t n = count_layers(&n_fit, weights, role);

    if (n_fit == 0)
        return;
    separate(out, begin, "^(");
    lmi_buf_puts(out, "blk\\.");
    if (n_fit == n)
        lmi_buf_puts(out, "[0-9]+");
    else
        name_layers(out, weights, role);
    lmi_buf_printf(out, "\\.%s", role);
}

void lmi_packing_choose(lmi_buf *out, const lmi_weights *weights)
{
    const size_t begin = out->len;
    size_t i;

    for (i = 0; i < sizeof(WHOLE) / sizeof(WHOLE[0]); i++)
        choose_whole(out, begin, weights, WHOLE[i]);
    for (i = 0; i < sizeof(LAYERED) / sizeof(LAYERED[0]); i++)
        choose_layered(out, begin, weights, LAYERED[i]);
    if (out->len > begin)
        lmi_buf_puts(out, ")\\.weight$");
}

/* layers.c - files that libllama loads and then ends the process on; what it takes for granted. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine/gguf/layers.h"

/* Layers that are looked at: no model of libllama's has more. */
enum { MAX_LAYERS = 512 };

bool lmi_layers_slides(const lmi_weights *weights, const char *arch, uint32_t layer)
{
    char key[160];
    uint32_t period;

    snprintf(key, sizeof(key), "%.100s.attention.sliding_window_pattern", arch);
    if (lmi_weights_is_list(weights, key))
        return lmi_weights_u32_at(weights, key, layer, 0) != 0;
    period = lmi_weights_u32(weights, key, 0);
    return period > 0 && layer % period < period - 1;
}

static bool has_window(const lmi_weights *weights, const char *arch)
{
    char key[160];

    snprintf(key, sizeof(key), "%.100s.attention.sliding_window", arch);
    return lmi_weights_u32(weights, key, 0) > 0;
}

/* Whether the header says which layers slide, and none does. */
static bool is_idle(const lmi_weights *weights, const char *arch)
{
    char key[160];
    uint32_t i;

    snprintf(key, sizeof(key), "%.100s.attention.sliding_window_pattern", arch);
    if (!lmi_weights_has(weights, key))
        return false;
    for (i = 0; i < MAX_LAYERS; i++)
        if (lmi_layers_slides(weights, arch, i))
            return false;
    return true;
}

/* Whether pictures are added to the input of every layer there is, the last one included, of which
 * only the rows that are outputs are left by then. */
static bool is_stacked_through(const lmi_weights *weights, const char *arch)
{
    char stacked[160], layers[160];
    uint32_t n;

    snprintf(stacked, sizeof(stacked), "%.100s.n_deepstack_layers", arch);
    snprintf(layers, sizeof(layers), "%.100s.block_count", arch);
    n = lmi_weights_u32(weights, stacked, 0);
    return n > 0 && n >= lmi_weights_u32(weights, layers, 0);
}

/* Seen to end the process with libllama 0.7.0, as soon as a context is made: Mellum, OLMo 3 and
 * Gemma 4 with a window that no layer has (one assertion for all), AFMoE without a window, and a
 * Qwen3-VL of two layers. */
lmas_status lmi_layers_judge(const lmi_weights *weights, const char *arch, const char *path)
{
    const bool is_windowed = has_window(weights, arch);

    if (is_stacked_through(weights, arch))
        return lmi_fail(LMAS_E_MODEL,
                        "%s stacks pictures on all its layers: libllama ends the process on it, "
                        "and needs one more",
                        path);
    if (is_windowed && is_idle(weights, arch))
        return lmi_fail(LMAS_E_MODEL,
                        "%s has a sliding window and no layer that slides: libllama ends the "
                        "process on such a file",
                        path);
    if (!is_windowed && strcmp(arch, "afmoe") == 0)
        return lmi_fail(LMAS_E_MODEL,
                        "%s has no sliding window: libllama ends the process on an AFMoE without "
                        "one",
                        path);
    return LMAS_OK;
}

void lmi_layers_warn(const char *arch)
{
    if (strcmp(arch, "minicpm3") == 0)
        lmi_log(
            LMAS_LOG_WARN,
            "minicpm3: libllama takes dim_model_base as 256, which a GGUF does not say; a model "
            "made with another one speaks at another temperature");
}

/* judge.c - files that libllama loads and then ends the process on, and what it takes for granted. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine/header/header.h"

/* Layers that are looked at: no model of libllama's has more. */
enum { MAX_LAYERS = 512 };

bool lmi_header_slides(const lmi_weights *weights, const char *arch, uint32_t layer)
{
    char key[160];
    uint32_t period;

    snprintf(key, sizeof(key), "%.100s.attention.sliding_window_pattern", arch);
    if (lmi_weights_is_list(weights, key))
        return lmi_weights_u32_at(weights, key, layer, 0) != 0;
    period = lmi_weights_u32(weights, key, 0);
    return period > 0 && layer % period < period - 1;
}

/* A window, and no layer that slides where the header says which do: libllama asserts that one
 * does. (Seen with Mellum; the assertion is the same for all.) */
static bool has_idle_window(const lmi_weights *weights, const char *arch)
{
    char window[160], pattern[160];
    uint32_t i;

    snprintf(window, sizeof(window), "%.100s.attention.sliding_window", arch);
    snprintf(pattern, sizeof(pattern), "%.100s.attention.sliding_window_pattern", arch);
    if (lmi_weights_u32(weights, window, 0) == 0 || !lmi_weights_has(weights, pattern))
        return false;
    for (i = 0; i < MAX_LAYERS; i++)
        if (lmi_header_slides(weights, arch, i))
            return false;
    return true;
}

lmas_status lmi_header_judge(const lmi_weights *weights, const char *arch, const char *path)
{
    if (has_idle_window(weights, arch))
        return lmi_fail(LMAS_E_MODEL,
                        "%s has a sliding window and no layer that slides, on which libllama ends "
                        "the process: convert it without %.60s.attention.sliding_window",
                        path, arch);
    return LMAS_OK;
}

void lmi_header_warn(const char *arch)
{
    if (strcmp(arch, "minicpm3") == 0)
        lmi_log(
            LMAS_LOG_WARN,
            "minicpm3: libllama takes dim_model_base as 256, which a GGUF does not say; a model "
            "made with another one speaks at another temperature");
}

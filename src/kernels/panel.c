/* panel.c - how each type's weights are read. */
#include "kernels/panel.h"

lmi_reading lmi_panel_reading(enum ggml_type type)
{
    switch ((int)type) {
    case GGML_TYPE_Q8_0:
    case GGML_TYPE_IQ4_NL:
        return (lmi_reading){0};
    case GGML_TYPE_Q4_0:
        return (lmi_reading){.bias = 8, .n_words = 8};
    case GGML_TYPE_Q5_0:
        return (lmi_reading){.bias = 16, .n_words = 4};
    case GGML_TYPE_Q6_K:
        return (lmi_reading){.bias = 32, .n_words = 2, .is_halved = true};
    case GGML_TYPE_Q4_1:
    case GGML_TYPE_Q4_K:
        return (lmi_reading){.n_words = 8, .has_least = true};
    default:
        return (lmi_reading){.n_words = 4, .has_least = true};
    }
}

static lmi_fill_fn filler(const lmi_fillers *fillers, enum ggml_type type)
{
    switch ((int)type) {
    case GGML_TYPE_Q8_0:
        return fillers->q8_0;
    case GGML_TYPE_Q4_0:
        return fillers->q4_0;
    case GGML_TYPE_IQ4_NL:
        return fillers->iq4_nl;
    case GGML_TYPE_Q4_1:
        return fillers->q4_1;
    case GGML_TYPE_Q5_0:
        return fillers->q5_0;
    case GGML_TYPE_Q5_1:
        return fillers->q5_1;
    case GGML_TYPE_Q4_K:
        return fillers->q4_k;
    case GGML_TYPE_Q5_K:
        return fillers->q5_k;
    default:
        return fillers->q6_k;
    }
}

void lmi_panel_fill(lmi_panel *panel, const lmi_fillers *fillers, const lmi_layout *layout,
                    const uint8_t *tile, size_t group, size_t n)
{
    const lmi_fill_fn fill = filler(fillers, layout->type);
    const size_t size = layout->size * LMI_TILE, n_groups = layout->n_cols / LMI_GROUP;
    size_t i;

    for (i = 0; i < n; i += n_groups)
        fill(panel, i, tile + size * ((group + i) / n_groups));
}

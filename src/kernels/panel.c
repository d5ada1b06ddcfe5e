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

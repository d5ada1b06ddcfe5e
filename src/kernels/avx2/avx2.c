/* avx2.c - the path's table. */
#include "kernels/avx2/avx2.h"

static bool is_here(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("f16c");
}

static lmi_form form_of(enum ggml_type type)
{
    if (type == GGML_TYPE_F32 || type == GGML_TYPE_F16 || type == GGML_TYPE_BF16)
        return LMI_FORM_F32;
    return lmi_panel_reading(type).n_words == 0 ? LMI_FORM_INT16 : LMI_FORM_INT8;
}

static void multiply(const lmi_product *p)
{
    switch ((int)p->layout->type) {
    case GGML_TYPE_F32:
        lmi_avx2_doubles(p);
        break;
    case GGML_TYPE_F16:
    case GGML_TYPE_BF16:
        lmi_avx2_floats(p);
        break;
    default:
        lmi_avx2_int8(p);
    }
}

const lmi_path lmi_path_avx2 = {.name = "avx2",
                                .is_here = is_here,
                                .form_of = form_of,
                                .prepare = lmi_avx2_prepare,
                                .multiply = multiply,
                                .dots = lmi_avx2_dots,
                                .softmax = lmi_avx2_softmax,
                                .rows = &lmi_avx2_rows};

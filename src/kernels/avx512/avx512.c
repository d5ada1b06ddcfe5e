/* avx512.c - the path's table. */
#include "kernels/avx512/avx512.h"

static bool is_here(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bf16");
}

static lmi_form form_of(enum ggml_type type)
{
    if (type == GGML_TYPE_F32 || type == GGML_TYPE_F16)
        return LMI_FORM_F32;
    return type == GGML_TYPE_BF16 ? LMI_FORM_BF16 : LMI_FORM_INT8;
}

static void multiply(const lmi_product *p)
{
    switch ((int)p->layout->type) {
    case GGML_TYPE_F32:
        lmi_avx512_f64(p);
        break;
    case GGML_TYPE_F16:
        lmi_avx512_f16(p);
        break;
    case GGML_TYPE_BF16:
        lmi_avx512_bf16(p);
        break;
    default:
        lmi_avx512_int8(p);
    }
}

const lmi_path lmi_path_avx512 = {.name = "avx512",
                                  .is_here = is_here,
                                  .form_of = form_of,
                                  .prepare = lmi_avx512_prepare,
                                  .multiply = multiply,
                                  .dots = lmi_avx512_dots,
                                  .softmax = lmi_avx512_softmax,
                                  .rows = &lmi_avx512_rows};

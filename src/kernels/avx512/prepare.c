/* prepare.c - rows of activations as int8 with scales, or as bf16. */
#include <immintrin.h>
#include <math.h>

#include "kernels/avx512/avx512.h"

static inline __m512 larger(__m512 a, __m512 b)
{
    return _mm512_max_ps(_mm512_abs_ps(a), _mm512_abs_ps(b));
}

/* Whether one of 32 values is infinite or none. */
static bool is_broken(__m512 a, __m512 b)
{
    const __m512i least = _mm512_set1_epi32(0x7f800000);
    const __m512i any = _mm512_castps_si512(_mm512_abs_ps(a));
    const __m512i other = _mm512_castps_si512(_mm512_abs_ps(b));

    return (_mm512_cmpge_epi32_mask(any, least) | _mm512_cmpge_epi32_mask(other, least)) != 0;
}

/* 32 values as int8, rounded to the nearest, even ones first. What is no number makes its row none:
 * the scale says so. */
static void prepare_group(const lmi_operand *x, size_t at, const float *from)
{
    const __m512 a = _mm512_loadu_ps(from), b = _mm512_loadu_ps(from + 16);
    const bool is_none = is_broken(a, b);
    const float most = is_none ? 0 : _mm512_reduce_max_ps(larger(a, b));
    const __m512 per = _mm512_set1_ps(most > 0 ? 127 / most : 0);
    const __mmask16 which = is_none ? 0 : 0xffff;
    const __m512i i = _mm512_maskz_cvtps_epi32(which, _mm512_mul_ps(a, per));
    const __m512i j = _mm512_maskz_cvtps_epi32(which, _mm512_mul_ps(b, per));
    int8_t *q = x->q + LMI_GROUP * at;

    _mm_storeu_si128((__m128i *)q, _mm512_cvtsepi32_epi8(i));
    _mm_storeu_si128((__m128i *)(q + 16), _mm512_cvtsepi32_epi8(j));
    x->scale[at] = is_none ? NAN : most / 127;
    x->half[at] = _mm512_reduce_add_epi32(i);
    x->sum[at] = x->half[at] + _mm512_reduce_add_epi32(j);
}

static void prepare_bf16(uint16_t *out, const float *from, size_t n)
{
    size_t k;

    for (k = 0; k < n; k += 16)
        _mm256_storeu_si256((__m256i *)(out + k),
                            (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(from + k)));
}

void lmi_avx512_prepare(const lmi_operand *x, size_t row)
{
    const size_t n_groups = x->n_cols / LMI_GROUP;
    size_t g;

    if (x->form == LMI_FORM_BF16)
        prepare_bf16(x->bf16 + row * x->n_cols, x->x[row], x->n_cols);
    for (g = 0; x->form == LMI_FORM_INT8 && g < n_groups; g++)
        prepare_group(x, row * n_groups + g, x->x[row] + LMI_GROUP * g);
}

/* prepare.c - rows of activations as int8 with scales. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels/avx2/avx2.h"

enum { LANES = 8, PARTS = LMI_GROUP / LANES };

static float largest(const __m256 *x)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    __m256 most = _mm256_andnot_ps(sign, x[0]);
    __m128 m;
    size_t i;

    for (i = 1; i < PARTS; i++)
        most = _mm256_max_ps(most, _mm256_andnot_ps(sign, x[i]));
    m = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps(most, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

/* Whether one of 32 values is infinite or none. */
static bool is_broken(const __m256 *x)
{
    int any = 0;
    int i;

    for (i = 0; i < PARTS; i++)
        any |= _mm256_movemask_ps(_mm256_cmp_ps(_mm256_andnot_ps(_mm256_set1_ps(-0.0f), x[i]),
                                                _mm256_set1_ps(INFINITY), _CMP_NLT_UQ));
    return any != 0;
}

/* 32 values as int8, rounded to the nearest, even ones first. What is no number makes its row none:
 * the scale says so. */
static void prepare_group(const lmi_operand *x, size_t at, const float *from)
{
    int32_t q[LMI_GROUP];
    int32_t sums[2] = {0, 0};
    __m256 v[PARTS], per;
    float most;
    size_t i;

    for (i = 0; i < PARTS; i++)
        v[i] = _mm256_loadu_ps(from + LANES * i);
    if (is_broken(v)) {
        memset(x->q + LMI_GROUP * at, 0, LMI_GROUP);
        x->scale[at] = NAN;
        x->half[at] = x->sum[at] = 0;
        return;
    }
    most = largest(v);
    per = _mm256_set1_ps(most > 0 ? 127 / most : 0);
    for (i = 0; i < PARTS; i++)
        _mm256_storeu_si256((__m256i *)(q + LANES * i),
                            _mm256_cvtps_epi32(_mm256_mul_ps(v[i], per)));
    for (i = 0; i < LMI_GROUP; i++) {
        x->q[LMI_GROUP * at + i] = (int8_t)q[i];
        sums[i / 16] += q[i];
    }
    x->scale[at] = most / 127;
    x->half[at] = sums[0];
    x->sum[at] = sums[0] + sums[1];
}

void lmi_avx2_prepare(const lmi_operand *x, size_t row)
{
    const size_t n_groups = x->n_cols / LMI_GROUP;
    size_t g;

    for (g = 0; x->form == LMI_FORM_INT8 && g < n_groups; g++)
        prepare_group(x, row * n_groups + g, x->x[row] + LMI_GROUP * g);
}

/* prepare.c - rows of activations as int8 with scales. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels/avx2/avx2.h"

enum { LANES = 8, PARTS = LMI_GROUP / LANES };

/* What is packed from two registers comes in the order 0 2 1 3 of their quarters. */
enum { IN_ORDER = _MM_SHUFFLE(3, 1, 2, 0) };

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

/* 16 values as words, of each 4 columns the first and the third, then the others: so weights come
 * (words.c). */
static void store_words(int16_t *to, __m256i q)
{
    const __m128i order = _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);

    _mm256_storeu_si256((__m256i *)to, _mm256_shuffle_epi8(q, _mm256_broadcastsi128_si256(order)));
}

/* 16 values, rounded to the nearest, even ones first. */
static __m256i rounded(const __m256 *v, __m256 per)
{
    const __m256i a = _mm256_cvtps_epi32(_mm256_mul_ps(v[0], per));
    const __m256i b = _mm256_cvtps_epi32(_mm256_mul_ps(v[1], per));

    return _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), IN_ORDER);
}

static int32_t sum_of(__m256i q)
{
    const __m256i pairs = _mm256_madd_epi16(q, _mm256_set1_epi16(1));
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));

    s = _mm_add_epi32(s, _mm_unpackhi_epi64(s, s));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 1)));
}

/* Values of no number make their row none: the scale says so. */
static void break_group(const lmi_operand *x, size_t at)
{
    memset(x->q + LMI_GROUP * at, 0, LMI_GROUP);
    if (x->words)
        memset(x->words + LMI_GROUP * at, 0, LMI_GROUP * sizeof(*x->words));
    x->scale[at] = NAN;
    x->half[at] = x->sum[at] = 0;
}

static void prepare_group(const lmi_operand *x, size_t at, const float *from)
{
    __m256i low, high;
    __m256 v[PARTS], per;
    float most;
    size_t i;

    for (i = 0; i < PARTS; i++)
        v[i] = _mm256_loadu_ps(from + LANES * i);
    if (is_broken(v)) {
        break_group(x, at);
        return;
    }
    most = largest(v);
    per = _mm256_set1_ps(most > 0 ? 127 / most : 0);
    low = rounded(v, per);
    high = rounded(v + 2, per);
    _mm256_storeu_si256((__m256i *)(x->q + LMI_GROUP * at),
                        _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), IN_ORDER));
    if (x->words) {
        store_words(x->words + LMI_GROUP * at, low);
        store_words(x->words + LMI_GROUP * at + LMI_GROUP / 2, high);
    }
    x->scale[at] = most / 127;
    x->half[at] = sum_of(low);
    x->sum[at] = x->half[at] + sum_of(high);
}

void lmi_avx2_prepare(const lmi_operand *x, size_t row)
{
    const size_t n_groups = x->n_cols / LMI_GROUP;
    size_t g;

    for (g = 0; x->form != LMI_FORM_F32 && g < n_groups; g++)
        prepare_group(x, row * n_groups + g, x->x[row] + LMI_GROUP * g);
}

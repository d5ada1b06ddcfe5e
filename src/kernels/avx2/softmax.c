/* softmax.c - a row of scores becomes one of weights. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels/avx2/avx2.h"

enum { LANES = 8 };

static inline __m256i first(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n < LANES ? (int)n : LANES),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* e^x for -87 < x <= 0, to about 2 units in the last place, otherwise 0: x = n ln 2 + r, e^r by a
 * polynomial of Cephes. */
static inline __m256 exponential(__m256 x)
{
    static const float at[] = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                               4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
    const __m256 is_some = _mm256_cmp_ps(x, _mm256_set1_ps(-87), _CMP_NLE_UQ);
    const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)),
                                     _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
    __m256 p = _mm256_set1_ps(at[0]);
    __m256i power;
    size_t i;

    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), r);
    for (i = 1; i < 6; i++)
        p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(at[i]));
    p = _mm256_fmadd_ps(p, _mm256_mul_ps(r, r), _mm256_add_ps(r, _mm256_set1_ps(1)));
    power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_and_ps(is_some, _mm256_mul_ps(p, _mm256_castsi256_ps(power)));
}

static inline __m256 mask_at(const lmi_softmax *s, size_t i)
{
    uint16_t some[LANES] = {0};

    if (!s->mask)
        return _mm256_setzero_ps();
    if (!s->is_mask_half)
        return _mm256_maskload_ps((const float *)s->mask + i, first(s->n - i));
    memcpy(some, (const uint16_t *)s->mask + i,
           sizeof(some[0]) * (s->n - i < LANES ? s->n - i : LANES));
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)some));
}

/* The largest, or the sum, of eight. */
static float largest_of(__m256 v)
{
    float all[LANES], most;
    size_t i;

    _mm256_storeu_ps(all, v);
    most = all[0];
    for (i = 1; i < LANES; i++)
        most = all[i] > most ? all[i] : most;
    return most;
}

static float sum_of(__m256 v)
{
    float all[LANES], sum = 0;
    size_t i;

    _mm256_storeu_ps(all, v);
    for (i = 0; i < LANES; i++)
        sum += all[i];
    return sum;
}

/* Scores scaled and masked, into y; the largest. */
static float scale_row(const lmi_softmax *s)
{
    const __m256 none = _mm256_set1_ps(-INFINITY);
    __m256 most = none;
    size_t i;

    for (i = 0; i < s->n; i += LANES) {
        const __m256i which = first(s->n - i);
        const __m256 x = _mm256_fmadd_ps(_mm256_maskload_ps(s->x + i, which),
                                         _mm256_set1_ps(s->scale), mask_at(s, i));

        _mm256_maskstore_ps(s->y + i, which, x);
        most = _mm256_max_ps(most, _mm256_blendv_ps(none, x, _mm256_castsi256_ps(which)));
    }
    return largest_of(most);
}

void lmi_avx2_softmax(const lmi_softmax *s)
{
    const __m256 most = _mm256_set1_ps(scale_row(s));
    __m256 sum = _mm256_setzero_ps();
    __m256 per;
    size_t i;

    for (i = 0; i < s->n; i += LANES) {
        const __m256i which = first(s->n - i);
        const __m256 e =
            _mm256_and_ps(_mm256_castsi256_ps(which),
                          exponential(_mm256_sub_ps(_mm256_maskload_ps(s->y + i, which), most)));

        _mm256_maskstore_ps(s->y + i, which, e);
        sum = _mm256_add_ps(sum, e);
    }
    per = _mm256_set1_ps(1 / sum_of(sum));
    for (i = 0; i < s->n; i += LANES) {
        const __m256i which = first(s->n - i);

        _mm256_maskstore_ps(s->y + i, which,
                            _mm256_mul_ps(_mm256_maskload_ps(s->y + i, which), per));
    }
}

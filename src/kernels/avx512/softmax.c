/* softmax.c - a row of scores becomes one of weights. */
#include <immintrin.h>

#include "kernels/avx512/avx512.h"

enum { LANES = 16 };

static inline __mmask16 first(size_t n)
{
    return n >= LANES ? (__mmask16)0xffff : (__mmask16)((1u << n) - 1);
}

/* e^x for x <= 0, to about 2 units in the last place: x = n ln 2 + r, e^r by a polynomial of
 * Cephes. */
static inline __m512 exponential(__m512 x)
{
    static const float at[] = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                               4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 8);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    __m512 p = _mm512_set1_ps(at[0]);
    size_t i;

    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    for (i = 1; i < 6; i++)
        p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(at[i]));
    p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1)));
    return _mm512_scalef_ps(p, n);
}

static inline __m512 mask_at(const lmi_softmax *s, size_t i, __mmask16 which)
{
    if (!s->mask)
        return _mm512_setzero_ps();
    if (s->is_mask_half)
        return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(which, (const uint16_t *)s->mask + i));
    return _mm512_maskz_loadu_ps(which, (const float *)s->mask + i);
}

/* Scores scaled and masked, into y; the largest. */
static float scale_row(const lmi_softmax *s)
{
    const __m512 none = _mm512_set1_ps(-__builtin_inff());
    __m512 most = none;
    size_t i;

    for (i = 0; i < s->n; i += LANES) {
        const __mmask16 which = first(s->n - i);
        const __m512 x = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(which, s->x + i),
                                         _mm512_set1_ps(s->scale), mask_at(s, i, which));

        _mm512_mask_storeu_ps(s->y + i, which, x);
        most = _mm512_mask_max_ps(most, which, most, x);
    }
    return _mm512_reduce_max_ps(most);
}

void lmi_avx512_softmax(const lmi_softmax *s)
{
    const __m512 most = _mm512_set1_ps(scale_row(s));
    __m512 sum = _mm512_setzero_ps();
    __m512 per;
    size_t i;

    for (i = 0; i < s->n; i += LANES) {
        const __mmask16 which = first(s->n - i);
        const __m512 x = _mm512_sub_ps(_mm512_maskz_loadu_ps(which, s->y + i), most);
        const __m512 e = _mm512_maskz_mov_ps(
            which & _mm512_cmp_ps_mask(x, _mm512_set1_ps(-103), _CMP_NLE_UQ), exponential(x));

        _mm512_mask_storeu_ps(s->y + i, which, e);
        sum = _mm512_add_ps(sum, e);
    }
    per = _mm512_set1_ps(1 / _mm512_reduce_add_ps(sum));
    for (i = 0; i < s->n; i += LANES) {
        const __mmask16 which = first(s->n - i);

        _mm512_mask_storeu_ps(s->y + i, which,
                              _mm512_mul_ps(_mm512_maskz_loadu_ps(which, s->y + i), per));
    }
}

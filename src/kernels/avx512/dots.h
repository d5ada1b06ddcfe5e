/* dots.h - what products of few rows with rows, and of many, have in common. */
#ifndef LMI_KERNELS_AVX512_DOTS_H
#define LMI_KERNELS_AVX512_DOTS_H

#include <immintrin.h>

#include "kernels/avx512/avx512.h"

enum { LANES = 16 };

/* dots_many.c. */
void lmi_avx512_dots_many(const lmi_dots *dots);

/* Lanes [0, n) of a vector that ends early. */
static inline __mmask16 first(size_t n)
{
    return n >= LANES ? (__mmask16)0xffff : (__mmask16)((1u << n) - 1);
}

/* Rows of a that are left from i on, up to sixteen. */
static inline size_t left(const lmi_dots *d, size_t i)
{
    return d->n_a - i < LANES ? (d->n_a - i) : LANES;
}

LMI_ALWAYS __m512 load_a(const enum ggml_type type, const char *at, size_t k, __mmask16 which)
{
    if (type == GGML_TYPE_F32)
        return _mm512_maskz_loadu_ps(which, (const float *)at + k);
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(which, (const uint16_t *)at + k));
}

/* Whether some of R rows may see one of the sixteen rows of a from i on. */
LMI_ALWAYS bool may_see(const size_t R, const lmi_dots *d, size_t b, size_t i)
{
    const __mmask16 which = first(left(d, i));
    __mmask16 any = d->mask ? 0 : 1;

    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        const void *mask = d->mask ? d->mask[b + r] : NULL;
        __m512 m = _mm512_setzero_ps();

        if (mask && d->is_mask_half)
            m = _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(which, (const uint16_t *)mask + i));
        else if (mask)
            m = _mm512_maskz_loadu_ps(which, (const float *)mask + i);
        any |= _mm512_mask_cmp_ps_mask(which, m, _mm512_set1_ps(-__builtin_inff()), _CMP_GT_OQ);
    }
    return any != 0;
}

#endif

/* words.c - products of int8 activations with weights of 8 bits, both as words of 16: int8.h. */
#include <string.h>

#include "kernels/avx2/int8.h"

enum { BYTES = 32, HALF_WORD = 8 };

void lmi_avx2_widen(lmi_wide_panel *words, const lmi_panel *panel, size_t n_groups)
{
    size_t g, i, part;

    for (g = 0; g < n_groups; g++)
        for (i = 0; i < LMI_PAIRS; i += 2)
            for (part = 0; part < LMI_PARTS; part++) {
                const uint8_t *from = panel->u[g] + BYTES * (LMI_PARTS * (i / 2) + part);
                const __m256i w = _mm256_load_si256((const __m256i *)from);
                const size_t row = (size_t)LMI_TILE / LMI_PARTS * part;
                const __m256i even = _mm256_slli_epi16(w, HALF_WORD);

                _mm256_store_si256((__m256i *)words->w[g][i][row],
                                   _mm256_srai_epi16(even, HALF_WORD));
                _mm256_store_si256((__m256i *)words->w[g][i + 1][row],
                                   _mm256_srai_epi16(w, HALF_WORD));
            }
}

LMI_ALWAYS __m256i two_columns(const int16_t *words)
{
    int32_t pair;

    memcpy(&pair, words, sizeof(pair));
    return _mm256_set1_epi32(pair);
}

LMI_ALWAYS void group(lmi_ints acc, const lmi_rows *x, const size_t R, const lmi_wide_panel *words,
                      size_t g)
{
    const int16_t *q = x->words + LMI_GROUP * g;

    LMI_UNROLL for (size_t r = 0; r < R; r++) acc[r][0] = acc[r][1] = _mm256_setzero_si256();
    LMI_UNROLL for (size_t i = 0; i < LMI_PAIRS; i++)
    {
        const __m256i *w = (const __m256i *)words->w[g][i];
        const __m256i a = _mm256_load_si256(w), b = _mm256_load_si256(w + 1);

        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const __m256i pair = two_columns(q + r * x->n_cols + 2 * i);

            acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(a, pair));
            acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(b, pair));
        }
    }
}

LMI_ALWAYS void step(const lmi_rows *x, const size_t R, const lmi_panel *panel,
                     const lmi_wide_panel *words, size_t n)
{
    static const int no_bias[LMI_ROWS];

    for (size_t g = 0; g < n; g++) {
        lmi_ints acc;

        group(acc, x, R, words, g);
        lmi_add_scaled(x, R, acc, panel->scale[g][0], g, no_bias);
    }
}

void lmi_avx2_words(const lmi_rows *x, size_t n_rows, const lmi_panel *panel,
                    const lmi_wide_panel *words, size_t n_groups)
{
    if (n_rows == 1)
        step(x, 1, panel, words, n_groups);
    else if (n_rows == 2)
        step(x, 2, panel, words, n_groups);
    else if (n_rows == 3)
        step(x, 3, panel, words, n_groups);
    else
        step(x, LMI_ROWS, panel, words, n_groups);
}

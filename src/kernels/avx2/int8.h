/*
 * int8.h - what the ways of multiplying int8 activations share: the rows that meet a panel, and how
 * a group's sums become part of theirs.
 *
 * Weights of 8 bits have no room in 16 bits for the sum of two products with unsigned bytes. For
 * many rows they are widened once, and multiplied as words, which takes two instructions for 16
 * products, where signs moved to the other side take four for 32, and more of the few ports that
 * multiply (Zen 4: 1.7 times as fast).
 */
#ifndef LMI_KERNELS_AVX2_INT8_H
#define LMI_KERNELS_AVX2_INT8_H

#include <immintrin.h>

#include "kernels/avx2/avx2.h"

enum { LMI_ROWS = 4, LMI_PARTS = 2 };

/* The rows that a panel meets, from its first group on. */
typedef struct lmi_rows {
    const int8_t *q;
    const int16_t *words;
    const float *scale;
    const int32_t *sum, *half;
    size_t n_cols, n_groups; /* of a whole row */
    float *y;
    size_t y_stride;
} lmi_rows;

typedef __m256i lmi_ints[LMI_ROWS][LMI_PARTS];

/* A panel's bytes as words: of each 4 columns the first and the third, then the others. */
enum { LMI_PAIRS = LMI_GROUP / 2 };
typedef struct lmi_wide_panel {
    _Alignas(32) int16_t w[LMI_PANEL_GROUPS][LMI_PAIRS][LMI_TILE][2];
} lmi_wide_panel;

void lmi_avx2_widen(lmi_wide_panel *words, const lmi_panel *panel, size_t n_groups);

/* Up to LMI_ROWS rows with `n_groups` groups. */
void lmi_avx2_words(const lmi_rows *x, size_t n_rows, const lmi_panel *panel,
                    const lmi_wide_panel *words, size_t n_groups);

/* y += scale * (acc - bias * sum). */
LMI_ALWAYS void lmi_add_scaled(const lmi_rows *x, const size_t R, lmi_ints acc, const float *scale,
                               size_t group, const int *biases)
{
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        const __m256 d = _mm256_set1_ps(x->scale[r * x->n_groups + group]);
        const __m256i bias = _mm256_set1_epi32(biases[r]);
        float *y = x->y + r * x->y_stride;

        LMI_UNROLL for (size_t p = 0; p < LMI_PARTS; p++)
        {
            const __m256 sum = _mm256_cvtepi32_ps(_mm256_sub_epi32(acc[r][p], bias));
            const __m256 by = _mm256_mul_ps(_mm256_loadu_ps(scale + 8 * p), d);

            _mm256_storeu_ps(y + 8 * p, _mm256_fmadd_ps(sum, by, _mm256_loadu_ps(y + 8 * p)));
        }
    }
}

#endif

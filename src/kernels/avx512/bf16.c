/*
 * bf16.c - products of bf16 with bf16, summed in floats, two columns at a time.
 *
 * A word of a tile is two columns of a row. Eight rows of activations meet two tiles: sixteen sums.
 */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx512/avx512.h"

enum { ROWS = 8, TILES = LMI_TILES_AT_ONCE };

LMI_ALWAYS __m512bh two_columns(const uint16_t *x)
{
    int32_t word;

    memcpy(&word, x, sizeof(word));
    return (__m512bh)_mm512_set1_epi32(word);
}

LMI_ALWAYS void step(const size_t R, const size_t C, const lmi_product *p, const uint8_t *tiles,
                     size_t row, float *y)
{
    const size_t n = p->x->n_cols;
    const uint16_t *x = p->x->bf16 + row * n;
    __m512 sum[ROWS][TILES];

    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t c = 0; c < C; c++) sum[r][c] =
        _mm512_setzero_ps();
    for (size_t k = 0; k < n; k += 2) {
        __m512bh w[TILES];

        LMI_UNROLL for (size_t c = 0; c < C; c++) w[c] =
            (__m512bh)_mm512_loadu_si512(tiles + p->tile_size * c + 32 * k);
        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const __m512bh two = two_columns(x + r * n + k);

            LMI_UNROLL for (size_t c = 0; c < C; c++) sum[r][c] =
                _mm512_dpbf16_ps(sum[r][c], w[c], two);
        }
    }
    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t c = 0; c < C; c++)
        _mm512_storeu_ps(y + (row + r) * p->y_stride + LMI_TILE * c, sum[r][c]);
}

LMI_ALWAYS void all_rows(const size_t C, const lmi_product *p, const uint8_t *tiles, float *y)
{
    size_t row = p->begin;

    for (; row + ROWS <= p->end; row += ROWS)
        step(ROWS, C, p, tiles, row, y);
    for (; row + 4 <= p->end; row += 4)
        step(4, C, p, tiles, row, y);
    for (; row + 2 <= p->end; row += 2)
        step(2, C, p, tiles, row, y);
    for (; row < p->end; row++)
        step(1, C, p, tiles, row, y);
}

void lmi_avx512_bf16(const lmi_product *p)
{
    size_t t = 0;

    for (; t + TILES <= p->n_tiles; t += TILES)
        all_rows(TILES, p, p->tiles + p->tile_size * t, p->y + LMI_TILE * t);
    if (t < p->n_tiles)
        all_rows(1, p, p->tiles + p->tile_size * t, p->y + LMI_TILE * t);
}

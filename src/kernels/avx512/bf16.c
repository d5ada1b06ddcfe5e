/*
 * bf16.c - products of bf16 with bf16, summed in floats, two columns at a time.
 *
 * A word of a tile is two columns of a row. Eight rows of activations meet two tiles: sixteen sums.
 * The first of the rows ask for the tiles that come next: memory is slower than the sums.
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
                     size_t row, float *y, const uint8_t *ahead)
{
    const size_t n = p->x->n_cols;
    const uint16_t *x = p->x->bf16 + row * n;
    __m512 sum[ROWS][TILES];

    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t c = 0; c < C; c++) sum[r][c] =
        _mm512_setzero_ps();
    for (size_t k = 0; k < n; k += 2) {
        __m512bh w[TILES];

        if (ahead)
            LMI_UNROLL for (size_t c = 0; c < C; c++)
                lmi_look_ahead(ahead + p->tile_size * c + 32 * k, 1);
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

/* Up to eight rows: of fewer the sums wait for memory, and the processor sees what comes. */
#define STEP(R)                                                                                    \
    case R:                                                                                        \
        step(R, C, p, tiles, row, y, NULL);                                                        \
        break

LMI_ALWAYS void some_rows(const size_t C, const lmi_product *p, const uint8_t *tiles, size_t row,
                          float *y, const uint8_t *ahead)
{
    switch (p->end - row) {
        STEP(1);
        STEP(2);
        STEP(3);
        STEP(4);
        STEP(5);
        STEP(6);
        STEP(7);
    default:
        step(ROWS, C, p, tiles, row, y, ahead);
    }
}

static void one_tile(const lmi_product *p, const uint8_t *tiles, float *y)
{
    size_t row;

    for (row = p->begin; row < p->end; row += ROWS)
        some_rows(1, p, tiles, row, y, NULL);
}

static void two_tiles(const lmi_product *p, const uint8_t *tiles, float *y, const uint8_t *ahead)
{
    size_t row;

    for (row = p->begin; row < p->end; row += ROWS, ahead = NULL)
        some_rows(TILES, p, tiles, row, y, ahead);
}

void lmi_avx512_bf16(const lmi_product *p)
{
    size_t t = 0;

    for (; t + TILES <= p->n_tiles; t += TILES) {
        const uint8_t *tiles = p->tiles + p->tile_size * t;
        const bool is_last = t + TILES + TILES > p->n_tiles;

        two_tiles(p, tiles, p->y + LMI_TILE * t, is_last ? NULL : tiles + p->tile_size * TILES);
    }
    if (t < p->n_tiles)
        one_tile(p, p->tiles + p->tile_size * t, p->y + LMI_TILE * t);
}

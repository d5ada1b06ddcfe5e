/*
 * wide.c - products whose activations stay floats: f16 weights in floats, f32 weights in doubles.
 *
 * f32 weights are there for exactness: their sums lose nothing that a float could hold. f16 weights
 * are summed in runs of 128 columns, each from zero on. Where there are many rows a run is unpacked
 * once for all; few rows, as of those who speak, go over several tiles at once, so that no sum
 * waits for itself, and unpack as they go. The order of every sum is the same.
 */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx512/avx512.h"

enum { ROWS = 8, COLS = 128 };

/* Columns of a tile, one after the other. */
typedef struct f32_panel {
    _Alignas(64) float w[COLS][LMI_TILE];
} f32_panel;

static __m512 column(const uint8_t *tile, size_t k)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(tile + 32 * k)));
}

static void fill_f16(f32_panel *panel, const uint8_t *tile, size_t begin, size_t n)
{
    size_t k;

    for (k = 0; k < n; k++)
        _mm512_store_ps(panel->w[k], column(tile, begin + k));
}

LMI_ALWAYS void step_f16(const size_t R, const f32_panel *panel, size_t n, const float *const *x,
                         size_t begin, float *y, size_t y_stride)
{
    __m512 sum[ROWS];

    LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r] = _mm512_setzero_ps();
    for (size_t k = 0; k < n; k++) {
        const __m512 w = _mm512_load_ps(panel->w[k]);

        LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r] =
            _mm512_fmadd_ps(w, _mm512_set1_ps(x[r][begin + k]), sum[r]);
    }
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        float *at = y + r * y_stride;

        _mm512_storeu_ps(at, begin ? _mm512_add_ps(_mm512_loadu_ps(at), sum[r]) : sum[r]);
    }
}

/* All rows over one tile: as many as unpacking is worth. */
static void many_rows(const lmi_product *p, size_t t, size_t end)
{
    const uint8_t *tile = p->tiles + p->tile_size * t;
    const size_t n_cols = p->x->n_cols;
    float *y = p->y + LMI_TILE * t;
    f32_panel panel;
    size_t begin, row;

    for (begin = 0; begin < n_cols; begin += COLS) {
        const size_t n = n_cols - begin < COLS ? n_cols - begin : COLS;

        fill_f16(&panel, tile, begin, n);
        for (row = p->begin; row < end; row += ROWS)
            step_f16(ROWS, &panel, n, p->x->x + row, begin, y + row * p->y_stride, p->y_stride);
    }
}

/* A run of columns for R rows and T tiles. */
LMI_ALWAYS void run_f16(const size_t R, const size_t T, __m512 sum[4][4], const lmi_product *p,
                        const uint8_t *tiles, const float *const *x, size_t begin, size_t end)
{
    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t t = 0; t < T; t++) sum[r][t] =
        _mm512_setzero_ps();
    for (size_t k = begin; k < end; k++)
        LMI_UNROLL for (size_t t = 0; t < T; t++)
        {
            const __m512 w = column(tiles + p->tile_size * t, k);

            LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r][t] =
                _mm512_fmadd_ps(w, _mm512_set1_ps(x[r][k]), sum[r][t]);
        }
}

/* R rows from `row` on, over T tiles from `tile` on. */
LMI_ALWAYS void few_rows(const size_t R, const size_t T, const lmi_product *p, size_t row,
                         size_t tile)
{
    const uint8_t *tiles = p->tiles + p->tile_size * tile;
    float *y = p->y + row * p->y_stride + LMI_TILE * tile;
    const size_t n_cols = p->x->n_cols;
    __m512 all[4][4], sum[4][4];
    size_t begin;

    run_f16(R, T, all, p, tiles, p->x->x + row, 0, n_cols < COLS ? n_cols : COLS);
    for (begin = COLS; begin < n_cols; begin += COLS) {
        const size_t end = n_cols - begin < COLS ? n_cols : begin + COLS;

        run_f16(R, T, sum, p, tiles, p->x->x + row, begin, end);
        LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t t = 0; t < T; t++)
            all[r][t] = _mm512_add_ps(all[r][t], sum[r][t]);
    }
    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t t = 0; t < T; t++)
        _mm512_storeu_ps(y + r * p->y_stride + LMI_TILE * t, all[r][t]);
}

/* R rows over all tiles, T of them at a time. */
LMI_ALWAYS void few_rows_all(const size_t R, const size_t T, const lmi_product *p, size_t row)
{
    size_t tile = 0;

    for (; tile + T <= p->n_tiles; tile += T)
        few_rows(R, T, p, row, tile);
    for (; tile < p->n_tiles; tile++)
        few_rows(R, 1, p, row, tile);
}

void lmi_avx512_f16(const lmi_product *p)
{
    size_t row = p->begin + (p->end - p->begin) / ROWS * ROWS;
    size_t t;

    for (t = 0; row > p->begin && t < p->n_tiles; t++)
        many_rows(p, t, row);
    for (; row + 4 <= p->end; row += 4)
        few_rows_all(4, 2, p, row);
    for (; row + 2 <= p->end; row += 2)
        few_rows_all(2, 4, p, row);
    for (; row < p->end; row++)
        few_rows_all(1, 4, p, row);
}

/* One tile is two registers of doubles. */
LMI_ALWAYS void step_f64(const size_t R, const uint8_t *tile, size_t n, const float *const *x,
                         float *y, size_t y_stride)
{
    __m512d sum[ROWS][2];

    LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r][0] = sum[r][1] = _mm512_setzero_pd();
    for (size_t k = 0; k < n; k++) {
        const float *at = (const float *)(tile + 64 * k);
        const __m512d a = _mm512_cvtps_pd(_mm256_loadu_ps(at));
        const __m512d b = _mm512_cvtps_pd(_mm256_loadu_ps(at + 8));

        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const __m512d one = _mm512_set1_pd((double)x[r][k]);

            sum[r][0] = _mm512_fmadd_pd(a, one, sum[r][0]);
            sum[r][1] = _mm512_fmadd_pd(b, one, sum[r][1]);
        }
    }
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        _mm256_storeu_ps(y + r * y_stride, _mm512_cvtpd_ps(sum[r][0]));
        _mm256_storeu_ps(y + r * y_stride + 8, _mm512_cvtpd_ps(sum[r][1]));
    }
}

void lmi_avx512_f64(const lmi_product *p)
{
    size_t t;

    for (t = 0; t < p->n_tiles; t++) {
        const uint8_t *tile = p->tiles + p->tile_size * t;
        size_t row = p->begin;
        float *y = p->y + LMI_TILE * t;

        for (; row + ROWS <= p->end; row += ROWS)
            step_f64(ROWS, tile, p->x->n_cols, p->x->x + row, y + row * p->y_stride, p->y_stride);
        for (; row < p->end; row++)
            step_f64(1, tile, p->x->n_cols, p->x->x + row, y + row * p->y_stride, p->y_stride);
    }
}

/*
 * wide.c - products whose activations stay floats: f16 weights in floats, f32 weights in doubles.
 *
 * f32 weights are there for exactness: their sums lose nothing that a float could hold. Both are
 * unpacked from the tile for each step of columns, once for all rows.
 */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx512/avx512.h"

enum { ROWS = 8, COLS = 128 };

/* Columns of a tile, one after the other. */
typedef struct f32_panel {
    _Alignas(64) float w[COLS][LMI_TILE];
} f32_panel;

static void fill_f16(f32_panel *panel, const uint8_t *tile, size_t begin, size_t n)
{
    size_t k;

    for (k = 0; k < n; k += 2) {
        const __m512i two = _mm512_loadu_si512(tile + 32 * (begin + k));

        _mm512_store_ps(panel->w[k], _mm512_cvtph_ps(_mm512_cvtepi32_epi16(two)));
        _mm512_store_ps(panel->w[k + 1],
                        _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(two, 16))));
    }
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

static void multiply_f16(const lmi_product *p, const uint8_t *tile, float *y)
{
    const size_t n_cols = p->x->n_cols;
    f32_panel panel;
    size_t begin;

    for (begin = 0; begin < n_cols; begin += COLS) {
        const size_t n = n_cols - begin < COLS ? n_cols - begin : COLS;
        size_t row = p->begin;

        fill_f16(&panel, tile, begin, n);
        for (; row + ROWS <= p->end; row += ROWS)
            step_f16(ROWS, &panel, n, p->x->x + row, begin, y + row * p->y_stride, p->y_stride);
        for (; row < p->end; row++)
            step_f16(1, &panel, n, p->x->x + row, begin, y + row * p->y_stride, p->y_stride);
    }
}

void lmi_avx512_f16(const lmi_product *p)
{
    size_t t;

    for (t = 0; t < p->n_tiles; t++)
        multiply_f16(p, p->tiles + p->tile_size * t, p->y + LMI_TILE * t);
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

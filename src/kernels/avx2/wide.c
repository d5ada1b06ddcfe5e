/*
 * wide.c - products whose activations stay floats: f16 and bf16 weights in floats, f32 weights in
 * doubles, which are there for exactness.
 */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx2/avx2.h"

enum { ROWS = 6, PARTS = 2, COLS = 128, EXACT_ROWS = 2, QUARTERS = 4 };

/* Columns of a tile, one after the other. */
typedef struct columns {
    _Alignas(32) float w[COLS][LMI_TILE];
} columns;

/* Of bf16 a word of a tile is two columns of a row. */
static void fill_bf16(columns *to, const uint8_t *tile, size_t begin, size_t n)
{
    size_t k, p;

    for (k = 0; k < n; k += 2)
        for (p = 0; p < PARTS; p++) {
            const __m256i two =
                _mm256_loadu_si256((const __m256i *)(tile + 32 * (begin + k) + 32 * p));

            _mm256_store_ps(to->w[k] + 8 * p, _mm256_castsi256_ps(_mm256_slli_epi32(two, 16)));
            _mm256_store_ps(to->w[k + 1] + 8 * p, _mm256_castsi256_ps(_mm256_and_si256(
                                                      two, _mm256_set1_epi32((int)0xffff0000))));
        }
}

static void fill_f16(columns *to, const uint8_t *tile, size_t begin, size_t n)
{
    size_t k, p;

    for (k = 0; k < n; k++)
        for (p = 0; p < PARTS; p++) {
            const uint8_t *at = tile + 32 * (begin + k) + 16 * p;

            _mm256_store_ps(to->w[k] + 8 * p,
                            _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)at)));
        }
}

LMI_ALWAYS void step_floats(const size_t R, const columns *w, size_t n, const float *const *x,
                            size_t begin, float *y, size_t y_stride)
{
    __m256 sum[ROWS][PARTS];

    LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r][0] = sum[r][1] = _mm256_setzero_ps();
    for (size_t k = 0; k < n; k++) {
        const __m256 a = _mm256_load_ps(w->w[k]), b = _mm256_load_ps(w->w[k] + 8);

        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const __m256 one = _mm256_set1_ps(x[r][begin + k]);

            sum[r][0] = _mm256_fmadd_ps(a, one, sum[r][0]);
            sum[r][1] = _mm256_fmadd_ps(b, one, sum[r][1]);
        }
    }
    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t p = 0; p < PARTS; p++)
    {
        float *at = y + r * y_stride + 8 * p;

        _mm256_storeu_ps(at, begin ? _mm256_add_ps(_mm256_loadu_ps(at), sum[r][p]) : sum[r][p]);
    }
}

static void multiply_floats(const lmi_product *p, const uint8_t *tile, float *y)
{
    const size_t n_cols = p->x->n_cols;
    columns w;
    size_t begin;

    for (begin = 0; begin < n_cols; begin += COLS) {
        const size_t n = n_cols - begin < COLS ? n_cols - begin : COLS;
        size_t row = p->begin;

        if (p->layout->type == GGML_TYPE_BF16)
            fill_bf16(&w, tile, begin, n);
        else
            fill_f16(&w, tile, begin, n);
        for (; row + ROWS <= p->end; row += ROWS)
            step_floats(ROWS, &w, n, p->x->x + row, begin, y + row * p->y_stride, p->y_stride);
        for (; row + 2 <= p->end; row += 2)
            step_floats(2, &w, n, p->x->x + row, begin, y + row * p->y_stride, p->y_stride);
        for (; row < p->end; row++)
            step_floats(1, &w, n, p->x->x + row, begin, y + row * p->y_stride, p->y_stride);
    }
}

void lmi_avx2_floats(const lmi_product *p)
{
    size_t t;

    for (t = 0; t < p->n_tiles; t++)
        multiply_floats(p, p->tiles + p->tile_size * t, p->y + LMI_TILE * t);
}

LMI_ALWAYS void step_doubles(const size_t R, const uint8_t *tile, size_t n, const float *const *x,
                             float *y, size_t y_stride)
{
    __m256d sum[EXACT_ROWS][QUARTERS];

    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t i = 0; i < QUARTERS; i++)
        sum[r][i] = _mm256_setzero_pd();
    for (size_t k = 0; k < n; k++)
        LMI_UNROLL for (size_t i = 0; i < QUARTERS; i++)
        {
            const __m256d w = _mm256_cvtps_pd(_mm_loadu_ps((const float *)(tile + 64 * k) + 4 * i));

            LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r][i] =
                _mm256_fmadd_pd(w, _mm256_set1_pd((double)x[r][k]), sum[r][i]);
        }
    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t i = 0; i < QUARTERS; i++)
        _mm_storeu_ps(y + r * y_stride + 4 * i, _mm256_cvtpd_ps(sum[r][i]));
}

void lmi_avx2_doubles(const lmi_product *p)
{
    size_t t;

    for (t = 0; t < p->n_tiles; t++) {
        const uint8_t *tile = p->tiles + p->tile_size * t;
        float *y = p->y + LMI_TILE * t;
        size_t row = p->begin;

        for (; row + EXACT_ROWS <= p->end; row += EXACT_ROWS)
            step_doubles(EXACT_ROWS, tile, p->x->n_cols, p->x->x + row, y + row * p->y_stride,
                         p->y_stride);
        for (; row < p->end; row++)
            step_doubles(1, tile, p->x->n_cols, p->x->x + row, y + row * p->y_stride, p->y_stride);
    }
}

/*
 * dots.c - products of rows with rows, both as they lie: queries with keys, weights with values.
 *
 *      y [row of b][row of a] = a . b
 *
 * Sixteen rows of a, one after the other, meet up to four of b; sixteen sums of sixteen lanes each
 * then become one vector. A sum runs through its columns in order, lane by lane, so that more
 * columns that are nothing change nothing: cells that nobody may see, and weights that are zero,
 * are left out sixteen at a time. Where many rows of b come, dots_many.c does the same sums faster.
 */
#include "kernels/avx512/dots.h"

enum { ROWS = 4, RUNS = 64, FEW = 8 };

/* Sixteen vectors become the vector of their sums. */
static inline __m512 sums_of(const __m512 *v)
{
    __m512 t[8], u[4], w[2];
    size_t i;

    LMI_UNROLL for (i = 0; i < 8; i++) t[i] = _mm512_add_ps(
        _mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]), _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]));
    LMI_UNROLL for (i = 0; i < 4; i++)
    {
        const __m512d a = _mm512_castps_pd(t[2 * i]), b = _mm512_castps_pd(t[2 * i + 1]);

        u[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)),
                             _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
    }
    LMI_UNROLL for (i = 0; i < 2; i++) w[i] =
        _mm512_add_ps(_mm512_shuffle_f32x4(u[2 * i], u[2 * i + 1], 0x88),
                      _mm512_shuffle_f32x4(u[2 * i], u[2 * i + 1], 0xdd));
    return _mm512_add_ps(_mm512_shuffle_f32x4(w[0], w[1], 0x88),
                         _mm512_shuffle_f32x4(w[0], w[1], 0xdd));
}

/* Some rows of b, and the columns in which they are not all zero. */
typedef struct some {
    const float *b[ROWS];
    struct {
        size_t begin, end; /* whole vectors, but for the last column */
    } runs[RUNS];
    size_t n_runs;
} some;

/* One row of a with R of b, lane by lane. */
LMI_ALWAYS void one_row(const size_t R, const enum ggml_type type, const some *x, const char *a,
                        __m512 *out)
{
    __m512 sum[ROWS];
    size_t i, k;

    LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r] = _mm512_setzero_ps();
    for (i = 0; i < x->n_runs; i++)
        for (k = x->runs[i].begin; k < x->runs[i].end; k += LANES) {
            const __mmask16 which = first(x->runs[i].end - k);
            const __m512 v = load_a(type, a, k, which);

            LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r] =
                _mm512_fmadd_ps(v, _mm512_maskz_loadu_ps(which, x->b[r] + k), sum[r]);
        }
    LMI_UNROLL for (size_t r = 0; r < R; r++) out[r * LANES] = sum[r];
}

/* Whether R rows of b have something in the columns from k on. */
LMI_ALWAYS bool is_live(const size_t R, const some *x, size_t k, __mmask16 which)
{
    __mmask16 any = 0;

    LMI_UNROLL for (size_t r = 0; r < R; r++) any |= _mm512_cmp_ps_mask(
        _mm512_maskz_loadu_ps(which, x->b[r] + k), _mm512_setzero_ps(), _CMP_NEQ_UQ);
    return any != 0;
}

/* Where there are more runs than room, the last one goes on to the end. */
LMI_ALWAYS void find_runs(const size_t R, some *x, size_t n_cols)
{
    bool is_open = false;
    size_t k;

    x->n_runs = 0;
    for (k = 0; k < n_cols; k += LANES) {
        if (!is_live(R, x, k, first(n_cols - k))) {
            is_open = is_open && x->n_runs == RUNS;
            continue;
        }
        if (!is_open)
            x->runs[x->n_runs++].begin = k;
        x->runs[x->n_runs - 1].end = k + LANES < n_cols ? k + LANES : n_cols;
        is_open = true;
    }
}

/* The sixteen rows of a from i on, or the last ones of it. */
LMI_ALWAYS void sixteen(const size_t R, const enum ggml_type type, const lmi_dots *d, const some *x,
                        size_t b, size_t i)
{
    const size_t n = left(d, i);
    __m512 sums[ROWS * LANES];
    size_t j;

    for (j = 0; j < LANES; j++)
        one_row(R, type, x, d->a + d->a_stride * (i + (j < n ? j : n - 1)), sums + j);
    for (j = 0; j < R; j++)
        _mm512_mask_storeu_ps(d->y[b + j] + i, first(n), sums_of(sums + j * LANES));
}

LMI_ALWAYS void all_of_a(const size_t R, const enum ggml_type type, const lmi_dots *d, size_t b)
{
    some x;
    size_t i;

    LMI_UNROLL for (size_t r = 0; r < R; r++) x.b[r] = d->b[b + r];
    find_runs(R, &x, d->n_cols);
    for (i = 0; i < d->n_a; i += LANES)
        if (may_see(R, d, b, i))
            sixteen(R, type, d, &x, b, i);
        else
            LMI_UNROLL for (size_t r = 0; r < R; r++)
                _mm512_mask_storeu_ps(d->y[b + r] + i, first(left(d, i)), _mm512_setzero_ps());
}

LMI_ALWAYS void all_of_b(const enum ggml_type type, const lmi_dots *d)
{
    size_t b;

    for (b = 0; b + ROWS <= d->n_b; b += ROWS)
        all_of_a(ROWS, type, d, b);
    if (d->n_b - b == 3)
        all_of_a(3, type, d, b);
    else if (d->n_b - b == 2)
        all_of_a(2, type, d, b);
    else if (d->n_b - b == 1)
        all_of_a(1, type, d, b);
}

void lmi_avx512_dots(const lmi_dots *d)
{
    if (d->n_b > FEW)
        lmi_avx512_dots_many(d);
    else if (d->type == GGML_TYPE_F32)
        all_of_b(GGML_TYPE_F32, d);
    else
        all_of_b(GGML_TYPE_F16, d);
}

/*
 * dots.c - products of rows with rows, both as they lie: queries with keys, weights with values.
 *
 *      y [row of b][row of a] = a . b
 *
 * Eight rows of a, one after the other, meet up to three of b; eight sums of eight lanes each then
 * become one vector. A sum runs through its columns in order, lane by lane; cells that nobody may
 * see, and weights that are zero, are left out eight at a time, which changes nothing.
 */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx2/avx2.h"

enum { ROWS = 3, LANES = 8, RUNS = 64 };

/* Lanes [0, n) of a vector that ends early. */
static inline __m256i first(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* Up to eight values of a row. */
LMI_ALWAYS __m256 load(const bool is_half, const void *row, size_t k, size_t n)
{
    uint16_t some[LANES] = {0};

    if (!is_half)
        return n >= LANES ? _mm256_loadu_ps((const float *)row + k)
                          : _mm256_maskload_ps((const float *)row + k, first(n));
    if (n >= LANES)
        return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)((const uint16_t *)row + k)));
    memcpy(some, (const uint16_t *)row + k, n * sizeof(some[0]));
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)some));
}

static inline void store(float *to, size_t n, __m256 v)
{
    if (n >= LANES)
        _mm256_storeu_ps(to, v);
    else
        _mm256_maskstore_ps(to, first(n), v);
}

/* Eight vectors become the vector of their sums. */
static inline __m256 sums_of(const __m256 *v)
{
    const __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
    const __m256 b = _mm256_hadd_ps(_mm256_hadd_ps(v[4], v[5]), _mm256_hadd_ps(v[6], v[7]));

    return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}

static inline size_t left(size_t n, size_t i)
{
    return n - i < LANES ? (n - i) : LANES;
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
LMI_ALWAYS void one_row(const size_t R, const bool is_half, const some *x, const char *a,
                        __m256 *out)
{
    __m256 sum[ROWS];
    size_t i, k;

    LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r] = _mm256_setzero_ps();
    for (i = 0; i < x->n_runs; i++)
        for (k = x->runs[i].begin; k < x->runs[i].end; k += LANES) {
            const size_t n = left(x->runs[i].end, k);
            const __m256 v = load(is_half, a, k, n);

            LMI_UNROLL for (size_t r = 0; r < R; r++) sum[r] =
                _mm256_fmadd_ps(v, load(false, x->b[r], k, n), sum[r]);
        }
    LMI_UNROLL for (size_t r = 0; r < R; r++) out[r * LANES] = sum[r];
}

/* Whether R rows of b have something in n columns from k on. */
LMI_ALWAYS bool is_live(const size_t R, const some *x, size_t k, size_t n)
{
    int any = 0;

    LMI_UNROLL for (size_t r = 0; r < R; r++) any |= _mm256_movemask_ps(
        _mm256_cmp_ps(load(false, x->b[r], k, n), _mm256_setzero_ps(), _CMP_NEQ_UQ));
    return any != 0;
}

/* Where there are more runs than room, the last one goes on to the end. */
LMI_ALWAYS void find_runs(const size_t R, some *x, size_t n_cols)
{
    bool is_open = false;
    size_t k;

    x->n_runs = 0;
    for (k = 0; k < n_cols; k += LANES) {
        if (!is_live(R, x, k, left(n_cols, k))) {
            is_open = is_open && x->n_runs == RUNS;
            continue;
        }
        if (!is_open)
            x->runs[x->n_runs++].begin = k;
        x->runs[x->n_runs - 1].end = k + left(n_cols, k);
        is_open = true;
    }
}

/* Whether some of R rows may see one of the eight rows of a from i on. */
LMI_ALWAYS bool may_see(const size_t R, const lmi_dots *d, size_t b, size_t i)
{
    const size_t n = left(d->n_a, i);
    int any = d->mask ? 0 : 1;

    LMI_UNROLL for (size_t r = 0; r < R; r++) if (d->mask)
    {
        const __m256 m =
            d->is_mask_half ? load(true, d->mask[b + r], i, n) : load(false, d->mask[b + r], i, n);

        any |= _mm256_movemask_ps(_mm256_cmp_ps(m, _mm256_set1_ps(-__builtin_inff()), _CMP_GT_OQ)) &
               ((1 << n) - 1);
    }
    return any != 0;
}

/* The eight rows of a from i on, or the last ones of it. */
LMI_ALWAYS void eight(const size_t R, const bool is_half, const lmi_dots *d, const some *x,
                      size_t b, size_t i)
{
    const size_t n = left(d->n_a, i);
    __m256 sums[ROWS * LANES];
    size_t j;

    for (j = 0; j < LANES; j++)
        one_row(R, is_half, x, d->a + d->a_stride * (i + (j < n ? j : n - 1)), sums + j);
    for (j = 0; j < R; j++)
        store(d->y[b + j] + i, n, sums_of(sums + j * LANES));
}

LMI_ALWAYS void all_of_a(const size_t R, const bool is_half, const lmi_dots *d, size_t b)
{
    some x;
    size_t i;

    LMI_UNROLL for (size_t r = 0; r < R; r++) x.b[r] = d->b[b + r];
    find_runs(R, &x, d->n_cols);
    for (i = 0; i < d->n_a; i += LANES)
        if (may_see(R, d, b, i))
            eight(R, is_half, d, &x, b, i);
        else
            LMI_UNROLL for (size_t r = 0; r < R; r++)
                store(d->y[b + r] + i, left(d->n_a, i), _mm256_setzero_ps());
}

LMI_ALWAYS void all_of_b(const bool is_half, const lmi_dots *d)
{
    size_t b;

    for (b = 0; b + ROWS <= d->n_b; b += ROWS)
        all_of_a(ROWS, is_half, d, b);
    if (d->n_b - b == 2)
        all_of_a(2, is_half, d, b);
    else if (d->n_b - b == 1)
        all_of_a(1, is_half, d, b);
}

void lmi_avx2_dots(const lmi_dots *d)
{
    if (d->type == GGML_TYPE_F32)
        all_of_b(false, d);
    else
        all_of_b(true, d);
}

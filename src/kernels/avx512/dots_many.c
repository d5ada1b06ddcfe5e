/*
 * dots_many.c - products of rows with many rows: the sums of dots.c, in the same order.
 *
 * There a vector is sixteen columns of a row of a, here it is one column of sixteen rows, which are
 * turned once for all rows of b. What was a lane of a sum is a sum of its own, so that sixteen run
 * side by side, and none is added up over lanes.
 *
 *      dots.c      sum        = lanes 0 .. 15 of columns k .. k + 15
 *      here        sum[lane]  = rows  0 .. 15 of column  k + lane
 */
#include "kernels/avx512/dots.h"

enum { ROWS = 64, COLS = 256, AT_ONCE = 3, HALF = LANES / 2, BITS = 64 };

/* Some columns of sixteen rows of a. */
typedef struct panel {
    __m512 columns[COLS];
    size_t begin, n; /* which */
} panel;

/* Rows of b with the sums of their columns so far. */
typedef struct many {
    const lmi_dots *d;
    size_t b, n;         /* rows [b, b + n) */
    unsigned shift;      /* a bit stands for 2^shift columns */
    uint64_t live[ROWS]; /* in which columns a row is more than zeros, */
    uint64_t any;        /* and some row */
    size_t seeing[ROWS]; /* rows that may see one of the sixteen */
    size_t n_seeing;
    panel panel;
    __m512 sums[ROWS][LANES];
} many;

/* The first or the second pair of each four floats of a, then of b. */
LMI_ALWAYS __m512 pairs(__m512 a, __m512 b, const int which)
{
    const __m512d x = _mm512_castps_pd(a), y = _mm512_castps_pd(b);

    return _mm512_castpd_ps(which ? _mm512_unpackhi_pd(x, y) : _mm512_unpacklo_pd(x, y));
}

/* Sixteen rows of sixteen become columns. */
static inline void turn(__m512 *v)
{
    __m512 t[LANES];
    size_t i;

    LMI_UNROLL for (i = 0; i < LANES / 2; i++)
    {
        t[2 * i] = _mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]);
    }
    LMI_UNROLL for (i = 0; i < LANES; i += 4)
    {
        v[i] = pairs(t[i], t[i + 2], 0);
        v[i + 1] = pairs(t[i], t[i + 2], 1);
        v[i + 2] = pairs(t[i + 1], t[i + 3], 0);
        v[i + 3] = pairs(t[i + 1], t[i + 3], 1);
    }
    LMI_UNROLL for (i = 0; i < 4; i++)
    {
        t[i] = _mm512_shuffle_f32x4(v[i], v[4 + i], 0x88);
        t[4 + i] = _mm512_shuffle_f32x4(v[i], v[4 + i], 0xdd);
        t[8 + i] = _mm512_shuffle_f32x4(v[8 + i], v[12 + i], 0x88);
        t[12 + i] = _mm512_shuffle_f32x4(v[8 + i], v[12 + i], 0xdd);
    }
    LMI_UNROLL for (i = 0; i < 4; i++)
    {
        v[i] = _mm512_shuffle_f32x4(t[i], t[8 + i], 0x88);
        v[8 + i] = _mm512_shuffle_f32x4(t[i], t[8 + i], 0xdd);
        v[4 + i] = _mm512_shuffle_f32x4(t[4 + i], t[12 + i], 0x88);
        v[12 + i] = _mm512_shuffle_f32x4(t[4 + i], t[12 + i], 0xdd);
    }
}

/* Whether some of the sixteen columns from k on of the panel are more than zeros. */
static inline bool is_live(const many *m, uint64_t live, size_t k)
{
    return live >> ((m->panel.begin + k) >> m->shift) & 1;
}

/* Columns from `begin` on of the sixteen rows from `i` on; the last row stands in for those that
 * are not there. */
LMI_ALWAYS void fill_as(const enum ggml_type type, many *m, size_t i)
{
    const lmi_dots *d = m->d;
    const size_t n_rows = left(d, i);
    panel *p = &m->panel;
    size_t k, j;

    for (k = 0; k < p->n; k += LANES) {
        const __mmask16 which = first(p->n - k);
        __m512 *v = p->columns + k;

        if (!is_live(m, m->any, k))
            continue;
        LMI_UNROLL for (j = 0; j < LANES; j++) v[j] = load_a(
            type, d->a + d->a_stride * (i + (j < n_rows ? j : n_rows - 1)), p->begin + k, which);
        turn(v);
    }
}

static void fill(many *m, size_t i)
{
    if (m->d->type == GGML_TYPE_F32)
        fill_as(GGML_TYPE_F32, m, i);
    else
        fill_as(GGML_TYPE_F16, m, i);
}

/* Where a row of b is more than zeros; of queries, everywhere. */
static uint64_t find_live(const lmi_dots *d, const float *b, unsigned shift)
{
    uint64_t live = 0;
    size_t k;

    if (d->mask)
        return UINT64_MAX;
    for (k = 0; k < d->n_cols; k += LANES) {
        const __m512 v = _mm512_maskz_loadu_ps(first(d->n_cols - k), b + k);

        if (_mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ))
            live |= (uint64_t)1 << (k >> shift);
    }
    return live;
}

/* The sum over half of the lanes, as dots.c adds them up. */
LMI_ALWAYS __m512 sum_of(const __m512 *s)
{
    return _mm512_add_ps(_mm512_add_ps(_mm512_add_ps(s[0], s[2]), _mm512_add_ps(s[1], s[3])),
                         _mm512_add_ps(_mm512_add_ps(s[4], s[6]), _mm512_add_ps(s[5], s[7])));
}

/* Some columns, by what R rows of b have from k on. */
LMI_ALWAYS void add_columns(const size_t R, __m512 sums[AT_ONCE][HALF], const __m512 *columns,
                            const float *const *b, size_t k)
{
    LMI_UNROLL for (size_t j = 0; j < HALF; j++)
    {
        const __m512 column = columns[j];

        LMI_UNROLL for (size_t r = 0; r < R; r++) sums[r][j] =
            _mm512_fmadd_ps(column, _mm512_set1_ps(b[r][k + j]), sums[r][j]);
    }
}

/* The same of the last sixteen from k on, of which `n` are there. */
LMI_ALWAYS void add_last(const size_t R, __m512 sums[AT_ONCE][HALF], const __m512 *columns,
                         const float *const *b, size_t k, size_t n, size_t lane)
{
    float last[AT_ONCE][LANES];
    const float *at[AT_ONCE];

    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        _mm512_storeu_ps(last[r], _mm512_maskz_loadu_ps(first(n), b[r] + k));
        at[r] = last[r];
    }
    add_columns(R, sums, columns, at, lane);
}

/* R rows meet the panel with the lanes from `lane` on; the sums of those, at the end. */
LMI_ALWAYS void meet_half(const size_t R, many *m, const size_t *rows, size_t lane, uint64_t live,
                          __m512 *out)
{
    const panel *p = &m->panel;
    __m512 sums[AT_ONCE][HALF];
    const float *b[AT_ONCE];
    size_t k;

    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        b[r] = m->d->b[m->b + rows[r]] + p->begin;
        LMI_UNROLL for (size_t j = 0; j < HALF; j++) sums[r][j] =
            p->begin ? m->sums[rows[r]][lane + j] : _mm512_setzero_ps();
    }
    for (k = 0; k < p->n; k += LANES)
        if (!is_live(m, live, k))
            continue;
        else if (p->n - k >= LANES)
            add_columns(R, sums, p->columns + k + lane, b, k + lane);
        else
            add_last(R, sums, p->columns + k + lane, b, k, p->n - k, lane);
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        out[r] = sum_of(sums[r]);
        if (p->begin + p->n < m->d->n_cols)
            LMI_UNROLL for (size_t j = 0; j < HALF; j++) m->sums[rows[r]][lane + j] = sums[r][j];
    }
}

/* After the last panel the sums go to where the sixteen from `i` on belong. */
LMI_ALWAYS void meet(const size_t R, many *m, const size_t *rows, size_t i)
{
    const lmi_dots *d = m->d;
    __m512 low[AT_ONCE], high[AT_ONCE];
    uint64_t live = 0;

    LMI_UNROLL for (size_t r = 0; r < R; r++) live |= m->live[rows[r]];
    meet_half(R, m, rows, 0, live, low);
    meet_half(R, m, rows, HALF, live, high);
    if (m->panel.begin + m->panel.n == d->n_cols)
        LMI_UNROLL for (size_t r = 0; r < R; r++) _mm512_mask_storeu_ps(
            d->y[m->b + rows[r]] + i, first(left(d, i)), _mm512_add_ps(low[r], high[r]));
}

static void meet_all(many *m, size_t i)
{
    size_t k = 0;

    for (; k + AT_ONCE <= m->n_seeing; k += AT_ONCE)
        meet(AT_ONCE, m, m->seeing + k, i);
    if (m->n_seeing - k == 2)
        meet(2, m, m->seeing + k, i);
    else if (m->n_seeing - k == 1)
        meet(1, m, m->seeing + k, i);
}

/* Which rows may see one of the sixteen rows of a from `i` on. For the others nothing is read; what
 * stands there is a number. */
static void find_seeing(many *m, size_t i)
{
    size_t r;

    m->n_seeing = 0;
    for (r = 0; r < m->n; r++)
        if (may_see(1, m->d, m->b + r, i))
            m->seeing[m->n_seeing++] = r;
        else
            _mm512_mask_storeu_ps(m->d->y[m->b + r] + i, first(left(m->d, i)), _mm512_setzero_ps());
}

static void sixteen(many *m, size_t i)
{
    panel *p = &m->panel;

    find_seeing(m, i);
    for (p->begin = 0; m->n_seeing && p->begin < m->d->n_cols; p->begin += COLS) {
        p->n = m->d->n_cols - p->begin < COLS ? m->d->n_cols - p->begin : COLS;
        fill(m, i);
        meet_all(m, i);
    }
}

/* Rows [b, b + n) of b. */
static void take_rows(many *m, size_t b, size_t n)
{
    size_t r;

    m->b = b;
    m->n = n < ROWS ? n : ROWS;
    m->any = 0;
    for (r = 0; r < m->n; r++)
        m->any |= m->live[r] = find_live(m->d, m->d->b[b + r], m->shift);
}

void lmi_avx512_dots_many(const lmi_dots *d)
{
    many m; /* (of its sums none is read before it was written) */
    size_t b, i;

    m.d = d;
    for (m.shift = 4; d->n_cols >> m.shift >= BITS; m.shift++)
        ;
    for (b = 0; b < d->n_b; b += ROWS) {
        take_rows(&m, b, d->n_b - b);
        for (i = 0; i < d->n_a; i += LANES)
            sixteen(&m, i);
    }
}

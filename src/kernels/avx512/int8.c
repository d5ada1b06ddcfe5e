/*
 * int8.c - products of int8 activations with unsigned bytes, by VNNI.
 *
 * Up to six rows of activations meet two tiles at once: twelve sums in registers. Each group of 32
 * columns is summed in integers, exactly, then scaled and added to the row's sum; groups come in
 * order, so that a sum is the same whatever is beside it.
 *
 *      acc [row][tile]  = u . q - bias * sum(q)                           (integers)
 *      y   [row][tile] += scale_w * scale_x * acc  (+ least * scale_x * sum(q))
 */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx512/avx512.h"

enum { ROWS = 6, TILES = LMI_TILES_AT_ONCE, WORDS = 8, GROUPS = 32, BIAS = 128 };

/* Some groups of columns of up to two tiles. */
typedef struct side {
    const uint8_t *u[TILES]; /* [n][stride] */
    const lmi_panel *panel;  /* [TILES], with their scales; NULL where these lie behind each u */
    size_t stride;
    size_t n;
    const uint8_t *ahead[TILES]; /* bytes of the file's form that are wanted soon; or NULL */
    size_t n_ahead;              /* for each of the groups */
} side;

/* The rows that they meet, from the first of the groups on. */
typedef struct rows {
    const int8_t *q;
    const float *scale;
    const int32_t *sum, *half;
    size_t n_cols, n_groups; /* of a whole row */
    int bias;
    bool goes_on; /* y has the sums of the groups before */
    float *y;
    size_t y_stride;
} rows;

/* The registers of one step. */
typedef struct sums {
    __m512i acc[ROWS][TILES];
    __m512 y[ROWS][TILES];
} sums;

LMI_ALWAYS __m512i four_columns(const int8_t *q)
{
    int32_t word;

    memcpy(&word, q, sizeof(word));
    return _mm512_set1_epi32(word);
}

/* acc = u . q over words [begin, end) of a group, without the bias. */
LMI_ALWAYS void multiply_words(sums *s, const size_t R, const size_t C, const side *w,
                               const rows *x, size_t group, const size_t begin, const size_t end)
{
    const int8_t *q = x->q + LMI_GROUP * group;

    LMI_UNROLL for (size_t i = begin; i < end; i++)
    {
        __m512i u[TILES];

        LMI_UNROLL for (size_t c = 0; c < C; c++) u[c] =
            _mm512_loadu_si512(w->u[c] + w->stride * group + 64 * i);
        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const __m512i four = four_columns(q + r * x->n_cols + 4 * i);

            LMI_UNROLL for (size_t c = 0; c < C; c++) s->acc[r][c] =
                _mm512_dpbusd_epi32(s->acc[r][c], u[c], four);
        }
    }
}

LMI_ALWAYS void begin_sums(sums *s, const size_t R, const size_t C, const int32_t *sum,
                           const rows *x)
{
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        const __m512i first = _mm512_set1_epi32(-x->bias * sum[r * x->n_groups]);

        LMI_UNROLL for (size_t c = 0; c < C; c++) s->acc[r][c] = first;
    }
}

LMI_ALWAYS void add_scaled(sums *s, const size_t R, const size_t C, const __m512 *scale,
                           const rows *x, size_t group)
{
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        const __m512 d = _mm512_set1_ps(x->scale[r * x->n_groups + group]);

        LMI_UNROLL for (size_t c = 0; c < C; c++) s->y[r][c] = _mm512_fmadd_ps(
            _mm512_cvtepi32_ps(s->acc[r][c]), _mm512_mul_ps(scale[c], d), s->y[r][c]);
    }
}

LMI_ALWAYS void add_least(sums *s, const size_t R, const size_t C, const side *w, const rows *x,
                          size_t group)
{
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        const size_t at = r * x->n_groups + group;
        const __m512 sum = _mm512_set1_ps(x->scale[at] * (float)x->sum[at]);

        LMI_UNROLL for (size_t c = 0; c < C; c++) s->y[r][c] =
            _mm512_fmadd_ps(_mm512_loadu_ps(w->panel[c].least[group]), sum, s->y[r][c]);
    }
}

LMI_ALWAYS __m512 scale_of(const side *w, size_t c, size_t group, size_t half)
{
    const uint8_t *behind = w->u[c] + w->stride * group + LMI_GROUP_BYTES;

    return w->panel ? _mm512_loadu_ps(w->panel[c].scale[group][half])
                    : _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)behind));
}

/* One group whose columns share a scale, and one whose halves do. */
LMI_ALWAYS void whole_group(sums *s, const size_t R, const size_t C, const side *w, const rows *x,
                            size_t g, const bool has_least)
{
    __m512 scale[TILES];

    begin_sums(s, R, C, x->sum + g, x);
    multiply_words(s, R, C, w, x, g, 0, WORDS);
    LMI_UNROLL for (size_t c = 0; c < C; c++) scale[c] = scale_of(w, c, g, 0);
    add_scaled(s, R, C, scale, x, g);
    if (has_least && w->panel)
        add_least(s, R, C, w, x, g);
}

LMI_ALWAYS void halved_group(sums *s, const size_t R, const size_t C, const side *w, const rows *x,
                             size_t g)
{
    LMI_UNROLL for (size_t half = 0; half < 2; half++)
    {
        __m512 scale[TILES];

        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const size_t at = r * x->n_groups + g;
            const int sum = half ? x->sum[at] - x->half[at] : x->half[at];

            LMI_UNROLL for (size_t c = 0; c < C; c++) s->acc[r][c] =
                _mm512_set1_epi32(-x->bias * sum);
        }
        multiply_words(s, R, C, w, x, g, 4 * half, 4 * half + 4);
        LMI_UNROLL for (size_t c = 0; c < C; c++) scale[c] = scale_of(w, c, g, half);
        add_scaled(s, R, C, scale, x, g);
    }
}

/* Ask for a group of what is wanted soon: memory is slower than the sums. */
LMI_ALWAYS void look_ahead(const size_t C, const side *w, size_t group)
{
    LMI_UNROLL for (size_t c = 0; c < C; c++)
        lmi_look_ahead(w->ahead[c] + w->n_ahead * group, w->n_ahead);
}

/* R rows and C tiles over all groups of `w`. */
LMI_ALWAYS void step(const size_t R, const size_t C, const side *w, const rows *x,
                     const bool has_least, const bool is_halved)
{
    sums s;

    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t c = 0; c < C; c++) s.y[r][c] =
        x->goes_on ? _mm512_loadu_ps(x->y + r * x->y_stride + LMI_TILE * c) : _mm512_setzero_ps();
    for (size_t g = 0; g < w->n; g++) {
        if (w->ahead[0])
            look_ahead(C, w, g);
        if (is_halved)
            halved_group(&s, R, C, w, x, g);
        else
            whole_group(&s, R, C, w, x, g, has_least);
    }
    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t c = 0; c < C; c++)
        _mm512_storeu_ps(x->y + r * x->y_stride + LMI_TILE * c, s.y[r][c]);
}

LMI_ALWAYS void step_rows(size_t n, const size_t C, const side *w, const rows *x,
                          const bool has_least, const bool is_halved)
{
    switch (n) {
    case 1:
        step(1, C, w, x, has_least, is_halved);
        break;
    case 2:
        step(2, C, w, x, has_least, is_halved);
        break;
    case 3:
        step(3, C, w, x, has_least, is_halved);
        break;
    case 4:
        step(4, C, w, x, has_least, is_halved);
        break;
    case 5:
        step(5, C, w, x, has_least, is_halved);
        break;
    default:
        step(ROWS, C, w, x, has_least, is_halved);
    }
}

typedef void (*step_fn)(size_t n, const side *w, const rows *x);

#define STEP(name, C, has_least, is_halved)                                                        \
    static void name(size_t n, const side *w, const rows *x)                                       \
    {                                                                                              \
        step_rows(n, C, w, x, has_least, is_halved);                                               \
    }

STEP(step_plain, 1, false, false)
STEP(step_plain_2, 2, false, false)
STEP(step_least, 1, true, false)
STEP(step_least_2, 2, true, false)
STEP(step_halved, 1, false, true)
STEP(step_halved_2, 2, false, true)

static step_fn choose(lmi_reading how, size_t n_tiles)
{
    if (how.has_least)
        return n_tiles == TILES ? step_least_2 : step_least;
    if (how.is_halved)
        return n_tiles == TILES ? step_halved_2 : step_halved;
    return n_tiles == TILES ? step_plain_2 : step_plain;
}

/* All rows meet the groups from `group` on; the first ones look ahead. */
static void pass(const lmi_product *p, side *w, step_fn fn, int bias, size_t group, float *y)
{
    const lmi_operand *x = p->x;
    const size_t n_cols = x->n_cols, n_groups = n_cols / LMI_GROUP;
    size_t row;

    for (row = p->begin; row < p->end; row += ROWS) {
        const size_t at = row * n_groups + group;
        const rows part = {.q = x->q + row * n_cols + group * LMI_GROUP,
                           .scale = x->scale + at,
                           .sum = x->sum + at,
                           .half = x->half + at,
                           .n_cols = n_cols,
                           .n_groups = n_groups,
                           .bias = bias,
                           .goes_on = group > 0,
                           .y = y + row * p->y_stride,
                           .y_stride = p->y_stride};

        fn(p->end - row < ROWS ? p->end - row : ROWS, w, &part);
        w->ahead[0] = NULL;
    }
}

/* Where the groups lie that come `n` after `group` of the tiles from `t` on: in these, or in the
 * next ones. */
static void find_ahead(side *w, const lmi_product *p, size_t t, size_t n_tiles, size_t group,
                       size_t n)
{
    const size_t n_groups = p->x->n_cols / LMI_GROUP, at = group + n;
    const size_t next = t + at / n_groups * n_tiles;
    size_t c;

    w->n_ahead = p->layout->size * LMI_TILE * LMI_GROUP / p->layout->n_cols;
    for (c = 0; next + n_tiles <= p->n_tiles && c < n_tiles; c++)
        w->ahead[c] = p->tiles + p->tile_size * (next + c) + w->n_ahead * (at % n_groups);
}

/* Tiles that are panels as they are, so many groups at a time. One tile is read as fast as memory
 * can: the processor sees by itself what comes. */
static void multiply_direct(const lmi_product *p, size_t t, size_t n_tiles)
{
    const size_t stride = p->layout->size * LMI_TILE;
    const size_t n_groups = p->x->n_cols / LMI_GROUP;
    const step_fn fn = n_tiles == TILES ? step_plain_2 : step_plain;
    size_t group;

    for (group = 0; group < n_groups; group += GROUPS) {
        const uint8_t *u = p->tiles + p->tile_size * t + stride * group;
        side w = {.u = {u, u + p->tile_size},
                  .stride = stride,
                  .n = n_groups - group < GROUPS ? n_groups - group : GROUPS};

        if (n_tiles > 1)
            find_ahead(&w, p, t, n_tiles, group, w.n);
        pass(p, &w, fn, BIAS, group, p->y + LMI_TILE * t);
    }
}

static void multiply_panels(const lmi_product *p, size_t t, size_t n_tiles)
{
    enum { AHEAD = 4 * LMI_PANEL_GROUPS };
    const lmi_reading how = lmi_panel_reading(p->layout->type);
    const size_t n_groups = p->x->n_cols / LMI_GROUP;
    const int bias = how.n_words ? how.bias : BIAS;
    lmi_panel panel[TILES];
    size_t group, c;

    for (group = 0; group < n_groups; group += LMI_PANEL_GROUPS) {
        const size_t left = n_groups - group;
        side w = {.u = {panel[0].u[0], panel[1].u[0]},
                  .panel = panel,
                  .stride = LMI_GROUP_BYTES,
                  .n = left < LMI_PANEL_GROUPS ? left : LMI_PANEL_GROUPS};

        for (c = 0; c < n_tiles; c++)
            lmi_panel_fill(&panel[c], &lmi_avx512_fillers, p->layout,
                           p->tiles + p->tile_size * (t + c), group, w.n);
        find_ahead(&w, p, t, n_tiles, group, AHEAD);
        pass(p, &w, choose(how, n_tiles), bias, group, p->y + LMI_TILE * t);
    }
}

/* Few rows wait for memory, which is fastest in one stream. */
void lmi_avx512_int8(const lmi_product *p)
{
    const size_t at_once = p->end - p->begin < ROWS ? 1 : TILES;
    size_t t;

    for (t = 0; t < p->n_tiles; t += at_once) {
        const size_t n = p->n_tiles - t < at_once ? 1 : at_once;

        if (p->layout->type == GGML_TYPE_Q8_0)
            multiply_direct(p, t, n);
        else
            multiply_panels(p, t, n);
    }
}

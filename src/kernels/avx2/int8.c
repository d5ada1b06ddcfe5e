/*
 * int8.c - products of int8 activations with bytes, in 16 bits and 32.
 *
 * Up to four rows of activations meet one tile: eight rows of weights in each of two registers.
 * Each group of 32 columns is summed in integers, exactly, then scaled and added to the row's sum;
 * groups come in order, so that a sum is the same whatever is beside it.
 *
 *      unsigned bytes   maddubs(u, q): pairs in 16 bits, some words of which are added before madd
 *      signed bytes     maddubs(|w|, q with w's sign), then madd; for several rows words.c
 */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx2/int8.h"

enum { WORDS = 8, SIGNED = 0 };

LMI_ALWAYS __m256i four_columns(const int8_t *q)
{
    int32_t word;

    memcpy(&word, q, sizeof(word));
    return _mm256_set1_epi32(word);
}

LMI_ALWAYS __m256i load(const uint8_t *u, size_t word, size_t part)
{
    return _mm256_load_si256((const __m256i *)(u + 64 * word + 32 * part));
}

/* acc += u . q over words [begin, end) of a group, all of whose pairs fit 16 bits together. */
LMI_ALWAYS void add_unsigned(lmi_ints acc, const size_t R, const uint8_t *u, const int8_t *q,
                             size_t stride, const size_t begin, const size_t end)
{
    lmi_ints pairs;

    LMI_UNROLL for (size_t r = 0; r < R; r++) pairs[r][0] = pairs[r][1] = _mm256_setzero_si256();
    LMI_UNROLL for (size_t i = begin; i < end; i++)
    {
        const __m256i a = load(u, i, 0), b = load(u, i, 1);

        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const __m256i x = four_columns(q + r * stride + 4 * i);

            pairs[r][0] = _mm256_add_epi16(pairs[r][0], _mm256_maddubs_epi16(a, x));
            pairs[r][1] = _mm256_add_epi16(pairs[r][1], _mm256_maddubs_epi16(b, x));
        }
    }
    LMI_UNROLL for (size_t r = 0; r < R; r++) LMI_UNROLL for (size_t p = 0; p < LMI_PARTS; p++)
        acc[r][p] =
            _mm256_add_epi32(acc[r][p], _mm256_madd_epi16(pairs[r][p], _mm256_set1_epi16(1)));
}

LMI_ALWAYS void add_signed(lmi_ints acc, const size_t R, const uint8_t *u, const int8_t *q,
                           size_t stride)
{
    const __m256i one = _mm256_set1_epi16(1);

    LMI_UNROLL for (size_t i = 0; i < WORDS; i++) LMI_UNROLL for (size_t p = 0; p < LMI_PARTS; p++)
    {
        const __m256i w = load(u, i, p), size = _mm256_abs_epi8(w);

        LMI_UNROLL for (size_t r = 0; r < R; r++)
        {
            const __m256i x = _mm256_sign_epi8(four_columns(q + r * stride + 4 * i), w);

            acc[r][p] =
                _mm256_add_epi32(acc[r][p], _mm256_madd_epi16(_mm256_maddubs_epi16(size, x), one));
        }
    }
}

/* Words [begin, end) of a group, without the bias. */
LMI_ALWAYS void add_words(lmi_ints acc, const size_t R, const size_t n_words, const uint8_t *u,
                          const int8_t *q, size_t stride, const size_t begin, const size_t end)
{
    if (n_words == SIGNED)
        add_signed(acc, R, u, q, stride);
    else
        LMI_UNROLL for (size_t i = begin; i < end; i += n_words)
            add_unsigned(acc, R, u, q, stride, i, i + n_words);
}

LMI_ALWAYS void add_least(const lmi_rows *x, const size_t R, const float *least, size_t group)
{
    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        const size_t at = r * x->n_groups + group;
        const __m256 sum = _mm256_set1_ps(x->scale[at] * (float)x->sum[at]);
        float *y = x->y + r * x->y_stride;

        LMI_UNROLL for (size_t p = 0; p < LMI_PARTS; p++)
            _mm256_storeu_ps(y + 8 * p, _mm256_fmadd_ps(_mm256_loadu_ps(least + 8 * p), sum,
                                                        _mm256_loadu_ps(y + 8 * p)));
    }
}

/* One group, or one half of it. */
LMI_ALWAYS void part_of_group(const lmi_rows *x, const size_t R, const lmi_panel *panel, size_t g,
                              const lmi_reading how, const size_t begin, const size_t end)
{
    const int8_t *q = x->q + LMI_GROUP * g;
    int biases[LMI_ROWS];
    lmi_ints acc;

    LMI_UNROLL for (size_t r = 0; r < R; r++)
    {
        const size_t at = r * x->n_groups + g;
        const int sum = end - begin == WORDS ? x->sum[at]
                        : begin == 0         ? x->half[at]
                                             : x->sum[at] - x->half[at];

        biases[r] = how.bias * sum;
        acc[r][0] = acc[r][1] = _mm256_setzero_si256();
    }
    add_words(acc, R, how.n_words, panel->u[g], q, x->n_cols, begin, end);
    lmi_add_scaled(x, R, acc, panel->scale[g][begin > 0], g, biases);
}

LMI_ALWAYS void step(const lmi_rows *x, const size_t R, const lmi_panel *panel, size_t n,
                     const lmi_reading how)
{
    for (size_t g = 0; g < n; g++) {
        if (how.is_halved) {
            part_of_group(x, R, panel, g, how, 0, WORDS / 2);
            part_of_group(x, R, panel, g, how, WORDS / 2, WORDS);
        } else {
            part_of_group(x, R, panel, g, how, 0, WORDS);
        }
        if (how.has_least)
            add_least(x, R, panel->least[g], g);
    }
}

LMI_ALWAYS void step_rows(const lmi_rows *x, size_t n_rows, const lmi_panel *panel, size_t n,
                          const lmi_reading how)
{
    if (n_rows == 1)
        step(x, 1, panel, n, how);
    else if (n_rows == 2)
        step(x, 2, panel, n, how);
    else if (n_rows == 3)
        step(x, 3, panel, n, how);
    else
        step(x, LMI_ROWS, panel, n, how);
}

/* Each way of reading is compiled for itself. */
static void step_as(const lmi_rows *x, size_t n_rows, const lmi_panel *panel, size_t n,
                    const lmi_reading how)
{
    if (how.n_words == SIGNED)
        step_rows(x, n_rows, panel, n, (lmi_reading){0});
    else if (how.is_halved)
        step_rows(x, n_rows, panel, n, (lmi_reading){.bias = 32, .n_words = 2, .is_halved = true});
    else if (how.n_words == 8)
        step_rows(x, n_rows, panel, n,
                  (lmi_reading){.bias = how.bias, .n_words = 8, .has_least = how.has_least});
    else
        step_rows(x, n_rows, panel, n,
                  (lmi_reading){.bias = how.bias, .n_words = 4, .has_least = how.has_least});
}

static void pass(const lmi_product *p, const lmi_panel *panel, const lmi_wide_panel *words,
                 size_t group, size_t n, float *y)
{
    const lmi_reading how = lmi_panel_reading(p->layout->type);
    const size_t n_cols = p->x->n_cols, n_groups = n_cols / LMI_GROUP;
    size_t row;

    for (row = p->begin; row < p->end; row += LMI_ROWS) {
        const size_t at = row * n_groups + group;
        const lmi_rows part = {.q = p->x->q + row * n_cols + group * LMI_GROUP,
                               .words =
                                   words ? p->x->words + row * n_cols + group * LMI_GROUP : NULL,
                               .scale = p->x->scale + at,
                               .sum = p->x->sum + at,
                               .half = p->x->half + at,
                               .n_cols = n_cols,
                               .n_groups = n_groups,
                               .y = y + row * p->y_stride,
                               .y_stride = p->y_stride};

        const size_t n_rows = p->end - row < LMI_ROWS ? p->end - row : LMI_ROWS;

        if (words)
            lmi_avx2_words(&part, n_rows, panel, words, n);
        else
            step_as(&part, n_rows, panel, n, how);
    }
}

/* Whether the processor does not see by itself what comes: it does where few rows run through
 * blocks that are read from their beginning to their end. */
static bool must_ask(const lmi_product *p)
{
    enum { SHORT = 4 }; /* words of a second run that is still near */

    return p->end - p->begin >= LMI_ROWS || p->layout->runs[1].n > SHORT;
}

/* Ask for what comes some panels after the one at `at`, in this tile or the next one. */
static void look_ahead(const lmi_product *p, const uint8_t *at, size_t n)
{
    enum { PANELS = 2 };
    const uint8_t *end = p->tiles + p->tile_size * p->n_tiles;

    if (must_ask(p) && (size_t)(end - at) >= (PANELS + 1) * n)
        lmi_look_ahead(at + PANELS * n, n);
}

/* So many rows are worth that weights become words. */
enum { FEW = 2 };

static void multiply_tile(const lmi_product *p, const uint8_t *tile, float *y)
{
    const size_t n_groups = p->x->n_cols / LMI_GROUP;
    const size_t size = p->layout->size * LMI_TILE * LMI_GROUP / p->layout->n_cols;
    const bool is_wide = p->x->words && p->end - p->begin >= FEW;
    lmi_panel panel;
    lmi_wide_panel words;
    size_t row;
    size_t group;

    for (row = p->begin; row < p->end; row++)
        memset(y + row * p->y_stride, 0, sizeof(*y) * LMI_TILE);
    for (group = 0; group < n_groups; group += LMI_PANEL_GROUPS) {
        const size_t left = n_groups - group;
        const size_t n = left < LMI_PANEL_GROUPS ? left : LMI_PANEL_GROUPS;

        lmi_panel_fill(&panel, &lmi_avx2_fillers, p->layout, tile, group, n);
        if (is_wide)
            lmi_avx2_widen(&words, &panel, n);
        look_ahead(p, tile + size * group, size * n);
        pass(p, &panel, is_wide ? &words : NULL, group, n, y);
    }
}

void lmi_avx2_int8(const lmi_product *p)
{
    size_t t;

    for (t = 0; t < p->n_tiles; t++)
        multiply_tile(p, p->tiles + p->tile_size * t, p->y + LMI_TILE * t);
}

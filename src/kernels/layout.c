/* layout.c - words of 16 rows change places, and back. */
#include "kernels/layout.h"

#include <string.h>

enum { WORD = 4, HALF = 2, WORDS = WORD * LMI_TILE };

/* Offsets are those of the structs in libggml's ggml-common.h, which GGUF files hold. */
static const lmi_layout LAYOUTS[] = {
    {GGML_TYPE_F32, 1, 4, {{0, 1}}, -1, 0},
    {GGML_TYPE_F16, 1, 2, {{0, 0}}, 0, 0},
    {GGML_TYPE_BF16, 2, 4, {{0, 1}}, -1, 0},
    {GGML_TYPE_Q8_0, 32, 34, {{2, 8}}, 0, 0x80808080},
    {GGML_TYPE_Q4_0, 32, 18, {{2, 4}}, 0, 0},
    {GGML_TYPE_IQ4_NL, 32, 18, {{2, 4}}, 0, 0},
    {GGML_TYPE_Q4_1, 32, 20, {{4, 4}, {0, 1}}, -1, 0},
    {GGML_TYPE_Q5_0, 32, 22, {{6, 4}, {2, 1}}, 0, 0},
    {GGML_TYPE_Q5_1, 32, 24, {{8, 4}, {4, 1}, {0, 1}}, -1, 0},
    {GGML_TYPE_Q4_K, 256, 144, {{16, 32}, {4, 3}, {0, 1}}, -1, 0},
    {GGML_TYPE_Q5_K, 256, 176, {{48, 32}, {16, 8}, {4, 3}, {0, 1}}, -1, 0},
    {GGML_TYPE_Q6_K, 256, 210, {{0, 32}, {128, 16}, {192, 4}}, 208, 0},
};

const lmi_layout *lmi_layout_of(enum ggml_type type)
{
    size_t i;

    for (i = 0; i < sizeof(LAYOUTS) / sizeof(LAYOUTS[0]); i++)
        if (LAYOUTS[i].type == type)
            return &LAYOUTS[i];
    return NULL;
}

bool lmi_layout_fits(enum ggml_type type, int64_t n_cols, int64_t n_rows)
{
    const lmi_layout *layout = lmi_layout_of(type);

    return layout && n_cols > 0 && n_cols % LMI_GROUP == 0 &&
           n_cols % (int64_t)layout->n_cols == 0 && n_cols <= INT32_MAX && n_rows > 0 &&
           n_rows % LMI_TILE == 0;
}

/* One run of all rows; `to` moves on. */
static uint8_t *pack_run(uint8_t *to, const uint8_t *from, size_t row_size, size_t n, uint32_t flip)
{
    size_t i, r;

    for (i = 0; i < n; i++)
        for (r = 0; r < LMI_TILE; r++, to += WORD) {
            uint32_t word;

            memcpy(&word, from + r * row_size + i * WORD, WORD);
            word ^= flip;
            memcpy(to, &word, WORD);
        }
    return to;
}

/* `n` halves of all rows. */
static uint8_t *pack_halves(uint8_t *to, const uint8_t *from, size_t row_size, size_t n)
{
    size_t i, r;

    for (i = 0; i < n; i++)
        for (r = 0; r < LMI_TILE; r++, to += HALF)
            memcpy(to, from + r * row_size + i * HALF, HALF);
    return to;
}

static uint8_t *pack_block(uint8_t *to, const lmi_layout *layout, const uint8_t *from,
                           size_t row_size)
{
    size_t i;

    for (i = 0; i < LMI_RUNS_MAX && layout->runs[i].n > 0; i++)
        to = pack_run(to, from + layout->runs[i].offset, row_size, layout->runs[i].n,
                      i == 0 ? layout->flip : 0);
    return layout->half < 0 ? to : pack_halves(to, from + layout->half, row_size, 1);
}

void lmi_layout_pack(const lmi_layout *layout, void *rows, size_t row_size, void *spare)
{
    const uint8_t *from = spare;
    uint8_t *to = rows;
    size_t at;

    memcpy(spare, rows, row_size * LMI_TILE);
    if (layout->size == HALF) /* a whole row is one run */
        pack_halves(to, from, row_size, row_size / HALF);
    else if (layout->size == WORD)
        pack_run(to, from, row_size, row_size / WORD, 0);
    else
        for (at = 0; at < row_size; at += layout->size)
            to = pack_block(to, layout, from + at, row_size);
}

void lmi_layout_unpack(void *out, const lmi_layout *layout, const void *tile, size_t block,
                       size_t row)
{
    const uint8_t *from = (const uint8_t *)tile + block * layout->size * LMI_TILE;
    uint8_t *to = out;
    size_t i, k;

    for (i = 0; i < LMI_RUNS_MAX && layout->runs[i].n > 0; i++)
        for (k = 0; k < layout->runs[i].n; k++, from += (size_t)WORDS) {
            uint32_t word;

            memcpy(&word, from + row * WORD, WORD);
            word ^= i == 0 ? layout->flip : 0;
            memcpy(to + layout->runs[i].offset + k * WORD, &word, WORD);
        }
    if (layout->half >= 0)
        memcpy(to + layout->half, from + row * HALF, HALF);
}

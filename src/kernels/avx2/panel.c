/* panel.c - each type's way of unpacking a tile: loops over bytes, made vectors by the compiler. */
#include "kernels/avx2/avx2.h"

#include <immintrin.h>
#include <string.h>

enum {
    WORD = 64,
    NIBBLES = 256,
    BLOCK = 256
}; /* bytes: of a word of 16 rows, of nibbles of a group */

/* 16 halves as floats. */
static void halves(float *out, const uint8_t *at)
{
    _mm256_storeu_ps(out, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)at)));
    _mm256_storeu_ps(out + 8, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(at + 16))));
}

/* A word of each row is two halves: the lower ones, and the upper ones. */
static void two_halves(float *low, float *high, const uint8_t *at)
{
    uint16_t a[LMI_TILE], b[LMI_TILE];
    size_t r;

    for (r = 0; r < LMI_TILE; r++) {
        memcpy(&a[r], at + 4 * r, 2);
        memcpy(&b[r], at + 4 * r + 2, 2);
    }
    halves(low, (const uint8_t *)a);
    halves(high, (const uint8_t *)b);
}

static void put_nibbles(uint8_t *low, uint8_t *high, const uint8_t *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        low[i] = b[i] & 15;
        high[i] = b[i] >> 4;
    }
}

static void fill_q8_0(lmi_panel *p, size_t group, const uint8_t *b)
{
    size_t i;

    for (i = 0; i < LMI_GROUP_BYTES; i++)
        p->u[group][i] = b[i] ^ 0x80; /* a tile has them + 128 */
    halves(p->scale[group][0], b + LMI_GROUP_BYTES);
}

static void fill_q4_0(lmi_panel *p, size_t group, const uint8_t *b)
{
    put_nibbles(p->u[group], p->u[group] + NIBBLES, b, NIBBLES);
    halves(p->scale[group][0], b + NIBBLES);
}

static void fill_iq4_nl(lmi_panel *p, size_t group, const uint8_t *b)
{
    const __m256i values = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113));
    size_t i;

    fill_q4_0(p, group, b);
    for (i = 0; i < LMI_GROUP_BYTES; i += 32) {
        __m256i *at = (__m256i *)(p->u[group] + i);

        _mm256_store_si256(at, _mm256_shuffle_epi8(values, _mm256_load_si256(at)));
    }
}

static void fill_q4_1(lmi_panel *p, size_t group, const uint8_t *b)
{
    put_nibbles(p->u[group], p->u[group] + NIBBLES, b, NIBBLES);
    two_halves(p->scale[group][0], p->least[group], b + NIBBLES);
}

/* The 32 bits of each row become the fifth bits of its 32 columns. */
static void add_fifth_bits(uint8_t *u, const uint8_t *bits)
{
    const __m256i which = _mm256_setr_epi32(0, 0x04040404, 0x08080808, 0x0c0c0c0c, 0, 0x04040404,
                                            0x08080808, 0x0c0c0c0c);
    size_t i, h;

    for (i = 0; i < 8; i++)
        for (h = 0; h < 2; h++) {
            const __m256i row = _mm256_loadu_si256((const __m256i *)(bits + 32 * h));
            const __m256i at = _mm256_set1_epi32((int)(0x08040201u << (4 * (i & 1))));
            const __m256i byte =
                _mm256_shuffle_epi8(row, _mm256_add_epi8(which, _mm256_set1_epi8((char)(i / 2))));
            const __m256i is_set = _mm256_cmpeq_epi8(_mm256_and_si256(byte, at), at);
            __m256i *to = (__m256i *)(u + WORD * i + 32 * h);

            _mm256_store_si256(to, _mm256_or_si256(_mm256_load_si256(to),
                                                   _mm256_and_si256(is_set, _mm256_set1_epi8(16))));
        }
}

static void fill_q5_0(lmi_panel *p, size_t group, const uint8_t *b)
{
    put_nibbles(p->u[group], p->u[group] + NIBBLES, b, NIBBLES);
    add_fifth_bits(p->u[group], b + NIBBLES);
    halves(p->scale[group][0], b + NIBBLES + WORD);
}

static void fill_q5_1(lmi_panel *p, size_t group, const uint8_t *b)
{
    put_nibbles(p->u[group], p->u[group] + NIBBLES, b, NIBBLES);
    add_fifth_bits(p->u[group], b + NIBBLES);
    two_halves(p->scale[group][0], p->least[group], b + NIBBLES + WORD);
}

static uint32_t word_of(const uint8_t *b, size_t word, size_t row)
{
    uint32_t w;

    memcpy(&w, b + WORD * word + 4 * row, sizeof(w));
    return w;
}

/* Scales and least values of group i and 4 + i of a block of Q4_K or Q5_K: 12 bytes in the 3 words
 * from `b` on hold 16 numbers of 6 bits, which two halves are multiplied with. */
static void fill_k_scales(lmi_panel *p, size_t group, const uint8_t *b)
{
    float d[LMI_TILE], least[LMI_TILE];
    size_t i, r;

    two_halves(d, least, lmi_from_word(b, 3));
    for (i = 0; i < 4; i++)
        for (r = 0; r < LMI_TILE; r++) {
            const uint32_t w0 = word_of(b, 0, r) >> (8 * i), w1 = word_of(b, 1, r) >> (8 * i);
            const uint32_t w2 = word_of(b, 2, r) >> (8 * i);

            p->scale[group + i][0][r] = d[r] * (float)(int)(w0 & 63);
            p->least[group + i][r] = -least[r] * (float)(int)(w1 & 63);
            p->scale[group + 4 + i][0][r] = d[r] * (float)(int)((w2 & 15) | ((w0 >> 6 & 3) << 4));
            p->least[group + 4 + i][r] =
                -least[r] * (float)(int)((w2 >> 4 & 15) | ((w1 >> 6 & 3) << 4));
        }
}

static void put_k_nibbles(lmi_panel *p, size_t group, const uint8_t *b)
{
    size_t pair;

    for (pair = 0; pair < 4; pair++)
        put_nibbles(p->u[group + 2 * pair], p->u[group + 2 * pair + 1], lmi_from_word(b, 8 * pair),
                    LMI_GROUP_BYTES);
}

static void fill_q4_k(lmi_panel *p, size_t group, const uint8_t *b)
{
    put_k_nibbles(p, group, b);
    fill_k_scales(p, group, lmi_from_word(b, 32));
}

static void fill_q5_k(lmi_panel *p, size_t group, const uint8_t *b)
{
    const uint8_t *fifth = lmi_from_word(b, 32);
    size_t k, i;

    put_k_nibbles(p, group, b);
    for (k = 0; k < LMI_PANEL_GROUPS; k++)
        for (i = 0; i < LMI_GROUP_BYTES; i++)
            p->u[group + k][i] |= (uint8_t)((fifth[i] >> k & 1) << 4);
    fill_k_scales(p, group, lmi_from_word(b, 40));
}

/* 128 columns of Q6_K: the lower nibbles of 16 words are two groups, the upper ones two more. */
static void fill_q6_k_half(lmi_panel *p, size_t group, const uint8_t *lows, const uint8_t *tops)
{
    size_t k, i;

    put_nibbles(p->u[group], p->u[group + 2], lows, LMI_GROUP_BYTES);
    put_nibbles(p->u[group + 1], p->u[group + 3], lmi_from_word(lows, 8), LMI_GROUP_BYTES);
    for (k = 0; k < 4; k++)
        for (i = 0; i < LMI_GROUP_BYTES; i++)
            p->u[group + k][i] |= (uint8_t)((tops[i] >> (2 * k) & 3) << 4);
}

static void fill_q6_k(lmi_panel *p, size_t group, const uint8_t *b)
{
    float d[LMI_TILE];
    size_t i, r;

    halves(d, lmi_from_word(b, 52));
    fill_q6_k_half(p, group, b, lmi_from_word(b, 32));
    fill_q6_k_half(p, group + 4, lmi_from_word(b, 16), lmi_from_word(b, 40));
    for (i = 0; i < 16; i++)
        for (r = 0; r < LMI_TILE; r++)
            p->scale[group + i / 2][i % 2][r] =
                d[r] * (float)(int8_t)lmi_from_word(b, 48 + i / 4)[4 * r + i % 4];
}

const lmi_fillers lmi_avx2_fillers = {.q8_0 = fill_q8_0,
                                      .q4_0 = fill_q4_0,
                                      .iq4_nl = fill_iq4_nl,
                                      .q4_1 = fill_q4_1,
                                      .q5_0 = fill_q5_0,
                                      .q5_1 = fill_q5_1,
                                      .q4_k = fill_q4_k,
                                      .q5_k = fill_q5_k,
                                      .q6_k = fill_q6_k};

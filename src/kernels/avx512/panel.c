/* panel.c - each type's way of unpacking a tile. Lanes are rows, each with four columns. */
#include "kernels/avx512/avx512.h"

#include <immintrin.h>

typedef __m512i ints;

/* The nibbles of 64 bytes, and 16 little numbers of 16 bits as floats. */
static inline ints low_half(ints v)
{
    return _mm512_and_si512(v, _mm512_set1_epi8(15));
}

static inline ints high_half(ints v)
{
    return low_half(_mm512_srli_epi16(v, 4));
}

static inline __m512 halves(const uint8_t *at)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)at));
}

/* The lower 16 bits of each lane, from bit `shift` on, as a float. */
static inline __m512 half_in(ints v, unsigned shift)
{
    return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(v, shift)));
}

static inline ints word(const uint8_t *at, size_t i)
{
    return _mm512_loadu_si512(at + 64 * i);
}

static inline void put(lmi_panel *p, size_t group, size_t i, ints u)
{
    _mm512_store_si512(p->u[group] + 64 * i, u);
}

static inline void put_scale(lmi_panel *p, size_t group, __m512 scale)
{
    _mm512_storeu_ps(p->scale[group][0], scale);
}

static inline void put_least(lmi_panel *p, size_t group, __m512 least)
{
    _mm512_storeu_ps(p->least[group], least);
}

/* Bits [4 i, 4 i + 4) of each lane, as the fifth bits of its 4 bytes. */
static inline ints fifth_bits(ints bits, size_t i)
{
    const ints at = _mm512_set1_epi32((int)(0x08040201u << (4 * (i & 1))));
    const ints which = _mm512_set4_epi32(0x0c0c0c0c, 0x08080808, 0x04040404, 0);
    const ints byte =
        _mm512_shuffle_epi8(bits, _mm512_add_epi8(which, _mm512_set1_epi8((char)(i / 2))));

    return _mm512_maskz_set1_epi8(_mm512_test_epi8_mask(byte, at), 16);
}

static void fill_q8_0(lmi_panel *p, size_t group, const uint8_t *b)
{
    size_t i;

    for (i = 0; i < 8; i++)
        put(p, group, i, word(b, i));
    put_scale(p, group, halves(b + 512));
}

static void fill_nibbles(lmi_panel *p, size_t group, const uint8_t *b)
{
    size_t i;

    for (i = 0; i < 4; i++) {
        put(p, group, i, low_half(word(b, i)));
        put(p, group, 4 + i, high_half(word(b, i)));
    }
}

static void fill_q4_0(lmi_panel *p, size_t group, const uint8_t *b)
{
    fill_nibbles(p, group, b);
    put_scale(p, group, halves(b + 256));
}

static void fill_iq4_nl(lmi_panel *p, size_t group, const uint8_t *b)
{
    /* the 16 values of the type, + 128 */
    const ints values = _mm512_broadcast_i32x4(
        _mm_setr_epi8(1, 24, 45, 63, 79, 93, 106, 118, -127, -115, -103, -90, -75, -59, -39, -15));
    size_t i;

    for (i = 0; i < 4; i++) {
        put(p, group, i, _mm512_shuffle_epi8(values, low_half(word(b, i))));
        put(p, group, 4 + i, _mm512_shuffle_epi8(values, high_half(word(b, i))));
    }
    put_scale(p, group, halves(b + 256));
}

static void fill_q4_1(lmi_panel *p, size_t group, const uint8_t *b)
{
    fill_nibbles(p, group, b);
    put_scale(p, group, half_in(word(b, 4), 0));
    put_least(p, group, half_in(word(b, 4), 16));
}

static void fill_five_bits(lmi_panel *p, size_t group, const uint8_t *b)
{
    const ints fifth = word(b, 4);
    size_t i;

    for (i = 0; i < 4; i++) {
        put(p, group, i, _mm512_or_si512(low_half(word(b, i)), fifth_bits(fifth, i)));
        put(p, group, 4 + i, _mm512_or_si512(high_half(word(b, i)), fifth_bits(fifth, 4 + i)));
    }
}

static void fill_q5_0(lmi_panel *p, size_t group, const uint8_t *b)
{
    fill_five_bits(p, group, b);
    put_scale(p, group, halves(b + 320));
}

static void fill_q5_1(lmi_panel *p, size_t group, const uint8_t *b)
{
    fill_five_bits(p, group, b);
    put_scale(p, group, half_in(word(b, 5), 0));
    put_least(p, group, half_in(word(b, 5), 16));
}

/* Some bits of each lane. */
static inline ints bits_at(ints v, size_t shift, int mask)
{
    return _mm512_and_si512(_mm512_srli_epi32(v, (unsigned)shift), _mm512_set1_epi32(mask));
}

/* Scales and least values of the 8 groups of a block of Q4_K or Q5_K: 12 bytes in the 3 words from
 * `b` on hold 16 numbers of 6 bits, then come two halves by which they are multiplied. */
static void fill_k_scales(lmi_panel *p, size_t group, const uint8_t *b)
{
    const ints w0 = word(b, 0), w1 = word(b, 1), w2 = word(b, 2);
    const __m512 d = half_in(word(b, 3), 0);
    const __m512 least = _mm512_sub_ps(_mm512_setzero_ps(), half_in(word(b, 3), 16));
    size_t i;

    for (i = 0; i < 4; i++) {
        const ints scale = _mm512_or_si512(bits_at(w2, 8 * i, 15),
                                           _mm512_slli_epi32(bits_at(w0, 8 * i + 6, 3), 4));
        const ints min = _mm512_or_si512(bits_at(w2, 8 * i + 4, 15),
                                         _mm512_slli_epi32(bits_at(w1, 8 * i + 6, 3), 4));

        put_scale(p, group + i, _mm512_mul_ps(d, _mm512_cvtepi32_ps(bits_at(w0, 8 * i, 63))));
        put_least(p, group + i, _mm512_mul_ps(least, _mm512_cvtepi32_ps(bits_at(w1, 8 * i, 63))));
        put_scale(p, group + 4 + i, _mm512_mul_ps(d, _mm512_cvtepi32_ps(scale)));
        put_least(p, group + 4 + i, _mm512_mul_ps(least, _mm512_cvtepi32_ps(min)));
    }
}

static void fill_q4_k(lmi_panel *p, size_t group, const uint8_t *b)
{
    size_t pair, i;

    for (pair = 0; pair < 4; pair++)
        for (i = 0; i < 8; i++) {
            const ints v = word(b, 8 * pair + i);

            put(p, group + 2 * pair, i, low_half(v));
            put(p, group + 2 * pair + 1, i, high_half(v));
        }
    fill_k_scales(p, group, lmi_from_word(b, 32));
}

static void fill_q5_k(lmi_panel *p, size_t group, const uint8_t *b)
{
    const ints one = _mm512_set1_epi8(1);
    size_t pair, i;

    for (pair = 0; pair < 4; pair++)
        for (i = 0; i < 8; i++) {
            const ints v = word(b, 8 * pair + i);
            const ints fifth = _mm512_srli_epi16(word(b, 32 + i), (unsigned)(2 * pair));
            const ints low = _mm512_slli_epi16(_mm512_and_si512(fifth, one), 4);
            const ints high =
                _mm512_slli_epi16(_mm512_and_si512(_mm512_srli_epi16(fifth, 1), one), 4);

            put(p, group + 2 * pair, i, _mm512_or_si512(low_half(v), low));
            put(p, group + 2 * pair + 1, i, _mm512_or_si512(high_half(v), high));
        }
    fill_k_scales(p, group, lmi_from_word(b, 40));
}

/* Two bits of each byte of `v` from bit `shift` on, as bits 4 and 5. */
static inline ints upper_two(ints v, int shift)
{
    return _mm512_slli_epi16(
        _mm512_and_si512(_mm512_srli_epi16(v, (unsigned)shift), _mm512_set1_epi8(3)), 4);
}

/* 128 columns of Q6_K: the lower nibbles of 16 words are two groups, the upper ones two more. */
static void fill_q6_k_half(lmi_panel *p, size_t group, const uint8_t *lows, const uint8_t *tops)
{
    size_t i;

    for (i = 0; i < 8; i++) {
        const ints a = word(lows, i), b = word(lows, 8 + i), top = word(tops, i);

        put(p, group, i, _mm512_or_si512(low_half(a), upper_two(top, 0)));
        put(p, group + 1, i, _mm512_or_si512(low_half(b), upper_two(top, 2)));
        put(p, group + 2, i, _mm512_or_si512(high_half(a), upper_two(top, 4)));
        put(p, group + 3, i, _mm512_or_si512(high_half(b), upper_two(top, 6)));
    }
}

static void fill_q6_k(lmi_panel *p, size_t group, const uint8_t *b)
{
    const __m512 d = halves(lmi_from_word(b, 52));
    size_t i;

    fill_q6_k_half(p, group, b, lmi_from_word(b, 32));
    fill_q6_k_half(p, group + 4, lmi_from_word(b, 16), lmi_from_word(b, 40));
    for (i = 0; i < 16; i++) {
        const ints scale = _mm512_srai_epi32(
            _mm512_slli_epi32(word(b, 48 + i / 4), (unsigned)(24 - 8 * (i % 4))), 24);

        _mm512_storeu_ps(p->scale[group + i / 2][i % 2],
                         _mm512_mul_ps(d, _mm512_cvtepi32_ps(scale)));
    }
}

const lmi_fillers lmi_avx512_fillers = {.q8_0 = fill_q8_0,
                                        .q4_0 = fill_q4_0,
                                        .iq4_nl = fill_iq4_nl,
                                        .q4_1 = fill_q4_1,
                                        .q5_0 = fill_q5_0,
                                        .q5_1 = fill_q5_1,
                                        .q4_k = fill_q4_k,
                                        .q5_k = fill_q5_k,
                                        .q6_k = fill_q6_k};

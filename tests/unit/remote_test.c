/*
 * remote_test.c - what src/remote does without a server: payloads, event streams, scales.
 *
 * Servers are asked in remote_server_test.c.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "remote/payload.h"
#include "remote/scale.h"
#include "remote/stream.h"
#include "support.h"

/* ---- Payloads ---- */

/* The pickle of a [2, 3] bf16 tensor, which torch 1.13 and 2.13 load. */
static const char pickle_2x3[] =
    "800263746f7263682e5f7574696c730a5f72656275696c645f74656e736f725f76320a28285807000000"
    "73746f7261676563746f7263680a42466c6f6174313653746f726167650a580100000030580300000063"
    "70754a0600000074514a000000004a020000004a03000000864a030000004a0100000086896363"
    "6f6c6c656374696f6e730a4f726465726564446963740a295274522e";

static void to_hex(char *out, const char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02x", (unsigned char)data[i]);
}

static uint64_t number_at(const char *data, size_t n)
{
    uint64_t value = 0;

    while (n-- > 0)
        value = value << 8 | (unsigned char)data[n];
    return value;
}

/* Where the data of the `i`-th entry begins, and its length, by walking the heads. */
static const char *entry(const lmi_buf *zip, size_t i, size_t *len)
{
    const char *at = lmi_buf_text(zip);

    for (;; i--) {
        assert_memory_equal(at, "PK\x03\x04", 4);
        *len = (size_t)number_at(at + 18, 4);
        at += 30 + number_at(at + 26, 2);
        if (i == 0)
            return at;
        at += *len;
    }
}

static void test_a_payload_is_the_bytes_that_torch_loads(void **state)
{
    const float rows[6] = {0, 1, -2, 0.5f, 3.140625f, -0.0f};
    char hex[sizeof(pickle_2x3) + 2] = "";
    size_t len;
    lmi_buf zip;

    (void)state;
    lmi_buf_init(&zip, 4096);
    assert_ok(lmi_payload_zip(&zip, rows, 2, 3, 1, true));
    assert_non_null(entry(&zip, 0, &len));
    assert_int_equal(len, 151);
    to_hex(hex, entry(&zip, 0, &len), 151);
    assert_string_equal(hex, pickle_2x3);
    to_hex(hex, entry(&zip, 2, &len), 12);
    assert_int_equal(len, 12);
    assert_memory_equal(hex, "0000803f00c0003f49400080", 24);
    lmi_buf_clear(&zip);
    assert_ok(lmi_payload_zip(&zip, rows, 2, 3, 1, false));
    entry(&zip, 0, &len);
    assert_int_equal(len, 148);
    assert_memory_equal(entry(&zip, 2, &len), rows, sizeof(rows));
    assert_memory_equal(entry(&zip, 3, &len), "3\n", 2);
    lmi_buf_done(&zip);
}

/* The bits that a number has in a payload of bf16. */
static uint32_t bf16_of(float value)
{
    uint32_t bits;
    size_t len;
    lmi_buf zip;

    lmi_buf_init(&zip, 4096);
    assert_ok(lmi_payload_zip(&zip, &value, 1, 1, 1, true));
    bits = (uint32_t)number_at(entry(&zip, 2, &len), 2);
    lmi_buf_done(&zip);
    return bits;
}

static float from_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void test_bf16_rounds_to_the_nearest_and_ties_to_even(void **state)
{
    (void)state;
    assert_int_equal(bf16_of(1.0f), 0x3f80);
    assert_int_equal(bf16_of(from_bits(0x3f807fff)), 0x3f80); /* just below the middle */
    assert_int_equal(bf16_of(from_bits(0x3f808000)), 0x3f80); /* the middle, to even */
    assert_int_equal(bf16_of(from_bits(0x3f808001)), 0x3f81);
    assert_int_equal(bf16_of(from_bits(0x3f818000)), 0x3f82); /* the middle, to even */
    assert_int_equal(bf16_of(from_bits(0xbf818000)), 0xbf82);
    assert_int_equal(bf16_of(from_bits(0x00000001)), 0x0000);
    assert_int_equal(bf16_of(from_bits(0x7f7f7fff)), 0x7f7f);
}

static void test_a_number_that_is_not_finite_is_refused_also_after_rounding(void **state)
{
    const float not_finite[] = {NAN, INFINITY, -INFINITY};
    const float largest = from_bits(0x7f7fffff);
    const float row[3] = {1, 2, NAN};
    lmi_buf out;
    size_t i;

    (void)state;
    lmi_buf_init(&out, 4096);
    for (i = 0; i < 3; i++) {
        assert_fails(LMAS_E_ENGINE, "not finite",
                     lmi_payload_append(&out, &not_finite[i], 1, 1, 1, false));
        assert_fails(LMAS_E_ENGINE, "not finite in bf16",
                     lmi_payload_append(&out, &not_finite[i], 1, 1, 1, true));
    }
    assert_fails(LMAS_E_ENGINE, "vector 2 of 3", lmi_payload_append(&out, row, 3, 1, 1, false));
    assert_ok(lmi_payload_append(&out, &largest, 1, 1, 1, false));
    assert_fails(LMAS_E_ENGINE, "in bf16", lmi_payload_append(&out, &largest, 1, 1, 1, true));
    assert_fails(LMAS_E_ENGINE, "not finite", lmi_payload_append(&out, &largest, 1, 1, 2, false));
    lmi_buf_done(&out);
}

static void test_a_payload_has_limits(void **state)
{
    const float row[1] = {1};
    lmi_buf out;

    (void)state;
    lmi_buf_init(&out, 100);
    assert_fails(LMAS_E_INVALID, "are none", lmi_payload_append(&out, row, 0, 1, 1, false));
    assert_fails(LMAS_E_INVALID, "are none", lmi_payload_append(&out, row, 1, 0, 1, false));
    assert_fails(LMAS_E_INVALID, "more than",
                 lmi_payload_append(&out, row, (size_t)1 << 40, 1 << 20, 1, false));
    assert_fails(LMAS_E_INVALID, "more than",
                 lmi_payload_append(&out, row, SIZE_MAX / 2, SIZE_MAX / 2, 1, true));
    assert_fails(LMAS_E_FORMAT, "longer than", lmi_payload_append(&out, row, 1, 1, 1, true));
    lmi_buf_done(&out);
}

/* Rows longer than what is converted at once. */
static void test_long_rows_keep_every_number(void **state)
{
    const size_t n = 3000;
    float *rows = lmi_new(2 * n, sizeof(*rows));
    size_t len;
    size_t i;
    lmi_buf zip;

    (void)state;
    for (i = 0; i < 2 * n; i++)
        rows[i] = (float)i / 3;
    lmi_buf_init(&zip, (size_t)1 << 20);
    assert_ok(lmi_payload_zip(&zip, rows, 2, n, 1, false));
    assert_memory_equal(entry(&zip, 2, &len), rows, 2 * n * sizeof(*rows));
    assert_int_equal(len, 2 * n * sizeof(*rows));
    lmi_buf_done(&zip);
    lmi_free(rows);
}

/* ---- Event streams ---- */

/* Events one after the other, each behind a bar. */
static lmas_status note(void *user, const char *data, size_t len)
{
    lmi_buf *all = user;

    lmi_buf_putc(all, '|');
    lmi_buf_append(all, data, len);
    return lmi_buf_status(all);
}

static lmas_status refuse(void *user, const char *data, size_t len)
{
    (void)user, (void)data, (void)len;
    return lmi_fail(LMAS_E_CANCELED, "enough");
}

/* Read `text` cut at two places. */
static void assert_events(const char *text, size_t first, size_t second, const char *want)
{
    const size_t len = strlen(text);
    lmi_stream stream;
    lmi_buf all;

    lmi_buf_init(&all, 4096);
    lmi_stream_init(&stream, note, &all);
    assert_ok(lmi_stream_add(&stream, text, first));
    assert_ok(lmi_stream_add(&stream, text + first, second - first));
    assert_ok(lmi_stream_add(&stream, text + second, len - second));
    assert_ok(lmi_stream_end(&stream));
    assert_string_equal(lmi_buf_text(&all), want);
    lmi_stream_done(&stream);
    lmi_buf_done(&all);
}

static void test_a_stream_may_be_cut_anywhere(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"data: a\n\ndata:b\n\ndata: c\n\n", "|a|b|c"},
        {"data: a\r\n\r\ndata: b\r\n\r\n", "|a|b"},
        {"data: a\r\rdata: b\r\r", "|a|b"},
        {": a comment\n\nevent: x\nid: 7\ndata: a\nretry: 10\n\n", "|a"},
        {"data: a\ndata:  b\ndata\ndata:\n\n", "|a\n b\n\n"},
        {"\n\n\ndata: {\"x\": \"\xc3\xa9\xf0\x9f\x99\x82\"}\n\n\n",
         "|{\"x\": \"\xc3\xa9\xf0\x9f\x99\x82\"}"},
        {"data: a\n\ndata: the last without its empty line", "|a|the last without its empty line"},
        {"\xef\xbb\xbf"
         "data: a\n\ndatax: b\n\ndat: c\n\n",
         "|a"},
        {"data: a:b: c\n\n", "|a:b: c"},
        {"", ""},
    };
    size_t i, first, second;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        for (first = 0; first <= strlen(cases[i].text); first++)
            for (second = first; second <= strlen(cases[i].text); second++)
                assert_events(cases[i].text, first, second, cases[i].want);
}

/* Add `piece` over and over until it fails. */
static void assert_ends(const char *piece, size_t size, const char *why)
{
    lmas_status status = LMAS_OK;
    lmi_stream stream;
    lmi_buf all;
    size_t n = 0;

    lmi_buf_init(&all, 4096);
    lmi_stream_init(&stream, note, &all);
    for (; status == LMAS_OK && n < (size_t)64 << 20; n += size)
        status = lmi_stream_add(&stream, piece, size);
    assert_fails(LMAS_E_FORMAT, why, status);
    lmi_stream_done(&stream);
    lmi_buf_done(&all);
}

static void test_lines_and_events_have_limits(void **state)
{
    static char piece[1 << 16];

    (void)state;
    memset(piece, 'x', sizeof(piece));
    assert_ends(piece, sizeof(piece), "a line of more than");
    snprintf(piece, sizeof(piece), "data:");
    piece[5] = ' ';
    piece[sizeof(piece) - 1] = '\n';
    assert_ends(piece, sizeof(piece), "an event of more than");
}

static void test_who_hears_an_event_can_end_the_reading(void **state)
{
    lmi_stream stream;

    (void)state;
    lmi_stream_init(&stream, refuse, NULL);
    assert_ok(lmi_stream_add(&stream, "data: a\n", 8));
    assert_fails(LMAS_E_CANCELED, "enough", lmi_stream_add(&stream, "\ndata: b\n\n", 10));
    lmi_stream_done(&stream);
}

/* ---- Scales ---- */

static void assert_scale(const char *arch, float token_scale, float as_row, float as_input)
{
    lmi_scale scale;

    assert_ok(lmi_scale_find(&scale, arch, 64, token_scale));
    assert_true(scale.as_row == as_row);
    assert_true(scale.as_input == as_input);
}

/* With sqrt(64) = 8: what enters layer 0 of the server is what enters it here. */
static void test_vectors_are_scaled_as_the_servers_family_wants(void **state)
{
    static const char *const unknown[] = {"gemma3n", "gemma4", "minicpm", "falcon-h1"};
    lmi_scale scale;
    size_t i;

    (void)state;
    assert_scale("qwen3", 1, 1, 1);
    assert_scale("llama", 1, 1, 1);
    assert_scale("gemma2", 1, 8, 8);  /* libllama multiplies vectors, the server does not */
    assert_scale("gemma3", 8, 8, 1);  /* neither does; ours are fed in multiplied */
    assert_scale("granite", 1, 1, 1); /* both do */
    for (i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
        assert_fails(LMAS_E_MODEL, unknown[i], lmi_scale_find(&scale, unknown[i], 64, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_payload_is_the_bytes_that_torch_loads),
        cmocka_unit_test(test_bf16_rounds_to_the_nearest_and_ties_to_even),
        cmocka_unit_test(test_a_number_that_is_not_finite_is_refused_also_after_rounding),
        cmocka_unit_test(test_a_payload_has_limits),
        cmocka_unit_test(test_long_rows_keep_every_number),
        cmocka_unit_test(test_a_stream_may_be_cut_anywhere),
        cmocka_unit_test(test_lines_and_events_have_limits),
        cmocka_unit_test(test_who_hears_an_event_can_end_the_reading),
        cmocka_unit_test(test_vectors_are_scaled_as_the_servers_family_wants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

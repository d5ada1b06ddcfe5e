/*
 * payload.c - the fewest bytes of a torch.save() that torch.load(weights_only=True) takes.
 *
 * Numbers are little-endian in the zip, in the pickle and in the tensor.
 */
#include "remote/payload.h"

#include <math.h>
#include <sodium/utils.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

#define FOLDER "archive/"

/* Entries of the zip; most bytes of all but the numbers; bytes of numbers made at once. */
enum { ENTRIES = 4, FRAME_MAX = 4096, BLOCK = 4096 };

/* A value of `n` bytes, the lowest first. */
static void put(lmi_buf *out, uint64_t value, size_t n)
{
    for (; n > 0; n--, value >>= 8)
        lmi_buf_putc(out, (char)(value & 0xff));
}

/* ---- The pickle, protocol 2 ---- */

static void pickle_int(lmi_buf *out, size_t value)
{
    lmi_buf_putc(out, 'J'); /* BININT */
    put(out, value, 4);
}

static void pickle_text(lmi_buf *out, const char *text)
{
    lmi_buf_putc(out, 'X'); /* BINUNICODE */
    put(out, strlen(text), 4);
    lmi_buf_puts(out, text);
}

static void pickle_pair(lmi_buf *out, size_t a, size_t b)
{
    pickle_int(out, a);
    pickle_int(out, b);
    lmi_buf_putc(out, '\x86'); /* TUPLE2 */
}

/* _rebuild_tensor_v2(storage, 0, (n, width), (width, 1), False, OrderedDict()) */
static void pickle(lmi_buf *out, size_t n, size_t width, bool is_bf16)
{
    lmi_buf_puts(out, "\x80\x02"                            /* PROTO 2 */
                      "ctorch._utils\n_rebuild_tensor_v2\n" /* GLOBAL */
                      "((");                                /* MARK of its arguments, and of: */
    pickle_text(out, "storage");
    lmi_buf_puts(out, is_bf16 ? "ctorch\nBFloat16Storage\n" : "ctorch\nFloatStorage\n");
    pickle_text(out, "0");
    pickle_text(out, "cpu");
    pickle_int(out, n * width);
    lmi_buf_puts(out, "tQ"); /* TUPLE, BINPERSID */
    pickle_int(out, 0);
    pickle_pair(out, n, width);
    pickle_pair(out, width, 1);
    lmi_buf_putc(out, '\x89');                        /* False */
    lmi_buf_puts(out, "ccollections\nOrderedDict\n)R" /* EMPTY_TUPLE, REDUCE */
                      "tR.");                         /* TUPLE, REDUCE, STOP */
}

/* ---- The numbers ---- */

/* The upper half of the bits, rounded to the nearest, ties to even. */
static uint16_t to_bf16(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    bits += 0x7fff + ((bits >> 16) & 1);
    return (uint16_t)(bits >> 16);
}

static bool is_finite_bf16(uint32_t bits)
{
    return (bits & 0x7f80) != 0x7f80;
}

static void set_bytes(unsigned char *at, uint32_t bits, size_t n)
{
    for (; n > 0; n--, bits >>= 8)
        *at++ = (unsigned char)(bits & 0xff);
}

/* Append one row, a block at a time; false where a number is not finite. */
static bool append_row(lmi_buf *out, const float *row, size_t width, float scale, bool is_bf16)
{
    const size_t one = is_bf16 ? 2 : 4;
    unsigned char block[BLOCK];
    bool is_finite = true;
    size_t n = 0;
    size_t i;

    for (i = 0; i < width; i++) {
        const float value = row[i] * scale;
        uint32_t bits;

        memcpy(&bits, &value, sizeof(bits));
        if (is_bf16)
            bits = to_bf16(value);
        is_finite = is_finite && isfinite(value) && (!is_bf16 || is_finite_bf16(bits));
        set_bytes(block + n, bits, one);
        n += one;
        if (n == BLOCK || i + 1 == width) {
            lmi_buf_append(out, (const char *)block, n);
            n = 0;
        }
    }
    return is_finite;
}

static lmas_status append_rows(lmi_buf *out, const float *rows, size_t n, size_t width, float scale,
                               bool is_bf16)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!append_row(out, rows + i * width, width, scale, is_bf16))
            return lmi_fail(LMAS_E_ENGINE, "vector %zu of %zu for the server is not finite%s", i, n,
                            is_bf16 ? " in bf16" : "");
    return LMAS_OK;
}

/* ---- The zip ---- */

typedef struct entry {
    const char *name;
    size_t at; /* of its head in the zip */
    size_t size;
    uint32_t crc;
} entry;

/* What its own head and its line in the index have in common; stored, no time of day. */
static void put_fields(lmi_buf *out, const entry *e)
{
    put(out, 20, 2); /* version of the format */
    put(out, 0, 2);
    put(out, 0, 2); /* stored */
    put(out, 0, 2);
    put(out, 33, 2); /* 1980-01-01 */
    put(out, e->crc, 4);
    put(out, e->size, 4);
    put(out, e->size, 4);
    put(out, sizeof(FOLDER) - 1 + strlen(e->name), 2);
    put(out, 0, 2);
}

static void put_name(lmi_buf *out, const entry *e)
{
    lmi_buf_puts(out, FOLDER);
    lmi_buf_puts(out, e->name);
}

static void put_entry(lmi_buf *out, entry *e, const lmi_buf *data)
{
    e->at = out->len;
    e->size = data->len;
    e->crc = (uint32_t)crc32_z(0, (const unsigned char *)lmi_buf_text(data), data->len);
    lmi_buf_puts(out, "PK\x03\x04");
    put_fields(out, e);
    put_name(out, e);
    lmi_buf_append(out, lmi_buf_text(data), data->len);
}

static void put_index(lmi_buf *out, const entry *entries, size_t n)
{
    const size_t begin = out->len;
    size_t end;
    size_t i;

    for (i = 0; i < n; i++) {
        lmi_buf_puts(out, "PK\x01\x02");
        put(out, 20, 2); /* version that made it */
        put_fields(out, &entries[i]);
        put(out, 0, 10);
        put(out, entries[i].at, 4);
        put_name(out, &entries[i]);
    }
    end = out->len;
    lmi_buf_puts(out, "PK\x05\x06");
    put(out, 0, 4);
    put(out, n, 2);
    put(out, n, 2);
    put(out, end - begin, 4);
    put(out, begin, 4);
    put(out, 0, 2);
}

/* The zip, of which `numbers` are one entry. */
static void put_zip(lmi_buf *out, const lmi_buf *numbers, size_t n, size_t width, bool is_bf16)
{
    entry entries[ENTRIES] = {
        {.name = "data.pkl"}, {.name = "byteorder"}, {.name = "data/0"}, {.name = "version"}};
    lmi_buf text;

    lmi_buf_init(&text, FRAME_MAX);
    pickle(&text, n, width, is_bf16);
    put_entry(out, &entries[0], &text);
    lmi_buf_clear(&text);
    lmi_buf_puts(&text, "little");
    put_entry(out, &entries[1], &text);
    put_entry(out, &entries[2], numbers);
    lmi_buf_clear(&text);
    lmi_buf_puts(&text, "3\n");
    put_entry(out, &entries[3], &text);
    put_index(out, entries, ENTRIES);
    if (text.status != LMAS_OK && out->status == LMAS_OK)
        out->status = text.status;
    lmi_buf_done(&text);
}

static lmas_status check_size(size_t n, size_t width, size_t one)
{
    if (n == 0 || width == 0)
        return lmi_fail(LMAS_E_INVALID, "vectors for the server: [%zu, %zu] are none", n, width);
    if (n > LMI_PAYLOAD_MAX / one / width)
        return lmi_fail(LMAS_E_INVALID,
                        "vectors for the server: [%zu, %zu] take more than %zu bytes", n, width,
                        LMI_PAYLOAD_MAX);
    return LMAS_OK;
}

lmas_status lmi_payload_zip(lmi_buf *out, const float *rows, size_t n, size_t width, float scale,
                            bool is_bf16)
{
    lmas_status status = check_size(n, width, is_bf16 ? 2 : 4);
    lmi_buf numbers;

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&numbers, LMI_PAYLOAD_MAX);
    status = append_rows(&numbers, rows, n, width, scale, is_bf16);
    if (status == LMAS_OK)
        status = lmi_buf_status(&numbers);
    if (status == LMAS_OK) {
        put_zip(out, &numbers, n, width, is_bf16);
        status = lmi_buf_status(out);
    }
    lmi_buf_done(&numbers);
    return status;
}

/* ---- Base64 ---- */

static lmas_status append_base64(lmi_buf *out, const lmi_buf *data)
{
    const int kind = sodium_base64_VARIANT_ORIGINAL;
    const size_t size = sodium_base64_encoded_len(data->len, kind); /* with its NUL */
    char *text = lmi_new(size, 1);

    if (!text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu bytes of vectors", size);
    sodium_bin2base64(text, size, (const unsigned char *)lmi_buf_text(data), data->len, kind);
    lmi_buf_append(out, text, size - 1);
    lmi_free(text);
    return lmi_buf_status(out);
}

lmas_status lmi_payload_append(lmi_buf *out, const float *rows, size_t n, size_t width, float scale,
                               bool is_bf16)
{
    lmas_status status;
    lmi_buf zip;

    lmi_buf_init(&zip, LMI_PAYLOAD_MAX + FRAME_MAX);
    status = lmi_payload_zip(&zip, rows, n, width, scale, is_bf16);
    if (status == LMAS_OK)
        status = append_base64(out, &zip);
    lmi_buf_done(&zip);
    return status;
}

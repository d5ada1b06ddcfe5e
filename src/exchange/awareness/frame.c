/*
 * frame.c - bytes of an AVP frame.
 *
 *   "AV", version 1, flags; u32 of metadata and payload, u32 of metadata; metadata; payload
 *
 * Metadata is protobuf. Of its fields these matter here: 5 n_embd, 6 layers, 7 the kind, 8 the
 * type of numbers, 9 the shape, 15 the CRC-32 of the payload. A KV cache begins with four u32 and a
 * byte: layers, heads, values of a head, tokens, type.
 */
#include "exchange/awareness/frame.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "exchange/limits.h"

enum { HEAD_SIZE = 12, CELLS_HEAD_SIZE = 17, FLAG_KV = 4, KV_CACHE = 1, F32 = 0 };
enum { WIDE = 5, LAYERS = 6, KIND = 7, DTYPE = 8, SHAPE = 9, SUM = 15, N_FIELDS = 16 };

/* ---- Numbers ---- */

static uint32_t u32_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_u32(lmi_buf *out, uint32_t v)
{
    int i;

    for (i = 0; i < 4; i++)
        lmi_buf_putc(out, (char)(v >> 8 * i & 255));
}

static void put_varint(lmi_buf *out, uint32_t v)
{
    for (; v >= 128; v >>= 7)
        lmi_buf_putc(out, (char)((v & 127) | 128));
    lmi_buf_putc(out, (char)v);
}

static void put_floats(lmi_buf *out, const float *values, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        uint32_t bits;

        memcpy(&bits, &values[i], sizeof(bits));
        put_u32(out, bits);
    }
}

/* False where one is not finite. */
static bool get_floats(float *out, const uint8_t *bytes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const uint32_t bits = u32_at(bytes + 4 * i);

        memcpy(&out[i], &bits, sizeof(bits));
        if (!isfinite(out[i]))
            return false;
    }
    return true;
}

/* ---- Metadata ---- */

typedef struct bytes {
    const uint8_t *at;
    size_t left;
} bytes;

static bool get_varint(uint64_t *out, bytes *from)
{
    int shift;

    *out = 0;
    for (shift = 0; shift < 64 && from->left > 0; shift += 7) {
        const uint8_t byte = *from->at;

        from->at++;
        from->left--;
        *out |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return true;
    }
    return false;
}

/* The numbers of the message by their field; texts and lists are passed over. */
static bool read_fields(uint64_t fields[N_FIELDS], bytes from)
{
    static const size_t sizes[] = {[1] = 8, [5] = 4};
    uint64_t key, value;

    while (from.left > 0) {
        if (!get_varint(&key, &from))
            return false;
        if ((key & 7) == 0) {
            if (!get_varint(&value, &from))
                return false;
            if (key >> 3 < N_FIELDS)
                fields[key >> 3] = value;
            continue;
        }
        value = (key & 7) == 1 || (key & 7) == 5 ? sizes[key & 7] : 0;
        if ((key & 7) == 2 ? !get_varint(&value, &from) : value == 0)
            return false;
        if (value > from.left)
            return false;
        from.at += value;
        from.left -= value;
    }
    return true;
}

static void put_field(lmi_buf *out, uint32_t number, uint32_t value)
{
    put_varint(out, number << 3);
    put_varint(out, value);
}

static void put_metadata(lmi_buf *out, const lmi_awareness_frame *f, uint32_t sum)
{
    lmi_buf shape;

    put_field(out, WIDE, f->n_embd);
    put_field(out, LAYERS, f->n_layer);
    put_field(out, KIND, f->is_cells ? KV_CACHE : 0);
    put_field(out, DTYPE, F32);
    if (!f->is_cells) {
        lmi_buf_init(&shape, 16);
        put_varint(&shape, 1);
        put_varint(&shape, f->n_embd);
        put_varint(out, SHAPE << 3 | 2);
        put_varint(out, (uint32_t)shape.len);
        lmi_buf_append(out, lmi_buf_text(&shape), shape.len);
        lmi_buf_done(&shape);
    }
    put_field(out, SUM, sum);
}

/* ---- Reading ---- */

static lmi_exchange_verdict damaged(const char *path, const char *what)
{
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s is damaged, or no AVP frame: %s", path, what);
}

static lmi_exchange_verdict fill(float **out, const bytes *payload, size_t n, const char *path)
{
    *out = lmi_new(n, sizeof(float));
    if (!*out)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory to read %s", path);
    return get_floats(*out, payload->at, n) ? LMI_EXCHANGE_OK
                                            : damaged(path, "a number that is not finite");
}

static lmi_exchange_verdict read_cells(lmi_awareness_frame *f, bytes payload, const char *path)
{
    lmi_awareness_cells *c = &f->cells;
    const uint8_t *at = payload.at;
    uint64_t most = LMI_AWARENESS_FRAME_MAX;

    if (payload.left < CELLS_HEAD_SIZE || at[16] != F32)
        return damaged(path, "its KV cache has no head, or another type of numbers");
    *c = (lmi_awareness_cells){u32_at(at), u32_at(at + 4), u32_at(at + 12), u32_at(at + 8), NULL};
    if (!c->n_layers || !c->n_heads || !c->n || !c->head || c->n_layers > most ||
        c->n_heads > most / c->n_layers || c->n > most / c->n_layers / c->n_heads ||
        c->head > most / c->n_layers / c->n_heads / c->n ||
        payload.left - CELLS_HEAD_SIZE != lmi_awareness_count(c) * sizeof(float))
        return damaged(path, "its KV cache is not as long as it says");
    payload.at += CELLS_HEAD_SIZE;
    return fill(&c->values, &payload, lmi_awareness_count(c), path);
}

static lmi_exchange_verdict read_payload(lmi_awareness_frame *f, bytes payload, const char *path)
{
    if (f->is_cells)
        return read_cells(f, payload, path);
    if (f->n_embd == 0 || payload.left != (size_t)f->n_embd * sizeof(float))
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                 "%s has another number of hidden states than the one that a "
                                 "package holds (export the last one)",
                                 path);
    return fill(&f->vector, &payload, f->n_embd, path);
}

static lmi_exchange_verdict check_kind(const uint64_t fields[N_FIELDS], unsigned flags,
                                       const char *path)
{
    const bool is_cells = fields[KIND] == KV_CACHE;

    if (flags & ~(unsigned)FLAG_KV || fields[DTYPE] != F32)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                 "%s is packed, of inputs, or not of f32: export cells or the last "
                                 "hidden state as f32, unpacked",
                                 path);
    if (fields[KIND] > KV_CACHE || is_cells != (flags == FLAG_KV))
        return damaged(path, "its kind and its flags disagree");
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict read_frame(lmi_awareness_frame *f, bytes all, const char *path)
{
    const uint8_t *head = all.at;
    uint64_t fields[N_FIELDS] = {0};
    lmi_exchange_verdict verdict;
    size_t size;

    if (all.left < HEAD_SIZE || memcmp(head, "AV\1", 3) != 0)
        return damaged(path, "it does not begin as one of version 1");
    size = u32_at(head + 8);
    all.at += HEAD_SIZE;
    all.left -= HEAD_SIZE;
    if (u32_at(head + 4) != all.left || size > all.left ||
        !read_fields(fields, (bytes){all.at, size}))
        return damaged(path, "its lengths or its metadata make no sense");
    verdict = check_kind(fields, head[3], path);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    all.at += size;
    all.left -= size;
    if (fields[SUM] != crc32_z(0, all.at, all.left) || fields[WIDE] > LMI_AWARENESS_WIDTH_MAX ||
        fields[LAYERS] > LMI_AWARENESS_LAYERS_MAX)
        return damaged(path, "its payload does not have the sum noted, or its sizes are too large");
    *f = (lmi_awareness_frame){.is_cells = fields[KIND] == KV_CACHE,
                               .n_layer = (uint32_t)fields[LAYERS],
                               .n_embd = (uint32_t)fields[WIDE]};
    return read_payload(f, all, path);
}

lmi_exchange_verdict lmi_awareness_read_frame(lmi_awareness_frame *out, const char *path)
{
    lmi_awareness_frame f = {0};
    lmi_exchange_verdict verdict;
    lmi_buf text;

    lmi_buf_init(&text, LMI_AWARENESS_FRAME_MAX);
    verdict = lmi_exchange_verdict_of(lmi_file_read(&text, path));
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_frame(&f, (bytes){(const uint8_t *)lmi_buf_text(&text), text.len}, path);
    lmi_buf_done(&text);
    if (verdict == LMI_EXCHANGE_OK)
        *out = f;
    else
        lmi_awareness_frame_done(&f);
    return verdict;
}

void lmi_awareness_frame_done(lmi_awareness_frame *frame)
{
    lmi_free(frame->cells.values);
    lmi_free(frame->vector);
    *frame = (lmi_awareness_frame){0};
}

/* ---- Writing ---- */

static void put_payload(lmi_buf *out, const lmi_awareness_frame *f)
{
    const lmi_awareness_cells *c = &f->cells;

    if (!f->is_cells) {
        put_floats(out, f->vector, f->n_embd);
        return;
    }
    put_u32(out, c->n_layers);
    put_u32(out, c->n_heads);
    put_u32(out, c->head);
    put_u32(out, c->n);
    lmi_buf_putc(out, F32);
    put_floats(out, c->values, lmi_awareness_count(c));
}

static void put_head(lmi_buf *out, const lmi_awareness_frame *f, size_t metadata, size_t payload)
{
    lmi_buf_append(out, "AV\1", 3);
    lmi_buf_putc(out, f->is_cells ? FLAG_KV : 0);
    put_u32(out, (uint32_t)(metadata + payload));
    put_u32(out, (uint32_t)metadata);
}

lmi_exchange_verdict lmi_awareness_write_frame(const char *path, const lmi_awareness_frame *frame)
{
    lmi_buf payload, metadata, whole;
    lmas_status status;

    lmi_buf_init(&payload, LMI_AWARENESS_FRAME_MAX);
    lmi_buf_init(&metadata, 256);
    lmi_buf_init(&whole, LMI_AWARENESS_FRAME_MAX + 512);
    put_payload(&payload, frame);
    put_metadata(&metadata, frame,
                 (uint32_t)crc32_z(0, (const Bytef *)lmi_buf_text(&payload), payload.len));
    put_head(&whole, frame, metadata.len, payload.len);
    lmi_buf_append(&whole, lmi_buf_text(&metadata), metadata.len);
    lmi_buf_append(&whole, lmi_buf_text(&payload), payload.len);
    status = lmi_buf_status(&payload);
    if (status == LMAS_OK)
        status = lmi_buf_status(&whole);
    if (status == LMAS_OK)
        status = lmi_file_write(path, lmi_buf_text(&whole), whole.len);
    lmi_buf_done(&whole);
    lmi_buf_done(&metadata);
    lmi_buf_done(&payload);
    return lmi_exchange_verdict_of(status);
}

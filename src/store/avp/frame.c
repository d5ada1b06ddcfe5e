/* frame.c - see frame.h. */
#include "store/avp/frame.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "base/mem.h"
#include "engine/state/plain.h"
#include "store/frame.h"

enum {
    AT_VERSION = 2,
    AT_FLAGS = 3,
    AT_LENGTH = 4,
    AT_METADATA_LENGTH = 8,
    HEAD_SIZE = 12,
    VERSION = 1,
    FLAG_PACKED = 1,
    FLAG_MAP = 2,
    FLAG_KV = 4,
    FLAGS = FLAG_PACKED | FLAG_MAP | FLAG_KV,
    MODES = 2, /* latent, JSON */
    LEVEL = 3  /* of zstd, as avp's own */
};

#define MAGIC "AV"
#define ZSTD  "zstd"

static const uint8_t *head_of(const lmi_avp_frame *f)
{
    return (const uint8_t *)f->bytes.data;
}

static lmas_status check_head(const lmi_avp_frame *f)
{
    const uint8_t *head = head_of(f);
    uint64_t length, metadata;

    if (f->bytes.len < HEAD_SIZE || memcmp(head, MAGIC, AT_VERSION) != 0)
        return lmi_fail(LMAS_E_FORMAT, "%s is no AVP frame", f->path);
    if (head[AT_VERSION] != VERSION)
        return lmi_fail(LMAS_E_FORMAT, "%s is an AVP frame of version %u, %d expected", f->path,
                        head[AT_VERSION], VERSION);
    if (head[AT_FLAGS] & ~FLAGS)
        return lmi_fail(LMAS_E_FORMAT, "%s has flags 0x%02x, of which 0x%02x are not known",
                        f->path, head[AT_FLAGS], head[AT_FLAGS] & ~FLAGS);
    length = lmi_frame_u32(head + AT_LENGTH);
    metadata = lmi_frame_u32(head + AT_METADATA_LENGTH);
    if (length + HEAD_SIZE != f->bytes.len)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s is damaged or cut short: %zu bytes, its header says %llu", f->path,
                        f->bytes.len, (unsigned long long)length + HEAD_SIZE);
    if (metadata > length || metadata > LMI_AVP_METADATA_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s: metadata of %llu bytes in a frame of %llu, at most %zu",
                        f->path, (unsigned long long)metadata, (unsigned long long)length,
                        LMI_AVP_METADATA_MAX);
    return LMAS_OK;
}

static lmas_status disagree(const lmi_avp_frame *f, const char *flag, bool is_set)
{
    return lmi_fail(LMAS_E_FORMAT, "%s: the flag %s is %s, and its metadata says otherwise",
                    f->path, flag, is_set ? "set" : "not set");
}

/* Both say the same. */
static lmas_status check_flags(const lmi_avp_frame *f)
{
    const lmi_avp_metadata *m = &f->metadata;
    const unsigned flags = head_of(f)[AT_FLAGS];

    if (m->compression.len > 0 && !lmi_avp_text_is(m->compression, ZSTD))
        return lmi_fail(LMAS_E_FORMAT, "%s is packed by \"%.*s\", " ZSTD " expected", f->path,
                        (int)(m->compression.len < 40 ? m->compression.len : 40),
                        m->compression.data);
    if ((flags & FLAG_PACKED) != (m->compression.len > 0 ? FLAG_PACKED : 0))
        return disagree(f, "for zstd", flags & FLAG_PACKED);
    if ((flags & FLAG_MAP) != (m->map_id.len > 0 ? FLAG_MAP : 0))
        return disagree(f, "for a map", flags & FLAG_MAP);
    if ((flags & FLAG_KV) != (m->payload_type == LMI_AVP_KV_CACHE ? FLAG_KV : 0))
        return disagree(f, "for a KV cache", flags & FLAG_KV);
    return LMAS_OK;
}

static lmas_status check_kind(const lmi_avp_frame *f)
{
    const lmi_avp_metadata *m = &f->metadata;

    if (m->payload_type == LMI_AVP_EMBEDDING)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s holds embeddings (EMBEDDING), which nothing reads, PyPI's avp neither: "
                        "a KV cache or hidden states expected",
                        f->path);
    if (m->payload_type > LMI_AVP_EMBEDDING)
        return lmi_fail(LMAS_E_FORMAT, "%s: payload_type %u is not known", f->path,
                        m->payload_type);
    if (m->dtype > LMI_NUMBER_I8 || (m->dtype == LMI_NUMBER_I8 && m->payload_type))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s: dtype %u is not known, 0 to 2 expected (f32, f16, bf16), and 3 (int8) "
                        "of hidden states",
                        f->path, m->dtype);
    if (m->mode >= MODES)
        return lmi_fail(LMAS_E_FORMAT, "%s: mode %u is not known, 0 or 1 expected", f->path,
                        m->mode);
    return LMAS_OK;
}

static lmas_status read_metadata(lmi_avp_frame *f)
{
    const uint8_t *at = head_of(f) + HEAD_SIZE;
    const size_t size = lmi_frame_u32(head_of(f) + AT_METADATA_LENGTH);

    f->payload = at + size;
    f->size = f->bytes.len - HEAD_SIZE - size;
    f->is_packed = head_of(f)[AT_FLAGS] & FLAG_PACKED;
    return lmi_avp_metadata_read(&f->metadata, f->path, at, size);
}

lmas_status lmi_avp_read(lmi_avp_frame *out, const char *path)
{
    lmas_status status;

    *out = (lmi_avp_frame){.path = path};
    lmi_buf_init(&out->bytes, LMI_AVP_FRAME_MAX);
    status = lmi_file_read(&out->bytes, path);
    if (status == LMAS_OK)
        status = check_head(out);
    if (status == LMAS_OK)
        status = read_metadata(out);
    if (status == LMAS_OK)
        status = check_flags(out);
    return status == LMAS_OK ? check_kind(out) : status;
}

void lmi_avp_done(lmi_avp_frame *frame)
{
    lmi_buf_done(&frame->bytes);
    lmi_free(frame->owned);
    *frame = (lmi_avp_frame){0};
}

/* ---- The payload ---- */

static lmas_status refuse_packing(const lmi_avp_frame *f)
{
    return lmi_fail(LMAS_E_FORMAT, "%s: its payload is not one zstd frame that says its size",
                    f->path);
}

lmas_status lmi_avp_size(uint64_t *out, const lmi_avp_frame *frame)
{
    unsigned long long size;

    if (!frame->is_packed) {
        *out = frame->size;
        return LMAS_OK;
    }
    size = ZSTD_getFrameContentSize(frame->payload, frame->size);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
        ZSTD_findFrameCompressedSize(frame->payload, frame->size) != frame->size)
        return refuse_packing(frame);
    if (size > (uint64_t)frame->size * LMI_STORE_RATIO_MAX + LMI_STORE_SLACK)
        return lmi_fail(LMAS_E_FORMAT, "%s: a payload of %llu bytes out of %zu: that is no memory",
                        frame->path, size, frame->size);
    *out = size;
    return LMAS_OK;
}

/* (A window of 128 MiB is the most that zstd makes room for unasked, and larger ones are rare.) */
static lmas_status unpack_first(uint8_t *out, size_t n, const lmi_avp_frame *f)
{
    ZSTD_DCtx *zstd = ZSTD_createDCtx();
    ZSTD_outBuffer to = {out, n, 0};
    ZSTD_inBuffer from = {f->payload, f->size, 0};
    size_t last = 0, left = 1;

    if (!zstd)
        return lmi_fail(LMAS_E_NOMEM, "no memory to unpack %s", f->path);
    while (to.pos < n && left > 0 && !ZSTD_isError(left)) {
        last = from.pos + to.pos;
        left = ZSTD_decompressStream(zstd, &to, &from);
        if (from.pos + to.pos == last)
            break;
    }
    ZSTD_freeDCtx(zstd);
    return to.pos == n ? LMAS_OK : refuse_packing(f);
}

lmas_status lmi_avp_peek(uint8_t *out, size_t n, const lmi_avp_frame *frame)
{
    uint64_t size = 0;
    const lmas_status status = lmi_avp_size(&size, frame);

    if (status != LMAS_OK)
        return status;
    if (size < n)
        return lmi_fail(LMAS_E_FORMAT, "%s: a payload of %llu bytes, at least %zu expected",
                        frame->path, (unsigned long long)size, n);
    if (frame->is_packed)
        return unpack_first(out, n, frame);
    memcpy(out, frame->payload, n);
    return LMAS_OK;
}

static lmas_status check_sum(const lmi_avp_frame *f, size_t size)
{
    const uint32_t sum = (uint32_t)crc32_z(0, f->unpacked, size);

    if (!f->metadata.has_checksum || f->metadata.checksum == sum)
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT,
                    "%s is damaged: its payload has the CRC-32 %08x, its metadata says %08x",
                    f->path, sum, f->metadata.checksum);
}

lmas_status lmi_avp_unpack(lmi_avp_frame *frame, size_t size)
{
    size_t n;

    frame->unpacked = frame->payload;
    if (!frame->is_packed)
        return check_sum(frame, size);
    frame->owned = lmi_new(size + 1, 1);
    if (!frame->owned)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a payload of %zu bytes", size);
    n = ZSTD_decompress(frame->owned, size, frame->payload, frame->size);
    if (ZSTD_isError(n) || n != size)
        return refuse_packing(frame);
    frame->unpacked = frame->owned;
    return check_sum(frame, size);
}

/* ---- Writing ---- */

static lmas_status put(const char *path, const lmi_avp_metadata *m, const lmi_buf *metadata,
                       const void *payload, size_t size)
{
    const size_t length = metadata->len + size;
    const uint32_t lengths[] = {(uint32_t)length, (uint32_t)metadata->len};
    uint8_t head[HEAD_SIZE] = MAGIC;
    lmi_sink sink;
    lmas_status status;

    if (length > UINT32_MAX)
        return lmi_fail(LMAS_E_INVALID,
                        "a frame of %zu bytes, at most %u can be in one: leave positions out, or "
                        "write smaller numbers",
                        length, UINT32_MAX);
    head[AT_VERSION] = VERSION;
    head[AT_FLAGS] =
        (uint8_t)((m->compression.len > 0 ? FLAG_PACKED : 0) | (m->map_id.len > 0 ? FLAG_MAP : 0) |
                  (m->payload_type == LMI_AVP_KV_CACHE ? FLAG_KV : 0));
    memcpy(head + AT_LENGTH, lengths, sizeof(lengths));
    status = lmi_sink_open(&sink, path);
    if (sink.fd < 0)
        return status;
    status = lmi_sink_add(&sink, head, sizeof(head));
    if (status == LMAS_OK)
        status = lmi_sink_add(&sink, metadata->data, metadata->len);
    if (status == LMAS_OK)
        status = lmi_sink_add(&sink, payload, size);
    return lmi_sink_finish(&sink, status);
}

static lmas_status pack(void **out, size_t *n, const void *payload, size_t size)
{
    const size_t room = ZSTD_compressBound(size);

    *out = lmi_new(room + 1, 1);
    if (!*out)
        return lmi_fail(LMAS_E_NOMEM, "no memory to pack %zu bytes", size);
    *n = ZSTD_compress(*out, room, payload, size, LEVEL);
    if (ZSTD_isError(*n))
        return lmi_fail(LMAS_E_NOMEM, "zstd cannot pack %zu bytes: %s", size,
                        ZSTD_getErrorName(*n));
    return LMAS_OK;
}

lmas_status lmi_avp_write(const char *path, lmi_avp_metadata *metadata, const void *payload,
                          size_t size, bool is_packed)
{
    void *packed = NULL;
    size_t n = size;
    lmas_status status = is_packed ? pack(&packed, &n, payload, size) : LMAS_OK;
    lmi_buf text;

    if (size > n * LMI_STORE_RATIO_MAX + LMI_STORE_SLACK) { /* which nobody here would unpack */
        is_packed = false;
        n = size;
    }
    metadata->compression = lmi_avp_text_of(is_packed ? ZSTD : NULL);
    metadata->checksum = (uint32_t)crc32_z(0, payload, size);
    lmi_buf_init(&text, LMI_AVP_METADATA_MAX);
    lmi_avp_metadata_write(&text, metadata);
    if (status == LMAS_OK)
        status = lmi_buf_status(&text);
    if (status == LMAS_OK)
        status = put(path, metadata, &text, is_packed ? packed : payload, n);
    lmi_buf_done(&text);
    lmi_free(packed);
    return status;
}

/* pack.c - a memory file made: chunks packed, manifest filled in, all of it sealed and written. */
#include <zstd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/container.h"
#include "store/frame.h"
#include "store/limits.h"

/* zstd's own choice: higher levels gain a percent or two on keys and values. */
enum { LEVEL = 3 };

/* What goes into the file for one chunk. */
static lmas_status pack(lmi_piece *out, lmi_chunk *chunk, const lmi_piece *from)
{
    const size_t room = ZSTD_compressBound(from->size);
    void *data = lmi_new(room + 1, 1);
    lmi_sha256 hash;
    size_t n;

    if (!data)
        return lmi_fail(LMAS_E_NOMEM, "no memory to pack %zu bytes", from->size);
    n = ZSTD_compress(data, room, from->size ? from->data : "", from->size, LEVEL);
    *chunk = (lmi_chunk){.size = from->size};
    chunk->is_raw = ZSTD_isError(n) || n >= from->size ||
                    from->size > n * LMI_STORE_RATIO_MAX + LMI_STORE_SLACK;
    if (chunk->is_raw && from->size)
        memcpy(data, from->data, from->size);
    *out = (lmi_piece){data, chunk->is_raw ? from->size : n};
    chunk->packed = out->size;
    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, out->data, out->size);
    lmi_sha256_done(chunk->sha256, &hash);
    return LMAS_OK;
}

static lmas_status put_all(const char *path, const lmi_buf *front, const lmi_piece *chunks,
                           const lmi_piece *seal)
{
    lmi_sink sink;
    lmas_status status = lmi_sink_open(&sink, path);
    int i;

    if (sink.fd < 0)
        return status;
    status = lmi_sink_add(&sink, front->data, front->len);
    for (i = 0; status == LMAS_OK && i < LMI_N_CHUNKS; i++)
        status = lmi_sink_add(&sink, chunks[i].data, chunks[i].size);
    if (status == LMAS_OK)
        status = lmi_sink_add(&sink, seal->data, seal->size);
    return lmi_sink_finish(&sink, status);
}

/* The head of the manifest that stands behind it. */
static void fill_head(lmi_buf *front, lmi_seal_kind kind)
{
    const uint16_t version = LMI_FRAME_VERSION, seal = (uint16_t)kind;
    const uint32_t len = (uint32_t)(front->len - LMI_FRAME_HEAD_SIZE);
    uint8_t *head = (uint8_t *)front->data;

    memcpy(head, LMI_FRAME_MAGIC, LMI_FRAME_AT_VERSION);
    memcpy(head + LMI_FRAME_AT_VERSION, &version, sizeof(version));
    memcpy(head + LMI_FRAME_AT_SEAL, &seal, sizeof(seal));
    memcpy(head + LMI_FRAME_AT_LENGTH, &len, sizeof(len));
    lmi_frame_sum(head + LMI_FRAME_AT_SUM, head, head + LMI_FRAME_HEAD_SIZE, len);
}

/* The chunks are packed; what is left is to say so. */
static lmas_status write(const char *path, const lmi_manifest *manifest, const lmi_piece *chunks,
                         const lmi_key *key)
{
    static const char blank[LMI_FRAME_HEAD_SIZE];
    uint8_t seal[LMI_SEAL_SIZE_MAX];
    lmi_buf front;
    lmas_status status;

    lmi_buf_init(&front, sizeof(blank) + LMI_STORE_MANIFEST_MAX);
    lmi_buf_append(&front, blank, sizeof(blank));
    status = lmi_manifest_write(&front, manifest);
    if (status == LMAS_OK) {
        const lmi_piece end = {seal, lmi_seal_size(key->kind)};

        fill_head(&front, key->kind);
        lmi_seal(seal, key, front.data, front.len);
        status = put_all(path, &front, chunks, &end);
    }
    lmi_buf_done(&front);
    return status;
}

lmas_status lmi_container_write(const char *path, lmi_manifest *manifest,
                                const lmi_piece chunks[LMI_N_CHUNKS], const lmi_key *key)
{
    lmi_piece packed[LMI_N_CHUNKS] = {0};
    lmas_status status = LMAS_OK;
    int i;

    for (i = 0; status == LMAS_OK && i < LMI_N_CHUNKS; i++)
        status = pack(&packed[i], &manifest->chunks[i], &chunks[i]);
    if (status == LMAS_OK)
        status = write(path, manifest, packed, key);
    for (i = 0; i < LMI_N_CHUNKS; i++)
        lmi_free((void *)packed[i].data);
    return status;
}

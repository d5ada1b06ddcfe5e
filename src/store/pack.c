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

/* The pieces of a file: head, manifest, chunks. */
enum { HEAD, MANIFEST, CHUNKS, N_PIECES = CHUNKS + LMI_N_CHUNKS };

static lmas_status put_pieces(const char *path, const lmi_piece *pieces,
                              const uint8_t seal[LMI_SEAL_SIZE])
{
    lmi_sink sink;
    lmas_status status = lmi_sink_open(&sink, path);
    int i;

    if (sink.fd < 0)
        return status;
    for (i = 0; status == LMAS_OK && i < N_PIECES; i++)
        status = lmi_sink_add(&sink, pieces[i].data, pieces[i].size);
    if (status == LMAS_OK)
        status = lmi_sink_add(&sink, seal, LMI_SEAL_SIZE);
    return lmi_sink_finish(&sink, status);
}

static void fill_head(uint8_t head[LMI_FRAME_HEAD_SIZE], const lmi_buf *manifest)
{
    const uint32_t version = LMI_FRAME_VERSION;
    const uint32_t len = (uint32_t)manifest->len;

    memcpy(head, LMI_FRAME_MAGIC, LMI_FRAME_AT_VERSION);
    memcpy(head + LMI_FRAME_AT_VERSION, &version, sizeof(version));
    memcpy(head + LMI_FRAME_AT_LENGTH, &len, sizeof(len));
    lmi_frame_sum(head + LMI_FRAME_AT_SUM, head, manifest->data, manifest->len);
}

/* The chunks are packed; what is left is to say so. */
static lmas_status write(const char *path, const lmi_manifest *manifest, lmi_piece *pieces,
                         const lmi_key *key)
{
    uint8_t head[LMI_FRAME_HEAD_SIZE], seal[LMI_SEAL_SIZE];
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, LMI_STORE_MANIFEST_MAX);
    status = lmi_manifest_write(&text, manifest);
    if (status == LMAS_OK) {
        fill_head(head, &text);
        pieces[HEAD] = (lmi_piece){head, sizeof(head)};
        pieces[MANIFEST] = (lmi_piece){text.data, text.len};
        lmi_seal(seal, key, pieces, CHUNKS);
        status = put_pieces(path, pieces, seal);
    }
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_container_write(const char *path, lmi_manifest *manifest,
                                const lmi_piece chunks[LMI_N_CHUNKS], const lmi_key *key)
{
    lmi_piece pieces[N_PIECES] = {0};
    lmas_status status = LMAS_OK;
    int i;

    manifest->is_sealed = key->is_given;
    for (i = 0; status == LMAS_OK && i < LMI_N_CHUNKS; i++)
        status = pack(&pieces[CHUNKS + i], &manifest->chunks[i], &chunks[i]);
    if (status == LMAS_OK)
        status = write(path, manifest, pieces, key);
    for (i = CHUNKS; i < N_PIECES; i++)
        lmi_free((void *)pieces[i].data);
    return status;
}

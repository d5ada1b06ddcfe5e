/*
 * container.c - a memory file read and checked; see container.h.
 *
 * The file is read whole before it is looked at: what was checked is what is used, whoever writes
 * to it meanwhile. With a key its seal comes first of all.
 */
#include "store/container.h"

#include <zstd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/frame.h"
#include "store/limits.h"

static lmas_status check_head(lmi_container *c)
{
    const uint8_t *head = (const uint8_t *)c->bytes.data;
    const size_t least = LMI_FRAME_HEAD_SIZE + lmi_seal_size(LMI_SEAL_SUM);

    if (c->bytes.len < LMI_FRAME_AT_VERSION ||
        memcmp(head, LMI_FRAME_MAGIC, LMI_FRAME_AT_VERSION) != 0)
        return lmi_fail(LMAS_E_FORMAT, "%s is no memory file", c->path);
    if (c->bytes.len < least)
        return lmi_fail(LMAS_E_FORMAT, "%s is cut short: %zu bytes, at least %zu expected", c->path,
                        c->bytes.len, least);
    if (lmi_frame_u16(head + LMI_FRAME_AT_VERSION) != LMI_FRAME_VERSION)
        return lmi_fail(LMAS_E_FORMAT, "%s is a memory file of version %u, %d expected", c->path,
                        lmi_frame_u16(head + LMI_FRAME_AT_VERSION), LMI_FRAME_VERSION);
    c->seal = lmi_frame_u16(head + LMI_FRAME_AT_SEAL);
    if (c->seal >= LMI_N_SEALS)
        return lmi_fail(LMAS_E_FORMAT, "%s has a seal of kind %u, at most %d expected", c->path,
                        (unsigned)c->seal, LMI_N_SEALS - 1);
    return LMAS_OK;
}

/* Head and manifest, in bytes: what the seal is of. The manifest has the sums of all else. */
static size_t sealed_size(const lmi_container *c)
{
    return LMI_FRAME_HEAD_SIZE +
           (size_t)lmi_frame_u32((const uint8_t *)c->bytes.data + LMI_FRAME_AT_LENGTH);
}

static lmas_status check_length(const lmi_container *c)
{
    const size_t len = sealed_size(c) - LMI_FRAME_HEAD_SIZE;

    if (len <= LMI_STORE_MANIFEST_MAX && sealed_size(c) + lmi_seal_size(c->seal) <= c->bytes.len)
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT,
                    "%s is damaged or cut short: a manifest of %zu bytes in a file of %zu", c->path,
                    len, c->bytes.len);
}

const uint8_t *lmi_container_seal(const lmi_container *container)
{
    const lmi_buf *bytes = &container->bytes;

    return (const uint8_t *)bytes->data + bytes->len - lmi_seal_size(container->seal);
}

/* Whether head and manifest have the sum noted. */
static bool is_manifest_whole(const lmi_container *c)
{
    const uint8_t *head = (const uint8_t *)c->bytes.data;
    uint8_t sum[LMI_FRAME_SUM_SIZE];

    lmi_frame_sum(sum, head, head + LMI_FRAME_HEAD_SIZE, sealed_size(c) - LMI_FRAME_HEAD_SIZE);
    return memcmp(sum, head + LMI_FRAME_AT_SUM, sizeof(sum)) == 0;
}

static bool is_seal_whole(const lmi_container *c)
{
    return lmi_seal_is_whole(lmi_container_seal(c), c->seal, c->bytes.data, sealed_size(c));
}

/* Signed by another than the key given: whoever knows the one may look for the other. */
static lmas_status refuse_signer(const lmi_container *c, const lmi_key *key)
{
    char signer[LMI_SIGNER_SIZE], expected[LMI_SIGNER_SIZE];

    lmi_seal_signer(signer, lmi_container_seal(c));
    lmi_seal_signer(expected, (const uint8_t *)key->bytes.data);
    return lmi_fail(LMAS_E_FORMAT, "%s is signed by %.16s..., by %.16s... expected", c->path,
                    signer, expected);
}

/* What the file is instead of what is asked for. */
static const char *what_it_is(lmi_seal_kind seal, bool is_signing)
{
    if (seal == LMI_SEAL_SIGNED)
        return "signed, not sealed with a key";
    if (seal == LMI_SEAL_KEYED)
        return "sealed with a key, not signed";
    return is_signing ? "not signed" : "not sealed";
}

/* The seal is not the key's. What else the file says of its seal is repeated of one without damage
 * only. */
static lmas_status refuse_seal(const lmi_container *c, const lmi_key *key)
{
    const bool is_signing = key->kind == LMI_SEAL_SIGNED;
    const bool is_whole = is_manifest_whole(c) && is_seal_whole(c);

    if (is_whole && c->seal != key->kind)
        return lmi_fail(LMAS_E_FORMAT, "%s is %s, and %s was given", c->path,
                        what_it_is(c->seal, is_signing), is_signing ? "a public key" : "a key");
    if (is_whole && is_signing)
        return refuse_signer(c, key);
    if (is_signing)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s does not carry the key's signature: it was changed, or never signed",
                        c->path);
    return lmi_fail(LMAS_E_FORMAT,
                    "%s does not carry the key's seal: it was changed, or sealed with another key",
                    c->path);
}

static lmas_status check_key(lmi_container *c, const lmi_key *key)
{
    if (key->kind == LMI_SEAL_SUM)
        return LMAS_OK;
    c->is_seal_checked = c->seal == key->kind &&
                         lmi_seal_fits(lmi_container_seal(c), key, c->bytes.data, sealed_size(c));
    return c->is_seal_checked ? LMAS_OK : refuse_seal(c, key);
}

static lmas_status read_manifest(lmi_container *c)
{
    const size_t len = sealed_size(c) - LMI_FRAME_HEAD_SIZE;

    if (!is_manifest_whole(c))
        return lmi_fail(LMAS_E_FORMAT, "%s is damaged: its manifest does not have the sum noted",
                        c->path);
    return lmi_manifest_read(&c->manifest, c->path, c->bytes.data + LMI_FRAME_HEAD_SIZE, len);
}

/* Where the chunks are. They and the seal are all there is. */
static lmas_status find_chunks(lmi_container *c)
{
    const uint8_t *head = (const uint8_t *)c->bytes.data;
    uint64_t at = sealed_size(c);
    lmi_chunk_id i;

    for (i = 0; i < LMI_N_CHUNKS; i++) {
        c->chunks[i] = head + (at < c->bytes.len ? at : 0);
        at += c->manifest.chunks[i].packed;
    }
    at += lmi_seal_size(c->seal);
    if (at == c->bytes.len)
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT, "%s has %zu bytes, its manifest says %llu", c->path,
                    c->bytes.len, (unsigned long long)at);
}

static lmas_status check_sums(const lmi_container *c)
{
    char sum[LMI_SHA256_SIZE];
    lmi_chunk_id i;

    for (i = 0; i < LMI_N_CHUNKS; i++) {
        const lmi_chunk *chunk = &c->manifest.chunks[i];
        lmi_sha256 hash;

        lmi_sha256_init(&hash);
        lmi_sha256_add(&hash, c->chunks[i], chunk->packed);
        lmi_sha256_done(sum, &hash);
        if (strcmp(sum, chunk->sha256) != 0)
            return lmi_fail(LMAS_E_FORMAT,
                            "%s is damaged: its chunk %s does not have the sum noted", c->path,
                            lmi_chunk_name(i));
    }
    return LMAS_OK;
}

/* What can be told of the seal without its key. */
static lmas_status check_end(const lmi_container *c)
{
    if (c->is_seal_checked || is_seal_whole(c))
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT, "%s is damaged: it does not end in its %s", c->path,
                    c->seal == LMI_SEAL_SIGNED ? "signature" : "sum");
}

lmas_status lmi_container_read(lmi_container *out, const char *path, const lmi_key *key)
{
    lmas_status status;

    *out = (lmi_container){.path = path};
    lmi_buf_init(&out->bytes, LMI_STORE_FILE_MAX);
    status = lmi_file_read(&out->bytes, path);
    if (status == LMAS_OK)
        status = check_head(out);
    if (status == LMAS_OK)
        status = check_length(out);
    if (status == LMAS_OK)
        status = check_key(out, key);
    if (status == LMAS_OK)
        status = read_manifest(out);
    if (status == LMAS_OK)
        status = find_chunks(out);
    if (status == LMAS_OK)
        status = check_sums(out);
    return status == LMAS_OK ? check_end(out) : status;
}

void lmi_container_done(lmi_container *container)
{
    lmi_manifest_done(&container->manifest);
    lmi_buf_done(&container->bytes);
}

/* What the manifest says of sizes was held to limits when it was read. */
lmas_status lmi_container_unpack(void **out, const lmi_container *container, lmi_chunk_id id)
{
    const lmi_chunk *chunk = &container->manifest.chunks[id];
    void *data = lmi_new(chunk->size + 1, 1);
    size_t n = chunk->size;

    if (!data)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a chunk of %llu bytes",
                        (unsigned long long)chunk->size);
    if (chunk->is_raw)
        memcpy(data, container->chunks[id], chunk->size);
    else
        n = ZSTD_decompress(data, chunk->size, container->chunks[id], chunk->packed);
    if (!ZSTD_isError(n) && n == chunk->size) {
        *out = data;
        return LMAS_OK;
    }
    lmi_free(data);
    return lmi_fail(LMAS_E_FORMAT, "%s: the chunk %s does not unpack to %llu bytes",
                    container->path, lmi_chunk_name(id), (unsigned long long)chunk->size);
}

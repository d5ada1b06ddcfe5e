/*
 * mutate.c - a file taken apart, one part changed, and put together again.
 *
 * A byte changed anywhere breaks a sum, and nothing behind the sums would ever be reached. So the
 * fuzzer changes the manifest or a chunk, unpacked, and then lengths, sums and seal are made right:
 * by whoever knows the layout, and has the keys. One file in eight stays as the fuzzer left it, and
 * one in eight has a manifest that does.
 */
#include "mutate.h"

#include <sodium/crypto_sign_ed25519.h>
#include <sodium/utils.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include "base/json.h"
#include "base/mem.h"
#include "store/container.h"
#include "store/frame.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

enum { PART_MAX = 1 << 16, MANIFEST = LMI_N_CHUNKS, N_PARTS };

/* The chunks, and behind them the manifest. */
typedef struct part {
    uint8_t data[PART_MAX];
    size_t size;
    bool is_unpacked; /* and was not in the file */
} part;

static part parts[N_PARTS];

/* ---- Keys ---- */

/* How a file ends. */
typedef struct ending {
    lmi_seal_kind kind;
    uint8_t whose; /* the first byte of the pair's seed */
} ending;

enum { OURS = 7, ANOTHERS = 8 };

static void make_pair(uint8_t *public, uint8_t *secret, uint8_t whose)
{
    const uint8_t seed[crypto_sign_ed25519_SEEDBYTES] = {whose};

    crypto_sign_ed25519_seed_keypair(public, secret, seed);
}

void fuzz_public_line(char out[128])
{
    uint8_t public[crypto_sign_ed25519_PUBLICKEYBYTES], secret[crypto_sign_ed25519_SECRETKEYBYTES];
    char digits[2 * sizeof(public) + 1];

    make_pair(public, secret, OURS);
    sodium_bin2hex(digits, sizeof(digits), public, sizeof(public));
    snprintf(out, 128, "latentmas-ed25519-public %s\n", digits);
}

static void append_seal(lmi_buf *file, const ending *end, size_t sealed_size)
{
    uint8_t public[crypto_sign_ed25519_PUBLICKEYBYTES], secret[crypto_sign_ed25519_SECRETKEYBYTES];
    uint8_t seal[LMI_SEAL_SIZE_MAX];
    lmi_key key = {.kind = end->kind};

    make_pair(public, secret, end->whose);
    lmi_buf_init(&key.bytes, sizeof(secret));
    if (key.kind == LMI_SEAL_SIGNED)
        lmi_buf_append(&key.bytes, (const char *)secret, sizeof(secret));
    else
        lmi_buf_puts(&key.bytes, FUZZ_SHARED_KEY);
    lmi_seal(seal, &key, file->data, sealed_size);
    lmi_buf_append(file, (const char *)seal, lmi_seal_size(key.kind));
    lmi_buf_done(&key.bytes);
}

/* ---- Apart ---- */

static void take(part *out, const uint8_t **at, size_t *left, uint64_t size)
{
    out->is_unpacked = false;
    out->size = size < *left ? (size_t)size : *left;
    memcpy(out->data, *at, out->size);
    *at += out->size;
    *left -= out->size;
}

/* Numbers as they are spelled: what a fuzzer makes of them is to be kept. */
static yyjson_doc *read_manifest(void)
{
    return yyjson_read_opts((char *)parts[MANIFEST].data, parts[MANIFEST].size,
                            YYJSON_READ_NUMBER_AS_RAW, NULL, NULL);
}

static uint64_t packed_size(yyjson_doc *doc, lmi_chunk_id id)
{
    yyjson_val *chunks = yyjson_obj_get(yyjson_doc_get_root(doc), "chunks");
    const char *digits =
        yyjson_get_raw(yyjson_obj_get(yyjson_obj_get(chunks, lmi_chunk_name(id)), "packed"));
    unsigned long long size = 0;

    if (digits)
        (void)sscanf(digits, "%llu", &size);
    return size;
}

/* The bytes are a head, a manifest, chunks as it says, a seal; false where they are too few. What
 * the manifest leaves over is the last chunk's. */
static bool take_apart(const uint8_t *data, size_t size)
{
    const uint8_t *at = data + LMI_FRAME_HEAD_SIZE;
    size_t left, end;
    lmi_chunk_id i;
    yyjson_doc *doc;

    if (size > PART_MAX || size < LMI_FRAME_HEAD_SIZE + LMI_SEAL_SIZE_MAX)
        return false;
    end = lmi_seal_size(lmi_frame_u16(data + LMI_FRAME_AT_SEAL));
    left = size - LMI_FRAME_HEAD_SIZE - end;
    take(&parts[MANIFEST], &at, &left, lmi_frame_u32(data + LMI_FRAME_AT_LENGTH));
    doc = read_manifest();
    for (i = 0; i < LMI_N_CHUNKS; i++)
        take(&parts[i], &at, &left, i + 1 < LMI_N_CHUNKS ? packed_size(doc, i) : left);
    yyjson_doc_free(doc);
    return true;
}

static void unpack(part *p)
{
    static uint8_t unpacked[PART_MAX];
    const size_t n = ZSTD_decompress(unpacked, sizeof(unpacked), p->data, p->size);

    if (p->size == 0 || ZSTD_isError(n))
        return;
    memcpy(p->data, unpacked, n);
    p->size = n;
    p->is_unpacked = true;
}

/* ---- Together ---- */

static void set_number(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, size_t value)
{
    if (yyjson_mut_obj_get(object, key))
        yyjson_mut_obj_replace(object, yyjson_mut_str(doc, key), yyjson_mut_uint(doc, value));
}

static void set_sum(yyjson_mut_doc *doc, yyjson_mut_val *object, const part *p)
{
    char sum[LMI_SHA256_SIZE];
    lmi_sha256 hash;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, p->data, p->size);
    lmi_sha256_done(sum, &hash);
    if (yyjson_mut_obj_get(object, "sha256"))
        yyjson_mut_obj_replace(object, yyjson_mut_str(doc, "sha256"), yyjson_mut_strcpy(doc, sum));
}

static void set_chunk(yyjson_mut_doc *doc, lmi_chunk_id id)
{
    yyjson_mut_val *root = yyjson_mut_doc_get_root(doc);
    yyjson_mut_val *chunk =
        yyjson_mut_obj_get(yyjson_mut_obj_get(root, "chunks"), lmi_chunk_name(id));

    set_number(doc, chunk, "packed", parts[id].size);
    if (parts[id].is_unpacked)
        yyjson_mut_obj_replace(chunk, yyjson_mut_str(doc, "packing"), yyjson_mut_str(doc, "none"));
    if (yyjson_mut_equals_str(yyjson_mut_obj_get(chunk, "packing"), "none"))
        set_number(doc, chunk, "size", parts[id].size);
    set_sum(doc, chunk, &parts[id]);
}

/* The manifest as it must be for the chunks; as it is where it is none. */
static void fix_manifest(void)
{
    yyjson_doc *doc = read_manifest();
    yyjson_mut_doc *copy = doc ? yyjson_doc_mut_copy(doc, NULL) : NULL;
    char *text = NULL;
    size_t len = 0;
    lmi_chunk_id i;

    for (i = 0; copy && i < LMI_N_CHUNKS; i++)
        set_chunk(copy, i);
    if (copy)
        text = yyjson_mut_write(copy, 0, &len);
    if (text && len <= PART_MAX) {
        memcpy(parts[MANIFEST].data, text, len);
        parts[MANIFEST].size = len;
    }
    lmi_free(text);
    yyjson_mut_doc_free(copy);
    yyjson_doc_free(doc);
}

static void append_head(lmi_buf *file, lmi_seal_kind kind)
{
    const uint16_t numbers[] = {LMI_FRAME_VERSION, (uint16_t)kind};
    const uint32_t len = (uint32_t)parts[MANIFEST].size;
    uint8_t head[LMI_FRAME_HEAD_SIZE];

    memcpy(head, LMI_FRAME_MAGIC, LMI_FRAME_AT_VERSION);
    memcpy(head + LMI_FRAME_AT_VERSION, numbers, sizeof(numbers));
    memcpy(head + LMI_FRAME_AT_LENGTH, &len, sizeof(len));
    lmi_frame_sum(head + LMI_FRAME_AT_SUM, head, parts[MANIFEST].data, len);
    lmi_buf_append(file, (const char *)head, sizeof(head));
}

/* Its length; 0 where it is longer than there is room. */
static size_t put_together(uint8_t *data, size_t max_size, const ending *end)
{
    size_t size = 0;
    lmi_buf file;
    lmi_chunk_id i;

    lmi_buf_init(&file, max_size);
    append_head(&file, end->kind);
    lmi_buf_append(&file, (const char *)parts[MANIFEST].data, parts[MANIFEST].size);
    if (file.status == LMAS_OK)
        size = file.len;
    for (i = 0; i < LMI_N_CHUNKS; i++)
        lmi_buf_append(&file, (const char *)parts[i].data, parts[i].size);
    if (file.status == LMAS_OK)
        append_seal(&file, end, size);
    size = file.status == LMAS_OK ? file.len : 0;
    if (size)
        memcpy(data, file.data, size);
    lmi_buf_done(&file);
    return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const ending endings[] = {{LMI_SEAL_SUM, 0},
                                     {LMI_SEAL_KEYED, 0},
                                     {LMI_SEAL_SIGNED, OURS},
                                     {LMI_SEAL_SIGNED, ANOTHERS}};
    const unsigned draw = seed >> 4;
    part *changed = &parts[draw % 4 ? draw / 4 % LMI_N_CHUNKS : MANIFEST];
    const bool is_fixed = draw / 16 % 8 != 0;
    size_t made;

    if (seed % 8 == 0 || !take_apart(data, size))
        return LLVMFuzzerMutate(data, size, max_size);
    if (is_fixed && changed != &parts[MANIFEST])
        unpack(changed);
    changed->size =
        LLVMFuzzerMutate(changed->data, changed->size, max_size < PART_MAX ? max_size : PART_MAX);
    if (is_fixed)
        fix_manifest();
    made = put_together(data, max_size, &endings[draw / 128 % 4]);
    return made ? made : LLVMFuzzerMutate(data, size, max_size);
}

/*
 * weights.c - reading matrices and an identity out of a GGUF.
 *
 * gguf.h parses the header; the data is read with pread where it lies, one row range at a
 * time, so a matrix of gigabytes costs the memory of the rows in hand.
 */
#include "engine/gguf/weights.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "engine/backend.h"
#include "engine/gguf/header.h"
#include "engine/libllama.h"

enum {
    MAX_SPLITS = 512,
    BLOCK_SIZE = 64 * 1024,
    N_BLOCKS = 64,
};
static const uint64_t WHOLE_LIMIT = 64ull * 1024 * 1024;

typedef struct part {
    struct gguf_context *gguf;
    int fd;
    uint64_t size;
} part;

struct lmi_weights {
    part parts[MAX_SPLITS];
    int n_parts;
    void *row; /* one row as stored */
    size_t row_capacity;
};

static lmas_status read_at(void *out, const part *p, uint64_t offset, size_t size, const char *what)
{
    char *to = out;

    while (size > 0) {
        const ssize_t n = pread(p->fd, to, size, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot read %s of the model", what);
        if (n == 0)
            return lmi_fail(LMAS_E_MODEL, "the model file ends inside %s: it is cut short", what);
        to += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return LMAS_OK;
}

/* Opening a file that is not a GGUF must say so, not how its parser stumbled. */
static lmas_status check_magic(const part *p, const char *path)
{
    char magic[4] = {0};
    struct stat st;

    if (fstat(p->fd, &st) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
    if (!S_ISREG(st.st_mode))
        return lmi_fail(LMAS_E_IO, "%s is %s, a GGUF file was expected", path,
                        S_ISDIR(st.st_mode)    ? "a folder"
                        : S_ISFIFO(st.st_mode) ? "a pipe"
                                               : "no regular file");
    if (pread(p->fd, magic, sizeof(magic), 0) != (ssize_t)sizeof(magic) ||
        memcmp(magic, GGUF_MAGIC, sizeof(magic)) != 0)
        return lmi_fail(LMAS_E_MODEL, "%s is not a GGUF file: it does not begin with \"GGUF\"",
                        path);
    return LMAS_OK;
}

/* Every tensor must lie inside the file, or reading it would run past the end. */
static lmas_status check_extent(const part *p, const char *path)
{
    const uint64_t start = gguf_get_data_offset(p->gguf);
    int64_t i;

    for (i = 0; i < gguf_get_n_tensors(p->gguf); i++) {
        const uint64_t end =
            start + gguf_get_tensor_offset(p->gguf, i) + gguf_get_tensor_size(p->gguf, i);

        if (end > p->size)
            return lmi_fail(
                LMAS_E_MODEL,
                "%s is cut short: %llu bytes, and tensor %s ends at %llu; fetch it again", path,
                (unsigned long long)p->size, gguf_get_tensor_name(p->gguf, i),
                (unsigned long long)end);
    }
    return LMAS_OK;
}

static lmas_status open_part(part *p, const char *path)
{
    const struct gguf_init_params params = {.no_alloc = true, .ctx = NULL};
    struct stat st;
    lmas_status status;

    p->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not be waited for */
    if (p->fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot open the model %s", path);
    status = check_magic(p, path);
    if (status != LMAS_OK)
        return status;
    if (fstat(p->fd, &st) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
    p->size = (uint64_t)st.st_size;
    lmi_backend_forget();
    p->gguf = gguf_init_from_file(path, params);
    if (!p->gguf)
        return lmi_fail(LMAS_E_MODEL, "%s is not a whole GGUF file: %s", path,
                        lmi_backend_complaint());
    return check_extent(p, path);
}

/* The path of part `i` of a model of `n` parts, from that of its first. */
static lmas_status part_path(char *out, size_t size, const char *path, int i, int n)
{
    char prefix[LMI_PATH_MAX];

    if (llama_split_prefix(prefix, sizeof(prefix), path, 0, n) <= 0)
        return lmi_fail(LMAS_E_MODEL, "%s is one part of %d: open the first, -00001-of-%05d.gguf",
                        path, n, n);
    llama_split_path(out, size, prefix, i, n);
    return LMAS_OK;
}

static lmas_status open_parts(lmi_weights *w, const char *path)
{
    part first = {.fd = -1};
    lmas_status status = open_part(&first, path);
    int n = 1;
    int i;

    if (status == LMAS_OK) {
        const int64_t key = gguf_find_key(first.gguf, "split.count");

        if (key >= 0 && gguf_get_kv_type(first.gguf, key) == GGUF_TYPE_UINT16)
            n = gguf_get_val_u16(first.gguf, key);
        n = n < 1 ? 1 : n;
    }
    w->parts[0] = first;
    w->n_parts = 1;
    if (n > MAX_SPLITS)
        return lmi_fail(LMAS_E_MODEL, "%s says it has %d parts, at most %d expected", path, n,
                        MAX_SPLITS);
    for (i = 1; status == LMAS_OK && i < n; i++) {
        char next[LMI_PATH_MAX];

        w->parts[i].fd = -1;
        w->n_parts = i + 1;
        status = part_path(next, sizeof(next), path, i, n);
        if (status == LMAS_OK)
            status = open_part(&w->parts[i], next);
    }
    return status;
}

lmas_status lmi_weights_open(lmi_weights **out, const char *path)
{
    lmi_weights *w = lmi_new(1, sizeof(*w));
    lmas_status status;

    if (!w)
        return lmi_fail(LMAS_E_NOMEM, "no memory to open %s", path);
    status = open_parts(w, path);
    if (status != LMAS_OK) {
        lmi_weights_close(w);
        return status;
    }
    *out = w;
    return LMAS_OK;
}

void lmi_weights_close(lmi_weights *weights)
{
    int i;

    if (!weights)
        return;
    for (i = 0; i < weights->n_parts; i++) {
        gguf_free(weights->parts[i].gguf);
        if (weights->parts[i].fd >= 0)
            close(weights->parts[i].fd);
    }
    lmi_free(weights->row);
    lmi_free(weights);
}

lmas_status lmi_weights_check(const lmi_weights *weights, const char *path, bool is_mapped)
{
    lmas_status status = lmi_header_check(weights->parts[0].gguf, path, is_mapped);
    int i;

    for (i = 1; status == LMAS_OK && i < weights->n_parts; i++)
        status = lmi_header_check_tensors(weights->parts[i].gguf, path, is_mapped);
    return status;
}

/* gguf.h aborts on a wrong type. */
static int64_t find_typed(const lmi_weights *weights, const char *key, enum gguf_type type)
{
    return lmi_header_find(weights->parts[0].gguf, key, type);
}

const char *lmi_weights_string(const lmi_weights *weights, const char *key)
{
    const int64_t id = find_typed(weights, key, GGUF_TYPE_STRING);

    return id < 0 ? NULL : gguf_get_val_str(weights->parts[0].gguf, id);
}

bool lmi_weights_bool(const lmi_weights *weights, const char *key, bool otherwise)
{
    const int64_t id = find_typed(weights, key, GGUF_TYPE_BOOL);

    return id < 0 ? otherwise : gguf_get_val_bool(weights->parts[0].gguf, id);
}

uint32_t lmi_weights_u32(const lmi_weights *weights, const char *key, uint32_t otherwise)
{
    const int64_t id = find_typed(weights, key, GGUF_TYPE_UINT32);

    return id < 0 ? otherwise : gguf_get_val_u32(weights->parts[0].gguf, id);
}

float lmi_weights_f32(const lmi_weights *weights, const char *key, float otherwise)
{
    const int64_t id = find_typed(weights, key, GGUF_TYPE_FLOAT32);

    return id < 0 ? otherwise : gguf_get_val_f32(weights->parts[0].gguf, id);
}

bool lmi_weights_is_list(const lmi_weights *weights, const char *key)
{
    return find_typed(weights, key, GGUF_TYPE_ARRAY) >= 0;
}

/* Converters write lists of numbers as int32 or uint32, and of truth values as such. */
uint32_t lmi_weights_u32_at(const lmi_weights *weights, const char *key, uint32_t i,
                            uint32_t otherwise)
{
    const struct gguf_context *gguf = weights->parts[0].gguf;
    const int64_t id = find_typed(weights, key, GGUF_TYPE_ARRAY);

    if (id < 0)
        return lmi_weights_u32(weights, key, otherwise);
    if (i >= gguf_get_arr_n(gguf, id))
        return otherwise;
    switch (gguf_get_arr_type(gguf, id)) {
    case GGUF_TYPE_UINT32:
    case GGUF_TYPE_INT32:
        return ((const uint32_t *)gguf_get_arr_data(gguf, id))[i];
    case GGUF_TYPE_BOOL:
        return ((const uint8_t *)gguf_get_arr_data(gguf, id))[i];
    default:
        return otherwise;
    }
}

bool lmi_weights_has(const lmi_weights *weights, const char *key)
{
    return gguf_find_key(weights->parts[0].gguf, key) >= 0;
}

bool lmi_weights_at(lmi_tensor *out, const lmi_weights *weights, size_t i)
{
    int64_t at = (int64_t)i;
    int p;

    for (p = 0; p < weights->n_parts; p++) {
        const struct gguf_context *gguf = weights->parts[p].gguf;
        const int64_t n = gguf_get_n_tensors(gguf);

        if (at < n) {
            *out = (lmi_tensor){.name = gguf_get_tensor_name(gguf, at),
                                .type = (int32_t)gguf_get_tensor_type(gguf, at),
                                .ne = gguf_get_tensor_ne(gguf, at)};
            return true;
        }
        at -= n;
    }
    return false;
}

bool lmi_weights_find(lmi_matrix *out, const lmi_weights *weights, const char *name)
{
    int i;

    for (i = 0; i < weights->n_parts; i++) {
        const struct gguf_context *gguf = weights->parts[i].gguf;
        const int64_t id = gguf_find_tensor(gguf, name);
        const int64_t *ne = id < 0 ? NULL : gguf_get_tensor_ne(gguf, id);

        if (!ne)
            continue;
        *out = (lmi_matrix){.n_rows = ne[1],
                            .n_cols = ne[0],
                            .type = (int32_t)gguf_get_tensor_type(gguf, id),
                            .offset = gguf_get_data_offset(gguf) + gguf_get_tensor_offset(gguf, id),
                            .row_size = gguf_get_tensor_size(gguf, id) / (size_t)ne[1],
                            .file = i};
        return true;
    }
    return false;
}

lmas_status lmi_weights_rows(float *out, lmi_weights *weights, const lmi_matrix *matrix,
                             int64_t first, int64_t n)
{
    const ggml_to_float_t to_float = ggml_get_type_traits((enum ggml_type)matrix->type)->to_float;
    const size_t size = matrix->row_size * (size_t)n;
    const uint64_t offset = matrix->offset + matrix->row_size * (uint64_t)first;
    lmas_status status;

    if (matrix->type == GGML_TYPE_F32)
        return read_at(out, &weights->parts[matrix->file], offset, size, "an embedding matrix");
    if (!to_float)
        return lmi_fail(LMAS_E_MODEL, "embeddings of type %s cannot be dequantised",
                        ggml_type_name((enum ggml_type)matrix->type));
    if (!lmi_reserve(&weights->row, &weights->row_capacity, size, 1))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu bytes of embeddings", size);
    status =
        read_at(weights->row, &weights->parts[matrix->file], offset, size, "an embedding matrix");
    if (status == LMAS_OK)
        to_float(weights->row, out, n * matrix->n_cols);
    return status;
}

/* Hash [offset, offset + size) of the file. */
static lmas_status hash_range(lmi_sha256 *hash, const part *p, uint64_t offset, uint64_t size)
{
    unsigned char block[BLOCK_SIZE];

    while (size > 0) {
        const size_t n = size < sizeof(block) ? (size_t)size : sizeof(block);
        const lmas_status status = read_at(block, p, offset, n, "the data");

        if (status != LMAS_OK)
            return status;
        lmi_sha256_add(hash, block, n);
        offset += n;
        size -= n;
    }
    return LMAS_OK;
}

static lmas_status hash_part(lmi_sha256 *hash, const part *p)
{
    const uint64_t start = gguf_get_data_offset(p->gguf);
    const uint64_t stride = (p->size - start) / N_BLOCKS;
    lmas_status status;
    uint64_t i;

    lmi_sha256_add(hash, &p->size, sizeof(p->size));
    if (p->size <= WHOLE_LIMIT)
        return hash_range(hash, p, 0, p->size);
    status = hash_range(hash, p, 0, start);
    for (i = 0; status == LMAS_OK && i < N_BLOCKS; i++) {
        const uint64_t offset = start + i * stride;
        const uint64_t left = p->size - offset;

        status = hash_range(hash, p, offset, left < BLOCK_SIZE ? left : BLOCK_SIZE);
    }
    return status;
}

lmas_status lmi_weights_fingerprint(char out[LMI_SHA256_SIZE], lmi_weights *weights)
{
    lmi_sha256 hash;
    int i;

    lmi_sha256_init(&hash);
    for (i = 0; i < weights->n_parts; i++) {
        const lmas_status status = hash_part(&hash, &weights->parts[i]);

        if (status != LMAS_OK)
            return status;
    }
    lmi_sha256_done(out, &hash);
    return LMAS_OK;
}

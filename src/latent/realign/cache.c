/*
 * cache.c - W_a between runs.
 *
 * One file per model, named by its fingerprint: a header that says what it is for, the
 * matrix, and a BLAKE2b sum over both. Anything that does not match is solved again and
 * replaced; nobody needs to clear this cache by hand.
 *
 *     "LMASWA01" | fingerprint, 64 hex | n_embd u32 | zero u32 | W_a f32 [n_embd, n_embd] | sum, 32
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "latent/realign/matrix.h"

static const char MAGIC[8] = {'L', 'M', 'A', 'S', 'W', 'A', '0', '1'};
enum { SUM_SIZE = 32 };

typedef struct header {
    char magic[8];
    char fingerprint[64];
    uint32_t n_embd;
    uint32_t zero;
} header;

static header header_of(const lmas_model *model)
{
    header h = {.n_embd = (uint32_t)model->info.n_embd};

    memcpy(h.magic, MAGIC, sizeof(h.magic));
    memcpy(h.fingerprint, model->fingerprint, sizeof(h.fingerprint));
    return h;
}

static size_t matrix_size(const lmas_model *model)
{
    return (size_t)model->info.n_embd * (size_t)model->info.n_embd * sizeof(float);
}

static void sum_of(unsigned char out[SUM_SIZE], const void *data, size_t size)
{
    crypto_generichash(out, SUM_SIZE, data, size, NULL, 0);
}

static lmas_status cache_path(lmi_buf *out, const lmas_model *model, const char *dir)
{
    lmas_status status = LMAS_OK;

    if (dir)
        lmi_buf_puts(out, dir);
    else
        status = lmi_cache_dir(out);
    if (status == LMAS_OK)
        lmi_buf_printf(out, "/realign-%.32s.bin", model->fingerprint);
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

/* The matrix from `path`, or NULL when there is none that can be trusted. */
static float *load(const lmas_model *model, const char *path)
{
    const header want = header_of(model);
    const size_t size = matrix_size(model);
    unsigned char sum[SUM_SIZE];
    float *matrix = NULL;
    lmi_buf file;

    lmi_buf_init(&file, sizeof(header) + size + SUM_SIZE);
    if (lmi_file_read(&file, path) == LMAS_OK && file.len == file.max &&
        memcmp(file.data, &want, sizeof(want)) == 0) {
        sum_of(sum, file.data, sizeof(want) + size);
        if (memcmp(sum, file.data + sizeof(want) + size, SUM_SIZE) == 0)
            matrix = lmi_new(size, 1);
        if (matrix)
            memcpy(matrix, file.data + sizeof(want), size);
    }
    lmi_buf_done(&file);
    return matrix;
}

static lmas_status store(const lmas_model *model, const char *path, const float *matrix)
{
    const header head = header_of(model);
    const size_t size = matrix_size(model);
    unsigned char sum[SUM_SIZE];
    lmas_status status;
    char dir[LMI_PATH_MAX];
    lmi_buf file;

    snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path), path);
    status = lmi_dir_make(dir);
    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&file, sizeof(head) + size + SUM_SIZE);
    lmi_buf_append(&file, (const char *)&head, sizeof(head));
    lmi_buf_append(&file, (const char *)matrix, size);
    status = lmi_buf_status(&file);
    if (status == LMAS_OK) {
        sum_of(sum, file.data, file.len);
        lmi_buf_append(&file, (const char *)sum, SUM_SIZE);
        status = lmi_file_write(path, file.data, file.len);
    }
    lmi_buf_done(&file);
    return status;
}

/* Solve, and keep the solution when there is a path to keep it at. */
static lmas_status solve_and_store(float **out, lmas_model *model, const char *path,
                                   const lmi_realign_params *params)
{
    const lmas_status status = lmi_matrix_solve(out, model, params);

    if (status == LMAS_OK && path[0] && store(model, path, *out) != LMAS_OK)
        lmi_log(LMAS_LOG_WARN, "the realignment matrix is not kept: %s", lmas_last_error());
    return status;
}

lmas_status lmi_matrix_obtain(float **out, lmas_model *model, const lmi_realign_params *params)
{
    const bool is_kept = !params->cache_dir || params->cache_dir[0];
    lmas_status status = LMAS_OK;
    float *matrix = NULL;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX - 1);
    if (is_kept && cache_path(&path, model, params->cache_dir) != LMAS_OK)
        lmi_log(LMAS_LOG_WARN, "the realignment matrix is not kept: %s", lmas_last_error());
    if (path.len > 0)
        matrix = load(model, path.data);
    if (!matrix)
        status = solve_and_store(&matrix, model, lmi_buf_text(&path), params);
    lmi_buf_done(&path);
    if (status == LMAS_OK)
        *out = matrix;
    return status;
}

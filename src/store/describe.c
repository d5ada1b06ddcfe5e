/* describe.c - a memory file without a model: what it says, all of it checked. */
#include <math.h>

#include "base/mem.h"
#include "latentmas_store.h"
#include "store/container.h"

struct lmas_memory_file {
    lmi_container container;
    lmas_memory_file_info info;
    char *path;
    char signer[LMI_SIGNER_SIZE];
};

static void fill(lmas_memory_file_info *info, const lmi_container *c, const char *signer)
{
    const lmi_manifest *m = &c->manifest;

    *info = (lmas_memory_file_info){.fingerprint = m->fingerprint,
                                    .arch = m->arch,
                                    .version = m->version,
                                    .engine = m->dialect.engine,
                                    .cache_type_k = m->dialect.type_k,
                                    .cache_type_v = m->dialect.type_v,
                                    .flash_attn = m->dialect.flash_attn,
                                    .segments = m->segments,
                                    .n_segments = m->n_segments,
                                    .size = c->bytes.len,
                                    .state_size = m->chunks[LMI_CHUNK_STATE].size,
                                    .n_pos = m->n_pos,
                                    .n_layer = (int32_t)m->n_layer,
                                    .n_embd = (int32_t)m->n_embd,
                                    .n_vocab = (int32_t)m->n_vocab,
                                    .signed_by = signer,
                                    .is_sealed = c->seal != LMI_SEAL_SUM,
                                    .is_seal_checked = c->is_seal_checked,
                                    .can_rebuild = m->can_rebuild,
                                    .can_think = m->has_hidden,
                                    .can_speak = m->has_logits};
    lmi_manifest_count(&info->n_tokens, &info->n_thoughts, m);
}

/* Sums do not tell what somebody wrote who knows how to sum: whether it unpacks. */
static lmas_status check_chunks(const lmi_container *c)
{
    lmas_status status = LMAS_OK;
    void *data;
    lmi_chunk_id i;

    for (i = 0; status == LMAS_OK && i < LMI_N_CHUNKS; i++) {
        status = lmi_container_unpack(&data, c, i);
        if (status == LMAS_OK)
            lmi_free(data);
    }
    return status;
}

static lmas_status read(lmas_memory_file *file, const lmas_memory_file_params *params)
{
    const lmi_container *c = &file->container;
    lmi_key key;
    lmas_status status = lmi_key_to_check(&key, params);

    if (status == LMAS_OK)
        status = lmi_container_read(&file->container, file->path, &key);
    if (status == LMAS_OK)
        status = check_chunks(c);
    lmi_key_done(&key);
    if (status != LMAS_OK)
        return status;
    if (c->seal == LMI_SEAL_SIGNED)
        lmi_seal_signer(file->signer, lmi_container_seal(c));
    fill(&file->info, c, c->seal == LMI_SEAL_SIGNED ? file->signer : NULL);
    return LMAS_OK;
}

lmas_status lmas_memory_file_open(lmas_memory_file **out, const char *path,
                                  const lmas_memory_file_params *params)
{
    lmas_memory_file *file;
    lmas_status status;

    if (!out || !path)
        return lmi_fail(LMAS_E_INVALID, "lmas_memory_file_open needs an out parameter and a path");
    file = lmi_new(1, sizeof(*file));
    if (file)
        file->path = lmi_strdup(path);
    if (!file || !file->path) {
        lmi_free(file);
        return lmi_fail(LMAS_E_NOMEM, "no memory to read %s", path);
    }
    status = read(file, params);
    if (status == LMAS_OK)
        *out = file;
    else
        lmas_memory_file_free(file);
    return status;
}

const lmas_memory_file_info *lmas_memory_file_describe(const lmas_memory_file *file)
{
    return file ? &file->info : NULL;
}

static lmas_status add_up(double *sums, size_t n, uint64_t n_thoughts, const float *vectors)
{
    uint64_t k;
    size_t i;

    for (k = 0; k < n_thoughts; k++)
        for (i = 0; i < n; i++)
            sums[i] += (double)vectors[k * n + i];
    for (i = 0; i < n; i++)
        if (!isfinite(sums[i]))
            return lmi_fail(LMAS_E_FORMAT, "a thought has a value that is not finite");
    return LMAS_OK;
}

lmas_status lmas_memory_file_mean(float *out, size_t n, const lmas_memory_file *file)
{
    void *vectors = NULL;
    lmas_status status;
    double *sums;
    size_t i;

    if (!out || !file || n != (size_t)file->info.n_embd || file->info.n_thoughts == 0)
        return lmi_fail(LMAS_E_INVALID, "lmas_memory_file_mean needs a file with thoughts, and "
                                        "room for as many values as they have");
    sums = lmi_new(n, sizeof(*sums));
    if (!sums)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu values", n);
    status = lmi_container_unpack(&vectors, &file->container, LMI_CHUNK_VECTORS);
    if (status == LMAS_OK) {
        status = add_up(sums, n, file->info.n_thoughts, vectors);
        lmi_free(vectors);
    }
    for (i = 0; status == LMAS_OK && i < n; i++)
        out[i] = (float)(sums[i] / (double)file->info.n_thoughts);
    lmi_free(sums);
    return status;
}

void lmas_memory_file_free(lmas_memory_file *file)
{
    if (!file)
        return;
    lmi_container_done(&file->container);
    lmi_free(file->path);
    lmi_free(file);
}

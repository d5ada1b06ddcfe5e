/* examine.c - a memory file opened with the library, as anybody's; see examine.h. */
#include "exchange/publish/examine.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "latentmas_store.h"

/* Texts of a manifest, longer than which no honest one is. */
enum { TEXT_MAX = 256 };

/* The library's message names the file by its path, which is none of the client's business. */
static lmi_exchange_verdict fail_without_path(lmas_status status, const char *path)
{
    char message[LMI_ERROR_MAX];
    const char *at;

    if (status != LMAS_E_FORMAT)
        return LMI_EXCHANGE_FAILED;
    snprintf(message, sizeof(message), "%s", lmas_last_error());
    at = strstr(message, path);
    if (!at)
        return LMI_EXCHANGE_FORMAT;
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%.*sthe file%s", (int)(at - message), message,
                             at + strlen(path));
}

static bool fill_texts(lmi_exchange_record *r, const lmas_memory_file_info *info)
{
    r->fingerprint = lmi_strdup(info->fingerprint);
    r->arch = lmi_strdup(info->arch);
    r->version = lmi_strdup(info->version);
    r->engine = lmi_strdup(info->engine);
    r->cache_type_k = lmi_strdup(info->cache_type_k);
    r->cache_type_v = lmi_strdup(info->cache_type_v);
    r->signed_by = info->signed_by ? lmi_strdup(info->signed_by) : NULL;
    return r->fingerprint && r->arch && r->version && r->engine && r->cache_type_k &&
           r->cache_type_v && (r->signed_by || !info->signed_by);
}

static lmi_exchange_verdict check_texts(const lmas_memory_file_info *info)
{
    const char *const texts[] = {info->fingerprint, info->arch,         info->version,
                                 info->engine,      info->cache_type_k, info->cache_type_v};
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strlen(texts[i]) > TEXT_MAX)
            return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                     "the file has a name of %zu bytes in its manifest, at most %d "
                                     "expected",
                                     strlen(texts[i]), TEXT_MAX);
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict fill(lmi_exchange_record *r, const lmas_memory_file_info *info)
{
    const lmi_exchange_verdict verdict = check_texts(info);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    r->n_pos = info->n_pos;
    r->n_tokens = info->n_tokens;
    r->n_thoughts = info->n_thoughts;
    r->n_layer = info->n_layer;
    r->n_embd = info->n_embd;
    if (fill_texts(r, info))
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a record");
}

lmi_exchange_verdict lmi_exchange_examine(lmi_exchange_record *record,
                                          const lmi_exchange_folder *folder)
{
    char name[sizeof("incoming/") + LMI_EXCHANGE_ID_SIZE];
    lmas_memory_file *file = NULL;
    char *path = NULL;
    lmi_exchange_verdict verdict;
    lmas_status status;

    snprintf(name, sizeof(name), "incoming/%s", record->id);
    status = lmi_path_join(&path, folder->path, name);
    if (status != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    status = lmas_memory_file_open(&file, path, NULL);
    verdict = status == LMAS_OK ? fill(record, lmas_memory_file_describe(file))
                                : fail_without_path(status, path);
    lmas_memory_file_free(file);
    lmi_free(path);
    return verdict;
}

/* export.c - a frame as a package: the numbers, and around them what its reader looks for. */
#include <stdio.h>

#include "base/clock.h"
#include "base/sha256.h"
#include "exchange/awareness/archive.h"
#include "exchange/awareness/frame.h"
#include "exchange/limits.h"
#include "exchange/publish/check.h"

/* Texts of a package, in the order in which they are written. */
enum { KEYS, VALUES, ABOUT_KV, WEIGHTS, BIASES, CONFIG, METADATA, PROVENANCE, N_TEXTS };

static const char *const names[N_TEXTS] = {"kv_cache/keys.json",     "kv_cache/values.json",
                                           "kv_cache/metadata.json", "w_matrix/weights.json",
                                           "w_matrix/biases.json",   "w_matrix/config.json",
                                           "metadata.json",          "provenance.json"};

static lmas_status write_cache(lmi_buf texts[N_TEXTS], const lmi_awareness_frame *f,
                               const lmi_awareness_about *about)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status = lmi_awareness_write_cells(&texts[KEYS], &f->cells, 0);

    if (status == LMAS_OK)
        status = lmi_awareness_write_cells(&texts[VALUES], &f->cells, 1);
    if (status == LMAS_OK)
        status = lmi_json_new(&doc, &root, "a package");
    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_uint(doc, root, "tokenCount", f->cells.n);
    yyjson_mut_obj_add_uint(doc, root, "compressionRatio", 1);
    yyjson_mut_obj_add_str(doc, root, "contextDescription", about->description);
    yyjson_mut_obj_add_null(doc, root, "attentionWeights");
    return lmi_json_write(&texts[ABOUT_KV], doc, 0, "a package");
}

/* vector.json stands where keys.json does of a memory. */
static lmas_status write_vector(lmi_buf texts[N_TEXTS], const lmi_awareness_frame *f)
{
    lmi_buf *out = &texts[KEYS];

    lmi_buf_puts(out, "{\"vector\":[");
    lmi_awareness_write_row(out, f->vector, f->n_embd);
    lmi_buf_printf(out, "],\"dimension\":%u,\"category\":\"nlp\",\"performanceMetrics\":{}}",
                   f->n_embd);
    return lmi_buf_status(out);
}

/* From the model to itself there is nothing to map: no weights, and no error. */
static lmas_status write_matrix(lmi_buf texts[N_TEXTS], const lmi_awareness_frame *f,
                                const lmi_awareness_about *about)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, "a package");

    if (status != LMAS_OK)
        return status;
    lmi_buf_puts(&texts[WEIGHTS], "[]");
    lmi_buf_puts(&texts[BIASES], "[]");
    yyjson_mut_obj_add_arr(doc, root, "weights");
    yyjson_mut_obj_add_arr(doc, root, "biases");
    yyjson_mut_obj_add_uint(doc, root, "epsilon", 0);
    yyjson_mut_obj_add_str(doc, root, "sourceModel", about->model);
    yyjson_mut_obj_add_str(doc, root, "targetModel", about->model);
    yyjson_mut_obj_add_uint(doc, root, "sourceDimension", f->n_embd);
    yyjson_mut_obj_add_uint(doc, root, "targetDimension", f->n_embd);
    return lmi_json_write(&texts[CONFIG], doc, 0, "a package");
}

/* The id is of the numbers: the same ones have the same. */
static void name_package(char out[64], const lmi_buf *numbers, bool is_cells)
{
    char sum[LMI_SHA256_SIZE];
    lmi_sha256 hash;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, lmi_buf_text(numbers), numbers->len);
    lmi_sha256_done(sum, &hash);
    snprintf(out, 64, "%s_%.12s", is_cells ? "mpkg" : "vpkg", sum);
}

static lmas_status write_metadata(lmi_buf texts[N_TEXTS], bool is_cells,
                                  const lmi_awareness_about *about)
{
    char id[64], time[32];
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *creator;
    const lmas_status status = lmi_json_new(&doc, &root, "a package");

    if (status != LMAS_OK)
        return status;
    name_package(id, &texts[KEYS], is_cells);
    lmi_utc_iso(time);
    yyjson_mut_obj_add_str(doc, root, "packageId", id);
    yyjson_mut_obj_add_str(doc, root, "packageType", is_cells ? "memory" : "vector");
    yyjson_mut_obj_add_str(doc, root, "name", about->name);
    yyjson_mut_obj_add_str(doc, root, "description", about->description);
    yyjson_mut_obj_add_str(doc, root, "version", "1.0.0");
    yyjson_mut_obj_add_str(doc, root, "createdAt", time);
    creator = yyjson_mut_obj_add_obj(doc, root, "creator");
    yyjson_mut_obj_add_uint(doc, creator, "id", 0);
    yyjson_mut_obj_add_str(doc, creator, "name", about->creator);
    return lmi_json_write(&texts[METADATA], doc, 0, "a package");
}

/* Nothing was trained, mapped or lost; of what its reader grades, this is all there is to say. */
static lmas_status write_provenance(lmi_buf texts[N_TEXTS], const lmi_awareness_about *about)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *metrics;
    const lmas_status status = lmi_json_new(&doc, &root, "a package");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, "trainingDataset", "none");
    yyjson_mut_obj_add_str(doc, root, "sourceModel", about->model);
    metrics = yyjson_mut_obj_add_obj(doc, root, "qualityMetrics");
    yyjson_mut_obj_add_uint(doc, metrics, "epsilon", 0);
    yyjson_mut_obj_add_uint(doc, metrics, "informationRetention", 1);
    return lmi_json_write(&texts[PROVENANCE], doc, 0, "a package");
}

static lmas_status write_texts(lmi_buf texts[N_TEXTS], const lmi_awareness_frame *f,
                               const lmi_awareness_about *about)
{
    lmas_status status = f->is_cells ? write_cache(texts, f, about) : write_vector(texts, f);

    if (status == LMAS_OK)
        status = write_matrix(texts, f, about);
    if (status == LMAS_OK)
        status = write_metadata(texts, f->is_cells, about);
    return status == LMAS_OK ? write_provenance(texts, about) : status;
}

static lmi_exchange_verdict write_archive(const char *path, const lmi_buf texts[N_TEXTS],
                                          bool is_cells)
{
    lmi_archive_text list[N_TEXTS];
    size_t i, n = 0;

    for (i = 0; i < N_TEXTS; i++)
        if (texts[i].len > 0)
            list[n++] = (lmi_archive_text){names[i], &texts[i]};
    if (!is_cells)
        list[0].name = "vector.json";
    return lmi_archive_write(path, list, n);
}

static lmi_exchange_verdict check_about(const lmi_awareness_about *about)
{
    lmi_exchange_verdict verdict =
        lmi_exchange_check_line("the name", about->name, LMI_EXCHANGE_NAME_MAX);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_line("the description", about->description,
                                          LMI_EXCHANGE_DESCRIPTION_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_line("the creator", about->creator, LMI_EXCHANGE_NAME_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_line("the model", about->model, LMI_EXCHANGE_NAME_MAX);
    return verdict;
}

static lmi_exchange_verdict export_frame(const char *package, const lmi_awareness_frame *f,
                                         const lmi_awareness_about *about)
{
    lmi_exchange_verdict verdict;
    lmi_buf texts[N_TEXTS];
    size_t i;

    for (i = 0; i < N_TEXTS; i++)
        lmi_buf_init(&texts[i], LMI_AWARENESS_TEXT_MAX);
    verdict = lmi_exchange_verdict_of(write_texts(texts, f, about));
    if (verdict == LMI_EXCHANGE_OK)
        verdict = write_archive(package, texts, f->is_cells);
    for (i = 0; i < N_TEXTS; i++)
        lmi_buf_done(&texts[i]);
    return verdict;
}

lmi_exchange_verdict lmi_awareness_export(const char *package, const char *frame,
                                          const lmi_awareness_about *about)
{
    lmi_awareness_frame f = {0};
    lmi_exchange_verdict verdict = check_about(about);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_awareness_read_frame(&f, frame);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = export_frame(package, &f, about);
    lmi_awareness_frame_done(&f);
    return verdict;
}

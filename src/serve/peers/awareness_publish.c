/*
 * awareness_publish.c - memories as awareness-sdk 1.0.0 publishes them: numbers in JSON.
 *
 *     kv_cache_data ─▶ a package ─▶ a frame ─▶ a memory file     each checked as it is elsewhere
 *
 * So what says that it is simulated, or is noise, is refused here as a package of it is. Nothing
 * costs anything: a price is passed over.
 */
#include <string.h>

#include "exchange/awareness/archive.h"
#include "exchange/awareness/awareness.h"
#include "serve/exchange/offered.h"
#include "serve/peers/passage.h"
#include "serve/peers/peers.h"
#include "serve/peers/scratch.h"

/* Which fields say what, of a memory and of a chain. */
typedef struct words {
    const char *cells, *price, *name, *label;
    bool is_chain;
} words;

static const words of_memory = {"kv_cache_data", "price", NULL, "memory_type", false};
static const words of_chain = {"kv_cache_snapshot", "price_per_use", "chain_name", "category",
                               true};

/* ---- The package ---- */

enum { KEYS, VALUES, ABOUT, N_TEXTS };

static lmas_status write_value(lmi_buf *out, yyjson_val *val)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_copy(&doc, &root, val, "a package");

    return status == LMAS_OK ? lmi_json_write(out, doc, 0, "a package") : status;
}

/* Keys and values as a package has them, and whatever else was said, for what it may admit. */
static lmas_status write_texts(lmi_buf texts[N_TEXTS], yyjson_val *cells, yyjson_val *body)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status = write_value(&texts[KEYS], yyjson_obj_get(cells, "keys"));

    if (status == LMAS_OK)
        status = write_value(&texts[VALUES], yyjson_obj_get(cells, "values"));
    if (status == LMAS_OK)
        status = lmi_json_copy(&doc, &root, body, "a package");
    return status == LMAS_OK ? lmi_json_write(&texts[ABOUT], doc, 0, "a package") : status;
}

static lmi_exchange_verdict write_package(const char *path, yyjson_val *cells, yyjson_val *body)
{
    lmi_buf texts[N_TEXTS];
    const lmi_archive_text files[N_TEXTS] = {{"kv_cache/keys.json", &texts[KEYS]},
                                             {"kv_cache/values.json", &texts[VALUES]},
                                             {"metadata.json", &texts[ABOUT]}};
    lmi_exchange_verdict verdict;
    lmas_status status;
    size_t i;

    for (i = 0; i < N_TEXTS; i++)
        lmi_buf_init(&texts[i], (size_t)4 * LMI_BODY_MAX);
    status = write_texts(texts, cells, body);
    verdict = status == LMAS_OK ? lmi_archive_write(path, files, N_TEXTS) : LMI_EXCHANGE_FAILED;
    for (i = 0; i < N_TEXTS; i++)
        lmi_buf_done(&texts[i]);
    return verdict;
}

static lmi_exchange_verdict make_frame(const lmi_scratch *frame, const char *package,
                                       const lmi_chore *e)
{
    const lmas_model_info *info = lmas_model_describe(e->vault->params->model);
    const lmi_awareness_shape shape = {(uint32_t)info->n_layer, (uint32_t)info->n_head_kv,
                                       (uint32_t)info->n_embd};
    const lmi_exchange_verdict verdict = lmi_awareness_import(frame->path, package, &shape);

    if (verdict == LMI_EXCHANGE_OK || verdict == LMI_EXCHANGE_FAILED)
        return verdict;
    return lmi_without_path(LMAS_E_FORMAT, package, "the package");
}

/* ---- The offer ---- */

static lmi_exchange_verdict check_cells(yyjson_val *root, const words *w)
{
    yyjson_val *cells = yyjson_obj_get(root, w->cells);

    if (yyjson_is_arr(yyjson_obj_get(cells, "keys")) &&
        yyjson_is_arr(yyjson_obj_get(cells, "values")))
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                             "%s: an object with the lists \"keys\" and \"values\" of a KV cache "
                             "expected, [layer][token][value] each",
                             w->cells);
}

static lmi_exchange_verdict publish(lmi_chore *e, yyjson_val *root, const words *w,
                                    const char *frame)
{
    const char *tags[3] = {"awareness", yyjson_get_str(yyjson_obj_get(root, w->label)),
                           "reasoning-chain"};
    const char *name = w->name ? yyjson_get_str(yyjson_obj_get(root, w->name)) : NULL;
    lmi_exchange_offer offer = {.name = name ? name : "a memory",
                                .tags = tags,
                                .n_tags = w->is_chain ? 3 : 2,
                                .is_published = true};
    char id[LMI_EXCHANGE_ID_SIZE];
    uint32_t n_pos;
    lmi_exchange_verdict verdict = lmi_read_text(&offer.description, root, "description");
    yyjson_mut_doc *doc;
    yyjson_mut_val *out, *data;

    tags[1] = tags[1] ? tags[1] : "kv_cache";
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_pass_frame(id, &n_pos, e, frame, &offer);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (lmi_json_new(&doc, &out, "an answer") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_bool(doc, out, "success", true);
    data = yyjson_mut_obj_add_obj(doc, out, "data");
    yyjson_mut_obj_add_str(doc, data, w->is_chain ? "chain_id" : "memory_id", id);
    yyjson_mut_obj_add_str(doc, data, "message", "published; nothing costs anything here");
    return lmi_chore_write(e, 201, doc);
}

/* ---- All of it ---- */

static lmi_exchange_verdict pass(lmi_chore *e, yyjson_val *root, const words *w)
{
    const char *folder = e->vault->params->exchange.folder;
    lmi_scratch *package = NULL, *frame = NULL;
    lmi_exchange_verdict verdict = check_cells(root, w);

    if (verdict == LMI_EXCHANGE_OK && (lmi_scratch_new(&package, folder) != LMAS_OK ||
                                       lmi_scratch_new(&frame, folder) != LMAS_OK))
        verdict = LMI_EXCHANGE_FAILED;
    if (verdict == LMI_EXCHANGE_OK)
        verdict = write_package(package->path, yyjson_obj_get(root, w->cells), root);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = make_frame(frame, package->path, e);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = publish(e, root, w, frame->path);
    lmi_scratch_free(package);
    lmi_scratch_free(frame);
    return verdict;
}

static lmi_exchange_verdict run(lmi_chore *e, const words *w)
{
    const lmi_buf *body = &e->visit->body;
    lmi_exchange_verdict verdict;
    lmi_json json;

    if (lmi_json_parse(&json, "the body", lmi_buf_text(body), body->len) != LMAS_OK)
        return LMI_EXCHANGE_INVALID;
    verdict = pass(e, lmi_json_root(&json), w);
    lmi_json_done(&json);
    return verdict;
}

static lmi_exchange_verdict run_memory(lmi_chore *e)
{
    return run(e, &of_memory);
}

static lmi_exchange_verdict run_chain(lmi_chore *e)
{
    return run(e, &of_chain);
}

static int go(lmi_visit *visit, lmi_chore_fn fn)
{
    lmi_chore *e = lmi_chore_new(visit, fn);

    return e ? lmi_chore_send(e, &e->vault->slow) : lmi_visit_refuse(visit, &visit->why);
}

int lmi_awareness_publish(lmi_visit *visit)
{
    return go(visit, run_memory);
}

int lmi_awareness_publish_chain(lmi_visit *visit)
{
    return go(visit, run_chain);
}

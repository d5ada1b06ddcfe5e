/*
 * awareness.c - the calls of awareness-sdk 1.0.0 that find and take: answered out of the exchange.
 *
 * An id is a text here, and nothing has a price: what is asked for by a price above 0 is not there.
 * To purchase, and to use a chain, is to be told where the file is.
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/exchange/chore.h"
#include "serve/exchange/listed.h"
#include "serve/exchange/offered.h"
#include "serve/peers/peers.h"

/* {"success": true, "data": {}} */
static lmas_status open_answer(yyjson_mut_doc **doc, yyjson_mut_val **data)
{
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(doc, &root, "an answer");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_bool(*doc, root, "success", true);
    *data = yyjson_mut_obj_add_obj(*doc, root, "data");
    return LMAS_OK;
}

/* ---- Browsing ---- */

static lmi_exchange_verdict write_found(lmi_chore *e, const lmi_exchange_found *found,
                                        const char *key)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *data, *list;
    size_t i;

    if (open_answer(&doc, &data) != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    list = yyjson_mut_obj_add_arr(doc, data, key);
    for (i = 0; i < found->n; i++) {
        yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, list);

        lmi_list_record(doc, one, found->records[i], e->tenant);
        yyjson_mut_obj_add_int(doc, one, "price", 0);
    }
    yyjson_mut_obj_add_uint(doc, data, "count", found->n);
    yyjson_mut_obj_add_uint(doc, data, "total", found->total);
    return lmi_chore_write(e, 200, doc);
}

static lmi_exchange_verdict browse(lmi_chore *e, const char *key)
{
    lmi_exchange_found found = {0};
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;

    if (!e->is_for_sale)
        verdict = lmi_exchange_search(&found, e->vault->exchange, e->tenant, &e->asked.query);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = write_found(e, &found, key);
    lmi_exchange_found_done(&found);
    return verdict;
}

static lmi_exchange_verdict browse_memories(lmi_chore *e)
{
    return browse(e, "memories");
}

static lmi_exchange_verdict browse_chains(lmi_chore *e)
{
    return browse(e, "chains");
}

static const char *argument(const lmi_visit *visit, const char *key)
{
    return MHD_lookup_connection_value(visit->connection, MHD_GET_ARGUMENT_KIND, key);
}

static lmi_exchange_verdict read_page(lmi_chore *e, const lmi_visit *visit)
{
    uint64_t limit = 20, offset = 0;
    lmi_exchange_verdict verdict =
        lmi_url_number(&limit, visit->connection, "limit", LMI_EXCHANGE_LIMIT_MAX);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_url_number(&offset, visit->connection, "offset", LMI_EXCHANGE_OFFSET_MAX);
    e->asked.query.limit = (uint32_t)limit;
    e->asked.query.offset = (uint32_t)offset;
    return verdict;
}

/* Of those that have the tag, and that of the URL's `key`. */
static int find(lmi_visit *visit, lmi_chore_fn run, const char *tag, const char *key)
{
    lmi_chore *e = lmi_chore_new(visit, run);
    const char *kind = argument(visit, key), *min = argument(visit, "min_price");

    if (!e)
        return lmi_visit_refuse(visit, &visit->why);
    if (tag)
        e->asked.tags[e->asked.query.n_tags++] = tag;
    if (kind)
        e->asked.tags[e->asked.query.n_tags++] = kind;
    e->asked.query.tags = e->asked.tags;
    e->is_for_sale = min && strtod(min, NULL) > 0;
    return lmi_chore_send_read(e, read_page(e, visit));
}

int lmi_awareness_browse(lmi_visit *visit)
{
    return find(visit, browse_memories, NULL, "memory_type");
}

int lmi_awareness_browse_chains(lmi_visit *visit)
{
    return find(visit, browse_chains, "reasoning-chain", "chain_type");
}

/* ---- Taking ---- */

static lmi_exchange_verdict write_taken(lmi_chore *e, const lmi_exchange_record *record)
{
    char place[64 + LMI_EXCHANGE_ID_SIZE];
    yyjson_mut_doc *doc;
    yyjson_mut_val *data, *memory;

    if (open_answer(&doc, &data) != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    snprintf(place, sizeof(place), "/v1/memories/%s/file", record->id);
    yyjson_mut_obj_add_str(doc, data, "transaction_id", record->id);
    memory = yyjson_mut_obj_add_obj(doc, data, "memory");
    lmi_list_record(doc, memory, record, e->tenant);
    yyjson_mut_obj_add_str(doc, data, "download_url", place);
    yyjson_mut_obj_add_str(doc, data, "message",
                           "nothing costs anything here: the file is at download_url, for models "
                           "of its fingerprint");
    return lmi_chore_write(e, 200, doc);
}

static lmi_exchange_verdict take(lmi_chore *e)
{
    const lmi_buf *body = &e->visit->body;
    lmi_exchange_record *record = NULL;
    const char *id = NULL;
    lmi_exchange_verdict verdict = LMI_EXCHANGE_INVALID;
    lmi_json json;

    if (lmi_json_parse(&json, "the body", lmi_buf_text(body), body->len) != LMAS_OK)
        return verdict;
    id = yyjson_get_str(yyjson_obj_get(lmi_json_root(&json), "memory_id"));
    id = id ? id : yyjson_get_str(yyjson_obj_get(lmi_json_root(&json), "chain_id"));
    verdict = lmi_exchange_get(&record, e->vault->exchange, e->tenant, id ? id : "");
    if (verdict == LMI_EXCHANGE_OK) {
        verdict = write_taken(e, record);
        lmi_exchange_record_free(record);
    }
    lmi_json_done(&json);
    return verdict;
}

int lmi_awareness_take(lmi_visit *visit)
{
    return lmi_chore_go(visit, take);
}

/* ---- What was done, and how much there is ---- */

static lmi_exchange_verdict write_history(lmi_chore *e, const lmi_exchange_log *log)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *data, *list;
    size_t i;

    if (open_answer(&doc, &data) != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    list = yyjson_mut_obj_add_arr(doc, data, "transactions");
    for (i = 0; i < log->n; i++) {
        yyjson_mut_val *line = yyjson_mut_arr_add_obj(doc, list);

        yyjson_mut_obj_add_uint(doc, line, "id", log->lines[i].number);
        yyjson_mut_obj_add_str(doc, line, "type", log->lines[i].action);
        yyjson_mut_obj_add_str(doc, line, "memory_id", log->lines[i].id);
        yyjson_mut_obj_add_str(doc, line, "status", log->lines[i].why);
        yyjson_mut_obj_add_int(doc, line, "created_at", log->lines[i].time);
        yyjson_mut_obj_add_int(doc, line, "price", 0);
    }
    yyjson_mut_obj_add_uint(doc, data, "count", log->n);
    return lmi_chore_write(e, 200, doc);
}

static lmi_exchange_verdict tell_history(lmi_chore *e)
{
    lmi_exchange_log log = {0};
    lmi_exchange_verdict verdict =
        lmi_exchange_audit(&log, e->vault->exchange, e->tenant, 0, e->asked.query.limit);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = write_history(e, &log);
    lmi_exchange_log_done(&log);
    return verdict;
}

int lmi_awareness_history(lmi_visit *visit)
{
    return find(visit, tell_history, NULL, "");
}

static lmi_exchange_verdict tell_stats(lmi_chore *e)
{
    lmi_exchange_found found = {0};
    lmi_exchange_quota own = {0};
    lmi_exchange_verdict verdict =
        lmi_exchange_search(&found, e->vault->exchange, e->tenant, &e->asked.query);
    const uint64_t total = found.total;
    yyjson_mut_doc *doc;
    yyjson_mut_val *data;

    lmi_exchange_found_done(&found);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_usage(&own, e->vault->exchange, e->tenant);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (open_answer(&doc, &data) != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_uint(doc, data, "total_memories", total);
    yyjson_mut_obj_add_uint(doc, data, "own_memories", own.n);
    yyjson_mut_obj_add_uint(doc, data, "own_bytes", own.n_bytes);
    yyjson_mut_obj_add_int(doc, data, "total_volume", 0);
    return lmi_chore_write(e, 200, doc);
}

int lmi_awareness_stats(lmi_visit *visit)
{
    return find(visit, tell_stats, NULL, "");
}

/* ---- Matrices between models, of which none are kept ---- */

int lmi_awareness_listings(lmi_visit *visit)
{
    static const char none[] = "{\"success\":true,\"data\":{\"listings\":[],\"count\":0}}";

    return lmi_visit_send(visit, 200, "application/json", none, strlen(none));
}

int lmi_awareness_refuse(lmi_visit *visit)
{
    const lmi_complaint why = {501, NULL, NULL, NULL};

    (void)!lmi_fail(LMAS_E_INVALID, "matrices between models are not traded here: a memory is for "
                                    "the model that made it");
    return lmi_visit_refuse(visit, &why);
}

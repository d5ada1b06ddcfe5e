/* find.c - memories looked for, looked at and deleted; what is used, and what was done. */
#include <microhttpd.h>
#include <string.h>

#include "serve/exchange/chore.h"
#include "serve/exchange/endpoints.h"
#include "serve/exchange/listed.h"

/* ---- Searching ---- */

static lmi_exchange_verdict write_found(lmi_chore *e, const lmi_exchange_found *found)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *data;
    size_t i;

    if (lmi_json_new(&doc, &root, "memories") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_str(doc, root, "object", "list");
    yyjson_mut_obj_add_uint(doc, root, "total", found->total);
    data = yyjson_mut_obj_add_arr(doc, root, "data");
    for (i = 0; i < found->n; i++)
        lmi_list_record(doc, yyjson_mut_arr_add_obj(doc, data), found->records[i], e->tenant);
    return lmi_chore_write(e, 200, doc);
}

static lmi_exchange_verdict search(lmi_chore *e)
{
    lmi_exchange_found found = {0};
    lmi_exchange_verdict verdict =
        lmi_exchange_search(&found, e->vault->exchange, e->tenant, &e->asked.query);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = write_found(e, &found);
    lmi_exchange_found_done(&found);
    return verdict;
}

static lmi_exchange_verdict read_and_search(lmi_chore *e)
{
    const lmi_buf *body = &e->visit->body;
    const lmi_exchange_verdict verdict = lmi_asked_read(&e->asked, lmi_buf_text(body), body->len);

    return verdict == LMI_EXCHANGE_OK ? search(e) : verdict;
}

int lmi_memories_search(lmi_visit *visit)
{
    return lmi_chore_go(visit, read_and_search);
}

int lmi_memories_list(lmi_visit *visit)
{
    lmi_chore *e = lmi_chore_new(visit, search);

    if (!e)
        return lmi_visit_refuse(visit, &visit->why);
    return lmi_chore_send_read(e, lmi_asked_read_url(&e->asked, visit->connection));
}

/* ---- One ---- */

static lmi_exchange_verdict get(lmi_chore *e)
{
    return lmi_chore_write_record(e, 200, e->name);
}

int lmi_memory_get(lmi_visit *visit)
{
    return lmi_chore_go(visit, get);
}

static lmi_exchange_verdict take_out(lmi_chore *e)
{
    const lmi_exchange_verdict verdict =
        lmi_exchange_delete(e->vault->exchange, e->tenant, e->name);
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (lmi_json_new(&doc, &root, "an answer") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_str(doc, root, "id", e->name);
    yyjson_mut_obj_add_bool(doc, root, "deleted", true);
    return lmi_chore_write(e, 200, doc);
}

int lmi_memory_delete(lmi_visit *visit)
{
    return lmi_chore_go(visit, take_out);
}

/* ---- How much, and what ---- */

static lmi_exchange_verdict tell_usage(lmi_chore *e)
{
    const lmi_serve_exchange *most = &e->vault->params->exchange;
    lmi_exchange_quota used = {0};
    const lmi_exchange_verdict verdict = lmi_exchange_usage(&used, e->vault->exchange, e->tenant);
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (lmi_json_new(&doc, &root, "an answer") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_uint(doc, root, "n", used.n);
    yyjson_mut_obj_add_uint(doc, root, "n_bytes", used.n_bytes);
    yyjson_mut_obj_add_uint(doc, root, "n_max", most->n);
    yyjson_mut_obj_add_uint(doc, root, "n_bytes_max", most->n_bytes);
    yyjson_mut_obj_add_uint(doc, root, "file_max", most->file_max);
    return lmi_chore_write(e, 200, doc);
}

int lmi_memories_usage(lmi_visit *visit)
{
    return lmi_chore_go(visit, tell_usage);
}

static lmi_exchange_verdict write_log(lmi_chore *e, const lmi_exchange_log *log)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *data;
    size_t i;

    if (lmi_json_new(&doc, &root, "a log") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_str(doc, root, "object", "list");
    data = yyjson_mut_obj_add_arr(doc, root, "data");
    for (i = 0; i < log->n; i++) {
        yyjson_mut_val *line = yyjson_mut_arr_add_obj(doc, data);

        yyjson_mut_obj_add_uint(doc, line, "number", log->lines[i].number);
        yyjson_mut_obj_add_int(doc, line, "time", log->lines[i].time);
        yyjson_mut_obj_add_str(doc, line, "action", log->lines[i].action);
        yyjson_mut_obj_add_str(doc, line, "id", log->lines[i].id);
        yyjson_mut_obj_add_str(doc, line, "why", log->lines[i].why);
    }
    return lmi_chore_write(e, 200, doc);
}

static lmi_exchange_verdict tell_log(lmi_chore *e)
{
    lmi_exchange_log log = {0};
    lmi_exchange_verdict verdict =
        lmi_exchange_audit(&log, e->vault->exchange, e->tenant, e->before, e->asked.query.limit);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = write_log(e, &log);
    lmi_exchange_log_done(&log);
    return verdict;
}

int lmi_memories_audit(lmi_visit *visit)
{
    lmi_chore *e = lmi_chore_new(visit, tell_log);
    uint64_t limit = LMI_EXCHANGE_LIMIT_MAX;
    lmi_exchange_verdict verdict;

    if (!e)
        return lmi_visit_refuse(visit, &visit->why);
    verdict = lmi_url_number(&e->before, visit->connection, "before", INT64_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_url_number(&limit, visit->connection, "limit", LMI_EXCHANGE_LIMIT_MAX);
    e->asked.query.limit = (uint32_t)limit;
    return lmi_chore_send_read(e, verdict);
}

/* publish.c - memories on their way in: offered, uploaded piece by piece, committed. */
#include <inttypes.h>
#include <microhttpd.h>
#include <string.h>

#include "serve/exchange/chore.h"
#include "serve/exchange/endpoints.h"
#include "serve/exchange/offered.h"

/* ---- What is told of an upload ---- */

static lmas_status describe(yyjson_mut_doc **doc, const lmi_upload *upload)
{
    yyjson_mut_val *root;

    if (lmi_json_new(doc, &root, "an answer") != LMAS_OK)
        return LMAS_E_NOMEM;
    yyjson_mut_obj_add_str(*doc, root, "upload", upload->id);
    yyjson_mut_obj_add_uint(*doc, root, "offset", upload->offset);
    if (upload->announced)
        yyjson_mut_obj_add_uint(*doc, root, "size", upload->announced);
    return LMAS_OK;
}

static int tell(lmi_visit *visit, const lmi_upload *upload)
{
    yyjson_mut_doc *doc;
    int verdict = MHD_NO;
    lmi_buf text;

    lmi_buf_init(&text, LMI_HEADERS_MAX);
    if (describe(&doc, upload) == LMAS_OK && lmi_json_write(&text, doc, 0, "an answer") == LMAS_OK)
        verdict = lmi_visit_send(visit, 200, "application/json", lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    return verdict;
}

/* ---- Begin ---- */

static lmi_exchange_verdict begin(lmi_chore *e, const lmi_exchange_offer *offer)
{
    lmi_exchange_publish *publish = NULL;
    yyjson_mut_doc *doc;
    lmi_upload *upload;
    lmi_exchange_verdict verdict = lmi_upload_new(&upload, &e->vault->uploads, e->tenant);

    if (verdict != LMI_EXCHANGE_OK) {
        if (verdict == LMI_EXCHANGE_QUOTA)
            e->why = (lmi_complaint){429, "rate_limit_error", NULL, "uploads"};
        return verdict;
    }
    verdict = lmi_exchange_begin(&publish, e->vault->exchange, e->tenant, offer, NULL);
    if (verdict == LMI_EXCHANGE_OK && describe(&doc, upload) == LMAS_OK)
        verdict = lmi_chore_write(e, 201, doc);
    if (verdict == LMI_EXCHANGE_OK) {
        lmi_upload_open(&e->vault->uploads, upload, publish, offer->size);
        return verdict;
    }
    lmi_exchange_abort(publish);
    lmi_upload_forget(&e->vault->uploads, upload);
    return verdict;
}

static lmi_exchange_verdict take_offer(lmi_chore *e)
{
    const lmi_buf *body = &e->visit->body;
    lmi_offered offered;
    lmi_exchange_verdict verdict = lmi_offered_read(&offered, lmi_buf_text(body), body->len);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = begin(e, &offered.offer);
    lmi_offered_done(&offered);
    return verdict;
}

int lmi_memories_offer(lmi_visit *visit)
{
    return lmi_chore_go(visit, take_offer);
}

/* ---- The upload that is meant ---- */

/* NULL where the tenant has none of that name, as visit->why and the thread's message say. */
static lmi_upload *find(lmi_visit *visit)
{
    char tenant[LMI_EXCHANGE_TENANT_MAX + 1], name[LMI_NAME_SIZE];
    lmi_upload *upload;

    lmi_chore_tenant(tenant, visit);
    lmi_visit_name(name, sizeof(name), visit);
    upload = lmi_upload_find(&visit->server->vault->uploads, tenant, name);
    if (!upload) {
        visit->why = (lmi_complaint){404, NULL, NULL, "not_found"};
        (void)!lmi_fail(LMAS_E_INVALID, "there is no such upload");
    }
    return upload;
}

/* ---- Bytes ---- */

/* The body goes on where the upload stands. */
static bool begin_body(lmi_visit *visit)
{
    lmi_vault *vault = visit->server->vault;
    lmi_upload *upload = find(visit);
    uint64_t offset = UINT64_MAX;
    lmi_exchange_verdict verdict;

    visit->has_begun = true;
    if (!upload)
        return false;
    verdict = lmi_url_number(&offset, visit->connection, "offset", INT64_MAX);
    if (verdict != LMI_EXCHANGE_OK) {
        visit->why = lmi_vault_complaint(vault, verdict);
        return false;
    }
    if (offset != upload->offset) {
        visit->why = (lmi_complaint){409, NULL, "offset", "offset"};
        (void)!lmi_fail(LMAS_E_INVALID, "the upload stands at offset %" PRIu64 ": go on from there",
                        upload->offset);
        return false;
    }
    lmi_upload_hold(&vault->uploads, upload, visit);
    return true;
}

static bool refuse_overtaken(lmi_visit *visit)
{
    visit->why = (lmi_complaint){409, NULL, NULL, "overtaken"};
    (void)!lmi_fail(LMAS_E_INVALID, "another request goes on with this upload, or has ended it");
    return false;
}

/* A publish that has failed takes nothing more: it is given up, and its place is free soon. */
static bool give_up(lmi_visit *visit, lmi_exchange_verdict verdict)
{
    lmi_vault *vault = visit->server->vault;

    visit->why = lmi_vault_complaint(vault, verdict);
    lmi_upload_give_up(&vault->uploads, visit->upload);
    return false;
}

bool lmi_upload_take(lmi_visit *visit, const char *data, size_t size)
{
    lmi_exchange_verdict verdict;

    if (!visit->has_begun && !begin_body(visit))
        return false;
    if (!visit->upload)
        return refuse_overtaken(visit);
    verdict = lmi_exchange_append(visit->upload->publish, data, size);
    if (verdict != LMI_EXCHANGE_OK)
        return give_up(visit, verdict);
    visit->upload->offset += size;
    return true;
}

int lmi_upload_put(lmi_visit *visit)
{
    if (!visit->has_begun && !begin_body(visit))
        return lmi_visit_refuse(visit, &visit->why);
    if (visit->upload)
        return tell(visit, visit->upload);
    (void)refuse_overtaken(visit);
    return lmi_visit_refuse(visit, &visit->why);
}

void lmi_upload_leave(lmi_visit *visit)
{
    if (visit->server->vault)
        lmi_upload_let_go(&visit->server->vault->uploads, visit);
}

int lmi_upload_get(lmi_visit *visit)
{
    const lmi_upload *upload = find(visit);

    return upload ? tell(visit, upload) : lmi_visit_refuse(visit, &visit->why);
}

/* ---- The end ---- */

/* An chore that ends the upload; NULL as lmi_chore_new(). */
static int end_by(lmi_visit *visit, lmi_upload *upload, lmi_chore_fn run, lmi_crew *crew)
{
    lmi_chore *e = lmi_chore_new(visit, run);

    if (!e)
        return lmi_visit_refuse(visit, &visit->why);
    e->upload = upload;
    lmi_upload_end(&e->vault->uploads, upload);
    return lmi_chore_send(e, crew);
}

static lmi_exchange_verdict abort_it(lmi_chore *e)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    lmi_exchange_abort(e->upload->publish);
    lmi_upload_forget(&e->vault->uploads, e->upload);
    if (lmi_json_new(&doc, &root, "an answer") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_str(doc, root, "upload", e->name);
    yyjson_mut_obj_add_bool(doc, root, "deleted", true);
    return lmi_chore_write(e, 200, doc);
}

int lmi_upload_delete(lmi_visit *visit)
{
    lmi_upload *upload = find(visit);

    return upload ? end_by(visit, upload, abort_it, &visit->server->vault->quick)
                  : lmi_visit_refuse(visit, &visit->why);
}

static lmi_exchange_verdict commit(lmi_chore *e)
{
    char id[LMI_EXCHANGE_ID_SIZE];
    const lmi_exchange_verdict verdict = lmi_exchange_commit(id, e->upload->publish);

    lmi_upload_forget(&e->vault->uploads, e->upload);
    return verdict == LMI_EXCHANGE_OK ? lmi_chore_write_record(e, 201, id) : verdict;
}

/* What is not whole yet is let be: to commit too early costs nothing. */
int lmi_upload_commit(lmi_visit *visit)
{
    lmi_upload *upload = find(visit);

    if (upload && upload->announced && upload->offset != upload->announced) {
        visit->why = (lmi_complaint){409, NULL, NULL, "offset"};
        (void)!lmi_fail(LMAS_E_INVALID,
                        "%" PRIu64 " bytes came of the %" PRIu64 " announced: send the rest first",
                        upload->offset, upload->announced);
        upload = NULL;
    }
    return upload ? end_by(visit, upload, commit, &visit->server->vault->slow)
                  : lmi_visit_refuse(visit, &visit->why);
}

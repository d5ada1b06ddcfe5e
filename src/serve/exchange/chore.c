/* chore.c - see chore.h. */
#include "serve/exchange/chore.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "serve/exchange/listed.h"

/* Bytes of one answer: a page of records of the longest that there may be. */
#define ANSWER_MAX ((size_t)64 * 1024 * 1024)

/* A key's number. (A change of the file of keys that moves the lines moves the tenants.) */
void lmi_chore_tenant(char out[LMI_EXCHANGE_TENANT_MAX + 1], const lmi_visit *visit)
{
    snprintf(out, LMI_EXCHANGE_TENANT_MAX + 1, "tenant %" PRIu64, visit->realm);
}

static lmi_chore *make(lmi_visit *visit, lmi_chore_fn run)
{
    lmi_chore *chore = lmi_new(1, sizeof(*chore));

    if (!chore)
        return NULL;
    chore->visit = visit;
    chore->vault = visit->server->vault;
    chore->run = run;
    chore->part.fd = -1;
    lmi_chore_tenant(chore->tenant, visit);
    lmi_visit_name(chore->name, sizeof(chore->name), visit);
    lmi_buf_init(&chore->out, ANSWER_MAX);
    lmi_vault_count(chore->vault, 1);
    return chore;
}

lmi_chore *lmi_chore_new(lmi_visit *visit, lmi_chore_fn run)
{
    if (visit->server->desk.is_closing) {
        visit->why = (lmi_complaint){503, "server_error", NULL, "closing"};
        (void)!lmi_fail(LMAS_E_INVALID, "the server is ending");
        return NULL;
    }
    visit->chore = make(visit, run);
    if (!visit->chore) {
        visit->why = lmi_complaint_of(LMAS_E_NOMEM);
        (void)!lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    }
    return visit->chore;
}

int lmi_chore_send(lmi_chore *chore, lmi_crew *crew)
{
    MHD_suspend_connection(chore->visit->connection);
    lmi_crew_put(crew, chore);
    return MHD_YES;
}

int lmi_chore_send_read(lmi_chore *chore, lmi_exchange_verdict verdict)
{
    lmi_complaint why;

    if (verdict == LMI_EXCHANGE_OK)
        return lmi_chore_send(chore, &chore->vault->quick);
    why = lmi_vault_complaint(chore->vault, verdict);
    return lmi_visit_refuse(chore->visit, &why);
}

int lmi_chore_go(lmi_visit *visit, lmi_chore_fn run)
{
    lmi_chore *chore = lmi_chore_new(visit, run);

    return chore ? lmi_chore_send(chore, &chore->vault->quick)
                 : lmi_visit_refuse(visit, &visit->why);
}

void lmi_chore_free(lmi_chore *chore)
{
    if (!chore)
        return;
    lmi_vault_count(chore->vault, -1);
    if (chore->part.fd >= 0)
        close(chore->part.fd);
    lmi_asked_done(&chore->asked);
    lmi_buf_done(&chore->out);
    lmi_free(chore);
}

/* ---- In the crew's thread ---- */

lmi_exchange_verdict lmi_chore_refuse(lmi_chore *chore, const lmi_complaint *why)
{
    chore->why = *why;
    return LMI_EXCHANGE_FAILED;
}

/* (Once the connection goes on, the chore is HTTP's thread's.) */
void lmi_chore_run(lmi_chore *chore)
{
    struct MHD_Connection *connection = chore->visit->connection;
    const lmi_exchange_verdict verdict = chore->run(chore);

    if (verdict != LMI_EXCHANGE_OK) {
        if (!chore->why.code)
            chore->why = lmi_vault_complaint(chore->vault, verdict);
        snprintf(chore->message, sizeof(chore->message), "%s", lmas_last_error());
    }
    MHD_resume_connection(connection);
}

lmi_exchange_verdict lmi_chore_write(lmi_chore *chore, unsigned code, yyjson_mut_doc *doc)
{
    chore->code = code;
    if (lmi_json_write(&chore->out, doc, 0, "an answer") == LMAS_OK)
        return LMI_EXCHANGE_OK;
    return LMI_EXCHANGE_FAILED;
}

lmi_exchange_verdict lmi_chore_write_record(lmi_chore *chore, unsigned code, const char *id)
{
    lmi_exchange_record *record = NULL;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_exchange_verdict verdict =
        lmi_exchange_get(&record, chore->vault->exchange, chore->tenant, id);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (lmi_json_new(&doc, &root, "a memory") == LMAS_OK) {
        lmi_list_record(doc, root, record, chore->tenant);
        verdict = lmi_chore_write(chore, code, doc);
    } else {
        verdict = LMI_EXCHANGE_FAILED;
    }
    lmi_exchange_record_free(record);
    return verdict;
}

/* ---- In HTTP's thread again ---- */

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

static void add_part_headers(struct MHD_Response *response, const lmi_part *part)
{
    char range[96];

    add_header(response, "ETag", part->etag);
    add_header(response, "Accept-Ranges", "bytes");
    if (!part->is_range)
        return;
    snprintf(range, sizeof(range), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, part->from,
             part->from + part->n - 1, part->whole);
    add_header(response, "Content-Range", range);
}

/* The descriptor is the response's then. */
static int send_part(lmi_visit *visit, lmi_part *part)
{
    struct MHD_Response *response =
        MHD_create_response_from_fd_at_offset64(part->n, part->fd, part->from);

    if (!response)
        return MHD_NO;
    part->fd = -1;
    add_part_headers(response, part);
    return lmi_visit_queue(visit, response, "application/octet-stream", part->is_range ? 206 : 200);
}

/* A range that is not there: with how much is. */
static int refuse_range(lmi_visit *visit, const lmi_chore *chore)
{
    struct MHD_Response *response;
    char range[48];
    lmi_buf text;

    lmi_buf_init(&text, LMI_BODY_MAX);
    if (lmi_complaint_write(&text, &chore->why, chore->message) != LMAS_OK) {
        lmi_buf_done(&text);
        return MHD_NO;
    }
    response = MHD_create_response_from_buffer_copy(text.len, lmi_buf_text(&text));
    lmi_buf_done(&text);
    snprintf(range, sizeof(range), "bytes */%" PRIu64, chore->part.whole);
    if (response)
        add_header(response, "Content-Range", range);
    return lmi_visit_queue(visit, response, "application/json", 416);
}

int lmi_chore_answer(lmi_visit *visit)
{
    lmi_chore *chore = visit->chore;

    if (chore->why.code == 416)
        return refuse_range(visit, chore);
    if (chore->why.code) {
        (void)!lmi_fail(LMAS_E_INVALID, "%s", chore->message);
        return lmi_visit_refuse(visit, &chore->why);
    }
    if (chore->part.fd >= 0)
        return send_part(visit, &chore->part);
    return lmi_visit_send(visit, chore->code, "application/json", lmi_buf_text(&chore->out),
                          chore->out.len);
}

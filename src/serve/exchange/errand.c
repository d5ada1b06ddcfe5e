/* errand.c - see errand.h. */
#include "serve/exchange/errand.h"

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
void lmi_errand_tenant(char out[LMI_EXCHANGE_TENANT_MAX + 1], const lmi_visit *visit)
{
    snprintf(out, LMI_EXCHANGE_TENANT_MAX + 1, "tenant %" PRIu64, visit->realm);
}

static lmi_errand *make(lmi_visit *visit, lmi_errand_fn run)
{
    lmi_errand *errand = lmi_new(1, sizeof(*errand));

    if (!errand)
        return NULL;
    errand->visit = visit;
    errand->shelf = visit->server->shelf;
    errand->run = run;
    errand->part.fd = -1;
    lmi_errand_tenant(errand->tenant, visit);
    lmi_visit_name(errand->name, sizeof(errand->name), visit);
    lmi_buf_init(&errand->out, ANSWER_MAX);
    lmi_shelf_count(errand->shelf, 1);
    return errand;
}

lmi_errand *lmi_errand_new(lmi_visit *visit, lmi_errand_fn run)
{
    if (visit->server->desk.is_closing) {
        visit->why = (lmi_complaint){503, "server_error", NULL, "closing"};
        (void)!lmi_fail(LMAS_E_INVALID, "the server is ending");
        return NULL;
    }
    visit->errand = make(visit, run);
    if (!visit->errand) {
        visit->why = lmi_complaint_of(LMAS_E_NOMEM);
        (void)!lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    }
    return visit->errand;
}

int lmi_errand_send(lmi_errand *errand, lmi_crew *crew)
{
    MHD_suspend_connection(errand->visit->connection);
    lmi_crew_put(crew, errand);
    return MHD_YES;
}

int lmi_errand_go(lmi_visit *visit, lmi_errand_fn run)
{
    lmi_errand *errand = lmi_errand_new(visit, run);

    return errand ? lmi_errand_send(errand, &errand->shelf->quick)
                  : lmi_visit_refuse(visit, &visit->why);
}

void lmi_errand_free(lmi_errand *errand)
{
    if (!errand)
        return;
    lmi_shelf_count(errand->shelf, -1);
    if (errand->part.fd >= 0)
        close(errand->part.fd);
    lmi_asked_done(&errand->asked);
    lmi_buf_done(&errand->out);
    lmi_free(errand);
}

/* ---- In the crew's thread ---- */

lmi_exchange_verdict lmi_errand_refuse(lmi_errand *errand, const lmi_complaint *why)
{
    errand->why = *why;
    return LMI_EXCHANGE_FAILED;
}

/* (Once the connection goes on, the errand is HTTP's thread's.) */
void lmi_errand_run(lmi_errand *errand)
{
    struct MHD_Connection *connection = errand->visit->connection;
    const lmi_exchange_verdict verdict = errand->run(errand);

    if (verdict != LMI_EXCHANGE_OK) {
        if (!errand->why.code)
            errand->why = lmi_shelf_complaint(errand->shelf, verdict);
        snprintf(errand->message, sizeof(errand->message), "%s", lmas_last_error());
    }
    MHD_resume_connection(connection);
}

lmi_exchange_verdict lmi_errand_write(lmi_errand *errand, unsigned code, yyjson_mut_doc *doc)
{
    errand->code = code;
    if (lmi_json_write(&errand->out, doc, 0, "an answer") == LMAS_OK)
        return LMI_EXCHANGE_OK;
    return LMI_EXCHANGE_FAILED;
}

lmi_exchange_verdict lmi_errand_write_record(lmi_errand *errand, unsigned code, const char *id)
{
    lmi_exchange_record *record = NULL;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_exchange_verdict verdict =
        lmi_exchange_get(&record, errand->shelf->exchange, errand->tenant, id);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (lmi_json_new(&doc, &root, "a memory") == LMAS_OK) {
        lmi_list_record(doc, root, record, errand->tenant);
        verdict = lmi_errand_write(errand, code, doc);
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
static int refuse_range(lmi_visit *visit, const lmi_errand *errand)
{
    struct MHD_Response *response;
    char range[48];
    lmi_buf text;

    lmi_buf_init(&text, LMI_BODY_MAX);
    if (lmi_complaint_write(&text, &errand->why, errand->message) != LMAS_OK) {
        lmi_buf_done(&text);
        return MHD_NO;
    }
    response = MHD_create_response_from_buffer_copy(text.len, lmi_buf_text(&text));
    lmi_buf_done(&text);
    snprintf(range, sizeof(range), "bytes */%" PRIu64, errand->part.whole);
    if (response)
        add_header(response, "Content-Range", range);
    return lmi_visit_queue(visit, response, "application/json", 416);
}

int lmi_errand_answer(lmi_visit *visit)
{
    lmi_errand *errand = visit->errand;

    if (errand->why.code == 416)
        return refuse_range(visit, errand);
    if (errand->why.code) {
        (void)!lmi_fail(LMAS_E_INVALID, "%s", errand->message);
        return lmi_visit_refuse(visit, &errand->why);
    }
    if (errand->part.fd >= 0)
        return send_part(visit, &errand->part);
    return lmi_visit_send(visit, errand->code, "application/json", lmi_buf_text(&errand->out),
                          errand->out.len);
}

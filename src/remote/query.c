/* query.c - tries, pauses, and whose turn it is. */
#include "remote/query.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "remote/server.h"

/* Bytes of a request's body: LMI_PAYLOAD_MAX in base64, or as JSON's numbers. */
#define BODY_MAX ((size_t)12 * 1024 * 1024 * 1024)

/* Bytes of a refusal's page, of which a transfer keeps fewer. */
#define REFUSAL_MAX ((size_t)8 * 1024)

/* A page is waited for in pieces of this. And what asks for one does not wait as long for it as
 * for a long answer. */
#define WAIT_MS      1000.0
#define PAGE_STALL_S 30.0

lmas_status lmi_query_init(lmi_query *out, struct lmas_remote *remote, const char *path,
                           const lmi_hearer *hearer)
{
    lmi_buf url;

    *out = (lmi_query){.remote = remote,
                       .hearer = *hearer,
                       .max_size = LMI_PAGE_MAX,
                       .stall_s = (double)remote->params.timeout_s};
    lmi_buf_init(&out->body, BODY_MAX);
    lmi_buf_init(&out->refusal, REFUSAL_MAX);
    lmi_buf_init(&url, LMI_URL_MAX + 64);
    lmi_buf_puts(&url, remote->url);
    lmi_buf_puts(&url, path);
    out->url = lmi_buf_steal(&url);
    return out->url ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a request");
}

static void leave_queue(lmi_query *query)
{
    lmi_query **at = &query->remote->first;

    while (*at && *at != query)
        at = &(*at)->next;
    if (*at)
        *at = query->next;
    query->next = NULL;
}

static void drop_transfer(lmi_query *query)
{
    if (query->transfer)
        query->remote->n_running--;
    lmi_transfer_free(query->transfer);
    query->transfer = NULL;
}

void lmi_query_done(lmi_query *query)
{
    if (!query->remote)
        return;
    leave_queue(query);
    drop_transfer(query);
    lmi_free(query->url);
    lmi_buf_done(&query->body);
    lmi_buf_done(&query->refusal);
    *query = (lmi_query){0};
}

void lmi_query_start(lmi_query *query)
{
    lmi_query **at = &query->remote->first;

    while (*at)
        at = &(*at)->next;
    *at = query;
    query->start_ms = lmi_now_ms();
}

lmas_status lmi_query_judge(const lmi_query *query)
{
    return query->status == LMAS_OK ? LMAS_OK : lmi_fail(query->status, "%s", query->message);
}

/* ---- Tries ---- */

/* The message of this thread is the last failure's, `status`. */
static void end(lmi_query *query, lmas_status status)
{
    const char *said = status == LMAS_OK ? "" : lmas_last_error();
    const size_t len = strnlen(said, sizeof(query->message) - 1);

    memcpy(query->message, said, len);
    query->message[len] = '\0';
    query->status = status;
    query->state = LMI_QUERY_ENDED;
    query->end_ms = lmi_now_ms();
    leave_queue(query);
    lmi_buf_done(&query->body); /* it may be large, and nobody sends it again */
}

static void begin_try(lmi_query *query)
{
    const lmi_request request = {.url = query->url,
                                 .key = query->remote->key,
                                 .body = query->body.len > 0 ? query->body.data : NULL,
                                 .body_size = query->body.len,
                                 .max_size = query->max_size,
                                 .stall_s = query->stall_s,
                                 .take = query->hearer.take,
                                 .user = query->hearer.user};
    lmas_status status;

    query->n_tries++;
    query->hearer.begin(query->hearer.user);
    status = lmi_transfer_start(&query->transfer, query->remote->calls, &request);
    if (status != LMAS_OK) {
        end(query, status);
        return;
    }
    query->state = LMI_QUERY_RUNNING;
    query->remote->n_running++;
}

static void end_try(lmi_query *query)
{
    const lmas_remote *remote = query->remote;
    lmi_verdict verdict;
    lmas_status status = lmi_transfer_judge(&verdict, query->transfer);
    double pause_ms;

    status = query->hearer.end(query->hearer.user, status, &verdict.is_worth_more);
    query->code = verdict.code;
    lmi_buf_clear(&query->refusal);
    lmi_buf_puts(&query->refusal, lmi_transfer_refusal(query->transfer));
    drop_transfer(query);
    if (status == LMAS_OK || !verdict.is_worth_more || query->n_tries >= remote->params.n_tries) {
        end(query, status);
        return;
    }
    pause_ms = lmi_calls_pause_ms(remote->calls, query->n_tries, verdict.asked_ms);
    lmi_log(LMAS_LOG_WARN, "%s; trying again in %.1f s", lmas_last_error(), pause_ms / 1e3);
    query->due_ms = lmi_now_ms() + pause_ms;
    query->state = LMI_QUERY_QUEUED;
}

/* ---- Whose turn it is ---- */

/* End what has ended, begin what may; how long nothing else is due. */
static double advance(lmas_remote *remote)
{
    double wait_ms = INFINITY;
    lmi_query *query;
    lmi_query *next;

    for (query = remote->first; query; query = next) {
        next = query->next;
        if (query->state == LMI_QUERY_RUNNING && lmi_transfer_has_ended(query->transfer)) {
            end_try(query);
            wait_ms = query->state == LMI_QUERY_ENDED ? 0 : wait_ms;
        }
    }
    for (query = remote->first; query; query = next) {
        next = query->next;
        if (query->state != LMI_QUERY_QUEUED || remote->n_running >= remote->params.n_at_once)
            continue;
        if (query->due_ms <= lmi_now_ms())
            begin_try(query);
        else
            wait_ms = fmin(wait_ms, query->due_ms - lmi_now_ms());
    }
    return wait_ms;
}

lmas_status lmi_remotes_poll(lmas_remote *const *remotes, size_t n, double wait_ms, const int *fds,
                             size_t n_fds)
{
    lmi_calls **calls = lmi_new(n, sizeof(*calls));
    lmas_status status;
    size_t i;

    if (!calls)
        return lmi_fail(LMAS_E_NOMEM, "no memory to wait for requests");
    for (i = 0; i < n; i++) {
        calls[i] = remotes[i]->calls;
        wait_ms = fmin(wait_ms, advance(remotes[i]));
    }
    status = lmi_calls_poll(calls, n, wait_ms, fds, n_fds);
    for (i = 0; i < n; i++)
        advance(remotes[i]);
    lmi_free(calls);
    return status;
}

lmas_status lmi_remote_poll(lmas_remote *remote, double wait_ms, const int *fds, size_t n_fds)
{
    return lmi_remotes_poll(&remote, 1, wait_ms, fds, n_fds);
}

/* ---- One page ---- */

void lmi_page_init(lmi_page *page)
{
    page->code = 0;
    lmi_buf_init(&page->text, LMI_PAGE_MAX);
}

void lmi_page_done(lmi_page *page)
{
    lmi_buf_done(&page->text);
}

static void page_begin(void *user)
{
    lmi_page *page = user;

    lmi_buf_clear(&page->text);
}

static lmas_status page_take(void *user, const char *data, size_t size)
{
    lmi_page *page = user;

    lmi_buf_append(&page->text, data, size);
    return lmi_buf_status(&page->text);
}

static lmas_status page_end(void *user, lmas_status status, bool *is_worth_more)
{
    (void)user, (void)is_worth_more;
    return status;
}

lmas_status lmi_remote_ask(lmi_page *page, lmas_remote *remote, const char *path, const char *body,
                           size_t body_size)
{
    const lmi_hearer hearer = {
        .begin = page_begin, .take = page_take, .end = page_end, .user = page};
    lmi_query query;
    lmas_status status = lmi_query_init(&query, remote, path, &hearer);

    query.stall_s = fmin(query.stall_s, PAGE_STALL_S);
    lmi_buf_append(&query.body, body ? body : "", body_size);
    if (status == LMAS_OK)
        status = lmi_buf_status(&query.body);
    if (status == LMAS_OK)
        lmi_query_start(&query);
    while (status == LMAS_OK && query.state != LMI_QUERY_ENDED)
        status = lmi_remote_poll(remote, WAIT_MS, NULL, 0);
    if (status == LMAS_OK)
        status = lmi_query_judge(&query);
    page->code = query.code;
    if (status != LMAS_OK && query.code != 0) {
        lmi_buf_clear(&page->text);
        lmi_buf_puts(&page->text, lmi_buf_text(&query.refusal));
    }
    lmi_query_done(&query);
    return status;
}

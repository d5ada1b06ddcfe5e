/* visit.c - see visit.h. */
#include "serve/http/visit.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#include "serve/http/route.h"

/* Bytes that are taken from a reply at once. */
enum { BLOCK = 64 * 1024 };

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

static void add_headers(lmi_visit *visit, struct MHD_Response *response, const char *type,
                        unsigned code)
{
    const char *origin = visit->server->guard.origin;
    char delay[16], methods[LMI_METHODS_SIZE];

    add_header(response, "Content-Type", type);
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "X-Content-Type-Options", "nosniff");
    if (visit->policy) {
        add_header(response, "Content-Security-Policy", visit->policy);
        add_header(response, "Referrer-Policy", "no-referrer");
    }
    if (origin)
        add_header(response, "Access-Control-Allow-Origin", origin);
    if (code == 405) {
        lmi_route_methods(methods, visit->server->vault != NULL, visit->path);
        add_header(response, "Allow", methods);
    }
    if (code == 401)
        add_header(response, "WWW-Authenticate", "Bearer");
    if (code == 429 || code == 503) {
        snprintf(delay, sizeof(delay), "%u", visit->retry_s ? visit->retry_s : 1);
        add_header(response, "Retry-After", delay);
    }
    if (code == 413 || code == 503)
        add_header(response, "Connection", "close");
}

int lmi_visit_queue(lmi_visit *visit, struct MHD_Response *response, const char *type,
                    unsigned code)
{
    int verdict;

    if (!response)
        return MHD_NO;
    add_headers(visit, response, type, code);
    verdict = (int)MHD_queue_response(visit->connection, code, response);
    MHD_destroy_response(response);
    visit->is_answered = true;
    visit->code = code;
    return verdict;
}

int lmi_visit_send(lmi_visit *visit, unsigned code, const char *type, const char *text, size_t len)
{
    return lmi_visit_queue(visit, MHD_create_response_from_buffer_copy(len, text), type, code);
}

int lmi_visit_refuse(lmi_visit *visit, const lmi_complaint *why)
{
    const bool is_plain = visit->route && visit->route->is_plain;
    lmas_status status;
    lmi_buf text;
    int verdict = MHD_NO;

    lmi_buf_init(&text, LMI_BODY_MAX);
    status = is_plain ? lmi_complaint_write_plain(&text, lmas_last_error())
                      : lmi_complaint_write(&text, why, lmas_last_error());
    if (status == LMAS_OK)
        verdict = lmi_visit_send(visit, why->code, "application/json", text.data, text.len);
    lmi_buf_done(&text);
    return verdict;
}

void lmi_visit_name(char *out, size_t size, const lmi_visit *visit)
{
    snprintf(out, size, "%.*s", (int)strcspn(visit->rest, "/"), visit->rest);
}

/* ---- A reply that comes bit by bit ---- */

/* Copy what is there; the lock is held. */
static ssize_t take(lmi_reply *reply, char *to, size_t max)
{
    size_t n = reply->out.len - reply->n_sent;

    n = n < max ? n : max;
    memcpy(to, reply->out.data + reply->n_sent, n);
    reply->n_sent += n;
    if (reply->n_sent == reply->out.len) {
        lmi_buf_clear(&reply->out);
        reply->n_sent = 0;
    }
    return (ssize_t)n;
}

static ssize_t read_reply(void *user, uint64_t pos, char *to, size_t max)
{
    lmi_visit *visit = user;
    lmi_reply *reply = visit->reply;
    ssize_t n = 0;

    (void)pos;
    lmi_desk_lock(&visit->server->desk);
    if (reply->is_gone) {
        n = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (reply->out.len > reply->n_sent) {
        n = take(reply, to, max);
    } else if (reply->is_whole) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        reply->is_suspended = true;
        MHD_suspend_connection(visit->connection);
    }
    lmi_desk_unlock(&visit->server->desk);
    return n;
}

/* An error that came before all text is no stream, and a whole answer has a length. */
int lmi_visit_stream(lmi_visit *visit)
{
    lmi_reply *reply = visit->reply;
    const bool is_stream = reply->form.streams && reply->code == 200;

    if (!is_stream)
        return lmi_visit_queue(
            visit, MHD_create_response_from_buffer_copy(reply->out.len, lmi_buf_text(&reply->out)),
            "application/json", reply->code);
    return lmi_visit_queue(
        visit, MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_reply, visit, NULL),
        "text/event-stream", 200);
}

/* ask.c - questions: from a body to the desk. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>

#include "serve/http/callers.h"
#include "serve/http/route.h"
#include "serve/pages/pages.h"

/* Who asks: a tenant at an address. */
static uint64_t client_of(const lmi_visit *visit)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(visit->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    const unsigned char *bytes = NULL;
    uint64_t client = visit->realm * 0x9e3779b97f4a7c15ull;
    size_t n = 0;

    if (address && address->sa_family == AF_INET) {
        bytes = (const unsigned char *)&((const struct sockaddr_in *)address)->sin_addr;
        n = sizeof(struct in_addr);
    } else if (address && address->sa_family == AF_INET6) {
        bytes = (const unsigned char *)&((const struct sockaddr_in6 *)address)->sin6_addr;
        n = sizeof(struct in6_addr);
    }
    while (n-- > 0)
        client = (client ^ bytes[n]) * 0x100000001b3ull;
    return client;
}

/* Into the line, where the connection waits. */
static bool wait_in_line(lmi_visit *visit, lmi_reply *reply)
{
    lmi_desk *desk = &visit->server->desk;
    bool is_in;

    reply->client = client_of(visit);
    reply->connection = visit->connection;
    reply->fd = lmi_callers_socket(visit->connection);
    lmi_desk_lock(desk);
    is_in = lmi_desk_put(desk, reply);
    if (is_in) {
        visit->reply = reply;
        reply->is_suspended = true;
        MHD_suspend_connection(visit->connection);
    } else {
        visit->retry_s = lmi_desk_delay(desk, visit->server->params->n_at_once);
    }
    lmi_desk_unlock(desk);
    return is_in;
}

static int refuse_full(lmi_visit *visit)
{
    const bool is_closing = visit->server->desk.is_closing;
    const lmi_complaint why = {is_closing ? 503 : 429,
                               is_closing ? "server_error" : "rate_limit_error", NULL,
                               is_closing ? "closing" : "queue_full"};

    (void)!lmi_fail(LMAS_E_INVALID,
                    is_closing ? "the server is ending"
                               : "too many questions wait already: at most %u may. Ask again later",
                    visit->server->params->n_waiting);
    return lmi_visit_refuse(visit, &why);
}

int lmi_page_ask(lmi_visit *visit, lmi_endpoint endpoint, const char *body, size_t len)
{
    lmi_form form;
    lmi_complaint why;
    lmi_reply *reply = NULL;
    lmas_status status = lmi_form_read(&form, &why, endpoint, &visit->server->defaults, body, len);

    if (status == LMAS_OK) {
        form.question.realm = visit->realm;
        form.is_plain = visit->route->is_plain;
        status = lmi_reply_new(&reply, &form);
    }
    if (status == LMAS_E_NOMEM)
        why = lmi_complaint_of(status);
    lmi_form_done(&form);
    lmi_buf_done(&visit->body);
    if (status != LMAS_OK)
        return lmi_visit_refuse(visit, &why);
    if (wait_in_line(visit, reply))
        return MHD_YES;
    lmi_reply_free(reply);
    return refuse_full(visit);
}

static int ask(lmi_visit *visit, lmi_endpoint endpoint)
{
    return lmi_page_ask(visit, endpoint, lmi_buf_text(&visit->body), visit->body.len);
}

int lmi_page_chat(lmi_visit *visit)
{
    return ask(visit, LMI_CHAT);
}

int lmi_page_completions(lmi_visit *visit)
{
    return ask(visit, LMI_COMPLETIONS);
}

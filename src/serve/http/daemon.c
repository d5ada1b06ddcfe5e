/* daemon.c - see daemon.h. */
#include "serve/http/daemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "serve/exchange/chore.h"
#include "serve/exchange/endpoints.h"
#include "serve/http/callers.h"
#include "serve/http/route.h"
#include "serve/peers/scratch.h"

/* Bytes of a refused body that are let come. */
#define DROPPED_MAX ((size_t)8 * LMI_BODY_MAX)

struct lmi_daemon {
    struct MHD_Daemon *mhd;
    lmi_callers callers;
    uint16_t port;
    int quiet; /* the socket that no longer listens, -1 while it does */
};

/* ---- A request ---- */

static lmi_callers *callers_of(const lmi_visit *visit)
{
    return &visit->server->daemon->callers;
}

/* What the path and the method lead to, and whether this client may. */
static bool may_come_in(lmi_visit *visit, lmi_complaint *why, const char *method)
{
    const lmi_guard *guard = &visit->server->guard;
    const bool has_exchange = visit->server->vault != NULL;
    char methods[LMI_METHODS_SIZE];
    bool has_path;

    visit->route = lmi_route_find(&visit->rest, &has_path, has_exchange, method, visit->path);
    if (!lmi_guard_admits(&visit->realm, why, guard, visit->connection,
                          visit->route && visit->route->is_open))
        return false;
    if (visit->route)
        return true;
    *why = (lmi_complaint){has_path ? 405 : 404, NULL, NULL, has_path ? "method" : "not_found"};
    lmi_route_methods(methods, has_exchange, visit->path);
    (void)!lmi_fail(LMAS_E_INVALID, has_path ? "%.200s takes %s" : "nothing is at %.200s%s",
                    visit->path, methods);
    return false;
}

/* A body says what it is: JSON, mostly. */
static bool is_body_fit(lmi_visit *visit, lmi_complaint *why)
{
    const char *type = visit->route->type;

    if (!type || lmi_guard_is_of_type(visit->connection, type))
        return true;
    *why = (lmi_complaint){415, NULL, NULL, "content_type"};
    (void)!lmi_fail(LMAS_E_INVALID, "the header \"Content-Type: %s\" expected", type);
    return false;
}

/* Who still sends his body may not hear an answer: it waits for the end of that. */
static int refuse_later(lmi_visit *visit, const lmi_complaint *why)
{
    visit->why = *why;
    visit->words = lmi_strdup(lmas_last_error());
    lmi_buf_done(&visit->body);
    return visit->words ? MHD_YES : MHD_NO;
}

/* A browser asks before it sends: answered where its page's origin was named. */
static int answer_preflight(lmi_visit *visit)
{
    struct MHD_Response *response = MHD_create_response_from_buffer_static(0, "");
    const char *origin = visit->server->guard.origin;
    int verdict;

    if (!response)
        return MHD_NO;
    if (origin) {
        (void)MHD_add_response_header(response, "Access-Control-Allow-Origin", origin);
        (void)MHD_add_response_header(response, "Access-Control-Allow-Methods",
                                      "GET, POST, PUT, DELETE");
        (void)MHD_add_response_header(response, "Access-Control-Allow-Headers",
                                      "Authorization, Content-Type");
    }
    visit->is_answered = true;
    visit->code = origin ? 204 : 403;
    verdict = (int)MHD_queue_response(visit->connection, visit->code, response);
    MHD_destroy_response(response);
    return verdict;
}

static int look_at_headers(lmi_visit *visit, const char *method)
{
    lmi_complaint why = {0};

    if (strcmp(method, "OPTIONS") == 0)
        return answer_preflight(visit);
    if (!may_come_in(visit, &why, method) || !is_body_fit(visit, &why))
        return refuse_later(visit, &why);
    return MHD_YES;
}

static int gather(lmi_visit *visit, const char *data, size_t size)
{
    const lmi_complaint why = {413, NULL, NULL, "too_long"};

    lmi_buf_append(&visit->body, data, size);
    if (visit->body.status == LMAS_OK)
        return MHD_YES;
    (void)!lmi_fail(LMAS_E_INVALID, "a body of at most %d bytes expected", LMI_BODY_MAX);
    return refuse_later(visit, &why);
}

/* A body that is written as it comes may take as long as it brings something. */
static int pass_on(lmi_visit *visit, const char *data, size_t size)
{
    lmi_complaint why;

    visit->n_streamed += size;
    if (visit->n_streamed >= LMI_STREAMED_MIN) {
        visit->n_streamed = 0;
        lmi_callers_note(callers_of(visit), visit->connection, false);
    }
    if (visit->route->take(visit, data, size))
        return MHD_YES;
    why = visit->why;
    return refuse_later(visit, &why);
}

/* What is refused is let come, up to a limit, and dropped. */
static int take_body(lmi_visit *visit, const char *data, size_t *size)
{
    int verdict;

    if (visit->why.code) {
        visit->n_dropped += *size;
        verdict = visit->n_dropped > DROPPED_MAX ? MHD_NO : MHD_YES;
    } else if (visit->route->take) {
        verdict = pass_on(visit, data, *size);
    } else {
        verdict = gather(visit, data, *size);
    }
    *size = 0;
    return verdict;
}

static int refuse(lmi_visit *visit)
{
    (void)!lmi_fail(LMAS_E_INVALID, "%s", visit->words);
    return lmi_visit_refuse(visit, &visit->why);
}

/* The request is whole: a page answers at once; a reply when there is something to send. */
static int answer(lmi_visit *visit)
{
    lmi_desk *desk = &visit->server->desk;
    int verdict = MHD_YES;

    if (visit->why.code)
        return refuse(visit);
    if (visit->chore)
        return lmi_chore_answer(visit);
    if (!visit->reply)
        return visit->route->answer(visit);
    lmi_desk_lock(desk);
    if (visit->reply->is_gone)
        verdict = MHD_NO;
    else if (visit->reply->code)
        verdict = lmi_visit_stream(visit);
    lmi_desk_unlock(desk);
    return verdict;
}

static lmi_visit *open_visit(lmi_server *server, struct MHD_Connection *connection,
                             const char *path)
{
    lmi_visit *visit = lmi_new(1, sizeof(*visit));

    if (!visit)
        return NULL;
    *visit = (lmi_visit){.server = server, .connection = connection, .path = lmi_strdup(path)};
    lmi_buf_init(&visit->body, LMI_BODY_MAX);
    if (visit->path)
        return visit;
    lmi_free(visit);
    return NULL;
}

/* First with the headers, then with each part of the body, then with none left, and again whenever
 * a connection that waited goes on. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    lmi_visit *visit = *state;

    (void)version;
    if (!visit) {
        visit = open_visit(user, connection, path);
        *state = visit;
        return visit ? (enum MHD_Result)look_at_headers(visit, method) : MHD_NO;
    }
    if (*size > 0)
        return (enum MHD_Result)take_body(visit, data, size);
    lmi_callers_note(callers_of(visit), connection, true);
    return visit->is_answered ? MHD_YES : (enum MHD_Result)answer(visit);
}

/* The connection lets go. What is still asked for nobody is canceled at the next look. */
static void leave(lmi_visit *visit)
{
    lmi_desk *desk = &visit->server->desk;

    lmi_desk_lock(desk);
    if (visit->reply) {
        visit->reply->is_gone |= !visit->reply->is_whole;
        visit->reply->connection = NULL;
    }
    if (visit->code >= 100 && visit->code < 600)
        desk->metrics.n_requests[visit->code / 100]++;
    pthread_cond_signal(&desk->has_news);
    lmi_desk_unlock(desk);
}

static void on_end(void *user, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode why)
{
    lmi_visit *visit = *state;

    (void)user;
    (void)why;
    if (!visit)
        return;
    lmi_callers_note(callers_of(visit), connection, false);
    leave(visit);
    lmi_upload_leave(visit);
    lmi_chore_free(visit->chore);
    lmi_scratch_free(visit->scratch);
    lmi_buf_done(&visit->body);
    lmi_free(visit->words);
    lmi_free(visit->path);
    lmi_free(visit);
    *state = NULL;
}

/* ---- The daemon ---- */

static lmas_status find_address(struct sockaddr_storage *out, const lmi_serve_params *params)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, params->host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(params->port);
        return LMAS_OK;
    }
    if (inet_pton(AF_INET6, params->host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(params->port);
        return LMAS_OK;
    }
    return lmi_fail(
        LMAS_E_INVALID,
        "an address expected to listen at, such as 127.0.0.1 or 0.0.0.0, found \"%.80s\"",
        params->host);
}

/* (Its thread answers while ours ticks.) */
static lmas_status start(lmi_daemon *daemon, lmi_server *server)
{
    const unsigned flags =
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_AUTO;
    const unsigned most = LMI_CALLERS_MAX;
    struct sockaddr_storage address;
    lmas_status status = find_address(&address, server->params);
    const unsigned v6 = address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0;

    if (status != LMAS_OK)
        return status;
    errno = 0;
    daemon->mhd = MHD_start_daemon(
        flags | v6, server->params->port, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, lmi_callers_hear, &daemon->callers,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)server->params->idle_s,
        MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)LMI_HEADERS_MAX, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
    if (!daemon->mhd)
        return lmi_fail_errno(LMAS_E_IO, "cannot listen at %s:%u", server->params->host,
                              server->params->port);
    return LMAS_OK;
}

/* (Requests may come before this returns: they find it in the server.) */
lmas_status lmi_daemon_start(lmi_server *server)
{
    lmi_daemon *daemon = lmi_new(1, sizeof(*daemon));
    const union MHD_DaemonInfo *info;
    lmas_status status;

    if (!daemon)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a server");
    server->daemon = daemon;
    daemon->quiet = -1;
    status = lmi_callers_open(&daemon->callers, server->params->idle_s);
    if (status == LMAS_OK)
        status = start(daemon, server);
    if (status != LMAS_OK)
        return status;
    info = MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_BIND_PORT);
    daemon->port = info ? info->port : server->params->port;
    return LMAS_OK;
}

void lmi_daemon_sweep(lmi_daemon *daemon)
{
    lmi_callers_sweep(&daemon->callers);
}

uint16_t lmi_daemon_port(const lmi_daemon *daemon)
{
    return daemon->port;
}

void lmi_daemon_quiesce(lmi_daemon *daemon)
{
    daemon->quiet = MHD_quiesce_daemon(daemon->mhd);
}

void lmi_daemon_stop(lmi_daemon *daemon)
{
    if (!daemon)
        return;
    if (daemon->mhd)
        MHD_stop_daemon(daemon->mhd);
    if (daemon->quiet >= 0)
        close(daemon->quiet);
    lmi_callers_done(&daemon->callers);
    lmi_free(daemon);
}

/*
 * http.h - GET over HTTP, and nobody else need know libcurl.
 *
 * A request is tried again where that may help (busy servers, cut connections), and goes on from
 * the bytes that are there where the server can. The receiver is told where each try begins, so
 * it always knows what it holds.
 */
#ifndef LMI_NET_HTTP_H
#define LMI_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct lmi_http lmi_http;

/* Asked all along, also between two tries. False stops: LMAS_E_CANCELED. */
typedef bool (*lmi_tick_fn)(void *user);

/* The head of a good answer. */
typedef struct lmi_reply {
    bool is_rest;         /* the body goes on at `from`, as asked; else it is whole */
    uint64_t total;       /* bytes of the whole body, 0 when the server does not say */
    const char *etag;     /* version of the body, "" when there is none; borrowed */
    const char *revision; /* X-Revision: the data set's version, "" likewise; borrowed */
} lmi_reply;

typedef struct lmi_get {
    const char *url;
    const char *token; /* "" when there is none, NULL for hosts it is not for; a redirect to
                          another host never sees it */
    const char *what;  /* "data set", "model": what a refusal is about */
    uint64_t max_size; /* of the whole body, in bytes */
    bool is_packable;  /* the server may compress the body on its way */
    uint64_t from;     /* bytes that the receiver has; the receiver keeps it up to date */
    const char *etag;  /* of what version; "" to have it all again */
    bool is_hashed;    /* the receiver checks the whole by a hash: a rest of whatever version is
                          good enough to try, and a body of any length may come in many pieces */
    long code;         /* out: the last answer's, 0 when none came */
    /* A body begins; a piece of it. What they return other than LMAS_OK ends the request. */
    lmas_status (*begin)(void *user, const lmi_reply *reply);
    lmas_status (*take)(void *user, const char *data, size_t size);
    void *user;
} lmi_get;

/* Connections are kept from one request to the next. LATENTMAS_HTTP_BACKOFF_MS sets the pause
 * before the second try, LATENTMAS_HTTP_STALL_S the time without a byte that ends a try. */
lmas_status lmi_http_open(lmi_http **out, lmi_tick_fn tick, void *user);
void lmi_http_close(lmi_http *http);

lmas_status lmi_http_get(lmi_http *http, lmi_get *get);

#endif

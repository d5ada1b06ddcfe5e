/*
 * serve.h - teams behind HTTP: what clients ask goes to one solver, and comes back as it is said.
 *
 *   HTTP's thread                  lock                    the thread that serves
 *   http/ ──▶ form ──▶ reply ──▶ [ desk ] ──▶ question ──▶ solver ──▶ tick
 *     ▲                  ▲                                              │
 *     '── bytes ─────────'────────────────── text, events, results ◀────'
 *
 * Each team is a model to the client, by each method that it can: NAME, NAME:text_mas and
 * NAME:baseline. Questions of all clients share the ticks.
 */
#ifndef LMI_SERVE_SERVE_H
#define LMI_SERVE_SERVE_H

#include "base/status.h"

/* Limits of what a client may send; bytes where nothing else is said. */
enum {
    LMI_BODY_MAX = 8 * 1024 * 1024,
    LMI_HEADERS_MAX = 32 * 1024,
    LMI_CHOICES_MAX = 64, /* answers of one request */
    LMI_KEYS_MAX = 1024,  /* lines of the file of keys */
    LMI_TENANT_KEY_MAX = 512,
    LMI_CALLERS_MAX = 1024, /* connections at once */
    LMI_WAITING_MAX = 100000,
    LMI_UPLOADS_MAX = 128, /* memories on their way into the exchange, */
    LMI_UPLOADS_OF_TENANT = 16,
    LMI_STREAMED_MIN = 64 * 1024, /* of a body that is written as it comes: in each idle_s */
};

/* Who asks for the end of the server: Ctrl-C. */
typedef bool (*lmi_ends_fn)(void);

/* What is said to whoever started it. */
typedef void (*lmi_tell_fn)(const char *line);

/* The exchange that is served beside the teams (exchange/exchange.h). */
typedef struct lmi_serve_exchange {
    const char *folder; /* NULL: none is served */
    uint64_t file_max;  /* bytes of one file; and of a tenant all bytes, and memories: */
    uint64_t n_bytes, n;
    double upload_s; /* without a byte, after which an upload is forgotten */
} lmi_serve_exchange;

typedef struct lmi_serve_params {
    const char *host; /* an address; "127.0.0.1" */
    uint16_t port;    /* 0: any that is free */
    lmas_model *model;
    lmas_session *session;
    lmas_team *const *teams; /* [n_teams], of different names */
    size_t n_teams;
    lmas_solver_params params; /* of all teams, but for the method */
    lmas_answer_kind kind;     /* what is asked for where the client does not say */
    uint32_t n_at_once;        /* questions in the solver */
    uint32_t n_waiting;        /* and those that may wait for it */
    const char *key_file;      /* a key a line: each is a tenant; NULL: nobody needs one */
    const char *origin;        /* of pages that browsers may let ask; NULL: none */
    lmi_serve_exchange exchange;
    double idle_s; /* after which a connection that sends nothing whole is closed */
    lmi_ends_fn asks_for_end;
    lmi_tell_fn tell;
} lmi_serve_params;

/* Serve until somebody asks for the end; then those who asked before get their answers. The session
 * must be idle. */
lmas_status lmi_serve(const lmi_serve_params *params);

#endif

/* server.h - the parts of a server, for the rooms within: who holds the lock may touch the desk. */
#ifndef LMI_SERVE_SERVER_H
#define LMI_SERVE_SERVER_H

#include "serve/catalog.h"
#include "serve/desk/desk.h"
#include "serve/http/guard.h"
#include "serve/openai/form.h"

struct lmi_daemon;
struct lmi_vault;

typedef struct lmi_server {
    const lmi_serve_params *params;
    lmi_catalog catalog;
    lmas_solver *solver;
    lmi_defaults defaults;
    lmi_guard guard;
    lmi_desk desk;
    struct lmi_daemon *daemon;
    struct lmi_vault *vault; /* the exchange; NULL: none is served */
    uint64_t n_asked;        /* ids of questions, from 1 */
} lmi_server;

#endif

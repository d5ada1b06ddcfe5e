/* visit.h - one request from its first header to its last byte. */
#ifndef LMI_SERVE_VISIT_H
#define LMI_SERVE_VISIT_H

#include "serve/server.h"

struct lmi_route;

typedef struct lmi_visit {
    lmi_server *server;
    struct MHD_Connection *connection;
    const struct lmi_route *route;
    const char *rest; /* of the path, behind the route's */
    char *path;
    uint64_t realm;
    lmi_buf body;
    lmi_complaint why;  /* it will be refused when its body has come; code 0: it will not */
    char *words;        /* the message */
    size_t n_dropped;   /* bytes of that body */
    lmi_reply *reply;   /* what it waits for; NULL: nothing */
    const char *policy; /* what a browser may do with the answer; NULL: not said */
    bool is_answered;
    unsigned code;
} lmi_visit;

/* Answer with a page; with this thread's message as an error of OpenAI's form; with the reply as it
 * comes. MHD's verdict. */
int lmi_visit_send(lmi_visit *visit, unsigned code, const char *type, const char *text, size_t len);
int lmi_visit_refuse(lmi_visit *visit, const lmi_complaint *why);
int lmi_visit_stream(lmi_visit *visit);

#endif

/* visit.h - one request from its first header to its last byte. */
#ifndef LMI_SERVE_VISIT_H
#define LMI_SERVE_VISIT_H

#include "serve/server.h"

struct lmi_route;
struct lmi_chore;
struct lmi_upload;
struct lmi_scratch;

typedef struct lmi_visit {
    lmi_server *server;
    struct MHD_Connection *connection;
    const struct lmi_route *route;
    const char *rest; /* of the path, behind the route's */
    char *path;
    uint64_t realm;
    lmi_buf body;
    lmi_complaint why; /* it will be refused when its body has come; code 0: it will not */
    char *words;       /* the message */
    size_t n_dropped;  /* bytes of that body */
    size_t n_streamed; /* of one that is written as it comes, since its time was last renewed */
    lmi_reply *reply;  /* what it waits for; NULL: nothing */
    struct lmi_chore *chore;     /* or that: work that is done beside HTTP's thread */
    struct lmi_upload *upload;   /* where its body goes, as it comes */
    struct lmi_scratch *scratch; /* or a file of its own, which goes with it */
    bool has_begun;              /* the body went there, or was to */
    const char *policy;          /* what a browser may do with the answer; NULL: not said */
    unsigned retry_s;            /* of a refusal: when to come again; 0: soon */
    bool is_answered;
    unsigned code;
} lmi_visit;

/* Answer with a page; with this thread's message as an error of OpenAI's form; with the reply as it
 * comes. MHD's verdict. */
int lmi_visit_send(lmi_visit *visit, unsigned code, const char *type, const char *text, size_t len);
int lmi_visit_refuse(lmi_visit *visit, const lmi_complaint *why);
int lmi_visit_stream(lmi_visit *visit);

/* The same with a response of one's own, which it takes over; NULL is memory that ran out. */
struct MHD_Response;
int lmi_visit_queue(lmi_visit *visit, struct MHD_Response *response, const char *type,
                    unsigned code);

/* The name behind the route's path, up to the next slash; what is too long is cut. */
void lmi_visit_name(char *out, size_t size, const lmi_visit *visit);

#endif

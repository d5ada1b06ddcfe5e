/* route.h - which path leads where. */
#ifndef LMI_SERVE_ROUTE_H
#define LMI_SERVE_ROUTE_H

#include "serve/http/visit.h"

/* Answers a request whose body is there; MHD's verdict. */
typedef int (*lmi_route_fn)(lmi_visit *visit);

/* Takes a piece of a body as it comes; false: it is refused, as visit->why and the thread's message
 * say. */
typedef bool (*lmi_take_fn)(lmi_visit *visit, const char *data, size_t size);

typedef struct lmi_route {
    const char *method; /* "GET", which HEAD may ask too, or another */
    const char *path;   /* one that ends in a slash has a name behind it, and a star is a name
                         * without slashes: visit->rest begins there */
    lmi_route_fn answer;
    const char *type; /* of the body that must come with it; NULL: any */
    lmi_take_fn take; /* NULL: the body is gathered in visit->body */
    bool is_open;     /* needs no key */
    bool is_plain;    /* its errors are {"success": false, "message": ...} */
    bool is_exchange; /* there where an exchange is served */
} lmi_route;

/* The route of the path; NULL where there is none, with `has_path` saying whether another method
 * would have one. */
const lmi_route *lmi_route_find(const char **rest, bool *has_path, bool has_exchange,
                                const char *method, const char *path);

/* The methods of a path, for the header Allow. */
enum { LMI_METHODS_SIZE = 40 };
void lmi_route_methods(char out[LMI_METHODS_SIZE], bool has_exchange, const char *path);

#endif

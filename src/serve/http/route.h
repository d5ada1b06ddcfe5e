/* route.h - which path leads where. */
#ifndef LMI_SERVE_ROUTE_H
#define LMI_SERVE_ROUTE_H

#include "serve/http/visit.h"

/* Answers a request whose body is there; MHD's verdict. */
typedef int (*lmi_route_fn)(lmi_visit *visit);

typedef struct lmi_route {
    const char *method; /* "GET", which HEAD may ask too, or "POST" */
    const char
        *path; /* one that ends in a slash has a name behind it, visit->rest; but "/" is the page */
    bool is_open; /* needs no key */
    lmi_route_fn answer;
} lmi_route;

/* The route of the path; NULL where there is none, with `has_path` saying whether another method
 * would have one. */
const lmi_route *lmi_route_find(const char **rest, bool *has_path, const char *method,
                                const char *path);

/* The methods of a path, for the header Allow. */
const char *lmi_route_methods(const char *path);

#endif

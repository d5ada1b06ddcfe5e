/* catalog.h - the models that clients see: each team by each method that it can. */
#ifndef LMI_SERVE_CATALOG_H
#define LMI_SERVE_CATALOG_H

#include "serve/serve.h"

typedef struct lmi_entry {
    char *id; /* "sequential", "sequential:baseline" */
    const lmas_team *team;
    lmas_method method;
    size_t place; /* of it in the solver: lmas_question.team */
} lmi_entry;

typedef struct lmi_catalog {
    lmi_entry *at;
    size_t n, capacity;
    int64_t created; /* seconds since 1970 */
} lmi_catalog;

/* Have a new solver drive all of them, by `params` but for the method. Free both, also after a
 * failure. */
lmas_status lmi_catalog_open(lmi_catalog *out, lmas_solver **solver, const lmi_serve_params *serve,
                             const lmas_solver_params *params);
void lmi_catalog_done(lmi_catalog *catalog);

/* The one of that id; NULL: there is none. */
const lmi_entry *lmi_catalog_find(const lmi_catalog *catalog, const char *id);

#endif

/*
 * host.h - where agents live: a session here, another model's, or a server.
 *
 *   host 0          the session that the solver was made on
 *   1 ... n         those of lmas_solver_params.hosts
 *   the last        lmas_solver_params.speaker, where there is one
 *
 * A space is a host whose model's inputs are meant: its own, or, of a server that takes vectors,
 * the first host's, whose model it runs. What goes from one space to another is mapped
 * (latent/cross), or told in words.
 */
#ifndef LMI_TEAM_HOST_H
#define LMI_TEAM_HOST_H

#include "base/status.h"
#include "latentmas_hosts.h"

/* With the session and the speaker. */
enum { LMI_HOSTS_MAX = LMAS_HOSTS_MAX + 2, LMI_NO_SPACE = -1 };

typedef struct lmi_host {
    const char *name;        /* NULL: the solver's session, or the speaker */
    const lmas_model *model; /* of a server, the one that its prompts are laid out for; NULL: it
                              * lays them out itself */
    lmas_session *session;   /* NULL of a server, and where room is counted alone */
    lmas_remote *remote;     /* NULL of a session */
    int32_t space;           /* LMI_NO_SPACE: it takes texts alone */
    uint32_t n_lanes;        /* memories at once where branches go side by side */
    uint32_t n_lanes_least;  /* where one turn goes after the other */
} lmi_host;

/* The hosts of a team on `model` [`*n`, at most LMI_HOSTS_MAX]. */
lmas_status lmi_hosts_make(lmi_host *out, size_t *n, const lmas_model *model,
                           const lmas_solver_params *params);

/* The host of that name; `n` for none. NULL is the first one. */
size_t lmi_hosts_find(const lmi_host *hosts, size_t n, const char *name);

#endif

/* host.c - see host.h. */
#include "team/plan/host.h"

#include <string.h>

#include "latent/session.h"
#include "remote/server.h"

/* A server that runs the first host's model takes its vectors; any other takes texts. */
static lmi_host host_of(const lmas_host *host, const lmas_model *first, size_t i)
{
    lmi_host out = {.name = host->name,
                    .model = host->session ? host->session->model : host->model,
                    .session = host->session,
                    .remote = host->remote,
                    .space = (int32_t)i};

    if (!host->remote)
        return out;
    out.space = LMI_NO_SPACE;
    if (lmi_remote_runs(host->remote, first)) {
        out.space = 0;
        out.model = first;
    }
    return out;
}

static lmas_status check(const lmas_host *host, const lmi_host *hosts, size_t n)
{
    const bool is_here = host->session || host->model;

    if (!host->name || is_here == (host->remote != NULL))
        return lmi_fail(LMAS_E_INVALID,
                        "each of hosts needs a name, and a session or a remote: one of both");
    if (lmi_hosts_find(hosts, n, host->name) < n)
        return lmi_fail(LMAS_E_INVALID, "two of hosts are named \"%.64s\"", host->name);
    return LMAS_OK;
}

lmas_status lmi_hosts_make(lmi_host *out, size_t *n, const lmas_model *model,
                           const lmas_solver_params *params)
{
    size_t i;

    out[0] = (lmi_host){.model = model};
    *n = 1;
    if ((params->n_hosts > 0 && !params->hosts) ||
        (params->n_agent_hosts > 0 && !params->agent_hosts))
        return lmi_fail(LMAS_E_INVALID, "hosts and agent_hosts must be there where counted");
    if (params->n_hosts > LMAS_HOSTS_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_hosts must be at most %d, got %zu", LMAS_HOSTS_MAX,
                        params->n_hosts);
    for (i = 0; i < params->n_hosts; i++) {
        const lmas_status status = check(&params->hosts[i], out, *n);

        if (status != LMAS_OK)
            return status;
        out[*n] = host_of(&params->hosts[i], model, *n);
        (*n)++;
    }
    if (params->speaker) {
        out[*n] = host_of(&(lmas_host){.remote = params->speaker}, model, *n);
        out[*n].model = model;
        if (params->speaker->takes_vectors && params->speaker->info.n_embd == 0)
            out[*n].space = 0; /* of what width SGLang does not say: it speaks for this model */
        (*n)++;
    }
    return LMAS_OK;
}

size_t lmi_hosts_find(const lmi_host *hosts, size_t n, const char *name)
{
    size_t i = 0;

    while (i < n && name != hosts[i].name &&
           !(name && hosts[i].name && strcmp(name, hosts[i].name) == 0))
        i++;
    return i;
}

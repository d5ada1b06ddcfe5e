/*
 * hosts.h - the models beside the first one, and servers: found, opened, given memory.
 *
 *   team file   "models": {"big": {...}}   those that an agent is on
 *   flags       --agent_models M1 M2 ...   each that is not the first model, by its own name
 *               --vllm_url URL             who speaks
 */
#ifndef LMI_CLI_HOSTS_H
#define LMI_CLI_HOSTS_H

#include "cli/flags.h"

enum { LMI_HOSTS_HERE = 15, LMI_AGENTS_MAX = 64 };

typedef struct lmi_hosts {
    lmas_host at[LMI_HOSTS_HERE]; /* what a solver is told */
    size_t n;
    lmas_model *models[LMI_HOSTS_HERE];      /* opened here; NULL of a server */
    const char *agent_hosts[LMI_AGENTS_MAX]; /* by agent, where flags say so */
    size_t n_agent_hosts;
    lmas_remote *speaker;
} lmi_hosts;

/* Checks that the table of flags cannot make. */
lmas_status lmi_host_flags_check(const lmi_host_flags *flags);

/* Open what the team's file and the flags name, and tell `params`. `first` is the first model's
 * name as the flags have it, `model_params` how models are opened. */
lmas_status lmi_hosts_open(lmi_hosts *out, lmas_solver_params *params, const lmas_team *team,
                           const lmi_solve_flags *flags, const lmas_model_params *model_params);

/* Make a session for host `i`, of which each answer needs so much. */
lmas_status lmi_hosts_start(lmi_hosts *hosts, size_t i, const lmas_session_params *params);

/* Sessions go before the first model's. */
void lmi_hosts_done(lmi_hosts *hosts);

#endif

/*
 * latentmas_hosts.h - agents that are not on the solver's session: on other models, behind servers.
 *
 *     lmas_session ─┬▶ lmas_host ──▶ lmas_solver_params.hosts    agents that the team puts there
 *     lmas_remote ──┴──────────────▶ lmas_solver_params.speaker  who speaks for the session's model
 *
 * The rules of latentmas.h hold here too.
 */
#ifndef LATENTMAS_HOSTS_H
#define LATENTMAS_HOSTS_H

#include "latentmas.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where agents are: in a session (to count needs, a model is enough), or behind a server. */
struct lmas_host {
    const char *name; /* as the team's file has it, or agent_hosts */
    const lmas_model *model;
    lmas_session *session;
    lmas_remote *remote;
};
enum { LMAS_HOSTS_MAX = 16 }; /* beside the session and the speaker */

/* A model behind an HTTP server (docs/elsewhere.md): it speaks, told by text or, where it can, by
 * the vectors that libllama would take in. One thread at a time. */
typedef struct lmas_remote_params {
    const char *model;    /* as the server names it; NULL: the first that it lists (default) */
    const char *key_file; /* NULL (default): LATENTMAS_API_KEY, OPENAI_API_KEY, or no key */
    uint32_t n_at_once;   /* most requests under way (default 16) */
    uint32_t n_tries;     /* of one request, before it fails (default 5) */
    float timeout_s;      /* without a byte that ends a try (default 600) */
    bool is_bf16;         /* it computes in bf16: vectors are sent so (default false: f32) */
} lmas_remote_params;
LMAS_API lmas_remote_params lmas_remote_params_default(void);

/* Ask the server at `url` what it is and can. LMAS_E_IO where it does not answer or refuses the
 * key, LMAS_E_FORMAT where it makes no sense, LMAS_E_MODEL where it has no such model. */
LMAS_CHECKED lmas_status lmas_remote_open(lmas_remote **out, const char *url,
                                          const lmas_remote_params *params);
LMAS_API void lmas_remote_free(lmas_remote *remote);

/* What it said. Strings live as long as the lmas_remote. */
typedef struct lmas_remote_info {
    const char *url, *model; /* as used */
    const char *api;         /* "vllm", "sglang", "llama-server" or "openai" */
    const char *version;     /* "" where it says none */
    uint32_t n_ctx;          /* most positions of a request, 0 where it does not say */
    uint32_t n_embd;         /* width of the vectors that it takes, 0 for none; SGLang's is known
                              * behind lmas_remote_match() */
    bool tells_tokens;       /* it can be asked how it splits a text */
} lmas_remote_info;
LMAS_API const lmas_remote_info *lmas_remote_describe(const lmas_remote *remote);

/* Whether its model is this one, as far as it takes vectors and tells tokens: LMAS_E_MODEL where
 * widths differ, or one of several texts is split otherwise. */
LMAS_CHECKED lmas_status lmas_remote_match(lmas_remote *remote, const lmas_model *model);

#ifdef __cplusplus
}
#endif

#endif /* LATENTMAS_HOSTS_H */

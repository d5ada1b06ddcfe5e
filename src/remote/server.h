/*
 * server.h - a server that answers for a model: what it is, what it can, who is waiting for it.
 */
#ifndef LMI_REMOTE_SERVER_H
#define LMI_REMOTE_SERVER_H

#include "engine/model.h"
#include "latentmas_hosts.h"
#include "net/calls.h"
#include "remote/query.h"

/* Bytes of a server's URL, and of what it calls a model or its version. */
#define LMI_URL_MAX  ((size_t)2048)
#define LMI_NAME_MAX ((size_t)512)

/* Widest vectors that are believed of a server, and longest context. */
enum { LMI_REMOTE_EMBD_MAX = 1 << 20, LMI_REMOTE_CTX_MAX = 1 << 30 };

typedef enum lmi_api { LMI_API_OPENAI, LMI_API_VLLM, LMI_API_SGLANG, LMI_API_LLAMA } lmi_api;

struct lmas_remote {
    lmas_remote_info info; /* its strings are the members below */
    lmas_remote_params params;
    lmi_api api;
    char *url; /* without the /v1 */
    char *key; /* "" for none */
    char *model;
    char *version;
    bool takes_vectors; /* of what width, SGLang does not say: lmas_remote_match() does */
    uint32_t width;     /* of its model's vectors where it says so without taking any, else 0 */
    char asked_of[LMI_SHA256_SIZE]; /* the last model it was compared with, "" for none, */
    bool is_same;                   /* and whether it runs that */
    bool streams_pieces;            /* SGLang: each event has what is new, not all so far */
    unsigned told;                  /* what was said once already, a bit each */
    lmi_calls *calls;
    lmi_query *first; /* of those that have not ended */
    uint32_t n_running;
};

/* Tokens of `text` as the server sees them, none added. */
lmas_status lmi_remote_tokenize(lmi_tokens *out, lmas_remote *remote, const char *text);

/* Whether it takes vectors and runs this model; asked once. */
bool lmi_remote_runs(lmas_remote *remote, const lmas_model *model);

/* Append the i-th text that lmas_remote_match() compares by; false past the last. The last one is
 * the model's control tokens, "" where it has none. */
bool lmi_match_text(lmi_buf *out, const lmas_model *model, size_t i);

/* Ask the server what it is. Fills in what stands above. */
lmas_status lmi_remote_find(lmas_remote *remote);

#endif

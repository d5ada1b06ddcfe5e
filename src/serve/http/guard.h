/*
 * guard.h - who may ask: keys, and what a browser may be made to send.
 *
 * With keys, each is a tenant: a realm of its own. A server that only this machine reaches answers
 * to names of this machine alone, and bodies must say that they are JSON: a page of the web that
 * is open beside it can then neither ask nor read, unless its origin was named.
 */
#ifndef LMI_SERVE_GUARD_H
#define LMI_SERVE_GUARD_H

#include "base/sha256.h"
#include "serve/openai/complaint.h"
#include "serve/serve.h"

struct MHD_Connection;

typedef struct lmi_guard {
    char (*keys)[LMI_SHA256_SIZE]; /* [n_keys] */
    size_t n_keys;
    bool is_local; /* the address is one of this machine's alone */
    const char *origin;
} lmi_guard;

lmas_status lmi_guard_open(lmi_guard *out, const lmi_serve_params *params);
void lmi_guard_done(lmi_guard *guard);

/* Whether the request may come in: false, and why. `realm` is its tenant's number, from 1; 0 where
 * there are no keys. An open page needs no key. */
bool lmi_guard_admits(uint64_t *realm, lmi_complaint *why, const lmi_guard *guard,
                      struct MHD_Connection *connection, bool is_open);

/* Whether a body comes as that type, such as "application/json". */
bool lmi_guard_is_of_type(struct MHD_Connection *connection, const char *wanted);

#endif

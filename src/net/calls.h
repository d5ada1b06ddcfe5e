/*
 * calls.h - many HTTP requests at once, and nobody waits for one.
 *
 *     lmi_transfer_start() ──▶ lmi_calls_poll() ... lmi_calls_poll() ──▶ lmi_transfer_judge()
 *                                   │ the body of a good answer, as it comes
 *                                   ▼
 *                                 take()
 *
 * A transfer is one try: whoever started it judges it, and starts another where that may help. No
 * redirect is followed: what is sent, a key too, goes to the address that was given.
 */
#ifndef LMI_NET_CALLS_H
#define LMI_NET_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct lmi_calls lmi_calls;
typedef struct lmi_transfer lmi_transfer;

/* What to ask. All that it points to must last until lmi_transfer_free(). */
typedef struct lmi_request {
    const char *url;
    const char *key;   /* sent as a bearer's, in no message; NULL for none */
    const char *body;  /* JSON, posted; NULL: a GET */
    size_t body_size;  /* bytes */
    uint64_t max_size; /* of the answer's body, in bytes */
    double stall_s;    /* without a byte that ends it, 1 or more */
    /* A piece of a good answer's body. What it returns other than LMAS_OK ends the transfer. It
     * must not start or free one. */
    lmas_status (*take)(void *user, const char *data, size_t size);
    void *user;
} lmi_request;

/* What became of a transfer. */
typedef struct lmi_verdict {
    long code; /* of the answer, 0 where none came */
    bool is_worth_more;
    double asked_ms; /* pause that the server asks for, bounded; else 0 */
} lmi_verdict;

/* Connections are kept from one request to the next. LATENTMAS_HTTP_BACKOFF_MS sets the pause
 * before a second try. */
lmas_status lmi_calls_open(lmi_calls **out);
void lmi_calls_close(lmi_calls *calls); /* after its transfers; NULL is nothing */

/* Begin. What fails later is told by lmi_transfer_judge(). */
lmas_status lmi_transfer_start(lmi_transfer **out, lmi_calls *calls, const lmi_request *request);
void lmi_transfer_free(lmi_transfer *transfer); /* ends it where it runs; NULL is nothing */

bool lmi_transfer_has_ended(const lmi_transfer *transfer);

/* LMAS_OK where it ended in a good answer, taken in whole. Else the failure, with its message. */
lmas_status lmi_transfer_judge(lmi_verdict *out, const lmi_transfer *transfer);

/* The page of a refusal, cut where it is long. */
const char *lmi_transfer_refusal(const lmi_transfer *transfer);

/* The pause before try number `tries` + 1. */
double lmi_calls_pause_ms(const lmi_calls *calls, unsigned tries, double asked_ms);

/* Move the transfers of all `calls`, after waiting at most `wait_ms` for something to move: a byte
 * of one of them, or one of `fds` that can be read. */
lmas_status lmi_calls_poll(lmi_calls *const *calls, size_t n_calls, double wait_ms, const int *fds,
                           size_t n_fds);

#endif

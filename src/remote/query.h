/*
 * query.h - one request to a server with all its tries, beside others.
 *
 *     QUEUED ──▶ RUNNING ──▶ ENDED
 *        ▲          │
 *        '──────────'  it failed, another try may help, and there is one left: after a pause
 *
 * At most params.n_at_once of a server's run; the others wait, the first started first.
 */
#ifndef LMI_REMOTE_QUERY_H
#define LMI_REMOTE_QUERY_H

#include "base/buf.h"
#include "net/calls.h"

struct lmas_remote;

/* What is asked, and who hears the answer. */
typedef struct lmi_hearer {
    void (*begin)(void *user); /* a try begins: what another brought does not count */
    lmas_status (*take)(void *user, const char *data, size_t size);
    /* A try has ended in `status`; gives what it counts as, and whether another is worth it. */
    lmas_status (*end)(void *user, lmas_status status, bool *is_worth_more);
    void *user;
} lmi_hearer;

typedef enum lmi_query_state {
    LMI_QUERY_QUEUED,
    LMI_QUERY_RUNNING,
    LMI_QUERY_ENDED
} lmi_query_state;

typedef struct lmi_query {
    struct lmas_remote *remote;
    struct lmi_query *next; /* of those that have not ended, in the order they were started */
    lmi_hearer hearer;
    char *url;
    lmi_buf body;      /* "" for a GET */
    uint64_t max_size; /* bytes of the answer: a page's, until the caller says more */
    double stall_s;
    lmi_query_state state;
    lmi_transfer *transfer; /* while it runs */
    unsigned n_tries;       /* begun */
    double due_ms;          /* when the next may begin */
    double start_ms, end_ms;
    long code;          /* of the last answer, 0 where none came */
    lmas_status status; /* of the whole, with */
    char message[LMI_ERROR_MAX];
    lmi_buf refusal; /* the page of the last refusal */
} lmi_query;

/* Prepare one for `path` of the server's. The body is filled in by the caller. */
lmas_status lmi_query_init(lmi_query *out, struct lmas_remote *remote, const char *path,
                           const lmi_hearer *hearer);
/* End it where it runs. */
void lmi_query_done(lmi_query *query);

/* Let it run. It must stay where it is until it is done. */
void lmi_query_start(lmi_query *query);

/* How it ended: LMAS_OK, or its failure, whose message this sets again. */
lmas_status lmi_query_judge(const lmi_query *query);

/* Move the queries of all `remotes` after waiting at most `wait_ms`: less when a byte comes for one
 * of them, another try is due, or one of `fds` can be read. */
lmas_status lmi_remotes_poll(struct lmas_remote *const *remotes, size_t n, double wait_ms,
                             const int *fds, size_t n_fds);
lmas_status lmi_remote_poll(struct lmas_remote *remote, double wait_ms, const int *fds,
                            size_t n_fds);

/* One small request and its answer, waited for. `body` NULL: a GET. Where the answer is a refusal,
 * page->code and its text are there beside the failure; the code is 0 where none came. */
typedef struct lmi_page {
    long code;
    lmi_buf text;
} lmi_page;

/* Bytes of such an answer. */
#define LMI_PAGE_MAX ((size_t)8 * 1024 * 1024)

void lmi_page_init(lmi_page *page);
void lmi_page_done(lmi_page *page);
lmas_status lmi_remote_ask(lmi_page *page, struct lmas_remote *remote, const char *path,
                           const char *body, size_t body_size);

#endif

/*
 * upload.h - memories on their way in: each has a name that only its tenant may use, and stands at
 * an offset from which any connection goes on.
 *
 *     new ─▶ open ─▶ pieces ··· cut ··· pieces ─▶ ending (commit, abort)
 *                └─ idle for too long ─▶ forgotten
 *
 * One connection writes at a time: the one that came last, since the one before it may be dead
 * without our knowing. HTTP's thread alone writes and ends them; the lock is over the list, whose
 * idle ones another thread takes out.
 */
#ifndef LMI_SERVE_UPLOAD_H
#define LMI_SERVE_UPLOAD_H

#include <pthread.h>

#include "exchange/exchange.h"

struct lmi_visit;

typedef enum lmi_upload_state {
    LMI_UPLOAD_NEW,
    LMI_UPLOAD_OPEN,
    LMI_UPLOAD_ENDING,
    LMI_UPLOAD_GIVEN_UP
} lmi_upload_state;

typedef struct lmi_upload {
    struct lmi_upload *next;
    char id[LMI_EXCHANGE_ID_SIZE];
    char tenant[LMI_EXCHANGE_TENANT_MAX + 1];
    lmi_upload_state state;
    lmi_exchange_publish *publish;
    uint64_t offset, announced; /* bytes that came; that will in all, 0 where that is not known */
    double touched_ms;
    struct lmi_visit *writer; /* whose body goes there; NULL: nobody's now */
} lmi_upload;

typedef struct lmi_uploads {
    pthread_mutex_t lock;
    lmi_upload *first;
    double idle_ms;
} lmi_uploads;

void lmi_uploads_init(lmi_uploads *uploads, double idle_s);
void lmi_uploads_done(lmi_uploads *uploads); /* drops those that are there */
void lmi_uploads_expire(lmi_uploads *uploads);

/* A name that nobody guesses. */
lmi_exchange_verdict lmi_upload_name(char out[LMI_EXCHANGE_ID_SIZE]);

/* A place for one more of the tenant; QUOTA where it, or all together, have too many under way. */
lmi_exchange_verdict lmi_upload_new(lmi_upload **out, lmi_uploads *uploads, const char *tenant);

/* It can be written to from now on; it is no more, its publish ended elsewhere. */
void lmi_upload_open(lmi_uploads *uploads, lmi_upload *upload, lmi_exchange_publish *publish,
                     uint64_t announced);
void lmi_upload_forget(lmi_uploads *uploads, lmi_upload *upload);

/* The tenant's of that name; NULL where it has none. */
lmi_upload *lmi_upload_find(lmi_uploads *uploads, const char *tenant, const char *id);

/* The visit writes from now on, and whoever did before no more; it writes no more, if it did. */
void lmi_upload_hold(lmi_uploads *uploads, lmi_upload *upload, struct lmi_visit *visit);
void lmi_upload_let_go(lmi_uploads *uploads, struct lmi_visit *visit);

/* Nobody writes any more: the caller ends the publish, and forgets it. Or it is left to the next
 * lmi_uploads_expire(). */
void lmi_upload_end(lmi_uploads *uploads, lmi_upload *upload);
void lmi_upload_give_up(lmi_uploads *uploads, lmi_upload *upload);

#endif

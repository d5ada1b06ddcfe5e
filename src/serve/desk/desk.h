/*
 * desk.h - what the two threads share: requests that are open, choices that wait, counters.
 *
 * Who has least under way goes first, and of equals who came first: a client that asks much does
 * not keep others waiting. All of it is behind one lock, which nobody holds for long.
 */
#ifndef LMI_SERVE_DESK_H
#define LMI_SERVE_DESK_H

#include <pthread.h>
#include <stdatomic.h>

#include "serve/desk/reply.h"
#include "serve/metrics.h"

typedef struct lmi_desk {
    pthread_mutex_t lock;
    pthread_cond_t has_news;
    lmi_reply *replies;        /* all that are open */
    lmi_choice *first, **last; /* those that wait, by arrival */
    size_t n_waiting, n_waiting_most;
    atomic_bool is_closing; /* nobody is let in any more; read without the lock too */
    lmi_metrics metrics;
} lmi_desk;

lmas_status lmi_desk_open(lmi_desk *desk, size_t n_waiting_most);
void lmi_desk_close(lmi_desk *desk); /* frees what is there still */

void lmi_desk_lock(lmi_desk *desk);
void lmi_desk_unlock(lmi_desk *desk);

/* Wait for news, at most that long. The lock is held. */
void lmi_desk_wait(lmi_desk *desk, unsigned ms);

/* All of these with the lock held. */

/* Put the choices of a reply into the line; false where that is full, or closed. */
bool lmi_desk_put(lmi_desk *desk, lmi_reply *reply);

/* The one that goes next, out of the line; NULL where nobody waits. Who has gone is passed over. */
lmi_choice *lmi_desk_take(lmi_desk *desk);

/* The running choice of that id; NULL: there is none. */
lmi_choice *lmi_desk_find(const lmi_desk *desk, uint64_t id);

/* Mark replies whose client is no more at its connection. */
void lmi_desk_look_for_gone(lmi_desk *desk);

/* Free the replies that nobody holds. */
void lmi_desk_sweep(lmi_desk *desk);

/* Seconds until somebody who would wait now may get an answer, one at least. */
unsigned lmi_desk_delay(const lmi_desk *desk, uint32_t n_at_once);

#endif

/*
 * callers.h - the connections that are open, and how long each has sent nothing whole.
 *
 * Who sends a byte now and then keeps a place for ever, as far as HTTP's library is concerned: here
 * a request, headers and body, has a time in which it must be there.
 */
#ifndef LMI_SERVE_CALLERS_H
#define LMI_SERVE_CALLERS_H

#include <microhttpd.h>
#include <pthread.h>

#include "base/status.h"

typedef struct lmi_caller {
    struct lmi_caller *next, **at; /* in the list, and where it is noted there */
    int fd;
    double since_ms; /* it connected, or its last request ended */
    bool has_asked;  /* a request of it is whole, and not answered yet */
} lmi_caller;

typedef struct lmi_callers {
    pthread_mutex_t lock;
    lmi_caller *first;
    double most_ms;
} lmi_callers;

lmas_status lmi_callers_open(lmi_callers *callers, double most_s);
void lmi_callers_done(lmi_callers *callers);

/* What MHD tells of connections; `user` is the lmi_callers. */
void lmi_callers_hear(void *user, struct MHD_Connection *connection, void **context,
                      enum MHD_ConnectionNotificationCode what);

/* The connection's request is whole; it is over. */
void lmi_callers_note(lmi_callers *callers, struct MHD_Connection *connection, bool has_asked);

/* The connection's socket; -1 where it is not known. */
int lmi_callers_socket(struct MHD_Connection *connection);

/* Hang up on those whose time is over. */
void lmi_callers_sweep(lmi_callers *callers);

#endif

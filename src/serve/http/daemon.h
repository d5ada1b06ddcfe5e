/*
 * daemon.h - HTTP by libmicrohttpd, in a thread of its own: requests in, bytes out.
 *
 *     headers ──▶ guard, route ──▶ body ──▶ page                       answered at once
 *                                     └──▶ reply ──▶ desk ··▶ bytes     as they come
 */
#ifndef LMI_SERVE_DAEMON_H
#define LMI_SERVE_DAEMON_H

#include "base/status.h"

struct lmi_server;
typedef struct lmi_daemon lmi_daemon;

/* Becomes server->daemon, also where it fails; stop it in any case. */
lmas_status lmi_daemon_start(struct lmi_server *server);

/* Hang up on those who take too long to send a request. */
void lmi_daemon_sweep(lmi_daemon *daemon);

/* Take no new connections. And end: what is still open is cut. NULL is nothing. */
void lmi_daemon_quiesce(lmi_daemon *daemon);
void lmi_daemon_stop(lmi_daemon *daemon);

uint16_t lmi_daemon_port(const lmi_daemon *daemon);

#endif

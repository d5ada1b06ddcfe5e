/* callers.c - see callers.h. */
#include "serve/http/callers.h"

#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"

lmas_status lmi_callers_open(lmi_callers *callers, double most_s)
{
    *callers = (lmi_callers){.most_ms = most_s * 1000};
    if (pthread_mutex_init(&callers->lock, NULL) != 0)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a lock");
    return LMAS_OK;
}

void lmi_callers_done(lmi_callers *callers)
{
    while (callers->first) {
        lmi_caller *caller = callers->first;

        callers->first = caller->next;
        lmi_free(caller);
    }
    pthread_mutex_destroy(&callers->lock);
}

int lmi_callers_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? info->connect_fd : -1;
}

static void add(lmi_callers *callers, struct MHD_Connection *connection, void **context)
{
    lmi_caller *caller = lmi_new(1, sizeof(*caller));

    *context = caller;
    if (!caller)
        return; /* nobody looks at its time: it is let be */
    *caller = (lmi_caller){.next = callers->first,
                           .at = &callers->first,
                           .fd = lmi_callers_socket(connection),
                           .since_ms = lmi_now_ms()};
    if (caller->next)
        caller->next->at = &caller->next;
    callers->first = caller;
}

static void take_out(lmi_caller *caller)
{
    *caller->at = caller->next;
    if (caller->next)
        caller->next->at = caller->at;
    lmi_free(caller);
}

void lmi_callers_hear(void *user, struct MHD_Connection *connection, void **context,
                      enum MHD_ConnectionNotificationCode what)
{
    lmi_callers *callers = user;

    pthread_mutex_lock(&callers->lock);
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        add(callers, connection, context);
    else if (*context)
        take_out(*context);
    pthread_mutex_unlock(&callers->lock);
}

void lmi_callers_note(lmi_callers *callers, struct MHD_Connection *connection, bool has_asked)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    lmi_caller *caller = info ? info->socket_context : NULL;

    if (!caller)
        return;
    pthread_mutex_lock(&callers->lock);
    caller->has_asked = has_asked;
    caller->since_ms = lmi_now_ms();
    pthread_mutex_unlock(&callers->lock);
}

/* The socket stays HTTP's: it finds that nothing comes any more. */
void lmi_callers_sweep(lmi_callers *callers)
{
    const double now = lmi_now_ms();
    const lmi_caller *caller;

    pthread_mutex_lock(&callers->lock);
    for (caller = callers->first; caller; caller = caller->next)
        if (!caller->has_asked && now - caller->since_ms > callers->most_ms)
            (void)shutdown(caller->fd, SHUT_RDWR);
    pthread_mutex_unlock(&callers->lock);
}

/* desk.c - see desk.h. */
#include "serve/desk/desk.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

lmas_status lmi_desk_open(lmi_desk *desk, size_t n_waiting_most)
{
    pthread_condattr_t attr;

    *desk = (lmi_desk){.n_waiting_most = n_waiting_most};
    desk->last = &desk->first;
    desk->metrics.begin_ms = lmi_now_ms();
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    if (pthread_mutex_init(&desk->lock, NULL) != 0 ||
        pthread_cond_init(&desk->has_news, &attr) != 0)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a lock");
    pthread_condattr_destroy(&attr);
    return LMAS_OK;
}

void lmi_desk_close(lmi_desk *desk)
{
    while (desk->replies) {
        lmi_reply *reply = desk->replies;

        desk->replies = reply->next;
        lmi_reply_free(reply);
    }
    pthread_cond_destroy(&desk->has_news);
    pthread_mutex_destroy(&desk->lock);
}

void lmi_desk_lock(lmi_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
}

void lmi_desk_unlock(lmi_desk *desk)
{
    pthread_mutex_unlock(&desk->lock);
}

void lmi_desk_wait(lmi_desk *desk, unsigned ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&desk->has_news, &desk->lock, &until);
}

/* ---- The line ---- */

bool lmi_desk_put(lmi_desk *desk, lmi_reply *reply)
{
    size_t i;

    if (desk->is_closing || desk->n_waiting + reply->n_choices > desk->n_waiting_most)
        return false;
    for (i = 0; i < reply->n_choices; i++) {
        *desk->last = &reply->choices[i];
        desk->last = &reply->choices[i].next;
    }
    desk->n_waiting += reply->n_choices;
    reply->next = desk->replies;
    desk->replies = reply;
    pthread_cond_signal(&desk->has_news);
    return true;
}

/* Answers that the client has under way. */
static size_t count_running(const lmi_desk *desk, uint64_t client)
{
    const lmi_reply *reply;
    size_t n = 0;
    size_t i;

    for (reply = desk->replies; reply; reply = reply->next)
        for (i = 0; reply->client == client && i < reply->n_choices; i++)
            n += reply->choices[i].state == LMI_CHOICE_RUNS;
    return n;
}

static lmi_choice *take_out(lmi_desk *desk, lmi_choice **at)
{
    lmi_choice *choice = *at;

    *at = choice->next;
    if (desk->last == &choice->next)
        desk->last = at;
    choice->next = NULL;
    desk->n_waiting--;
    return choice;
}

/* Those who wait for nobody leave. */
static void drop_gone(lmi_desk *desk)
{
    lmi_choice **at = &desk->first;

    while (*at) {
        if (!lmi_reply_is_over((*at)->reply)) {
            at = &(*at)->next;
            continue;
        }
        lmi_fail(LMAS_E_CANCELED, "the client has gone");
        desk->metrics.n_canceled++;
        lmi_reply_fail(take_out(desk, at), LMAS_E_CANCELED);
    }
}

lmi_choice *lmi_desk_take(lmi_desk *desk)
{
    lmi_choice **best = NULL, **at;
    size_t least = SIZE_MAX;

    drop_gone(desk);
    for (at = &desk->first; *at && least > 0; at = &(*at)->next) {
        const size_t n = count_running(desk, (*at)->reply->client);

        if (n < least) {
            least = n;
            best = at;
        }
    }
    return best ? take_out(desk, best) : NULL;
}

lmi_choice *lmi_desk_find(const lmi_desk *desk, uint64_t id)
{
    lmi_reply *reply;
    size_t i;

    for (reply = desk->replies; reply; reply = reply->next)
        for (i = 0; i < reply->n_choices; i++)
            if (reply->choices[i].state == LMI_CHOICE_RUNS && reply->choices[i].id == id)
                return &reply->choices[i];
    return NULL;
}

/* ---- Clients that go ---- */

/* HTTP's library looks at no connection that waits for us, so we do: who has closed his end will
 * hear nothing, as servers usually take it. */
void lmi_desk_look_for_gone(lmi_desk *desk)
{
    lmi_reply *reply;

    for (reply = desk->replies; reply; reply = reply->next) {
        struct pollfd p = {.fd = reply->fd, .events = POLLRDHUP};

        if (!reply->connection || !reply->is_suspended || lmi_reply_is_over(reply))
            continue;
        if (poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR))) {
            reply->is_gone = true;
            lmi_reply_wake(reply);
        }
    }
}

void lmi_desk_sweep(lmi_desk *desk)
{
    lmi_reply **at = &desk->replies;

    while (*at) {
        lmi_reply *reply = *at;

        if (reply->connection || reply->n_open > 0) {
            at = &reply->next;
            continue;
        }
        *at = reply->next;
        lmi_reply_free(reply);
    }
}

unsigned lmi_desk_delay(const lmi_desk *desk, uint32_t n_at_once)
{
    const lmi_histogram *h = &desk->metrics.whole;
    const double each = h->n_all > 0 ? h->sum / (double)h->n_all : 1;
    const double seconds = each * (double)desk->n_waiting / n_at_once;

    return seconds < 1 ? 1 : seconds > 3600 ? 3600 : (unsigned)ceil(seconds);
}

/* crew.c - see crew.h. */
#include "serve/exchange/crew.h"

#include <time.h>

#include "serve/exchange/chore.h"

/* The next chore, after a second of waiting at most; NULL where none came. The lock is held. */
static lmi_chore *wait_for_one(lmi_crew *crew)
{
    lmi_chore *chore;
    struct timespec until;

    if (!crew->first && !crew->is_ending) {
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        (void)pthread_cond_timedwait(&crew->has_work, &crew->lock, &until);
    }
    chore = crew->first;
    if (chore) {
        crew->first = chore->next;
        crew->last = crew->first ? crew->last : &crew->first;
    }
    return chore;
}

static time_t look(const lmi_crew *crew, time_t looked)
{
    const time_t now = time(NULL);

    if (now != looked && crew->look_around)
        crew->look_around(crew->user);
    return now;
}

static void *work(void *user)
{
    lmi_crew *crew = user;
    bool is_over = false;
    time_t looked = 0;

    while (!is_over) {
        lmi_chore *chore;

        pthread_mutex_lock(&crew->lock);
        chore = wait_for_one(crew);
        is_over = !chore && crew->is_ending;
        pthread_mutex_unlock(&crew->lock);
        if (chore)
            lmi_chore_run(chore);
        looked = look(crew, looked);
    }
    return NULL;
}

lmas_status lmi_crew_start(lmi_crew *out, void (*look_around)(void *user), void *user)
{
    *out = (lmi_crew){.look_around = look_around, .user = user};
    out->last = &out->first;
    if (pthread_mutex_init(&out->lock, NULL) != 0)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a lock");
    if (pthread_cond_init(&out->has_work, NULL) != 0) {
        pthread_mutex_destroy(&out->lock);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a lock");
    }
    out->is_started = pthread_create(&out->thread, NULL, work, out) == 0;
    if (out->is_started)
        return LMAS_OK;
    pthread_cond_destroy(&out->has_work);
    pthread_mutex_destroy(&out->lock);
    return lmi_fail(LMAS_E_NOMEM, "no thread can be started");
}

void lmi_crew_put(lmi_crew *crew, lmi_chore *chore)
{
    pthread_mutex_lock(&crew->lock);
    chore->next = NULL;
    *crew->last = chore;
    crew->last = &chore->next;
    pthread_cond_signal(&crew->has_work);
    pthread_mutex_unlock(&crew->lock);
}

void lmi_crew_end(lmi_crew *crew)
{
    if (!crew->is_started)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->is_ending = true;
    pthread_cond_signal(&crew->has_work);
    pthread_mutex_unlock(&crew->lock);
    pthread_join(crew->thread, NULL);
    pthread_cond_destroy(&crew->has_work);
    pthread_mutex_destroy(&crew->lock);
    crew->is_started = false;
}

/*
 * crew.h - a thread that runs chores one after the other, in the order in which they came, and
 * looks around now and then.
 */
#ifndef LMI_SERVE_CREW_H
#define LMI_SERVE_CREW_H

#include <pthread.h>
#include <stdbool.h>

#include "base/status.h"

struct lmi_chore;

typedef struct lmi_crew {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct lmi_chore *first, **last;
    void (*look_around)(void *user); /* NULL: never */
    void *user;
    bool is_started, is_ending;
} lmi_crew;

/* `look_around` is called about once a second, between chores. End with lmi_crew_end(), also after
 * a failure. */
lmas_status lmi_crew_start(lmi_crew *out, void (*look_around)(void *user), void *user);

void lmi_crew_put(lmi_crew *crew, struct lmi_chore *chore);

/* Those that were put are run before it returns. Once more is nothing. */
void lmi_crew_end(lmi_crew *crew);

#endif

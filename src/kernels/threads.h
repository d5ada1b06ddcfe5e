/*
 * threads.h - some threads that do one thing together.
 *
 * They are libgomp's, which libggml's CPU code has, too: a pool of our own would wait for cores on
 * which that one still spins.
 */
#ifndef LMI_KERNELS_THREADS_H
#define LMI_KERNELS_THREADS_H

#include <stdatomic.h>

typedef struct lmi_crew {
    atomic_int n_met; /* members that wait for the others */
    atomic_uint n_meetings;
} lmi_crew;

/* One of the threads, as it sees itself. */
typedef struct lmi_member {
    lmi_crew *crew;
    int index, n; /* from 0 on, of so many */
} lmi_member;

typedef void (*lmi_crew_fn)(void *work, const lmi_member *me);

/* Run `fn` as up to `n_wanted` members, and wait for all. */
void lmi_crew_run(int n_wanted, lmi_crew_fn fn, void *work);

/* Wait until all members are here. What each wrote before, all see after. */
void lmi_crew_meet(const lmi_member *me);

#endif

/*
 * threads.h - some threads that do one thing together.
 *
 * A thing is cut into shares, and the next thing begins when all of them are done: not when all
 * threads are there. So one that others keep from its core is not waited for, unless it has begun a
 * share; on a busy machine the others do its work.
 *
 * The threads are libgomp's, which libggml's CPU code has, too: a pool of our own would wait for
 * cores on which that one still spins.
 */
#ifndef LMI_KERNELS_THREADS_H
#define LMI_KERNELS_THREADS_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct lmi_crew {
    atomic_uint n_done; /* shares, of all things so far, modulo 2^32 */
    atomic_int n_asleep;
} lmi_crew;

/* One of the threads, as it sees itself. */
typedef struct lmi_member {
    lmi_crew *crew;
    int index, n;      /* from 0 on, of so many */
    unsigned n_due;    /* shares of the things that it has gone through */
    unsigned n_untold; /* of these, those that it did and has not told the crew */
} lmi_member;

typedef void (*lmi_crew_fn)(void *work, lmi_member *me);

/* Run `fn` as up to `n_wanted` members, and wait for all. */
void lmi_crew_run(int n_wanted, lmi_crew_fn fn, void *work);

/* The next of the `n` shares of a thing, or -1 when all are taken. `n_taken` is the thing's, 0 at
 * first. Every member asks until there is none, for one thing after the other in the same order;
 * who asks again has done what it got. */
int64_t lmi_crew_next(lmi_member *me, atomic_llong *n_taken, int64_t n);

/* Wait until all that this member has gone through is done. What others wrote, it sees then. */
void lmi_crew_meet(lmi_member *me);

#endif

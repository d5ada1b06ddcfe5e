/* threads.c - libgomp's pool, by the call that compilers make of a parallel block. */
#include "kernels/threads.h"

#include <limits.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Parts of libgomp's interface to compilers and of OpenMP: what gcc's header says, clang does not
 * find. */
void GOMP_parallel(void (*fn)(void *), void *data, unsigned n_threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);

/* The thread sanitizer does not see into libgomp, whose threads begin behind the call of a block
 * and have ended before it returns: it is told. */
#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define HAPPENS_BEFORE(address) __tsan_release(address)
#define HAPPENS_AFTER(address)  __tsan_acquire(address)
#else
#define HAPPENS_BEFORE(address) (void)(address)
#define HAPPENS_AFTER(address)  (void)(address)
#endif

/* Looks at what others have done before a member sleeps: about as long as waking it would take. */
enum { LOOKS = 2000 };

typedef struct parallel {
    lmi_crew crew;
    lmi_crew_fn fn;
    void *work;
} parallel;

static void begin(void *data)
{
    parallel *p = data;
    lmi_member me = {.crew = &p->crew, .index = omp_get_thread_num(), .n = omp_get_num_threads()};

    HAPPENS_AFTER(&p->work);
    p->fn(p->work, &me);
    HAPPENS_BEFORE(&p->crew);
}

void lmi_crew_run(int n_wanted, lmi_crew_fn fn, void *work)
{
    parallel p = {.fn = fn, .work = work};

    if (n_wanted > 1) {
        HAPPENS_BEFORE(&p.work);
        GOMP_parallel(begin, &p, (unsigned)n_wanted, 0);
        HAPPENS_AFTER(&p.crew);
        return;
    }
    fn(work, &(lmi_member){.crew = &p.crew, .index = 0, .n = 1});
}

/* A moment in which the core has nothing to guess. */
static void look_away(void)
{
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

/* Whether all is done that `me` has gone through; the others may be further. */
static bool is_done(const lmi_member *me, unsigned n_done)
{
    return (int)(n_done - me->n_due) >= 0;
}

/* A member's share may take long, above all when its thread has lost its core. To give ours away
 * for a moment (sched_yield) would cost a whole turn of all who want it: on a busy machine a run
 * took twenty times as long. */
static void wait_for_others(const lmi_member *me)
{
    lmi_crew *crew = me->crew;
    unsigned n_done;
    int n;

    for (n = 0; n < LOOKS; n++) {
        if (is_done(me, atomic_load_explicit(&crew->n_done, memory_order_acquire)))
            return;
        look_away();
    }
    atomic_fetch_add(&crew->n_asleep, 1);
    while (n_done = atomic_load(&crew->n_done), !is_done(me, n_done))
        syscall(SYS_futex, &crew->n_done, FUTEX_WAIT_PRIVATE, n_done, NULL, NULL, 0);
    atomic_fetch_sub(&crew->n_asleep, 1);
}

void lmi_crew_meet(lmi_member *me)
{
    if (!is_done(me, atomic_load_explicit(&me->crew->n_done, memory_order_acquire)))
        wait_for_others(me);
}

/* (a member tells of all that it did of a thing at once) */
static void tell(lmi_member *me)
{
    lmi_crew *crew = me->crew;

    if (me->n_untold == 0)
        return;
    atomic_fetch_add(&crew->n_done, me->n_untold);
    me->n_untold = 0;
    if (atomic_load(&crew->n_asleep) > 0)
        syscall(SYS_futex, &crew->n_done, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

int64_t lmi_crew_next(lmi_member *me, atomic_llong *n_taken, int64_t n)
{
    const int64_t i = atomic_fetch_add_explicit(n_taken, 1, memory_order_relaxed);

    if (i < n) {
        me->n_untold++;
        return i;
    }
    me->n_due += (unsigned)n;
    tell(me);
    return -1;
}

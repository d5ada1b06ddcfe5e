/* threads.c - libgomp's pool, by the call that compilers make of a parallel block. */
#include "kernels/threads.h"

#include <sched.h>

/* Parts of libgomp's interface to compilers and of OpenMP: what gcc's header says, clang does not
 * find. */
void GOMP_parallel(void (*fn)(void *), void *data, unsigned n_threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);

/* The thread sanitizer does not see into libgomp, whose threads begin behind the call of a block and
 * have ended before it returns: it is told. */
#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define HAPPENS_BEFORE(address) __tsan_release(address)
#define HAPPENS_AFTER(address)  __tsan_acquire(address)
#else
#define HAPPENS_BEFORE(address) (void)(address)
#define HAPPENS_AFTER(address)  (void)(address)
#endif

/* Looks at the others before a member lets them have its core: some 10 us. */
enum { LOOKS = 400 };

typedef struct parallel {
    lmi_crew crew;
    lmi_crew_fn fn;
    void *work;
} parallel;

static void begin(void *data)
{
    parallel *p = data;
    const lmi_member me = {
        .crew = &p->crew, .index = omp_get_thread_num(), .n = omp_get_num_threads()};

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
    fn(work, &(const lmi_member){.crew = &p.crew, .index = 0, .n = 1});
}

/* A moment in which the core has nothing to guess. */
static void look_away(void)
{
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

static void wait_for(lmi_crew *crew, unsigned meeting)
{
    int n;

    for (n = 0; atomic_load_explicit(&crew->n_meetings, memory_order_acquire) == meeting; n++)
        if (n < LOOKS)
            look_away();
        else
            sched_yield();
}

void lmi_crew_meet(const lmi_member *me)
{
    lmi_crew *crew = me->crew;
    const unsigned meeting = atomic_load_explicit(&crew->n_meetings, memory_order_relaxed);

    if (me->n == 1)
        return;
    if (atomic_fetch_add(&crew->n_met, 1) + 1 < me->n) {
        wait_for(crew, meeting);
        return;
    }
    atomic_store_explicit(&crew->n_met, 0, memory_order_relaxed);
    atomic_store_explicit(&crew->n_meetings, meeting + 1, memory_order_release);
}

/* kernels_threads_test.c - threads that share one thing after the other. */
#include <sched.h>
#include <time.h>

#include "base/clock.h"
#include "kernels/threads.h"
#include "support.h"

enum { N_THINGS = 2000, N_SHARES = 7, N_MEMBERS_MAX = 5 };

/* Things of which each share looks at what all shares of the one before wrote. */
typedef struct chain {
    atomic_llong n_taken[N_THINGS];
    int n_done[N_THINGS][N_SHARES]; /* (no atomics: the crew must order them) */
    atomic_int n_wrong;
} chain;

static void do_share(chain *c, int thing, int64_t i)
{
    int k;

    for (k = 0; thing > 0 && k < N_SHARES; k++)
        if (c->n_done[thing - 1][k] != 1)
            atomic_fetch_add(&c->n_wrong, 1);
    c->n_done[thing][i]++;
}

static void go_through(void *work, lmi_member *me)
{
    chain *c = work;
    int64_t i;
    int thing;

    for (thing = 0; thing < N_THINGS; thing++) {
        lmi_crew_meet(me);
        while ((i = lmi_crew_next(me, &c->n_taken[thing], N_SHARES)) >= 0)
            do_share(c, thing, i);
    }
}

static void test_each_share_is_done_once_and_before_the_next_thing(void **state)
{
    int n, thing, i;

    (void)state;
    for (n = 1; n <= N_MEMBERS_MAX; n++) {
        chain *c = test_calloc(1, sizeof(*c));

        lmi_crew_run(n, go_through, c);
        assert_int_equal(atomic_load(&c->n_wrong), 0);
        for (thing = 0; thing < N_THINGS; thing++)
            for (i = 0; i < N_SHARES; i++)
                assert_int_equal(c->n_done[thing][i], 1);
        test_free(c);
    }
}

/* Somebody else has the core of all but the first, until that one is through. */
typedef struct absence {
    chain *chain;
    atomic_bool is_through;
    bool is_waited_for;
} absence;

static void go_when_first_is_through(void *work, lmi_member *me)
{
    const double begin_ms = lmi_now_ms();
    absence *a = work;

    while (me->index > 0 && !atomic_load(&a->is_through) && lmi_now_ms() - begin_ms < 20000)
        sched_yield();
    if (me->index > 0 && !atomic_load(&a->is_through))
        a->is_waited_for = true;
    go_through(a->chain, me);
    if (me->index == 0)
        atomic_store(&a->is_through, true);
}

static void test_who_has_begun_nothing_is_not_waited_for(void **state)
{
    absence a = {.chain = test_calloc(1, sizeof(chain))};

    (void)state;
    lmi_crew_run(2, go_when_first_is_through, &a);
    assert_false(a.is_waited_for);
    assert_int_equal(atomic_load(&a.chain->n_wrong), 0);
    test_free(a.chain);
}

enum { NAP_MS = 300 };

/* A thing of one share, which takes long without working. */
static void wait_for_napper(void *work, lmi_member *me)
{
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};

    if (lmi_crew_next(me, work, 1) == 0) {
        nanosleep(&nap, NULL);
        lmi_crew_next(me, work, 1);
    }
    lmi_crew_meet(me);
}

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* (libgomp's own waiting, at the end, is for those who have met: it is short) */
static void test_who_waits_for_long_leaves_its_core(void **state)
{
    atomic_llong n_taken = 0;
    double begin_ms, begin_cpu_ms;

    (void)state;
    lmi_crew_run(3, wait_for_napper, &n_taken); /* threads are begun */
    n_taken = 0;
    begin_ms = lmi_now_ms();
    begin_cpu_ms = cpu_ms();
    lmi_crew_run(3, wait_for_napper, &n_taken);
    assert_true(lmi_now_ms() - begin_ms >= (double)NAP_MS);
    assert_true(cpu_ms() - begin_cpu_ms < (double)NAP_MS / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_share_is_done_once_and_before_the_next_thing),
        cmocka_unit_test(test_who_has_begun_nothing_is_not_waited_for),
        cmocka_unit_test(test_who_waits_for_long_leaves_its_core),
    };

    return cmocka_run_group_tests_name("kernels_threads", tests, NULL, NULL);
}

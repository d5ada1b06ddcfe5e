/* engine_load_test.c - who else works on our cores, and how many threads that leaves. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/load.h"
#include "support.h"

static const char MACHINE[] = "cpu  9 9 9 9 9 9 9 9 9 9\n"
                              "cpu0 100 20 30 5000 700 4 5 6 0 0\n"
                              "cpu1 1000 0 0 5000 0 0 0 0 0 0\n"
                              "cpu3 10 0 0 5000 0 0 0 0 0 0\n"
                              "intr 1 2 3\n"
                              "cpu2 7 7 7 7 7 7 7 7 7 7\n";

/* A look at `text` by somebody who may use the cores named by the digits of `mine`. */
static lmi_load look_at(const char *text, const char *mine)
{
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    lmi_load load = {0};
    cpu_set_t set;

    assert_non_null(file);
    CPU_ZERO(&set);
    for (; *mine; mine++)
        CPU_SET((size_t)(*mine - '0'), &set);
    lmi_load_read(&load, file, &set);
    fclose(file);
    return load;
}

static void test_work_of_our_cores_is_summed_and_waiting_is_none(void **state)
{
    const double ms = 1000.0 / (double)sysconf(_SC_CLK_TCK);
    const lmi_load load = look_at(MACHINE, "03");

    (void)state;
    assert_true(load.is_known);
    assert_int_equal(load.n_cores, 2);
    assert_true(load.busy_ms == (100 + 20 + 30 + 4 + 5 + 6 + 10) * ms);
}

static void test_what_the_system_does_not_tell_is_not_known(void **state)
{
    static const char *const bad[] = {
        "cpu0\n", "cpu0 1 2 3\n", "cpu0 a b c d e f g h\n", "cpu99999999999 1 1 1 1 1 1 1 1\n",
        "\n",     "cpu"};
    size_t i;

    (void)state;
    assert_false(look_at(MACHINE, "02").is_known); /* cpu2 stands where no core does */
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(look_at(bad[i], "0").is_known);
}

/* Threads out of `n_wanted` where others used `others` of `n_cores` cores, and we `ours`. */
static int n_free(int n_cores, double others, double ours, int n_wanted)
{
    const lmi_load from = {.is_known = true, .n_cores = n_cores, .at_ms = 1000, .busy_ms = 7e6};
    lmi_load to = from;

    to.at_ms += 200;
    to.busy_ms += 200 * (others + ours);
    to.ours_ms += 200 * ours;
    return lmi_load_n_free(&from, &to, n_wanted);
}

static void test_cores_that_others_keep_busy_are_left_to_them(void **state)
{
    (void)state;
    assert_int_equal(n_free(2, 0, 0, 2), 2);
    assert_int_equal(n_free(2, 0.6, 0, 2), 2);
    assert_int_equal(n_free(2, 0.9, 0, 2), 1);
    assert_int_equal(n_free(2, 2, 0, 2), 1);
    assert_int_equal(n_free(16, 3.1, 0, 16), 13);
    assert_int_equal(n_free(16, 16, 0, 16), 1);
}

static void test_our_own_work_takes_no_core_from_us(void **state)
{
    (void)state;
    assert_int_equal(n_free(2, 0, 2, 2), 2);
    assert_int_equal(n_free(2, 0, 1, 2), 2);
    assert_int_equal(n_free(4, 2, 1, 4), 2);
    assert_int_equal(n_free(4, -0.3, 1, 4), 4); /* ticks are coarse */
}

static void test_a_quota_below_the_cores_is_met_from_the_free_ones(void **state)
{
    (void)state;
    assert_int_equal(n_free(64, 40, 0, 8), 8);
    assert_int_equal(n_free(64, 60, 0, 8), 4);
}

static void test_an_unknown_load_leaves_all_cores(void **state)
{
    const lmi_load unknown = {.n_cores = 4, .at_ms = 1000};
    lmi_load known = {.is_known = true, .n_cores = 4, .at_ms = 1200, .busy_ms = 1e6};

    (void)state;
    assert_int_equal(lmi_load_n_free(&unknown, &known, 4), 4);
    assert_int_equal(lmi_load_n_free(&known, &unknown, 4), 4);
    assert_int_equal(lmi_load_n_free(&known, &known, 4), 4); /* no time went by */
}

static void test_a_look_sees_this_machine(void **state)
{
    lmi_load load;

    (void)state;
    lmi_load_look(&load);
    assert_true(load.at_ms > 0 && load.ours_ms > 0);
    assert_true(!load.is_known || load.busy_ms > 0);
}

static void test_choosing_takes_little_time(void **state)
{
    lmi_load load;
    double begin_ms;
    int n;

    (void)state;
    lmi_load_look(&load);
    assert_int_equal(lmi_load_choose(&load, 1), 1);
    begin_ms = lmi_now_ms();
    n = lmi_load_choose(&load, 2);
    assert_int_in_range(n, 1, 2);
    assert_true(lmi_now_ms() - begin_ms < 2000); /* 100 on a machine that lets us run */
}

static void test_a_session_counts_the_threads_it_chose(void **state)
{
    lmas_session_params params = lmas_session_params_default();
    lmas_session *session = NULL;

    (void)state;
    params.n_ctx = 256;
    assert_ok(lmas_session_new(&session, support_model(TIED_MODEL), &params));
    assert_int_in_range(lmas_session_n_threads(session), 1, lmas_n_cores());
    assert_int_equal(lmas_session_n_threads_batch(session), lmas_session_n_threads(session));
    lmas_session_free(session);
    params.n_threads = 3;
    assert_ok(lmas_session_new(&session, support_model(TIED_MODEL), &params));
    assert_int_equal(lmas_session_n_threads(session), 3);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_work_of_our_cores_is_summed_and_waiting_is_none),
        cmocka_unit_test(test_what_the_system_does_not_tell_is_not_known),
        cmocka_unit_test(test_cores_that_others_keep_busy_are_left_to_them),
        cmocka_unit_test(test_our_own_work_takes_no_core_from_us),
        cmocka_unit_test(test_a_quota_below_the_cores_is_met_from_the_free_ones),
        cmocka_unit_test(test_an_unknown_load_leaves_all_cores),
        cmocka_unit_test(test_a_look_sees_this_machine),
        cmocka_unit_test(test_choosing_takes_little_time),
        cmocka_unit_test(test_a_session_counts_the_threads_it_chose),
    };

    return cmocka_run_group_tests_name("engine_load", tests, NULL, NULL);
}

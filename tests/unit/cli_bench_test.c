/* cli_bench_test.c - lists, plans and means of latentmas bench. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "cli/bench/bench.h"

static void check_list(const char *text, size_t n, const uint32_t *items)
{
    lmi_list list;

    assert_ok(lmi_list_parse(&list, "-p", text, 0, 1000));
    assert_int_equal(list.n, n);
    assert_memory_equal(list.items, items, n * sizeof(*items));
}

static void test_lists_are_numbers_and_ranges(void **state)
{
    (void)state;
    check_list("512", 1, (const uint32_t[]){512});
    check_list("4,1,4", 3, (const uint32_t[]){4, 1, 4});
    check_list("1-3", 3, (const uint32_t[]){1, 2, 3});
    check_list("1-9+2", 5, (const uint32_t[]){1, 3, 5, 7, 9});
    check_list("1-10+4", 3, (const uint32_t[]){1, 5, 9});
    check_list("1-16*2", 5, (const uint32_t[]){1, 2, 4, 8, 16});
    check_list("3-100*10,7", 3, (const uint32_t[]){3, 30, 7});
    check_list("7-7", 1, (const uint32_t[]){7});
    check_list("1000", 1, (const uint32_t[]){1000});
}

static void test_zeros_and_nothing_are_left_out(void **state)
{
    (void)state;
    check_list("", 0, (const uint32_t[]){0});
    check_list("0", 0, (const uint32_t[]){0});
    check_list("0,5", 1, (const uint32_t[]){5});
    check_list("0-2", 2, (const uint32_t[]){1, 2});
    check_list("0-4+2", 2, (const uint32_t[]){2, 4});
}

static void test_bad_lists_are_refused_and_change_nothing(void **state)
{
    static const char *const bad[] = {"x",          "-",
                                      "-1",         "+1",
                                      "1 ",         " 1",
                                      "1;2",        ",",
                                      ",1",         "1,",
                                      "1,,2",       "1-",
                                      "2-1",        "1-2+",
                                      "1-2+0",      "1-2*1",
                                      "0-2*2",      "1*2",
                                      "1+2",        "1-2-3",
                                      "1001",       "1-1001",
                                      "0x10",       "1e2",
                                      "4294967296", "18446744073709551617"};
    lmi_list list = {.items = {77}, .n = 1};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(LMAS_E_INVALID, "-p: expected", lmi_list_parse(&list, "-p", bad[i], 0, 1000));
    assert_fails(LMAS_E_INVALID, "numbers from 1 to 256", lmi_list_parse(&list, "-np", "", 1, 256));
    assert_fails(LMAS_E_INVALID, "numbers from 1 to 256",
                 lmi_list_parse(&list, "-np", "0-2", 1, 256));
    assert_fails(LMAS_E_INVALID, "at most 64 numbers",
                 lmi_list_parse(&list, "-p", "1-32,1-32,1", 0, 1000));
    assert_ok(lmi_list_parse(&list, "-p", "1-32,1-32", 0, 1000));
    assert_int_equal(list.n, 64);
    assert_ok(lmi_list_parse(&list, "-p", "1-4294967295*4294967295", 0, UINT32_MAX));
    assert_int_equal(list.n, 2);
}

static void test_methods_are_a_list_of_names(void **state)
{
    lmi_bench_wish wish = {0};

    (void)state;
    assert_ok(lmi_bench_parse_methods(&wish, "--e2e", "latent_mas,baseline"));
    assert_int_equal(wish.n_methods, 2);
    assert_int_equal(wish.methods[0], LMAS_METHOD_LATENT_MAS);
    assert_int_equal(wish.methods[1], LMAS_METHOD_BASELINE);
    assert_ok(lmi_bench_parse_methods(&wish, "--e2e", ""));
    assert_int_equal(wish.n_methods, 0);
    assert_ok(lmi_bench_parse_methods(&wish, "--e2e", "0"));
    assert_int_equal(wish.n_methods, 0);
    assert_fails(LMAS_E_INVALID, "--e2e: expected at most 3",
                 lmi_bench_parse_methods(&wish, "--e2e",
                                         "baseline,"
                                         "baseline,baseline,baseline"));
    assert_fails(LMAS_E_INVALID, "found \"baseline,,text_mas\"",
                 lmi_bench_parse_methods(&wish, "--e2e", "baseline,,text_mas"));
}

static void test_a_plan_has_every_test_at_every_number_of_lanes(void **state)
{
    static const char *const names[] = {"pp8",  "pp8",  "tg2",          "tg2",
                                        "lat3", "lat3", "e2e text_mas", "e2e text_mas"};
    const lmi_bench_wish wish = {.prompt = {{8}, 1},
                                 .gen = {{2}, 1},
                                 .latent = {{3}, 1},
                                 .lanes = {{1, 4}, 2},
                                 .methods = {LMAS_METHOD_TEXT_MAS},
                                 .n_methods = 1,
                                 .depth = 5};
    lmi_bench_test *tests;
    char name[LMI_BENCH_NAME_SIZE];
    size_t n, i;

    (void)state;
    assert_ok(lmi_bench_plan(&tests, &n, &wish));
    assert_int_equal(n, 8);
    for (i = 0; i < n; i++) {
        lmi_bench_name(name, &tests[i]);
        assert_string_equal(name, names[i]);
        assert_int_equal(tests[i].n_lanes, i % 2 ? 4 : 1);
        assert_int_equal(tests[i].depth, i < 6 ? 5 : 0);
    }
    assert_true(lmi_bench_units(&tests[1], 4) == 32);
    assert_true(lmi_bench_units(&tests[7], 4) == 4); /* as many questions as lanes */
    lmi_free(tests);
}

static void test_mean_and_deviation_of_a_sample(void **state)
{
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    lmi_spread s = lmi_spread_of(values, 8);

    (void)state;
    assert_true(fabs(s.mean - 5) < 1e-12 && fabs(s.deviation - sqrt(32.0 / 7)) < 1e-12);
    s = lmi_spread_of(values, 1);
    assert_true(s.mean == 2 && s.deviation == 0);
    s = lmi_spread_of(values, 0);
    assert_true(s.mean == 0 && s.deviation == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_are_numbers_and_ranges),
        cmocka_unit_test(test_zeros_and_nothing_are_left_out),
        cmocka_unit_test(test_bad_lists_are_refused_and_change_nothing),
        cmocka_unit_test(test_methods_are_a_list_of_names),
        cmocka_unit_test(test_a_plan_has_every_test_at_every_number_of_lanes),
        cmocka_unit_test(test_mean_and_deviation_of_a_sample),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

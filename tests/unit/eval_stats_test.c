/* eval_stats_test.c - intervals and tests against values worked out with exact fractions. */
#include "support.h"

#include <math.h>

#include "eval/stats.h"

static void expect_near(double want, double got, double relative)
{
    if (fabs(want - got) <= relative * fabs(want))
        return;
    print_error("expected %.17g, got %.17g\n", want, got);
    fail();
}

static void expect_interval(double low, double high, size_t k, size_t n)
{
    const lmi_interval i = lmi_wilson(k, n);

    expect_near(low, i.low, 1e-12);
    expect_near(high, i.high, 1e-12);
}

/* 81 of 263 is Newcombe's example of 1998: 0.2553 to 0.3662. */
static void test_wilson_agrees_with_forty_digits(void **state)
{
    (void)state;
    expect_interval(0.2552885198782742, 0.36620957698280004, 81, 263);
    expect_interval(0.23659309051256397, 0.7634069094874361, 5, 10);
    expect_interval(0.00888144880079539, 0.23613119344674205, 1, 20);
    expect_interval(0.8931055667480481, 0.9240747482412519, 1200, 1319);
}

static void test_wilson_stays_within_zero_and_one(void **state)
{
    (void)state;
    expect_interval(0, 0.27753279986288926, 0, 10);
    expect_interval(0.7224672001371107, 1, 10, 10);
    expect_interval(0, 1, 0, 0);
}

/* Wilson's interval is where the score test does not reject, so its ends solve a quadratic. */
static void test_wilson_ends_are_z_deviations_away(void **state)
{
    const double z = 1.959963984540054;
    size_t k;

    (void)state;
    for (k = 1; k < 500; k++) {
        const lmi_interval i = lmi_wilson(k, 500);
        const double p = (double)k / 500;

        expect_near(z, (p - i.low) / sqrt(i.low * (1 - i.low) / 500), 1e-9);
        expect_near(z, (i.high - p) / sqrt(i.high * (1 - i.high) / 500), 1e-9);
    }
}

static void test_stderr_divides_by_n_less_one(void **state)
{
    (void)state;
    expect_near(0.5 / sqrt(3), lmi_stderr(2, 4), 1e-15);
    expect_near(sqrt(0.8 * 0.2 / 1318), lmi_stderr(1055, 1319), 1e-3);
    assert_true(lmi_stderr(5, 5) == 0);
    assert_true(isnan(lmi_stderr(1, 1)));
    assert_true(isnan(lmi_stderr(0, 0)));
}

/* Sums of binomials over powers of two, by Python's fractions. */
static void test_mcnemar_agrees_with_fractions(void **state)
{
    (void)state;
    expect_near(0.0625, lmi_mcnemar(0, 5), 1e-13);
    expect_near(0.021484375, lmi_mcnemar(1, 9), 1e-13);
    expect_near(0.03515625, lmi_mcnemar(3, 12), 1e-13);
    expect_near(0.01667384780012071, lmi_mcnemar(10, 25), 1e-12);
    expect_near(0.001883300935076157, lmi_mcnemar(100, 150), 1e-12);
    expect_near(0.0009564441369189461, lmi_mcnemar(400, 500), 1e-11);
    expect_near(1.734723475976807e-18, lmi_mcnemar(0, 60), 1e-12);
}

static void test_mcnemar_of_a_tie_is_one(void **state)
{
    (void)state;
    assert_true(lmi_mcnemar(0, 0) == 1);
    assert_true(lmi_mcnemar(1, 0) == 1);
    assert_true(lmi_mcnemar(4, 4) == 1);
    assert_true(lmi_mcnemar(500000, 500000) == 1);
}

static void test_mcnemar_is_symmetric_and_falls_with_the_gap(void **state)
{
    double last = 2;
    size_t k;

    (void)state;
    for (k = 100; k-- > 0;) {
        const double p = lmi_mcnemar(k, 200 - k);

        assert_true(p == lmi_mcnemar(200 - k, k));
        assert_true(p < last && p >= 0 && p <= 1);
        last = p;
    }
}

/* Past all doubles it is zero, not NAN, and it does not take for ever. */
static void test_mcnemar_of_a_million_is_finite(void **state)
{
    (void)state;
    assert_true(lmi_mcnemar(0, 1000000) == 0);
    expect_near(0.0455, lmi_mcnemar(499000, 501000), 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson_agrees_with_forty_digits),
        cmocka_unit_test(test_wilson_stays_within_zero_and_one),
        cmocka_unit_test(test_wilson_ends_are_z_deviations_away),
        cmocka_unit_test(test_stderr_divides_by_n_less_one),
        cmocka_unit_test(test_mcnemar_agrees_with_fractions),
        cmocka_unit_test(test_mcnemar_of_a_tie_is_one),
        cmocka_unit_test(test_mcnemar_is_symmetric_and_falls_with_the_gap),
        cmocka_unit_test(test_mcnemar_of_a_million_is_finite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

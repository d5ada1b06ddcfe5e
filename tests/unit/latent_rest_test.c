/* latent_rest_test.c - when thoughts are at rest, and when a text goes round and round. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "latent/rest.h"
#include "support.h"

enum { N = 3 };

/* How many states it takes until one is known, of which the i-th points `degrees[i]` from the
 * first; 0 for none. Each has another length. */
static size_t n_to_rest(const double *degrees, size_t n)
{
    lmi_rest rest;
    size_t found = 0;
    size_t i;

    assert_ok(lmi_rest_init(&rest, N));
    for (i = 0; i < n && !found; i++) {
        const double angle = degrees[i] * 3.14159265358979 / 180;
        const float h[N] = {(float)(cos(angle) * (1.0 + (double)i)),
                            (float)(sin(angle) * (1.0 + (double)i)), 0};

        found = lmi_rest_add(&rest, h) ? i + 1 : 0;
    }
    lmi_rest_done(&rest);
    return found;
}

static void test_states_that_go_on_turning_are_never_at_rest(void **state)
{
    const double degrees[] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};

    (void)state;
    assert_int_equal(n_to_rest(degrees, 13), 0);
}

/* cos 2.5 degrees is 0.99905, cos 2.6 degrees 0.99897. */
static void test_a_state_is_known_from_a_cosine_of_0999_on_whatever_its_length(void **state)
{
    const double near[] = {0, 30, 60, 62.5};
    const double far[] = {0, 30, 60, 62.6};

    (void)state;
    assert_int_equal(n_to_rest(near, 4), 4);
    assert_int_equal(n_to_rest(far, 4), 0);
}

static void test_a_circle_is_seen_up_to_eight_states_long(void **state)
{
    const double eight[] = {0, 10, 20, 30, 40, 50, 60, 70, 0};
    const double nine[] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 0};

    (void)state;
    assert_int_equal(n_to_rest(eight, 9), 9);
    assert_int_equal(n_to_rest(nine, 10), 0);
}

/* Of two tokens with these odds the entropy is 0.637 and 0.056 nats. */
static void test_who_is_sure_of_the_next_word_three_times_in_a_row_is_at_rest(void **state)
{
    const float doubts[2] = {0.7f, 0.0f}, sure[2] = {4.6f, 0.0f};
    const float *const seen[] = {sure, sure, doubts, sure, sure, sure, sure};
    lmi_rest rest;
    size_t i;

    (void)state;
    assert_ok(lmi_rest_init(&rest, N));
    for (i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
        assert_int_equal(lmi_rest_is_sure(&rest, seen[i], 2, 0.06), i >= 5);
    assert_false(lmi_rest_is_sure(&rest, sure, 2, 0.05));
    lmi_rest_done(&rest);
}

static void test_the_opposite_direction_and_nothing_are_not_the_same(void **state)
{
    const float zero[N] = {0};
    const double opposite[] = {0, 180};
    lmi_rest rest;

    (void)state;
    assert_int_equal(n_to_rest(opposite, 2), 0);
    assert_ok(lmi_rest_init(&rest, N));
    assert_false(lmi_rest_add(&rest, zero));
    assert_false(lmi_rest_add(&rest, zero));
    lmi_rest_done(&rest);
    assert_false(lmi_rest_add(&rest, zero));
}

static bool circles(const char *text)
{
    return lmi_text_circles(text, strlen(text));
}

static void test_a_text_circles_where_its_end_is_one_stretch_four_times(void **state)
{
    (void)state;
    assert_true(circles("The answer is 12. So I add 3 to 9. So I add 3 to 9. So I add 3 to 9. So I "
                        "add 3 to 9. So I add 3"));
    assert_false(circles("The answer is 12. So I add 3 to 9. So I add 3 to 9. So I add 3 to 9."));
    assert_false(circles("So I add 3 to 9. So I add 3 to 9. So I add 3 to 9. So I add 3 to 9. And "
                         "that is all there is to say of it."));
}

static void test_a_short_refrain_is_no_circle(void **state)
{
    char dots[200];

    (void)state;
    memset(dots, '.', sizeof(dots));
    assert_false(circles("ha ha ha ha ha ha"));
    assert_false(circles(""));
    assert_false(lmi_text_circles(dots, 63));
    assert_true(lmi_text_circles(dots, 64));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_that_go_on_turning_are_never_at_rest),
        cmocka_unit_test(test_a_state_is_known_from_a_cosine_of_0999_on_whatever_its_length),
        cmocka_unit_test(test_a_circle_is_seen_up_to_eight_states_long),
        cmocka_unit_test(test_who_is_sure_of_the_next_word_three_times_in_a_row_is_at_rest),
        cmocka_unit_test(test_the_opposite_direction_and_nothing_are_not_the_same),
        cmocka_unit_test(test_a_text_circles_where_its_end_is_one_stretch_four_times),
        cmocka_unit_test(test_a_short_refrain_is_no_circle),
    };

    return cmocka_run_group_tests_name("rest", tests, NULL, NULL);
}

/* eval_report_format_test.c - names and numbers as reports show them, and the axes of plots. */
#include "support.h"

#include <math.h>

#include "eval/report/format.h"
#include "eval/report/page/label.h"
#include "eval/report/page/plot.h"

static void expect_text(void (*write)(lmi_buf *, const char *), const char *want, const char *text)
{
    lmi_buf out;

    lmi_buf_init(&out, 1 << 12);
    write(&out, text);
    assert_string_equal(lmi_buf_text(&out), want);
    lmi_buf_done(&out);
}

static void test_escapes_leave_nothing_but_text(void **state)
{
    (void)state;
    expect_text(lmi_html, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;", "<a href=\"x\">&'");
    expect_text(lmi_html, "\xef\xbf\xbd\xef\xbf\xbd \xc3\xa4", "\x01\xff \xc3\xa4");
    expect_text(lmi_html, "\xef\xbf\xbd", "\xef\xbf\xbf");
    expect_text(lmi_plain, "a\xef\xbf\xbd\xef\xbf\xbdz", "a\n\xe2\x80\xaez");
    expect_text(lmi_plain,
                "\xef\xbf\xbd"
                "1",
                "\xc2\x9b"
                "1");
    expect_text(lmi_markdown, "latent_mas \\_x\\_ \\*b\\*", "latent_mas _x_ *b*");
    expect_text(lmi_markdown, "a\\|b \\`c\\` &#60;d&#62; e", "a|b `c` <d>\ne");
}

static void test_columns_count_characters_and_cut(void **state)
{
    lmi_buf out;

    (void)state;
    lmi_buf_init(&out, 1 << 12);
    lmi_column(&out, "\xc3\xa4\xc3\xb6", 4);
    lmi_column(&out, "abcdefgh", 6);
    lmi_cut(&out, "runs/a/latent", 9, true);
    assert_string_equal(lmi_buf_text(&out), "\xc3\xa4\xc3\xb6  abc......latent");
    lmi_buf_done(&out);
}

static void test_numbers_have_three_digits(void **state)
{
    static const struct {
        double x;
        const char *text;
    } cases[] = {{0, "0"},         {0.0844, "0.084"}, {0.9996, "1.00"},
                 {1.567, "1.57"},  {9.996, "10.0"},   {99.96, "100"},
                 {1319.4, "1319"}, {NAN, "-"},        {2e12, "2e+12"}};
    char text[LMI_NUMBER_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        lmi_number(text, cases[i].x);
        assert_string_equal(text, cases[i].text);
    }
    lmi_p_value(text, 0.00009);
    assert_string_equal(text, "<0.0001");
}

/* ---- Axes ---- */

static void test_linear_axis_counts_in_round_steps(void **state)
{
    const lmi_axis a = lmi_axis_linear(0, 1033, 4);
    const lmi_axis b = lmi_axis_linear(60.2, 88.9, 5);
    size_t i;

    (void)state;
    assert_true(a.low == 0 && a.high == 1500 && a.n_ticks == 4 && a.ticks[1] == 500);
    assert_true(b.low == 60 && b.high == 90 && b.n_ticks == 4 && b.ticks[1] == 70);
    for (i = 0; i < 2000; i++) {
        const double high = pow(1.02, (double)i) * 1e-6;
        const lmi_axis c = lmi_axis_linear(0, high, 4);

        assert_true(c.high >= high * (1 - 1e-6) && c.n_ticks >= 2 && c.n_ticks <= 6);
        assert_true(lmi_axis_at(&c, high) <= 1 + 1e-6);
    }
}

static void test_axis_is_logarithmic_past_a_factor_of_ten(void **state)
{
    const lmi_axis near = lmi_axis_fit(100, 999);
    const lmi_axis far = lmi_axis_fit(0.3, 3.4);
    const lmi_axis wide = lmi_axis_fit(1e-3, 1e9);
    const lmi_axis zero = lmi_axis_fit(0, 5);

    (void)state;
    assert_false(near.is_log);
    assert_true(near.low == 0);
    assert_true(far.is_log);
    assert_true(fabs(far.ticks[0] - 0.2) < 1e-9 && far.high >= 3.4 && far.n_ticks >= 4);
    assert_true(wide.is_log && wide.n_ticks >= 3);
    assert_false(zero.is_log);
    assert_true(lmi_axis_at(&far, far.low) == 0);
}

static void test_axis_of_nothing_is_still_an_axis(void **state)
{
    const lmi_axis a = lmi_axis_fit(0, 0);

    (void)state;
    assert_true(a.high > a.low && a.n_ticks >= 2);
}

/* ---- Names beside points ---- */

enum { CROWD = 60 };

static const lmi_box frame = {40, 0, 360, 226};

static unsigned draw(unsigned *seed, unsigned n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

/* `n` points within `spread` units of each other, named. */
static size_t place_crowd(lmi_label *labels, lmi_box *marks, size_t n, unsigned seed,
                          unsigned spread)
{
    size_t n_named = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        const double x = 60 + draw(&seed, spread), y = 20 + draw(&seed, spread);

        labels[i] = (lmi_label){x, y, 6, .texts = {"L2 latent_mas", "L2"}};
        marks[i] = (lmi_box){x - 6, y - 6, x + 6, y + 6};
    }
    lmi_labels_place(labels, n, frame, 12, &(lmi_obstacles){marks, NULL, n, 0});
    for (i = 0; i < n; i++)
        n_named += labels[i].text != NULL;
    return n_named;
}

static void assert_apart(const lmi_label *labels, const lmi_box *marks, size_t n)
{
    size_t i, k;

    for (i = 0; i < n; i++) {
        const lmi_box box = labels[i].box;

        if (!labels[i].text)
            continue;
        assert_true(box.left >= frame.left && box.right <= frame.right);
        assert_true(box.top >= frame.top && box.bottom <= frame.bottom);
        assert_true(box.right - box.left >= lmi_text_width(labels[i].text, 12) - 1e-9);
        for (k = 0; k < n; k++) {
            assert_false(lmi_box_overlaps(box, marks[k]));
            assert_false(k != i && labels[k].text && lmi_box_overlaps(box, labels[k].box));
        }
    }
}

static void test_names_lie_neither_on_names_nor_on_points(void **state)
{
    lmi_label labels[CROWD];
    lmi_box marks[CROWD];
    unsigned seed;

    (void)state;
    for (seed = 0; seed < 200; seed++) {
        const size_t n = 1 + seed % CROWD;

        place_crowd(labels, marks, n, seed, 5 + seed % 200);
        assert_apart(labels, marks, n);
    }
}

static void test_a_name_without_room_gets_shorter_then_goes(void **state)
{
    lmi_label labels[CROWD];
    lmi_box marks[CROWD];

    (void)state;
    assert_int_equal(place_crowd(labels, marks, 1, 1, 10), 1);
    assert_string_equal(labels[0].text, "L2 latent_mas");
    assert_false(labels[0].has_lead);
    assert_true(place_crowd(labels, marks, CROWD, 1, 40) < CROWD);
    assert_int_equal(place_crowd(labels, marks, 8, 1, 4), 8);
}

static void test_text_is_fit_by_a_width_that_no_font_exceeds(void **state)
{
    lmi_buf out;

    (void)state;
    lmi_buf_init(&out, 1000);
    lmi_text_fit(&out, "planner", 11, 90);
    assert_string_equal(lmi_buf_text(&out), "planner");
    lmi_buf_clear(&out);
    lmi_text_fit(&out, "WWWWWWWWWWWWWWWWWW", 11, 90);
    assert_true(lmi_text_width(lmi_buf_text(&out), 11) <= 90);
    lmi_buf_clear(&out);
    lmi_text_fit(&out, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xff", 11, 30);
    assert_string_equal(lmi_buf_text(&out), "\xe6\xbc\xa2\xe2\x80\xa6");
    lmi_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes_leave_nothing_but_text),
        cmocka_unit_test(test_columns_count_characters_and_cut),
        cmocka_unit_test(test_numbers_have_three_digits),
        cmocka_unit_test(test_linear_axis_counts_in_round_steps),
        cmocka_unit_test(test_axis_is_logarithmic_past_a_factor_of_ten),
        cmocka_unit_test(test_axis_of_nothing_is_still_an_axis),
        cmocka_unit_test(test_names_lie_neither_on_names_nor_on_points),
        cmocka_unit_test(test_a_name_without_room_gets_shorter_then_goes),
        cmocka_unit_test(test_text_is_fit_by_a_width_that_no_font_exceeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

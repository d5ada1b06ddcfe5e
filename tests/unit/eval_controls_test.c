/* eval_controls_test.c - what a report makes of runs that differ by their control. */
#include "runs.h"

#include "eval/report/write.h"

/* ---- The table ---- */

#define RIGHT "++++++++++"
#define WRONG "----------"

/* A run of ten questions; NULL for a config that says nothing of controls. */
static const char *run_under(const char *name, const char *control, const char *verdicts)
{
    char member[64] = "";

    if (control)
        snprintf(member, sizeof(member), "\"control\":\"%s\",", control);
    return make_run(name, (recipe){.control = member, .questions = "10"},
                    make_lines(verdicts, 0, 1));
}

static void compare(lmi_comparison *out, size_t n, const char *const *folders)
{
    assert_ok(lmi_compare(out, &(lmi_compare_params){.folders = folders, .n_folders = n}));
}

static void assert_reading(const lmi_comparison *c, const char *line)
{
    if (!strstr(lmi_buf_text(&c->controls[0].readings), line))
        fail_msg("no \"%s\" in:\n%s", line, lmi_buf_text(&c->controls[0].readings));
}

static void test_runs_that_differ_by_control_make_a_table(void **state)
{
    const char *const folders[] = {
        run_under("t-thoughts", "thoughts", WRONG), run_under("t-none", "none", WRONG),
        run_under("t-off", NULL, RIGHT), run_under("t-prompts", "prompts", RIGHT),
        run_under("t-shuffled", "shuffled", "-++-------")};
    lmi_comparison c;

    (void)state;
    compare(&c, 5, folders);
    assert_int_equal(c.n_controls, 1);
    assert_int_equal(c.controls[0].n_rows, 5);
    assert_string_equal(c.runs[c.controls[0].rows[0].run].key, "C");
    assert_string_equal(c.runs[c.controls[0].rows[1].run].key, "B");
    assert_string_equal(c.runs[c.controls[0].rows[2].run].key, "D");
    assert_string_equal(c.runs[c.controls[0].rows[3].run].key, "A");
    assert_true(c.controls[0].rows[1].pair.points == -100);
    assert_int_equal(c.n_pairs, 4); /* with the run without a control */
    assert_reading(&c, "B, none: 0 of 10 right in place of 10: the memory is all there is\n");
    assert_reading(&c, "D, prompts: 10 of 10 right in place of 10: what thoughts add");
    assert_reading(&c, "A, thoughts: 0 of 10 right in place of 10: it is the cells of prompts");
    assert_reading(&c, "E, shuffled: 2 of 10 right in place of 10: what is lost is what the");
    lmi_compare_done(&c);
}

static void test_where_no_memory_does_as_well_the_rest_says_nothing(void **state)
{
    const char *const folders[] = {
        run_under("n-off", "off", RIGHT), run_under("n-none", "none", RIGHT),
        run_under("n-zero", "zero", RIGHT), run_under("n-random", "random", "--++++++++")};
    lmi_comparison c;

    (void)state;
    compare(&c, 4, folders);
    assert_reading(&c, "B, none: 10 of 10 right in place of 10: these questions do not show");
    assert_reading(&c,
                   "C, zero: 10 of 10 right in place of 10: which says nothing where no memory");
    assert_reading(&c, "D, random: 8 of 10 right in place of 10: that may be luck");
    lmi_compare_done(&c);
}

static void test_runs_that_differ_by_more_make_no_table(void **state)
{
    const char *const folders[] = {
        run_under("d-off", "off", RIGHT),
        make_run("d-seed",
                 (recipe){.control = "\"control\":\"none\",", .questions = "10", .seed = "7"},
                 make_lines(WRONG, 0, 1)),
        make_run(
            "d-team",
            (recipe){.control = "\"control\":\"none\",", .questions = "10", .team = "\"other\""},
            make_lines(WRONG, 0, 1)),
        make_run("d-method",
                 (recipe){.control = "\"control\":\"none\",",
                          .questions = "10",
                          .method = "\"text_mas\""},
                 make_lines(WRONG, 0, 1)),
        run_under("d-unknown", "of tomorrow", WRONG)};
    lmi_comparison c;

    (void)state;
    compare(&c, 5, folders);
    assert_int_equal(c.n_controls, 0);
    assert_int_equal(c.n_pairs, 10);
    lmi_compare_done(&c);
}

/* The length that a run lowered to fit may differ; a run that has it alike goes before. */
static void test_lowered_lengths_stand_together_where_no_others_do(void **state)
{
    static const char *const params[] = {"\"control\":\"off\",\"max_new_tokens\":90,",
                                         "\"control\":\"off\",\"max_new_tokens\":80,",
                                         "\"control\":\"none\",\"max_new_tokens\":80,",
                                         "\"control\":\"text\",\"max_new_tokens\":70,"};
    static const char *const names[] = {"l-90", "l-80", "l-none", "l-text"};
    const char *folders[4];
    lmi_comparison c;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++)
        folders[i] = make_run(names[i], (recipe){.control = params[i], .questions = "10"},
                              make_lines(RIGHT, 0, 1));
    compare(&c, 4, folders);
    assert_int_equal(c.n_controls, 2);
    assert_int_equal(c.controls[0].rows[0].run, 1);
    assert_int_equal(c.controls[0].rows[1].run, 2);
    assert_int_equal(c.controls[1].rows[0].run, 0);
    assert_int_equal(c.controls[1].rows[1].run, 3);
    lmi_compare_done(&c);
}

/* ---- The forms ---- */

typedef lmas_status (*write_fn)(lmi_buf *out, const lmi_comparison *comparison);

static void assert_written(const lmi_comparison *c, write_fn fn, const char *const *texts)
{
    lmi_buf out;

    lmi_buf_init(&out, LMI_REPORT_MAX);
    assert_ok(fn(&out, c));
    for (; *texts; texts++)
        if (!strstr(lmi_buf_text(&out), *texts))
            fail_msg("no \"%s\" in:\n%s", *texts, lmi_buf_text(&out));
    lmi_buf_done(&out);
}

static void test_every_form_has_table_and_readings(void **state)
{
    static const char reading[] =
        "B, none: 0 of 10 right in place of 10: the memory is all there is";
    const char *const folders[] = {run_under("f-off", "off", RIGHT),
                                   run_under("f-none", "none", WRONG)};
    lmi_comparison c;

    (void)state;
    compare(&c, 2, folders);
    assert_written(&c, lmi_report_text,
                   (const char *const[]){"B   none               10        0      0.0    0.0 -  "
                                         "27.8      -100.0    0.0020      2.00\n",
                                         reading, NULL});
    assert_written(
        &c, lmi_report_markdown,
        (const char *const[]){"| A | off | 10 | 10 | 100.0 [72.2, 100.0] | - | - |",
                              "| B | none | 10 | 0 | 0.0 [0.0, 27.8] | -100.0 | 0.0020 |",
                              "- B, none: 0 of 10", NULL});
    assert_written(
        &c, lmi_report_json,
        (const char *const[]){"\"control\": \"none\"", "\"points\": -100.0", reading, NULL});
    assert_written(&c, lmi_report_html,
                   (const char *const[]){"<h3>What the memory carried</h3>", "<div>-100.0</div>",
                                         "<div><strong>0.0020</strong></div>", reading, NULL});
    lmi_compare_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_that_differ_by_control_make_a_table),
        cmocka_unit_test(test_where_no_memory_does_as_well_the_rest_says_nothing),
        cmocka_unit_test(test_runs_that_differ_by_more_make_no_table),
        cmocka_unit_test(test_lowered_lengths_stand_together_where_no_others_do),
        cmocka_unit_test(test_every_form_has_table_and_readings),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}

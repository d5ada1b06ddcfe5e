/* eval_pool_test.c - seeds put together, places told apart, the table of tasks by methods. */
#include "runs.h"

#include <math.h>

#include "eval/report/survey/write.h"
#include "eval/report/write.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

static void compare(lmi_comparison *out, size_t n, const char *const *folders)
{
    assert_ok(lmi_compare(out, &(lmi_compare_params){.folders = folders, .n_folders = n}));
}

static const char *seeded(const char *name, const char *seed, const char *verdicts)
{
    return make_run(name, (recipe){.seed = seed}, make_lines(verdicts, 0, 1));
}

/* ---- Which runs form a pool ---- */

static void test_runs_that_differ_by_the_seed_alone_form_a_pool(void **state)
{
    const char *const folders[] = {
        seeded("a1", "42", "++--"), seeded("a2", "43", "+---"),
        make_run("a3", (recipe){.seed = "44", .control = "\"temperature\":0.5,"}, ""),
        make_run("a4", (recipe){.seed = "45", .method = "\"text_mas\""}, "")};
    lmi_comparison c;

    (void)state;
    compare(&c, 4, folders);
    assert_int_equal(c.n_pools, 3);
    assert_int_equal(c.pools[0].n_runs, 2);
    assert_int_equal(c.runs[1].pool, 0);
    assert_int_equal(c.runs[2].pool, 1);
    lmi_compare_done(&c);
}

static void test_max_new_tokens_may_differ_where_no_pool_has_the_same(void **state)
{
    const char *const folders[] = {
        make_run("m1", (recipe){.seed = "42,\"max_new_tokens\":64"}, ""),
        make_run("m2", (recipe){.seed = "42,\"max_new_tokens\":60"}, ""),
        make_run("m3", (recipe){.seed = "43,\"max_new_tokens\":60"}, ""),
        make_run("m4", (recipe){.seed = "44,\"max_new_tokens\":50"}, "")};
    lmi_comparison c;

    (void)state;
    compare(&c, 4, folders);
    assert_int_equal(c.n_pools, 2);
    assert_int_equal(c.runs[2].pool, 1);
    assert_int_equal(c.runs[3].pool, 0);
    lmi_compare_done(&c);
}

static void test_one_seed_twice_is_no_pool(void **state)
{
    const char *const folders[] = {seeded("t1", "42", "++--"), seeded("t2", "42", "++--"),
                                   make_run("t3", (recipe){.seed = "null"}, ""),
                                   make_run("t4", (recipe){.seed = "\"x\""}, "")};
    lmi_comparison c;

    (void)state;
    compare(&c, 4, folders);
    assert_int_equal(c.n_pools, 4);
    lmi_compare_done(&c);
}

/* ---- What they say ---- */

static void test_one_seed_has_wilsons_interval_and_no_deviation(void **state)
{
    const char *const folders[] = {seeded("w1", "42", "++-+")};
    const lmi_interval wilson = lmi_wilson(3, 4);
    lmi_comparison c;

    (void)state;
    compare(&c, 1, folders);
    NEAR(c.pools[0].exact.mean, 0.75);
    assert_true(isnan(c.pools[0].exact.deviation));
    assert_true(c.pools[0].exact.interval.low == wilson.low);
    assert_true(c.pools[0].exact.interval.high == wilson.high);
    assert_int_equal(c.pools[0].exact.n_pass, 1);
    NEAR(c.pools[0].exact.pass[0], 0.75);
    lmi_compare_done(&c);
}

static void test_seeds_give_mean_deviation_bounds_and_pass_at_k(void **state)
{
    const char *const folders[] = {seeded("s1", "1", "++--"), seeded("s2", "2", "+---"),
                                   seeded("s3", "3", "+-+-")};
    const lmi_pooled *p;
    lmi_comparison c;

    (void)state;
    compare(&c, 3, folders);
    p = &c.pools[0].exact;
    assert_int_equal(p->n, 4);
    NEAR(p->mean, 5.0 / 12);
    NEAR(p->deviation,
         sqrt((2 * (0.5 - p->mean) * (0.5 - p->mean) + (0.25 - p->mean) * (0.25 - p->mean)) / 2));
    NEAR(p->least, 0.25);
    NEAR(p->most, 0.5);
    NEAR(p->pass[0], p->mean);
    NEAR(p->pass[1], (1 + 2.0 / 3 + 2.0 / 3) / 4); /* one of three right: 1 - 2/3 * 1/2 */
    NEAR(p->pass[2], 0.75);
    lmi_compare_done(&c);
}

/* Seeds that agree say no more than one; seeds that toss coins are worth as many answers. */
static void test_the_interval_takes_the_question_as_the_unit(void **state)
{
    const char *const alike[] = {seeded("i1", "1", "++--"), seeded("i2", "2", "++--")};
    const char *const coins[] = {seeded("i3", "3", "++--"), seeded("i4", "4", "--++")};
    const char *const right[] = {seeded("i5", "5", "++++"), seeded("i6", "6", "++++")};
    lmi_comparison c;

    (void)state;
    compare(&c, 2, alike);
    NEAR(c.pools[0].exact.interval.low, lmi_wilson(2, 4).low);
    lmi_compare_done(&c);
    compare(&c, 2, coins);
    NEAR(c.pools[0].exact.interval.low, lmi_wilson(4, 8).low);
    lmi_compare_done(&c);
    compare(&c, 2, right);
    NEAR(c.pools[0].exact.interval.low, lmi_wilson(4, 4).low);
    assert_true(c.pools[0].exact.interval.high == 1);
    lmi_compare_done(&c);
}

static void test_seeds_are_told_of_the_questions_that_all_have_graded(void **state)
{
    const char *const folders[] = {seeded("c1", "1", "++--"), seeded("c2", "2", "+-")};
    lmi_comparison c;

    (void)state;
    compare(&c, 2, folders);
    assert_int_equal(c.pools[0].exact.n, 2);
    NEAR(c.pools[0].exact.mean, 0.75);
    assert_non_null(strstr(lmi_buf_text(&c.notes),
                           "A and 1 more seed: told of the 2 questions that all have graded"));
    lmi_compare_done(&c);
}

static void test_seeds_without_a_graded_question_say_nothing(void **state)
{
    const char *const folders[] = {make_run("n1", (recipe){.seed = "1"}, ""),
                                   make_run("n2", (recipe){.seed = "2"}, "")};
    lmi_comparison c;
    lmi_buf out;

    (void)state;
    compare(&c, 2, folders);
    assert_int_equal(c.pools[0].exact.n_pass, 0);
    assert_true(isnan(c.pools[0].exact.mean));
    lmi_buf_init(&out, LMI_REPORT_MAX);
    assert_ok(lmi_report_text(&out, &c));
    assert_ok(lmi_report_csv(&out, &c));
    assert_ok(lmi_report_latex(&out, &c));
    assert_ok(lmi_report_json(&out, &c));
    assert_null(strstr(lmi_buf_text(&out), "nan"));
    lmi_buf_done(&out);
    lmi_compare_done(&c);
}

static void test_pairs_of_seeds_are_left_out_but_of_the_same_seed(void **state)
{
    const char *const folders[] = {
        seeded("p1", "1", "++--"), seeded("p2", "2", "++--"),
        make_run("p3", (recipe){.seed = "1", .method = "\"text_mas\""}, make_lines("+++-", 0, 1)),
        make_run("p4", (recipe){.seed = "2", .method = "\"text_mas\""}, make_lines("+++-", 0, 1))};
    lmi_comparison c;

    (void)state;
    compare(&c, 4, folders);
    assert_int_equal(c.n_pairs, 2);
    assert_int_equal(c.pairs[0].a, 0);
    assert_int_equal(c.pairs[0].b, 2);
    assert_int_equal(c.pairs[1].a, 1);
    assert_int_equal(c.pairs[1].b, 3);
    lmi_compare_done(&c);
}

static void expect_pair(const lmi_comparison *c, size_t i, size_t a, size_t b)
{
    assert_true(i < c->n_pairs);
    assert_int_equal(c->pairs[i].a, a);
    assert_int_equal(c->pairs[i].b, b);
}

static void test_pairs_with_a_method_are_of_one_seed(void **state)
{
    const char *const folders[] = {
        seeded("v1", "1", "++--"), seeded("v2", "2", "++--"),
        make_run("v3", (recipe){.seed = "1", .method = "\"text_mas\""}, make_lines("+++-", 0, 1)),
        make_run("v4", (recipe){.seed = "2", .method = "\"text_mas\""}, make_lines("+++-", 0, 1))};
    lmi_compare_params p = {.folders = folders, .n_folders = 4, .against = "text_mas"};
    lmi_comparison c;

    (void)state;
    assert_ok(lmi_compare(&c, &p));
    assert_int_equal(c.n_pairs, 2);
    expect_pair(&c, 0, 2, 0);
    expect_pair(&c, 1, 3, 1);
    lmi_compare_done(&c);
    p.against = folders[2];
    assert_ok(lmi_compare(&c, &p));
    assert_int_equal(c.n_pairs, 3);
    expect_pair(&c, 0, 2, 0);
    expect_pair(&c, 2, 2, 3);
    lmi_compare_done(&c);
}

/* ---- Places ---- */

#define TIN                                                                                        \
    "null,\"engine\":{\"n_threads\":2,\"n_lanes\":4},\"machine\":{\"processor\":\"Tin\","          \
    "\"cores\":2,\"memory\":8589934592,\"devices\":[{\"name\":\"CPU\",\"kind\":\"cpu\"}]}"

static const char *placed(const char *name, const char *place)
{
    return make_run(name, (recipe){.shard = place}, make_lines("++--", 0, 1));
}

static void expect_apart(const char *name, const char *place, const char *note)
{
    const char *const folders[] = {placed("tin", TIN), placed(name, place)};
    lmi_comparison c;

    compare(&c, 2, folders);
    if (!strstr(lmi_buf_text(&c.notes), note))
        fail_msg("expected \"%s\" in:\n%s", note, lmi_buf_text(&c.notes));
    assert_true(isnan(c.runs[1].figures.speedup));
    assert_true(c.runs[0].figures.speedup == 1);
    assert_true(isnan(lmi_survey_figure(&c, 0, c.pools[1].column, LMI_METRIC_SECONDS)));
    lmi_compare_done(&c);
}

static void test_speeds_are_not_compared_where_the_place_differs(void **state)
{
    (void)state;
    expect_apart("threads",
                 "null,\"engine\":{\"n_threads\":8,\"n_lanes\":4},\"machine\":{\"processor\":"
                 "\"Tin\",\"cores\":2,\"memory\":8589934592}",
                 "time of B: 8 threads in place of 2, so it is not compared with A");
    expect_apart("lanes", "null,\"engine\":{\"n_threads\":2,\"n_lanes\":1}",
                 "time of B: 1 lane in place of 4");
    expect_apart("machine",
                 "null,\"engine\":{\"n_threads\":2,\"n_lanes\":4},\"machine\":{\"processor\":"
                 "\"Lead\\u001b[2J\",\"cores\":2,\"memory\":8589934592,\"devices\":[{\"kind\":"
                 "\"gpu\",\"description\":\"Zinc 5\"}]}",
                 "time of B: processor Lead\xef\xbf\xbd[2J in place of Tin; devices Zinc 5 in "
                 "place of none");
}

static void test_speeds_are_compared_in_one_place_and_where_none_is_known(void **state)
{
    const char *const folders[] = {placed("q1", TIN), placed("q2", TIN), placed("q3", "null")};
    lmi_comparison c;

    (void)state;
    compare(&c, 3, folders);
    assert_true(c.runs[1].figures.speedup == 1 && c.runs[2].figures.speedup == 1);
    assert_non_null(strstr(lmi_buf_text(&c.notes), "C: the machine is not recorded"));
    lmi_compare_done(&c);
}

static void test_a_machine_that_is_nonsense_is_not_known(void **state)
{
    const char *const folders[] = {
        placed("z1", "null,\"engine\":[],\"machine\":7"),
        placed("z2",
               "null,\"engine\":{\"n_threads\":-4,\"n_lanes\":\"x\"},\"machine\":{"
               "\"processor\":[],\"cores\":1e99,\"memory\":-1,\"devices\":[7,{\"kind\":3}]}")};
    lmi_comparison c;

    (void)state;
    compare(&c, 2, folders);
    assert_false(c.runs[0].record.site.has_machine);
    assert_int_equal(c.runs[1].record.site.n_threads, 0);
    assert_string_equal(c.runs[1].record.site.processor, "");
    lmi_compare_done(&c);
}

static void test_shards_of_two_places_have_no_speed(void **state)
{
    const char *const folders[] = {
        make_run("h1", (recipe){.shard = "{\"index\":1,\"count\":2},\"engine\":{\"n_threads\":2}"},
                 make_lines("++", 0, 2)),
        make_run("h2", (recipe){.shard = "{\"index\":2,\"count\":2},\"engine\":{\"n_threads\":3}"},
                 make_lines("++", 1, 2)),
        seeded("h3", "42", "++--")};
    lmi_comparison c;

    (void)state;
    compare(&c, 3, folders);
    assert_int_equal(c.n_runs, 2);
    assert_true(isnan(c.runs[1].figures.speedup));
    assert_non_null(strstr(lmi_buf_text(&c.notes), "time of A: its shards ran with other"));
    lmi_compare_done(&c);
}

/* ---- The table ---- */

static void test_columns_are_ways_to_answer_in_the_papers_order(void **state)
{
    const char *const folders[] = {
        make_run("g1", (recipe){.control = "\"control\":\"none\","}, make_lines("+---", 0, 1)),
        make_run("g2", (recipe){0}, make_lines("++--", 0, 1)),
        make_run("g3", (recipe){.team = "\"hierarchical\""}, make_lines("++--", 0, 1)),
        make_run("g4", (recipe){.method = "\"text_mas\""}, make_lines("+++-", 0, 1)),
        make_run("g5", (recipe){.method = "\"baseline\"", .seed = "42,\"x\":1"},
                 make_lines("+++-", 0, 1))};
    lmi_comparison c;

    (void)state;
    compare(&c, 5, folders);
    assert_int_equal(c.grid.n_columns, 5);
    assert_string_equal(c.grid.columns[0].label, "baseline");
    assert_string_equal(c.grid.columns[1].label, "text_mas");
    assert_string_equal(c.grid.columns[2].label, "latent_mas, sequential, control none");
    assert_string_equal(c.grid.columns[3].label, "latent_mas, sequential");
    assert_string_equal(c.grid.columns[4].label, "latent_mas, hierarchical");
    assert_false(c.grid.is_first || c.grid.has_average);
    NEAR(lmi_survey_figure(&c, 0, 2, LMI_METRIC_EXACT), 0.25);
    NEAR(lmi_survey_figure(&c, 0, 1, LMI_METRIC_EXACT), 0.75);
    lmi_compare_done(&c);
}

/* "baseline" asked four questions, both methods asked two, and latent_mas alone asked one. */
static void test_the_speed_up_of_a_row_is_over_its_own_reference(void **state)
{
    const char *const baseline = "\"baseline\"";
    const char *const folders[] = {
        make_run("u1", (recipe){.method = baseline}, make_lines("+---", 0, 1)),
        make_run("u2", (recipe){.questions = "2"}, make_lines("++", 0, 1)),
        make_run("u3", (recipe){.method = baseline, .questions = "2"}, make_lines("-+", 0, 1)),
        make_run("u4", (recipe){.questions = "1"}, make_lines("+", 0, 1))};
    lmi_comparison c;

    (void)state;
    assert_ok(lmi_compare(&c, &(lmi_compare_params){.folders = folders, .n_folders = 4}));
    assert_int_equal(c.pools[0].reference, 0);
    assert_int_equal(c.pools[1].reference, 2);
    assert_int_equal(c.pools[2].reference, 2);
    assert_int_equal(c.pools[3].reference, c.n_pools);
    assert_true(lmi_survey_figure(&c, 0, 0, LMI_METRIC_SPEEDUP) == 1);
    assert_true(lmi_survey_figure(&c, 1, 0, LMI_METRIC_SPEEDUP) == 1);
    NEAR(lmi_survey_figure(&c, 1, 1, LMI_METRIC_SPEEDUP),
         c.runs[2].figures.wall_s / c.runs[1].figures.wall_s);
    assert_true(isnan(lmi_survey_figure(&c, 2, 1, LMI_METRIC_SPEEDUP)));
    assert_true(isnan(c.runs[1].figures.speedup)); /* its task's reference answered four */
    lmi_compare_done(&c);
}

static void test_rows_are_sets_of_questions(void **state)
{
    const char *const folders[] = {
        make_run("r1", (recipe){0}, make_lines("+---", 0, 1)),
        make_run("r2", (recipe){.data = "\"bb\""}, make_lines("++--", 0, 1)),
        make_run("r3", (recipe){.questions = "2"}, make_lines("++", 0, 1))};
    lmi_comparison c;
    lmi_buf name;

    (void)state;
    compare(&c, 3, folders);
    assert_int_equal(c.grid.n_rows, 3);
    assert_int_equal(c.grid.n_columns, 1);
    lmi_buf_init(&name, 64);
    lmi_survey_row_name(&name, &c, 1);
    assert_string_equal(lmi_buf_text(&name), "gsm8k bb");
    lmi_buf_done(&name);
    NEAR(lmi_survey_figure(&c, 3, 0, LMI_METRIC_EXACT), (0.25 + 0.5 + 1) / 3);
    assert_true(isnan(lmi_survey_figure(&c, 3, 0, LMI_METRIC_SPEEDUP)));
    lmi_compare_done(&c);
}

/* Names come from outside, and a table is markup. */
static void test_names_are_text_in_every_form(void **state)
{
    const char *const folders[] = {
        make_run("e1", (recipe){.method = "\"a,\\\"b\\\"\\\\x_{}%&#$^~\\n|<i>\""}, ""),
        make_run("e2", (recipe){.team = "\"t\", \"x\": \"y\"", .data = "\"q,\\\"\""}, "")};
    lmi_comparison c;
    lmi_buf out;

    (void)state;
    compare(&c, 2, folders);
    lmi_buf_init(&out, LMI_REPORT_MAX);
    assert_ok(lmi_report_csv(&out, &c));
    assert_non_null(
        strstr(lmi_buf_text(&out), ",\"a,\"\"b\"\"\\x_{}%&#$^~\xef\xbf\xbd|<i>\",sequential,"));
    lmi_buf_clear(&out);
    assert_ok(lmi_report_latex(&out, &c));
    assert_non_null(
        strstr(lmi_buf_text(&out),
               "a,\\char34{}b\\char34{}\\textbackslash{}x\\_\\{\\}\\%\\&\\#\\$\\^{}\\~{}"
               "\xef\xbf\xbd\\char124{}\\char60{}i\\char62{}"));
    lmi_buf_done(&out);
    lmi_compare_done(&c);
}

static void test_published_numbers_stand_beside_the_same_method_and_team(void **state)
{
    const char *const folders[] = {make_run("o1", (recipe){0}, make_lines("++--", 0, 1))};
    size_t n_beside = 0;
    lmi_comparison c;
    size_t i;

    (void)state;
    assert_ok(lmi_compare(
        &c, &(lmi_compare_params){.folders = folders, .n_folders = 1, .reference = "qwen3-14b"}));
    assert_string_equal(c.reference.model, "Qwen3-14B");
    for (i = 0; i < c.reference.n; i++) {
        const lmi_reported *r = &c.reference.numbers[i];

        assert_true(r->source && r->setting && r->task && r->method);
        assert_true(r->accuracy > 0 && r->accuracy <= 1);
        if (lmi_reported_beside(&c, r)) {
            assert_string_equal(r->task, "gsm8k");
            assert_string_equal(r->method, "latent_mas");
            assert_string_equal(r->team, "sequential");
            NEAR(r->accuracy, 0.952);
            n_beside++;
        }
    }
    assert_int_equal(n_beside, 1);
    lmi_compare_done(&c);
    assert_fails(LMAS_E_INVALID, "expected list or one of qwen3-4b",
                 lmi_compare(&c, &(lmi_compare_params){
                                     .folders = folders, .n_folders = 1, .reference = "x"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_that_differ_by_the_seed_alone_form_a_pool),
        cmocka_unit_test(test_max_new_tokens_may_differ_where_no_pool_has_the_same),
        cmocka_unit_test(test_one_seed_twice_is_no_pool),
        cmocka_unit_test(test_one_seed_has_wilsons_interval_and_no_deviation),
        cmocka_unit_test(test_seeds_give_mean_deviation_bounds_and_pass_at_k),
        cmocka_unit_test(test_the_interval_takes_the_question_as_the_unit),
        cmocka_unit_test(test_seeds_are_told_of_the_questions_that_all_have_graded),
        cmocka_unit_test(test_seeds_without_a_graded_question_say_nothing),
        cmocka_unit_test(test_pairs_of_seeds_are_left_out_but_of_the_same_seed),
        cmocka_unit_test(test_speeds_are_not_compared_where_the_place_differs),
        cmocka_unit_test(test_speeds_are_compared_in_one_place_and_where_none_is_known),
        cmocka_unit_test(test_a_machine_that_is_nonsense_is_not_known),
        cmocka_unit_test(test_shards_of_two_places_have_no_speed),
        cmocka_unit_test(test_columns_are_ways_to_answer_in_the_papers_order),
        cmocka_unit_test(test_pairs_with_a_method_are_of_one_seed),
        cmocka_unit_test(test_the_speed_up_of_a_row_is_over_its_own_reference),
        cmocka_unit_test(test_rows_are_sets_of_questions),
        cmocka_unit_test(test_names_are_text_in_every_form),
        cmocka_unit_test(test_published_numbers_stand_beside_the_same_method_and_team),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}

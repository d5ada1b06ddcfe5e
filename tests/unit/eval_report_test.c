/* eval_report_test.c - run folders read, shards joined, runs compared, reports. */
#include "runs.h"

#include <math.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/write.h"

/* ---- Reading ---- */

static void test_record_holds_the_sums_of_its_lines(void **state)
{
    lmi_record r;

    (void)state;
    assert_ok(lmi_record_open(&r, run_of("sums", "+-+")));
    assert_string_equal(r.method, "latent_mas");
    assert_string_equal(r.model, "m");
    assert_int_equal(r.n, 3);
    assert_int_equal(r.n_questions, 4);
    assert_int_equal(r.exact_tally.n, 3);
    assert_int_equal(r.exact_tally.n_right, 2);
    assert_int_equal(r.work.n_read, 30);
    assert_true(r.work.think_ms == 120 && r.wall_ms == 3000);
    assert_int_equal(r.n_agents, 1);
    assert_int_equal(r.agents[0].work.n_spoken, 6);
    assert_int_equal(r.exact[0], LMI_MARK_RIGHT);
    assert_int_equal(r.exact[1], LMI_MARK_WRONG);
    assert_int_equal(r.exact[3], LMI_MARK_ABSENT);
    lmi_record_done(&r);
}

static void test_lines_without_compat_or_gold_are_ungraded(void **state)
{
    lmi_record r;
    lmi_buf lines;

    (void)state;
    lmi_buf_init(&lines, 1 << 16);
    add_line(&lines, 0, "true", NULL, 1);
    add_line(&lines, 1, "null", "null", 2);
    assert_ok(lmi_record_open(&r, make_run("old", (recipe){0}, lmi_buf_text(&lines))));
    assert_int_equal(r.n, 2);
    assert_int_equal(r.exact_tally.n, 1);
    assert_int_equal(r.compat_tally.n, 0);
    assert_int_equal(r.exact[1], LMI_MARK_UNGRADED);
    lmi_record_done(&r);
    lmi_buf_done(&lines);
}

static void test_half_a_line_at_the_end_is_not_counted(void **state)
{
    char lines[9000];
    lmi_record r;

    (void)state;
    snprintf(lines, sizeof(lines), "%s{\"index\":2,\"ques", make_lines("+-", 0, 1));
    assert_ok(lmi_record_open(&r, make_run("half", (recipe){0}, lines)));
    assert_int_equal(r.n, 2);
    assert_true(r.has_half_line);
    lmi_record_done(&r);
}

static void expect_broken(const char *bad, const char *text)
{
    static size_t n;
    char name[32], lines[9000];
    lmi_record r;

    snprintf(name, sizeof(name), "broken%zu", n++);
    snprintf(lines, sizeof(lines), "%s%s\n", make_lines("+", 0, 1), bad);
    assert_fails(LMAS_E_FORMAT, text, lmi_record_open(&r, make_run(name, (recipe){0}, lines)));
}

static void test_broken_line_is_named_by_its_number(void **state)
{
    (void)state;
    expect_broken("{\"index\":1", "samples.jsonl:2:");
    expect_broken("", "samples.jsonl:2:");
    expect_broken("[]", "samples.jsonl:2: this is no line of a run");
    expect_broken("{\"index\":-1}", "\"index\" must be a whole number");
    expect_broken("{\"index\":4}", "question 4 is none of this run, which has 4");
    expect_broken("{\"index\":18446744073709551615}", "is none of this run");
    expect_broken("{\"index\":0}", "question 0 stands here twice");
    expect_broken("{\"index\":1,\"correct\":\"yes\"}", "\"correct\" must be true, false or null");
    expect_broken("{\"index\":1}", "\"correct\" must be");
    expect_broken("{\"index\":1,\"correct\":true,\"compat\":{\"correct\":1}}", "\"correct\"");
    expect_broken("{\"index\":1,\"correct\":true}", "\"status\" must be a text");
    expect_broken("{\"index\":1,\"correct\":true,\"status\":\"\xff\"}", "samples.jsonl:2:");
}

static void test_numbers_out_of_range_are_refused(void **state)
{
    static const char *const bad[] = {"-1",    "1.5", "\"1\"", "null", "18446744073709551615",
                                      "1e400", "NaN"};
    static const char *const bad_ms[] = {"-0.5", "1e14", "1e400", "Infinity", "\"1\"", "null"};
    char line[512];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(line, sizeof(line),
                 "{\"index\":1,\"correct\":true,\"status\":\"ok\",\"n_read\":%s,\"n_thought\":0,"
                 "\"n_spoken\":0,\"read_ms\":0,\"think_ms\":0,\"speak_ms\":0,\"run_ms\":1}",
                 bad[i]);
        expect_broken(line, "samples.jsonl:2:");
    }
    for (i = 0; i < sizeof(bad_ms) / sizeof(bad_ms[0]); i++) {
        snprintf(line, sizeof(line),
                 "{\"index\":1,\"correct\":true,\"status\":\"ok\",\"n_read\":0,\"n_thought\":0,"
                 "\"n_spoken\":0,\"read_ms\":0,\"think_ms\":0,\"speak_ms\":0,\"run_ms\":%s}",
                 bad_ms[i]);
        expect_broken(line, "samples.jsonl:2:");
    }
    expect_broken("{\"index\":1,\"correct\":true,\"status\":\"ok\"," WORK ",\"run_ms\":1,"
                  "\"agents\":[{\"name\":\"a\"}]}",
                  "an agent without a name or with a number out of range");
}

static void test_more_agents_than_a_team_can_have_are_refused(void **state)
{
    lmi_buf line;
    size_t i;

    (void)state;
    lmi_buf_init(&line, 1 << 16);
    lmi_buf_puts(&line, "{\"index\":1,\"correct\":true,\"status\":\"ok\"," WORK
                        ",\"run_ms\":1,\"agents\":[");
    for (i = 0; i < LMI_RECORD_AGENTS; i++)
        lmi_buf_printf(&line, "%s{\"name\":\"a%zu\"," WORK "}", i ? "," : "", i);
    lmi_buf_puts(&line, "]}");
    expect_broken(lmi_buf_text(&line), "more agents than a team can have");
    lmi_buf_done(&line);
}

static void expect_bad_config(const char *config, const char *text)
{
    static size_t n;
    char name[32];
    lmi_record r;

    snprintf(name, sizeof(name), "config%zu", n++);
    assert_fails(LMAS_E_FORMAT, text, lmi_record_open(&r, make_folder(name, config, "")));
}

static void test_config_that_is_none_is_refused(void **state)
{
    lmi_record r;

    (void)state;
    expect_bad_config("", "config.json:1:1:");
    expect_bad_config("[]", "expected a text at \"task\", found nothing");
    expect_bad_config("{\"task\":1}", "expected a text at \"task\", found a number");
    expect_bad_config("{\"task\":\"t\",\"method\":\"m\"}", "\"team.name\"");
    assert_fails(LMAS_E_FORMAT, "\"data.questions\" must be a whole number from 1",
                 lmi_record_open(&r, make_run("q0", (recipe){.questions = "0"}, "")));
    assert_fails(LMAS_E_FORMAT, "\"data.questions\" must be",
                 lmi_record_open(&r, make_run("q1", (recipe){.questions = "1e99"}, "")));
    assert_fails(LMAS_E_FORMAT, "\"data.questions\" must be",
                 lmi_record_open(&r, make_run("q2", (recipe){.questions = "99999999999"}, "")));
    assert_fails(
        LMAS_E_FORMAT, "\"shard.count\" must be a whole number from 1 to 4096",
        lmi_record_open(&r, make_run("q3", (recipe){.shard = "{\"index\":1,\"count\":0}"}, "")));
    assert_fails(
        LMAS_E_FORMAT, "\"shard.index\" must be a whole number from 1 to 4",
        lmi_record_open(&r, make_run("q4", (recipe){.shard = "{\"index\":5,\"count\":4}"}, "")));
}

static void test_what_is_no_run_folder_is_refused(void **state)
{
    lmi_record r;

    (void)state;
    assert_fails(LMAS_E_IO, "there is no such folder", lmi_record_open(&r, in_root("nowhere")));
    assert_ok(lmi_dir_make(in_root("empty")));
    assert_fails(LMAS_E_IO, "it has no config.json", lmi_record_open(&r, in_root("empty")));
    write_file(in_root("empty"), "file", "", 0);
    assert_fails(LMAS_E_IO, "it is no folder", lmi_record_open(&r, in_root("empty/file")));
}

/* ---- Shards ---- */

static const char *shard_run(const char *name, const char *shard, const char *seed,
                             const char *lines)
{
    return make_run(name, (recipe){.shard = shard, .seed = seed}, lines);
}

static lmas_status compare(lmi_comparison *out, bool is_partial, const char *against, size_t n,
                           const char *const *folders)
{
    return lmi_compare(
        out, &(lmi_compare_params){
                 .folders = folders, .n_folders = n, .against = against, .is_partial = is_partial});
}

static void test_shards_add_up_to_the_whole_run(void **state)
{
    const char *const folders[] = {
        run_of("whole", "+-++"),
        shard_run("s1", "{\"index\":1,\"count\":2}", NULL, make_lines("++", 0, 2)),
        shard_run("s2", "{\"index\":2,\"count\":2}", NULL, make_lines("-+", 1, 2))};
    lmi_comparison c;

    (void)state;
    assert_ok(compare(&c, false, NULL, 3, folders));
    assert_int_equal(c.n_runs, 2);
    assert_int_equal(c.runs[1].record.n_folders, 2);
    assert_memory_equal(c.runs[0].record.exact, c.runs[1].record.exact, 4);
    assert_int_equal(c.runs[1].record.work.n_read, c.runs[0].record.work.n_read);
    assert_int_equal(c.runs[1].record.agents[0].work.n_spoken,
                     c.runs[0].record.agents[0].work.n_spoken);
    assert_true(c.runs[1].record.wall_ms == 2000 && c.runs[0].record.wall_ms == 4000);
    assert_true(c.runs[1].figures.is_speedup_of_engine && c.runs[1].figures.speedup == 1);
    assert_int_equal(c.pairs[0].n_both, 3);
    assert_int_equal(c.pairs[0].n_neither, 1);
    assert_non_null(strstr(lmi_buf_text(&c.notes), "B: 2 shards as one run"));
    lmi_compare_done(&c);
}

static void test_conflicts_are_counted_and_noted(void **state)
{
    lmi_comparison c;
    lmi_buf lines;
    const char *folders[1];

    (void)state;
    lmi_buf_init(&lines, 1 << 16);
    add_line(&lines, 0, "true,\"conflict\":true", "true", 1);
    add_line(&lines, 1, "true", "true", 2);
    folders[0] = make_run("torn", (recipe){0}, lmi_buf_text(&lines));
    assert_ok(compare(&c, false, NULL, 1, folders));
    assert_int_equal(c.runs[0].record.n_conflicts, 1);
    assert_non_null(strstr(lmi_buf_text(&c.notes), "1 answer gives the letter of one option"));
    lmi_compare_done(&c);
    lmi_buf_done(&lines);
}

static void test_missing_shard_is_named_unless_partial(void **state)
{
    const char *const folders[] = {
        shard_run("m2", "{\"index\":2,\"count\":4}", NULL, make_lines("+", 1, 4))};
    lmi_comparison c;

    (void)state;
    assert_fails(LMAS_E_INVALID, "missing shards of 4: 1, 3 and 4",
                 compare(&c, false, NULL, 1, folders));
    assert_ok(compare(&c, true, NULL, 1, folders));
    assert_int_equal(c.runs[0].record.n, 1);
    assert_non_null(strstr(lmi_buf_text(&c.notes), "A: missing shards of 4: 1, 3 and 4"));
    assert_non_null(strstr(lmi_buf_text(&c.notes), "A: incomplete, 1 of 4 questions"));
    lmi_compare_done(&c);
}

static void test_shards_of_other_settings_are_never_merged(void **state)
{
    const char *const folders[] = {
        shard_run("d1", "{\"index\":1,\"count\":2}", "42", make_lines("+", 0, 2)),
        shard_run("d2", "{\"index\":2,\"count\":2}", "43", make_lines("+", 1, 2))};
    lmi_comparison c;

    (void)state;
    assert_fails(LMAS_E_INVALID, "params.seed 42, found 43", compare(&c, false, NULL, 2, folders));
    assert_null(strstr(lmas_last_error(), "resume"));
    assert_ok(compare(&c, true, NULL, 2, folders));
    assert_int_equal(c.n_runs, 2);
    lmi_compare_done(&c);
}

static void test_shard_or_folder_named_twice_is_refused(void **state)
{
    const char *s = shard_run("t1", "{\"index\":1,\"count\":2}", NULL, "");
    const char *t = shard_run("t1-again", "{\"index\":1,\"count\":2}", NULL, "");
    const char *const twins[] = {s, t};
    const char *const same[] = {s, s};
    lmi_comparison c;

    (void)state;
    assert_fails(LMAS_E_INVALID, "are both shard 1 of 2 of one run",
                 compare(&c, true, NULL, 2, twins));
    assert_fails(LMAS_E_INVALID, "was named twice", compare(&c, true, NULL, 2, same));
}

static void test_question_of_another_shard_is_refused(void **state)
{
    lmi_record r;

    (void)state;
    assert_fails(LMAS_E_FORMAT, ":1: question 1 is of shard 2, found in shard 1",
                 lmi_record_open(&r, shard_run("o1", "{\"index\":1,\"count\":2}", NULL,
                                               make_lines("+", 1, 1))));
}

/* ---- Pairs ---- */

static void test_pairs_count_questions_that_only_one_has_right(void **state)
{
    const char *const folders[] = {run_of("p1", "++--"), run_of("p2", "+-++")};
    lmi_comparison c;

    (void)state;
    assert_ok(compare(&c, false, NULL, 2, folders));
    assert_int_equal(c.n_pairs, 1);
    assert_int_equal(c.pairs[0].n_common, 4);
    assert_int_equal(c.pairs[0].n_both, 1);
    assert_int_equal(c.pairs[0].n_only_a, 1);
    assert_int_equal(c.pairs[0].n_only_b, 2);
    assert_int_equal(c.pairs[0].n_neither, 0);
    assert_true(c.pairs[0].p == 1);
    lmi_compare_done(&c);
}

static void test_pairs_use_only_questions_in_common(void **state)
{
    const char *const folders[] = {run_of("c1", "++"), run_of("c2", "+---")};
    lmi_comparison c;

    (void)state;
    assert_ok(compare(&c, false, NULL, 2, folders));
    assert_int_equal(c.pairs[0].n_common, 2);
    assert_int_equal(c.pairs[0].n_only_a, 1);
    lmi_compare_done(&c);
}

static void test_runs_over_other_data_are_listed_but_not_tested(void **state)
{
    const char *const folders[] = {
        run_of("x1", "++--"), make_run("x2", (recipe){.data = "\"bb\""}, make_lines("++--", 0, 1))};
    lmi_comparison c;

    (void)state;
    assert_ok(compare(&c, false, NULL, 2, folders));
    assert_int_equal(c.n_runs, 2);
    assert_string_equal(c.pairs[0].reason, "other data (SHA-256 differs)");
    assert_true(isnan(c.pairs[0].p) && isnan(c.runs[1].figures.speedup));
    lmi_compare_done(&c);
}

/* Earlier runs say true where later ones have the tag. */
static void test_think_is_a_setting_where_its_text_differs(void **state)
{
    const char *const folders[] = {
        make_run("k1", (recipe){.seed = "42,\"think\":true"}, make_lines("+---", 0, 1)),
        make_run("k2", (recipe){.seed = "42,\"think\":\"<think>\""}, make_lines("++--", 0, 1)),
        make_run("k3", (recipe){.seed = "42,\"think\":false"}, make_lines("+++-", 0, 1)),
        make_run("k4", (recipe){.seed = "42,\"think\":\"<plan>\\n\""}, make_lines("+++-", 0, 1))};
    lmi_comparison c;

    (void)state;
    assert_ok(compare(&c, false, NULL, 2, folders));
    assert_string_equal(c.runs[0].settings, "");
    assert_string_equal(c.runs[1].settings, "");
    lmi_compare_done(&c);
    assert_ok(compare(&c, false, NULL, 4, folders));
    assert_string_equal(c.runs[0].settings, "think <think>");
    assert_string_equal(c.runs[1].settings, "think <think>");
    assert_string_equal(c.runs[2].settings, "think false");
    assert_non_null(strstr(c.runs[3].settings, "think <plan>"));
    assert_null(strchr(c.runs[3].settings, '\n'));
    lmi_compare_done(&c);
}

static void test_reference_is_a_folder_or_a_method(void **state)
{
    const char *const folders[] = {
        run_of("r1", "+---"),
        make_run("r2", (recipe){.method = "\"text_mas\""}, make_lines("++--", 0, 1)),
        make_run("r3", (recipe){.seed = "7"}, make_lines("+++-", 0, 1))};
    lmi_comparison c;

    (void)state;
    assert_ok(compare(&c, false, "text_mas", 3, folders));
    assert_int_equal(c.runs[0].reference, 1);
    assert_int_equal(c.n_pairs, 2);
    assert_int_equal(c.pairs[1].a, 1);
    assert_int_equal(c.pairs[1].b, 2);
    lmi_compare_done(&c);
    assert_ok(compare(&c, false, folders[2], 2, folders));
    assert_int_equal(c.n_runs, 3);
    assert_int_equal(c.runs[2].reference, 0);
    assert_string_equal(c.runs[0].settings, "seed 7");
    assert_string_equal(c.runs[1].settings, "seed 42");
    lmi_compare_done(&c);
    assert_fails(LMAS_E_INVALID, "--against: expected", compare(&c, false, "abc", 3, folders));
}

static void test_figures_are_per_question(void **state)
{
    const char *const folders[] = {run_of("f1", "++--"), run_of("f2", "+")};
    lmi_comparison c;

    (void)state;
    assert_ok(compare(&c, false, NULL, 2, folders));
    assert_true(c.runs[0].figures.spoken == 2 && c.runs[0].figures.total == 12);
    assert_true(c.runs[0].figures.thoughts == 4 && c.runs[0].figures.wall_s == 1);
    assert_true(fabs(c.runs[0].figures.engine_s - 0.2) < 1e-12);
    assert_true(c.runs[0].figures.exact.share == 0.5);
    assert_true(c.runs[1].figures.speedup == 1);
    lmi_compare_done(&c);
}

/* ---- Forms ---- */

#define HOSTILE                                                                                    \
    "\"<script>alert(1)</script>|`a`\\n\\u001b[31m*b* [l](http:\\/\\/x) \\u202e&amp; \\\"' "       \
    "a very long name indeed, longer than all columns that a terminal can have, and so on\""

static void make_hostile(lmi_comparison *c)
{
    const char *const folders[] = {
        make_run("h1", (recipe){.team = HOSTILE, .method = HOSTILE}, make_lines("+--+", 0, 1)),
        make_run("h2", (recipe){.team = HOSTILE, .seed = HOSTILE}, make_lines("++-+", 0, 1)),
        make_run("h3\xff<b>|`\n", (recipe){.team = HOSTILE}, "")};

    assert_ok(compare(c, false, NULL, 3, folders));
}

static void test_text_fits_a_hundred_columns_and_has_no_control_characters(void **state)
{
    lmi_comparison c;
    lmi_buf out;
    const char *line;

    (void)state;
    make_hostile(&c);
    lmi_buf_init(&out, LMI_REPORT_MAX);
    assert_ok(lmi_report_text(&out, &c));
    assert_null(strchr(lmi_buf_text(&out), '\x1b'));
    for (line = lmi_buf_text(&out); *line; line += strcspn(line, "\n") + 1) {
        char *copy = lmi_strndup(line, strcspn(line, "\n"));

        if (lmi_width(copy) > 100)
            fail_msg("%zu columns: %s", lmi_width(copy), copy);
        lmi_free(copy);
    }
    lmi_buf_done(&out);
    lmi_compare_done(&c);
}

static void test_markdown_rows_keep_their_columns(void **state)
{
    lmi_comparison c;
    lmi_buf out;
    const char *line;
    size_t n_rows = 0;

    (void)state;
    make_hostile(&c);
    lmi_buf_init(&out, LMI_REPORT_MAX);
    assert_ok(lmi_report_markdown(&out, &c));
    assert_null(strstr(lmi_buf_text(&out), "<script"));
    for (line = lmi_buf_text(&out); *line; line += strcspn(line, "\n") + 1) {
        const size_t len = strcspn(line, "\n");
        size_t n_bars = 0;
        size_t i;

        if (line[0] != '|' || line[2] < 'A' || line[2] > 'C' || line[3] == ',')
            continue;
        for (i = 0; i < len; i++)
            n_bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
        assert_true(n_bars == 20 || n_bars == 6); /* what it did, where it ran */
        n_rows++;
    }
    assert_int_equal(n_rows, 6);
    lmi_buf_done(&out);
    lmi_compare_done(&c);
}

static void test_json_holds_the_hostile_name_as_it_was(void **state)
{
    lmi_comparison c;
    lmi_json json;
    lmi_buf out;
    yyjson_val *run;

    (void)state;
    make_hostile(&c);
    lmi_buf_init(&out, LMI_REPORT_MAX);
    assert_ok(lmi_report_json(&out, &c));
    assert_ok(lmi_json_parse(&json, "report", lmi_buf_text(&out), out.len));
    run = yyjson_arr_get_first(yyjson_obj_get(lmi_json_root(&json), "runs"));
    assert_non_null(strstr(yyjson_get_str(yyjson_obj_get(run, "team")), "\x1b[31m"));
    run = yyjson_arr_get(yyjson_obj_get(lmi_json_root(&json), "runs"), 2);
    assert_true(yyjson_is_null(yyjson_obj_get(yyjson_obj_get(run, "exact"), "accuracy")));
    assert_true(yyjson_is_null(yyjson_obj_get(yyjson_obj_get(run, "per_question"), "tokens")));
    lmi_json_done(&json);
    lmi_buf_done(&out);
    lmi_compare_done(&c);
}

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;

    while ((text = strstr(text, part))) {
        text += strlen(part);
        n++;
    }
    return n;
}

static void test_page_has_no_tag_from_outside(void **state)
{
    lmi_comparison c;
    lmi_buf out;
    char *body;

    (void)state;
    make_hostile(&c);
    lmi_buf_init(&out, LMI_REPORT_MAX);
    assert_ok(lmi_report_html(&out, &c));
    assert_int_equal(count_of(lmi_buf_text(&out), "<script"), 2); /* data and the page's own */
    assert_null(strchr(lmi_buf_text(&out), '\x1b'));
    body = strstr(out.data, "<body>");
    *strstr(body, "<script") = '\0';
    assert_null(strstr(body, "nan"));
    assert_null(strstr(body, "inf\""));
    assert_non_null(strstr(body, "&lt;script&gt;"));
    lmi_buf_done(&out);
    lmi_compare_done(&c);
}

/* Nothing of the model is told but its fingerprint, and of that little. */
static void test_a_short_fingerprint_is_all_the_name_that_there_is(void **state)
{
    const char *path = make_folder(
        "short-fingerprint",
        "{\"task\":\"gsm8k\",\"method\":\"m\",\"data\":{\"sha256\":\"aa\",\"questions\":1},"
        "\"model\":{\"fingerprint\":\"f\"},\"team\":{\"name\":\"t\"},\"shard\":null}",
        make_lines("+", 0, 1));
    lmi_record record;

    (void)state;
    assert_ok(lmi_record_open(&record, path));
    assert_string_equal(record.model, "f");
    lmi_record_done(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_holds_the_sums_of_its_lines),
        cmocka_unit_test(test_lines_without_compat_or_gold_are_ungraded),
        cmocka_unit_test(test_conflicts_are_counted_and_noted),
        cmocka_unit_test(test_half_a_line_at_the_end_is_not_counted),
        cmocka_unit_test(test_broken_line_is_named_by_its_number),
        cmocka_unit_test(test_numbers_out_of_range_are_refused),
        cmocka_unit_test(test_more_agents_than_a_team_can_have_are_refused),
        cmocka_unit_test(test_config_that_is_none_is_refused),
        cmocka_unit_test(test_what_is_no_run_folder_is_refused),
        cmocka_unit_test(test_shards_add_up_to_the_whole_run),
        cmocka_unit_test(test_missing_shard_is_named_unless_partial),
        cmocka_unit_test(test_shards_of_other_settings_are_never_merged),
        cmocka_unit_test(test_shard_or_folder_named_twice_is_refused),
        cmocka_unit_test(test_question_of_another_shard_is_refused),
        cmocka_unit_test(test_pairs_count_questions_that_only_one_has_right),
        cmocka_unit_test(test_pairs_use_only_questions_in_common),
        cmocka_unit_test(test_runs_over_other_data_are_listed_but_not_tested),
        cmocka_unit_test(test_think_is_a_setting_where_its_text_differs),
        cmocka_unit_test(test_reference_is_a_folder_or_a_method),
        cmocka_unit_test(test_figures_are_per_question),
        cmocka_unit_test(test_text_fits_a_hundred_columns_and_has_no_control_characters),
        cmocka_unit_test(test_markdown_rows_keep_their_columns),
        cmocka_unit_test(test_json_holds_the_hostile_name_as_it_was),
        cmocka_unit_test(test_page_has_no_tag_from_outside),
        cmocka_unit_test(test_a_short_fingerprint_is_all_the_name_that_there_is),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}

/* eval_judge_test.c - what a model said becomes two verdicts; programs run in the sandbox. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "eval/check.h"
#include "eval/judge.h"

/* What came out of the judge, by question. */
typedef struct outcome {
    bool has_come, is_exact, is_compat, has_gold;
    char prediction[64];
    char line[4096];
} outcome;

static outcome outcomes[16];

static lmas_status note(void *user, lmi_sample *sample)
{
    outcome *out = &outcomes[sample->score.index];
    lmi_buf line;

    (void)user;
    assert_false(out->has_come);
    lmi_buf_init(&line, sizeof(out->line) - 1);
    assert_ok(lmi_sample_write(&line, sample, 1));
    out->has_come = true;
    out->has_gold = sample->score.has_gold;
    out->is_exact = sample->score.is_correct;
    out->is_compat = sample->score.is_correct_compat;
    snprintf(out->prediction, sizeof(out->prediction), "%s",
             sample->grade.exact ? sample->grade.exact : "(none)");
    snprintf(out->line, sizeof(out->line), "%s", lmi_buf_text(&line));
    lmi_buf_done(&line);
    return LMAS_OK;
}

static lmi_sandbox_params sandbox(void)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();

    params.wall_ms = 5e3;
    return params;
}

/* Judge one text per question of `rows`. */
static void judge_all(const char *task, const char *rows, const char *const *texts)
{
    const lmi_sandbox_params params = sandbox();
    lmi_dataset data;
    lmi_judge *judge;
    size_t i;

    memset(outcomes, 0, sizeof(outcomes));
    assert_ok(lmi_dataset_parse(&data, lmi_task_find(task), "rows", rows, strlen(rows)));
    assert_ok(lmi_judge_open(&judge, &data, &params, note, NULL));
    for (i = 0; i < data.n; i++) {
        const lmas_result result = {.id = i,
                                    .status = texts[i] ? LMAS_OK : LMAS_E_CONTEXT_FULL,
                                    .error = texts[i] ? "" : "full",
                                    .text = texts[i] ? texts[i] : ""};

        assert_ok(lmi_judge_take(judge, &result));
    }
    while (lmi_judge_n_open(judge) > 0)
        assert_ok(lmi_judge_poll(judge, 1000));
    for (i = 0; i < data.n; i++)
        assert_true(outcomes[i].has_come);
    lmi_judge_close(judge);
    lmi_dataset_done(&data);
}

static void expect(size_t i, bool is_exact, bool is_compat, const char *prediction)
{
    assert_int_equal(outcomes[i].is_exact, is_exact);
    assert_int_equal(outcomes[i].is_compat, is_compat);
    assert_string_equal(outcomes[i].prediction, prediction);
}

static void test_texts_are_graded_by_both_rules_at_once(void **state)
{
    static const char *const texts[] = {"\\boxed{1,430}", "\\boxed{1,999}", "no idea", NULL};

    (void)state;
    judge_all("gsm8k",
              "{\"question\":\"q\",\"answer\":\"#### 1,430\"}\n"
              "{\"question\":\"q\",\"answer\":\"#### 1,430\"}\n"
              "{\"question\":\"q\",\"answer\":\"#### 1\"}\n"
              "{\"question\":\"q\",\"answer\":\"#### 1\"}\n",
              texts);
    expect(0, true, true, "1430");
    expect(1, false, true, "1999");
    expect(2, false, false, "(none)");
    expect(3, false, false, "(none)");
    assert_non_null(strstr(outcomes[1].line, "\"compat\":{\"gold\":\"1\",\"prediction\":\"1\","));
    assert_non_null(strstr(outcomes[3].line, "\"status\":\"context full\",\"error\":\"full\""));
}

#define COLOURS                                                                                    \
    "{\"question\":\"Which?\\n\\nA) red\\nB) 3\\nC) $3 \\\\times x_2$\\nD) "                       \
    "grey\",\"answer\":\"B\"}\n"

static void test_an_option_in_the_question_is_found_by_its_text(void **state)
{
    static const char *const texts[] = {"Three lines remain: \\boxed{3}", "\\boxed{\\text{grey}}",
                                        "\\boxed{v_1/v_2 = 3}, which is option B.\n\n**Answer: B**",
                                        "So \\boxed{3 \\cdot x_{2}}"};

    (void)state;
    judge_all("gpqa", COLOURS COLOURS COLOURS COLOURS, texts);
    expect(0, true, false, "B");
    expect(1, false, false, "D");
    expect(2, true, false, "B");
    expect(3, false, false, "C");
}

static void test_a_letter_with_the_text_of_another_option_counts_and_is_noted(void **state)
{
    static const char *const texts[] = {"Answer: B. grey", "Answer: B. 3", "Answer: B",
                                        "\\boxed{D) red}"};

    (void)state;
    judge_all("gpqa", COLOURS COLOURS COLOURS COLOURS, texts);
    expect(0, true, false, "B");
    expect(3, false, false, "D");
    assert_non_null(strstr(outcomes[0].line, "\"conflict\":true"));
    assert_null(strstr(outcomes[1].line, "\"conflict\""));
    assert_null(strstr(outcomes[2].line, "\"conflict\""));
    assert_non_null(strstr(outcomes[3].line, "\"conflict\":true"));
}

static void test_question_without_gold_is_asked_and_not_graded(void **state)
{
    static const char *const texts[] = {"\\boxed{Paris}", "\\boxed{paris}"};

    (void)state;
    judge_all("custom", "{\"question\":\"q\"}\n{\"question\":\"q\",\"gold\":\"Paris\"}", texts);
    expect(0, false, false, "paris");
    assert_false(outcomes[0].has_gold);
    assert_non_null(strstr(outcomes[0].line, "\"correct\":null,\"compat\":{\"gold\":null"));
    expect(1, true, true, "paris");
}

/* Of some models only control tokens tell a thought from an answer; the reference sees none. */
static void test_the_exact_rule_reads_the_marks_that_are_not_shown(void **state)
{
    const lmi_sandbox_params params = sandbox();
    const lmas_result result = {.text = "It is \\boxed{41}? no42",
                                .marked = "[THINK]It is \\boxed{41}? no[/THINK]42",
                                .error = ""};
    static const char row[] = "{\"question\":\"q\",\"answer\":\"#### 42\"}";
    lmi_dataset data;
    lmi_judge *judge;

    (void)state;
    memset(outcomes, 0, sizeof(outcomes));
    assert_ok(lmi_dataset_parse(&data, lmi_task_find("gsm8k"), "rows", row, strlen(row)));
    assert_ok(lmi_judge_open(&judge, &data, &params, note, NULL));
    assert_ok(lmi_judge_take(judge, &result));
    expect(0, true, false, "42");
    assert_non_null(strstr(outcomes[0].line, "\"text\":\"It is \\\\boxed{41}? no42\",\"marked\":"
                                             "\"[THINK]It is \\\\boxed{41}? no[/THINK]42\","));
    assert_non_null(strstr(outcomes[0].line, "\"compat\":{\"gold\":\"42\",\"prediction\":\"41\""));
    lmi_judge_close(judge);
    lmi_dataset_done(&data);
}

#define ROW                                                                                        \
    "{\"task_id\":1,\"prompt\":\"Add.\",\"code\":\"def f(x): return x + 1\",\"test_list\":[],"     \
    "\"test\":\"assert f(1) == 2\\nassert f(5) == 6\\n\"}\n"

static void test_programs_are_tried_by_both_rules(void **state)
{
    static const char *const texts[] = {
        "Here:\n```python\ndef f(x):\n    return x + 1\n```\n",
        "```python\ndef f(x): return 2\n```",
        "```\ndef f(x): return x + 1\n```",
        "```python\ndef f(x): return x + 1\n```\nUse it:\n```python\nf(1) = ?\n```",
        "I cannot say.",
        NULL,
        "```python\nimport os\nos._exit(0)\n```",
    };

    (void)state;
    judge_all("mbppplus", ROW ROW ROW ROW ROW ROW ROW, texts);
    expect(0, true, true, "def f(x):\n    return x + 1");
    assert_non_null(
        strstr(outcomes[0].line, "\"code\":{\"sandbox\":\"bwrap\",\"ending\":\"passed\""));
    expect(1, false, false, "def f(x): return 2");
    assert_non_null(strstr(outcomes[1].line, "AssertionError"));
    expect(2, true, false, "def f(x): return x + 1");
    expect(3, true, false, "def f(x): return x + 1");
    assert_false(outcomes[4].is_exact || outcomes[4].is_compat);
    assert_false(outcomes[5].is_exact || outcomes[5].is_compat);
    assert_null(strstr(outcomes[5].line, "\"code\""));
    assert_false(outcomes[6].is_exact || outcomes[6].is_compat);
}

/* Nothing to run is an answer like any other: the run goes on. */
static void test_answers_without_any_program_are_wrong(void **state)
{
    static const char *const texts[] = {
        "",
        "```bash\nls\n```",
        "<think>\n```python\ndef f(x): return x + 1\n```\n</think>\n",
        "```python\n```",
    };
    size_t i;

    (void)state;
    judge_all("mbppplus", ROW ROW ROW ROW, texts);
    for (i = 0; i < 4; i++) {
        expect(i, false, i == 2, "(none)");
        assert_non_null(strstr(outcomes[i].line, "\"ending\":\"no code\""));
    }
}

/* A judge that has been given one program and not been looked at. */
static void judge_one(lmi_judge **judge, lmi_dataset *data, const char *text)
{
    static lmi_sandbox_params params;
    const lmas_result result = {.text = text, .error = ""};

    params = sandbox();
    memset(outcomes, 0, sizeof(outcomes));
    assert_ok(lmi_dataset_parse(data, lmi_task_find("mbppplus"), "rows", ROW, strlen(ROW)));
    assert_ok(lmi_judge_open(judge, data, &params, note, NULL));
    assert_ok(lmi_judge_take(*judge, &result));
}

/* Whoever is busy with a model looks late: that is none of the program's time. */
static void test_compat_verdict_does_not_depend_on_when_one_looks(void **state)
{
    lmi_dataset data;
    lmi_judge *judge;

    (void)state;
    judge_one(&judge, &data, "```python\ndef f(x): return x + 1\n```");
    sleep(support_is_whole() ? 11 : 1); /* the reference's limit is 10 */
    while (lmi_judge_n_open(judge) > 0)
        assert_ok(lmi_judge_poll(judge, 1000));
    assert_true(outcomes[0].is_exact && outcomes[0].is_compat);
    lmi_judge_close(judge);
    lmi_dataset_done(&data);
}

static void test_closing_with_open_cases_forgets_them(void **state)
{
    lmi_dataset data;
    lmi_judge *judge;

    (void)state;
    judge_one(&judge, &data, "```python\nwhile True: pass\n```");
    assert_ok(lmi_judge_poll(judge, 0));
    assert_int_equal(lmi_judge_n_open(judge), 1);
    lmi_judge_close(judge);
    assert_false(outcomes[0].has_come);
    lmi_dataset_done(&data);
}

/* ---- latentmas data check -------------------------------------------------------- */

static void check(lmi_check *out, const char *task, const char *rows)
{
    const lmi_sandbox_params params = sandbox();
    lmi_dataset data;

    assert_ok(lmi_dataset_parse(&data, lmi_task_find(task), "rows", rows, strlen(rows)));
    assert_ok(lmi_check_run(out, &data, &params, NULL, NULL));
    lmi_dataset_done(&data);
}

static void test_check_counts_solutions_and_mutants(void **state)
{
    lmi_check c;

    (void)state;
    check(&c, "mbppplus",
          ROW "{\"task_id\":2,\"prompt\":\"p\",\"code\":\"def f(): return 1\",\"test_list\":[],"
              "\"test\":\"f()\"}\n"
              "{\"task_id\":3,\"prompt\":\"p\",\"code\":\"def f(): return 1 + 1\","
              "\"test_list\":[],\"test\":\"f()\"}\n"
              "{\"task_id\":4,\"prompt\":\"p\",\"code\":\"def f(): return 1 + 1\","
              "\"test_list\":[],\"test\":\"assert f() == 3\"}\n");
    assert_int_equal(c.n, 4);
    assert_int_equal(c.n_right, 3);
    assert_int_equal(c.n_unchanged, 1); /* 2: nothing to change */
    assert_int_equal(c.n_mutants, 2);
    assert_int_equal(c.n_killed, 1); /* 3: its test tests nothing; 4: no solution */
}

static void test_check_grades_a_data_sets_own_golds(void **state)
{
    lmi_check c;

    (void)state;
    check(&c, "gsm8k",
          "{\"question\":\"q\",\"answer\":\"#### 1,430\"}\n"
          "{\"question\":\"q\",\"answer\":\"#### 18\"}\n");
    assert_int_equal(c.n, 2);
    assert_int_equal(c.n_right, 2);
    assert_int_equal(c.n_right_compat, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_are_graded_by_both_rules_at_once),
        cmocka_unit_test(test_an_option_in_the_question_is_found_by_its_text),
        cmocka_unit_test(test_a_letter_with_the_text_of_another_option_counts_and_is_noted),
        cmocka_unit_test(test_question_without_gold_is_asked_and_not_graded),
        cmocka_unit_test(test_the_exact_rule_reads_the_marks_that_are_not_shown),
        cmocka_unit_test(test_programs_are_tried_by_both_rules),
        cmocka_unit_test(test_answers_without_any_program_are_wrong),
        cmocka_unit_test(test_compat_verdict_does_not_depend_on_when_one_looks),
        cmocka_unit_test(test_closing_with_open_cases_forgets_them),
        cmocka_unit_test(test_check_counts_solutions_and_mutants),
        cmocka_unit_test(test_check_grades_a_data_sets_own_golds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

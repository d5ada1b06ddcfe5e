/* team_slots_test.c - words in braces: which are remarked on, which stay in peace; what a team
 * without a format cannot answer. */
#include <stdio.h>
#include <string.h>

#include "support.h"
#include "team/file/team.h"

enum { FILE_MAX = 4096 };

/* A team whose first prompt says `prompt` beside the question, and one more key. */
static lmas_team *team_of(const char *prompt, const char *more)
{
    char json[FILE_MAX];
    lmas_team *team = NULL;

    snprintf(json, sizeof(json),
             "{\"name\": \"t\",\n \"agents\": [\n  {\"name\": \"one\", \"prompt\": \"{question} "
             "%s\"}]%s}",
             prompt, more);
    assert_ok(lmas_team_parse(&team, "t.json", json, strlen(json)));
    return team;
}

/* The only remark on it is `want`, or there is none where that is NULL. */
static void expect(const char *want, lmas_team *team)
{
    const char *remark = lmas_team_remark(team, 0);

    if (!want)
        assert_null(remark);
    else
        assert_string_equal(remark, want);
    assert_null(lmas_team_remark(team, 1));
    lmas_team_free(team);
}

static void expect_in_prompt(const char *want, const char *prompt)
{
    expect(want, team_of(prompt, ""));
}

static void test_a_misspelt_slot_is_remarked_on_with_its_line(void **state)
{
    (void)state;
    expect_in_prompt(
        "t.json:3: {qestion} in the prompt of one stays as it is; the slot is {question}",
        "{qestion}");
    expect_in_prompt(
        "t.json:3: {Context} in the prompt of one stays as it is; the slot is {context}",
        "{Context}");
    expect_in_prompt("t.json:3: { note } in the prompt of one stays as it is; the slot is {note}",
                     "{ note }");
    expect_in_prompt("t.json:3: {fromat} in the prompt of one stays as it is; the slot is {format}",
                     "a{fromat}b");
    expect_in_prompt("t.json:3: {NOTES} in the prompt of one stays as it is; the slot is {note}",
                     "{{NOTES}}");
}

static void test_a_slot_in_the_wrong_place_is_remarked_on(void **state)
{
    (void)state;
    expect_in_prompt(
        "t.json:3: {output} in the prompt of one stays as it is; the slot is {outputs}",
        "{output}");
    expect("t.json:4: {outputs} in system stays as it is; {outputs} is a slot in prompts and "
           "context.text alone",
           team_of("", ",\n \"system\": \"Answer {outputs}\""));
    expect("t.json:4: {question} in system stays as it is; {question} is a slot in prompts alone",
           team_of("", ",\n \"system\": \"Answer {question}\""));
    expect("t.json:5: {note} in formats.free stays as it is; {note} is a slot in prompts alone",
           team_of("", ",\n \"formats\": {\"code\": \"x\",\n \"free\": \"{note}\"}"));
    expect("t.json:4: {Outputs} in context.text stays as it is; the slot is {outputs}",
           team_of("", ",\n \"context\": {\"text\": \"{outputs} {Outputs}\"}"));
    expect("t.json:4: {output} in context.latent stays as it is; {outputs} is a slot in "
           "prompts and context.text alone",
           team_of("", ",\n \"context\": {\"latent\": \"{output}\"}"));
    expect("t.json:4: {questions} in baseline stays as it is; the slot is {question}",
           team_of("", ",\n \"baseline\": \"{question} {questions}\""));
}

static void test_other_braces_stay_in_peace(void **state)
{
    static const char *const peaceful[] = {
        "{question}{note}{format}",
        "{\\\"question\\\": 1}",
        "\\\\frac{a}{b} and \\\\boxed{answer}",
        "\\\\text{Context} and \\\\mathrm{note }",
        "{x} {} { } {{x}} {node} {vote} {input} {answer} {number}",
        "{question of the day} {a_very_long_name_in_braces}",
        "f\\\"{value:.2f}\\\" {question!r}",
        "{ques",
        "{\xc3\xa4} {not e}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(peaceful) / sizeof(peaceful[0]); i++)
        expect_in_prompt(NULL, peaceful[i]);
    for (i = 0; lmas_team_builtin_name(i); i++) {
        lmas_team *team = NULL;

        assert_ok(lmas_team_builtin(&team, lmas_team_builtin_name(i)));
        expect(NULL, team);
    }
}

static void test_remarks_come_to_an_end(void **state)
{
    char prompt[FILE_MAX / 2] = "";
    lmas_team *team;
    size_t i;

    (void)state;
    for (i = 0; i < 100; i++)
        memcpy(prompt + 10 * i, "{qestion} ", 11);
    team = team_of(prompt, "");
    for (i = 0; lmas_team_remark(team, i); i++)
        assert_non_null(strstr(lmas_team_remark(team, i), "{qestion}"));
    assert_int_equal(i, LMI_TEAM_REMARKS_MAX);
    lmas_team_free(team);
}

static lmas_status parse(const char *json)
{
    lmas_team *team = NULL;
    const lmas_status status = lmas_team_parse(&team, "t.json", json, strlen(json));

    lmas_team_free(team);
    return status;
}

static void test_the_question_misspelt_everywhere_is_an_error(void **state)
{
    (void)state;
    assert_fails(LMAS_E_FORMAT,
                 "t.json:2: {Question} in the prompt of b stays as it is; the slot is {question}, "
                 "and no prompt contains it",
                 parse("{\"name\": \"a\", \"agents\": [\n{\"name\": \"b\", \"prompt\": "
                       "\"{Question}\"}]}"));
}

static void test_a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    assert_ok(parse("\xef\xbb\xbf{\"name\": \"a\", \"agents\": [{\"name\": \"b\", \"prompt\": "
                    "\"{question}\"}]}"));
    assert_fails(LMAS_E_FORMAT, "t.json:1:1: empty", parse("\xef\xbb\xbf"));
}

static void test_a_format_is_missed_where_a_prompt_asks_for_it(void **state)
{
    static const char formats[] = ", \"formats\": {\"number\": \"N\"}";
    static const char plain[] = ", \"baseline\": \"{question}\", \"formats\": {\"number\": \"N\"}";
    lmas_team *team = team_of("{format}", formats);

    (void)state;
    assert_true(lmas_team_can_answer(team, LMAS_METHOD_LATENT_MAS, LMAS_ANSWER_NUMBER));
    assert_false(lmas_team_can_answer(team, LMAS_METHOD_LATENT_MAS, LMAS_ANSWER_CHOICE));
    assert_false(lmas_team_can_answer(team, LMAS_METHOD_TEXT_MAS, LMAS_ANSWER_FREE));
    assert_false(lmas_team_can_answer(team, LMAS_METHOD_BASELINE, LMAS_ANSWER_CODE));
    lmas_team_free(team);
    team = team_of("", formats);
    assert_true(lmas_team_can_answer(team, LMAS_METHOD_LATENT_MAS, LMAS_ANSWER_CHOICE));
    assert_false(lmas_team_can_answer(team, LMAS_METHOD_BASELINE, LMAS_ANSWER_CHOICE));
    lmas_team_free(team);
    team = team_of("{format}", plain);
    assert_false(lmas_team_can_answer(team, LMAS_METHOD_LATENT_MAS, LMAS_ANSWER_CHOICE));
    assert_true(lmas_team_can_answer(team, LMAS_METHOD_BASELINE, LMAS_ANSWER_CHOICE));
    lmas_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_misspelt_slot_is_remarked_on_with_its_line),
        cmocka_unit_test(test_a_slot_in_the_wrong_place_is_remarked_on),
        cmocka_unit_test(test_other_braces_stay_in_peace),
        cmocka_unit_test(test_remarks_come_to_an_end),
        cmocka_unit_test(test_the_question_misspelt_everywhere_is_an_error),
        cmocka_unit_test(test_a_byte_order_mark_is_passed_over),
        cmocka_unit_test(test_a_format_is_missed_where_a_prompt_asks_for_it),
    };

    return cmocka_run_group_tests_name("team_slots", tests, NULL, NULL);
}

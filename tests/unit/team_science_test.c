/* team_science_test.c - prompt files of Science-LatentMAS become the teams that they describe. */
#include <string.h>

#include "base/mem.h"
#include "support.h"
#include "team/file/team.h"
#include "team/plan/prompt.h"

static lmas_status open_text(lmas_team **out, const char *text)
{
    return lmas_team_open_prompts(
        out, support_file(support_folder(), "prompts.json", text, strlen(text)), "sequential");
}

static lmas_team *team_of(const char *text)
{
    lmas_team *team = NULL;

    assert_ok(open_text(&team, text));
    return team;
}

/* What agent `i` is told of the question "Q?". */
static char *prompt_of(const lmas_team *team, lmas_method method, size_t i, const char *outputs)
{
    const char *said[LMI_TEAM_AGENTS_MAX] = {outputs};
    const lmi_case c = {.asked = &(const lmas_question){0},
                        .question = "Q?",
                        .kind = LMAS_ANSWER_FREE,
                        .said = said};
    lmas_solver_params params = lmas_solver_params_default();
    lmi_plan plan;
    lmi_buf out;

    params.method = method;
    assert_ok(lmi_plan_make(&plan, support_model(DEMO_MODEL), team, &params));
    lmi_buf_init(&out, LMI_PROMPT_MAX);
    assert_ok(lmi_plan_prompt(&out, &plan, i, &c));
    lmi_plan_done(&plan);
    return lmi_buf_steal(&out);
}

static void assert_told(const lmas_team *team, size_t i, const char *want)
{
    char *prompt = prompt_of(team, LMAS_METHOD_LATENT_MAS, i, "");

    if (!strstr(prompt, want))
        fail_msg("expected \"%s\" in: %s", want, prompt);
    lmi_free(prompt);
}

static void test_one_agent_is_told_its_template(void **state)
{
    lmas_team *team = team_of("{\"agents\": [{\"name\": \"Expert\", \"role\": \"expert\"}],"
                              " \"expert\": \"You know it. {question}\", \"system\": \"\"}");

    (void)state;
    assert_int_equal(lmas_team_n_agents(team), 1);
    assert_string_equal(lmas_team_agent_name(team, 0), "Expert");
    assert_string_equal(team->system, "");
    assert_told(team, 0, "You know it. Q?");
    lmas_team_free(team);
}

static void test_agents_come_in_their_order_and_may_leave_the_question_out(void **state)
{
    lmas_team *team =
        team_of("{\"agents\": [{\"name\": \"R\", \"role\": \"researcher\"},"
                " {\"name\": \"A\", \"role\": \"analyst\"},"
                " {\"name\": \"W\", \"role\": \"writer\"}],"
                " \"writer\": \"Write. {question}\", \"analyst\": \"Weigh it.\","
                " \"researcher\": \"Search. {question}\", \"system\": \"Be exact.\"}");

    (void)state;
    assert_int_equal(lmas_team_n_agents(team), 3);
    assert_string_equal(team->system, "Be exact.");
    assert_told(team, 0, "Search. Q?");
    assert_told(team, 1, "Weigh it.");
    assert_told(team, 2, "Write. Q?");
    lmas_team_free(team);
}

static void test_a_template_goes_before_the_built_in_one_of_its_role(void **state)
{
    lmas_team *team =
        team_of("{\"planner\": \"Plan: {question}\", \"critic\": \"No: {question}\"}");
    lmas_team *usual = NULL;

    (void)state;
    assert_ok(lmas_team_builtin(&usual, "sequential"));
    assert_int_equal(lmas_team_n_agents(team), 4);
    assert_told(team, 0, "Plan: Q?");
    assert_told(team, 1, "No: Q?");
    assert_string_equal(team->agents[2].prompt, usual->agents[2].prompt);
    lmas_team_free(usual);
    lmas_team_free(team);
}

static void test_a_role_nobody_described_still_sees_the_question(void **state)
{
    lmas_team *team = team_of("{\"agents\": [{\"role\": \"oracle\"}, {\"name\": \"judger\"}]}");

    (void)state;
    assert_string_equal(lmas_team_agent_name(team, 0), "oracle");
    assert_told(team, 0, "Q?");
    assert_told(team, 1, "Q?");
    lmas_team_free(team);
}

static void test_agents_of_one_name_are_told_apart(void **state)
{
    lmas_team *team = team_of("{\"agents\": [{\"name\": \"a\", \"role\": \"x\"}, {\"name\": \"a\", "
                              "\"role\": \"y\"}, {\"name\": \"a\", \"role\": \"x\"}],"
                              " \"x\": \"X {question}\", \"y\": \"Y {question}\"}");

    (void)state;
    assert_string_equal(lmas_team_agent_name(team, 0), "a");
    assert_string_equal(lmas_team_agent_name(team, 1), "a 2");
    assert_string_equal(lmas_team_agent_name(team, 2), "a 3");
    assert_told(team, 2, "X Q?");
    lmas_team_free(team);
}

/* {template, what is told} */
static void test_braces_that_are_no_slots_stay(void **state)
{
    static const char *const templates[][2] = {
        {"Answer {question} as {\\\"a\\\": 1}", "Answer Q? as {\"a\": 1}"},
        {"{question} in \\\\boxed{x}", "Q? in \\boxed{x}"},
        {"{question} as {{\\\"a\\\": {{}}}}", "Q? as {\"a\": {}}"},
        {"{question} {unknown} {{x}}", "Q? {unknown} {{x}}"},
        {"{question} }", "Q? }"},
        {"{question} {", "Q? {"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
        char text[256];
        lmas_team *team;

        snprintf(text, sizeof(text), "{\"agents\": [{\"role\": \"a\"}], \"a\": \"%s\"}",
                 templates[i][0]);
        team = team_of(text);
        assert_told(team, 0, templates[i][1]);
        lmas_team_free(team);
    }
}

static void test_context_is_the_text_of_the_others_or_nothing(void **state)
{
    lmas_team *team = team_of("{\"agents\": [{\"role\": \"a\"}, {\"role\": \"b\"}],"
                              " \"a\": \"{question}\", \"b\": \"So: <{context}> {question}\"}");
    char *text = prompt_of(team, LMAS_METHOD_TEXT_MAS, 1, "seven");

    (void)state;
    assert_told(team, 1, "So: <> Q?");
    assert_non_null(strstr(text, "So: <[a]:\nseven> Q?"));
    lmi_free(text);
    lmas_team_free(team);
}

static void test_baseline_and_plain_text_are_the_single_agents(void **state)
{
    static const char *const files[][2] = {
        {"{\"baseline\": \"Alone: {question}\"}", "Alone: Q?"},
        {"{\"user\": \"You do it.\"}", "You do it.\n\nQ?"},
        {"Think of {question} well.\n", "Think of Q? well."},
        {"{question}, please.", "Q?, please."},
        {"Just think.", "Just think.\n\nQ?"},
        {"\xef\xbb\xbfJust think.", "\nJust think.\n\nQ?"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        lmas_team *team = team_of(files[i][0]);
        char *prompt = prompt_of(team, LMAS_METHOD_BASELINE, 0, "");

        if (!strstr(prompt, files[i][1]))
            fail_msg("expected \"%s\" in: %s", files[i][1], prompt);
        assert_int_equal(lmas_team_n_agents(team), 4);
        lmi_free(prompt);
        lmas_team_free(team);
    }
}

static void assert_remark(const char *text, size_t i, const char *want)
{
    lmas_team *team = team_of(text);

    assert_non_null(lmas_team_remark(team, i));
    assert_non_null(strstr(lmas_team_remark(team, i), want));
    assert_null(lmas_team_remark(team, i + 1));
    lmas_team_free(team);
}

static void test_what_may_not_be_meant_is_remarked(void **state)
{
    (void)state;
    assert_remark("{\"agents\": [{\"role\": \"analyst\"}],\n \"analyst\": \"{question}\",\n"
                  " \"anaylst\": \"{question}\"}",
                  0, ".json:3: no agent has the role \"anaylst\"");
    assert_remark("{\"agents\": [{\"role\": \"oracle\"}]}", 0,
                  "no template for the role \"oracle\": oracle gets a general one");
    assert_remark("Just think.", 0, "no agents and no template of a role");
}

static void test_bad_files_are_refused_with_their_line(void **state)
{
    static const char *const bad[][2] = {
        {"{\"agents\": []}", ":1: \"agents\" has 0 entries"},
        {"{\"agents\": {}}", ":1: \"agents\" must be an array, found an object"},
        {"{\n\"agents\": [7]}", ":2: agent 1 must be an object, found a number"},
        {"{\n\"agents\": [{}]}", ":2: agent 1 has neither \"name\" nor \"role\""},
        {"{\"agents\": [{\"name\": 1}]}", "\"name\" in agent 1 must be a string"},
        {"{\"agents\": [{\"role\": \"a\"}],\n\"a\": [\"x\"]}", ":2: \"a\" in the file must be a "
                                                               "string, found an array"},
        {"{\"system\": null}", "\"system\" in the file must be a string"},
        {"{\n\"agents\": [{\"role\": \"a\"}], \"a\": \"no question\"}",
         "prompts.json:2: no template of an agent contains {question}"},
        {"{\"agents\": [{\"role\": \"a\"}], \"a\": \"{question} {{question}}\"}",
         "a template holds {{question}}"},
        {"{\"agents\": [{\"name\": \"a\\u0007\"}]}", "contains a control character"},
        {"[1]", "begins an array: an object or plain text expected"},
        {"", "is empty: JSON with a template for each role, or plain text expected"},
        {" \n\n", "is empty"},
        {"caf\xe9", "is not UTF-8"},
        {"{\"a\": ", ":1:"},
        {"{\"a\": \"x\", \"a\": \"y\"}", "twice"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(LMAS_E_FORMAT, bad[i][1], open_text(&(lmas_team *){NULL}, bad[i][0]));
    assert_fails(LMAS_E_FORMAT, "a NUL at byte 1, text expected",
                 lmas_team_open_prompts(&(lmas_team *){NULL},
                                        support_file(support_folder(), "nul.txt", "a\0b", 3),
                                        "sequential"));
    assert_fails(LMAS_E_IO, "No such file",
                 lmas_team_open_prompts(&(lmas_team *){NULL}, "nowhere.json", "sequential"));
    assert_fails(LMAS_E_INVALID, "no built-in team",
                 lmas_team_open_prompts(&(lmas_team *){NULL}, "nowhere.json", "nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_agent_is_told_its_template),
        cmocka_unit_test(test_agents_come_in_their_order_and_may_leave_the_question_out),
        cmocka_unit_test(test_a_template_goes_before_the_built_in_one_of_its_role),
        cmocka_unit_test(test_a_role_nobody_described_still_sees_the_question),
        cmocka_unit_test(test_agents_of_one_name_are_told_apart),
        cmocka_unit_test(test_braces_that_are_no_slots_stay),
        cmocka_unit_test(test_context_is_the_text_of_the_others_or_nothing),
        cmocka_unit_test(test_baseline_and_plain_text_are_the_single_agents),
        cmocka_unit_test(test_what_may_not_be_meant_is_remarked),
        cmocka_unit_test(test_bad_files_are_refused_with_their_line),
    };

    return cmocka_run_group_tests_name("science", tests, NULL, NULL);
}

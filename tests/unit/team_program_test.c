/* team_program_test.c - agents that are programs: what they read, and what they print. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "support.h"
#include "team/job.h"

/* A planner who speaks, a program, and a judger who reads both. */
static const char TEAM[] =
    "{\"name\": \"t\", \"context\": {\"latent\": \"L\", \"text\": \"{outputs}\"},\n \"agents\": "
    "[{\"name\": \"planner\", \"prompt\": \"Plan. {question}\", \"max_new_tokens\": 4},\n  %s,\n  "
    "{\"name\": \"judger\", \"prompt\": \"<{output:tool}> {context} {question}\"}],\n \"edges\": "
    "[{\"from\": \"planner\", \"to\": \"tool\", \"carry\": \"text\"}, {\"from\": \"tool\", \"to\": "
    "\"judger\", \"carry\": \"%s\"}, {\"from\": \"planner\", \"to\": \"judger\", \"carry\": "
    "\"memory\"}]}";

static lmas_status parse(lmas_team **out, const char *tool, const char *carry)
{
    char text[4096];

    snprintf(text, sizeof(text), TEAM, tool, carry);
    return lmas_team_parse(out, "t.json", text, strlen(text));
}

static lmas_status ask(lmas_answer **out, const lmas_team *team, bool is_allowed)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 2, 2 * 8192, false);
    lmas_solver_params p = lmas_solver_params_default();
    lmas_status status;

    p.max_new_tokens = 8;
    p.latent_steps = 2;
    p.sampling.temperature = 0.0f;
    p.allow_tools = is_allowed;
    status = lmas_solve(out, session, team, &p, "What is 2 + \"2\"?");
    lmas_session_free(session);
    return status;
}

/* What the program printed, as the judger read it. */
static void expect_told(const char *tool, const char *want)
{
    lmas_team *team = NULL;
    lmas_answer *answer = NULL;
    const lmas_result *r;

    assert_ok(parse(&team, tool, "text"));
    assert_ok(ask(&answer, team, true));
    r = lmas_answer_result(answer);
    assert_int_equal(r->n_agents, 3);
    assert_string_equal(r->agents[1].name, "tool");
    assert_true(r->agents[1].program_ms > 0);
    if (!strstr(r->agents[2].input, want))
        fail_msg("expected \"%s\" in: %s", want, r->agents[2].input);
    lmas_answer_free(answer);
    lmas_team_free(team);
}

static void expect_failure(const char *tool, const char *want)
{
    lmas_team *team = NULL;

    assert_ok(parse(&team, tool, "text"));
    assert_fails(LMAS_E_IO, want, ask(&(lmas_answer *){NULL}, team, true));
    lmas_team_free(team);
}

static void test_what_a_program_prints_is_its_text(void **state)
{
    (void)state;
    expect_told("{\"name\": \"tool\", \"command\": [\"echo\", \" it is 4 \"]}", "<it is 4>");
    expect_told("{\"name\": \"tool\", \"command\": [\"true\"]}", "<>");
}

static void test_a_program_reads_question_and_texts_as_json(void **state)
{
    (void)state;
    expect_told("{\"name\": \"tool\", \"command\": [\"cat\"]}",
                "<{\"agent\":\"tool\",\"round\":1,\"question\":\"What is 2 + \\\"2\\\"?\",\"note\":"
                "null,\"texts\":[{\"agent\":\"planner\",\"round\":1,\"text\":\"");
}

static void test_the_texts_of_others_are_told_beside_the_programs(void **state)
{
    (void)state;
    expect_told("{\"name\": \"tool\", \"command\": [\"echo\", \"4\"]}", "[tool]:\n4");
}

static void test_a_programs_failure_ends_its_question(void **state)
{
    (void)state;
    expect_failure("{\"name\": \"tool\", \"command\": [\"sh\", \"-c\", \"echo why >&2; exit 3\"]}",
                   "program tool: the tool sh ended with exit status 3: why");
    expect_failure("{\"name\": \"tool\", \"command\": [\"nowhere-to-be-found\"]}",
                   "nowhere-to-be-found");
    expect_failure(
        "{\"name\": \"tool\", \"command\": [\"sleep\", \"9\"], \"timeout_seconds\": 0.1}",
        "program tool: ");
    expect_failure("{\"name\": \"tool\", \"command\": [\"yes\"], \"max_output_bytes\": 100}",
                   "program tool: the tool yes printed more than its limit of 100 bytes");
}

static void test_a_failure_that_is_to_be_told_is_its_text(void **state)
{
    (void)state;
    expect_told("{\"name\": \"tool\", \"command\": [\"sh\", \"-c\", \"echo why >&2; exit 3\"], "
                "\"on_failure\": \"tell\"}",
                "<The program failed: ");
    /* One that cannot even start is a mistake of the file's. */
    expect_failure("{\"name\": \"tool\", \"command\": [\"nowhere-to-be-found\"], \"on_failure\": "
                   "\"tell\"}",
                   "nowhere-to-be-found");
}

static void test_no_program_runs_unless_that_is_allowed(void **state)
{
    const char *left = support_file(support_folder(), "left", "", 0);
    char tool[1024];
    lmas_team *team = NULL;

    (void)state;
    snprintf(tool, sizeof(tool), "{\"name\": \"tool\", \"command\": [\"rm\", \"%s\"]}", left);
    assert_ok(parse(&team, tool, "text"));
    assert_string_equal(lmas_team_agent_program(team, 1), "rm");
    assert_null(lmas_team_agent_program(team, 0));
    assert_fails(LMAS_E_INVALID, "team t runs a program, tool (rm)",
                 ask(&(lmas_answer *){NULL}, team, false));
    assert_int_equal(access(left, F_OK), 0);
    lmas_team_free(team);
}

static void test_a_bad_command_is_refused_with_its_line(void **state)
{
    static const char *const bad[][2] = {
        {"\"command\": []", "t.json:3: \"command\" in agent 2 must be an array of 1 to 64 words"},
        {"\"command\": \"ls\"",
         "\"command\" in agent 2 must be an array of 1 to 64 words, found a"},
        {"\"command\": [5]", "\"command\" in agent 2 must hold strings, found a number"},
        {"\"command\": [\"\"]", "has a word that is no argument"},
        {"\"command\": [\"a\\u0000b\"]", "has a word that is no argument"},
        {"\"command\": [\"ls\"], \"prompt\": \"x\"",
         "unknown key \"prompt\" in agent 2, a program"},
        {"\"command\": [\"ls\"], \"timeout_seconds\": 0", "\"timeout_seconds\" in agent 2 must be"},
        {"\"command\": [\"ls\"], \"timeout_seconds\": 1e9",
         "\"timeout_seconds\" in agent 2 must be"},
        {"\"command\": [\"ls\"], \"max_output_bytes\": 0.5", "must be a whole number"},
        {"\"command\": [\"ls\"], \"memory_bytes\": 5", "\"memory_bytes\" in agent 2 must be from"},
        {"\"command\": [\"ls\"], \"sandbox\": \"yes\"", "\"sandbox\" in agent 2 must be true or"},
        {"\"command\": [\"ls\"], \"on_failure\": \"go\"", "must be stop or tell, found \"go\""},
        {"\"prompt\": \"x {question} {context}\", \"timeout_seconds\": 5",
         "unknown key \"timeout_seconds\" in agent 2"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char tool[512];

        snprintf(tool, sizeof(tool), "{\"name\": \"tool\", %s}", bad[i][0]);
        assert_fails(LMAS_E_FORMAT, bad[i][1], parse(&(lmas_team *){NULL}, tool, "text"));
    }
}

static void test_no_memory_goes_along_a_programs_edges(void **state)
{
    static const char chain[] = "{\"name\": \"t\", \"agents\": [{\"name\": \"a\", \"prompt\": "
                                "\"{question}\"},\n{\"name\": \"b\", \"command\": [\"cat\"]}]}";

    (void)state;
    assert_fails(
        LMAS_E_FORMAT, "the edge from \"tool\" to \"judger\" carries both, and \"tool\" is",
        parse(&(lmas_team *){NULL}, "{\"name\": \"tool\", \"command\": [\"cat\"]}", "both"));
    assert_fails(LMAS_E_FORMAT, "carries memory, and \"b\" is a program",
                 lmas_team_parse(&(lmas_team *){NULL}, "t.json", chain, strlen(chain)));
}

/* A file's programs start where it lies. */
static void test_a_program_starts_in_the_folder_of_its_team(void **state)
{
    char text[4096], path[512];
    const char *folder = support_folder();
    lmas_team *team = NULL;
    lmas_answer *answer = NULL;

    (void)state;
    snprintf(path, sizeof(path), "%s", support_file(folder, "word.txt", "swordfish", 9));
    snprintf(text, sizeof(text), TEAM, "{\"name\": \"tool\", \"command\": [\"cat\", \"word.txt\"]}",
             "text");
    assert_ok(lmas_team_open(&team, support_file(folder, "t.json", text, strlen(text))));
    assert_ok(ask(&answer, team, true));
    assert_non_null(strstr(lmas_answer_result(answer)->agents[2].input, "<swordfish>"));
    lmas_answer_free(answer);
    lmas_team_free(team);
}

static bool note_status(void *user, const lmas_result *r)
{
    *(lmas_status *)user = r->status;
    return true;
}

static void test_a_question_can_be_cancelled_while_its_program_runs(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 2, 2 * 8192, false);
    lmas_solver_params p = lmas_solver_params_default();
    lmas_running r = {.turn = 0};
    lmas_status came = LMAS_OK;
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;

    (void)state;
    assert_ok(parse(&team, "{\"name\": \"tool\", \"command\": [\"sleep\", \"60\"]}", "text"));
    p.allow_tools = true;
    p.on_result = note_status;
    p.user = &came;
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    assert_ok(lmas_solver_submit(solver, &(lmas_question){.id = 7, .text = "2 + 2?"}));
    while (r.work != LMAS_WORK_PROGRAM) {
        assert_ok(lmas_solver_tick(solver));
        assert_true(lmas_solver_running(&r, solver, 0));
    }
    assert_string_equal(r.agent, "tool");
    assert_ok(lmas_solver_cancel(solver, 7));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(came, LMAS_E_CANCELED);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_program_prints_is_its_text),
        cmocka_unit_test(test_a_program_reads_question_and_texts_as_json),
        cmocka_unit_test(test_the_texts_of_others_are_told_beside_the_programs),
        cmocka_unit_test(test_a_programs_failure_ends_its_question),
        cmocka_unit_test(test_a_failure_that_is_to_be_told_is_its_text),
        cmocka_unit_test(test_no_program_runs_unless_that_is_allowed),
        cmocka_unit_test(test_a_bad_command_is_refused_with_its_line),
        cmocka_unit_test(test_no_memory_goes_along_a_programs_edges),
        cmocka_unit_test(test_a_program_starts_in_the_folder_of_its_team),
        cmocka_unit_test(test_a_question_can_be_cancelled_while_its_program_runs),
    };

    return cmocka_run_group_tests_name("programs", tests, NULL, NULL);
}

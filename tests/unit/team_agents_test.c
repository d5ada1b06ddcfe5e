/* team_agents_test.c - what agents of a team file do otherwise than the run says. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support.h"
#include "team/job.h"
#include "team/plan/params.h"

enum { N_QUESTIONS = 5 };

/* A team of two; what the first one says of itself is in place of %s. */
static const char TEAM[] = "{\"name\": \"duo\", \"system\": \"S\", \"reasoning\": \"on\",\n"
                           " \"context\": {\"latent\": \"L\", \"text\": \"T {outputs}\"},\n"
                           " \"agents\": [\n"
                           "  {\"name\": \"one\", \"prompt\": \"Plan. {question}\"%s},\n"
                           "  {\"name\": \"two\", \"prompt\": \"{context} Solve. {question}\"}],\n"
                           " \"baseline\": \"{question}\"}\n";

static const char *const questions[N_QUESTIONS] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "What is 2 + 2?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "7 - 3?",
};

static lmas_status parse(lmas_team **out, const char *ways)
{
    char text[2048];

    snprintf(text, sizeof(text), TEAM, ways);
    return lmas_team_parse(out, "t.json", text, strlen(text));
}

static lmas_team *team_of(const char *ways)
{
    lmas_team *team = NULL;

    assert_ok(parse(&team, ways));
    return team;
}

/* A team, and what a run of it is told. */
typedef struct asked {
    const lmas_team *team;
    lmas_solver_params params;
} asked;

static asked asked_of(const lmas_team *team, lmas_method method)
{
    asked a = {.team = team, .params = lmas_solver_params_default()};

    a.params.method = method;
    a.params.max_new_tokens = 48;
    a.params.sampling.temperature = 0.0f;
    return a;
}

static lmi_plan plan_of(const asked *a)
{
    lmi_plan plan;

    assert_ok(lmi_plan_make(&plan, support_model(DEMO_MODEL), a->team, &a->params));
    return plan;
}

/* How the turn draws for a question that says nothing of it. */
static lmas_sampling sampling_of(const lmi_plan *plan, size_t turn)
{
    const lmas_question question = {.text = "?"};
    const lmi_case c = lmi_case_of(&question);

    return lmi_case_sampling(&c, plan, &plan->turns[turn]);
}

/* ---- The file ---- */

static void test_an_agent_that_says_nothing_does_as_the_run_says(void **state)
{
    lmas_team *team = team_of("");
    const asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    lmi_plan plan = plan_of(&a);
    const lmi_turn one = plan.turns[0];
    const lmi_turn two = plan.turns[1];
    const lmas_sampling sampling = sampling_of(&plan, 1);

    (void)state;
    assert_int_equal(one.n_thoughts, 10);
    assert_int_equal(one.n_speak, 0);
    assert_int_equal(two.n_thoughts, 0);
    assert_int_equal(two.n_speak, 48);
    assert_memory_equal(&sampling, &plan.params.sampling, sizeof(sampling));
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_what_an_agent_says_of_itself_goes_before_the_run(void **state)
{
    lmas_team *team =
        team_of(", \"latent_steps\": 3, \"speaks\": true, \"max_new_tokens\": 7, \"sampling\": "
                "{\"temperature\": 0.5, \"top_k\": 4, \"top_p\": 0.25, \"min_p\": 0.125}");
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    lmi_plan plan = plan_of(&a);
    const lmas_sampling sampling = sampling_of(&plan, 0);
    lmi_turn one = plan.turns[0];

    (void)state;
    assert_int_equal(one.n_thoughts, 3);
    assert_int_equal(one.n_speak, 7);
    assert_true(lmi_turn_is_handed_on(&one));
    assert_true(sampling.temperature == 0.5f && sampling.top_p == 0.25f);
    assert_true(sampling.min_p == 0.125f && sampling.top_k == 4);
    assert_int_equal(sampling.seed, 42);
    assert_int_equal(plan.turns[1].n_speak, 48);
    lmi_plan_done(&plan);
    a.params.method = LMAS_METHOD_TEXT_MAS;
    plan = plan_of(&a);
    one = plan.turns[0];
    assert_int_equal(one.n_thoughts, 0);
    assert_int_equal(one.n_speak, 7);
    lmi_plan_done(&plan);
    a.params.max_new_tokens = 5;
    plan = plan_of(&a);
    assert_int_equal(plan.turns[0].n_speak, 5);
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_bad_ways_are_refused_with_line_and_key(void **state)
{
    static const char *const bad[][2] = {
        {", \"latent_steps\": -1", "t.json:4: \"latent_steps\" in agent 1 must be from 0 to "},
        {", \"latent_steps\": \"Auto\"", "\"latent_steps\" in agent 1 must be a number, found a "},
        {", \"latent_steps\": 1.5",
         "\"latent_steps\" in agent 1 must be a whole number, found 1.5"},
        {", \"latent_steps\": \"10\"", "\"latent_steps\" in agent 1 must be a number, found a "
                                       "string"},
        {", \"latent_steps\": 1e99", "\"latent_steps\" in agent 1 must be from 0 to "},
        {", \"latent_steps\": 99999999999", "\"latent_steps\" in agent 1 must be from 0 to "},
        {", \"max_new_tokens\": 0", "\"max_new_tokens\" in agent 1 must be from 1 to "},
        {", \"max_new_tokens\": null",
         "\"max_new_tokens\" in agent 1 must be a number, found null"},
        {", \"speaks\": 1", "\"speaks\" in agent 1 must be true or false, found a number"},
        {", \"sampling\": 0.5", "\"sampling\" in agent 1 must be an object, found a number"},
        {", \"sampling\": {\"temp\": 1}", "unknown key \"temp\" in sampling of agent 1"},
        {", \"sampling\": {\"temperature\": -0.1}", "\"temperature\" in sampling of agent 1 must "
                                                    "be from 0 to "},
        {", \"sampling\": {\"top_p\": 0}", "\"top_p\" in sampling of agent 1 must be from 1e-06"},
        {", \"sampling\": {\"top_p\": 1.01}", "\"top_p\" in sampling of agent 1 must be from"},
        {", \"sampling\": {\"min_p\": 2}", "\"min_p\" in sampling of agent 1 must be from 0 to 1"},
        {", \"sampling\": {\"top_k\": 2.5}", "\"top_k\" in sampling of agent 1 must be a whole"},
        {", \"system\": 5", "\"system\" in agent 1 must be a string, found a number"},
        {", \"think\": true", "\"think\" in agent 1 must be a string, found a boolean"},
        {", \"reasoning\": \"yes\"", "t.json:4: \"reasoning\" must be on, off or auto"},
        {", \"chat_template_kwargs\": []", "\"chat_template_kwargs\" must be an object"},
        {", \"latent_step\": 1", "t.json:4: unknown key \"latent_step\" in agent 1, expected one "
                                 "of: name, prompt, system, think, latent_steps"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(LMAS_E_FORMAT, bad[i][1], parse(&(lmas_team *){NULL}, bad[i][0]));
}

/* ---- The prompt ---- */

static const char *think_of_run = "<think>";

static char *prompt_of(const lmas_team *team, lmas_method method, size_t i)
{
    asked a = asked_of(team, method);
    const lmi_case c = {
        .question = "Q?", .asked = &(const lmas_question){0}, .kind = LMAS_ANSWER_FREE};
    lmi_plan plan;
    lmi_buf out;

    a.params.think = think_of_run;
    plan = plan_of(&a);
    lmi_buf_init(&out, LMI_PROMPT_MAX);
    assert_ok(lmi_plan_prompt(&out, &plan, i, &c));
    lmi_plan_done(&plan);
    return lmi_buf_steal(&out);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t len = strlen(text), n = strlen(end);

    return len >= n && strcmp(text + len - n, end) == 0;
}

static void test_system_text_and_think_words_are_the_agents_own(void **state)
{
    lmas_team *team = team_of(", \"system\": \"You plan.\", \"think\": \"<plan>\\n\"");
    char *one = prompt_of(team, LMAS_METHOD_LATENT_MAS, 0);
    char *two = prompt_of(team, LMAS_METHOD_LATENT_MAS, 1);
    char *single = prompt_of(team, LMAS_METHOD_BASELINE, 0);

    (void)state;
    assert_non_null(strstr(one, "You plan."));
    assert_true(ends_with(one, "<plan>\n"));
    assert_null(strstr(two, "You plan."));
    assert_null(strstr(single, "You plan."));
    assert_true(ends_with(two, "<think>") && ends_with(single, "<think>"));
    lmi_free(one);
    lmi_free(two);
    lmi_free(single);
    lmas_team_free(team);
}

static void expect_end(const lmas_team *team, size_t i, const char *think, const char *end)
{
    char *prompt;

    think_of_run = think;
    prompt = prompt_of(team, LMAS_METHOD_LATENT_MAS, i);
    assert_true(ends_with(prompt, end));
    lmi_free(prompt);
    think_of_run = "<think>";
}

static void test_the_runs_think_words_are_any_text_of_a_length(void **state)
{
    lmas_team *team = team_of("");
    lmas_solver_params params = lmas_solver_params_default();
    char longest[LMAS_THINK_MAX + 2];
    char *without;

    (void)state;
    memset(longest, 'x', sizeof(longest));
    longest[LMAS_THINK_MAX] = '\0';
    think_of_run = NULL;
    without = prompt_of(team, LMAS_METHOD_LATENT_MAS, 1);
    expect_end(team, 1, "", without);
    expect_end(team, 0, "<plan>\n", "<plan>\n");
    expect_end(team, 1, "<plan>\n", "<plan>\n"); /* the last one's, too */
    expect_end(team, 1, "Step 1: ", "Step 1: ");
    expect_end(team, 1, "<plan>\\n", "<plan>\\n");
    expect_end(team, 1, longest, longest);
    lmi_free(without);
    params.think = longest;
    assert_ok(lmi_params_check(&params));
    longest[LMAS_THINK_MAX] = 'x';
    longest[LMAS_THINK_MAX + 1] = '\0';
    assert_fails(LMAS_E_INVALID, "think must be at most 4096 bytes, got 4097",
                 lmi_params_check(&params));
    params.think = "<pl\xff>";
    assert_fails(LMAS_E_INVALID, "think is not valid UTF-8", lmi_params_check(&params));
    lmas_team_free(team);
}

static void test_no_think_words_are_words_too(void **state)
{
    lmas_team *team = team_of(", \"think\": \"\"");
    char *one = prompt_of(team, LMAS_METHOD_LATENT_MAS, 0);

    (void)state;
    assert_false(ends_with(one, "<think>"));
    lmi_free(one);
    lmas_team_free(team);
}

static void test_what_the_template_does_not_take_is_refused_before_anything_runs(void **state)
{
    lmas_team *team = team_of(", \"chat_template_kwargs\": {\"messages\": []}");
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    lmi_plan plan = plan_of(&a);

    (void)state;
    assert_fails(LMAS_E_INVALID, "messages", lmi_plan_check(&plan));
    lmi_plan_done(&plan);
    a.params.method = LMAS_METHOD_BASELINE; /* which asks nobody of the team */
    plan = plan_of(&a);
    assert_ok(lmi_plan_check(&plan));
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

/* ---- The run ---- */

/* Whose prompts the demo model knows, so that it has something to say. */
static lmas_team *sequential(void)
{
    lmas_team *team = NULL;

    assert_ok(lmas_team_builtin(&team, "sequential"));
    return team;
}

/* Second agents of the teams below. */
static const char *const SECOND[] = {"critic", "b"};

typedef struct seen {
    lmas_agent_trace agents[4 * N_QUESTIONS];
    char *outputs[4 * N_QUESTIONS];
    char *texts[N_QUESTIONS];
    char *said[N_QUESTIONS]; /* by the second agent */
    size_t n_agents;
} seen;

static bool on_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    seen *s = user;

    if (strcmp(agent->name, SECOND[0]) == 0 || strcmp(agent->name, SECOND[1]) == 0)
        s->said[id] = lmi_strdup(agent->output);
    s->agents[s->n_agents] = *agent;
    s->outputs[s->n_agents++] = lmi_strdup(agent->output);
    return true;
}

static bool on_result(void *user, const lmas_result *r)
{
    if (r->status != LMAS_OK)
        fail_msg("%s", r->error);
    ((seen *)user)->texts[r->id] = lmi_strdup(r->text);
    return true;
}

static void forget(seen *s)
{
    size_t i;

    for (i = 0; i < N_QUESTIONS; i++) {
        lmi_free(s->texts[i]);
        lmi_free(s->said[i]);
    }
    for (i = 0; i < s->n_agents; i++)
        lmi_free(s->outputs[i]);
    *s = (seen){0};
}

/* The first `n` questions, on `n_lanes` lanes of `n_ctx` cells each. */
static void solve(seen *s, asked a, size_t n, uint32_t n_lanes, uint32_t n_ctx)
{
    lmas_session *session =
        support_session(support_model(DEMO_MODEL), n_lanes, n_ctx * n_lanes, false);
    lmas_solver *solver = NULL;
    size_t i;

    a.params.on_agent = on_agent;
    a.params.on_result = on_result;
    a.params.user = s;
    assert_ok(lmas_solver_new(&solver, session, a.team, &a.params));
    for (i = 0; i < n; i++)
        assert_ok(lmas_solver_submit(solver, &(lmas_question){.id = i, .text = questions[i]}));
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_session_free(session);
}

/* Positions: the prompt, the thoughts, all tokens of the speech, and the one that ended it. */
static void check_speaker(const lmas_agent_trace *a, uint32_t n_thoughts)
{
    assert_int_equal(a->n_thought, n_thoughts);
    assert_true(a->n_spoken > 0);
    assert_int_equal(a->pos_end - a->pos_begin,
                     a->n_read + a->n_thought + a->n_spoken + (a->is_cut ? 0 : 1));
}

static void test_what_an_agent_speaks_stays_in_the_memory_it_hands_over(void **state)
{
    lmas_team *team = sequential();
    seen s = {0};

    (void)state;
    team->agents[0].speaks = true;
    team->agents[0].latent_steps = 0;
    solve(&s, asked_of(team, LMAS_METHOD_LATENT_MAS), 1, 1, 2048);
    assert_int_equal(s.n_agents, 4);
    check_speaker(&s.agents[0], 0);
    assert_false(s.agents[0].is_cut);
    assert_true(s.outputs[0][0] != '\0' && s.outputs[1][0] == '\0');
    assert_int_equal(s.agents[1].pos_begin, s.agents[0].pos_end);
    assert_string_equal(s.texts[0], s.outputs[3]);
    forget(&s);
    lmas_team_free(team);
}

static void test_a_speech_that_is_cut_stays_to_its_last_token(void **state)
{
    lmas_team *team = sequential();
    seen s = {0};

    (void)state;
    team->agents[0].speaks = true;
    team->agents[0].max_new_tokens = 3;
    team->agents[0].latent_steps = 2;
    solve(&s, asked_of(team, LMAS_METHOD_LATENT_MAS), 1, 1, 2048);
    check_speaker(&s.agents[0], 2);
    assert_true(s.agents[0].is_cut);
    assert_int_equal(s.agents[0].n_spoken, 3);
    assert_int_equal(s.agents[1].pos_begin, s.agents[0].pos_end);
    forget(&s);
    lmas_team_free(team);
}

static void test_the_last_agent_thinks_before_it_speaks_where_it_says_so(void **state)
{
    lmas_team *team = sequential();
    seen s = {0};

    (void)state;
    team->agents[3].latent_steps = 2;
    solve(&s, asked_of(team, LMAS_METHOD_LATENT_MAS), 1, 1, 2048);
    assert_int_equal(s.agents[3].n_thought, 2);
    assert_true(s.agents[3].n_spoken > 0);
    forget(&s);
    lmas_team_free(team);
}

/* As many thoughts as come before rest give the same answer when they are asked for by number. */
static void test_auto_thinks_until_the_thoughts_are_at_rest(void **state)
{
    lmas_team *team = sequential();
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    seen by_itself = {0}, counted = {0};
    size_t i;

    (void)state;
    a.params.latent_steps = LMAS_LATENT_STEPS_AUTO;
    a.params.latent_steps_max = 200;
    solve(&by_itself, a, 1, 1, 2048);
    for (i = 0; i < 3; i++) {
        const lmas_agent_trace *t = &by_itself.agents[i];

        assert_true(t->n_thought == (t->n_to_rest ? t->n_to_rest : 200));
        team->agents[i].latent_steps = (int32_t)t->n_thought;
    }
    assert_int_equal(by_itself.agents[3].n_thought, 0);
    solve(&counted, a, 1, 1, 2048);
    assert_string_equal(by_itself.texts[0], counted.texts[0]);
    for (i = 0; i < 3; i++)
        assert_int_equal(counted.agents[i].n_to_rest, by_itself.agents[i].n_to_rest);
    forget(&by_itself);
    forget(&counted);
    lmas_team_free(team);
}

/* So sure a model always is: three thoughts are the fewest. */
static void test_auto_stops_where_the_model_is_sure(void **state)
{
    lmas_team *team = sequential();
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    seen s = {0};
    size_t i;

    (void)state;
    a.params.latent_steps = LMAS_LATENT_STEPS_AUTO;
    a.params.rest_entropy = 100.0f;
    solve(&s, a, 1, 1, 2048);
    for (i = 0; i < 3; i++) {
        assert_int_equal(s.agents[i].n_thought, 3);
        assert_int_equal(s.agents[i].n_to_rest, 3);
    }
    forget(&s);
    lmas_team_free(team);
}

static void test_auto_thinks_no_more_than_it_may(void **state)
{
    lmas_team *team = sequential();
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    seen s = {0};
    size_t i;

    (void)state;
    a.params.latent_steps_max = 2;
    team->agents[1].latent_steps = LMAS_LATENT_STEPS_AUTO;
    team->agents[1].speaks = true;
    solve(&s, a, 1, 1, 2048);
    for (i = 0; i < 3; i++)
        assert_int_equal(s.agents[i].n_thought, i == 1 ? 2 : 10);
    assert_true(s.agents[1].n_spoken > 0);
    forget(&s);
    lmas_team_free(team);
}

static void test_speaking_on_the_way_does_not_depend_on_the_batch(void **state)
{
    lmas_team *team = sequential();
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    seen alone = {0}, beside = {0};
    size_t i, n_said = 0;

    (void)state;
    team->agents[1].speaks = true;
    team->agents[1].sampling.temperature = 1.0;
    solve(&alone, a, N_QUESTIONS, 1, 1024);
    solve(&beside, a, N_QUESTIONS, 4, 1024);
    for (i = 0; i < N_QUESTIONS; i++) {
        assert_string_equal(alone.texts[i], beside.texts[i]);
        assert_string_equal(alone.said[i], beside.said[i]);
        n_said += alone.said[i][0] != '\0';
    }
    assert_true(n_said > 0);
    forget(&alone);
    forget(&beside);
    lmas_team_free(team);
}

/* Cut short here, so that the worst case comes. */
static void test_the_worst_case_counts_what_is_spoken_on_the_way(void **state)
{
    lmas_team *team = sequential();
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    const lmas_question q = {.text = questions[0], .kind = LMAS_ANSWER_NUMBER};
    uint32_t n_read = 0;
    lmas_needs needs;
    seen s = {0};
    size_t i;

    (void)state;
    team->agents[0].speaks = true;
    team->agents[0].max_new_tokens = 2;
    a.params.max_new_tokens = 3;
    assert_ok(lmas_question_needs(&needs, support_model(DEMO_MODEL), team, &a.params, &q));
    solve(&s, a, 1, 1, 2048);
    for (i = 0; i < 4; i++)
        n_read += s.agents[i].n_read;
    assert_true(s.agents[0].is_cut && s.agents[3].is_cut);
    assert_int_equal(needs.n_cells, n_read + 3 * 10 + 2 + 3);
    forget(&s);
    lmas_team_free(team);
}

static bool note_status(void *user, const lmas_result *r)
{
    *(lmas_status *)user = r->status;
    return true;
}

/* Tick until the first agent has said all it may, and its last token is on its way in. */
static void run_to_the_last_token(lmas_solver *solver, uint32_t n_most)
{
    lmas_running r = {.turn = 0};

    while (r.work != LMAS_WORK_SPEAK || r.n_done < n_most) {
        assert_ok(lmas_solver_tick(solver));
        assert_true(lmas_solver_running(&r, solver, 0));
        assert_int_equal(r.turn, 0);
    }
}

static void test_a_question_can_be_cancelled_while_a_last_token_is_taken_in(void **state)
{
    lmas_team *team = sequential();
    asked a = asked_of(team, LMAS_METHOD_LATENT_MAS);
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 2048, false);
    lmas_status came = LMAS_OK;
    lmas_solver *solver = NULL;

    (void)state;
    team->agents[0].speaks = true;
    team->agents[0].max_new_tokens = 3;
    a.params.on_result = note_status;
    a.params.user = &came;
    assert_ok(lmas_solver_new(&solver, session, team, &a.params));
    assert_ok(lmas_solver_submit(solver, &(lmas_question){.id = 7, .text = questions[0]}));
    run_to_the_last_token(solver, 3);
    assert_ok(lmas_solver_cancel(solver, 7));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(came, LMAS_E_CANCELED);
    lmas_solver_free(solver);
    lmas_session_free(session);
    lmas_team_free(team);
}

/* The second one reads nothing of the first, so what it says must not depend on how much the first
 * one drew; and two with one prompt are not one. */
static void test_agents_draw_from_streams_of_their_own(void **state)
{
    lmas_team *twins = NULL;
    static const char text[] =
        "{\"name\": \"twins\", \"agents\": [{\"name\": \"a\", \"prompt\": \"Solve. {question}\"}, "
        "{\"name\": \"b\", \"prompt\": \"Solve. {question}\"}]}";
    asked a;
    seen s = {0}, cut = {0};
    size_t i, n_other = 0;

    (void)state;
    assert_ok(lmas_team_parse(&twins, "t.json", text, strlen(text)));
    a = asked_of(twins, LMAS_METHOD_TEXT_MAS);
    a.params.sampling.temperature = 1.5f;
    a.params.sampling.top_k = 0;
    a.params.sampling.top_p = 1.0f;
    solve(&s, a, N_QUESTIONS, 1, 1024);
    twins->agents[0].max_new_tokens = 1;
    solve(&cut, a, N_QUESTIONS, 1, 1024);
    for (i = 0; i < s.n_agents; i += 2)
        n_other += strcmp(s.outputs[i], s.outputs[i + 1]) != 0;
    assert_true(n_other > 0);
    for (i = 0; i < N_QUESTIONS; i++)
        assert_string_equal(s.said[i], cut.said[i]);
    forget(&s);
    forget(&cut);
    lmas_team_free(twins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_agent_that_says_nothing_does_as_the_run_says),
        cmocka_unit_test(test_what_an_agent_says_of_itself_goes_before_the_run),
        cmocka_unit_test(test_bad_ways_are_refused_with_line_and_key),
        cmocka_unit_test(test_system_text_and_think_words_are_the_agents_own),
        cmocka_unit_test(test_the_runs_think_words_are_any_text_of_a_length),
        cmocka_unit_test(test_no_think_words_are_words_too),
        cmocka_unit_test(test_what_the_template_does_not_take_is_refused_before_anything_runs),
        cmocka_unit_test(test_what_an_agent_speaks_stays_in_the_memory_it_hands_over),
        cmocka_unit_test(test_a_speech_that_is_cut_stays_to_its_last_token),
        cmocka_unit_test(test_the_last_agent_thinks_before_it_speaks_where_it_says_so),
        cmocka_unit_test(test_auto_thinks_until_the_thoughts_are_at_rest),
        cmocka_unit_test(test_auto_stops_where_the_model_is_sure),
        cmocka_unit_test(test_auto_thinks_no_more_than_it_may),
        cmocka_unit_test(test_speaking_on_the_way_does_not_depend_on_the_batch),
        cmocka_unit_test(test_the_worst_case_counts_what_is_spoken_on_the_way),
        cmocka_unit_test(test_a_question_can_be_cancelled_while_a_last_token_is_taken_in),
        cmocka_unit_test(test_agents_draw_from_streams_of_their_own),
    };

    return cmocka_run_group_tests_name("agents", tests, NULL, NULL);
}

/* team_asked_test.c - what a question asks in its own way: team, draws, stops, tokens, and what was
 * said before it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

enum { N_MOST = 64, TEXT_MAX = 65536, KEPT = 64 * 1024 * 1024 };

/* What came of questions, by id. */
typedef struct outcome {
    char text[TEXT_MAX], streamed[TEXT_MAX], told[TEXT_MAX], input[TEXT_MAX];
    uint32_t n_tokens, n_top;
    uint64_t n_shared, n_spoken;
    double logprobs;
    bool is_greedy, is_cut, has_ended;
    lmas_status status;
} outcome;

static outcome outcomes[N_MOST];

static void put(char *to, const char *text, size_t len)
{
    const size_t n = strlen(to);

    assert_true(n + len < TEXT_MAX);
    snprintf(to + n, TEXT_MAX - n, "%.*s", (int)len, text);
}

static void copy(char to[TEXT_MAX], const char *text)
{
    snprintf(to, TEXT_MAX, "%s", text);
}

static bool on_speech(void *user, uint64_t id, const char *text, size_t len)
{
    (void)user;
    put(outcomes[id].streamed, text, len);
    return true;
}

static bool on_token(void *user, uint64_t id, const lmas_spoken *token)
{
    outcome *o = &outcomes[id];

    (void)user;
    put(o->told, token->text, token->size);
    o->n_tokens++;
    o->n_top = token->n_top;
    o->logprobs += (double)token->logprob;
    assert_true(token->logprob <= 0);
    if (token->n_top > 0) {
        o->is_greedy &= token->top[0].token == token->token;
        assert_true(token->top[0].score >= token->logprob);
        assert_non_null(token->top[0].text);
    }
    return true;
}

static bool on_result(void *user, const lmas_result *result)
{
    outcome *o = &outcomes[result->id];

    (void)user;
    o->status = result->status;
    put(o->text, result->text, strlen(result->text));
    o->n_shared = result->n_shared;
    o->n_spoken = result->n_spoken;
    o->has_ended = true;
    if (result->n_agents > 0) {
        o->is_cut = result->agents[result->n_agents - 1].is_cut;
        put(o->input, result->agents[0].input, strlen(result->agents[0].input));
    }
    return true;
}

static lmas_solver_params params_of(lmas_method method)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.method = method;
    p.latent_steps = 3;
    p.max_new_tokens = 24;
    p.sampling.temperature = 0;
    p.on_speech = on_speech;
    p.on_token = on_token;
    p.on_result = on_result;
    return p;
}

typedef struct stage {
    lmas_session *session;
    lmas_team *team;
    lmas_solver *solver;
} stage;

static stage open_stage(const lmas_solver_params *params)
{
    stage s = {.session = support_session(support_model(DEMO_MODEL), 4, 4 * 2048, false)};
    size_t i;

    memset(outcomes, 0, sizeof(outcomes));
    for (i = 0; i < N_MOST; i++)
        outcomes[i].is_greedy = true;
    assert_ok(lmas_team_builtin(&s.team, "sequential"));
    assert_ok(lmas_solver_new(&s.solver, s.session, s.team, params));
    return s;
}

static void close_stage(stage *s)
{
    lmas_solver_free(s->solver);
    lmas_team_free(s->team);
    lmas_session_free(s->session);
}

/* Ask alone. */
static const outcome *ask(stage *s, const lmas_question *question)
{
    assert_ok(lmas_solver_submit(s->solver, question));
    assert_ok(lmas_solver_run(s->solver));
    assert_true(outcomes[question->id].has_ended);
    assert_int_equal(outcomes[question->id].status, LMAS_OK);
    return &outcomes[question->id];
}

static lmas_question question_of(uint64_t id, const char *text)
{
    return (lmas_question){.id = id, .text = text, .kind = LMAS_ANSWER_NUMBER};
}

static const char SUM[] = "Mia has 12 shells and finds 7 more. How many shells does she have?";

static void test_teams_of_one_solver_answer_as_alone(void **state)
{
    static const lmas_method methods[] = {LMAS_METHOD_BASELINE, LMAS_METHOD_TEXT_MAS,
                                          LMAS_METHOD_LATENT_MAS};
    char alone[3][TEXT_MAX];
    lmas_solver_params p;
    size_t i, team;
    stage s;

    (void)state;
    for (i = 0; i < 3; i++) {
        const lmas_question q = question_of(i, SUM);

        p = params_of(methods[i]);
        s = open_stage(&p);
        copy(alone[i], ask(&s, &q)->text);
        close_stage(&s);
    }
    p = params_of(methods[0]);
    s = open_stage(&p);
    for (i = 1; i < 3; i++) {
        p = params_of(methods[i]);
        assert_ok(lmas_solver_add(&team, s.solver, s.team, &p));
        assert_int_equal(team, i);
    }
    for (i = 0; i < 3; i++) {
        lmas_question q = question_of(i, SUM);

        q.team = i;
        assert_ok(lmas_solver_submit(s.solver, &q));
    }
    assert_ok(lmas_solver_run(s.solver));
    for (i = 0; i < 3; i++)
        assert_string_equal(outcomes[i].text, alone[i]);
    close_stage(&s);
}

static void test_a_team_that_is_not_there_is_refused(void **state)
{
    const lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    stage s = open_stage(&p);
    lmas_question q = question_of(0, SUM);

    (void)state;
    q.team = 1;
    assert_fails(LMAS_E_INVALID, "the solver has 1 teams, and none of number 1",
                 lmas_solver_submit(s.solver, &q));
    close_stage(&s);
}

static void test_draws_hang_on_the_questions_own_seed_and_number(void **state)
{
    const lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    stage s = open_stage(&p);
    lmas_sampling hot = {.temperature = 5, .top_p = 1, .seed = 7};
    lmas_question q = question_of(1, SUM);
    char first[TEXT_MAX];

    (void)state;
    q.sampling = &hot;
    q.draws = 5;
    copy(first, ask(&s, &q)->text);
    q.id = 2;
    assert_string_equal(ask(&s, &q)->text, first);
    q.id = 3;
    q.draws = 6;
    assert_string_not_equal(ask(&s, &q)->text, first);
    q.id = 4;
    q.draws = 5;
    hot.seed = 8;
    assert_string_not_equal(ask(&s, &q)->text, first);
    close_stage(&s);
}

/* Every cut of the text into before, stop and behind: what is streamed and what is the answer end
 * before the stop, whichever tokens it begins and ends in. */
static void test_a_text_ends_before_its_first_stop(void **state)
{
    const lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    stage s = open_stage(&p);
    lmas_question q = question_of(0, SUM);
    char whole[TEXT_MAX];
    size_t i;

    (void)state;
    copy(whole, ask(&s, &q)->text);
    assert_true(strlen(whole) > 12);
    for (i = 1; i + 5 < strlen(whole) && i < N_MOST - 1; i++) {
        const char stop[] = {whole[i], whole[i + 1], whole[i + 2], whole[i + 3], '\0'};
        const char *stops[] = {"never said", stop};
        const size_t at = (size_t)(strstr(whole, stop) - whole);
        const outcome *o;

        q.id = i;
        q.stops = stops;
        q.n_stops = 2;
        o = ask(&s, &q);
        assert_int_equal(strncmp(o->text, whole, strlen(o->text)), 0);
        assert_true(strlen(o->text) <= at);
        assert_true(strspn(whole + strlen(o->text), " \n") + strlen(o->text) >= at);
        assert_null(strstr(o->streamed, stop));
        assert_int_equal(
            strncmp(o->streamed, whole, at < strlen(o->streamed) ? at : strlen(o->streamed)), 0);
        assert_false(o->is_cut);
    }
    close_stage(&s);
}

static void test_the_last_agent_speaks_no_more_than_asked(void **state)
{
    const lmas_solver_params p = params_of(LMAS_METHOD_TEXT_MAS);
    stage s = open_stage(&p);
    lmas_question q = question_of(0, SUM);
    const outcome *whole = ask(&s, &q), *cut;

    (void)state;
    q.id = 1;
    q.max_new_tokens = 3;
    q.tells_tokens = true;
    cut = ask(&s, &q);
    assert_int_equal(cut->n_tokens, 3);
    assert_true(cut->is_cut);
    assert_true(cut->n_spoken > 3 && cut->n_spoken < whole->n_spoken);
    close_stage(&s);
}

static void test_tokens_are_told_with_how_likely_they_were(void **state)
{
    const lmas_solver_params p = params_of(LMAS_METHOD_LATENT_MAS);
    stage s = open_stage(&p);
    lmas_question q = question_of(0, SUM);
    const outcome *o;

    (void)state;
    assert_int_equal(ask(&s, &q)->n_tokens, 0);
    q.id = 1;
    q.tells_tokens = true;
    q.n_top = 3;
    o = ask(&s, &q);
    assert_true(o->n_tokens > 0 && o->n_top == 3 && o->is_greedy);
    assert_true(isfinite(o->logprobs));
    assert_non_null(strstr(o->told, o->text));
    close_stage(&s);
}

/* ---- Conversations ---- */

static const lmas_message BEFORE[] = {
    {"user", "Tom has 3 apples and eats 1 of them. How many are left?"},
    {"assistant", "There are 2 apples left."},
    {"user", "And if he eats another one of those apples?"},
    {"assistant", "Then there is 1 apple left."}};

static lmas_question going_on(uint64_t id, size_t n_before)
{
    lmas_question q = question_of(id, SUM);

    q.before = BEFORE;
    q.n_before = n_before;
    return q;
}

static void test_what_was_said_before_stands_between_system_and_question(void **state)
{
    const lmas_solver_params p = params_of(LMAS_METHOD_LATENT_MAS);
    stage s = open_stage(&p);
    lmas_question q = going_on(0, 2);
    const outcome *o;
    const char *at[5];
    size_t i;

    (void)state;
    q.system = "Speak like a sailor.";
    o = ask(&s, &q);
    at[0] = strstr(o->input, "You are a careful assistant");
    at[1] = strstr(o->input, q.system);
    at[2] = strstr(o->input, BEFORE[0].text);
    at[3] = strstr(o->input, BEFORE[1].text);
    at[4] = strstr(o->input, SUM);
    for (i = 0; i < 5; i++)
        assert_true(at[i] && (i == 0 || at[i] > at[i - 1]));
    close_stage(&s);
}

static void test_a_kept_conversation_gives_the_same_answer(void **state)
{
    lmas_solver_params p = params_of(LMAS_METHOD_TEXT_MAS);
    const lmas_question q0 = going_on(0, 2), q1 = going_on(1, 4), q2 = going_on(2, 4);
    char fresh[2][TEXT_MAX];
    uint64_t n_shared[2]; /* what agents have of those before them, who began with it */
    stage s;

    (void)state;
    s = open_stage(&p);
    copy(fresh[0], ask(&s, &q0)->text);
    copy(fresh[1], ask(&s, &q1)->text);
    n_shared[0] = outcomes[0].n_shared;
    n_shared[1] = outcomes[1].n_shared;
    close_stage(&s);
    p.kept_size = KEPT;
    s = open_stage(&p);
    assert_string_equal(ask(&s, &q0)->text, fresh[0]);
    assert_int_equal(outcomes[0].n_shared, n_shared[0]);
    assert_string_equal(ask(&s, &q1)->text, fresh[1]);
    assert_true(outcomes[1].n_shared > n_shared[1]); /* what the first one read */
    assert_string_equal(ask(&s, &q2)->text, fresh[1]);
    assert_true(outcomes[2].n_shared > outcomes[1].n_shared);
    close_stage(&s);
}

static void test_no_realm_takes_what_another_keeps(void **state)
{
    lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    lmas_question q = going_on(0, 4);
    stage s;

    (void)state;
    p.kept_size = KEPT;
    s = open_stage(&p);
    assert_int_equal(ask(&s, &q)->n_shared, 0);
    q.id = q.realm = 1;
    assert_int_equal(ask(&s, &q)->n_shared, 0);
    q.id = 2;
    assert_true(ask(&s, &q)->n_shared > 0);
    close_stage(&s);
}

/* Room for one: each new one drives the other out. */
static void test_the_oldest_conversation_goes_first(void **state)
{
    lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    lmas_question q = going_on(0, 2);
    stage s;

    (void)state;
    p.kept_size = 1;
    s = open_stage(&p);
    assert_int_equal(ask(&s, &q)->n_shared, 0);
    q.id = 1;
    assert_int_equal(ask(&s, &q)->n_shared, 0);
    close_stage(&s);
}

/* A stage with room to keep the conversation once, and not twice: a power of two is that. */
static stage open_stage_for_one(lmas_solver_params *p, const lmas_question *q)
{
    bool is_kept = false;
    stage s = {0};

    for (p->kept_size = 1024; !is_kept; p->kept_size *= 2) {
        close_stage(&s);
        s = open_stage(p);
        (void)ask(&s, q);
        is_kept = ask(&s, q)->n_shared > 0;
        assert_true(is_kept || p->kept_size < KEPT);
    }
    return s;
}

static void test_all_teams_of_a_solver_keep_in_one_room(void **state)
{
    lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    lmas_question q = going_on(0, 4);
    stage s = open_stage_for_one(&p, &q);
    size_t team;

    (void)state;
    p.kept_size = KEPT; /* the first team's says for all */
    assert_ok(lmas_solver_add(&team, s.solver, s.team, &p));
    q.team = team;
    assert_int_equal(ask(&s, &q)->n_shared, 0); /* what another team read is not its own */
    assert_true(ask(&s, &q)->n_shared > 0);
    q.team = 0;
    assert_int_equal(ask(&s, &q)->n_shared, 0); /* driven out */
    assert_true(ask(&s, &q)->n_shared > 0);
    close_stage(&s);
}

static void test_questions_of_one_conversation_at_once_wait_for_its_reader(void **state)
{
    lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    stage s;
    uint64_t i;

    (void)state;
    p.kept_size = KEPT;
    s = open_stage(&p);
    for (i = 0; i < 4; i++) {
        const lmas_question q = going_on(i, 4);

        assert_ok(lmas_solver_submit(s.solver, &q));
    }
    assert_ok(lmas_solver_run(s.solver));
    for (i = 1; i < 4; i++) {
        assert_string_equal(outcomes[i].text, outcomes[0].text);
        assert_true(outcomes[i].n_shared > 0);
    }
    close_stage(&s);
}

static void test_what_breaks_a_limit_is_refused(void **state)
{
    const lmas_solver_params p = params_of(LMAS_METHOD_BASELINE);
    const lmas_message odd = {"tool", "x"}, mute = {"user", NULL};
    const char *empty[] = {""};
    const lmas_sampling cold = {.temperature = -1, .top_p = 1};
    stage s = open_stage(&p);
    lmas_question q = question_of(0, SUM);

    (void)state;
    q.n_before = 1;
    assert_fails(LMAS_E_INVALID, "text and kind", lmas_solver_submit(s.solver, &q));
    q.before = &odd;
    assert_fails(LMAS_E_INVALID, "user or assistant, got tool", lmas_solver_submit(s.solver, &q));
    q.before = &mute;
    assert_fails(LMAS_E_INVALID, "needs a text", lmas_solver_submit(s.solver, &q));
    q = question_of(0, SUM);
    q.stops = empty;
    q.n_stops = 1;
    assert_fails(LMAS_E_INVALID, "a stop must be", lmas_solver_submit(s.solver, &q));
    q = question_of(0, SUM);
    q.max_new_tokens = -1;
    assert_fails(LMAS_E_INVALID, "max_new_tokens", lmas_solver_submit(s.solver, &q));
    q = question_of(0, SUM);
    q.n_top = LMAS_NEAR_MAX + 1;
    assert_fails(LMAS_E_INVALID, "n_top", lmas_solver_submit(s.solver, &q));
    q = question_of(0, SUM);
    q.sampling = &cold;
    assert_fails(LMAS_E_INVALID, "temperature", lmas_solver_submit(s.solver, &q));
    assert_int_equal(lmas_solver_n_open(s.solver), 0);
    close_stage(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_teams_of_one_solver_answer_as_alone),
        cmocka_unit_test(test_a_team_that_is_not_there_is_refused),
        cmocka_unit_test(test_draws_hang_on_the_questions_own_seed_and_number),
        cmocka_unit_test(test_a_text_ends_before_its_first_stop),
        cmocka_unit_test(test_the_last_agent_speaks_no_more_than_asked),
        cmocka_unit_test(test_tokens_are_told_with_how_likely_they_were),
        cmocka_unit_test(test_what_was_said_before_stands_between_system_and_question),
        cmocka_unit_test(test_a_kept_conversation_gives_the_same_answer),
        cmocka_unit_test(test_no_realm_takes_what_another_keeps),
        cmocka_unit_test(test_the_oldest_conversation_goes_first),
        cmocka_unit_test(test_all_teams_of_a_solver_keep_in_one_room),
        cmocka_unit_test(test_questions_of_one_conversation_at_once_wait_for_its_reader),
        cmocka_unit_test(test_what_breaks_a_limit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

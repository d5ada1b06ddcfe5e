/* latent_look_test.c - what a thought is near to, through the head and through W_in. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "latent/look/look.h"
#include "latent/memory.h"
#include "support.h"

enum { N_NEAR = 5 };

static lmas_session *demo_session(void)
{
    return support_session(support_model(DEMO_MODEL), 1, 512, false);
}

/* Row `token` of W_in [n_embd]. */
static void row_of(float *out, int32_t token)
{
    lmi_weights *weights = NULL;
    lmi_matrix w_in;

    assert_ok(lmi_weights_open(&weights, DEMO_MODEL));
    assert_true(lmi_weights_find(&w_in, weights, "token_embd.weight"));
    assert_ok(lmi_weights_rows(out, weights, &w_in, token, 1));
    lmi_weights_close(weights);
}

/* Of logits that are all the same, every token is as likely, and the entropy is that of a die. */
static void test_equal_logits_have_the_entropy_of_a_die(void **state)
{
    lmas_session *session = demo_session();
    const int32_t n_vocab = session->model->info.n_vocab;
    float *logits = lmi_new((size_t)n_vocab, sizeof(float));
    float *h = lmi_new((size_t)session->model->info.n_embd, sizeof(float));
    lmi_look look;

    (void)state;
    h[0] = 3.0f;
    h[1] = 4.0f;
    lmi_look_init(&look, session, N_NEAR);
    assert_ok(lmi_look_add(&look, h, logits));
    assert_float_equal(look.thoughts[0].entropy, logf((float)n_vocab), 1e-4);
    assert_float_equal(look.thoughts[0].head[0].score, 1.0f / (float)n_vocab, 1e-6);
    assert_int_equal(look.thoughts[0].head[4].token, 4);
    assert_float_equal(look.thoughts[0].norm, 5.0f, 1e-6);
    assert_true(isnan(look.thoughts[0].cosine_before));
    lmi_look_done(&look);
    lmi_free(logits);
    lmi_free(h);
    lmas_session_free(session);
}

static void test_the_likeliest_tokens_come_first_with_their_probability(void **state)
{
    lmas_session *session = demo_session();
    float *logits = lmi_new((size_t)session->model->info.n_vocab, sizeof(float));
    float *h = lmi_new((size_t)session->model->info.n_embd, sizeof(float));
    const double rest = (double)session->model->info.n_vocab - 3;
    const double sum = exp(10.0) + exp(9.0) + exp(8.0) + rest;
    lmi_look look;

    (void)state;
    logits[300] = 9.0f;
    logits[20] = 10.0f;
    logits[700] = 8.0f;
    lmi_look_init(&look, session, 3);
    assert_ok(lmi_look_add(&look, h, logits));
    assert_int_equal(look.thoughts[0].head[0].token, 20);
    assert_int_equal(look.thoughts[0].head[1].token, 300);
    assert_int_equal(look.thoughts[0].head[2].token, 700);
    assert_float_equal(look.thoughts[0].head[0].score, (float)(exp(10.0) / sum), 1e-6);
    assert_float_equal(look.thoughts[0].head[2].score, (float)(exp(8.0) / sum), 1e-6);
    assert_non_null(look.thoughts[0].head[2].text);
    lmi_look_done(&look);
    lmi_free(logits);
    lmi_free(h);
    lmas_session_free(session);
}

/* With the identity, a state that points as a row does goes in as that row. */
static void test_a_state_along_a_row_of_w_in_is_nearest_to_its_token(void **state)
{
    static const int32_t tokens[] = {0, 77, 400, 767};
    lmas_session *session = demo_session();
    const size_t n_embd = (size_t)session->model->info.n_embd;
    float *logits = lmi_new((size_t)session->model->info.n_vocab, sizeof(float));
    float *h = lmi_new(n_embd, sizeof(float));
    lmi_look look;
    size_t i, k;

    (void)state;
    lmi_look_init(&look, session, N_NEAR);
    for (i = 0; i < 4; i++) {
        row_of(h, tokens[i]);
        for (k = 0; k < n_embd; k++)
            h[k] *= 9.0f;
        assert_ok(lmi_look_add(&look, h, logits));
    }
    assert_ok(lmi_look_finish(&look));
    for (i = 0; i < 4; i++) {
        assert_int_equal(look.thoughts[i].input[0].token, tokens[i]);
        assert_float_equal(look.thoughts[i].input[0].score, 1.0f, 1e-5);
        for (k = 1; k < N_NEAR; k++)
            assert_true(look.thoughts[i].input[k].score <= look.thoughts[i].input[k - 1].score);
    }
    lmi_look_done(&look);
    lmi_free(logits);
    lmi_free(h);
    lmas_session_free(session);
}

static void test_nobody_looks_where_no_token_is_asked_for(void **state)
{
    lmas_session *session = demo_session();
    lmi_look look;

    (void)state;
    lmi_look_init(&look, session, 0);
    assert_ok(lmi_look_add(&look, NULL, NULL));
    assert_ok(lmi_look_finish(&look));
    assert_null(look.thoughts);
    lmi_look_done(&look);
    lmas_session_free(session);
}

/* One question of the built-in team; what the planner's thoughts were like goes to `planner`. */
typedef struct heard {
    char text[256];
    uint32_t n_looked;
    float entropy, cosine;
} heard;

static bool hear_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    heard *h = user;

    (void)id;
    if (agent->thoughts) {
        h->n_looked += agent->n_thought;
        h->entropy = agent->thoughts[agent->n_thought - 1].entropy;
        h->cosine = agent->thoughts[agent->n_thought - 1].cosine_before;
    }
    return true;
}

static bool hear_result(void *user, const lmas_result *result)
{
    heard *h = user;

    snprintf(h->text, sizeof(h->text), "%s", result->text);
    return true;
}

static void ask(heard *out, uint32_t n_near)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 2048, false);
    lmas_solver_params p = lmas_solver_params_default();
    const lmas_question q = {.text = "Tom has 12 apples and buys 7 more. How many?"};
    lmas_team *team = NULL;
    lmas_solver *solver = NULL;

    p.n_near = n_near;
    p.max_new_tokens = 48;
    p.sampling.temperature = 0;
    p.on_agent = hear_agent;
    p.on_result = hear_result;
    p.user = out;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_looking_shows_all_thoughts_and_changes_no_answer(void **state)
{
    heard blind = {0}, seen = {0};

    (void)state;
    ask(&blind, 0);
    ask(&seen, N_NEAR);
    assert_string_equal(blind.text, seen.text);
    assert_int_equal(blind.n_looked, 0);
    assert_int_equal(seen.n_looked, 30);
    assert_true(seen.entropy >= 0 && seen.entropy < 7);
    assert_true(seen.cosine > -1 && seen.cosine <= 1.0001f);
}

static void test_more_tokens_than_the_limit_are_refused(void **state)
{
    lmas_session *session = demo_session();
    lmas_solver_params p = lmas_solver_params_default();
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;

    (void)state;
    p.n_near = LMAS_NEAR_MAX + 1;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    assert_fails(LMAS_E_INVALID, "n_near must be from 0 to 64, got 65",
                 lmas_solver_new(&solver, session, team, &p));
    lmas_team_free(team);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_logits_have_the_entropy_of_a_die),
        cmocka_unit_test(test_the_likeliest_tokens_come_first_with_their_probability),
        cmocka_unit_test(test_a_state_along_a_row_of_w_in_is_nearest_to_its_token),
        cmocka_unit_test(test_nobody_looks_where_no_token_is_asked_for),
        cmocka_unit_test(test_looking_shows_all_thoughts_and_changes_no_answer),
        cmocka_unit_test(test_more_tokens_than_the_limit_are_refused),
    };

    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}

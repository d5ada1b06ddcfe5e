/* team_room_test.c - a question whose longest texts would not go in is cut, and does not fail. */
#include <stdio.h>
#include <string.h>

#include "support.h"

/* Tokens of a text that fits, and of what is asked for; what libllama rounds a context up to. */
enum { SHORT = 8, LONG = 64, STEP = 256 };

static lmas_solver_params params_of(lmas_method method, int32_t max_new_tokens)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.method = method;
    p.latent_steps = 3;
    p.max_new_tokens = max_new_tokens;
    p.sampling.temperature = 0;
    return p;
}

static uint32_t cells_of(const char *text, const lmas_team *team, const lmas_solver_params *params)
{
    const lmas_question question = {.text = text, .kind = LMAS_ANSWER_FREE};
    lmas_needs needs;

    assert_ok(lmas_question_needs(&needs, support_model(DEMO_MODEL), team, params, &question));
    return needs.n_cells;
}

/* A question that with short texts all but fills a context; its cells. */
static uint32_t fill(char text[1024], const lmas_team *team, const lmas_solver_params *params)
{
    uint32_t n;

    snprintf(text, 1024, "Tom has 12 apples. He buys 7 more. How many?");
    while ((n = cells_of(text, team, params)) % STEP < STEP - SHORT || n % STEP == 0)
        strncat(text, " a", 1024 - strlen(text) - 1);
    return n;
}

static lmas_session *session_of(lmas_kv kv, uint32_t n_ctx)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_lanes = 1;
    p.n_ctx = n_ctx;
    p.n_threads = 1;
    p.kv = kv;
    assert_ok(lmas_session_new(&session, support_model(DEMO_MODEL), &p));
    return session;
}

/* Texts are as long as they may be, or end by themselves; and somebody's is cut. */
static void check_answer(const lmas_answer *answer, uint32_t n_least, uint32_t n_most)
{
    const lmas_result *r = lmas_answer_result(answer);
    size_t n_cut = 0;
    size_t i;

    assert_int_equal(r->status, LMAS_OK);
    for (i = 0; i < r->n_agents; i++) {
        assert_true(r->agents[i].n_spoken <= n_most);
        assert_true(!r->agents[i].is_cut || r->agents[i].n_spoken >= n_least);
        n_cut += r->agents[i].is_cut;
    }
    assert_true(n_cut > 0);
}

static void test_texts_that_would_not_fit_are_cut_where_they_do(void **state)
{
    static const lmas_kv kinds[] = {LMAS_KV_PER_LANE, LMAS_KV_UNIFIED};
    lmas_team *team = NULL;
    size_t k;
    int method;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    for (k = 0; k < 2; k++)
        for (method = 0; method < 3; method++) {
            const lmas_solver_params asked = params_of((lmas_method)method, LONG);
            const lmas_solver_params fits = params_of((lmas_method)method, SHORT);
            char text[1024];
            lmas_session *session = session_of(kinds[k], fill(text, team, &fits));
            lmas_answer *answer = NULL;

            assert_ok(lmas_solve(&answer, session, team, &asked, text));
            check_answer(answer, SHORT, 2 * SHORT);
            lmas_answer_free(answer);
            lmas_session_free(session);
        }
    lmas_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_that_would_not_fit_are_cut_where_they_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* engine_thought_test.c - the proof that a vector may stand for a token; what refusing costs. */
#include <math.h>
#include <string.h>

#include "engine/model.h"
#include "support.h"

/* A model of our own: the shared ones stay as they are. */
static lmas_model *open_tied(void)
{
    const lmas_model_params params = support_model_params();
    lmas_model *model = NULL;

    assert_ok(lmas_model_open(&model, TIED_MODEL, &params));
    return model;
}

static void test_a_session_proves_that_a_vector_stands_for_a_token(void **state)
{
    static const char *const paths[] = {DEMO_MODEL, TIED_MODEL, UNTIED_MODEL};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        lmas_session *session = support_session(support_model(paths[i]), 2, 64, false);

        assert_null(lmas_session_cannot_think(session));
        assert_null(lmas_model_describe(support_model(paths[i]))->cannot_think);
        lmas_session_free(session);
    }
}

/* As on an architecture that scales tokens and of which we do not know it. */
static void test_a_wrong_scale_is_caught_before_any_thought(void **state)
{
    lmas_model *model = open_tied();
    lmas_session *session;
    int32_t i;

    (void)state;
    for (i = 0; i < model->info.n_embd; i++)
        model->thought.row[i] *= sqrtf((float)model->info.n_embd);
    session = support_session(model, 1, 64, false);
    assert_non_null(lmas_session_cannot_think(session));
    assert_non_null(strstr(lmas_session_cannot_think(session), "does not take a vector"));
    lmas_session_free(session);
    lmas_model_close(model);
}

static bool take(void *user, const char *text, size_t len)
{
    (void)text;
    *(size_t *)user += len;
    return true;
}

static void test_what_cannot_think_reads_and_speaks(void **state)
{
    lmas_sampling greedy = lmas_sampling_default();
    lmas_model *model = open_tied();
    lmas_memory *memory = NULL;
    lmas_session *session;
    size_t len = 0;

    (void)state;
    greedy.temperature = 0;
    strcpy(model->thought.refusal, "no thoughts, says the header");
    session = support_session(model, 1, 64, false);
    assert_string_equal(lmas_session_cannot_think(session), "no thoughts, says the header");
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "a", "one two"));
    assert_fails(LMAS_E_MODEL, "no thoughts, says", lmas_memory_think(memory, "a", 1));
    assert_ok(lmas_memory_speak(memory, "a", 4, &greedy, take, &len));
    lmas_memory_free(memory);
    lmas_session_free(session);
    lmas_model_close(model);
}

static void try_method(lmas_session *session, const lmas_team *team, lmas_method method,
                       int32_t latent_steps, lmas_status want)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmas_solver *solver = NULL;

    params.method = method;
    params.latent_steps = latent_steps;
    if (want == LMAS_OK)
        assert_ok(lmas_solver_new(&solver, session, team, &params));
    else
        assert_fails(want, "no thoughts", lmas_solver_new(&solver, session, team, &params));
    lmas_solver_free(solver);
}

static void test_only_the_method_that_thinks_is_refused(void **state)
{
    const lmas_model_params params = support_model_params();
    lmas_model *model = NULL;
    lmas_team *team = NULL;
    lmas_session *session;

    (void)state;
    assert_ok(lmas_model_open(&model, DEMO_MODEL, &params));
    assert_ok(lmas_team_builtin(&team, "sequential"));
    strcpy(model->thought.refusal, "no thoughts");
    session = support_session(model, 1, 64, false);
    try_method(session, team, LMAS_METHOD_LATENT_MAS, 10, LMAS_E_MODEL);
    try_method(session, team, LMAS_METHOD_LATENT_MAS, 0, LMAS_OK);
    try_method(session, team, LMAS_METHOD_TEXT_MAS, 10, LMAS_OK);
    try_method(session, team, LMAS_METHOD_BASELINE, 10, LMAS_OK);
    lmas_session_free(session);
    lmas_team_free(team);
    lmas_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_proves_that_a_vector_stands_for_a_token),
        cmocka_unit_test(test_a_wrong_scale_is_caught_before_any_thought),
        cmocka_unit_test(test_what_cannot_think_reads_and_speaks),
        cmocka_unit_test(test_only_the_method_that_thinks_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

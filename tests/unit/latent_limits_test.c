/* latent_limits_test.c - every number of the header has its limit, every NULL its meaning. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* A number for an enum that has no such value, as a caller in another language may give it. */
static unsigned none_of_them(const char *value)
{
    return (unsigned)strtoul(value, NULL, 10);
}

static lmas_status session_with(lmas_session_params p)
{
    lmas_session *session = NULL;
    const lmas_status status = lmas_session_new(&session, support_model(TIED_MODEL), &p);

    if (status != LMAS_OK)
        assert_null(session);
    lmas_session_free(session);
    return status;
}

static lmas_session_params small(void)
{
    lmas_session_params p = lmas_session_params_default();

    p.n_ctx = 256;
    p.n_threads = 1;
    return p;
}

static void test_numbers_of_a_session_have_limits(void **state)
{
    lmas_session_params p = small();

    (void)state;
    assert_ok(session_with(p));
    p.n_ctx = LMAS_N_CTX_MAX + 1;
    assert_fails(LMAS_E_INVALID, "n_ctx must be at most 1073741824, got", session_with(p));
    p.n_ctx = UINT32_MAX;
    assert_fails(LMAS_E_INVALID, "n_ctx must be at most", session_with(p));
    p = small();
    p.n_lanes = 0;
    assert_fails(LMAS_E_INVALID, "n_lanes must be from 1 to", session_with(p));
    p.n_lanes = LMAS_N_LANES_MAX + 1;
    assert_fails(LMAS_E_INVALID, "n_lanes must be from 1 to", session_with(p));
    p = small();
    p.n_batch = LMAS_N_BATCH_MAX + 1;
    assert_fails(LMAS_E_INVALID, "n_batch must be at most 1048576", session_with(p));
    p = small();
    p.n_ubatch = UINT32_MAX;
    assert_fails(LMAS_E_INVALID, "n_ubatch must be at most 1048576", session_with(p));
    p = small();
    p.n_threads = LMAS_N_THREADS_MAX + 1;
    assert_fails(LMAS_E_INVALID, "n_threads must be from 0 to 1024, got 1025", session_with(p));
    p.n_threads = -1;
    assert_fails(LMAS_E_INVALID, "n_threads must be from 0 to 1024, got -1", session_with(p));
    p = small();
    p.n_threads_batch = INT32_MAX;
    assert_fails(LMAS_E_INVALID, "n_threads_batch must be from 0 to 1024", session_with(p));
}

static void test_layers_on_accelerators_have_a_limit(void **state)
{
    lmas_model_params p = lmas_model_params_default();
    lmas_model *model = NULL;

    (void)state;
    p.n_gpu_layers = LMAS_N_GPU_LAYERS_MAX + 1;
    assert_fails(LMAS_E_INVALID, "n_gpu_layers must be from -1 to 100000, got 100001",
                 lmas_model_open(&model, TIED_MODEL, &p));
    p.n_gpu_layers = -2;
    assert_fails(LMAS_E_INVALID, "got -2", lmas_model_open(&model, TIED_MODEL, &p));
    assert_null(model);
}

static lmas_status solver_with(lmas_solver_params p)
{
    static const char json[] =
        "{\"name\":\"a\",\"agents\":[{\"name\":\"b\",\"prompt\":\"{question}\"}]}";
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 256, false);
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;
    lmas_status status;

    assert_ok(lmas_team_parse(&team, "t", json, sizeof(json) - 1));
    status = lmas_solver_new(&solver, session, team, &p);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
    return status;
}

static void test_numbers_of_a_solver_have_limits(void **state)
{
    lmas_solver_params p = lmas_solver_params_default();

    (void)state;
    p.sampling.seed = UINT64_MAX;
    assert_ok(solver_with(p));
    p.latent_steps = LMAS_LATENT_STEPS_MAX + 1;
    assert_fails(LMAS_E_INVALID, "latent_steps must be from 0 to 100000", solver_with(p));
    p = lmas_solver_params_default();
    p.max_new_tokens = LMAS_NEW_TOKENS_MAX + 1;
    assert_fails(LMAS_E_INVALID, "max_new_tokens must be from 1 to 10000000", solver_with(p));
    p = lmas_solver_params_default();
    p.text_context_length = INT32_MAX;
    assert_fails(LMAS_E_INVALID, "text_context_length must be from -1 to", solver_with(p));
    p = lmas_solver_params_default();
    p.chat.reasoning = (lmas_reasoning)none_of_them("5");
    assert_fails(LMAS_E_INVALID, "reasoning must be auto, off or on, got 5", solver_with(p));
}

static void test_numbers_of_sampling_have_limits(void **state)
{
    lmas_solver_params p = lmas_solver_params_default();

    (void)state;
    p.sampling.temperature = 100.5f;
    assert_fails(LMAS_E_INVALID, "temperature must be from 0 to 100", solver_with(p));
    p.sampling.temperature = NAN;
    assert_fails(LMAS_E_INVALID, "temperature must be", solver_with(p));
    p = lmas_solver_params_default();
    p.sampling.top_k = LMAS_TOP_K_MAX + 1;
    assert_fails(LMAS_E_INVALID, "top_k must be from 0 to 16777216", solver_with(p));
    p = lmas_solver_params_default();
    p.sampling.top_p = INFINITY;
    assert_fails(LMAS_E_INVALID, "top_p must be", solver_with(p));
    p = lmas_solver_params_default();
    p.sampling.min_p = 1.5f;
    assert_fails(LMAS_E_INVALID, "min_p must be", solver_with(p));
}

static void test_numbers_of_calls_by_hand_have_limits(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 256, false);
    lmas_memory *memory = NULL;
    double ms = -1;

    (void)state;
    assert_fails(LMAS_E_CONTEXT_FULL, "a lane has 256; give more with n_ctx",
                 lmas_session_measure(&ms, session, LMAS_WORK_READ, UINT32_MAX, UINT32_MAX));
    assert_fails(LMAS_E_CONTEXT_FULL, "a lane has 256",
                 lmas_session_measure(&ms, session, LMAS_WORK_THINK, 200, 57));
    assert_fails(LMAS_E_INVALID, "kind of work",
                 lmas_session_measure(&ms, session, none_of_them("3"), 1, 1));
    assert_true(ms < 0);
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "a", "one"));
    assert_fails(LMAS_E_INVALID, "at most 100000, got 2147483647",
                 lmas_memory_think(memory, "a", INT32_MAX));
    assert_fails(LMAS_E_INVALID, "at most 10000000, got 2147483647",
                 lmas_memory_speak(memory, "a", INT32_MAX, NULL, NULL, NULL));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_a_kind_that_is_none_is_refused_wherever_it_is_given(void **state)
{
    const lmas_question q = {.text = "2 + 2?", .kind = none_of_them("99")};
    lmas_needs needs = {.n_cells = 7};
    lmas_team *team = NULL;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    assert_fails(LMAS_E_INVALID, "text and kind",
                 lmas_question_needs(&needs, support_model(DEMO_MODEL), team, NULL, &q));
    assert_false(lmas_team_can_answer(team, LMAS_METHOD_BASELINE, none_of_them("99")));
    assert_int_equal(needs.n_cells, 7);
    lmas_team_free(team);
}

static void test_null_is_freed_and_closed_without_a_word(void **state)
{
    (void)state;
    lmas_text_free(NULL);
    lmas_memory_free(NULL);
    lmas_solver_free(NULL);
    lmas_answer_free(NULL);
    lmas_team_free(NULL);
    lmas_session_free(NULL);
    lmas_model_close(NULL);
    lmas_session_cancel(NULL);
    lmas_session_resume(NULL);
    lmas_log_set(NULL, NULL);
}

static void test_whoever_asks_nothing_gets_nothing(void **state)
{
    lmas_running running;
    lmas_method method;

    (void)state;
    assert_null(lmas_model_describe(NULL));
    assert_int_equal(lmas_session_n_ctx(NULL), 0);
    assert_int_equal(lmas_session_n_lanes(NULL), 0);
    assert_int_equal(lmas_session_n_ubatch(NULL), 0);
    assert_int_equal(lmas_session_n_threads(NULL), 0);
    assert_int_equal(lmas_session_n_threads_batch(NULL), 0);
    assert_null(lmas_session_realignment(NULL));
    assert_int_equal(lmas_memory_n_pos(NULL), 0);
    assert_int_equal(lmas_memory_n_segments(NULL), 0);
    assert_null(lmas_memory_segment(NULL, 0));
    assert_null(lmas_team_name(NULL));
    assert_int_equal(lmas_team_n_agents(NULL), 0);
    assert_null(lmas_team_agent_name(NULL, 0));
    assert_null(lmas_team_source(NULL));
    assert_null(lmas_team_remark(NULL, 0));
    assert_false(lmas_team_can_answer(NULL, LMAS_METHOD_BASELINE, LMAS_ANSWER_FREE));
    assert_false(lmas_method_parse(&method, NULL));
    assert_false(lmas_method_parse(NULL, "baseline"));
    assert_false(lmas_answer_kind_parse(NULL, "free"));
    assert_int_equal(lmas_solver_n_open(NULL), 0);
    assert_false(lmas_solver_running(&running, NULL, 0));
    assert_null(lmas_answer_result(NULL));
    assert_false(lmas_device_at(NULL, 0));
}

static void test_each_answer_kind_has_a_name_that_is_read_back(void **state)
{
    static int n; /* not the stack's: to the analyzer this may be any kind */
    lmas_answer_kind kind;

    (void)state;
    for (n = 0; lmas_answer_kind_name((lmas_answer_kind)n); n++) {
        assert_true(lmas_answer_kind_parse(&kind, lmas_answer_kind_name((lmas_answer_kind)n)));
        assert_int_equal(kind, n);
    }
    assert_int_equal(n, LMAS_ANSWER_FREE + 1);
    assert_false(lmas_answer_kind_parse(&kind, "numbers"));
}

static void test_null_where_an_object_is_needed_is_invalid(void **state)
{
    lmas_session *session = NULL;
    lmas_memory *memory = NULL;
    lmas_answer *answer = NULL;
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;
    lmas_model *model = NULL;
    char *text = NULL;
    lmas_needs needs;
    uint32_t n;
    float norm;
    double ms;

    (void)state;
    assert_int_equal(lmas_model_open(NULL, TIED_MODEL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_model_open(&model, NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_model_target_norm(&norm, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_model_count_tokens(&n, NULL, "x"), LMAS_E_INVALID);
    assert_int_equal(lmas_model_format_chat(&text, NULL, NULL, "x", NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_model_synthesize(NULL, "x", NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_model_synthesize("x", NULL, NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_session_new(&session, NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_session_measure(&ms, NULL, LMAS_WORK_READ, 1, 0), LMAS_E_INVALID);
    assert_int_equal(lmas_memory_new(&memory, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_memory_read(NULL, "a", "x"), LMAS_E_INVALID);
    assert_int_equal(lmas_memory_think(NULL, "a", 1), LMAS_E_INVALID);
    assert_int_equal(lmas_memory_speak(NULL, "a", 1, NULL, NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_team_builtin(&team, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_team_open(&team, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_team_parse(&team, NULL, "{}", 2), LMAS_E_INVALID);
    assert_int_equal(lmas_solver_new(&solver, NULL, NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_solver_submit(NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_solver_cancel(NULL, 1), LMAS_E_INVALID);
    assert_int_equal(lmas_solver_tick(NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_solver_run(NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_question_needs(&needs, NULL, NULL, NULL, NULL), LMAS_E_INVALID);
    assert_int_equal(lmas_solve(&answer, NULL, NULL, NULL, "x"), LMAS_E_INVALID);
}

static void test_null_where_it_is_documented_is_the_default(void **state)
{
    lmas_session_params p = small();
    lmas_model *model = NULL;
    char *text = NULL;

    (void)state;
    assert_ok(lmas_model_open(&model, TIED_MODEL, NULL));
    lmas_model_close(model);
    p.cache_type_k = NULL;
    p.cache_type_v = NULL;
    p.cache_dir = NULL;
    assert_ok(session_with(p));
    assert_ok(lmas_model_format_chat(&text, support_model(DEMO_MODEL), NULL, "x", NULL));
    lmas_text_free(text);
}

/* The library speaks of parameters; flags are the program's. */
static void test_messages_name_parameters_and_no_flags(void **state)
{
    lmas_model_params p = lmas_model_params_default();
    lmas_model *model = NULL;

    (void)state;
    p.devices = "Nowhere0";
    assert_fails(LMAS_E_INVALID, "no device \"Nowhere0\" in devices, expected none or some of: CPU",
                 lmas_model_open(&model, TIED_MODEL, &p));
    assert_null(strstr(lmas_last_error(), "--"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_of_a_session_have_limits),
        cmocka_unit_test(test_layers_on_accelerators_have_a_limit),
        cmocka_unit_test(test_numbers_of_a_solver_have_limits),
        cmocka_unit_test(test_numbers_of_sampling_have_limits),
        cmocka_unit_test(test_numbers_of_calls_by_hand_have_limits),
        cmocka_unit_test(test_a_kind_that_is_none_is_refused_wherever_it_is_given),
        cmocka_unit_test(test_null_is_freed_and_closed_without_a_word),
        cmocka_unit_test(test_whoever_asks_nothing_gets_nothing),
        cmocka_unit_test(test_each_answer_kind_has_a_name_that_is_read_back),
        cmocka_unit_test(test_null_where_an_object_is_needed_is_invalid),
        cmocka_unit_test(test_null_where_it_is_documented_is_the_default),
        cmocka_unit_test(test_messages_name_parameters_and_no_flags),
    };

    return cmocka_run_group_tests_name("latent_limits", tests, NULL, NULL);
}

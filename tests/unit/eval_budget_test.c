/* eval_budget_test.c - the size of the working memory follows from the questions. */
#include "support.h"

#include <string.h>

#include "eval/budget.h"

static const lmas_question questions[] = {
    {.id = 0, .text = "What is 2 + 2?", .kind = LMAS_ANSWER_NUMBER},
    {.id = 1, .text = "Tom has 12 apples. He buys 7 more. How many?", .kind = LMAS_ANSWER_NUMBER},
};

static lmas_team *team;
static lmas_solver_params params;

static int prepare(void **state)
{
    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    params = lmas_solver_params_default();
    params.max_new_tokens = 64;
    return 0;
}

static int clean(void **state)
{
    (void)state;
    lmas_team_free(team);
    return 0;
}

static lmi_demand make_demand(void)
{
    return (lmi_demand){.model = support_model(DEMO_MODEL),
                        .team = team,
                        .params = &params,
                        .questions = questions,
                        .n = 2,
                        .n_at_once = 8};
}

static uint32_t cells(size_t i)
{
    lmas_needs needs;

    assert_ok(lmas_question_needs(&needs, support_model(DEMO_MODEL), team, &params, &questions[i]));
    return needs.n_cells;
}

static void test_memory_is_the_largest_question_times_the_lanes(void **state)
{
    const lmi_demand demand = make_demand();
    lmi_budget b;

    (void)state;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_lanes, 2); /* no more than there are questions */
    assert_true(cells(1) > cells(0));
    assert_int_equal(b.n_cells, cells(1));
    assert_int_equal(b.n_ctx, 2 * cells(1));
    assert_int_equal(b.max_new_tokens, 64);
}

static void test_text_is_shortened_to_what_the_model_was_trained_for(void **state)
{
    lmi_demand demand = make_demand();
    lmas_solver_params long_params = params;
    lmi_budget b;

    (void)state;
    long_params.max_new_tokens = 100000;
    demand.params = &long_params;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_cells, lmas_model_describe(support_model(DEMO_MODEL))->n_ctx_train);
    assert_int_equal(b.max_new_tokens, 64 + (int32_t)(b.n_cells - cells(1)));
}

static void test_scarce_memory_takes_lanes_away(void **state)
{
    lmi_demand demand = make_demand();
    lmi_budget b;

    (void)state;
    demand.cell_size = 768;
    demand.max_size = 768 * (uint64_t)(cells(1) + 10);
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_lanes, 1);
    assert_int_equal(b.n_ctx, cells(1));
    demand.max_size = 76800;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_lanes, 1);
    assert_int_equal(b.n_ctx, 100);
}

static void test_given_context_is_taken_as_it_is(void **state)
{
    lmi_demand demand = make_demand();
    lmi_budget b;

    (void)state;
    demand.n_ctx = 5000;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_ctx, 5000);
    assert_int_equal(b.n_lanes, 2);
}

/* Prompts of more than half of what the model was trained for. */
static const char *long_question(void)
{
    static char text[800];
    size_t i;

    for (i = 0; i + 1 < sizeof(text); i++)
        text[i] = "two "[i % 4];
    return text;
}

static void test_the_largest_question_has_its_room(void **state)
{
    const lmas_question mixed[] = {
        questions[0], {.id = 1, .text = long_question(), .kind = LMAS_ANSWER_NUMBER}, questions[1]};
    const uint32_t trained = (uint32_t)lmas_model_describe(support_model(DEMO_MODEL))->n_ctx_train;
    lmi_demand demand = make_demand();
    lmas_solver_params long_params = params;
    lmi_budget usual, b;

    (void)state;
    long_params.max_new_tokens = 2048;
    demand.params = &long_params;
    demand.is_per_lane = true;
    assert_ok(lmi_budget_make(&usual, &demand));
    demand.questions = mixed;
    demand.n = 3;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.max_new_tokens, usual.max_new_tokens); /* it shortens nobody else's */
    assert_int_equal(b.n_cells, trained);
    assert_int_equal(b.n_ctx, 3 * trained);
    demand.n_ctx = 2 * trained; /* fewer at once, in place of parts that are too small */
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_lanes, 2);
    demand.n_ctx = 0;
    demand.cell_size = 1;
    demand.max_size = 2 * trained + 1;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_lanes, 2);
    demand.is_per_lane = false; /* a pool has it once */
    demand.max_size = 0;
    demand.n_at_once = 1;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_ctx, trained);
}

static void test_who_gives_more_than_the_model_was_trained_for_has_it(void **state)
{
    const lmas_question mixed[] = {questions[0],
                                   {.id = 1, .text = long_question(), .kind = LMAS_ANSWER_NUMBER}};
    const uint32_t trained = (uint32_t)lmas_model_describe(support_model(DEMO_MODEL))->n_ctx_train;
    lmi_demand demand = make_demand();
    lmas_solver_params deep = params;
    lmi_budget b;

    (void)state;
    deep.latent_steps = (int32_t)trained; /* three times, in one memory */
    demand.params = &deep;
    demand.questions = mixed;
    demand.is_per_lane = true;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_beyond, 2);
    demand.n_ctx = 10 * trained;
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_beyond, 0);
    assert_int_equal(b.n_ctx, 10 * trained);
    assert_true(b.n_cells > 3 * trained);
    assert_int_equal(b.n_lanes, 2);
    demand.n_ctx = 5 * trained; /* of two such, one at a time */
    assert_ok(lmi_budget_make(&b, &demand));
    assert_int_equal(b.n_lanes, 1);
}

static void test_what_a_team_begins_with_has_a_lane_of_its_own(void **state)
{
    lmi_demand demand = make_demand();
    lmi_budget alone, pool, parts;

    (void)state;
    assert_ok(lmi_budget_make(&alone, &demand));
    demand.n_before = 100;
    assert_ok(lmi_budget_make(&pool, &demand));
    assert_int_equal(pool.n_lanes, alone.n_lanes + 1);
    assert_int_equal(pool.n_ctx, alone.n_ctx + 100);
    assert_int_equal(pool.n_cells, alone.n_cells + 100);
    demand.is_per_lane = true;
    assert_ok(lmi_budget_make(&parts, &demand));
    assert_int_equal(parts.n_lanes, 3);
    assert_true(parts.n_ctx / parts.n_lanes >= parts.n_cells);
    demand.n_at_once = 1;
    assert_ok(lmi_budget_make(&parts, &demand));
    assert_int_equal(parts.n_lanes, 2);
    assert_true(parts.n_ctx / 2 >= parts.n_cells);
}

static void test_this_machine_has_memory(void **state)
{
    (void)state;
    assert_true(lmi_budget_memory() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_the_largest_question_times_the_lanes),
        cmocka_unit_test(test_text_is_shortened_to_what_the_model_was_trained_for),
        cmocka_unit_test(test_scarce_memory_takes_lanes_away),
        cmocka_unit_test(test_given_context_is_taken_as_it_is),
        cmocka_unit_test(test_the_largest_question_has_its_room),
        cmocka_unit_test(test_who_gives_more_than_the_model_was_trained_for_has_it),
        cmocka_unit_test(test_what_a_team_begins_with_has_a_lane_of_its_own),
        cmocka_unit_test(test_this_machine_has_memory),
    };

    return cmocka_run_group_tests(tests, prepare, clean);
}

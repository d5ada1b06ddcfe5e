/* team_pool_test.c - what a question needs of a pool is what it takes, whatever the team does. */
#include <stdio.h>
#include <string.h>

#include "support.h"

/* Long enough that who counts it once too few is short of cells. */
static const char QUESTION[] =
    "Tom has 12 apples. He buys 7 more, gives 3 to Ann and 2 to Ben, finds 5 under a tree, eats 1, "
    "sells 4 on the market and gets 6 back from Ann. Mia had 30 stickers. She gave 8 to Sam and 5 "
    "to Ann. Sam has 3 bags with 7 marbles and 2 bags with 9 marbles. Ben reads 15 pages a day. A "
    "box holds 6 eggs. How many apples, stickers, marbles, pages in 6 days and eggs in 4 boxes are "
    "there in the end, and how many is that together?";

/* One fork for all of `a`, and a join: only `a` says the question. */
static const char FORKS[] =
    "{\"name\": \"t\", \"context\": {\"latent\": \"\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"a\", \"prompt\": \"{question}\"}, {\"name\": \"b\", \"prompt\": \"One.\"}, "
    "{\"name\": \"c\", \"prompt\": \"Two.\"}, {\"name\": \"d\", \"prompt\": \"Three.\"}, "
    "{\"name\": \"e\", \"prompt\": \"Four.\"}, {\"name\": \"s\", \"prompt\": \"All.\"}], "
    "\"edges\": [{\"from\": \"a\", \"to\": [\"b\", \"c\", \"d\", \"e\"]}, "
    "{\"from\": [\"b\", \"c\", \"d\", \"e\"], \"to\": \"s\"}]}";

/* `s` goes on in the memory of `a`, and `b` in a fork of it. */
static const char LATE[] =
    "{\"name\": \"t\", \"context\": {\"latent\": \"\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"a\", \"prompt\": \"{question}\"}, {\"name\": \"b\", \"prompt\": \"One.\"}, "
    "{\"name\": \"s\", \"prompt\": \"All.\"}], "
    "\"edges\": [{\"from\": \"a\", \"to\": [\"b\", \"s\"]}, {\"from\": \"b\", \"to\": \"s\"}]}";

/* `s` hears `a`, and says what `a` said so often as its prompt asks for it. */
static const char HEARS[] =
    "{\"name\": \"t\", \"context\": {\"latent\": \"\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"a\", \"prompt\": \"{question}\"}, {\"name\": \"s\", \"prompt\": \"All: %s\", "
    "\"max_new_tokens\": 8}], "
    "\"edges\": [{\"from\": \"a\", \"to\": \"s\", \"carry\": \"text\"}]}";

/* What reached `c` of `x` is a hole where thoughts alone are left; `s` takes it from there. */
static const char HOLES[] =
    "{\"name\": \"t\", \"context\": {\"latent\": \"\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"x\", \"prompt\": \"{question}\", \"latent_steps\": 0}, "
    "{\"name\": \"y\", \"prompt\": \"{question}\"}, {\"name\": \"b\", \"prompt\": \"One.\"}, "
    "{\"name\": \"c\", \"prompt\": \"Two.\"}, {\"name\": \"s\", \"prompt\": \"All.\"}], "
    "\"edges\": [{\"from\": \"x\", \"to\": \"c\"}, {\"from\": \"y\", \"to\": [\"b\", \"c\"]}, "
    "{\"from\": [\"b\", \"c\"], \"to\": \"s\"}]}";

static lmas_team *team_of(const char *text)
{
    lmas_team *team = NULL;

    assert_ok(lmas_team_parse(&team, "t.json", text, strlen(text)));
    return team;
}

static lmas_solver_params params_of(lmas_control control)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.control = control;
    p.latent_steps = 3;
    p.max_new_tokens = 4;
    p.sampling.temperature = 0.0f;
    return p;
}

static lmas_session *session_of(const char *model, lmas_kv kv, uint32_t n_lanes, uint32_t n_ctx)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_ctx = n_ctx;
    p.n_lanes = n_lanes;
    p.kv = kv;
    p.cache_dir = "";
    assert_ok(lmas_session_new(&session, support_model(model), &p));
    return session;
}

/* In a pool of just what it needs. */
static void check_pool(const char *text, const lmas_solver_params *params)
{
    const lmas_question q = {.text = QUESTION, .kind = LMAS_ANSWER_FREE};
    lmas_team *team = team_of(text);
    lmas_answer *answer = NULL;
    lmas_session *session;
    lmas_needs needs;

    assert_ok(lmas_question_needs(&needs, support_model(TIED_MODEL), team, params, &q));
    session = session_of(TIED_MODEL, LMAS_KV_UNIFIED, needs.n_lanes, needs.n_cells_all);
    assert_ok(lmas_solve(&answer, session, team, params, QUESTION));
    lmas_answer_free(answer);
    lmas_session_free(session);
    lmas_team_free(team);
}

/* Cells that an experiment overwrites are nobody else's any more. */
static void test_forks_have_room_in_a_pool_whatever_the_control(void **state)
{
    int control;

    (void)state;
    for (control = 0; control < LMAS_CONTROL_SHUFFLED; control++) {
        const lmas_solver_params params = params_of((lmas_control)control);

        check_pool(FORKS, &params);
    }
}

static void test_a_fork_keeps_the_cells_of_a_memory_that_is_made_anew(void **state)
{
    const lmas_solver_params params = params_of(LMAS_CONTROL_OFF);

    (void)state;
    check_pool(LATE, &params);
}

/* Cells where `s` has this prompt, and `a` may speak 400 tokens. */
static uint32_t cells_of(const char *prompt, int32_t text_context_length)
{
    lmas_solver_params params = params_of(LMAS_CONTROL_OFF);
    lmas_needs needs;
    lmas_team *team;
    char text[1024];

    params.max_new_tokens = 400;
    params.text_context_length = text_context_length;
    snprintf(text, sizeof(text), HEARS, prompt);
    team = team_of(text);
    assert_ok(lmas_question_needs(&needs, support_model(TIED_MODEL), team, &params,
                                  &(lmas_question){.text = "?", .kind = LMAS_ANSWER_FREE}));
    lmas_team_free(team);
    return needs.n_cells;
}

static void test_a_text_is_counted_as_often_as_the_prompt_says_it(void **state)
{
    const uint32_t once = cells_of("{outputs}", -1);

    (void)state;
    assert_true(once >= 400 && once < 2 * 400);
    assert_uint_in_range(cells_of("{context} {outputs} {output:a} {output:a}", -1), 4 * 400,
                         5 * 400);
    assert_uint_in_range(cells_of("{context} {output:a}", 10), 400, 2 * 400);
}

static void test_a_block_of_which_nothing_is_left_can_be_joined(void **state)
{
    const lmas_solver_params params = params_of(LMAS_CONTROL_THOUGHTS);

    (void)state;
    check_pool(HOLES, &params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forks_have_room_in_a_pool_whatever_the_control),
        cmocka_unit_test(test_a_fork_keeps_the_cells_of_a_memory_that_is_made_anew),
        cmocka_unit_test(test_a_text_is_counted_as_often_as_the_prompt_says_it),
        cmocka_unit_test(test_a_block_of_which_nothing_is_left_can_be_joined),
    };

    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}

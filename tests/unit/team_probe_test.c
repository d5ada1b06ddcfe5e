/* team_probe_test.c - words of agents that only think: what they are, and that nothing hangs on
 * them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static const char *const QUESTIONS[] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many stickers does she have left?",
    "What is 2 + 2?",
};
enum { N_QUESTIONS = 4, N_PROBE = 12, N_AGENTS_MAX = 4 };

/* Of one agent all that a probe might change, to the last bit, and what it said. */
typedef struct agent {
    char input[2048], output[512], probe[512];
    uint32_t n_read, n_thought, n_to_rest, n_spoken, n_kept, n_dropped, pos_begin, pos_end;
    float norms[16], entropies[16];
    bool is_probed;
} agent;

typedef struct answer {
    char text[512];
    size_t n_agents;
    agent agents[N_AGENTS_MAX];
} answer;

static void keep_agent(agent *out, const lmas_agent_trace *t)
{
    uint32_t i;

    snprintf(out->input, sizeof(out->input), "%s", t->input);
    snprintf(out->output, sizeof(out->output), "%s", t->output);
    snprintf(out->probe, sizeof(out->probe), "%s", t->probe ? t->probe : "");
    out->is_probed = t->probe != NULL;
    out->n_read = t->n_read;
    out->n_thought = t->n_thought;
    out->n_to_rest = t->n_to_rest;
    out->n_spoken = t->n_spoken;
    out->n_kept = t->n_kept;
    out->n_dropped = t->n_dropped;
    out->pos_begin = t->pos_begin;
    out->pos_end = t->pos_end;
    for (i = 0; i < t->n_thought && i < 16 && t->thoughts; i++) {
        out->norms[i] = t->thoughts[i].norm;
        out->entropies[i] = t->thoughts[i].entropy;
    }
}

static bool keep_answer(void *user, const lmas_result *r)
{
    answer *a = (answer *)user + r->id;
    size_t i;

    assert_int_equal(r->status, LMAS_OK);
    assert_true(r->n_agents <= N_AGENTS_MAX);
    memset(a, 0, sizeof(*a));
    snprintf(a->text, sizeof(a->text), "%s", r->text);
    a->n_agents = r->n_agents;
    for (i = 0; i < r->n_agents; i++)
        keep_agent(&a->agents[i], &r->agents[i]);
    return true;
}

static void ask_all(answer *answers, const char *team_name, uint32_t n_lanes,
                    lmas_solver_params params)
{
    lmas_session_params sp = lmas_session_params_default();
    lmas_session *session = NULL;
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;
    uint64_t i;

    sp.n_lanes = n_lanes;
    sp.n_ctx = n_lanes * 768;
    sp.n_threads = 1;
    params.n_near = 1;
    params.max_new_tokens = N_PROBE;
    params.on_result = keep_answer;
    params.user = answers;
    assert_ok(lmas_team_builtin(&team, team_name));
    assert_ok(lmas_session_new(&session, support_model(DEMO_MODEL), &sp));
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    for (i = 0; i < N_QUESTIONS; i++) {
        const lmas_question q = {.id = i, .text = QUESTIONS[i], .kind = LMAS_ANSWER_NUMBER};

        assert_ok(lmas_solver_submit(solver, &q));
    }
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_session_free(session);
    lmas_team_free(team);
}

/* Everybody but the last said something; then forget it. */
static void take_probes_out(answer *answers)
{
    size_t i, k;

    for (i = 0; i < N_QUESTIONS; i++) {
        answer *a = &answers[i];

        for (k = 0; k < a->n_agents; k++) {
            assert_int_equal(a->agents[k].is_probed, k + 1 < a->n_agents);
            assert_true(a->agents[k].probe[0] || k + 1 == a->n_agents);
            memset(a->agents[k].probe, 0, sizeof(a->agents[k].probe));
            a->agents[k].is_probed = false;
        }
    }
}

static void check_run(const char *team, lmas_solver_params params)
{
    static answer plain[N_QUESTIONS], probed[N_QUESTIONS];
    const uint32_t lanes[] = {1, 4};
    size_t i;

    for (i = 0; i < 2; i++) {
        params.n_probe = 0;
        ask_all(plain, team, lanes[i], params);
        params.n_probe = N_PROBE;
        ask_all(probed, team, lanes[i], params);
        take_probes_out(probed);
        assert_memory_equal(plain, probed, sizeof(plain));
    }
}

static void test_no_bit_of_a_run_hangs_on_a_probe(void **state)
{
    lmas_solver_params params = lmas_solver_params_default();

    (void)state;
    params.latent_steps = 4;
    check_run("sequential", params);
    params.sampling.temperature = 0;
    params.latent_steps = 0;
    check_run("sequential", params);
    params.latent_steps = LMAS_LATENT_STEPS_AUTO;
    params.latent_steps_max = 12;
    check_run("sequential", params);
}

static void test_nor_where_cells_go_at_handovers(void **state)
{
    lmas_solver_params params = lmas_solver_params_default();

    (void)state;
    params.latent_steps = 4;
    params.keep_rule = "attention:0.5";
    check_run("sequential", params);
    params.keep_rule = "knn:0.5:random";
    check_run("sequential", params);
}

/* What it would have spoken: first_speaks has it speak, behind the same thoughts. */
static void test_it_is_what_the_agent_would_have_spoken(void **state)
{
    static answer probed[N_QUESTIONS], spoken[N_QUESTIONS];
    lmas_solver_params params = lmas_solver_params_default();
    size_t i;

    (void)state;
    params.latent_steps = 3;
    params.sampling.temperature = 0;
    params.n_probe = N_PROBE;
    ask_all(probed, "sequential", 4, params);
    params.first_speaks = true;
    ask_all(spoken, "sequential", 4, params);
    for (i = 0; i < N_QUESTIONS; i++) {
        assert_false(spoken[i].agents[0].is_probed);
        assert_string_equal(probed[i].agents[0].probe, spoken[i].agents[0].output);
    }
}

static void test_too_many_tokens_are_refused(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 256, false);
    lmas_solver_params params = lmas_solver_params_default();
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;

    (void)state;
    params.n_probe = LMAS_NEW_TOKENS_MAX + 1;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    assert_fails(LMAS_E_INVALID, "n_probe must be from 0 to",
                 lmas_solver_new(&solver, session, team, &params));
    lmas_team_free(team);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_bit_of_a_run_hangs_on_a_probe),
        cmocka_unit_test(test_nor_where_cells_go_at_handovers),
        cmocka_unit_test(test_it_is_what_the_agent_would_have_spoken),
        cmocka_unit_test(test_too_many_tokens_are_refused),
    };

    return cmocka_run_group_tests_name("team, probe", tests, NULL, NULL);
}

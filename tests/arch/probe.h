/*
 * probe.h - of arch_test.c: an agent that only thinks says a few words, and all goes on as if it
 * had not, whatever its memory is made of.
 */
#ifndef LMI_TESTS_ARCH_PROBE_H
#define LMI_TESTS_ARCH_PROBE_H

#include <string.h>

#include "from_file.h"

static const char probe_team[] =
    "{\"name\": \"two\", \"context\": {\"latent\": \"on\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"a\", \"prompt\": \"plan for 9 apples and 3 pears: {question}\"},"
    "{\"name\": \"b\", \"prompt\": \"look at the plan again, then {question}\"},"
    "{\"name\": \"c\", \"prompt\": \"do {question} {context}\"}]}";

static lmas_answer *probe_ask(lmas_session *session, const lmas_team *team, uint32_t n_probe)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmas_answer *answer = NULL;

    params.latent_steps = 3;
    params.max_new_tokens = 24;
    params.n_near = 1;
    params.n_probe = n_probe;
    assert_ok(lmas_solve(&answer, session, team, &params, "9 + 3"));
    return answer;
}

static void probe_compare(const lmas_result *plain, const lmas_result *probed)
{
    size_t i;
    uint32_t k;

    assert_string_equal(plain->text, probed->text);
    assert_int_equal(plain->n_agents, probed->n_agents);
    for (i = 0; i < plain->n_agents; i++) {
        const lmas_agent_trace *a = &plain->agents[i], *b = &probed->agents[i];

        assert_int_equal(b->probe != NULL, i + 1 < plain->n_agents);
        assert_int_equal(a->n_spoken, b->n_spoken);
        assert_int_equal(a->pos_end, b->pos_end);
        assert_int_equal(a->n_thought, b->n_thought);
        for (k = 0; k < a->n_thought; k++) {
            assert_memory_equal(&a->thoughts[k].norm, &b->thoughts[k].norm, sizeof(float));
            assert_memory_equal(&a->thoughts[k].entropy, &b->thoughts[k].entropy, sizeof(float));
        }
    }
}

static void test_a_probe_changes_nothing(void **state)
{
    const from_file_case *f = *state;
    lmas_session *session = support_session(f->model, 1, 4 * f->n_ctx, false);
    lmas_answer *plain, *probed;
    lmas_team *team = NULL;

    if (!lmas_session_cannot_think(session)) {
        assert_ok(lmas_team_parse(&team, "two", probe_team, strlen(probe_team)));
        plain = probe_ask(session, team, 0);
        probed = probe_ask(session, team, 16);
        probe_compare(lmas_answer_result(plain), lmas_answer_result(probed));
        lmas_answer_free(plain);
        lmas_answer_free(probed);
        lmas_team_free(team);
    }
    lmas_session_free(session);
}

#endif

/* team_dense_test.c - plans where many hand to many: they are made at once, and count memories as
 * a play through of the turns does. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "support.h"
#include "team/plan/plan.h"

enum { TEXT_MAX = 1 << 20, N_AGENTS = 64, N_ROUNDS = 16 };

/* Each hands `carry` to all behind it, and the last `n_back` to the first `n_back` of the round
 * after. */
static lmas_team *dense(int n_agents, int n_rounds, const char *carry, int n_back)
{
    lmas_team *team = NULL;
    lmi_buf text;
    int i, k;

    lmi_buf_init(&text, TEXT_MAX);
    lmi_buf_printf(&text, "{\"name\": \"d\", \"rounds\": %d, \"agents\": [", n_rounds);
    for (i = 0; i < n_agents; i++)
        lmi_buf_printf(&text, "%s{\"name\": \"%d\", \"prompt\": \"{question} {outputs}\"}",
                       i ? ", " : "", i);
    lmi_buf_puts(&text, "], \"edges\": [");
    for (i = 0; i < n_agents; i++)
        for (k = i + 1; k < n_agents; k++)
            lmi_buf_printf(&text, "%s{\"from\": \"%d\", \"to\": \"%d\", \"carry\": \"%s\"}",
                           i + k > 1 ? ", " : "", i, k, carry);
    for (i = 0; i < n_back; i++)
        lmi_buf_printf(&text, ", {\"from\": \"%d\", \"to\": \"%d\", \"next_round\": true}",
                       n_agents - 1 - i, i);
    lmi_buf_puts(&text, "]}");
    assert_ok(lmas_team_parse(&team, "t.json", lmi_buf_text(&text), text.len));
    lmi_buf_done(&text);
    return team;
}

static lmi_plan plan_of(const lmas_team *team, lmas_method method)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmi_plan plan;

    params.method = method;
    assert_ok(lmi_plan_make(&plan, NULL, team, &params));
    return plan;
}

static void test_a_dense_graph_is_planned_at_once(void **state)
{
    static const char *const carries[] = {"memory", "text", "both", "embeds"};
    size_t i;
    int method;

    (void)state;
    for (i = 0; i < sizeof(carries) / sizeof(carries[0]); i++) {
        lmas_team *team = dense(N_AGENTS, N_ROUNDS, carries[i], N_AGENTS);

        for (method = LMAS_METHOD_TEXT_MAS; method <= LMAS_METHOD_LATENT_MAS; method++) {
            const clock_t begin = clock();
            lmi_plan plan = plan_of(team, (lmas_method)method);

            /* usually 0.02 s, and ten times that under a sanitizer */
            assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 1.5);
            assert_int_equal(plan.n_turns, N_AGENTS * N_ROUNDS);
            lmi_plan_done(&plan);
        }
        lmas_team_free(team);
    }
}

/* The most memories there are if turns go one after the other from here on, by doing just that. */
static uint32_t played_peak(const lmi_plan *plan, const lmi_turn_state *standing)
{
    lmi_turn_state now[LMI_TEAM_TURNS_MAX];
    uint32_t peak = lmi_plan_n_held(plan, standing, 0);
    size_t i, k;

    memcpy(now, standing, plan->n_turns * sizeof(*now));
    for (i = 0; i < plan->n_turns; i++) {
        uint32_t n;

        if (now[i] != LMI_WAITS)
            continue;
        for (k = 0; k < plan->n_turns; k++)
            now[k] = now[k] == LMI_RUNS ? LMI_ENDED : now[k];
        n = lmi_plan_n_held(plan, now, 0) + !lmi_plan_takes_over(plan, now, i);
        peak = n > peak ? n : peak;
        now[i] = LMI_RUNS;
    }
    return peak;
}

static void test_memories_are_counted_as_turns_go(void **state)
{
    lmi_turn_state standing[LMI_TEAM_TURNS_MAX] = {LMI_WAITS};
    lmas_team *team = dense(6, 3, "both", 4);
    lmi_plan plan = plan_of(team, LMAS_METHOD_LATENT_MAS);
    size_t i;

    (void)state;
    assert_int_equal(plan.hosts[0].n_lanes_least, played_peak(&plan, standing));
    for (i = 0; i < plan.n_turns; i++) {
        assert_int_equal(lmi_plan_peak(&plan, standing, 0), played_peak(&plan, standing));
        standing[i] = LMI_RUNS;
        assert_int_equal(lmi_plan_peak(&plan, standing, 0), played_peak(&plan, standing));
        standing[i] = LMI_ENDED;
    }
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_dense_graph_is_planned_at_once),
        cmocka_unit_test(test_memories_are_counted_as_turns_go),
    };

    return cmocka_run_group_tests_name("dense", tests, NULL, NULL);
}

/* team_cancel_test.c - one question of many is ended, a solver is stopped and goes on. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support.h"
#include "team/job.h"

enum { N_QUESTIONS = 6 };

/* What came of each question, and what is to happen meanwhile. */
typedef struct seen {
    lmas_solver *solver;
    lmas_session *session;
    lmas_status statuses[N_QUESTIONS];
    char *texts[N_QUESTIONS];
    size_t n;
    uint64_t victim;           /* canceled from a callback */
    bool is_stopping;          /* callbacks ask to stop, every other time */
    unsigned n_agents, n_said; /* calls of the other callbacks */
} seen;

static bool asks_to_stop(seen *s, unsigned n)
{
    return s->is_stopping && n % 2 == 0;
}

static bool on_result(void *user, const lmas_result *r)
{
    seen *s = user;

    assert_int_in_range(r->id, 0, N_QUESTIONS - 1);
    assert_null(s->texts[r->id]);
    s->statuses[r->id] = r->status;
    s->texts[r->id] = lmi_strdup(r->status == LMAS_OK ? r->text : r->error);
    s->n++;
    return !asks_to_stop(s, (unsigned)s->n);
}

static bool on_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    seen *s = user;

    (void)agent;
    if (id == s->victim)
        assert_ok(lmas_solver_cancel(s->solver, id));
    return !asks_to_stop(s, ++s->n_agents);
}

static bool on_speech(void *user, uint64_t id, const char *text, size_t len)
{
    seen *s = user;

    (void)id;
    (void)text;
    (void)len;
    return !asks_to_stop(s, ++s->n_said);
}

static void forget(seen *s)
{
    size_t i;

    for (i = 0; i < N_QUESTIONS; i++)
        lmi_free(s->texts[i]);
    lmas_solver_free(s->solver);
    lmas_session_free(s->session);
}

/* A solver of `n_lanes` with all questions in it. The team outlives it. */
static void begin(seen *s, const lmas_team *team, lmas_method method, uint32_t n_lanes)
{
    lmas_solver_params p = lmas_solver_params_default();
    uint64_t i;

    p.method = method;
    p.latent_steps = 2;
    p.max_new_tokens = 12;
    p.sampling.temperature = 0.0f;
    p.on_result = on_result;
    p.on_agent = on_agent;
    p.on_speech = on_speech;
    p.user = s;
    s->victim = s->victim ? s->victim : UINT64_MAX;
    s->session = support_session(support_model(DEMO_MODEL), n_lanes, 1024 * n_lanes, false);
    assert_ok(lmas_solver_new(&s->solver, s->session, team, &p));
    for (i = 0; i < N_QUESTIONS; i++) {
        char text[64];
        const lmas_question q = {.id = i, .text = text, .kind = LMAS_ANSWER_NUMBER};

        snprintf(text, sizeof(text), "Tom has %d apples and buys %d. How many?", (int)i + 3, 7);
        assert_ok(lmas_solver_submit(s->solver, &q));
    }
}

static lmas_team *duo(void)
{
    static const char json[] =
        "{\"name\":\"duo\",\"agents\":["
        "{\"name\":\"one\",\"prompt\":\"Look at this with care, and plan: {question}\"},"
        "{\"name\":\"two\",\"prompt\":\"Now answer this: {question}\"}]}";
    lmas_team *team = NULL;

    assert_ok(lmas_team_parse(&team, "t.json", json, sizeof(json) - 1));
    return team;
}

/* What all of them say when nobody interferes. */
static void undisturbed(seen *s, const lmas_team *team, lmas_method method)
{
    begin(s, team, method, 2);
    assert_ok(lmas_solver_run(s->solver));
    assert_int_equal(s->n, N_QUESTIONS);
}

static void assert_same(const seen *want, const seen *got, uint64_t but)
{
    size_t i;

    assert_int_equal(got->n, N_QUESTIONS);
    for (i = 0; i < N_QUESTIONS; i++) {
        if (i == but) {
            assert_int_equal(got->statuses[i], LMAS_E_CANCELED);
            assert_string_equal(got->texts[i], "canceled");
            continue;
        }
        assert_int_equal(got->statuses[i], LMAS_OK);
        assert_string_equal(got->texts[i], want->texts[i]);
    }
}

/* Whatever it is at: waiting, reading what all prompts begin with, thinking, speaking. */
static void test_a_canceled_question_ends_and_the_others_go_on(void **state)
{
    lmas_team *team = duo();
    seen want = {0};
    uint64_t victim;
    int n_ticks;

    (void)state;
    undisturbed(&want, team, LMAS_METHOD_LATENT_MAS);
    for (victim = 0; victim < N_QUESTIONS; victim += 5) {
        for (n_ticks = 0; n_ticks < 9; n_ticks += 2) {
            seen got = {0};
            int i;

            begin(&got, team, LMAS_METHOD_LATENT_MAS, 2);
            for (i = 0; i < n_ticks; i++)
                assert_ok(lmas_solver_tick(got.solver));
            assert_ok(lmas_solver_cancel(got.solver, victim));
            assert_int_equal(got.n, 0); /* its end is told by the next tick */
            assert_ok(lmas_solver_tick(got.solver));
            assert_int_equal(got.n, 1);
            assert_ok(lmas_solver_run(got.solver));
            assert_same(&want, &got, victim);
            forget(&got);
        }
    }
    forget(&want);
    lmas_team_free(team);
}

static void test_a_question_can_be_canceled_from_its_own_callback(void **state)
{
    lmas_team *team = duo();
    seen want = {0}, got = {.victim = 3};

    (void)state;
    undisturbed(&want, team, LMAS_METHOD_TEXT_MAS);
    begin(&got, team, LMAS_METHOD_TEXT_MAS, 2);
    assert_ok(lmas_solver_run(got.solver));
    assert_same(&want, &got, 3);
    forget(&want);
    forget(&got);
    lmas_team_free(team);
}

static void test_only_an_open_question_can_be_canceled(void **state)
{
    lmas_team *team = duo();
    seen s = {0};

    (void)state;
    assert_fails(LMAS_E_INVALID, "needs a solver", lmas_solver_cancel(NULL, 0));
    begin(&s, team, LMAS_METHOD_LATENT_MAS, 1);
    assert_fails(LMAS_E_INVALID, "no question 77 is open", lmas_solver_cancel(s.solver, 77));
    assert_ok(lmas_solver_cancel(s.solver, 2));
    assert_ok(lmas_solver_run(s.solver));
    assert_fails(LMAS_E_INVALID, "no question 2 is open", lmas_solver_cancel(s.solver, 2));
    forget(&s);
    lmas_team_free(team);
}

static void test_questions_of_one_id_are_canceled_together(void **state)
{
    const lmas_question q = {.id = 4, .text = "2 + 2?", .kind = LMAS_ANSWER_NUMBER};
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 1024, false);
    lmas_team *team = duo();
    lmas_solver *solver = NULL;

    (void)state;
    assert_ok(lmas_solver_new(&solver, session, team, NULL));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_ok(lmas_solver_tick(solver));
    assert_ok(lmas_solver_cancel(solver, 4));
    assert_ok(lmas_solver_tick(solver));
    assert_int_equal(lmas_solver_n_open(solver), 0);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_a_session_that_goes_on_answers_as_if_nothing_had_been(void **state)
{
    lmas_team *team = duo();
    seen want = {0}, got = {0};
    lmas_status status = LMAS_OK;
    int n = 0;

    (void)state;
    undisturbed(&want, team, LMAS_METHOD_LATENT_MAS);
    begin(&got, team, LMAS_METHOD_LATENT_MAS, 2);
    while (lmas_solver_n_open(got.solver) > 0) {
        if (n++ % 3 == 1)
            lmas_session_cancel(got.session);
        status = lmas_solver_tick(got.solver);
        if (status == LMAS_OK)
            continue;
        assert_int_equal(status, LMAS_E_CANCELED);
        assert_fails(LMAS_E_CANCELED, "canceled", lmas_solver_run(got.solver));
        lmas_session_resume(got.session);
    }
    assert_same(&want, &got, UINT64_MAX);
    forget(&want);
    forget(&got);
    lmas_team_free(team);
}

static void test_a_tick_that_a_callback_stopped_is_gone_on_with(void **state)
{
    static const lmas_method methods[] = {LMAS_METHOD_LATENT_MAS, LMAS_METHOD_TEXT_MAS};
    lmas_team *team = duo();
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        seen want = {0}, got = {.is_stopping = true};
        unsigned n_stops = 0;

        undisturbed(&want, team, methods[i]);
        begin(&got, team, methods[i], 2);
        while (lmas_solver_n_open(got.solver) > 0)
            n_stops += lmas_solver_tick(got.solver) == LMAS_E_CANCELED;
        assert_true(n_stops > 6);
        assert_same(&want, &got, UINT64_MAX);
        assert_int_equal(got.n_agents, want.n_agents);
        assert_int_equal(got.n_said, want.n_said);
        forget(&want);
        forget(&got);
    }
    lmas_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_canceled_question_ends_and_the_others_go_on),
        cmocka_unit_test(test_a_question_can_be_canceled_from_its_own_callback),
        cmocka_unit_test(test_only_an_open_question_can_be_canceled),
        cmocka_unit_test(test_questions_of_one_id_are_canceled_together),
        cmocka_unit_test(test_a_session_that_goes_on_answers_as_if_nothing_had_been),
        cmocka_unit_test(test_a_tick_that_a_callback_stopped_is_gone_on_with),
    };

    return cmocka_run_group_tests_name("team_cancel", tests, NULL, NULL);
}

/*
 * team_away_test.c - agents behind servers, while the models here go on.
 *
 * The server is a double (tests/remote), which at .stall answers after twenty seconds, so that what
 * is asked of it waits as long as anything here takes.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "latent/session.h"
#include "remote/double.h"
#include "remote/server.h"
#include "support.h"
#include "team/job.h"

enum { N_WAITING = 16, N_TICKS = 30, N_MEASURED = 41, N_QUESTIONS = 4 };

static const char *const questions[N_QUESTIONS] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "Mia had 30 stickers. She gave 8 to Sam. How many stickers does she have left?",
};

static lmas_remote *open_double(const char *part)
{
    lmas_remote *remote = NULL;
    lmas_remote_params p = lmas_remote_params_default();

    p.n_tries = 2;
    assert_ok(lmas_remote_open(&remote, double_url(part), &p));
    return remote;
}

/* ---- Thoughts beside requests ---- */

/* A thinker here, so many agents there, and one who takes it all. */
static lmas_team *team_of(size_t n_there)
{
    lmas_team *team = NULL;
    size_t i;
    lmi_buf text;

    lmi_buf_init(&text, 16384);
    lmi_buf_puts(&text, "{\"name\": \"wide\", \"models\": {\"far\": {\"url\": \"http://x\"}},"
                        " \"agents\": [{\"name\": \"thinker\", \"prompt\": \"{question}\"}");
    for (i = 0; i < n_there; i++)
        lmi_buf_printf(&text,
                       ", {\"name\": \"far%zu\", \"model\": \"far\","
                       " \"prompt\": \"{question}\"}",
                       i);
    lmi_buf_puts(&text, ", {\"name\": \"judge\", \"prompt\": \"{outputs} {question}\"}],"
                        " \"edges\": [{\"from\": \"thinker\", \"to\": \"judge\"}");
    for (i = 0; i < n_there; i++)
        lmi_buf_printf(&text, ", {\"from\": \"far%zu\", \"to\": \"judge\", \"carry\": \"text\"}",
                       i);
    lmi_buf_puts(&text, "]}");
    assert_ok(lmi_buf_status(&text));
    assert_ok(lmas_team_parse(&team, "wide.json", text.data, text.len));
    lmi_buf_done(&text);
    return team;
}

/* One who thinks, and what a tick of it takes. */
typedef struct thinker {
    lmas_session *session;
    lmas_team *team;
    lmas_solver *solver;
    double wall[N_MEASURED]; /* ms of a stretch of ticks */
    double busy[N_MEASURED]; /* of the processor */
} thinker;

static double busy_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t n_thought(const thinker *t)
{
    lmas_running running = {0};

    return lmas_solver_running(&running, t->solver, 0) ? running.n_thought : 0;
}

/* On one thread, so that what the processor does is done by it. */
static thinker begin(lmas_remote *remote, size_t n_there)
{
    const lmas_host host = {.name = "far", .remote = remote};
    const lmas_question question = {.text = questions[0], .kind = LMAS_ANSWER_FREE};
    lmas_session_params sp = lmas_session_params_default();
    lmas_solver_params p = lmas_solver_params_default();
    thinker t = {.team = team_of(n_there)};

    sp.n_ctx = 4096;
    sp.n_threads = 1;
    sp.cache_dir = "";
    assert_ok(lmas_session_new(&t.session, support_model(DEMO_MODEL), &sp));
    p.hosts = &host;
    p.n_hosts = 1;
    p.latent_steps = N_MEASURED * N_TICKS + 10;
    p.max_new_tokens = 8;
    assert_ok(lmas_solver_new(&t.solver, t.session, t.team, &p));
    assert_ok(lmas_solver_submit(t.solver, &question));
    while (n_thought(&t) == 0)
        assert_ok(lmas_solver_tick(t.solver));
    return t;
}

static void end(thinker *t)
{
    lmas_solver_free(t->solver);
    lmas_team_free(t->team);
    lmas_session_free(t->session);
}

/* A stretch of thoughts, one a tick. */
static void think(thinker *t, size_t i)
{
    const uint64_t n_before = n_thought(t);
    size_t k;

    t->wall[i] = lmi_now_ms();
    t->busy[i] = busy_ms();
    for (k = 0; k < N_TICKS; k++)
        assert_ok(lmas_solver_tick(t->solver));
    t->wall[i] = lmi_now_ms() - t->wall[i];
    t->busy[i] = busy_ms() - t->busy[i];
    assert_int_equal(n_thought(t), n_before + N_TICKS);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, N_MEASURED, sizeof(*values), compare);
    return values[N_MEASURED / 2];
}

static void test_thoughts_go_on_while_16_requests_wait(void **state)
{
    lmas_remote *remote = open_double("openai.stall");
    thinker alone = begin(remote, 0);
    thinker beside = begin(remote, N_WAITING);
    double wall, busy;
    size_t i;

    (void)state;
    assert_int_equal(remote->n_running, N_WAITING);
    for (i = 0; i < N_MEASURED; i++) {
        think(&alone, i);
        think(&beside, i);
    }
    assert_int_equal(remote->n_running, N_WAITING); /* nobody was answered meanwhile */
    busy = median(alone.busy) / median(beside.busy);
    wall = median(alone.wall) / median(beside.wall);
    print_message("# %.0f thoughts/s, %.0f beside %d requests: %.3f of them; %.3f by the "
                  "processor's time\n",
                  (double)N_TICKS / median(alone.wall) * 1e3,
                  (double)N_TICKS / median(beside.wall) * 1e3, N_WAITING, wall, busy);
    assert_true(wall >= 0.7); /* a machine that others keep busy is no reason to fail */
    assert_true(busy >= (support_is_whole() ? 0.95 : 0.9));
    end(&alone);
    end(&beside);
    lmas_remote_free(remote);
}

/* ---- Lanes ---- */

static lmas_solver *solver_on(lmas_session *session, const lmas_team *team, lmas_remote *speaker,
                              lmas_result_fn fn, void *user)
{
    lmas_solver_params p = lmas_solver_params_default();
    lmas_solver *solver = NULL;
    size_t i;

    p.speaker = speaker;
    p.latent_steps = 2;
    p.max_new_tokens = 24;
    p.sampling.temperature = 0;
    p.on_result = fn;
    p.user = user;
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    for (i = 0; i < N_QUESTIONS; i++) {
        const lmas_question question = {.id = i, .text = questions[i], .kind = LMAS_ANSWER_NUMBER};

        assert_ok(lmas_solver_submit(solver, &question));
    }
    return solver;
}

static void test_a_question_that_only_waits_lets_the_next_have_its_lane(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 1024, false);
    lmas_remote *remote = open_double("vllm.stall.lanes");
    const double start = lmi_now_ms();
    lmas_team *team = NULL;
    lmas_solver *solver;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solver = solver_on(session, team, remote, NULL, NULL);
    while (remote->n_running < N_QUESTIONS && lmi_now_ms() - start < 15000)
        assert_ok(lmas_solver_tick(solver));
    assert_int_equal(remote->n_running, N_QUESTIONS); /* on one lane */
    assert_int_equal(lmas_solver_n_open(solver), N_QUESTIONS);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_remote_free(remote);
    lmas_session_free(session);
}

static void test_questions_that_wait_are_ended_by_cancel(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 2, 2048, false);
    lmas_remote *remote = open_double("vllm.stall.cancel");
    const double start = lmi_now_ms();
    lmas_team *team = NULL;
    lmas_solver *solver;
    uint64_t id;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solver = solver_on(session, team, remote, NULL, NULL);
    while (remote->n_running < N_QUESTIONS && lmi_now_ms() - start < 15000)
        assert_ok(lmas_solver_tick(solver));
    for (id = 0; id < N_QUESTIONS; id++)
        assert_ok(lmas_solver_cancel(solver, id));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(lmas_solver_n_open(solver), 0);
    assert_int_equal(remote->n_running, 0);
    assert_true(lmi_now_ms() - start < 18000);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_remote_free(remote);
    lmas_session_free(session);
}

/* ---- What becomes of a failure ---- */

typedef struct outcome {
    size_t n_ok, n_lost, n_refused;
    char text[N_QUESTIONS][64];
    char error[256];
} outcome;

static bool note(void *user, const lmas_result *result)
{
    outcome *o = user;

    o->n_ok += result->status == LMAS_OK;
    o->n_lost += result->is_lost;
    o->n_refused += result->status != LMAS_OK && !result->is_lost;
    snprintf(o->text[result->id], sizeof(o->text[0]), "%s", result->text);
    if (result->status != LMAS_OK)
        snprintf(o->error, sizeof(o->error), "%s", result->error);
    return true;
}

static outcome ask_all(lmas_session *session, const char *part)
{
    lmas_remote *remote = open_double(part);
    outcome o = {0};
    lmas_team *team = NULL;
    lmas_solver *solver;

    assert_ok(lmas_team_builtin(&team, "sequential"));
    solver = solver_on(session, team, remote, note, &o);
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_remote_free(remote);
    return o;
}

static void test_what_the_server_refuses_is_not_lost_and_all_else_is(void **state)
{
    static const char *const refusals[] = {"400", "413", "422", "inbad"};
    static const char *const losses[] = {"401",     "404",   "429",     "500",  "away",   "cut",
                                         "inerror", "abort", "garbage", "json", "badutf8"};
    lmas_session *session = support_session(support_model(DEMO_MODEL), 2, 2048, false);
    char part[32];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        outcome o;

        snprintf(part, sizeof(part), "vllm.%s-1.refused", refusals[i]);
        o = ask_all(session, part);
        assert_int_equal(o.n_refused, 1);
        assert_int_equal(o.n_ok, N_QUESTIONS - 1);
    }
    for (i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
        outcome o;

        snprintf(part, sizeof(part), "vllm.%s.lost", losses[i]);
        o = ask_all(session, part);
        assert_int_equal(o.n_lost, N_QUESTIONS);
        assert_true(strlen(o.error) > 0 && !strpbrk(o.error, "\n\r"));
    }
    lmas_session_free(session);
}

static void test_vllm_and_sglang_hear_the_same_vectors(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 2, 2048, false);
    const outcome vllm = ask_all(session, "vllm");
    const outcome sglang = ask_all(session, "sglang");
    size_t i;

    (void)state;
    assert_int_equal(vllm.n_ok, N_QUESTIONS);
    assert_int_equal(sglang.n_ok, N_QUESTIONS);
    for (i = 0; i < N_QUESTIONS; i++) {
        assert_non_null(strstr(vllm.text[i], "heard rows"));
        assert_string_equal(vllm.text[i], sglang.text[i]);
    }
    lmas_session_free(session);
}

static int start_double(void **state)
{
    char folder[256];

    (void)state;
    snprintf(folder, sizeof(folder), "%s", support_folder());
    setenv("LATENTMAS_HTTP_BACKOFF_MS", "1", 1);
    double_width = "192";
    double_start_or_skip(folder, NULL, "agents behind servers");
    return 0;
}

static int stop_double(void **state)
{
    (void)state;
    double_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thoughts_go_on_while_16_requests_wait),
        cmocka_unit_test(test_a_question_that_only_waits_lets_the_next_have_its_lane),
        cmocka_unit_test(test_questions_that_wait_are_ended_by_cancel),
        cmocka_unit_test(test_what_the_server_refuses_is_not_lost_and_all_else_is),
        cmocka_unit_test(test_vllm_and_sglang_hear_the_same_vectors),
    };

    return cmocka_run_group_tests(tests, start_double, stop_double);
}

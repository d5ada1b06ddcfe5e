/* team_origin_test.c - questions behind a memory that was there before, and memories kept from
 * questions. */
#include <stdio.h>
#include <string.h>

#include "latentmas_store.h"
#include "support.h"

enum { N_CTX = 2048, N_LANES = 5, N_SPOKEN = 12 };

static const lmas_sampling GREEDY = {.temperature = 0.0f, .top_p = 1.0f};
static const char DOCUMENT[] = "Mia has 6 bags with 12 shells each. Finn has 9 bags.";
static const char QUESTION[] = "How many shells does Mia have?";

/* Two go on from one, and are joined: blocks begin behind the origin, and one is moved. */
static const char SPLIT[] =
    "{\"name\": \"t\", \"context\": {\"latent\": \"\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"a\", \"prompt\": \"One: {question}\"}, "
    "{\"name\": \"b\", \"prompt\": \"Two: {question}\"}, {\"name\": \"s\", \"prompt\": \"All.\"}], "
    "\"edges\": [{\"from\": [\"a\", \"b\"], \"to\": \"s\"}]}";

static lmas_session *session_of(lmas_kv kv, uint32_t n_lanes, const char *cache_type)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_ctx = N_CTX;
    p.n_lanes = n_lanes;
    p.kv = kv;
    p.cache_dir = "";
    p.cache_type_k = p.cache_type_v = cache_type;
    assert_ok(lmas_session_new(&session, support_model(TIED_MODEL), &p));
    return session;
}

static lmas_solver_params params_of(lmas_method method, lmas_memory *origin)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.method = method;
    p.latent_steps = 3;
    p.max_new_tokens = N_SPOKEN;
    p.sampling = GREEDY;
    p.origin = origin;
    return p;
}

static lmas_memory *memory_of(lmas_session *session, const char *text)
{
    lmas_memory *memory = NULL;

    assert_ok(lmas_memory_new(&memory, session));
    if (text)
        assert_ok(lmas_memory_read(memory, "reader", text));
    return memory;
}

static bool gather(void *user, const char *text, size_t len)
{
    char *all = user;
    const size_t at = strlen(all);

    memcpy(all + at, text, len);
    all[at + len] = '\0';
    return true;
}

static lmas_team *team_of(const char *text)
{
    lmas_team *team = NULL;

    if (text)
        assert_ok(lmas_team_parse(&team, "t.json", text, strlen(text)));
    else
        assert_ok(lmas_team_builtin(&team, "sequential"));
    return team;
}

/* ---- Behind an origin ---- */

/* The document and the agent's prompt, read by hand one behind the other. */
static void check_by_hand(lmas_session *session, const lmas_result *result)
{
    char spoken[1024] = "";
    lmas_memory *memory = memory_of(session, DOCUMENT);

    assert_int_equal(result->n_agents, 1);
    assert_ok(lmas_memory_read(memory, "judger", result->agents[0].input));
    assert_ok(lmas_memory_speak(memory, "judger", N_SPOKEN, &GREEDY, gather, spoken));
    assert_string_equal(result->text, spoken);
    lmas_memory_free(memory);
}

static void test_who_begins_anew_begins_with_the_origin(void **state)
{
    lmas_team *team = team_of(NULL);
    int kv;

    (void)state;
    for (kv = LMAS_KV_UNIFIED; kv <= LMAS_KV_PER_LANE; kv++) {
        lmas_session *session = session_of((lmas_kv)kv, 2, "f16");
        lmas_memory *origin = memory_of(session, DOCUMENT);
        const lmas_solver_params params = params_of(LMAS_METHOD_BASELINE, origin);
        lmas_answer *answer = NULL;

        assert_ok(lmas_solve(&answer, session, team, &params, QUESTION));
        assert_int_equal(lmas_answer_result(answer)->agents[0].pos_begin,
                         lmas_memory_n_pos(origin));
        check_by_hand(session, lmas_answer_result(answer));
        lmas_answer_free(answer);
        lmas_memory_free(origin);
        lmas_session_free(session);
    }
    lmas_team_free(team);
}

/* What the team says behind an origin, `n` times at once; all must say the same. */
static void ask_often(char *out, lmas_kv kv, const char *text, lmas_method method, const char *keep)
{
    lmas_session *session = session_of(kv, N_LANES, "f16");
    lmas_memory *origin = memory_of(session, DOCUMENT);
    lmas_solver_params params = params_of(method, origin);
    lmas_team *team = team_of(text);
    lmas_answer *answer = NULL;
    int i;

    params.keep_rule = keep;
    for (i = 0; i < 3; i++) {
        assert_ok(lmas_solve(&answer, session, team, &params, QUESTION));
        if (i > 0)
            assert_string_equal(out, lmas_answer_result(answer)->text);
        snprintf(out, 1024, "%s", lmas_answer_result(answer)->text);
        lmas_answer_free(answer);
    }
    assert_int_equal(lmas_memory_n_segments(origin), 1);
    lmas_memory_free(origin);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_a_team_behind_an_origin_says_the_same_in_pools_and_parts(void **state)
{
    static const char *const rules[] = {"all", "thoughts", "last:4", "knn:0.5", "knn:0.5:restart"};
    char pool[1024] = "", parts[1024] = "";
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        ask_often(pool, LMAS_KV_UNIFIED, SPLIT, LMAS_METHOD_LATENT_MAS, rules[i]);
        ask_often(parts, LMAS_KV_PER_LANE, SPLIT, LMAS_METHOD_LATENT_MAS, rules[i]);
        assert_string_equal(pool, parts);
    }
    ask_often(pool, LMAS_KV_UNIFIED, NULL, LMAS_METHOD_TEXT_MAS, NULL);
    ask_often(parts, LMAS_KV_PER_LANE, NULL, LMAS_METHOD_TEXT_MAS, NULL);
    assert_string_equal(pool, parts);
}

static void test_no_rule_drops_cells_of_the_origin(void **state)
{
    lmas_session *session = session_of(LMAS_KV_UNIFIED, N_LANES, "f16");
    lmas_memory *origin = memory_of(session, DOCUMENT);
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, origin);
    lmas_team *team = team_of(NULL);
    lmas_answer *answer = NULL;
    const lmas_agent_trace *critic;

    (void)state;
    params.keep_rule = "thoughts";
    assert_ok(lmas_solve(&answer, session, team, &params, QUESTION));
    critic = &lmas_answer_result(answer)->agents[1];
    assert_int_equal(critic->n_kept, lmas_memory_n_pos(origin) + 3);
    assert_int_equal(critic->n_dropped, lmas_answer_result(answer)->agents[0].n_read);
    lmas_answer_free(answer);
    lmas_memory_free(origin);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* ---- Kept ---- */

typedef struct kept {
    lmas_memory *copy;
    const char *path;
    bool is_stopping;
    int n;
} kept;

static bool keep(void *user, uint64_t id, lmas_memory *memory)
{
    kept *k = user;

    (void)id;
    k->n++;
    if (k->copy)
        assert_ok(lmas_memory_copy(k->copy, memory));
    if (k->path)
        assert_ok(lmas_memory_save(memory, k->path, NULL));
    return !k->is_stopping;
}

static lmas_answer *ask_and_keep(kept *k, lmas_session *session, lmas_team *team,
                                 lmas_memory *origin)
{
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, origin);
    lmas_answer *answer = NULL;

    params.on_memory = keep;
    params.user = k;
    assert_ok(lmas_solve(&answer, session, team, &params, QUESTION));
    return answer;
}

/* All that was said is in there, the last token too. */
static void test_the_last_memory_holds_all_that_was_said(void **state)
{
    lmas_session *session = session_of(LMAS_KV_UNIFIED, N_LANES, "f16");
    kept k = {.copy = memory_of(session, NULL)};
    lmas_team *team = team_of(NULL);
    lmas_answer *answer = ask_and_keep(&k, session, team, NULL);
    const lmas_result *r = lmas_answer_result(answer);
    const lmas_segment *last = lmas_memory_segment(k.copy, lmas_memory_n_segments(k.copy) - 1);

    (void)state;
    assert_int_equal(k.n, 1);
    assert_int_equal(last->kind, LMAS_SEGMENT_TEXT);
    assert_int_equal(lmas_memory_n_pos(k.copy), last->pos + last->n);
    assert_int_equal(lmas_memory_n_pos(k.copy), r->n_read + r->n_thought + last->n);
    assert_true(last->n == r->n_spoken || last->n == r->n_spoken + 1); /* what ends the turn */
    lmas_answer_free(answer);
    lmas_memory_free(k.copy);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* What comes next behind the memory. */
static void go_on(char *out, lmas_memory *memory)
{
    out[0] = '\0';
    assert_ok(lmas_memory_read(memory, "user", "And Finn?"));
    assert_ok(lmas_memory_speak(memory, "judger", N_SPOKEN, &GREEDY, gather, out));
}

/* With a prefix taken from the shelf, too: of it the account tells as well. */
static void check_saved(const char *cache_type, bool is_rebuilt, const char *path, const char *want)
{
    lmas_session *session = session_of(LMAS_KV_PER_LANE, 1, cache_type);
    lmas_memory *memory = NULL;
    char said[1024];

    assert_ok(lmas_memory_load(&memory, session, path, NULL));
    assert_int_equal(lmas_memory_rebuilt(memory) != NULL, is_rebuilt);
    go_on(said, memory);
    if (want)
        assert_string_equal(said, want);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_a_saved_memory_of_a_question_goes_on_the_same(void **state)
{
    lmas_session *session = session_of(LMAS_KV_PER_LANE, 3, "f16");
    char path[512], want[1024];
    kept k = {.copy = memory_of(session, NULL), .path = path};
    lmas_team *team = team_of(NULL);
    lmas_memory *origin = memory_of(session, DOCUMENT);

    (void)state;
    snprintf(path, sizeof(path), "%s/m.lmem", support_folder());
    lmas_answer_free(ask_and_keep(&k, session, team, origin));
    go_on(want, k.copy);
    check_saved("f16", false, path, want);
    check_saved("f32", true, path, NULL);
    lmas_memory_free(origin);
    lmas_memory_free(k.copy);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_many_questions_with_a_shelf_keep_an_account_each(void **state)
{
    lmas_session *session = session_of(LMAS_KV_UNIFIED, N_LANES, "f16");
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, NULL);
    char path[512];
    kept k = {.path = path};
    lmas_team *team = team_of(NULL);
    lmas_solver *solver = NULL;
    uint64_t i;

    (void)state;
    snprintf(path, sizeof(path), "%s/m.lmem", support_folder());
    params.on_memory = keep;
    params.user = &k;
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    for (i = 0; i < 3; i++)
        assert_ok(lmas_solver_submit(
            solver, &(lmas_question){.id = i, .text = QUESTION, .kind = LMAS_ANSWER_FREE}));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(k.n, 3);
    check_saved("f32", true, path, NULL);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* A conversation: each answer's memory is what the next question begins with. */
static void test_turn_follows_turn_in_one_memory(void **state)
{
    lmas_session *session = session_of(LMAS_KV_UNIFIED, 3, "f16");
    kept k = {.copy = memory_of(session, NULL)};
    lmas_memory *origin = memory_of(session, DOCUMENT);
    lmas_team *team = team_of(NULL);
    int i;

    (void)state;
    for (i = 0; i < 3; i++) {
        lmas_answer *answer = ask_and_keep(&k, session, team, origin);
        const lmas_agent_trace *first = &lmas_answer_result(answer)->agents[0];

        assert_int_equal(first->pos_begin, lmas_memory_n_pos(origin));
        assert_ok(lmas_memory_copy(origin, k.copy));
        lmas_answer_free(answer);
    }
    assert_int_equal(lmas_memory_n_segments(origin), 1 + 3 * 8);
    lmas_memory_free(origin);
    lmas_memory_free(k.copy);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_the_memory_callback_can_ask_to_stop(void **state)
{
    lmas_session *session = session_of(LMAS_KV_UNIFIED, 2, "f16");
    kept k = {.is_stopping = true};
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, NULL);
    lmas_team *team = team_of(NULL);
    lmas_answer *answer = NULL;

    (void)state;
    params.on_memory = keep;
    params.user = &k;
    assert_fails(LMAS_E_CANCELED, "callback",
                 lmas_solve(&answer, session, team, &params, QUESTION));
    assert_int_equal(k.n, 1);
    lmas_team_free(team);
    lmas_session_free(session);
}

typedef struct canceler {
    lmas_solver *solver;
    lmas_status status; /* of the result */
} canceler;

static bool cancel_in_memory(void *user, uint64_t id, lmas_memory *memory)
{
    canceler *c = user;

    (void)memory;
    assert_ok(lmas_solver_cancel(c->solver, id));
    return true;
}

static bool note_status(void *user, const lmas_result *result)
{
    ((canceler *)user)->status = result->status;
    return true;
}

static bool note_failure(void *user, const lmas_result *result)
{
    if (result->status != LMAS_OK)
        ((canceler *)user)->status = result->status;
    return true;
}

static void test_a_question_canceled_when_its_memory_is_shown_says_so(void **state)
{
    lmas_session *session = session_of(LMAS_KV_UNIFIED, 1, "f16");
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, NULL);
    lmas_team *team = team_of(NULL);
    canceler c = {0};

    (void)state;
    params.on_memory = cancel_in_memory;
    params.on_result = note_status;
    params.user = &c;
    assert_ok(lmas_solver_new(&c.solver, session, team, &params));
    assert_ok(
        lmas_solver_submit(c.solver, &(lmas_question){.text = QUESTION, .kind = LMAS_ANSWER_FREE}));
    assert_ok(lmas_solver_run(c.solver));
    assert_int_equal(c.status, LMAS_E_CANCELED);
    lmas_solver_free(c.solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* ---- Refused ---- */

static void check_refused(lmas_session *session, const lmas_solver_params *params, const char *text)
{
    lmas_team *team = team_of(NULL);
    lmas_answer *answer = NULL;

    assert_fails(LMAS_E_INVALID, text, lmas_solve(&answer, session, team, params, QUESTION));
    lmas_team_free(team);
}

static void test_an_origin_that_cannot_be_one_is_refused(void **state)
{
    lmas_session *session = session_of(LMAS_KV_UNIFIED, 2, "f16");
    lmas_session *other = session_of(LMAS_KV_UNIFIED, 1, "f16");
    lmas_memory *foreign = memory_of(other, DOCUMENT);
    lmas_memory *origin = memory_of(session, DOCUMENT);
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, foreign);

    (void)state;
    check_refused(session, &params, "of the session");
    check_refused(other, &params, "beside the origin's");
    params.origin = origin;
    params.control = LMAS_CONTROL_ZERO;
    check_refused(session, &params, "control zero");
    assert_fails(LMAS_E_INVALID, "two working memories of one session",
                 lmas_memory_copy(foreign, origin));
    assert_fails(LMAS_E_INVALID, "two working memories", lmas_memory_copy(origin, origin));
    lmas_memory_free(origin);
    lmas_memory_free(foreign);
    lmas_session_free(other);
    lmas_session_free(session);
}

/* What somebody else holds in the pool is not there for questions: they wait for each other. */
static void test_questions_wait_where_others_hold_cells_of_the_pool(void **state)
{
    enum { N = 3, N_HELD = 40 };
    const lmas_question q = {.text = QUESTION, .kind = LMAS_ANSWER_FREE};
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, NULL);
    lmas_team *team = team_of(NULL);
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;
    lmas_solver *solver = NULL;
    canceler seen = {0};
    lmas_memory *held;
    lmas_needs needs;
    uint64_t i;

    (void)state;
    assert_ok(lmas_question_needs(&needs, support_model(TIED_MODEL), team, &params, &q));
    p.n_ctx = N * needs.n_cells_all;
    p.n_lanes = N + 1;
    p.kv = LMAS_KV_UNIFIED;
    assert_ok(lmas_session_new(&session, support_model(TIED_MODEL), &p));
    held = memory_of(session, DOCUMENT);
    while (lmas_memory_n_pos(held) < lmas_session_n_ctx(session) - N * needs.n_cells_all + N_HELD)
        assert_ok(lmas_memory_read(held, "reader", DOCUMENT));
    params.share_prefixes = false;
    params.on_result = note_failure;
    params.user = &seen;
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    for (i = 0; i < N; i++)
        assert_ok(lmas_solver_submit(
            solver, &(lmas_question){.id = i, .text = QUESTION, .kind = LMAS_ANSWER_FREE}));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(seen.status, LMAS_OK);
    lmas_solver_free(solver);
    lmas_memory_free(held);
    lmas_session_free(session);
    lmas_team_free(team);
}

/* The question and the origin take what they say they take. */
static void check_need_is_enough(const char *keep)
{
    const lmas_question q = {.text = QUESTION, .kind = LMAS_ANSWER_FREE};
    lmas_solver_params params = params_of(LMAS_METHOD_LATENT_MAS, NULL);
    lmas_session_params p = lmas_session_params_default();
    lmas_team *team = team_of(SPLIT);
    lmas_session *session = NULL;
    lmas_answer *answer = NULL;
    lmas_memory *origin;
    lmas_needs needs;
    uint32_t n_origin;

    params.keep_rule = keep;
    assert_ok(lmas_model_count_tokens(&n_origin, support_model(TIED_MODEL), DOCUMENT));
    assert_ok(lmas_question_needs(&needs, support_model(TIED_MODEL), team, &params, &q));
    p.n_ctx = needs.n_cells_all + n_origin * (needs.copies_origin ? 1 + needs.n_lanes : 1);
    p.n_lanes = needs.n_lanes + 1;
    p.kv = LMAS_KV_UNIFIED;
    assert_ok(lmas_session_new(&session, support_model(TIED_MODEL), &p));
    origin = memory_of(session, DOCUMENT);
    params.origin = origin;
    assert_ok(lmas_solve(&answer, session, team, &params, QUESTION));
    lmas_answer_free(answer);
    lmas_memory_free(origin);
    lmas_session_free(session);
    lmas_team_free(team);
}

static void test_a_pool_of_just_what_both_need_is_enough(void **state)
{
    (void)state;
    check_need_is_enough(NULL);
    check_need_is_enough("knn:1");
    check_need_is_enough("knn:1:restart");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_begins_anew_begins_with_the_origin),
        cmocka_unit_test(test_a_team_behind_an_origin_says_the_same_in_pools_and_parts),
        cmocka_unit_test(test_no_rule_drops_cells_of_the_origin),
        cmocka_unit_test(test_the_last_memory_holds_all_that_was_said),
        cmocka_unit_test(test_a_saved_memory_of_a_question_goes_on_the_same),
        cmocka_unit_test(test_many_questions_with_a_shelf_keep_an_account_each),
        cmocka_unit_test(test_turn_follows_turn_in_one_memory),
        cmocka_unit_test(test_the_memory_callback_can_ask_to_stop),
        cmocka_unit_test(test_a_question_canceled_when_its_memory_is_shown_says_so),
        cmocka_unit_test(test_an_origin_that_cannot_be_one_is_refused),
        cmocka_unit_test(test_questions_wait_where_others_hold_cells_of_the_pool),
        cmocka_unit_test(test_a_pool_of_just_what_both_need_is_enough),
    };

    return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}

/* team_share_test.c - what agents of one question read once: the same answers, bit for bit. */
#include <stdio.h>
#include <string.h>

#include "support.h"

enum { N_QUESTIONS = 5, TEXT_MAX = 8192 };

static const char *const QUESTIONS[N_QUESTIONS] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many stickers does she have left?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "Sam has 3 bags with 7 marbles and 2 bags with 9 marbles. How many marbles does he have?",
};

/* What came of a question. */
typedef struct outcome {
    char texts[TEXT_MAX]; /* of all agents */
    double logprobs;      /* of the last one's tokens */
    uint64_t n_read, n_shared;
    uint64_t n_read_last, n_shared_last;
} outcome;

typedef struct seen {
    outcome of[N_QUESTIONS];
} seen;

static bool on_token(void *user, uint64_t id, const lmas_spoken *token)
{
    ((seen *)user)->of[id].logprobs += (double)token->logprob;
    return true;
}

static bool on_agent(void *user, uint64_t id, const lmas_agent_trace *trace)
{
    outcome *o = &((seen *)user)->of[id];
    const size_t n = strlen(o->texts);

    snprintf(o->texts + n, TEXT_MAX - n, "[%s %u %u-%u] %s\n", trace->name, trace->n_thought,
             trace->pos_begin, trace->pos_end, trace->output);
    o->n_read_last = trace->n_read;
    o->n_shared_last = trace->n_shared;
    assert_true(trace->n_shared < trace->n_read);
    return true;
}

static bool on_result(void *user, const lmas_result *result)
{
    outcome *o = &((seen *)user)->of[result->id];

    assert_int_equal(result->status, LMAS_OK);
    o->n_read = result->n_read;
    o->n_shared = result->n_shared;
    return true;
}

static lmas_solver_params params_of(lmas_method method, bool shares, seen *s)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.method = method;
    p.latent_steps = 4;
    p.max_new_tokens = 20;
    p.sampling.temperature = 0;
    p.share_prefixes = shares;
    p.on_token = on_token;
    p.on_agent = on_agent;
    p.on_result = on_result;
    p.user = s;
    return p;
}

static lmas_session *session_of(const char *model, lmas_kv kv, uint32_t n_lanes)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_ctx = n_lanes * 1024;
    p.n_lanes = n_lanes;
    p.kv = kv;
    p.cache_dir = "";
    assert_ok(lmas_session_new(&session, support_model(model), &p));
    return session;
}

static void solve(seen *out, lmas_session *session, const lmas_team *team, lmas_method method,
                  bool shares)
{
    const lmas_solver_params p = params_of(method, shares, out);
    lmas_solver *solver = NULL;
    uint64_t i;

    memset(out, 0, sizeof(*out));
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    for (i = 0; i < N_QUESTIONS; i++) {
        const lmas_question q = {.id = i, .text = QUESTIONS[i], .tells_tokens = true};

        assert_ok(lmas_solver_submit(solver, &q));
    }
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
}

static seen shared, alone;

/* The same of both, and what was saved of all that is read. */
static double compare(const char *model, lmas_kv kv, uint32_t n_lanes, const lmas_team *team,
                      lmas_method method)
{
    lmas_session *session = session_of(model, kv, n_lanes);
    uint64_t n_read = 0, n_shared = 0;
    size_t i;

    solve(&shared, session, team, method, true);
    solve(&alone, session, team, method, false);
    for (i = 0; i < N_QUESTIONS; i++) {
        assert_string_equal(shared.of[i].texts, alone.of[i].texts);
        if (kv == LMAS_KV_PER_LANE)
            assert_memory_equal(&shared.of[i].logprobs, &alone.of[i].logprobs, sizeof(double));
        assert_int_equal(shared.of[i].n_read, alone.of[i].n_read);
        assert_int_equal(alone.of[i].n_shared, 0);
        n_read += shared.of[i].n_read;
        n_shared += shared.of[i].n_shared;
    }
    lmas_session_free(session);
    return (double)n_shared / (double)n_read;
}

static lmas_team *builtin(const char *name)
{
    lmas_team *team = NULL;

    assert_ok(lmas_team_builtin(&team, name));
    return team;
}

/* Each reads of the prompt what the one before has not: his text, and its role. */
static void test_a_text_team_reads_question_and_texts_once(void **state)
{
    static const lmas_kv kinds[] = {LMAS_KV_UNIFIED, LMAS_KV_PER_LANE};
    lmas_team *team = builtin("question-first");
    size_t k;

    (void)state;
    for (k = 0; k < 2; k++) {
        assert_true(compare(DEMO_MODEL, kinds[k], 1, team, LMAS_METHOD_TEXT_MAS) > 0.5);
        assert_true(compare(DEMO_MODEL, kinds[k], 3, team, LMAS_METHOD_TEXT_MAS) > 0.5);
    }
    assert_true(shared.of[0].n_read_last - shared.of[0].n_shared_last <
                shared.of[0].n_read_last / 2);
    lmas_team_free(team);
}

/* The role comes first: all that agents share is what all questions do. */
static void test_prompts_that_begin_with_the_role_share_what_they_did(void **state)
{
    lmas_team *team = builtin("sequential");

    (void)state;
    assert_true(compare(DEMO_MODEL, LMAS_KV_PER_LANE, 3, team, LMAS_METHOD_TEXT_MAS) > 0.2);
    lmas_team_free(team);
}

static const char BRANCHES[] =
    "{\"name\": \"branches\", \"system\": \"You solve problems.\", "
    "\"context\": {\"latent\": \"You remember.\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"a\", \"prompt\": \"Question: {question}\\n\\nYou calculate.\"},"
    "{\"name\": \"b\", \"prompt\": \"Question: {question}\\n\\nYou look up laws of nature.\"},"
    "{\"name\": \"c\", \"prompt\": \"Question: {question}\\n\\nYou write a program.\"},"
    "{\"name\": \"d\", \"prompt\": \"Question: {question}\\n\\n{context}\\n\\nYou decide.\"}], "
    "\"edges\": [{\"from\": [\"a\", \"b\", \"c\"], \"to\": \"d\"}], "
    "\"formats\": {\"free\": \"Answer.\"}, \"baseline\": \"{question}\"}";

static lmas_team *branches(void)
{
    lmas_team *team = NULL;

    assert_ok(lmas_team_parse(&team, "branches", BRANCHES, strlen(BRANCHES)));
    return team;
}

static void test_branches_read_the_question_once(void **state)
{
    static const lmas_kv kinds[] = {LMAS_KV_UNIFIED, LMAS_KV_PER_LANE};
    lmas_team *team = branches();
    size_t k;

    (void)state;
    for (k = 0; k < 2; k++) {
        assert_true(compare(DEMO_MODEL, kinds[k], 3, team, LMAS_METHOD_LATENT_MAS) > 0.35);
        assert_true(compare(DEMO_MODEL, kinds[k], 6, team, LMAS_METHOD_LATENT_MAS) > 0.35);
        assert_true(compare(DEMO_MODEL, kinds[k], 6, team, LMAS_METHOD_TEXT_MAS) > 0.35);
    }
    lmas_team_free(team);
}

/* With fewer lanes than branches these come one after the other, and find what was left. */
static void test_branches_in_turns_answer_the_same(void **state)
{
    lmas_team *team = branches();

    (void)state;
    assert_true(compare(DEMO_MODEL, LMAS_KV_PER_LANE, 1, team, LMAS_METHOD_TEXT_MAS) > 0.35);
    lmas_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text_team_reads_question_and_texts_once),
        cmocka_unit_test(test_prompts_that_begin_with_the_role_share_what_they_did),
        cmocka_unit_test(test_branches_read_the_question_once),
        cmocka_unit_test(test_branches_in_turns_answer_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

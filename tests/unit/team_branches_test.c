/* team_branches_test.c - branches side by side, joins and relays, as they run. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state/shift.h"
#include "latent/handover.h"
#include "support.h"
#include "team/job.h"

enum { N_QUESTIONS = 6, N_BRANCHES_MAX = 8, N_THOUGHTS = 3 };

/* How many of them are asked. */
static size_t n_asked(void)
{
    return support_is_whole() ? N_QUESTIONS : 2;
}

/* 1 to 8 branches, or the least and the most. */
static size_t branch_step(void)
{
    return support_is_whole() ? 1 : N_BRANCHES_MAX - 1;
}

static const char *const QUESTIONS[N_QUESTIONS] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many stickers does she have left?",
    "What is 2 + 2?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "Sam has 3 bags with 7 marbles and 2 bags with 9 marbles. How many marbles does he have?",
};

static lmas_session *session_of(const char *model, lmas_kv kv, uint32_t n_lanes, uint32_t n_ctx)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_ctx = n_ctx;
    p.n_lanes = n_lanes;
    p.kv = kv;
    p.cache_type_k = "f32";
    p.cache_type_v = "f32";
    p.flash_attn = LMAS_FLASH_ATTN_OFF;
    p.cache_dir = "";
    assert_ok(lmas_session_new(&session, support_model(model), &p));
    return session;
}

/* ---- Forks ---- */

static const char SHARED[] =
    "You are the planner. Write a short plan that solves the question step by step. Do not give "
    "the final answer. Tom has 12 apples. He buys 7 more. How many apples does he have? ";

/* What branch `i` reads for itself. */
static lmi_tokens own_of(const lmas_session *session, size_t i)
{
    lmi_tokens tokens = {0};

    assert_ok(lmi_model_tokenize(&tokens, session->model, QUESTIONS[i % N_QUESTIONS]));
    return tokens;
}

static void think(lmas_memory **memories, size_t n)
{
    size_t i;
    int k;

    for (k = 0; k < N_THOUGHTS; k++) {
        for (i = 0; i < n; i++)
            assert_ok(lmi_memory_start_thought(
                memories[i], "b", LMI_WANT_HIDDEN | (k + 1 < N_THOUGHTS ? 0 : LMI_WANT_LOGITS)));
        for (i = 0; i < n; i++)
            assert_ok(lmi_memory_wait(memories[i]));
    }
}

/* `n` forks of what `origin` holds read and think in the same ticks. */
static void branch(lmas_memory **branches, lmas_memory *origin, size_t n)
{
    lmi_tokens own[N_BRANCHES_MAX];
    size_t i;

    for (i = 0; i < n; i++) {
        assert_ok(lmas_memory_new(&branches[i], origin->session));
        assert_ok(lmi_memory_fork(branches[i], origin));
        own[i] = own_of(origin->session, i);
        assert_ok(lmi_memory_start_read(branches[i], "b", own[i].ids, own[i].n, LMI_WANT_HIDDEN));
    }
    for (i = 0; i < n; i++)
        assert_ok(lmi_memory_wait(branches[i]));
    think(branches, n);
    for (i = 0; i < n; i++)
        lmi_tokens_done(&own[i]);
}

/* How far the logits of branch `i` lie from those of one that read all by itself. */
static double apart_from_alone(const lmas_memory *branch_i, lmas_session *elsewhere, size_t i)
{
    const int32_t n_vocab = elsewhere->model->info.n_vocab;
    const lmi_tokens own = own_of(elsewhere, i);
    lmas_memory *alone = NULL;
    double most = 0;
    int32_t k;

    assert_ok(lmas_memory_new(&alone, elsewhere));
    assert_ok(lmas_memory_read(alone, "a", SHARED));
    assert_ok(lmi_memory_start_read(alone, "b", own.ids, own.n, LMI_WANT_HIDDEN));
    assert_ok(lmi_memory_wait(alone));
    think(&alone, 1);
    for (k = 0; k < n_vocab; k++)
        most = fmax(most, fabs((double)alone->lane->logits[k] - branch_i->lane->logits[k]));
    lmas_memory_free(alone);
    lmi_free(own.ids);
    return most;
}

static double check_branches(const char *model, lmas_kv kv, size_t n, uint32_t n_ctx)
{
    lmas_session *session = session_of(model, kv, (uint32_t)n + 1, n_ctx);
    lmas_session *elsewhere = session_of(model, LMAS_KV_PER_LANE, 1, 1024);
    lmas_memory *origin = NULL, *branches[N_BRANCHES_MAX];
    double most = 0;
    size_t i;

    assert_ok(lmas_memory_new(&origin, session));
    assert_ok(lmas_memory_read(origin, "a", SHARED));
    branch(branches, origin, n);
    for (i = 0; i < n; i++)
        most = fmax(most, apart_from_alone(branches[i], elsewhere, i));
    for (i = 0; i < n; i++)
        lmas_memory_free(branches[i]);
    lmas_memory_free(origin);
    lmas_session_free(elsewhere);
    lmas_session_free(session);
    return most;
}

static void test_k_branches_are_k_runs(void **state)
{
    static const char *const models[] = {TIED_MODEL, UNTIED_MODEL}; /* f32 */
    double parts = 0, pool = 0;
    size_t m, k;

    (void)state;
    for (m = 0; m < 2; m++)
        for (k = 1; k <= N_BRANCHES_MAX; k += branch_step()) {
            parts = fmax(parts,
                         check_branches(models[m], LMAS_KV_PER_LANE, k, 1024 * ((uint32_t)k + 1)));
            pool = fmax(pool, check_branches(models[m], LMAS_KV_UNIFIED, k, 2048));
        }
    print_message("# 1 to 8 branches: logits off by %.1e in parts, by %.1e in a pool\n", parts,
                  pool);
    assert_true(parts <= 1e-3 && pool <= 1e-3);
}

/* What is shared, once, and eight branches' own fit just so. */
static void test_branches_share_the_cells_of_what_they_share(void **state)
{
    const lmas_model *model = support_model(UNTIED_MODEL);
    uint32_t n_shared, n_own, n = 0, n_apart = 0;
    size_t i;

    (void)state;
    assert_ok(lmas_model_count_tokens(&n_shared, model, SHARED));
    for (i = 0; i < N_BRANCHES_MAX; i++) {
        assert_ok(lmas_model_count_tokens(&n_own, model, QUESTIONS[i % N_QUESTIONS]));
        n += n_own + N_THOUGHTS;
        n_apart += n_own + N_THOUGHTS + n_shared;
    }
    n = (n + n_shared + 255) / 256 * 256;
    assert_true(n_apart > n);
    assert_true(check_branches(UNTIED_MODEL, LMAS_KV_UNIFIED, N_BRANCHES_MAX, n) <= 1e-3);
}

/* ---- Teams ---- */

/* A solver with experts a, b, c, who are told apart, in front of a summarizer s. */
static const char HEAD[] =
    "{\"name\": \"t\", \"system\": \"You are a careful assistant who solves problems together with "
    "other agents.\", \"context\": {\"latent\": \"The work of the agents before you reaches you as "
    "latent memory.\", \"text\": \"The work of the agents before you:\\n\\n{outputs}\"}, "
    "\"agents\": [{\"name\": \"a\", \"prompt\": \"You are the planner. Write a short plan that "
    "solves the question step by step. Do not give the final answer.\\n\\nQuestion: "
    "{question}\\n\\nPlan:\"}, {\"name\": \"b\", \"prompt\": \"You are the critic. {context}\\n\\n"
    "Question: {question}\\n\\nRestate the plan, then say what to improve.\\n\\nReview:\"}, "
    "{\"name\": \"c\", \"prompt\": \"Solve it. {context} {question}\", \"latent_steps\": 25}, "
    "{\"name\": "
    "\"s\", \"prompt\": \"You are the judger. {context} Ignore what does not help.\\n\\nQuestion: "
    "{question}\\n\\nReason step by step. Put the final answer in \\\\boxed{}.\"}], ";

#define EXPERTS "\"edges\": [{\"from\": [\"a\", \"b\", \"c\"], \"to\": \"s\"}]}"
#define DIAMOND                                                                                    \
    "\"edges\": [{\"from\": \"a\", \"to\": [\"b\", \"c\"]}, {\"from\": [\"b\", \"c\"], \"to\": "   \
    "\"s\"}]}"
#define ROUNDS                                                                                     \
    "\"rounds\": 2, \"edges\": [{\"from\": [\"a\", \"b\", \"c\"], \"to\": \"s\"}, {\"from\": "     \
    "\"a\", \"to\": \"b\", \"carry\": \"both\", \"next_round\": true}]}"
#define MIXED                                                                                      \
    "\"edges\": [{\"from\": \"a\", \"to\": \"b\", \"carry\": \"text\"}, {\"from\": \"b\", "        \
    "\"to\": \"c\", \"carry\": \"both\"}, {\"from\": \"b\", \"to\": \"s\", \"carry\": "            \
    "\"embeds\"}, {\"from\": \"c\", \"to\": \"s\"}]}"
#define CHAIN                                                                                      \
    "\"edges\": [{\"from\": \"a\", \"to\": \"b\"}, {\"from\": \"b\", \"to\": \"c\"}, {\"from\": "  \
    "\"c\", \"to\": \"s\"}]}"
#define RELAYS                                                                                     \
    "\"edges\": [{\"from\": \"a\", \"to\": \"b\", \"carry\": \"embeds\"}, {\"from\": \"b\", "      \
    "\"to\": \"c\", \"carry\": \"embeds\"}, {\"from\": \"c\", \"to\": \"s\", \"carry\": "          \
    "\"embeds\"}]}"

static lmas_team *team_of(const char *edges)
{
    lmas_team *team = NULL;
    char text[4096];

    snprintf(text, sizeof(text), "%s%s", HEAD, edges);
    assert_ok(lmas_team_parse(&team, "t.json", text, strlen(text)));
    return team;
}

static lmas_solver_params greedy(void)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.max_new_tokens = support_is_whole() ? 48 : 8;
    p.sampling.temperature = 0.0f;
    return p;
}

typedef struct seen {
    char *texts[N_QUESTIONS];
    char agents[N_QUESTIONS][64]; /* in the order of their traces */
    char told[N_QUESTIONS][64];   /* in the order in which they were handed out */
} seen;

/* `names` has 64 bytes. */
static void append(char *names, const char *name)
{
    const size_t n = strlen(names);

    snprintf(names + n, 64 - n, "%s", name);
}

static bool on_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    char *told = ((seen *)user)->told[id];

    append(told, agent->name);
    return true;
}

static bool on_result(void *user, const lmas_result *r)
{
    seen *s = user;
    size_t i;

    if (r->status != LMAS_OK)
        fail_msg("%s", r->error);
    s->texts[r->id] = lmi_strdup(r->text);
    for (i = 0; i < r->n_agents; i++)
        append(s->agents[r->id], r->agents[i].name);
    return true;
}

static void forget(seen *s)
{
    size_t i;

    for (i = 0; i < N_QUESTIONS; i++)
        lmi_free(s->texts[i]);
    *s = (seen){0};
}

/* All questions, on so many lanes. */
static void solve(seen *s, const lmas_team *team, lmas_solver_params params, lmas_kv kv,
                  uint32_t n_lanes)
{
    lmas_session *session =
        session_of(DEMO_MODEL, kv, n_lanes, kv == LMAS_KV_UNIFIED ? 2048 : 1024 * n_lanes);
    lmas_solver *solver = NULL;
    size_t i;

    params.on_agent = on_agent;
    params.on_result = on_result;
    params.user = s;
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    for (i = 0; i < n_asked(); i++)
        assert_ok(lmas_solver_submit(solver,
                                     &(lmas_question){.id = i,
                                                      .text = QUESTIONS[i],
                                                      .kind = LMAS_ANSWER_FREE,
                                                      .other = QUESTIONS[(i + 1) % N_QUESTIONS]}));
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_session_free(session);
}

static void assert_same(const seen *a, const seen *b)
{
    size_t i;

    for (i = 0; i < n_asked(); i++) {
        assert_string_equal(a->texts[i], b->texts[i]);
        assert_string_equal(a->agents[i], b->agents[i]);
        assert_string_equal(b->agents[i], b->told[i]);
    }
}

/* What one question at a time says is said by several, on any number of lanes that will do. */
static void check_batches(const char *edges, uint32_t n_least)
{
    const uint32_t lanes[] = {4 * n_least, n_least + 1, 16 * n_least};
    const size_t n_lanes = support_is_whole() ? 3 : 1;
    lmas_team *team = team_of(edges);
    seen alone = {0};
    size_t i;

    solve(&alone, team, greedy(), LMAS_KV_PER_LANE, n_least);
    for (i = 0; i < n_lanes; i++) {
        seen beside = {0};

        solve(&beside, team, greedy(), LMAS_KV_PER_LANE, lanes[i]);
        assert_same(&alone, &beside);
        forget(&beside);
    }
    forget(&alone);
    lmas_team_free(team);
}

static void test_answers_of_graphs_do_not_depend_on_the_batch(void **state)
{
    (void)state;
    check_batches(MIXED, 1);
    if (!support_is_whole())
        return;
    check_batches(EXPERTS, 3);
    check_batches(DIAMOND, 2);
    check_batches(ROUNDS, 3);
}

static void test_graphs_run_in_one_pool(void **state)
{
    static const char *const graphs[] = {DIAMOND, EXPERTS, ROUNDS, MIXED};
    const size_t n = support_is_whole() ? 4 : 1;
    size_t i;

    (void)state;
    for (i = 0; i < n; i++) {
        lmas_team *team = team_of(graphs[i]);
        seen parts = {0}, pool = {0};

        solve(&parts, team, greedy(), LMAS_KV_PER_LANE, 4);
        solve(&pool, team, greedy(), LMAS_KV_UNIFIED, 4);
        assert_same(&parts, &pool);
        forget(&parts);
        forget(&pool);
        lmas_team_free(team);
    }
}

/* The same vectors, read afresh, are the same cells. */
static void test_a_chain_of_relays_is_the_chain(void **state)
{
    lmas_team *chain = team_of(CHAIN), *relays = team_of(RELAYS);
    seen a = {0}, b = {0};

    (void)state;
    solve(&a, chain, greedy(), LMAS_KV_PER_LANE, 4);
    solve(&b, relays, greedy(), LMAS_KV_PER_LANE, 4);
    assert_same(&a, &b);
    forget(&a);
    forget(&b);
    lmas_team_free(chain);
    lmas_team_free(relays);
}

static void test_every_control_runs_on_every_edge(void **state)
{
    lmas_team *team = team_of(MIXED);
    int control;

    (void)state;
    for (control = 0; lmas_control_name((lmas_control)control); control++) {
        lmas_solver_params params = greedy();
        seen s = {0};

        params.control = (lmas_control)control;
        params.latent_steps = support_is_whole() ? params.latent_steps : 2;
        solve(&s, team, params, LMAS_KV_PER_LANE, 4);
        assert_string_equal(s.agents[0], "abcs");
        forget(&s);
    }
    lmas_team_free(team);
}

/* ---- Time ---- */

/* Branch `slow` moves in one tick of three. The logits that the last one speaks from. */
static void run_slowed(float *logits, const lmi_plan *plan, lmas_session *session, size_t slow)
{
    const lmas_question q = {.text = QUESTIONS[2], .kind = LMAS_ANSWER_FREE};
    const size_t n_bytes = (size_t)session->model->info.n_vocab * sizeof(*logits);
    lmi_shelf shelf;
    lmi_shelf_place *kept = NULL;
    lmi_job *job = NULL;
    bool has_logits = false;
    int tick;

    assert_ok(lmi_shelf_init(&shelf, plan, &kept));
    assert_ok(lmi_job_new(&job, plan, &q));
    assert_true(lmi_job_take_memories(job));
    lmi_job_start(job, &shelf);
    for (tick = 0; !job->is_done; tick++) {
        const lmi_strand *last = &job->strands[plan->n_turns - 1];
        lmas_memory *memory = tick % 3 ? job->strands[slow].memory : NULL;
        const lmi_lane_state was = memory ? memory->lane->state : LMI_LANE_IDLE;

        if (memory)
            memory->lane->state = LMI_LANE_IDLE; /* its request is out of sight */
        assert_ok(lmi_context_tick(session->ctx));
        if (memory)
            memory->lane->state = was;
        if (!has_logits && last->memory && (last->memory->lane->has & LMI_WANT_LOGITS)) {
            memcpy(logits, last->memory->lane->logits, n_bytes);
            has_logits = true;
        }
        assert_ok(lmi_job_step(job));
    }
    assert_string_equal(job->result.error, "");
    assert_true(has_logits);
    lmi_job_free(job);
    lmi_shelf_done(&shelf);
}

static void check_order(const char *edges)
{
    lmas_session *session = session_of(DEMO_MODEL, LMAS_KV_PER_LANE, 4, 4096);
    const size_t n_vocab = (size_t)session->model->info.n_vocab;
    float *usual = lmi_new(n_vocab, sizeof(float)), *slowed = lmi_new(n_vocab, sizeof(float));
    lmas_team *team = team_of(edges);
    lmas_solver_params params = greedy();
    lmi_plan plan;
    size_t slow;

    assert_ok(lmi_plan_make(&plan, session->model, team, &params));
    plan.hosts[0].session = session;
    assert_ok(lmi_context_prove_join(session->ctx));
    run_slowed(usual, &plan, session, plan.n_turns - 1);
    for (slow = 0; slow + 1 < plan.n_turns; slow++) {
        run_slowed(slowed, &plan, session, slow);
        assert_memory_equal(usual, slowed, n_vocab * sizeof(float));
    }
    lmi_plan_done(&plan);
    lmas_team_free(team);
    lmas_session_free(session);
    lmi_free(usual);
    lmi_free(slowed);
}

static void test_which_branch_ends_first_does_not_change_a_bit(void **state)
{
    (void)state;
    check_order(EXPERTS);
    if (!support_is_whole())
        return;
    check_order(DIAMOND);
    check_order(ROUNDS);
    check_order(MIXED);
}

/* ---- What is refused ---- */

static void test_a_session_with_too_few_lanes_is_refused(void **state)
{
    lmas_session *session = session_of(DEMO_MODEL, LMAS_KV_PER_LANE, 2, 2048);
    lmas_team *team = team_of(EXPERTS);
    lmas_solver *solver = NULL;
    lmas_needs needs;

    (void)state;
    assert_fails(LMAS_E_INVALID, "team t holds 3 working memories at once",
                 lmas_solver_new(&solver, session, team, NULL));
    assert_ok(lmas_question_needs(&needs, session->model, team, NULL,
                                  &(lmas_question){.text = "?", .kind = LMAS_ANSWER_FREE}));
    assert_int_equal(needs.n_lanes, 3);
    assert_true(needs.n_cells_all > needs.n_cells);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* The demo model passes for one. */
static void
test_a_control_that_edits_what_is_one_state_is_refused_before_anything_runs(void **state)
{
    static const lmas_control controls[] = {LMAS_CONTROL_PROMPTS, LMAS_CONTROL_THOUGHTS,
                                            LMAS_CONTROL_RANDOM, LMAS_CONTROL_ZERO};
    lmas_session *session = session_of(DEMO_MODEL, LMAS_KV_PER_LANE, 1, 1024);
    lmas_team *team = team_of(CHAIN);
    lmas_solver_params params = greedy();
    lmas_solver *solver = NULL;
    size_t i;

    (void)state;
    session->model->is_packed_by_sequence = true;
    for (i = 0; i < 4; i++) {
        params.control = controls[i];
        assert_fails(LMAS_E_MODEL, "none, text, shuffled and wrong-task are possible",
                     lmas_solver_new(&solver, session, team, &params));
    }
    params.method = LMAS_METHOD_BASELINE; /* nobody inherits */
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    session->model->is_packed_by_sequence = false;
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_a_question_that_fails_gives_its_lanes_back(void **state)
{
    lmas_session *session = session_of(DEMO_MODEL, LMAS_KV_PER_LANE, 3, 3 * 512);
    lmas_team *team = team_of(EXPERTS);
    lmas_solver_params params = greedy();
    lmas_answer *answer = NULL;
    char long_question[4096];

    (void)state;
    memset(long_question, 'x', sizeof(long_question) - 1);
    long_question[sizeof(long_question) - 1] = '\0';
    assert_fails(LMAS_E_CONTEXT_FULL, "too small",
                 lmas_solve(&answer, session, team, &params, long_question));
    assert_ok(lmas_solve(&answer, session, team, &params, QUESTIONS[0]));
    lmas_answer_free(answer);
    lmas_team_free(team);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_k_branches_are_k_runs),
        cmocka_unit_test(test_branches_share_the_cells_of_what_they_share),
        cmocka_unit_test(test_answers_of_graphs_do_not_depend_on_the_batch),
        cmocka_unit_test(test_graphs_run_in_one_pool),
        cmocka_unit_test(test_a_chain_of_relays_is_the_chain),
        cmocka_unit_test(test_every_control_runs_on_every_edge),
        cmocka_unit_test(test_which_branch_ends_first_does_not_change_a_bit),
        cmocka_unit_test(test_a_session_with_too_few_lanes_is_refused),
        cmocka_unit_test(
            test_a_control_that_edits_what_is_one_state_is_refused_before_anything_runs),
        cmocka_unit_test(test_a_question_that_fails_gives_its_lanes_back),
    };

    return cmocka_run_group_tests_name("branches", tests, NULL, NULL);
}

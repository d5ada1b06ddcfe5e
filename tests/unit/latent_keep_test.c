/* latent_keep_test.c - rules as texts, what each leaves of a memory, and teams that follow them. */
#include <stdio.h>
#include <string.h>

#include "latent/handover.h"
#include "latent/keep.h"
#include "support.h"

/* ---- Texts ---- */

static void test_rules_are_read(void **state)
{
    static const struct {
        const char *text;
        lmi_keep keep;
    } good[] = {
        {"all", {.rule = LMI_KEEP_ALL}},
        {"thoughts", {.rule = LMI_KEEP_THOUGHTS}},
        {"prompts", {.rule = LMI_KEEP_PROMPTS}},
        {"last:64", {.rule = LMI_KEEP_LAST, .n = 64}},
        {"last:1073741824", {.rule = LMI_KEEP_LAST, .n = 1073741824}},
        {"knn:0.8", {LMI_KEEP_KNN, LMI_KEEP_TOP, 0.8, 5}},
        {"knn:1", {LMI_KEEP_KNN, LMI_KEEP_TOP, 1, 5}},
        {"knn:.5", {LMI_KEEP_KNN, LMI_KEEP_TOP, 0.5, 5}},
        {"knn:0.5:top", {LMI_KEEP_KNN, LMI_KEEP_TOP, 0.5, 5}},
        {"knn:0.5:bottom", {LMI_KEEP_KNN, LMI_KEEP_BOTTOM, 0.5, 5}},
        {"knn:0.5:random:12", {LMI_KEEP_KNN, LMI_KEEP_RANDOM, 0.5, 12}},
        {"attention:0.5", {LMI_KEEP_ATTENTION, LMI_KEEP_TOP, 0.5, 4}},
        {"attention:.25:12", {LMI_KEEP_ATTENTION, LMI_KEEP_TOP, 0.25, 12}},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        lmi_keep keep = {0};

        assert_true(lmi_keep_parse(&keep, good[i].text));
        assert_int_equal(keep.rule, good[i].keep.rule);
        assert_int_equal(keep.order, good[i].keep.order);
        assert_int_equal(keep.n, good[i].keep.n);
        assert_true(keep.share == good[i].keep.share);
        assert_ok(lmas_keep_check(good[i].text));
    }
    assert_ok(lmas_keep_check(NULL));
}

static const char *const bad[] = {
    "",
    " ",
    ":",
    "::::",
    "knn",
    "knn:",
    "knn::top",
    "knn:0",
    "knn:0.0",
    "knn:-0.5",
    "knn:+0.5",
    "knn:1.01",
    "knn:2",
    "knn:80%",
    "knn:0,8",
    "knn:0.8.1",
    "knn:.",
    "knn:0x1p-1",
    "knn:5e-1",
    "knn:nan",
    "knn:inf",
    "knn: 0.5",
    "knn:0.5 ",
    " knn:0.5",
    "KNN:0.5",
    "Knn:0.5",
    "knn:0.5:",
    "knn:0.5:Top",
    "knn:0.5:middle",
    "knn:0.5:5",
    "knn:0.5:top:",
    "knn:0.5:top:0",
    "knn:0.5:top:-1",
    "knn:0.5:top:5.5",
    "knn:0.5:top:5:6",
    "knn:0.5:top:1073741825",
    "knn:0.5:top:99999999999999999999",
    "knn=0.5",
    "top:0.5",
    "last",
    "last:",
    "last:0",
    "last:-4",
    "last:4.0",
    "last:64:4",
    "last:1073741825",
    "last:four",
    "first:4",
    "thought",
    "thoughts:",
    "thoughts:0.5",
    "prompts:4",
    "Prompts",
    "none",
    "all:1",
    "knn:0.5\n",
    "last:\xd9\xa3",
    "knn:0.000000000000000000000000000000000000000000000000000000001",
    "attention:32",
    "attention",
    "attention:",
    "attention:0",
    "attention:1.5",
    "attention:0.5:",
    "attention:0.5:0",
    "attention:0.5:-4",
    "attention:0.5:top",
    "attention:0.5:4:4",
    "attention:0.5:1073741825",
    "Attention:0.5",
};

static void test_any_other_text_is_refused_in_a_line(void **state)
{
    size_t i;

    (void)state;
    assert_true(sizeof(bad) / sizeof(bad[0]) >= 50);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        lmi_keep keep = {.n = 77};

        if (lmi_keep_parse(&keep, bad[i]))
            fail_msg("\"%s\" was read", bad[i]);
        assert_int_equal(keep.n, 77);
        assert_fails(LMAS_E_INVALID, "keep_rule must be all, thoughts, prompts, last:N, knn:SHARE",
                     lmas_keep_check(bad[i]));
    }
}

/* ---- Memories ---- */

enum { N_A = 12, N_B = 9, N_THOUGHTS = 4 };

static const int32_t *some_tokens(void)
{
    static int32_t tokens[64];
    int32_t i;

    for (i = 0; i < 64; i++)
        tokens[i] = 10 + (i * 37) % 500;
    return tokens;
}

static void add_turn(lmas_memory *memory, const char *agent, size_t n)
{
    assert_ok(lmi_memory_start_read(memory, agent, some_tokens(), n, LMI_WANT_HIDDEN));
    assert_ok(lmi_memory_wait(memory));
    assert_ok(lmas_memory_think(memory, agent, N_THOUGHTS));
}

/* Prompt and thoughts of a, of b, and a text. */
static lmas_memory *memory_of(lmas_session *session)
{
    lmas_memory *memory = NULL;

    assert_ok(lmas_memory_new(&memory, session));
    add_turn(memory, "a", N_A);
    add_turn(memory, "b", N_B);
    assert_ok(lmi_memory_start_text(memory, "b", some_tokens(), 3, LMI_WANT_NOTHING));
    assert_ok(lmi_memory_wait(memory));
    return memory;
}

/* Hand it over by one rule for all of its cells; how many are left. */
static uint32_t hand_over(lmas_memory *memory, const char *rule, uint64_t seed)
{
    lmi_keeping k;
    lmi_keep keep;
    uint32_t n = 0, n_left = 0, i;

    assert_true(lmi_keep_parse(&keep, rule));
    assert_ok(lmi_keeping_begin(&k, memory));
    k.tokens = some_tokens();
    k.n_tokens = 20;
    k.seed = seed;
    for (i = 0; i < memory->lane->pos; i++)
        if (lmi_memory_has(memory, i))
            k.cells[n++] = i;
    assert_int_equal(n, k.n_before);
    assert_ok(lmi_keeping_apply(&k, &keep, k.cells, n));
    assert_ok(lmi_keeping_finish(&n_left, &k));
    lmi_keeping_end(&k);
    return n_left;
}

static void assert_segment(const lmas_memory *memory, size_t i, const char *agent,
                           lmas_segment_kind kind, uint32_t pos, uint32_t n)
{
    const lmas_segment *s = lmas_memory_segment(memory, i);

    assert_non_null(s);
    assert_string_equal(s->agent, agent);
    assert_int_equal(s->kind, kind);
    assert_int_equal(s->pos, pos);
    assert_int_equal(s->n, n);
}

/* The bytes of the lane hold just the positions that the memory says it has. */
static void assert_cells(lmas_memory *memory)
{
    lmi_view view;
    uint32_t n = 0, i;

    assert_ok(lmi_view_lane(&view, memory->session->ctx, memory->lane));
    for (i = 0; i < memory->lane->pos; i++)
        n += lmi_memory_has(memory, i);
    assert_int_equal(view.cells.pools[0].n, n);
    for (i = 0; i < n; i++)
        assert_true(
            lmi_memory_has(memory, lmi_cells_position(&view.cells, &view.cells.pools[0], i)));
    lmi_view_done(&view);
}

static void test_segments_say_what_is_left(void **state)
{
    const uint32_t end = N_A + N_B + 2 * N_THOUGHTS + 3;
    lmas_session *session = support_session(support_model(TIED_MODEL), 1, 256, false);
    lmas_memory *memory = memory_of(session);

    (void)state;
    assert_int_equal(hand_over(memory, "last:9", 0), 9 + LMI_KEEP_SINKS);
    assert_int_equal(lmas_memory_n_pos(memory), end);
    assert_int_equal(lmas_memory_n_segments(memory), 4);
    assert_segment(memory, 0, "a", LMAS_SEGMENT_PROMPT, 0, LMI_KEEP_SINKS);
    assert_segment(memory, 1, "b", LMAS_SEGMENT_PROMPT, end - 9, 2);
    assert_segment(memory, 2, "b", LMAS_SEGMENT_THOUGHT, end - 7, 4);
    assert_segment(memory, 3, "b", LMAS_SEGMENT_TEXT, end - 3, 3);
    assert_cells(memory);
    add_turn(memory, "c", 5);
    assert_segment(memory, 4, "c", LMAS_SEGMENT_PROMPT, end, 5);
    assert_int_equal(hand_over(memory, "thoughts", 0), 8);
    assert_int_equal(lmas_memory_n_segments(memory), 2);
    assert_segment(memory, 0, "b", LMAS_SEGMENT_THOUGHT, end - 7, 4);
    assert_segment(memory, 1, "c", LMAS_SEGMENT_THOUGHT, end + 5, 4);
    assert_cells(memory);
    assert_int_equal(hand_over(memory, "prompts", 0), 0);
    assert_int_equal(lmas_memory_n_segments(memory), 0);
    assert_int_equal(lmas_memory_n_pos(memory), 0);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_prompts_alone_end_with_the_last_of_them(void **state)
{
    lmas_session *session = support_session(support_model(TIED_MODEL), 1, 256, false);
    lmas_memory *memory = memory_of(session);

    (void)state;
    assert_int_equal(hand_over(memory, "prompts", 0), N_A + N_B);
    assert_int_equal(lmas_memory_n_pos(memory), N_A + N_THOUGHTS + N_B);
    assert_int_equal(lmas_memory_n_segments(memory), 2);
    assert_cells(memory);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* int(S P), but N at least; the last N always; the same for a seed; and hop by hop of what is
 * left. */
static void test_knn_keeps_its_share_and_the_last(void **state)
{
    static const char *const orders[] = {"top", "bottom", "random"};
    const uint32_t n = N_A + N_B + 2 * N_THOUGHTS + 3;
    lmas_session *session = support_session(support_model(TIED_MODEL), 2, 512, false);
    bool was_kept[64];
    size_t i;
    uint32_t k;

    (void)state;
    for (i = 0; i < 3; i++) {
        lmas_memory *memory = memory_of(session), *again = memory_of(session);
        char rule[48];

        snprintf(rule, sizeof(rule), "knn:0.7:%s:6", orders[i]);
        assert_int_equal(hand_over(memory, rule, 3), (uint32_t)(n * 0.7));
        assert_int_equal(hand_over(again, rule, 3), (uint32_t)(n * 0.7));
        assert_int_equal(lmas_memory_n_pos(memory), n);
        for (k = 0; k < n; k++) {
            was_kept[k] = lmi_memory_has(memory, k);
            assert_int_equal(was_kept[k], lmi_memory_has(again, k));
            assert_true(was_kept[k] || k + 6 < n);
        }
        assert_cells(memory);
        assert_int_equal(hand_over(memory, rule, 4), (uint32_t)((uint32_t)(n * 0.7) * 0.7));
        for (k = 0; k < n; k++)
            assert_true(was_kept[k] || !lmi_memory_has(memory, k));
        assert_int_equal(hand_over(memory, "knn:0.01", 0), 5);
        assert_int_equal(hand_over(memory, "knn:0.9:top:64", 0), 5);
        add_turn(memory, "c", 5);
        lmas_memory_free(memory);
        lmas_memory_free(again);
    }
    lmas_session_free(session);
}

static void test_a_fork_and_a_block_have_the_same_holes(void **state)
{
    lmas_session *session = support_session(support_model(TIED_MODEL), 4, 1024, false);
    lmas_memory *memory = memory_of(session), *fork = NULL, *joined = NULL;
    uint32_t n, i;

    (void)state;
    hand_over(memory, "knn:0.5:random", 9);
    n = lmas_memory_n_pos(memory);
    assert_ok(lmas_memory_new(&fork, session));
    assert_ok(lmi_memory_fork(fork, memory));
    assert_ok(lmas_memory_new(&joined, session));
    add_turn(joined, "d", 7);
    assert_ok(lmi_memory_splice(joined, memory, 2, n));
    for (i = 0; i < n; i++) {
        assert_int_equal(lmi_memory_has(fork, i), lmi_memory_has(memory, i));
        if (i >= 2)
            assert_int_equal(lmi_memory_has(joined, 7 + N_THOUGHTS + i - 2),
                             lmi_memory_has(memory, i));
    }
    assert_cells(fork);
    assert_cells(joined);
    assert_int_equal(lmi_memory_end(memory, 0, n), n);
    lmas_memory_free(memory);
    lmas_memory_free(fork);
    lmas_memory_free(joined);
    lmas_session_free(session);
}

static void test_embeddings_that_do_not_fold_are_refused(void **state)
{
    lmas_session *session = support_session(support_model(UNTIED_MODEL), 1, 256, false);

    (void)state;
    assert_fails(LMAS_E_MODEL, "embeddings of 48 values do not fold to heads of 32",
                 lmi_keep_check(session, &(lmi_keep){.rule = LMI_KEEP_KNN}));
    assert_ok(lmi_keep_check(session, &(lmi_keep){.rule = LMI_KEEP_LAST}));
    lmas_session_free(session);
}

/* ---- Teams ---- */

static const char *const QUESTIONS[] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many stickers does she have left?",
    "What is 2 + 2?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "Sam has 3 bags with 7 marbles and 2 bags with 9 marbles. How many marbles does he have?",
};
enum { N_QUESTIONS = 16 };

typedef struct answers {
    char texts[N_QUESTIONS][512];
    uint32_t n_kept[N_QUESTIONS], n_dropped[N_QUESTIONS];
} answers;

static bool keep_answer(void *user, const lmas_result *r)
{
    answers *a = user;

    assert_int_equal(r->status, LMAS_OK);
    snprintf(a->texts[r->id], sizeof(a->texts[0]), "%s", r->text);
    a->n_kept[r->id] = r->agents[r->n_agents - 1].n_kept;
    a->n_dropped[r->id] = r->agents[r->n_agents - 1].n_dropped;
    assert_true(r->agents[r->n_agents - 1].kept_size ==
                r->agents[r->n_agents - 1].n_kept *
                    lmas_model_describe(support_model(DEMO_MODEL))->cell_size);
    return true;
}

static void ask_all(answers *a, const lmas_team *team, const char *keep, uint32_t n_lanes,
                    lmas_kv kv)
{
    lmas_session_params sp = lmas_session_params_default();
    lmas_solver_params p = lmas_solver_params_default();
    lmas_session *session = NULL;
    lmas_solver *solver = NULL;
    uint64_t i;

    sp.n_lanes = n_lanes;
    sp.n_ctx = n_lanes * 512;
    sp.kv = kv;
    p.keep_rule = keep;
    p.latent_steps = 4;
    p.max_new_tokens = 12;
    p.sampling.temperature = 0;
    p.on_result = keep_answer;
    p.user = a;
    assert_ok(lmas_session_new(&session, support_model(DEMO_MODEL), &sp));
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    for (i = 0; i < N_QUESTIONS; i++) {
        const lmas_question q = {.id = i, .text = QUESTIONS[i % 6], .kind = LMAS_ANSWER_NUMBER};

        assert_ok(lmas_solver_submit(solver, &q));
    }
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_session_free(session);
}

/* Random draws too hang on the question, not on who is asked beside it. */
static void test_answers_do_not_hang_on_how_many_go_at_once(void **state)
{
    static const char *const rules[] = {"knn:0.6", "knn:0.5:random", "last:40", "attention:0.4"};
    static answers alone, together;
    lmas_team *team = NULL;
    size_t i;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        ask_all(&alone, team, rules[i], 1, LMAS_KV_AUTO);
        ask_all(&together, team, rules[i], 4, LMAS_KV_PER_LANE);
        assert_memory_equal(&alone, &together, sizeof(alone));
        ask_all(&together, team, rules[i], 16, LMAS_KV_PER_LANE);
        assert_memory_equal(&alone, &together, sizeof(alone));
        ask_all(&together, team, rules[i], 4, LMAS_KV_UNIFIED);
        assert_memory_equal(alone.n_kept, together.n_kept, sizeof(alone.n_kept));
        assert_true(alone.n_dropped[0] > 0);
    }
    lmas_team_free(team);
}

static const char GRAPH[] =
    "{\"name\": \"g\", \"agents\": [{\"name\": \"a\", \"prompt\": \"{question}\"},"
    "{\"name\": \"b\", \"prompt\": \"{question}\"}, {\"name\": \"c\", \"prompt\": \"{question}\"}],"
    "\"edges\": [{\"from\": \"a\", \"to\": \"c\"%s}, {\"from\": \"b\", \"to\": \"c\"%s}]}";

static lmas_team *team_of(const char *first, const char *second)
{
    lmas_team *team = NULL;
    char text[1024];

    snprintf(text, sizeof(text), GRAPH, first, second);
    assert_ok(lmas_team_parse(&team, "g.json", text, strlen(text)));
    return team;
}

/* Each edge's rule judges what came along it; the run's those of the others, all together. */
static void test_an_edge_has_a_rule_of_its_own(void **state)
{
    static answers whole, own, mixed, both;
    lmas_team *plain = team_of("", "");
    lmas_team *two = team_of(", \"keep\": \"last:10\"", ", \"keep\": \"knn:0.5\"");
    lmas_team *one = team_of(", \"keep\": \"all\"", "");
    lmas_edge edge;
    uint32_t half, i;

    (void)state;
    ask_all(&whole, plain, NULL, 4, LMAS_KV_PER_LANE);
    ask_all(&own, two, "last:1", 4, LMAS_KV_PER_LANE);
    ask_all(&mixed, one, "last:7", 4, LMAS_KV_PER_LANE);
    ask_all(&both, plain, "last:7", 4, LMAS_KV_PER_LANE);
    for (i = 0; i < N_QUESTIONS; i++) {
        half = whole.n_kept[i] / 2; /* both read the same and think as much */
        assert_int_equal(whole.n_dropped[i], 0);
        assert_int_equal(own.n_kept[i], 10 + LMI_KEEP_SINKS + half / 2);
        assert_int_equal(own.n_kept[i] + own.n_dropped[i], whole.n_kept[i]);
        assert_int_equal(mixed.n_kept[i], half + 7 + LMI_KEEP_SINKS);
        assert_int_equal(both.n_kept[i], 7 + LMI_KEEP_SINKS);
    }
    assert_true(lmas_team_edge(&edge, two, 1));
    assert_string_equal(edge.keep, "knn:0.5");
    assert_true(lmas_team_edge(&edge, plain, 1));
    assert_null(edge.keep);
    lmas_team_free(plain);
    lmas_team_free(two);
    lmas_team_free(one);
}

static void refuse(const char *first, const char *message)
{
    lmas_team *team = NULL;
    char text[1024];

    snprintf(text, sizeof(text), GRAPH, first, "");
    assert_fails(LMAS_E_FORMAT, message, lmas_team_parse(&team, "g.json", text, strlen(text)));
}

static void test_a_rule_that_cannot_be_followed_is_refused(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    lmas_solver_params p = lmas_solver_params_default();
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;

    (void)state;
    refuse(", \"keep\": \"most\"",
           "g.json:1: \"keep\" must be all, thoughts, prompts, last:N, knn:");
    refuse(", \"keep\": 0.5", "\"keep\"");
    refuse(", \"carry\": \"none\", \"keep\": \"thoughts\"", "and this edge carries none");
    assert_ok(lmas_team_builtin(&team, "sequential"));
    p.keep_rule = "knn:2";
    assert_fails(LMAS_E_INVALID, "found \"knn:2\"", lmas_solver_new(&solver, session, team, &p));
    p.keep_rule = "last:9";
    p.control = LMAS_CONTROL_THOUGHTS;
    assert_fails(LMAS_E_INVALID, "control thoughts chooses them itself",
                 lmas_solver_new(&solver, session, team, &p));
    p.control = LMAS_CONTROL_NO_MEMORY;
    assert_fails(LMAS_E_INVALID, "control none hands on none",
                 lmas_solver_new(&solver, session, team, &p));
    p.control = LMAS_CONTROL_RANDOM;
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_read),
        cmocka_unit_test(test_any_other_text_is_refused_in_a_line),
        cmocka_unit_test(test_segments_say_what_is_left),
        cmocka_unit_test(test_prompts_alone_end_with_the_last_of_them),
        cmocka_unit_test(test_knn_keeps_its_share_and_the_last),
        cmocka_unit_test(test_a_fork_and_a_block_have_the_same_holes),
        cmocka_unit_test(test_embeddings_that_do_not_fold_are_refused),
        cmocka_unit_test(test_answers_do_not_hang_on_how_many_go_at_once),
        cmocka_unit_test(test_an_edge_has_a_rule_of_its_own),
        cmocka_unit_test(test_a_rule_that_cannot_be_followed_is_refused),
    };

    return cmocka_run_group_tests_name("latent, keep", tests, NULL, NULL);
}

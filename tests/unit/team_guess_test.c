/* team_guess_test.c - tokens guessed ahead of speakers: the same texts, in fewer decodes. */
#include <stdio.h>
#include <string.h>

#include "engine/tick/price.h"
#include "latent/guess.h"
#include "latent/session.h"
#include "support.h"

enum { N_QUESTIONS = 6, TEXT_MAX = 8192 };

static const char *const QUESTIONS[N_QUESTIONS] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many stickers does she have left?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "What is 2 + 2?",
    "Sam has 3 bags with 7 marbles and 2 bags with 9 marbles. How many marbles does he have?",
};

/* What all questions of a solver came to. */
typedef struct seen {
    char texts[N_QUESTIONS][TEXT_MAX]; /* of all agents, with where they lie */
    double logprobs[N_QUESTIONS];
    uint64_t n_spoken, n_ticks;
    uint64_t drafted[2];
} seen;

static bool on_token(void *user, uint64_t id, const lmas_spoken *token)
{
    ((seen *)user)->logprobs[id] += (double)token->logprob;
    return true;
}

static bool on_agent(void *user, uint64_t id, const lmas_agent_trace *trace)
{
    char *text = ((seen *)user)->texts[id];
    const size_t n = strlen(text);

    snprintf(text + n, TEXT_MAX - n, "[%s %u %u-%u %d] %s\n", trace->name, trace->n_spoken,
             trace->pos_begin, trace->pos_end, trace->is_cut, trace->output);
    return true;
}

static bool on_result(void *user, const lmas_result *result)
{
    assert_int_equal(result->status, LMAS_OK);
    ((seen *)user)->n_spoken += result->n_spoken;
    return true;
}

static lmas_solver_params params_of(lmas_method method, float temperature, seen *s)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.method = method;
    p.latent_steps = 3;
    p.max_new_tokens = 40;
    p.sampling.temperature = temperature;
    p.on_token = on_token;
    p.on_agent = on_agent;
    p.on_result = on_result;
    p.user = s;
    return p;
}

/* A way to run. */
typedef struct way {
    lmas_kv kv;
    uint32_t n_lanes;
    lmas_method method;
    float temperature;
    const char *team;
} way;

static lmas_session *session_of(const lmas_model *model, const way *w, uint32_t n_draft)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_ctx = w->n_lanes * 1024;
    p.n_lanes = w->n_lanes;
    p.kv = w->kv;
    p.cache_dir = "";
    p.n_draft = n_draft;
    assert_ok(lmas_session_new(&session, (lmas_model *)model, &p));
    session->ctx->is_guessing_free = true; /* the same guesses on every machine */
    return session;
}

static void solve(seen *out, lmas_model *model, const way *w, uint32_t n_draft)
{
    const lmas_solver_params p = params_of(w->method, w->temperature, out);
    lmas_session *session = session_of(model, w, n_draft);
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;
    uint64_t i;

    memset(out, 0, sizeof(*out));
    assert_ok(lmas_team_builtin(&team, w->team));
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    for (i = 0; i < N_QUESTIONS; i++) {
        const lmas_question q = {.id = i, .text = QUESTIONS[i], .tells_tokens = true};

        assert_ok(lmas_solver_submit(solver, &q));
    }
    while (lmas_solver_n_open(solver) > 0) {
        assert_ok(lmas_solver_tick(solver));
        out->n_ticks++;
    }
    lmas_session_drafted(session, out->drafted);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

static seen with, without;

/* The same, bit for bit. */
static void compare(lmas_model *model, const way *w, uint32_t n_draft)
{
    size_t i;

    solve(&with, model, w, n_draft);
    solve(&without, model, w, 0);
    for (i = 0; i < N_QUESTIONS; i++) {
        assert_string_equal(with.texts[i], without.texts[i]);
        if (w->kv == LMAS_KV_PER_LANE)
            assert_memory_equal(&with.logprobs[i], &without.logprobs[i], sizeof(double));
    }
    assert_int_equal(without.drafted[0], 0);
    assert_true(with.drafted[1] <= with.drafted[0]);
}

static void compare_all(lmas_model *model)
{
    static const lmas_kv kinds[] = {LMAS_KV_UNIFIED, LMAS_KV_PER_LANE};
    static const float heats[] = {0, 0.9f};
    size_t k, h;

    for (k = 0; k < 2; k++)
        for (h = 0; h < 2; h++) {
            way w = {kinds[k], 1, LMAS_METHOD_TEXT_MAS, heats[h], "sequential"};

            compare(model, &w, 3);
            assert_true(with.drafted[1] > 0);
            w.n_lanes = 4;
            compare(model, &w, LMAS_N_DRAFT_MAX);
            assert_true(with.drafted[1] > 0);
            w.method = LMAS_METHOD_LATENT_MAS;
            compare(model, &w, 3);
            w.team = "hierarchical";
            compare(model, &w, 2);
        }
}

static void test_texts_are_those_of_who_does_not_guess(void **state)
{
    (void)state;
    compare_all(support_model(DEMO_MODEL));
}

static void test_so_they_are_where_libggml_multiplies(void **state)
{
    lmas_model_params p = support_model_params();
    lmas_model *model = NULL;

    (void)state;
    p.kernels = "off";
    assert_ok(lmas_model_open(&model, DEMO_MODEL, &p));
    compare_all(model);
    lmas_model_close(model);
}

/* Who restates what he has read is through with it sooner. */
static void test_right_guesses_save_ticks(void **state)
{
    const way w = {LMAS_KV_PER_LANE, 1, LMAS_METHOD_TEXT_MAS, 0, "sequential"};

    (void)state;
    compare(support_model(DEMO_MODEL), &w, 3);
    assert_true(with.n_spoken > 200);
    assert_true(without.n_ticks - with.n_ticks > with.n_spoken / 10);
    assert_true(with.drafted[1] * 3 > with.drafted[0]);
}

/* ---- What is tried ---- */

/* Of three guesses of one lane, how many a tick tries where rows and changes cost so much. */
static size_t n_tried(float row_ms, float change_ms, float odd)
{
    const way w = {.kv = LMAS_KV_PER_LANE, .n_lanes = 1};
    const int32_t tokens[4] = {20, 21, 22, 23};
    const float odds[3] = {odd, odd * odd, odd * odd * odd};
    lmas_session *session = session_of(support_model(DEMO_MODEL), &w, 3);
    lmi_context *ctx = session->ctx;
    lmi_lane *lane = lmi_lane_take(ctx);
    size_t n;
    uint32_t i;

    ctx->is_guessing_free = false;
    for (i = 0; i < 400; i++) {
        const bool is_changed = i % 3 == 0;
        const uint32_t n_rows = 1 + i % 4;
        const double ms = 10 + row_ms * (double)n_rows + (is_changed ? change_ms : 0);

        lmi_price_note(&ctx->prices[0], n_rows, is_changed, ms);
        lmi_pace_note(&ctx->pace, 1, 10 + row_ms);
    }
    lmi_lane_read(lane, tokens, 1, LMI_WANT_LOGITS);
    assert_ok(lmi_context_tick(ctx)); /* the shape of one row: to have another is a change */
    lmi_lane_guess(lane, tokens, odds, 4);
    assert_ok(lmi_context_tick(ctx));
    n = lane->n_tokens - 1;
    lmi_lane_give(ctx, lane);
    lmas_session_free(session);
    return n;
}

static void test_guesses_are_tried_as_far_as_they_are_worth_their_rows(void **state)
{
    (void)state;
    assert_int_equal(n_tried(0.5f, 0, 0.8f), 3);  /* a row is a twentieth of a pass */
    assert_int_equal(n_tried(10, 0, 0.7f), 1);    /* a pass, in which half a token is said */
    assert_int_equal(n_tried(35, 0, 0.7f), 0);    /* more than it is likely to save */
    assert_int_equal(n_tried(0.5f, 0, 0.05f), 0); /* hardly ever right */
    assert_int_equal(n_tried(0.5f, 30, 0.8f), 0); /* another graph there and back: six passes */
}

/* ---- Room ---- */

/* One cell is left: the token has it, and what was guessed is not tried. */
static void test_guesses_that_find_no_cell_are_left_out(void **state)
{
    static const lmas_kv kinds[] = {LMAS_KV_UNIFIED, LMAS_KV_PER_LANE};
    const int32_t tokens[4] = {20, 21, 22, 23};
    const float odds[3] = {0.999f, 0.998f, 0.997f};
    int32_t read[255];
    size_t i, k;

    (void)state;
    for (i = 0; i < 255; i++)
        read[i] = 10 + (int32_t)(i % 50);
    for (k = 0; k < 2; k++) {
        const way w = {.kv = kinds[k], .n_lanes = 1};
        lmas_session *session = session_of(support_model(DEMO_MODEL), &w, 3);
        lmi_context *ctx = session->ctx;
        lmi_lane *lane = lmi_lane_take(ctx);

        while (lane->pos + 1 < ctx->n_ctx_lane) {
            const size_t left = ctx->n_ctx_lane - 1 - lane->pos;

            lmi_lane_read(lane, read, left < 255 ? left : 255, LMI_WANT_LOGITS);
            while (lane->state == LMI_LANE_TOKENS)
                assert_ok(lmi_context_tick(ctx));
        }
        lmi_lane_guess(lane, tokens, odds, 4);
        assert_ok(lmi_context_tick(ctx));
        assert_int_equal(lane->state, LMI_LANE_IDLE);
        assert_int_equal(lane->n_tokens, 1);
        assert_int_equal(lane->pos, ctx->n_ctx_lane);
        assert_true(lane->has & LMI_WANT_LOGITS);
        lmi_lane_give(ctx, lane);
        lmas_session_free(session);
    }
}

/* The pool's own sequences count, where no guess has made room for outputs. */
static void test_a_session_of_any_width_opens_with_guesses_and_without(void **state)
{
    uint32_t n;

    (void)state;
    for (n = 12; n <= 18; n++) {
        const way pool = {.kv = LMAS_KV_UNIFIED, .n_lanes = n};
        const way parts = {.kv = LMAS_KV_PER_LANE, .n_lanes = n};

        lmas_session_free(session_of(support_model(DEMO_MODEL), &pool, 0));
        lmas_session_free(session_of(support_model(DEMO_MODEL), &pool, 3));
        lmas_session_free(session_of(support_model(DEMO_MODEL), &parts, 0));
    }
}

/* ---- What is guessed ---- */

static lmi_tokens tokens_of(const char *text, int32_t *ids)
{
    size_t n;

    for (n = 0; text[n]; n++)
        ids[n] = (unsigned char)text[n];
    return (lmi_tokens){.ids = ids, .n = n};
}

/* The guesses behind `said`, which goes on `read`. */
static size_t guess(char *out, lmi_odds *odds, const char *read, const char *said, size_t n_most)
{
    int32_t ids[256];
    const lmi_tokens prompt = tokens_of(read, ids);
    lmi_guess g;
    size_t i;

    assert_ok(lmi_guess_begin(&g, odds, &prompt, n_most));
    for (i = 0; said[i]; i++)
        assert_ok(lmi_guess_add(&g, (unsigned char)said[i]));
    lmi_guess_next(&g, (unsigned char)said[i - 1], LMAS_N_DRAFT_MAX);
    assert_int_equal(g.tokens[0], said[i - 1]);
    for (i = 0; i < g.n; i++)
        out[i] = (char)g.tokens[1 + i];
    out[g.n] = '\0';
    lmi_guess_done(&g);
    return strlen(out);
}

static void test_what_followed_the_longest_end_is_guessed(void **state)
{
    lmi_odds odds = {0};
    char out[64];

    (void)state;
    guess(out, &odds, "the cat sat. a bat sat on a mat.", "cat s", 3);
    assert_string_equal(out, "at.");
    guess(out, &odds, "one red fox, two red hens, ", "red ", 4);
    assert_string_equal(out, "hens"); /* of two as long, the latest */
    guess(out, &odds, "abcabc", "x", 3);
    assert_string_equal(out, "");
    guess(out, &odds, "", "ababa", 3);
    assert_string_equal(out, "ba"); /* as far as the history goes */
    guess(out, &odds, "abcabc", "a", 0);
    assert_string_equal(out, "");
}

static void test_chances_are_those_of_guesses_before(void **state)
{
    int32_t ids[16];
    const lmi_tokens prompt = tokens_of("abcdefg", ids);
    lmi_odds odds = {0};
    lmi_guess g;
    float before;
    size_t i;

    (void)state;
    assert_ok(lmi_guess_begin(&g, &odds, &prompt, 3));
    assert_ok(lmi_guess_add(&g, 'a'));
    lmi_guess_next(&g, 'a', 3);
    assert_int_equal(g.n, 3);
    before = g.chances[0];
    assert_true(g.chances[1] < before && g.chances[2] < g.chances[1]);
    for (i = 0; i < 50; i++)
        lmi_guess_learn(&g, 3, 0);
    lmi_guess_next(&g, 'a', 3);
    assert_true(g.chances[0] < before / 3);
    assert_int_equal(lmi_odds_n_tried(&odds), 50); /* what comes behind a wrong one says nothing */
    assert_int_equal(lmi_odds_n_right(&odds), 0);
    lmi_guess_done(&g);
}

static void test_a_price_is_what_decodes_took(void **state)
{
    lmi_price price = {0};
    uint32_t i;

    (void)state;
    assert_true(lmi_price_cost(&price, 0.5f).row == 0.5f);
    for (i = 0; i < 40; i++)
        lmi_price_note(&price, 4, false, 20 + 3 * 4);
    assert_float_equal(lmi_price_cost(&price, 0.5f).row, 0.5f,
                       1e-6); /* all alike: they do not tell */
    for (i = 0; i < 100; i++)
        lmi_price_note(&price, 1 + i % 4, false, 20 + 3 * (1 + i % 4));
    assert_float_equal(lmi_price_cost(&price, 0.5f).row, 3.0 / 20, 1e-4);
    lmi_price_note(&price, 1, false, 5000); /* somebody held it up */
    assert_float_equal(lmi_price_cost(&price, 0.5f).row, 3.0 / 20, 1e-4);
    assert_true(lmi_price_cost(&price, 0.5f).change == 0);
    for (i = 0; i < 1000; i++)
        lmi_price_note(&price, 1 + i % 4, false, 20 - (i % 4));
    assert_true(lmi_price_cost(&price, 0.5f).row > 0 && lmi_price_cost(&price, 0.5f).row < 0.05f);
}

static void test_a_change_of_shape_has_a_price_of_its_own(void **state)
{
    lmi_price price = {0};
    lmi_decode_cost cost;
    uint32_t i;

    (void)state;
    for (i = 0; i < 60; i++)
        lmi_price_note(&price, 4, i % 3 == 0, 20 + 4 * 4 + (i % 3 == 0 ? 10 : 0));
    cost = lmi_price_cost(&price, 0.2f); /* rows did not vary: they cost what is usual */
    assert_float_equal(cost.row, 0.2f, 1e-4);
    assert_float_equal(cost.change, 0.5f, 1e-4);
    for (i = 0; i < 60; i++)
        lmi_price_note(&price, 1 + i % 4, i % 3 == 0, 20 + 4 * (1 + i % 4) + (i % 3 == 0 ? 10 : 0));
    cost = lmi_price_cost(&price, 0.5f);
    assert_float_equal(cost.row, 0.2f, 1e-4);
    assert_float_equal(cost.change, 0.5f, 1e-4);
    price = (lmi_price){0};
    for (i = 0; i < 60; i++) /* who always comes with the other cannot be told from it */
        lmi_price_note(&price, 1 + i % 2, i % 2 == 1, 20 + 4 * (1 + i % 2) + i % 2 * 10);
    cost = lmi_price_cost(&price, 0.5f);
    assert_float_equal(cost.row, 14.0 / 10, 1e-4);
    assert_true(cost.change == 0);
}

static void test_more_guesses_than_the_limit_are_refused(void **state)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    (void)state;
    p.n_draft = LMAS_N_DRAFT_MAX + 1;
    assert_fails(LMAS_E_INVALID, "n_draft must be at most 15, got 16",
                 lmas_session_new(&session, support_model(DEMO_MODEL), &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_followed_the_longest_end_is_guessed),
        cmocka_unit_test(test_chances_are_those_of_guesses_before),
        cmocka_unit_test(test_a_price_is_what_decodes_took),
        cmocka_unit_test(test_a_change_of_shape_has_a_price_of_its_own),
        cmocka_unit_test(test_more_guesses_than_the_limit_are_refused),
        cmocka_unit_test(test_texts_are_those_of_who_does_not_guess),
        cmocka_unit_test(test_so_they_are_where_libggml_multiplies),
        cmocka_unit_test(test_right_guesses_save_ticks),
        cmocka_unit_test(test_guesses_are_tried_as_far_as_they_are_worth_their_rows),
        cmocka_unit_test(test_guesses_that_find_no_cell_are_left_out),
        cmocka_unit_test(test_a_session_of_any_width_opens_with_guesses_and_without),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

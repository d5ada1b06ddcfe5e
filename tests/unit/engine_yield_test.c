/* engine_yield_test.c - long prompts that let others on meanwhile: nobody waits long, nobody
 * starves, and not a bit of what comes out changes. */
#include <string.h>

#include "base/mem.h"
#include "engine/context.h"
#include "support.h"

enum { N_LANES = 4, N_CTX = 1024, N_LONG = 700, N_SHORT = 40, N_YIELD = 64, N_STEPS = 60 };

static lmi_context *make_context(uint32_t n_yield)
{
    const lmi_context_params params = {.n_ctx = N_LANES * N_CTX,
                                       .n_lanes = N_LANES,
                                       .n_batch = 2048,
                                       .n_ubatch = 256,
                                       .n_yield = n_yield,
                                       .n_threads = 1,
                                       .kv = LMAS_KV_PER_LANE,
                                       .flash_attn = LMAS_FLASH_ATTN_OFF,
                                       .cache_type_k = "f32",
                                       .cache_type_v = "f32"};
    lmi_context *ctx = NULL;

    assert_ok(lmi_context_new(&ctx, support_model(DEMO_MODEL), &params));
    return ctx;
}

static int32_t tokens[N_LANES][N_LONG];

static void make_tokens(void)
{
    size_t i, k;

    for (i = 0; i < N_LANES; i++)
        for (k = 0; k < N_LONG; k++)
            tokens[i][k] = (int32_t)(10 + (i * 7919 + k * 104729) % 300);
}

/* Lanes 0 to 2 read long prompts, lane 3 a short one and then token after token. How many ticks
 * each needed; what came out of the last rows. */
typedef struct story {
    uint32_t n_ticks[N_LANES];
    float *logits[N_LANES];
    size_t n_vocab;
} story;

static void keep(story *s, size_t i, const lmi_lane *lane)
{
    s->logits[i] = lmi_new(s->n_vocab, sizeof(float));
    memcpy(s->logits[i], lane->logits, s->n_vocab * sizeof(float));
}

static story tell(lmi_context *ctx)
{
    story s = {.n_vocab = (size_t)ctx->model->info.n_vocab};
    lmi_lane *lanes[N_LANES];
    uint32_t n_steps = 0, tick = 0;
    size_t i, n_open = N_LANES;

    for (i = 0; i < N_LANES; i++) {
        lanes[i] = lmi_lane_take(ctx);
        lmi_lane_read(lanes[i], tokens[i], i == 3 ? N_SHORT : N_LONG, LMI_WANT_LOGITS);
    }
    while (n_open > 0) {
        assert_ok(lmi_context_tick(ctx));
        assert_true(++tick < 10000);
        for (i = 0; i < N_LANES; i++) {
            if (lanes[i]->state != LMI_LANE_IDLE || s.logits[i])
                continue;
            if (i == 3 && n_steps++ < N_STEPS) {
                lmi_lane_read(lanes[i], &tokens[3][N_SHORT + n_steps], 1, LMI_WANT_LOGITS);
                continue;
            }
            keep(&s, i, lanes[i]);
            s.n_ticks[i] = tick;
            n_open--;
        }
    }
    for (i = 0; i < N_LANES; i++)
        lmi_lane_give(ctx, lanes[i]);
    return s;
}

static void forget(story *s)
{
    size_t i;

    for (i = 0; i < N_LANES; i++)
        lmi_free(s->logits[i]);
}

/* (In a pool attention goes over everybody's cells, which rounds by where they lie.) */
static void test_yielding_changes_no_bit(void **state)
{
    lmi_context *plain = make_context(0), *yielding = make_context(N_YIELD);
    story a = tell(plain), b = tell(yielding);
    size_t i;

    (void)state;
    for (i = 0; i < N_LANES; i++)
        assert_memory_equal(a.logits[i], b.logits[i], a.n_vocab * sizeof(float));
    forget(&a);
    forget(&b);
    lmi_context_free(plain);
    lmi_context_free(yielding);
}

static void test_who_asks_something_short_is_not_kept_waiting(void **state)
{
    lmi_context *ctx = make_context(N_YIELD);
    story s = tell(ctx);

    (void)state;
    /* Its prompt in the first tick, then a token in each. */
    assert_int_equal(s.n_ticks[3], N_STEPS + 1);
    assert_true(s.n_ticks[0] > 2);
    forget(&s);
    lmi_context_free(ctx);
}

/* The rows that long prompts get beside one lane that takes token after token. */
static void test_long_prompts_have_a_third_of_the_time(void **state)
{
    lmi_context *ctx = make_context(N_YIELD);
    lmi_lane *lane = lmi_lane_take(ctx), *busy = lmi_lane_take(ctx);
    double passes_long = 0, passes_short = 0;
    uint32_t i, pos = 0;

    (void)state;
    lmi_lane_read(lane, tokens[0], N_LONG, LMI_WANT_NOTHING);
    for (i = 0; i < 900 && lane->state != LMI_LANE_IDLE; i++) {
        lmi_lane_read(busy, &tokens[1][i % N_LONG], 1, LMI_WANT_LOGITS);
        assert_ok(lmi_context_tick(ctx));
        passes_short += 1 + (double)ctx->row_cost;
        if (lane->pos > pos)
            passes_long += 1 + (double)ctx->row_cost * (lane->pos - pos);
        pos = lane->pos;
    }
    assert_true(pos > 100);
    assert_true(passes_long < 0.6 * passes_short + 200);
    assert_true(passes_long > 0.3 * passes_short);
    lmi_lane_give(ctx, lane);
    lmi_lane_give(ctx, busy);
    lmi_context_free(ctx);
}

static void test_each_long_prompt_has_its_turn(void **state)
{
    lmi_context *ctx = make_context(N_YIELD);
    lmi_lane *lanes[N_LANES];
    size_t i;
    int k;

    (void)state;
    for (i = 0; i < N_LANES; i++)
        lanes[i] = lmi_lane_take(ctx);
    for (i = 0; i < 3; i++)
        lmi_lane_read(lanes[i], tokens[i], N_LONG, LMI_WANT_NOTHING);
    for (k = 0; k < 300; k++) {
        lmi_lane_read(lanes[3], &tokens[3][k], 1, LMI_WANT_LOGITS);
        assert_ok(lmi_context_tick(ctx));
    }
    for (i = 1; i < 3; i++)
        assert_true(lanes[i]->pos + N_YIELD >= lanes[0]->pos && lanes[i]->pos > 0);
    for (i = 0; i < N_LANES; i++)
        lmi_lane_give(ctx, lanes[i]);
    lmi_context_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yielding_changes_no_bit),
        cmocka_unit_test(test_who_asks_something_short_is_not_kept_waiting),
        cmocka_unit_test(test_long_prompts_have_a_third_of_the_time),
        cmocka_unit_test(test_each_long_prompt_has_its_turn),
    };

    make_tokens();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

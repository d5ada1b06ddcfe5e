/* engine_shift_test.c - a lane forked, and blocks moved behind other lanes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state/shift.h"
#include "engine/state/turn.h"
#include "support.h"

enum { N_BLOCK = 20, N_CTX = 512 };

static lmi_context *make_context_of(const char *model, lmas_kv kv, const char *type_k,
                                    const char *type_v, lmas_flash_attn flash_attn)
{
    const lmi_context_params params = {.n_ctx = 4 * N_CTX,
                                       .n_lanes = 4,
                                       .n_batch = 64,
                                       .n_ubatch = 32,
                                       .n_threads = 1,
                                       .kv = kv,
                                       .flash_attn = flash_attn,
                                       .cache_type_k = type_k,
                                       .cache_type_v = type_v};
    lmi_context *ctx = NULL;

    assert_ok(lmi_context_new(&ctx, support_model(model), &params));
    return ctx;
}

static lmi_context *make_context(const char *model, lmas_kv kv, const char *type)
{
    return make_context_of(model, kv, type, "f32", LMAS_FLASH_ATTN_OFF);
}

static const int32_t *some_tokens(void)
{
    static int32_t tokens[100];
    int32_t i;

    for (i = 0; i < 100; i++)
        tokens[i] = 10 + (i * 37) % 500;
    return tokens;
}

static void read_at(lmi_context *ctx, lmi_lane *lane, uint32_t pos, const int32_t *tokens, size_t n)
{
    assert_ok(lmi_lane_read_at(ctx, lane, pos, tokens, n, LMI_WANT_LOGITS));
}

static double apart(const lmi_context *ctx, const lmi_lane *a, const lmi_lane *b)
{
    const size_t n = (size_t)ctx->model->info.n_vocab;
    double worst = 0;
    size_t i;

    for (i = 0; i < n; i++)
        worst = fmax(worst, fabs((double)a->logits[i] - (double)b->logits[i]));
    return worst;
}

static void read_one_more(lmi_context *ctx, lmi_lane *lane)
{
    read_at(ctx, lane, lane->pos, some_tokens() + 70, 1);
}

/* One more token behind both: how far apart their logits are. */
static double difference_behind(lmi_context *ctx, lmi_lane *a, lmi_lane *b)
{
    read_one_more(ctx, a);
    read_one_more(ctx, b);
    return apart(ctx, a, b);
}

/* Of a block read with nothing before it at one place, then at another: how far off the logits
 * behind it are when it was moved there instead. The model's own rounding is seen where nothing
 * moved: what is behind the block depends on distances alone. */
typedef struct off {
    double moved, own;
} off;

static off move_and_read(lmi_context *ctx, uint32_t begin, uint32_t pos)
{
    lmi_lane *from = lmi_lane_take(ctx), *to = lmi_lane_take(ctx), *there = lmi_lane_take(ctx);
    off result;

    read_at(ctx, from, begin, some_tokens(), N_BLOCK);
    read_at(ctx, there, pos, some_tokens(), N_BLOCK);
    to->pos = pos;
    assert_ok(lmi_lane_splice(ctx, to, from, begin, begin + N_BLOCK));
    assert_int_equal(to->pos, pos + N_BLOCK);
    result.moved = difference_behind(ctx, to, there);
    read_one_more(ctx, from);
    result.own = apart(ctx, from, there);
    lmi_lane_give(ctx, from);
    lmi_lane_give(ctx, to);
    lmi_lane_give(ctx, there);
    return result;
}

static void check_moved_in(lmi_context *ctx, const char *what, double most)
{
    static const uint32_t places[][2] = {{0, 64}, {64, 0}, {3, 4}, {0, 450}, {450, 7}, {30, 30}};
    off worst = {0, 0};
    size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const off o = move_and_read(ctx, places[i][0], places[i][1]);

        worst.moved = fmax(worst.moved, o.moved);
        worst.own = fmax(worst.own, o.own);
    }
    print_message("# %s, %s, %s: logits off by %.1e, of itself by %.1e\n", ctx->model->name,
                  ctx->is_unified ? "one pool" : "parts", what, worst.moved, worst.own);
    assert_true(worst.moved <= fmax(most, 2 * worst.own));
    lmi_context_free(ctx);
}

static void check_moved(const char *model, lmas_kv kv, const char *type, double most)
{
    check_moved_in(make_context(model, kv, type), type, most);
}

static void test_a_block_moved_by_delta_is_as_if_read_there(void **state)
{
    static const char *const models[] = {UNTIED_MODEL, TIED_MODEL, DEMO_MODEL};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        check_moved(models[i], LMAS_KV_UNIFIED, "f32", 1e-3);
        check_moved(models[i], LMAS_KV_PER_LANE, "f32", 1e-3);
    }
}

static void test_rounded_keys_move_within_their_rounding(void **state)
{
    (void)state;
    check_moved(DEMO_MODEL, LMAS_KV_PER_LANE, "f16", 1e-3);
    check_moved(UNTIED_MODEL, LMAS_KV_PER_LANE, "f16", 1e-3);
    check_moved(UNTIED_MODEL, LMAS_KV_PER_LANE, "bf16", 1e-3);
    check_moved(UNTIED_MODEL, LMAS_KV_PER_LANE, "q8_0", 1e-3);
    check_moved(UNTIED_MODEL, LMAS_KV_UNIFIED, "q8_0", 1e-3);
    check_moved(UNTIED_MODEL, LMAS_KV_PER_LANE, "q4_0", 1e-3);
}

/* libllama mixes the values of rounded keys where heads are 64 wide or a multiple. */
static void test_keys_that_are_mixed_before_rounding_move_too(void **state)
{
    static char path[256];

    (void)state;
    snprintf(path, sizeof(path), "%s/wide.gguf", support_folder());
    assert_ok(lmas_model_synthesize(path, "qwen3-tiny:f32", NULL, NULL));
    check_moved(path, LMAS_KV_PER_LANE, "f32", 1e-3);
    check_moved(path, LMAS_KV_PER_LANE, "q8_0", 1e-3);
    check_moved(path, LMAS_KV_UNIFIED, "q4_0", 1e-3);
}

/* Where values lie in rows, not in columns, and are rounded too. */
static void test_blocks_move_with_flash_attention(void **state)
{
    const lmas_flash_attn on = LMAS_FLASH_ATTN_ON;

    (void)state;
    check_moved_in(make_context_of(UNTIED_MODEL, LMAS_KV_PER_LANE, "f16", "f16", on), "f16, flash",
                   1e-3);
    check_moved_in(make_context_of(UNTIED_MODEL, LMAS_KV_UNIFIED, "q8_0", "q8_0", on),
                   "q8_0, flash", 1e-3);
}

static void check_fork(lmas_kv kv)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, kv, "f32");
    lmi_lane *from = lmi_lane_take(ctx), *to = lmi_lane_take(ctx), *third = lmi_lane_take(ctx);

    read_at(ctx, from, 0, some_tokens(), 30);
    assert_ok(lmi_lane_fork(ctx, to, from));
    assert_ok(lmi_lane_fork(ctx, third, to));
    assert_int_equal(to->pos, 30);
    read_at(ctx, from, from->pos, some_tokens() + 50, 9); /* they part here */
    read_at(ctx, to, to->pos, some_tokens() + 30, 9);
    lmi_lane_clear(ctx, from);
    read_at(ctx, from, 0, some_tokens(), 39);
    assert_true(difference_behind(ctx, from, to) < 1e-4);
    read_at(ctx, third, third->pos, some_tokens() + 30, 9);
    lmi_lane_clear(ctx, to);
    read_at(ctx, to, 0, some_tokens(), 39);
    assert_true(difference_behind(ctx, to, third) < 1e-4);
    lmi_context_free(ctx);
}

static void test_a_fork_continues_as_its_origin(void **state)
{
    (void)state;
    check_fork(LMAS_KV_UNIFIED);
    check_fork(LMAS_KV_PER_LANE);
}

/* What is cut off and put back where it was is as if nothing had been done. */
static void check_put_back(lmas_kv kv, const char *type, double most)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, kv, type);
    lmi_lane *whole = lmi_lane_take(ctx), *part = lmi_lane_take(ctx), *away = lmi_lane_take(ctx);

    read_at(ctx, whole, 0, some_tokens(), 60);
    assert_ok(lmi_lane_splice(ctx, part, whole, 0, 25));
    assert_ok(lmi_lane_splice(ctx, away, whole, 25, 60)); /* to 0 ... */
    assert_ok(lmi_lane_splice(ctx, part, away, 0, 35));   /* ... and back */
    assert_true(difference_behind(ctx, whole, part) <= most);
    lmi_context_free(ctx);
}

static void test_a_block_cut_off_and_put_back_changes_nothing(void **state)
{
    (void)state;
    check_put_back(LMAS_KV_UNIFIED, "f32", 1e-3);
    check_put_back(LMAS_KV_PER_LANE, "f32", 1e-3);
    check_put_back(LMAS_KV_PER_LANE, "f16", 0.02);
}

/* Joining moves nothing that a third lane shares. */
static void test_a_shared_block_stays_where_it_is_for_the_others(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, LMAS_KV_UNIFIED, "f32");
    lmi_lane *origin = lmi_lane_take(ctx), *sharer = lmi_lane_take(ctx);
    lmi_lane *joined = lmi_lane_take(ctx);

    (void)state;
    read_at(ctx, origin, 0, some_tokens(), 30);
    assert_ok(lmi_lane_fork(ctx, sharer, origin));
    assert_ok(lmi_lane_fork(ctx, joined, origin));
    assert_ok(lmi_lane_splice(ctx, joined, sharer, 10, 30));
    assert_int_equal(joined->pos, 50);
    assert_ok(lmi_lane_splice(ctx, joined, joined, 0, 50)); /* a lane behind itself */
    assert_int_equal(joined->pos, 100);
    assert_true(difference_behind(ctx, origin, sharer) < 1e-5);
    lmi_lane_clear(ctx, sharer);
    read_at(ctx, sharer, 0, some_tokens(), 30);
    read_at(ctx, sharer, 30, some_tokens() + 70, 1);
    assert_true(difference_behind(ctx, origin, sharer) < 1e-4);
    lmi_context_free(ctx);
}

static void test_what_does_not_fit_is_refused_and_changes_nothing(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, LMAS_KV_PER_LANE, "f32");
    lmi_lane *from = lmi_lane_take(ctx), *to = lmi_lane_take(ctx);

    (void)state;
    read_at(ctx, from, 0, some_tokens(), 100);
    assert_fails(LMAS_E_INVALID, "positions 5 to 101 of a lane that has 100",
                 lmi_lane_splice(ctx, to, from, 5, 101));
    assert_fails(LMAS_E_INVALID, "positions 7 to 7", lmi_lane_splice(ctx, to, from, 7, 7));
    to->pos = 40; /* nothing is there */
    assert_fails(LMAS_E_INVALID, "positions 3 to 40 of a lane hold nothing",
                 lmi_lane_splice(ctx, from, to, 3, 40));
    to->pos = 0;
    while (to->pos + 100 <= ctx->n_ctx_lane)
        assert_ok(lmi_lane_splice(ctx, to, from, 0, 100));
    assert_fails(LMAS_E_CONTEXT_FULL, "context full", lmi_lane_splice(ctx, to, from, 0, 100));
    assert_int_equal(to->state, LMI_LANE_IDLE);
    assert_int_equal(to->pos, ctx->n_ctx_lane / 100 * 100);
    read_at(ctx, to, to->pos, some_tokens(), 1);
    lmi_context_free(ctx);
}

static void test_a_pool_without_room_leaves_the_lane_as_it_was(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, LMAS_KV_UNIFIED, "f32");
    lmi_lane *from = lmi_lane_take(ctx), *to = lmi_lane_take(ctx);
    lmas_status status = LMAS_OK;
    uint32_t pos = 0;

    (void)state;
    read_at(ctx, from, 0, some_tokens(), 100);
    while (status == LMAS_OK && to->pos < 2 * ctx->n_ctx) {
        pos = to->pos;
        status = lmi_lane_splice(ctx, to, from, 0, 100);
    }
    assert_int_equal(status, LMAS_E_CONTEXT_FULL);
    assert_int_equal(to->pos, pos);
    assert_int_equal(to->state, LMI_LANE_IDLE);
    lmi_lane_clear(ctx, to);
    assert_ok(lmi_lane_splice(ctx, to, from, 0, 100));
    assert_true(difference_behind(ctx, from, to) < 1e-4);
    lmi_context_free(ctx);
}

static void test_the_first_join_needs_a_free_lane_and_is_proved_once(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, LMAS_KV_PER_LANE, "f32");
    lmi_lane *lanes[4];
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++)
        lanes[i] = lmi_lane_take(ctx);
    read_at(ctx, lanes[0], 0, some_tokens(), 9);
    assert_fails(LMAS_E_CONTEXT_FULL, "no free lane",
                 lmi_lane_splice(ctx, lanes[1], lanes[0], 0, 9));
    lmi_lane_give(ctx, lanes[3]);
    assert_null(lmi_context_cannot_join(ctx));
    assert_ok(lmi_context_prove_join(ctx));
    assert_non_null(lmi_lane_take(ctx));
    assert_ok(lmi_lane_splice(ctx, lanes[1], lanes[0], 0, 9));
    lmi_context_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fork_continues_as_its_origin),
        cmocka_unit_test(test_a_block_moved_by_delta_is_as_if_read_there),
        cmocka_unit_test(test_rounded_keys_move_within_their_rounding),
        cmocka_unit_test(test_keys_that_are_mixed_before_rounding_move_too),
        cmocka_unit_test(test_blocks_move_with_flash_attention),
        cmocka_unit_test(test_a_block_cut_off_and_put_back_changes_nothing),
        cmocka_unit_test(test_a_shared_block_stays_where_it_is_for_the_others),
        cmocka_unit_test(test_what_does_not_fit_is_refused_and_changes_nothing),
        cmocka_unit_test(test_a_pool_without_room_leaves_the_lane_as_it_was),
        cmocka_unit_test(test_the_first_join_needs_a_free_lane_and_is_proved_once),
    };

    return cmocka_run_group_tests_name("engine, shift", tests, NULL, NULL);
}

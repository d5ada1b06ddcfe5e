/*
 * attention.h - of arch_test.c: where thoughts look, by position.
 *
 * A lane that is alone in its part has its cells in the order of their positions. In a pool among
 * others, where it goes into holes that somebody left, it has not; what a thought pays to each
 * position is the same all the same. Layers with a window pay nothing to what lies outside.
 */
#ifndef LMI_TESTS_ARCH_ATTENTION_H
#define LMI_TESTS_ARCH_ATTENTION_H

#include <math.h>
#include <string.h>

#include "engine/state/turn.h"
#include "engine/thought/attention.h"
#include "from_file.h"

enum {
    ATTENTION_LANES = 4,
    ATTENTION_PROMPTS = 4,
    ATTENTION_THOUGHTS = 4,
    ATTENTION_POS_MAX = 192
};

static lmi_context *arch_context(lmas_model *model, lmas_kv kv, uint32_t n_ctx)
{
    const lmi_context_params params = {.n_ctx = ATTENTION_LANES * n_ctx,
                                       .n_lanes = ATTENTION_LANES,
                                       .n_batch = 64,
                                       .n_ubatch = 32,
                                       .n_threads = 1,
                                       .kv = kv,
                                       .flash_attn = LMAS_FLASH_ATTN_OFF,
                                       .cache_type_k = "f32",
                                       .cache_type_v = "f32"};
    lmi_context *ctx = NULL;

    assert_ok(lmi_context_new(&ctx, model, &params));
    return ctx;
}

static void attention_read(lmi_context *ctx, lmi_lane *lane, const int32_t *ids, size_t n)
{
    assert_ok(lmi_lane_read_at(ctx, lane, lane->pos, ids, n, LMI_WANT_HIDDEN));
}

/* Thoughts (states as they are: what is held against each other is where they look), one of them
 * not asked, so that places are looked up again. */
static void attention_think(double *paid, lmi_context *ctx, lmi_lane *lane)
{
    uint32_t i, k;

    for (i = 0; i < ATTENTION_THOUGHTS; i++) {
        const unsigned want = i == 1 ? LMI_WANT_HIDDEN : LMI_WANT_HIDDEN | LMI_WANT_ATTENTION;

        lmi_lane_feed(ctx, lane, ctx->model->thought.row, want);
        assert_ok(lmi_context_tick(ctx));
        assert_int_equal(lane->state, LMI_LANE_IDLE);
        assert_int_equal(lane->has, want);
        for (k = 0; i != 1 && k < lane->attention->n; k++)
            paid[k] += lane->attention->mass[k];
    }
}

/* What is paid to each position by thoughts behind four prompts, more than a window sees. */
static void attention_alone(double *paid, lmi_context *ctx, const from_file_case *f)
{
    lmi_lane *lane = lmi_lane_take(ctx);
    int i;

    for (i = 0; i < ATTENTION_PROMPTS; i++)
        attention_read(ctx, lane, i % 2 ? f->second : f->first, f->n);
    attention_think(paid, ctx, lane);
    lmi_lane_give(ctx, lane);
}

/* The same where the third prompt goes into holes in front of the first one. */
static void attention_in_holes(double *paid, lmi_context *ctx, const from_file_case *f)
{
    lmi_lane *early = lmi_lane_take(ctx), *lane = lmi_lane_take(ctx), *late = lmi_lane_take(ctx);
    int i;

    attention_read(ctx, early, f->second, f->n / 2);
    attention_read(ctx, late, f->first, 2);
    for (i = 0; i < ATTENTION_PROMPTS; i++) {
        attention_read(ctx, lane, i % 2 ? f->second : f->first, f->n);
        attention_read(ctx, late, f->first, 2);
        if (i == 1)
            lmi_lane_clear(ctx, early);
    }
    attention_think(paid, ctx, lane);
    lmi_lane_give(ctx, early);
    lmi_lane_give(ctx, lane);
    lmi_lane_give(ctx, late);
}

static void attention_compare(lmi_context *parts, lmi_context *pool, const from_file_case *f)
{
    double alone[ATTENTION_POS_MAX] = {0}, among[ATTENTION_POS_MAX] = {0};
    double worst = 0, sum = 0;
    size_t i;

    assert_true(ATTENTION_PROMPTS * f->n + ATTENTION_THOUGHTS <= ATTENTION_POS_MAX);
    attention_alone(alone, parts, f);
    attention_in_holes(among, pool, f);
    for (i = 0; i < ATTENTION_POS_MAX; i++) {
        worst = fmax(worst, fabs(alone[i] - among[i]));
        sum += alone[i];
    }
    print_message("# %s: %.3f paid by a thought, %.1e apart among others\n", f->name,
                  sum / (ATTENTION_THOUGHTS - 1), worst);
    assert_true(worst < 1e-3);
    assert_true(sum > 0);
}

static void test_attention_is_by_position_or_refused(void **state)
{
    const from_file_case *f = *state;
    lmi_context *parts = arch_context(f->model, LMAS_KV_PER_LANE, f->n_ctx);
    lmi_context *pool = arch_context(f->model, LMAS_KV_UNIFIED, f->n_ctx);
    const char *reason;

    assert_ok(lmi_context_prove_attention(parts));
    assert_ok(lmi_context_prove_attention(pool));
    reason = lmi_context_cannot_attend(parts);
    if (reason)
        print_message("# %s: %s\n", f->name, reason);
    assert_int_equal(!reason, !lmi_context_cannot_attend(pool));
    assert_true(!reason || !strchr(reason, '\n'));
    if (!reason && !*parts->refusal)
        attention_compare(parts, pool, f);
    lmi_context_free(parts);
    lmi_context_free(pool);
}

#endif

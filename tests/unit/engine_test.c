/* engine_test.c - models refused, tokens, lanes, where the hidden state comes from, sampling. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "engine/context.h"
#include "engine/libllama.h"
#include "engine/prefix.h"
#include "engine/sampler.h"
#include "support.h"

static lmas_status open_model(const char *path)
{
    lmas_model *model = NULL;
    const lmas_status status = lmas_model_open(&model, path, NULL);

    if (status == LMAS_OK)
        lmas_model_close(model);
    else
        assert_null(model);
    return status;
}

static void test_what_is_no_model_is_refused_in_one_line(void **state)
{
    const char *folder = support_folder();

    (void)state;
    assert_fails(LMAS_E_IO, "cannot open the model nowhere.gguf", open_model("nowhere.gguf"));
    assert_fails(LMAS_E_IO, "is a folder", open_model("tests"));
    assert_fails(LMAS_E_MODEL, "does not begin with \"GGUF\"", open_model("README.md"));
    assert_fails(LMAS_E_MODEL, "not a GGUF", open_model(support_file(folder, "empty.gguf", "", 0)));
    assert_fails(LMAS_E_MODEL, "not a whole GGUF",
                 open_model(support_file(folder, "magic.gguf", "GGUF", 4)));
}

static void test_a_model_cut_short_is_refused_wherever_it_is_cut(void **state)
{
    const char *folder = support_folder();
    lmi_buf file;
    size_t cut;

    (void)state;
    lmi_buf_init(&file, 1 << 24);
    assert_ok(lmi_file_read(&file, TIED_MODEL));
    for (cut = 5; cut < file.len; cut += file.len / 23) {
        const char *path = support_file(folder, "cut.gguf", file.data, cut);

        assert_int_equal(open_model(path), LMAS_E_MODEL);
        assert_int_equal(strcspn(lmas_last_error(), "\n"), strlen(lmas_last_error()));
    }
    lmi_buf_done(&file);
}

/* A header alone, as its author may have meant it. */
static const char *header_file(const char *arch, const char *vocab, bool is_causal)
{
    static char path[256];
    struct gguf_context *gguf = gguf_init_empty();
    char key[64];

    snprintf(path, sizeof(path), "%s/header.gguf", support_folder());
    snprintf(key, sizeof(key), "%s.attention.causal", arch);
    gguf_set_val_str(gguf, "general.architecture", arch);
    if (vocab)
        gguf_set_val_str(gguf, "tokenizer.ggml.model", vocab);
    gguf_set_val_bool(gguf, key, is_causal);
    assert_true(gguf_write_to_file(gguf, path, false));
    gguf_free(gguf);
    return path;
}

static void test_encoders_and_models_without_vocabulary_are_refused(void **state)
{
    (void)state;
    assert_fails(LMAS_E_MODEL, "is an encoder (bert)",
                 open_model(header_file("bert", "bert", false)));
    assert_fails(LMAS_E_MODEL, "no vocabulary", open_model(header_file("qwen3", NULL, true)));
    assert_fails(LMAS_E_MODEL, "no vocabulary", open_model(header_file("qwen3", "none", true)));
    assert_fails(LMAS_E_MODEL, "libllama cannot load",
                 open_model(header_file("nosucharch", "gpt2", true)));
}

static void test_a_model_says_what_it_is(void **state)
{
    const lmas_model_info *untied = lmas_model_describe(support_model(UNTIED_MODEL));
    const lmas_model_info *tied = lmas_model_describe(support_model(TIED_MODEL));

    (void)state;
    assert_string_equal(untied->arch, "qwen3");
    assert_string_equal(untied->vocab_type, "BPE");
    assert_int_equal(untied->n_vocab, 640);
    assert_int_equal(untied->n_embd, 48);
    assert_int_equal(untied->n_layer, 3);
    assert_false(untied->is_tied);
    assert_true(tied->is_tied);
    assert_int_equal(strlen(tied->fingerprint), 64);
    assert_string_not_equal(tied->fingerprint, untied->fingerprint);
    /* 3 layers x 2 heads x (32 K + 32 V) x 2 bytes */
    assert_int_equal(untied->cell_size, 3 * 2 * 64 * 2);
}

static void test_a_model_without_chat_template_names_the_way_out(void **state)
{
    lmas_model_params params = lmas_model_params_default();
    lmas_model *model = NULL;
    char *text = NULL;

    (void)state;
    params.chat_template = "{{ nobody knows this }}";
    assert_ok(lmas_model_open(&model, DEMO_MODEL, &params));
    assert_fails(LMAS_E_MODEL, "(chat_template gives another)",
                 lmas_model_format_chat(&text, model, "s", "u", NULL));
    lmas_model_close(model);
    params.chat_template = "llama3";
    assert_ok(lmas_model_open(&model, DEMO_MODEL, &params));
    assert_ok(lmas_model_format_chat(&text, model, NULL, "hello", NULL));
    assert_non_null(strstr(text, "<|start_header_id|>user"));
    lmas_text_free(text);
    lmas_model_close(model);
}

static void test_unknown_devices_are_refused(void **state)
{
    lmas_model_params params = lmas_model_params_default();
    lmas_model *model = NULL;

    (void)state;
    params.devices = "CPU,NoSuchDevice7";
    assert_fails(LMAS_E_INVALID, "NoSuchDevice7", lmas_model_open(&model, TIED_MODEL, &params));
    params.devices = "none";
    assert_ok(lmas_model_open(&model, TIED_MODEL, &params));
    lmas_model_close(model);
}

static lmi_context *make_context_of(const char *model, uint32_t n_lanes, uint32_t n_ctx,
                                    lmi_tap tap, lmas_kv kv)
{
    const lmi_context_params params = {.n_ctx = n_ctx,
                                       .n_lanes = n_lanes,
                                       .n_batch = 64,
                                       .n_ubatch = 32,
                                       .n_threads = 1,
                                       .kv = kv,
                                       .flash_attn = LMAS_FLASH_ATTN_OFF,
                                       .cache_type_k = "f32",
                                       .cache_type_v = "f32",
                                       .tap = tap};
    lmi_context *ctx = NULL;

    assert_ok(lmi_context_new(&ctx, support_model(model), &params));
    assert_int_equal(ctx->tap, tap);
    return ctx;
}

static uint32_t n_ubatch_granted(lmas_model *model, uint32_t n_ubatch)
{
    lmas_session_params params = lmas_session_params_default();
    lmas_session *session = NULL;
    uint32_t granted;

    params.n_ctx = 1024;
    params.n_ubatch = n_ubatch;
    assert_ok(lmas_session_new(&session, model, &params));
    granted = lmas_session_n_ubatch(session);
    lmas_session_free(session);
    return granted;
}

static void test_a_processor_computes_256_rows_at_once_unless_told(void **state)
{
    lmas_model *model = support_model(TIED_MODEL);

    (void)state;
    assert_int_equal(lmas_session_params_default().n_ubatch, 0);
    assert_int_equal(n_ubatch_granted(model, 0), 256);
    assert_int_equal(n_ubatch_granted(model, 64), 64);
    assert_int_equal(n_ubatch_granted(model, 512), 512);
}

static lmi_context *make_context(const char *model, uint32_t n_lanes, uint32_t n_ctx, lmi_tap tap)
{
    return make_context_of(model, n_lanes, n_ctx, tap, LMAS_KV_UNIFIED);
}

static void run_lane(lmi_context *ctx, lmi_lane *lane)
{
    while (lane->state == LMI_LANE_TOKENS || lane->state == LMI_LANE_VECTOR)
        assert_ok(lmi_context_tick(ctx));
}

static double max_difference(const float *a, const float *b, size_t n)
{
    double worst = 0;
    size_t i;

    for (i = 0; i < n; i++)
        worst = fmax(worst, fabs((double)a[i] - (double)b[i]));
    return worst;
}

/* A hundred token ids that are not all the same. */
static const int32_t *some_tokens(void)
{
    static int32_t tokens[100];
    int32_t i;

    for (i = 0; i < 100; i++)
        tokens[i] = 10 + (i * 37) % 600;
    return tokens;
}

static void test_embeddings_mode_gives_the_same_hidden_states(void **state)
{
    lmi_context *a = make_context(UNTIED_MODEL, 2, 512, LMI_TAP_CALLBACK);
    lmi_context *b = make_context(UNTIED_MODEL, 2, 512, LMI_TAP_EMBEDDINGS);
    const size_t n_embd = (size_t)a->model->info.n_embd;
    lmi_lane *lane_a = lmi_lane_take(a);
    lmi_lane *lane_b = lmi_lane_take(b);
    int step;

    (void)state;
    lmi_lane_read(lane_a, some_tokens(), 100, LMI_WANT_HIDDEN);
    lmi_lane_read(lane_b, some_tokens(), 100, LMI_WANT_HIDDEN);
    for (step = 0; step < 4; step++) {
        run_lane(a, lane_a);
        run_lane(b, lane_b);
        assert_int_equal(lane_a->pos, 100 + step);
        assert_int_equal(lane_b->pos, 100 + step);
        assert_int_equal(lane_a->has, LMI_WANT_HIDDEN);
        assert_int_equal(lane_b->has, LMI_WANT_HIDDEN);
        assert_true(max_difference(lane_a->hidden, lane_b->hidden, n_embd) < 1e-4);
        lmi_lane_feed(a, lane_a, lane_a->hidden, LMI_WANT_HIDDEN);
        lmi_lane_feed(b, lane_b, lane_b->hidden, LMI_WANT_HIDDEN);
    }
    lmi_context_free(a);
    lmi_context_free(b);
}

static void test_skipping_the_head_leaves_the_hidden_state_as_it_is(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, 2, 512, LMI_TAP_CALLBACK);
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    lmi_lane *with = lmi_lane_take(ctx);
    lmi_lane *without = lmi_lane_take(ctx);

    (void)state;
    lmi_lane_read(with, some_tokens(), 20, LMI_WANT_HIDDEN | LMI_WANT_LOGITS);
    run_lane(ctx, with);
    lmi_lane_read(without, some_tokens(), 20, LMI_WANT_HIDDEN);
    run_lane(ctx, without);
    assert_int_equal(without->has, LMI_WANT_HIDDEN);
    assert_true(max_difference(with->hidden, without->hidden, n_embd) < 1e-5);
    lmi_context_free(ctx);
}

static void test_lanes_in_one_tick_get_their_own_rows(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, 4, 1024, LMI_TAP_CALLBACK);
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    lmi_lane *lanes[4];
    float *alone[4];
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        lanes[i] = lmi_lane_take(ctx);
        alone[i] = lmi_new(n_embd, sizeof(float));
        lmi_lane_read(lanes[i], some_tokens() + i, 20 + 17 * i, LMI_WANT_HIDDEN);
        run_lane(ctx, lanes[i]);
        memcpy(alone[i], lanes[i]->hidden, n_embd * sizeof(float));
        lmi_lane_clear(ctx, lanes[i]);
    }
    assert_null(lmi_lane_take(ctx));
    for (i = 0; i < 4; i++) /* 182 rows through decodes of 64: chunks of several lanes mix */
        lmi_lane_read(lanes[i], some_tokens() + i, 20 + 17 * i, LMI_WANT_HIDDEN);
    for (i = 0; i < 4; i++) {
        run_lane(ctx, lanes[i]);
        assert_true(max_difference(alone[i], lanes[i]->hidden, n_embd) < 1e-4);
        lmi_free(alone[i]);
    }
    lmi_context_free(ctx);
}

enum { COMPANY = 8, STEPS = 9 };

/* The lane's next request: a prompt of its own length, then thoughts and tokens in turns whose
 * beat is its own. */
static void next_request(lmi_context *ctx, lmi_lane *lane, int i, int step)
{
    if (step == 0)
        lmi_lane_read(lane, some_tokens() + i, (size_t)(10 + 11 * (i % 5)), LMI_WANT_HIDDEN);
    else if ((step / (1 + i % 3) + i) % 2)
        lmi_lane_feed(ctx, lane, lane->hidden, LMI_WANT_HIDDEN);
    else
        lmi_lane_read(lane, some_tokens() + i + step, 1, LMI_WANT_HIDDEN | LMI_WANT_LOGITS);
}

static void check_company(lmas_kv kv)
{
    lmi_context *ctx = make_context_of(UNTIED_MODEL, COMPANY, COMPANY * 256, LMI_TAP_CALLBACK, kv);
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    float *alone = lmi_new(COMPANY * n_embd, sizeof(float));
    lmi_lane *lanes[COMPANY];
    int steps[COMPANY] = {0};
    int i, step, n_open = COMPANY;

    for (i = 0; i < COMPANY; i++) {
        lanes[i] = lmi_lane_take(ctx);
        for (step = 0; step < STEPS; step++) {
            next_request(ctx, lanes[i], i, step);
            run_lane(ctx, lanes[i]);
        }
        memcpy(alone + (size_t)i * n_embd, lanes[i]->hidden, n_embd * sizeof(float));
        lmi_lane_clear(ctx, lanes[i]);
    }
    while (n_open > 0) {
        for (i = 0, n_open = 0; i < COMPANY; i++)
            if (lanes[i]->state == LMI_LANE_IDLE && steps[i] < STEPS)
                next_request(ctx, lanes[i], i, steps[i]++);
        assert_ok(lmi_context_tick(ctx));
        for (i = 0; i < COMPANY; i++)
            n_open += lanes[i]->state != LMI_LANE_IDLE || steps[i] < STEPS;
    }
    for (i = 0; i < COMPANY; i++)
        assert_true(max_difference(alone + (size_t)i * n_embd, lanes[i]->hidden, n_embd) < 1e-4);
    lmi_free(alone);
    lmi_context_free(ctx);
}

static void test_company_changes_nothing_in_either_cache(void **state)
{
    (void)state;
    check_company(LMAS_KV_UNIFIED);
    check_company(LMAS_KV_PER_LANE);
}

static void test_whoever_speaks_or_thinks_waits_for_one_batch_at_most(void **state)
{
    lmi_context *ctx = make_context_of(UNTIED_MODEL, 4, 1024, LMI_TAP_CALLBACK, LMAS_KV_PER_LANE);
    lmi_lane *speaker = lmi_lane_take(ctx);
    lmi_lane *reader = lmi_lane_take(ctx);
    lmi_lane *thinker = lmi_lane_take(ctx);
    int n_ticks;

    (void)state;
    lmi_lane_read(speaker, some_tokens(), 5, LMI_WANT_LOGITS);
    lmi_lane_read(thinker, some_tokens(), 5, LMI_WANT_HIDDEN);
    run_lane(ctx, speaker);
    run_lane(ctx, thinker);
    lmi_lane_read(reader, some_tokens(), 100, LMI_WANT_HIDDEN);
    for (n_ticks = 0; reader->state != LMI_LANE_IDLE; n_ticks++) {
        const size_t n_before = reader->n_done;

        lmi_lane_read(speaker, some_tokens(), 1, LMI_WANT_LOGITS);
        lmi_lane_feed(ctx, thinker, thinker->hidden, LMI_WANT_HIDDEN);
        assert_ok(lmi_context_tick(ctx));
        assert_int_equal(speaker->state, LMI_LANE_IDLE);
        assert_int_equal(thinker->state, LMI_LANE_IDLE);
        assert_true(reader->n_done - n_before <= 65); /* n_batch, and a row that bridges */
    }
    assert_int_equal(n_ticks, 2);
    lmi_context_free(ctx);
}

/* So they take their next steps together, however their prompts differ. */
static void check_in_step(lmas_kv kv)
{
    lmi_context *ctx = make_context_of(UNTIED_MODEL, 4, 1024, LMI_TAP_CALLBACK, kv);
    lmi_lane *lanes[4];
    size_t i;

    for (i = 0; i < 4; i++) {
        lanes[i] = lmi_lane_take(ctx);
        lmi_lane_read(lanes[i], some_tokens(), 8 + 5 * i, LMI_WANT_HIDDEN);
    }
    assert_ok(lmi_context_tick(ctx)); /* 8 + 13 + 18 + 23 = 62 rows */
    for (i = 0; i < 4; i++)
        assert_int_equal(lanes[i]->state, LMI_LANE_IDLE);
    lmi_context_free(ctx);
}

static void test_prompts_that_fit_a_batch_are_read_in_one_tick(void **state)
{
    (void)state;
    check_in_step(LMAS_KV_UNIFIED);
    check_in_step(LMAS_KV_PER_LANE);
}

static void check_prefix(lmas_kv kv, uint32_t n_given)
{
    lmi_context *ctx = make_context_of(UNTIED_MODEL, 3, 768, LMI_TAP_CALLBACK, kv);
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    lmi_lane *reader = lmi_lane_take(ctx);
    lmi_lane *taker = lmi_lane_take(ctx);
    lmi_lane *other = lmi_lane_take(ctx);
    lmi_prefix *prefix = NULL;

    lmi_lane_read(reader, some_tokens(), 20, LMI_WANT_NOTHING);
    run_lane(ctx, reader);
    assert_ok(lmi_prefix_keep(&prefix, ctx, reader, true));
    assert_int_equal(prefix->n, 20);
    assert_true((prefix->seq >= 0) == (kv == LMAS_KV_UNIFIED));
    lmi_lane_clear(ctx, reader); /* the prefix outlives who read it */
    assert_ok(lmi_prefix_give(ctx, taker, prefix, n_given));
    assert_int_equal(taker->pos, n_given);
    lmi_lane_read(taker, some_tokens() + n_given, 50 - n_given, LMI_WANT_HIDDEN);
    lmi_lane_read(other, some_tokens(), 50, LMI_WANT_HIDDEN);
    run_lane(ctx, taker);
    run_lane(ctx, other);
    assert_int_equal(taker->pos, 50);
    assert_true(max_difference(taker->hidden, other->hidden, n_embd) < 1e-5);
    lmi_prefix_free(ctx, prefix);
    lmi_context_free(ctx);
}

static void test_a_prefix_given_is_as_good_as_one_read(void **state)
{
    (void)state;
    check_prefix(LMAS_KV_UNIFIED, 20);
    check_prefix(LMAS_KV_UNIFIED, 13);
    check_prefix(LMAS_KV_PER_LANE, 20);
    check_prefix(LMAS_KV_PER_LANE, 13);
}

static void test_a_lane_that_fills_the_context_fails_alone(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, 2, 256, LMI_TAP_CALLBACK);
    lmi_lane *greedy = lmi_lane_take(ctx);
    lmi_lane *modest = lmi_lane_take(ctx);
    int i;

    (void)state;
    assert_int_equal(ctx->n_ctx, 256);
    lmi_lane_read(modest, some_tokens(), 50, LMI_WANT_HIDDEN);
    run_lane(ctx, modest);
    for (i = 0; i < 3 && greedy->state == LMI_LANE_IDLE; i++) {
        lmi_lane_read(greedy, some_tokens(), 100, LMI_WANT_LOGITS);
        lmi_lane_feed(ctx, modest, modest->hidden, LMI_WANT_HIDDEN);
        run_lane(ctx, greedy);
        run_lane(ctx, modest);
    }
    assert_int_equal(greedy->state, LMI_LANE_FAILED);
    assert_int_equal(greedy->status, LMAS_E_CONTEXT_FULL);
    assert_non_null(strstr(greedy->error, "context full"));
    assert_int_equal(modest->state, LMI_LANE_IDLE);
    assert_int_equal(modest->pos, 50 + (uint32_t)i);
    lmi_lane_clear(ctx, greedy);
    lmi_lane_read(greedy, some_tokens(), 100, LMI_WANT_LOGITS); /* and its cells come back */
    run_lane(ctx, greedy);
    assert_int_equal(greedy->state, LMI_LANE_IDLE);
    lmi_context_free(ctx);
}

enum { WIDE = 16, FULL = 3, BROKEN = 7 };

/* Give every lane its next thought; one of them is broken by what it is fed. */
static void feed_all(lmi_context *ctx, lmi_lane *lanes[WIDE])
{
    int i;

    for (i = 0; i < WIDE; i++) {
        if (lanes[i]->state != LMI_LANE_IDLE)
            continue;
        if (i == BROKEN && lanes[i]->pos == 14)
            lanes[i]->hidden[5] = NAN;
        if (i == FULL)
            lmi_lane_read(lanes[i], some_tokens(), 100, LMI_WANT_HIDDEN);
        else
            lmi_lane_feed(ctx, lanes[i], lanes[i]->hidden, LMI_WANT_HIDDEN);
    }
}

/* What broke a lane is gone when it is cleared: it reads as any other. */
static void check_reuse(lmi_context *ctx, lmi_lane *broken, lmi_lane *other)
{
    lmi_lane_clear(ctx, broken);
    lmi_lane_clear(ctx, other);
    lmi_lane_read(broken, some_tokens(), 12, LMI_WANT_HIDDEN);
    lmi_lane_read(other, some_tokens(), 12, LMI_WANT_HIDDEN);
    run_lane(ctx, broken);
    run_lane(ctx, other);
    assert_int_equal(broken->state, LMI_LANE_IDLE);
    assert_int_equal(other->state, LMI_LANE_IDLE);
    assert_true(max_difference(broken->hidden, other->hidden, (size_t)ctx->model->info.n_embd) <
                1e-5);
}

static void test_lanes_that_fail_among_sixteen_fail_alone(void **state)
{
    lmi_context *ctx =
        make_context_of(UNTIED_MODEL, WIDE, WIDE * 256, LMI_TAP_CALLBACK, LMAS_KV_PER_LANE);
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    lmi_lane *lanes[WIDE];
    int i, step;

    (void)state;
    for (i = 0; i < WIDE; i++) {
        lanes[i] = lmi_lane_take(ctx);
        lmi_lane_read(lanes[i], some_tokens(), 12, LMI_WANT_HIDDEN);
    }
    for (step = 0; step < 40; step++) {
        assert_ok(lmi_context_tick(ctx));
        feed_all(ctx, lanes);
    }
    assert_int_equal(lanes[FULL]->state, LMI_LANE_FAILED);
    assert_int_equal(lanes[FULL]->status, LMAS_E_CONTEXT_FULL);
    assert_int_equal(lanes[BROKEN]->state, LMI_LANE_FAILED);
    assert_non_null(strstr(lanes[BROKEN]->error, "not finite"));
    for (i = 0; i < WIDE; i++) {
        if (i == FULL || i == BROKEN)
            continue;
        assert_true(lanes[i]->state != LMI_LANE_FAILED);
        assert_int_equal(lanes[i]->pos, lanes[0]->pos);
        assert_true(max_difference(lanes[0]->hidden, lanes[i]->hidden, n_embd) < 1e-4);
    }
    assert_true(lanes[0]->pos > 40);
    check_reuse(ctx, lanes[BROKEN], lanes[0]);
    lmi_context_free(ctx);
}

static void test_logits_that_are_not_finite_fail_their_lane_and_leave_it_clean(void **state)
{
    lmi_context *ctx = make_context_of(UNTIED_MODEL, 2, 512, LMI_TAP_CALLBACK, LMAS_KV_PER_LANE);
    lmi_lane *broken = lmi_lane_take(ctx);
    lmi_lane *other = lmi_lane_take(ctx);

    (void)state;
    lmi_lane_read(broken, some_tokens(), 5, LMI_WANT_HIDDEN);
    run_lane(ctx, broken);
    broken->hidden[3] = NAN;
    lmi_lane_feed(ctx, broken, broken->hidden, LMI_WANT_LOGITS);
    run_lane(ctx, broken);
    assert_int_equal(broken->state, LMI_LANE_FAILED);
    assert_non_null(strstr(broken->error, "not finite"));
    check_reuse(ctx, broken, other);
    lmi_context_free(ctx);
}

static void test_a_vector_that_is_not_finite_fails_its_lane(void **state)
{
    lmi_context *ctx = make_context(UNTIED_MODEL, 1, 256, LMI_TAP_CALLBACK);
    lmi_lane *lane = lmi_lane_take(ctx);
    float *vector = lmi_new((size_t)ctx->model->info.n_embd, sizeof(float));

    (void)state;
    vector[3] = NAN;
    lmi_lane_read(lane, some_tokens(), 5, LMI_WANT_HIDDEN);
    run_lane(ctx, lane);
    lmi_lane_feed(ctx, lane, vector, LMI_WANT_HIDDEN);
    run_lane(ctx, lane);
    assert_int_equal(lane->state, LMI_LANE_FAILED);
    assert_non_null(strstr(lane->error, "not finite"));
    lmi_free(vector);
    lmi_context_free(ctx);
}

static void test_cache_types_and_sizes_are_checked(void **state)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;
    lmas_model *model = support_model(TIED_MODEL);

    (void)state;
    p.cache_type_k = "f17";
    assert_fails(LMAS_E_INVALID, "\"f17\"", lmas_session_new(&session, model, &p));
    p = lmas_session_params_default();
    p.cache_type_k = "q8_0"; /* heads of 48 */
    assert_fails(LMAS_E_INVALID, "packs 32 values at a time",
                 lmas_session_new(&session, support_model(DEMO_MODEL), &p));
    p = lmas_session_params_default();
    p.n_lanes = 0;
    assert_fails(LMAS_E_INVALID, "n_lanes", lmas_session_new(&session, model, &p));
    p.n_lanes = 100000;
    assert_fails(LMAS_E_INVALID, "n_lanes", lmas_session_new(&session, model, &p));
    assert_null(session);
}

static void test_temperature_zero_takes_the_first_of_the_largest(void **state)
{
    const lmas_sampling greedy = {.temperature = 0.0f};
    float logits[640] = {0};
    lmi_sampler *sampler = NULL;
    int32_t token;

    (void)state;
    logits[5] = logits[77] = 2.5f;
    assert_ok(lmi_sampler_new(&sampler, support_model(TIED_MODEL), &greedy, 0, 0));
    assert_ok(lmi_sampler_draw(&token, sampler, logits));
    assert_int_equal(token, 5);
    for (int i = 0; i < 640; i++)
        logits[i] = NAN;
    assert_fails(LMAS_E_ENGINE, "not finite", lmi_sampler_draw(&token, sampler, logits));
    lmi_sampler_free(sampler);
}

static void draw_many(int32_t out[64], const lmas_sampling *sampling, uint64_t stream)
{
    float logits[640];
    lmi_sampler *sampler = NULL;
    size_t i;

    for (i = 0; i < 640; i++)
        logits[i] = (float)(i % 7);
    assert_ok(lmi_sampler_new(&sampler, support_model(TIED_MODEL), sampling, stream, 0));
    for (i = 0; i < 64; i++)
        assert_ok(lmi_sampler_draw(&out[i], sampler, logits));
    lmi_sampler_free(sampler);
}

static void test_seed_and_stream_decide_the_draws(void **state)
{
    lmas_sampling sampling = lmas_sampling_default();
    int32_t a[64], b[64];

    (void)state;
    draw_many(a, &sampling, 7);
    draw_many(b, &sampling, 7);
    assert_memory_equal(a, b, sizeof(a));
    draw_many(b, &sampling, 8);
    assert_memory_not_equal(a, b, sizeof(a));
    sampling.seed++;
    draw_many(b, &sampling, 7);
    assert_memory_not_equal(a, b, sizeof(a));
}

/* logits 0, 1, 2: at temperature 0.2 the largest has 99 %, so top_p 0.95 leaves only it;
 * were top_p applied before the temperature, two would stay. */
static void test_temperature_comes_before_top_p(void **state)
{
    const lmas_sampling sampling = {.temperature = 0.2f, .top_p = 0.95f, .seed = 1};
    float logits[640];
    lmi_sampler *sampler = NULL;
    int32_t token;
    int i;

    (void)state;
    for (i = 0; i < 640; i++)
        logits[i] = -100.0f;
    logits[0] = 0.0f;
    logits[1] = 1.0f;
    logits[2] = 2.0f;
    assert_ok(lmi_sampler_new(&sampler, support_model(TIED_MODEL), &sampling, 0, 0));
    for (i = 0; i < 500; i++) {
        assert_ok(lmi_sampler_draw(&token, sampler, logits));
        assert_int_equal(token, 2);
    }
    lmi_sampler_free(sampler);
}

/* What libllama's samplers alone draw, of the whole vocabulary. */
static llama_token drawn_of_all(struct llama_sampler *chain, const float *logits)
{
    llama_token_data all[640];
    llama_token_data_array list = {.data = all, .size = 640, .selected = -1};

    for (int i = 0; i < 640; i++)
        all[i] = (llama_token_data){.id = i, .logit = logits[i]};
    llama_sampler_apply(chain, &list);
    return all[list.selected].id;
}

static void test_top_k_draws_what_the_whole_vocabulary_would(void **state)
{
    const lmas_sampling sampling = {.temperature = 0.8f, .top_p = 0.95f, .top_k = 20, .seed = 3};
    struct llama_sampler *chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
    float logits[640];
    lmi_sampler *sampler = NULL;
    int32_t token;

    (void)state;
    llama_sampler_chain_add(chain, llama_sampler_init_temp(0.8f));
    llama_sampler_chain_add(chain, llama_sampler_init_top_k(20));
    llama_sampler_chain_add(chain, llama_sampler_init_top_p(0.95f, 1));
    llama_sampler_chain_add(chain, llama_sampler_init_dist(lmi_sampler_seed(3, 5, 1)));
    assert_ok(lmi_sampler_new(&sampler, support_model(TIED_MODEL), &sampling, 5, 1));
    for (uint32_t turn = 0; turn < 300; turn++) {
        for (uint32_t i = 0; i < 640; i++) /* 640 numbers, none of them twice */
            logits[i] = (float)((i * 7919u + turn * 104729u) % 640u) / 64.0f;
        logits[turn] = turn % 2 ? NAN : -INFINITY;
        assert_ok(lmi_sampler_draw(&token, sampler, logits));
        logits[turn] = -INFINITY;
        assert_int_equal(token, drawn_of_all(chain, logits));
    }
    lmi_sampler_free(sampler);
    llama_sampler_free(chain);
}

static void test_absurd_sampling_is_refused(void **state)
{
    static const lmas_sampling bad[] = {
        {.temperature = -1, .top_p = 1},
        {.temperature = NAN, .top_p = 1},
        {.temperature = INFINITY, .top_p = 1},
        {.temperature = 1, .top_p = 0},
        {.temperature = 1, .top_p = 1.5f},
        {.temperature = 1, .top_p = 1, .top_k = -1},
        {.temperature = 1, .top_p = 1, .min_p = 2},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(lmi_sampling_check(&bad[i]), LMAS_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_model_is_refused_in_one_line),
        cmocka_unit_test(test_a_model_cut_short_is_refused_wherever_it_is_cut),
        cmocka_unit_test(test_encoders_and_models_without_vocabulary_are_refused),
        cmocka_unit_test(test_a_model_says_what_it_is),
        cmocka_unit_test(test_a_model_without_chat_template_names_the_way_out),
        cmocka_unit_test(test_unknown_devices_are_refused),
        cmocka_unit_test(test_a_processor_computes_256_rows_at_once_unless_told),
        cmocka_unit_test(test_embeddings_mode_gives_the_same_hidden_states),
        cmocka_unit_test(test_skipping_the_head_leaves_the_hidden_state_as_it_is),
        cmocka_unit_test(test_lanes_in_one_tick_get_their_own_rows),
        cmocka_unit_test(test_company_changes_nothing_in_either_cache),
        cmocka_unit_test(test_whoever_speaks_or_thinks_waits_for_one_batch_at_most),
        cmocka_unit_test(test_prompts_that_fit_a_batch_are_read_in_one_tick),
        cmocka_unit_test(test_a_prefix_given_is_as_good_as_one_read),
        cmocka_unit_test(test_a_lane_that_fills_the_context_fails_alone),
        cmocka_unit_test(test_lanes_that_fail_among_sixteen_fail_alone),
        cmocka_unit_test(test_logits_that_are_not_finite_fail_their_lane_and_leave_it_clean),
        cmocka_unit_test(test_a_vector_that_is_not_finite_fails_its_lane),
        cmocka_unit_test(test_cache_types_and_sizes_are_checked),
        cmocka_unit_test(test_temperature_zero_takes_the_first_of_the_largest),
        cmocka_unit_test(test_seed_and_stream_decide_the_draws),
        cmocka_unit_test(test_temperature_comes_before_top_p),
        cmocka_unit_test(test_top_k_draws_what_the_whole_vocabulary_would),
        cmocka_unit_test(test_absurd_sampling_is_refused),
    };

    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}

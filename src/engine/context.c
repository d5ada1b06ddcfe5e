/*
 * context.c - making a context, its lanes, and the proof at birth that thoughts come out.
 *
 * A new context decodes one token to see whether the eval callback meets the hidden state; if
 * it does not, embeddings mode is used instead. Then it decodes the token's own row as a vector, to
 * see whether thoughts can come in (thought/).
 */
#include "engine/context.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "engine/backend.h"
#include "engine/state/shift.h"
#include "engine/thought/attention.h"
#include "engine/tick/decode.h"
#include "kernels/kernels.h"

static lmas_status parse_type(enum ggml_type *out, const char *name, const char *which)
{
    static const enum ggml_type known[] = {GGML_TYPE_F32,  GGML_TYPE_F16,  GGML_TYPE_BF16,
                                           GGML_TYPE_Q8_0, GGML_TYPE_Q4_0, GGML_TYPE_Q4_1,
                                           GGML_TYPE_Q5_0, GGML_TYPE_Q5_1, GGML_TYPE_IQ4_NL};
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(name, ggml_type_name(known[i])) != 0)
            continue;
        *out = known[i];
        return LMAS_OK;
    }
    return lmi_fail(LMAS_E_INVALID,
                    "type of the %s cache \"%s\", expected f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, "
                    "q5_1 or iq4_nl",
                    which, name);
}

/* A type that packs several values packs those of one head: where heads do not come out even,
 * libllama reads beside them, or ends the process. */
static lmas_status check_type(enum ggml_type type, const lmas_model *model, const char *which)
{
    const uint32_t n = (uint32_t)ggml_blck_size(type);

    if (model->head_unit % n == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "type of the %s cache %s packs %u values at a time, and this model's heads are "
                    "not a multiple of that wide (%u): expected f16, bf16 or f32",
                    which, ggml_type_name(type), n, model->head_unit);
}

static bool abort_decode(void *user)
{
    return atomic_load(&((lmi_context *)user)->is_canceled);
}

/* AUTO without an accelerator is off: the CPU's flash attention rounds to half precision in an
 * order that depends on the batch, so a question's numbers would move by 3e-3 to 4e-2 with the
 * company it keeps; without it, and with a part of the cache for each lane, by nothing. */
static enum llama_flash_attn_type flash_attn_type(lmas_flash_attn wanted, bool is_accelerated)
{
    if (wanted == LMAS_FLASH_ATTN_AUTO && !is_accelerated)
        return LLAMA_FLASH_ATTN_TYPE_DISABLED;
    return (enum llama_flash_attn_type)wanted;
}

/* Rows that libllama computes at once, unless the caller says how many. What 512 rows of Qwen3-0.6B
 * hold between two layers is more than a core's cache: a processor reads a prompt of 512 with 256
 * 7 % (Q8_0) to 13 % (Q4_0) faster. An accelerator wants many. */
enum { UBATCH_CPU = 256, UBATCH_ACCELERATOR = 512 };

static uint32_t n_ubatch_of(const lmi_context_params *params, bool is_accelerated)
{
    const uint32_t usual = is_accelerated ? UBATCH_ACCELERATOR : UBATCH_CPU;
    const uint32_t wanted = params->n_ubatch ? params->n_ubatch : usual;

    return wanted < params->n_batch ? wanted : params->n_batch;
}

static uint32_t n_sequences(const lmi_context *ctx)
{
    return ctx->n_lanes + (ctx->spare_seq >= 0) + (ctx->graft_seq >= 0);
}

static lmas_status fill_params(struct llama_context_params *p, lmi_context *ctx,
                               const lmi_context_params *params)
{
    lmas_status status;

    *p = llama_context_default_params();
    p->n_ctx = params->n_ctx;
    p->n_batch = params->n_batch;
    p->n_ubatch = n_ubatch_of(params, ctx->model->is_accelerated);
    p->n_seq_max = n_sequences(ctx);
    if (ctx->tap == LMI_TAP_CALLBACK)
        p->n_outputs_max = ctx->n_outputs_max;
    p->n_threads = ctx->n_threads;
    p->n_threads_batch = ctx->n_threads_batch;
    p->pooling_type = LLAMA_POOLING_TYPE_NONE;
    p->flash_attn_type = flash_attn_type(params->flash_attn, ctx->model->is_accelerated);
    ctx->flash_attn = (lmas_flash_attn)p->flash_attn_type;
    p->kv_unified = ctx->is_unified;
    p->embeddings = ctx->tap == LMI_TAP_EMBEDDINGS;
    p->no_perf = true;
    p->cb_eval = lmi_decode_tap;
    p->cb_eval_user_data = ctx;
    p->abort_callback = abort_decode;
    p->abort_callback_data = ctx;
    status = parse_type(&p->type_k, params->cache_type_k, "K");
    if (status == LMAS_OK)
        status = parse_type(&p->type_v, params->cache_type_v, "V");
    if (status == LMAS_OK)
        status = check_type(p->type_k, ctx->model, "K");
    ctx->type_k = ggml_type_name(p->type_k);
    ctx->type_v = ggml_type_name(p->type_v);
    return status == LMAS_OK ? check_type(p->type_v, ctx->model, "V") : status;
}

static bool make_lanes(lmi_context *ctx)
{
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    uint32_t i;

    ctx->capture.max_rows = ctx->n_outputs_max;
    ctx->capture.rows = lmi_new((size_t)ctx->n_outputs_max * n_embd, sizeof(float));
    ctx->lanes = lmi_new(ctx->n_lanes, sizeof(lmi_lane));
    ctx->input = lmi_new(ctx->width, sizeof(float));
    if (!ctx->capture.rows || !ctx->lanes || !ctx->input)
        return false;
    for (i = 0; i < ctx->n_lanes; i++) {
        ctx->lanes[i].seq = (int32_t)i;
        ctx->lanes[i].vector = lmi_new(n_embd, sizeof(float));
        ctx->lanes[i].hidden = lmi_new(n_embd, sizeof(float));
        if (!ctx->lanes[i].vector || !ctx->lanes[i].hidden)
            return false;
    }
    return true;
}

static void free_llama(lmi_context *ctx)
{
    if (ctx->batch)
        llama_batch_ext_free(ctx->batch);
    llama_free(ctx->llama);
    lmi_free(ctx->rows);
    ctx->batch = NULL;
    ctx->llama = NULL;
    ctx->rows = NULL;
}

/* Make libllama's context for the tap in use, and prove the tap on it. */
static lmas_status make_llama(lmi_context *ctx, const lmi_context_params *params)
{
    struct llama_context_params p;
    const lmas_status status = fill_params(&p, ctx, params);

    if (status != LMAS_OK)
        return status;
    lmi_backend_forget();
    lmi_pack_serve(ctx->model->pack);
    ctx->llama = llama_init_from_model(ctx->model->llama, p);
    lmi_pack_serve(NULL);
    if (!ctx->llama)
        return lmi_fail(LMAS_E_NOMEM, "libllama cannot make a context of %u cells: %s",
                        params->n_ctx, lmi_backend_complaint());
    ctx->n_ctx = llama_n_ctx(ctx->llama);
    ctx->n_ctx_lane = ctx->is_unified ? ctx->n_ctx : llama_n_ctx_seq(ctx->llama);
    ctx->n_batch = llama_n_batch(ctx->llama); /* a small context narrows it, and asserts on more */
    ctx->n_rows_max = llama_n_ubatch(ctx->llama);
    ctx->n_yield = params->n_yield;
    ctx->rows = lmi_new(ctx->n_rows_max, sizeof(lmi_row));
    ctx->batch = llama_batch_ext_init(ctx->llama);
    if (!ctx->rows || !ctx->batch)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a batch of %u rows", ctx->n_rows_max);
    lmi_backend_forget();
    return lmi_thought_prove(ctx);
}

/* The numbers, against the limits of latentmas.h. */
static lmas_status check_sizes(const lmi_context_params *p)
{
    const size_t most = llama_max_parallel_sequences();
    const uint32_t n_lanes_max = most < LMAS_N_LANES_MAX ? (uint32_t)most : LMAS_N_LANES_MAX;

    if (p->n_ctx > LMAS_N_CTX_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_ctx must be at most %d, got %u", LMAS_N_CTX_MAX,
                        p->n_ctx);
    if (p->n_lanes < 1 || p->n_lanes > n_lanes_max)
        return lmi_fail(LMAS_E_INVALID, "n_lanes must be from 1 to %u, got %u", n_lanes_max,
                        p->n_lanes);
    if (p->n_batch < p->n_lanes)
        return lmi_fail(LMAS_E_INVALID, "n_batch must be at least n_lanes (%u), got %u", p->n_lanes,
                        p->n_batch);
    if (p->n_batch > LMAS_N_BATCH_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_batch must be at most %d, got %u", LMAS_N_BATCH_MAX,
                        p->n_batch);
    if (p->n_yield > LMAS_N_BATCH_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_yield must be at most %d, got %u", LMAS_N_BATCH_MAX,
                        p->n_yield);
    if (p->n_draft > LMAS_N_DRAFT_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_draft must be at most %d, got %u", LMAS_N_DRAFT_MAX,
                        p->n_draft);
    if (p->n_ubatch > LMAS_N_BATCH_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_ubatch must be at most %d, got %u", LMAS_N_BATCH_MAX,
                        p->n_ubatch);
    return LMAS_OK;
}

static lmas_status check_threads(const char *name, int32_t n)
{
    if (n >= 0 && n <= LMAS_N_THREADS_MAX)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID, "%s must be from 0 to %d, got %d", name, LMAS_N_THREADS_MAX, n);
}

static lmas_status check_params(const lmi_context_params *p)
{
    lmas_status status = check_sizes(p);

    if (status == LMAS_OK)
        status = check_threads("n_threads", p->n_threads);
    if (status == LMAS_OK)
        status = check_threads("n_threads_batch", p->n_threads_batch);
    if (status != LMAS_OK)
        return status;
    if (p->flash_attn < LMAS_FLASH_ATTN_AUTO || p->flash_attn > LMAS_FLASH_ATTN_ON)
        return lmi_fail(LMAS_E_INVALID, "flash_attn must be auto, off or on, got %d",
                        (int)p->flash_attn);
    if (p->kv < LMAS_KV_AUTO || p->kv > LMAS_KV_PER_LANE)
        return lmi_fail(LMAS_E_INVALID, "kv must be auto, unified or per lane, got %d", (int)p->kv);
    return LMAS_OK;
}

static lmas_status start(lmi_context *ctx, const lmi_context_params *params)
{
    lmas_status status;

    if (!make_lanes(ctx))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %u lanes", ctx->n_lanes);
    status = make_llama(ctx, params);
    if (status != LMAS_E_ENGINE || ctx->tap != LMI_TAP_CALLBACK)
        return status;
    lmi_log(LMAS_LOG_WARN,
            "%s: the graph shows no usable result_norm (%s); thoughts go through "
            "embeddings mode, which is slower",
            ctx->model->info.arch, lmas_last_error());
    free_llama(ctx);
    ctx->tap = LMI_TAP_EMBEDDINGS;
    ctx->n_draft = 0;
    ctx->head_share = 0; /* no row goes without the head: thoughts apart save nothing */
    return make_llama(ctx, params);
}

/* What one more row costs, in passes over the weights. Measured on two CPU cores, a Qwen3-0.6B in
 * Q8_0: one row 27 ms, sixteen 260 ms, so a pass is 12 ms and a row 15; by the kernels 21 and 81
 * ms, 17 and 4. An accelerator reads the weights for hundreds of rows in the time of one. */
static const float ROW_COST_CPU = 1.3f;
static const float ROW_COST_KERNELS = 0.25f;
static const float ROW_COST_ACCELERATOR = 0.01f;

static float row_cost(const lmas_model *model)
{
    if (model->is_accelerated)
        return ROW_COST_ACCELERATOR;
    return model->pack ? ROW_COST_KERNELS : ROW_COST_CPU;
}

/* AUTO gives each lane a part of its own: attention then goes over a lane's own cells, where in a
 * pool it goes over everybody's (on the machine above, 16 lanes of 150 cells each: 51 tokens/s
 * against 31). Recurrent states are reordered by sequence too. */
static void choose_shape(lmi_context *ctx, lmas_kv kv)
{
    const lmas_model_info *info = &ctx->model->info;

    ctx->is_unified = kv == LMAS_KV_UNIFIED || ctx->n_lanes == 1;
    ctx->spare_seq = -1;
    ctx->graft_seq = -1;
    if (ctx->is_unified && ctx->n_lanes > 1 && ctx->n_lanes + 1 < llama_max_parallel_sequences() &&
        !ctx->model->is_packed_by_sequence) {
        ctx->spare_seq = (int32_t)ctx->n_lanes;
        ctx->graft_seq = (int32_t)ctx->n_lanes + 1;
    }
    ctx->is_rectangular = !ctx->is_unified || ctx->model->is_packed_by_sequence;
    ctx->head_share = (float)info->n_embd * (float)info->n_vocab / (float)info->n_params;
    ctx->row_cost = row_cost(ctx->model);
}

/* Whether guesses can be taken back, and change no bit: a window loses cells that a lane which goes
 * back would need; a state that sums up all has none; and on an accelerator a row's bits depend on
 * how many are beside it. */
static bool can_guess(const lmi_context *ctx)
{
    return !ctx->model->is_packed_by_sequence && !lmi_model_has_window(ctx->model) &&
           !ctx->model->is_accelerated && ctx->tap == LMI_TAP_CALLBACK;
}

/* The ids of a decode's output rows, 4 bytes each, lie in front of the activations in libggml's
 * compute buffer. Anything but whole cache lines of ids puts each row behind them astride of one
 * line more, which made reading 1.5 % slower (AVX-512, Q8_0). */
static const uint32_t IDS_IN_CACHE_LINE = 16;

/* How much may come out of a decode: one row of each sequence, and where tokens are guessed, as
 * many again and all guesses of one. */
static void choose_outputs(lmi_context *ctx, uint32_t n_draft)
{
    ctx->n_draft = can_guess(ctx) ? n_draft : 0;
    ctx->n_outputs_max = GGML_PAD(
        n_sequences(ctx) + (ctx->n_draft > 0 ? ctx->n_lanes + ctx->n_draft : 0), IDS_IN_CACHE_LINE);
}

/* libggml's threads meet at every step, so each wants a core of its own: those that others leave.
 * Those of our kernels do without one that is kept from its core, and on a busy machine several
 * are given more of the cores than one is. */
static int32_t choose_n_threads(const lmas_model *model, int n_cores)
{
    const bool is_ours =
        model->pack && 2 * lmi_pack_size(model->pack) > llama_model_size(model->llama);

    return is_ours ? n_cores : lmi_load_choose(&model->load, n_cores);
}

/* Unless the caller says how many. */
static void choose_threads(lmi_context *ctx, const lmi_context_params *params)
{
    const int n_cores = lmas_n_cores();

    ctx->n_threads = params->n_threads;
    if (ctx->n_threads <= 0)
        ctx->n_threads = choose_n_threads(ctx->model, n_cores);
    if (params->n_threads <= 0 && ctx->n_threads < n_cores)
        lmi_log(LMAS_LOG_INFO, "threads: %d of %d, others keep the machine busy",
                (int)ctx->n_threads, n_cores);
    ctx->n_threads_batch = params->n_threads_batch > 0 ? params->n_threads_batch : ctx->n_threads;
}

lmas_status lmi_context_new(lmi_context **out, lmas_model *model, const lmi_context_params *params)
{
    lmas_status status = check_params(params);
    lmi_context *ctx;

    if (status != LMAS_OK)
        return status;
    ctx = lmi_new(1, sizeof(*ctx));
    if (!ctx)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a context");
    ctx->model = model;
    ctx->n_lanes = params->n_lanes;
    ctx->tap = params->tap;
    ctx->width = (uint32_t)llama_model_n_embd_inp(model->llama);
    choose_shape(ctx, params->kv);
    choose_outputs(ctx, params->n_draft);
    choose_threads(ctx, params);
    status = start(ctx, params);
    if (status != LMAS_OK) {
        lmi_context_free(ctx);
        return status;
    }
    *out = ctx;
    return LMAS_OK;
}

void lmi_context_free(lmi_context *ctx)
{
    uint32_t i;

    if (!ctx)
        return;
    lmi_shift_free(ctx->shift);
    lmi_layers_free(ctx->layers);
    free_llama(ctx);
    for (i = 0; ctx->lanes && i < ctx->n_lanes; i++) {
        lmi_free(ctx->lanes[i].vector);
        lmi_free(ctx->lanes[i].hidden);
        lmi_free(ctx->lanes[i].copy);
        lmi_attention_free(ctx->lanes[i].attention);
    }
    lmi_free(ctx->lanes);
    lmi_free(ctx->capture.rows);
    lmi_free(ctx->input);
    lmi_free(ctx);
}

lmi_lane *lmi_lane_take(lmi_context *ctx)
{
    uint32_t i;

    for (i = 0; i < ctx->n_lanes; i++) {
        lmi_lane *lane = &ctx->lanes[i];

        if (lane->is_taken)
            continue;
        lane->is_taken = true;
        lane->ms = 0;
        lmi_lane_clear(ctx, lane);
        return lane;
    }
    return NULL;
}

void lmi_lane_give(lmi_context *ctx, lmi_lane *lane)
{
    if (!lane)
        return;
    lmi_lane_clear(ctx, lane);
    lane->is_taken = false;
}

void lmi_lane_clear(lmi_context *ctx, lmi_lane *lane)
{
    llama_memory_seq_rm(llama_get_memory(ctx->llama), lane->seq, -1, -1);
    lmi_attention_forget(lane);
    lane->pos = 0;
    lane->state = LMI_LANE_IDLE;
    lane->has = LMI_WANT_NOTHING;
    lane->status = LMAS_OK;
    lane->error[0] = '\0';
}

void lmi_lane_read(lmi_lane *lane, const int32_t *tokens, size_t n, unsigned want)
{
    lane->tokens = tokens;
    lane->n_tokens = n;
    lane->n_done = 0;
    lane->begin = lane->pos;
    lane->want = want;
    lane->odds = NULL;
    lane->state = LMI_LANE_TOKENS;
}

void lmi_lane_guess(lmi_lane *lane, const int32_t *tokens, const float *odds, size_t n)
{
    lmi_lane_read(lane, tokens, n, LMI_WANT_LOGITS);
    lane->odds = odds;
}

void lmi_lane_keep(lmi_context *ctx, lmi_lane *lane, size_t n)
{
    if (lane->pos == lane->begin + n)
        return;
    lane->pos = lane->begin + (uint32_t)n;
    llama_memory_seq_rm(llama_get_memory(ctx->llama), lane->seq, (llama_pos)lane->pos, -1);
}

void lmi_lane_feed(lmi_context *ctx, lmi_lane *lane, const float *vector, unsigned want)
{
    memcpy(lane->vector, vector, (size_t)ctx->model->info.n_embd * sizeof(float));
    lane->n_done = 0;
    lane->begin = lane->pos;
    lane->want = want;
    lane->odds = NULL;
    lane->state = LMI_LANE_VECTOR;
}

void lmi_lane_drop(lmi_context *ctx, lmi_lane *lane)
{
    if (lane->state != LMI_LANE_TOKENS && lane->state != LMI_LANE_VECTOR)
        return;
    lane->has = LMI_WANT_NOTHING;
    lane->tokens = NULL;
    lane->state = LMI_LANE_IDLE;
    if (llama_memory_seq_rm(llama_get_memory(ctx->llama), lane->seq, (llama_pos)lane->begin, -1))
        lane->pos = lane->begin;
    else
        lmi_lane_fail(lane, LMAS_E_CANCELED);
}

void lmi_lane_fail(lmi_lane *lane, lmas_status status)
{
    lane->state = LMI_LANE_FAILED;
    lane->status = status;
    lane->has = LMI_WANT_NOTHING;
    snprintf(lane->error, sizeof(lane->error), "%s", lmas_last_error());
}

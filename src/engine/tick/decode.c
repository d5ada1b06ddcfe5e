/*
 * decode.c - one llama_decode, and where the hidden state comes from.
 *
 * The method feeds back the output of the final norm. libllama computes it as the tensor
 * "result_norm", for exactly the rows marked as outputs, in their order; the eval callback
 * reads it there. When it then returns false, the graph stops before the vocabulary product,
 * and llama_decode still returns 0 with the cache written: a thought costs no head.
 *
 * Fallback, for a model whose graph never shows that tensor: embeddings mode returns the same
 * rows, but makes an output of every row of the batch, and runs the head on all of them.
 * (Turning the mode on and off between decodes would spare that, and crashes libllama 0.7.0.)
 */
#include "engine/tick/decode.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/thought/attention.h"
#include "kernels/kernels.h"

bool lmi_decode_tap(struct ggml_tensor *tensor, bool is_asking, void *user)
{
    lmi_context *ctx = user;
    lmi_capture *capture = &ctx->capture;
    const uint32_t n_embd = (uint32_t)ctx->model->info.n_embd;
    const uint32_t n_rows = (uint32_t)tensor->ne[1];

    if (capture->is_attention_wanted && lmi_attention_is(tensor)) {
        if (!is_asking)
            lmi_attention_take(ctx, tensor);
        return true;
    }
    if (strcmp(tensor->name, "result_norm") != 0)
        return !is_asking;
    if (is_asking)
        return capture->is_on;
    if (tensor->type != GGML_TYPE_F32 || tensor->ne[0] != n_embd ||
        capture->n_rows + n_rows > capture->max_rows) {
        capture->is_misshapen = true;
        return true;
    }
    ggml_backend_tensor_get(tensor, capture->rows + (size_t)capture->n_rows * n_embd, 0,
                            (size_t)n_rows * n_embd * sizeof(float));
    capture->n_rows += n_rows;
    return capture->is_head_wanted;
}

/* (of a filler too: with fewer outputs libllama would make another graph) */
static unsigned wants(const lmi_row *row)
{
    const bool is_asked = row->is_last || row->is_filler || row->lane->odds;

    return is_asked ? row->lane->want : LMI_WANT_NOTHING;
}

/* Models with rotary sections (M-RoPE) take several positions for one vector: time, height
 * and width, which are equal for text, and one that is zero. */
static void place(lmi_context *ctx, int32_t i, uint32_t pos)
{
    const llama_pos p[4] = {(llama_pos)pos, (llama_pos)pos, (llama_pos)pos, 0};

    llama_batch_ext_set_pos(ctx->batch, i, p);
}

static bool is_output(const lmi_context *ctx, const lmi_row *row)
{
    return ctx->tap == LMI_TAP_EMBEDDINGS || (wants(row) & LMI_WANT_OUTPUTS) != 0;
}

/* Append one row; the batch copies the vector. False when libllama refuses it. */
static bool add_row(lmi_context *ctx, const lmi_row *row)
{
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    int32_t i;

    if (row->is_vector) {
        memcpy(ctx->input, row->lane->vector, n_embd * sizeof(float));
        i = llama_batch_ext_add_embd(
            ctx->batch, row->lane->seq,
            (struct llama_embd){.data = ctx->input, .n_rows = 1, .n_embd = ctx->width});
    } else {
        i = llama_batch_ext_add_token(ctx->batch, row->lane->seq, row->token);
    }
    if (i < 0)
        return false;
    place(ctx, i, row->pos);
    llama_batch_ext_set_output_logits(ctx->batch, i, is_output(ctx, row));
    return true;
}

/* The rows as the batch, in their order: row i is entry i. */
static bool fill(lmi_context *ctx, const lmi_row *rows, uint32_t n)
{
    uint32_t i;

    llama_batch_ext_clear(ctx->batch);
    for (i = 0; i < n; i++)
        if (!add_row(ctx, &rows[i]))
            return false;
    return true;
}

/* How many of the rows want any of `what`. */
static uint32_t count_wanting(const lmi_row *rows, uint32_t n, unsigned what)
{
    uint32_t count = 0;
    uint32_t i;

    for (i = 0; i < n; i++)
        count += (wants(&rows[i]) & what) != 0;
    return count;
}

/* The hidden state of row `i`, the `output`-th output row of this decode. */
static const float *hidden_of(lmi_context *ctx, uint32_t i, uint32_t output)
{
    if (ctx->tap == LMI_TAP_EMBEDDINGS)
        return llama_get_embeddings_ith(ctx->llama, (int32_t)i);
    if (ctx->capture.is_misshapen || output >= ctx->capture.n_rows)
        return NULL;
    return ctx->capture.rows + (size_t)output * (size_t)ctx->model->info.n_embd;
}

static bool is_finite(const float *x, size_t n)
{
    float sum = 0.0f;
    size_t i;

    for (i = 0; i < n; i++)
        sum += x[i] * 0.0f; /* 0, or NaN from the first value that is not finite */
    return sum == 0.0f;
}

static lmas_status keep_hidden(lmi_lane *lane, const float *hidden, size_t n_embd)
{
    if (!hidden)
        return lmi_fail(LMAS_E_ENGINE, "libllama gave no hidden state for position %u",
                        lane->pos - 1);
    lane->is_poisoned = !is_finite(hidden, n_embd);
    if (lane->is_poisoned)
        return lmi_fail(LMAS_E_ENGINE, "the hidden state at position %u is not finite",
                        lane->pos - 1);
    memcpy(lane->hidden, hidden, n_embd * sizeof(float));
    lane->has |= LMI_WANT_HIDDEN;
    return LMAS_OK;
}

/* Some vocabularies name tokens that must never be spoken. */
static void suppress(const lmas_model *model, float *logits)
{
    int32_t n = 0;
    const llama_token *tokens = llama_vocab_get_suppress_tokens(model->vocab, &n);
    int32_t i;

    for (i = 0; tokens && i < n; i++)
        if (tokens[i] >= 0 && tokens[i] < model->info.n_vocab)
            logits[tokens[i]] = -INFINITY;
}

/* Logits stay where libllama has them: the lane's driver mostly looks at them before the next
 * decode, and a vocabulary of 150,000 is half a megabyte. */
static lmas_status lend_logits(lmi_lane *lane, const lmas_model *model, float *logits)
{
    if (!logits)
        return lmi_fail(LMAS_E_ENGINE, "libllama gave no logits for position %u", lane->pos - 1);
    lane->is_poisoned = isnan(logits[0]); /* of a state that is not finite, no logit is a number */
    if (lane->is_poisoned)
        return lmi_fail(LMAS_E_ENGINE, "the logits at position %u are not finite", lane->pos - 1);
    suppress(model, logits);
    lane->rows[lane->odds ? lane->n_done - 1 : 0] = logits;
    lane->logits = lane->rows[0];
    lane->is_borrowing = true;
    lane->has |= LMI_WANT_LOGITS;
    return LMAS_OK;
}

static lmas_status copy_logits(lmi_lane *lane, size_t n_vocab)
{
    const size_t n = lane->odds ? lane->n_tokens : 1;
    size_t i;

    if (!lmi_reserve((void **)&lane->copy, &lane->copy_capacity, n * n_vocab, sizeof(float)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu logits", n * n_vocab);
    for (i = 0; i < n; i++) {
        memcpy(lane->copy + i * n_vocab, lane->rows[i], n_vocab * sizeof(float));
        lane->rows[i] = lane->copy + i * n_vocab;
    }
    lane->logits = lane->rows[0];
    return LMAS_OK;
}

/* A decode is about to overwrite the logits that were lent: a lane whose result still stands gets
 * a copy. One with a new request has been looked at. */
static void take_back_logits(lmi_context *ctx)
{
    uint32_t i;

    for (i = 0; i < ctx->n_lanes; i++) {
        lmi_lane *lane = &ctx->lanes[i];
        const bool is_needed =
            lane->is_borrowing && lane->state == LMI_LANE_IDLE && lane->has & LMI_WANT_LOGITS;
        lmas_status status = LMAS_OK;

        lane->is_borrowing = false;
        if (is_needed)
            status = copy_logits(lane, (size_t)ctx->model->info.n_vocab);
        if (status != LMAS_OK)
            lmi_lane_fail(lane, status);
    }
}

/* What the lane wants of row `i`. */
static void fetch(lmi_context *ctx, const lmi_row *row, uint32_t i, uint32_t output)
{
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    const unsigned want = wants(row);
    lmi_lane *lane = row->lane;
    lmas_status status = LMAS_OK;

    if (want & LMI_WANT_HIDDEN)
        status = keep_hidden(lane, hidden_of(ctx, i, output), n_embd);
    if (status == LMAS_OK && want & LMI_WANT_LOGITS)
        status = lend_logits(lane, ctx->model, llama_get_logits_ith(ctx->llama, (int32_t)i));
    if (status == LMAS_OK && want & LMI_WANT_ATTENTION)
        status = lmi_attention_finish(ctx, lane);
    if (status != LMAS_OK)
        lmi_lane_fail(lane, status);
}

/* Advance the lane past row `i`, and fetch what it wants; at the end of its request it is idle.
 * Of a row that failed nothing follows. */
static void deliver(lmi_context *ctx, const lmi_row *row, uint32_t i, uint32_t output)
{
    lmi_lane *lane = row->lane;

    if (row->is_filler)
        return;
    lane->pos = row->pos + 1;
    if (lane->state == LMI_LANE_FAILED)
        return;
    if (lane->n_done++ == 0)
        lane->has = LMI_WANT_NOTHING;
    if (!(wants(row) & LMI_WANT_ATTENTION))
        lmi_attention_forget(lane);
    if (row->is_last)
        lane->state = LMI_LANE_IDLE;
    fetch(ctx, row, i, output);
}

/* Run the batch. Rows that libllama refuses are an invalid batch: -1, as it says itself. */
static int run(lmi_context *ctx, const lmi_row *rows, uint32_t n)
{
    int code;

    if (!fill(ctx, rows, n))
        return -1;
    lmi_pack_serve(ctx->model->pack);
    code = llama_process(ctx->llama, LLAMA_PROCESS_TYPE_DECODE, ctx->batch);
    llama_synchronize(ctx->llama);
    lmi_pack_serve(NULL);
    return code;
}

/* What this decode wants of the eval callback. */
static void set_capture(lmi_context *ctx, const lmi_row *rows, uint32_t n)
{
    lmi_capture *capture = &ctx->capture;

    *capture = (lmi_capture){.rows = capture->rows, .max_rows = capture->max_rows};
    capture->is_on = ctx->tap == LMI_TAP_CALLBACK && count_wanting(rows, n, LMI_WANT_HIDDEN) > 0;
    capture->is_head_wanted = count_wanting(rows, n, LMI_WANT_LOGITS) > 0;
    capture->is_attention_wanted = count_wanting(rows, n, LMI_WANT_ATTENTION) > 0;
    capture->asked = rows;
    capture->n_asked = n;
    if (capture->is_attention_wanted)
        lmi_attention_begin(rows, n);
}

bool lmi_decode_shapes_agree(const lmi_decode_shape *a, const lmi_decode_shape *b)
{
    return a->first == b->first && a->last == b->last && a->n_rows == b->n_rows &&
           a->n_outputs == b->n_outputs && a->is_vector == b->is_vector;
}

int lmi_decode(lmi_context *ctx, const lmi_row *rows, uint32_t n)
{
    const uint32_t n_outputs = count_wanting(rows, n, LMI_WANT_OUTPUTS);
    lmi_capture *capture = &ctx->capture;
    const double begin = lmi_now_ms();
    uint32_t output = 0;
    double share;
    uint32_t i;
    int code;

    take_back_logits(ctx);
    set_capture(ctx, rows, n);
    ctx->shape = (lmi_decode_shape){.first = rows[0].lane,
                                    .last = rows[n - 1].lane,
                                    .n_rows = n,
                                    .n_outputs = n_outputs,
                                    .is_vector = rows[0].is_vector};
    code = run(ctx, rows, n);
    if (capture->is_on && capture->n_rows != n_outputs)
        capture->is_misshapen = true; /* not the rows we marked: none can be told apart */
    share = (lmi_now_ms() - begin) / n;
    for (i = 0; i < n; i++)
        rows[i].lane->ms += share;
    if (code != 0)
        return code;
    for (i = 0; i < n; i++) {
        deliver(ctx, &rows[i], i, output);
        output += is_output(ctx, &rows[i]);
    }
    return 0;
}

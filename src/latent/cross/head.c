/* head.c - see head.h. */
#include "latent/cross/head.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/context.h"
#include "latent/realign/pairs.h"

/* Rows of W_out that the proof takes: as many groups as there are rows in one. */
enum { GROUP = 16, N_SAMPLED = GROUP * GROUP, N_CELLS = 256 };

/* How far what we say may lie from what libllama says, as a share of its length. A wrong scale is
 * off by its factor; weights of few bits by some hundredths, for libllama rounds h to 8 bits. */
static const double APART_MAX = 0.05;

/* Of two rules that both may be meant, the second must come nearer by this. */
static const double FAR_BETTER = 10;

/* What Gemma 2 is capped to where its file says nothing. */
static const float USUAL_CAP = 30.0f;

/* W_out h of some tokens, and libllama's logits of them. */
typedef struct sample {
    float products[N_SAMPLED], logits[N_SAMPLED];
    int64_t tokens[N_SAMPLED];
    int n;
} sample;

float lmi_head_score(const lmi_head *head, float product, int64_t token)
{
    const float l = (product + (head->bias ? head->bias[token] : 0)) * head->scale;

    return head->cap > 0 ? head->cap * tanhf(l / head->cap) : l;
}

void lmi_head_done(lmi_head *head)
{
    lmi_free(head->bias);
    *head = (lmi_head){0};
}

static float number_of(const lmi_weights *weights, const lmas_model *model, const char *name)
{
    char key[160];

    snprintf(key, sizeof(key), "%.100s.%s", model->info.arch, name);
    return lmi_weights_f32(weights, key, 0);
}

static lmas_status read_bias(lmi_head *head, lmi_weights *weights, const lmas_model *model)
{
    const int64_t n = model->info.n_vocab;
    int64_t n_found;
    lmi_matrix bias;

    if (!lmi_weights_find(&bias, weights, "output.bias"))
        return LMAS_OK;
    n_found = bias.n_rows * bias.n_cols;
    if (n_found != n)
        return lmi_fail(LMAS_E_MODEL, "output.bias of %s has %lld values, %d were expected",
                        model->path, (long long)n_found, model->info.n_vocab);
    head->bias = lmi_new((size_t)n, sizeof(float));
    if (!head->bias)
        return lmi_fail(LMAS_E_NOMEM, "no memory for output.bias");
    return lmi_weights_rows(head->bias, weights, &bias, 0, bias.n_rows);
}

/* Groups of rows, evenly over the vocabulary. */
static lmas_status take_sample(sample *s, lmi_weights *weights, const lmi_head *head,
                               const lmi_lane *lane)
{
    const int64_t n_rows = head->w_out.n_rows, width = head->w_out.n_cols;
    const int64_t n_group = n_rows < GROUP ? n_rows : GROUP;
    float *rows = lmi_new((size_t)(n_group * width), sizeof(float));
    lmas_status status = LMAS_OK;
    int64_t g, i, k;

    if (!rows)
        return lmi_fail(LMAS_E_NOMEM, "no memory for rows of the output matrix");
    for (g = 0; status == LMAS_OK && g < GROUP; g++) {
        const int64_t first = (n_rows - n_group) * g / (GROUP - 1);

        status = lmi_weights_rows(rows, weights, &head->w_out, first, n_group);
        for (i = 0; status == LMAS_OK && i < n_group; i++, s->n++) {
            double sum = 0;

            for (k = 0; k < width; k++)
                sum += (double)rows[i * width + k] * (double)lane->hidden[k];
            s->tokens[s->n] = first + i;
            s->products[s->n] = (float)sum;
            s->logits[s->n] = lane->logits[first + i];
        }
    }
    lmi_free(rows);
    return status;
}

/* Read the token of the thought's proof, alone. */
static lmas_status ask_model(sample *s, lmi_weights *weights, const lmi_head *head,
                             lmas_model *model, int n_threads)
{
    const lmi_context_params params = {.n_ctx = N_CELLS,
                                       .n_lanes = 1,
                                       .n_batch = GROUP,
                                       .n_ubatch = GROUP,
                                       .n_threads = n_threads,
                                       .kv = LMAS_KV_AUTO,
                                       .flash_attn = LMAS_FLASH_ATTN_AUTO,
                                       .cache_type_k = "f16",
                                       .cache_type_v = "f16",
                                       .tap = LMI_TAP_CALLBACK};
    lmi_context *ctx = NULL;
    lmi_lane *lane;
    lmas_status status = lmi_context_new(&ctx, model, &params);

    if (status != LMAS_OK)
        return status;
    lane = lmi_lane_take(ctx);
    lmi_lane_read(lane, &model->thought.token, 1, LMI_WANT_HIDDEN | LMI_WANT_LOGITS);
    status = lmi_context_tick(ctx);
    if (status == LMAS_OK && lane->state == LMI_LANE_FAILED)
        status = lmi_fail(lane->status, "%s", lane->error);
    if (status == LMAS_OK)
        status = take_sample(s, weights, head, lane);
    lmi_context_free(ctx);
    return status;
}

static double apart(const lmi_head *head, const sample *s)
{
    double difference = 0, length = 0;
    int i;

    for (i = 0; i < s->n; i++) {
        const double want = (double)s->logits[i];
        const double d = (double)lmi_head_score(head, s->products[i], s->tokens[i]) - want;

        difference += d * d;
        length += want * want;
    }
    return sqrt(difference) / (sqrt(length) + 1e-30);
}

/* With `cap`, the scale that comes nearest to libllama: as the file names it, or none. */
static double fit(lmi_head *head, const sample *s, float named_scale, float cap)
{
    const float scale = named_scale > 0 ? named_scale : 1;
    const float scales[] = {scale, 1 / scale, 1};
    double best = INFINITY;
    lmi_head tried = *head;
    int i;

    tried.cap = cap;
    for (i = 0; i < 3; i++) {
        double distance;

        tried.scale = scales[i];
        distance = apart(&tried, s);
        if (distance < best) {
            best = distance;
            *head = tried;
        }
    }
    return best;
}

/* The cap that the file names. Where it names none there is none, unless with the usual one
 * libllama is met far better: what changes little at this token may change much elsewhere. */
static lmas_status choose(lmi_head *head, const sample *s, float named_scale, float named_cap,
                          const lmas_model *model)
{
    lmi_head usual = *head;
    double best = fit(head, s, named_scale, named_cap);
    const double second = named_cap > 0 ? INFINITY : fit(&usual, s, named_scale, USUAL_CAP);

    if (second < best / FAR_BETTER) {
        best = second;
        *head = usual;
    }
    if (best <= APART_MAX)
        return LMAS_OK;
    return lmi_fail(LMAS_E_MODEL,
                    "libllama's %.60s does not score tokens by W_out h (it lies %.2g apart), so "
                    "what a thought of it says cannot be told; hand over text",
                    model->info.arch, best);
}

lmas_status lmi_head_read(lmi_head *out, lmi_weights *weights, lmas_model *model, int n_threads)
{
    lmi_head head = {.scale = 1};
    sample s = {0};
    lmas_status status = lmi_pairs_find_out(&head.w_out, weights, model);

    if (status == LMAS_OK)
        status = read_bias(&head, weights, model);
    if (status == LMAS_OK)
        status = ask_model(&s, weights, &head, model, n_threads);
    if (status == LMAS_OK)
        status = choose(&head, &s, number_of(weights, model, "logit_scale"),
                        number_of(weights, model, "final_logit_softcapping"), model);
    if (status == LMAS_OK)
        *out = head;
    else
        lmi_head_done(&head);
    return status;
}

/*
 * tick.c - which rows go together.
 *
 * A tick first reads prompts, no more of them than n_batch rows, then moves every lane that waits
 * for a single row (a thought, a spoken token). So whoever thinks or speaks waits for n_batch rows
 * at most; and questions that begin to read together have read together, and go on in step:
 * sixteen thoughts in one decode cost half of what they cost in sixteen.
 *
 * Where each lane has its own part of the cache, libllama computes consecutive lanes with
 * equally many rows together, and cuts up everything else behind our back. So a decode is
 * such a rectangle here, and what it computes at once is known:
 *
 *      lane   0  1  2  3  4  5  6  7
 *      row    t  e  e  t  -  p  p  p     t token, e thought, p prompt, - nothing to do
 *                            p  p  p
 *
 * Behind a spoken token may come some that were guessed (lane->odds): rows of the same decode, as
 * many as are worth what they cost (price.h). In a rectangle all have as many, and who has fewer
 * guesses fills up.
 *
 * Where long prompts yield (ctx->n_yield), one that has more rows than that left is read in small
 * parts between everything else, and has a third of the time: whoever asks something short
 * meanwhile does not wait for it. Without company it is read as ever, so many rows a tick.
 *
 * A lane whose rows cannot be decoded fails alone: after a failed decode the rows of each lane
 * are tried by themselves.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/backend.h"
#include "engine/tick/decode.h"

/* A lane keeps its cells up to `pos`; what a failed decode left beyond is dropped. False where that
 * cannot be: a recurrent state does not go back. */
static bool rewind_lane(lmi_context *ctx, const lmi_lane *lane)
{
    llama_memory_t memory = llama_get_memory(ctx->llama);

    llama_memory_seq_rm(memory, lane->seq, (llama_pos)lane->pos, -1);
    return llama_memory_seq_pos_max(memory, lane->seq) < (llama_pos)lane->pos;
}

static void fail_lane(lmi_context *ctx, lmi_lane *lane, int code)
{
    if (code == 1)
        lmi_lane_fail(lane, lmi_fail(LMAS_E_CONTEXT_FULL,
                                     "context full: no free cell of %u after position %u; give "
                                     "more with n_ctx",
                                     ctx->n_ctx_lane, lane->pos));
    else
        lmi_lane_fail(lane, lmi_fail(LMAS_E_ENGINE, "llama_decode returned %d at position %u%s%s",
                                     code, lane->pos, lmi_backend_complaint()[0] ? ": " : "",
                                     lmi_backend_complaint()));
}

/* What llama_decode() returns when it was told to stop. */
enum { CODE_STOPPED = 2 };

static lmas_status canceled(void)
{
    return lmi_fail(LMAS_E_CANCELED, "canceled");
}

lmas_status lmi_context_check(const lmi_context *ctx)
{
    return atomic_load(&ctx->is_canceled) ? canceled() : LMAS_OK;
}

/* The state of a lane is past its position, so that whatever came next would be wrong. */
static void fail_astray(lmi_lane *lane)
{
    lmi_lane_fail(lane, lmi_fail(LMAS_E_ENGINE,
                                 "a decode failed at position %u, and the recurrent state of this "
                                 "model cannot go back to it",
                                 lane->pos));
}

/* Of a token and its guesses the token alone: they may be what found no cell. How many of the
 * lane's `n` rows are left. */
static uint32_t without_guesses(lmi_row *rows, uint32_t n)
{
    lmi_lane *lane = rows->lane;

    if (!lane->odds && !rows[n - 1].is_filler)
        return n;
    lane->n_tokens = lane->n_done + 1;
    rows->is_last = true;
    return 1;
}

/* The decode of several lanes failed: each has another try of its own, and its own failure. */
static lmas_status decode_apart(lmi_context *ctx, lmi_row *rows, uint32_t n)
{
    uint32_t first, end;

    for (first = 0; first < n; first = end) {
        lmi_lane *lane = rows[first].lane;
        int code;

        for (end = first + 1; end < n && rows[end].lane == lane;)
            end++;
        if (!rewind_lane(ctx, lane)) {
            fail_astray(lane);
            continue;
        }
        lmi_backend_forget();
        code = lmi_decode(ctx, rows + first, without_guesses(rows + first, end - first));
        if (code == 0)
            continue;
        rewind_lane(ctx, lane);
        if (code == CODE_STOPPED)
            return canceled();
        fail_lane(ctx, lane, code);
    }
    return LMAS_OK;
}

/* Write cells of no meaning at the lane's position, up to `end`. */
static bool overwrite(lmi_context *ctx, lmi_lane *lane, uint32_t end)
{
    while (lane->pos < end) {
        const uint32_t left = end - lane->pos;
        const uint32_t n = left < ctx->n_rows_max ? left : ctx->n_rows_max;
        uint32_t i;

        for (i = 0; i < n; i++)
            ctx->rows[i] = (lmi_row){.lane = lane, .pos = lane->pos + i};
        if (lmi_decode(ctx, ctx->rows, n) != 0)
            return false;
    }
    return true;
}

/* A freed cell keeps its numbers, and attention multiplies those of cells it may not see by zero,
 * which makes no zero of what is not finite. So the cells of a request that ended that way are
 * written over: they are the first free ones again, unless lanes share a pool. A lane that cannot
 * go back is written over from its beginning; it has failed, and nothing more is made of it. */
static void scrub(lmi_context *ctx, lmi_lane *lane)
{
    const uint32_t end = lane->pos;
    uint32_t begin = lane->begin;

    lane->is_poisoned = false;
    if (end - begin > ctx->n_rows_max)
        return; /* a whole prompt: it is the model that is broken */
    lane->pos = begin;
    if (!rewind_lane(ctx, lane))
        begin = lane->pos = 0;
    rewind_lane(ctx, lane);
    if (!overwrite(ctx, lane, end))
        lmi_log(LMAS_LOG_WARN, "cells that are not finite could not be written over");
    lane->pos = begin;
    rewind_lane(ctx, lane);
}

static void scrub_all(lmi_context *ctx)
{
    uint32_t i;

    for (i = 0; i < ctx->n_lanes; i++)
        if (ctx->lanes[i].is_poisoned)
            scrub(ctx, &ctx->lanes[i]);
}

/* Of a decode, in passes over the weights. */
static float cost(const lmi_context *ctx, uint32_t n)
{
    return 1.0f + ctx->row_cost * (float)n;
}

/* Decode the first `n` rows of the scratch. */
static lmas_status decode(lmi_context *ctx, uint32_t n)
{
    lmas_status status = lmi_context_check(ctx);
    int code;
    uint32_t i;

    if (status != LMAS_OK)
        return status;
    ctx->debt -= cost(ctx, n);
    code = lmi_decode(ctx, ctx->rows, n);
    for (i = 0; code != 0 && i < n; i++)
        rewind_lane(ctx, ctx->rows[i].lane);
    if (code == CODE_STOPPED)
        return canceled();
    if (code != 0)
        status = decode_apart(ctx, ctx->rows, n);
    scrub_all(ctx);
    return status;
}

/* What a lane waits for. LONG is a prompt that yields. */
enum { THOUGHT = 1, TOKEN = 2, SINGLE = THOUGHT | TOKEN, PROMPT = 4, LONG = 8 };

static uint32_t at_most(uint32_t n, uint32_t limit)
{
    return n < limit ? n : limit;
}

static uint32_t n_left(const lmi_lane *lane)
{
    return (uint32_t)(lane->n_tokens - lane->n_done);
}

static unsigned kind_of_prompt(const lmi_context *ctx, const lmi_lane *lane)
{
    if (n_left(lane) == 1 || lane->odds)
        return TOKEN;
    return ctx->n_yield > 0 && n_left(lane) > ctx->n_yield ? LONG : PROMPT;
}

static bool waits_for(const lmi_context *ctx, uint32_t i, unsigned kinds)
{
    const lmi_lane *lane = &ctx->lanes[i];
    unsigned kind = 0;

    if (lane->state == LMI_LANE_VECTOR)
        kind = THOUGHT;
    else if (lane->state == LMI_LANE_TOKENS)
        kind = kind_of_prompt(ctx, lane);
    return (kind & kinds) != 0;
}

static uint32_t count(const lmi_context *ctx, unsigned kinds)
{
    uint32_t n = 0;
    uint32_t i;

    for (i = 0; i < ctx->n_lanes; i++)
        n += waits_for(ctx, i, kinds);
    return n;
}

/* Lanes [begin, end): those among them that wait for one of `kinds`, `n` of them, go into one
 * decode. */
typedef struct run {
    uint32_t begin, end, n;
} run;

/* The next run at or after run->end; false when there is none. In a rectangle a lane with
 * another wish ends it, except that one which reads a prompt may lend a row to bridge it. */
static bool next_run(run *r, const lmi_context *ctx, unsigned kinds)
{
    uint32_t i = r->end;

    while (i < ctx->n_lanes && !waits_for(ctx, i, kinds))
        i++;
    *r = (run){.begin = i, .end = i};
    for (; i < ctx->n_lanes && i - r->begin < ctx->n_rows_max; i++) {
        if (waits_for(ctx, i, kinds)) {
            r->end = i + 1;
            r->n++;
        } else if (ctx->is_rectangular && !waits_for(ctx, i, PROMPT | LONG)) {
            break;
        }
    }
    return r->n > 0;
}

static uint32_t count_runs(const lmi_context *ctx, unsigned kinds)
{
    run r = {0};
    uint32_t n = 0;

    while (next_run(&r, ctx, kinds))
        n++;
    return n;
}

/* Append the lane's next `n` rows to the scratch; how many rows it holds then. */
static uint32_t add_rows(lmi_context *ctx, uint32_t at, lmi_lane *lane, uint32_t n)
{
    const uint32_t end = at + n;
    size_t next = lane->n_done;
    uint32_t pos = lane->pos;

    if (lane->state == LMI_LANE_VECTOR) {
        ctx->rows[at] = (lmi_row){.lane = lane, .is_vector = true, .pos = pos, .is_last = true};
        return at + 1;
    }
    for (; at < end; at++, next++, pos++)
        ctx->rows[at] = (lmi_row){.lane = lane,
                                  .token = lane->tokens[next],
                                  .pos = pos,
                                  .is_last = next + 1 == lane->n_tokens};
    return at;
}

/* ---- Guesses ---- */

static uint32_t price_of(uint32_t n_lanes)
{
    return at_most(n_lanes, LMI_PRICES) - 1;
}

/* What decodes cost where `n` lanes speak. Several lanes have filled the time of a pass, so that
 * there a row is taken to be dear until some were tried. */
static lmi_decode_cost cost_of(const lmi_context *ctx, uint32_t n)
{
    const float usual = n > 1 && ctx->row_cost < 1 ? 1 : ctx->row_cost;

    if (ctx->is_guessing_free)
        return (lmi_decode_cost){0};
    return lmi_price_cost(&ctx->prices[price_of(n)], usual);
}

/* Whether all speakers of a decode have as many rows, whatever guesses they have: where it must be
 * a rectangle, and where there is but one, whose decodes then are of a shape for longer. */
static bool fills_up(const lmi_context *ctx)
{
    return ctx->is_rectangular || ctx->n_lanes == 1;
}

/* How many of at most `n` guesses the lane tries: all where a filler would be in their place, else
 * those that are worth a row each. */
static uint32_t n_tried(const lmi_context *ctx, const lmi_lane *lane, uint32_t n, float row)
{
    const uint32_t most = lane->odds ? at_most(n, n_left(lane) - 1) : 0;
    uint32_t i = 0;

    if (fills_up(ctx))
        return most;
    while (i < most && lane->odds[i] > row / (1 + row))
        i++;
    return i;
}

/* A run with at most `n` guesses a lane. */
typedef struct plan {
    uint32_t n;
    float row; /* what one for every speaker costs, in passes */
    lmi_decode_shape shape;
    float n_tokens; /* that are likely to come of it */
} plan;

static plan plan_of(const lmi_context *ctx, const run *r, uint32_t n, float row)
{
    plan p = {.n = n,
              .row = row * (float)r->n,
              .shape = {.first = &ctx->lanes[r->begin], .last = &ctx->lanes[r->end - 1]}};
    uint32_t i, k;

    p.shape.is_vector = waits_for(ctx, r->begin, THOUGHT);
    for (i = r->begin; i < r->end; i++) {
        const lmi_lane *lane = &ctx->lanes[i];
        const bool speaks = waits_for(ctx, i, TOKEN);
        const uint32_t own = speaks ? n_tried(ctx, lane, n, p.row) : 0;

        p.shape.n_outputs += speaks ? 1 + (fills_up(ctx) ? n : own) : waits_for(ctx, i, THOUGHT);
        p.n_tokens += speaks ? 1.0f : 0.0f;
        for (k = 0; k < own; k++)
            p.n_tokens += lane->odds[k];
    }
    p.shape.n_rows = p.shape.n_outputs;
    return p;
}

/* How many changes of shape it brings to go from the last decode's to this one: those who leave
 * the shape without guesses will come back. */
static float n_changes(const lmi_context *ctx, const lmi_decode_shape *plain,
                       const lmi_decode_shape *shape)
{
    if (lmi_decode_shapes_agree(shape, &ctx->shape))
        return 0;
    return lmi_decode_shapes_agree(plain, &ctx->shape) ? 2 : 1;
}

/* By so much guesses must bring more than none: their price is an estimate, and taking them back
 * costs, too. */
static const float WORTH_IT = 0.08f;

/* Tokens for a pass: those that all decodes bring on the mean, and where that is not known, those
 * of this one without guesses. (What two save of a decode, while others read, is worth no more than
 * what it saves later, when all speak: many guesses for little time are right, few are not.) */
static float rate_of(const lmi_context *ctx, const lmi_decode_cost *cost, const plan *plain)
{
    if (cost->pass > 0 && ctx->pace.ms > 0)
        return (float)(ctx->pace.tokens / ctx->pace.ms) * cost->pass;
    return plain->n_tokens / (1 + cost->row * (float)plain->shape.n_rows);
}

/* Of at most `most` guesses a lane those that bring most tokens beyond what their time is worth. */
static plan find_best(const lmi_context *ctx, const run *r, uint32_t most)
{
    const lmi_decode_cost cost = cost_of(ctx, r->n);
    const plan plain = plan_of(ctx, r, 0, cost.row);
    const float rate = rate_of(ctx, &cost, &plain);
    plan best = plain, p = plain;
    float best_gain = -INFINITY;
    uint32_t n;

    for (n = 0; n <= most; n++, p = plan_of(ctx, r, n, cost.row)) {
        const float changes = n_changes(ctx, &plain.shape, &p.shape);
        const float time = 1 + cost.row * (float)p.shape.n_rows + cost.change * changes;
        const float gain = p.n_tokens * (n == 0 ? 1 + WORTH_IT : 1) - rate * time;

        if (n > 0 && p.shape.n_rows > at_most(ctx->n_rows_max, ctx->n_outputs_max))
            break;
        best = gain > best_gain ? p : best;
        best_gain = gain > best_gain ? gain : best_gain;
    }
    return best;
}

/* As many rows behind each lane's first as the last decode had, if it was of the same lanes. */
static uint32_t n_before(const lmi_context *ctx, const run *r)
{
    const bool is_same = ctx->shape.first == &ctx->lanes[r->begin] &&
                         ctx->shape.last == &ctx->lanes[r->end - 1] && !ctx->shape.is_vector;

    return is_same && fills_up(ctx) && ctx->shape.n_rows >= r->n ? ctx->shape.n_rows / r->n - 1 : 0;
}

/* How many guesses the lanes of a run can try, at most. Where they fill up all must have the cells,
 * and nobody who only lends a row has any. */
static uint32_t most_guesses(const lmi_context *ctx, const run *r)
{
    uint32_t most = n_before(ctx, r), room = ctx->n_draft;
    uint32_t i;

    for (i = r->begin; i < r->end; i++) {
        const lmi_lane *lane = &ctx->lanes[i];
        const uint32_t left = ctx->n_ctx_lane - at_most(lane->pos + 1, ctx->n_ctx_lane);

        if (!waits_for(ctx, i, TOKEN)) {
            room = fills_up(ctx) ? 0 : room;
            continue;
        }
        most = lane->odds && n_left(lane) - 1 > most ? n_left(lane) - 1 : most;
        room = fills_up(ctx) ? at_most(room, left) : room;
    }
    return at_most(most, room);
}

/* The lane's token and its guesses, and where it must fill up, rows of no meaning. */
static uint32_t add_guesses(lmi_context *ctx, uint32_t at, lmi_lane *lane, const plan *p)
{
    const uint32_t own = n_tried(ctx, lane, p->n, p->row);
    const uint32_t end = at + 1 + p->n;

    lane->n_tokens = lane->n_done + 1 + own;
    at = add_rows(ctx, at, lane, 1 + own);
    for (; fills_up(ctx) && at < end; at++) {
        ctx->rows[at] = ctx->rows[at - 1];
        ctx->rows[at].pos++;
        ctx->rows[at].is_last = false;
        ctx->rows[at].is_filler = true;
    }
    return at;
}

/* Cells of fillers go. */
static void drop_fillers(lmi_context *ctx, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++)
        if (ctx->rows[i].is_filler && (i + 1 == n || !ctx->rows[i + 1].is_filler))
            rewind_lane(ctx, ctx->rows[i].lane);
}

/* A decode of `n` rows for speakers alone took so long; the one before had that shape. */
static void note(lmi_context *ctx, const run *r, const plan *p, uint32_t n,
                 const lmi_decode_shape *before, double ms)
{
    const bool is_changed = !lmi_decode_shapes_agree(before, &ctx->shape);

    lmi_price_note(&ctx->prices[price_of(r->n)], n, is_changed, ms);
    lmi_pace_note(&ctx->pace, p->n_tokens, ms);
}

/* One row of every lane that waits for one of `kinds`, and guesses. */
static lmas_status tick_singles(lmi_context *ctx, unsigned kinds)
{
    const unsigned taken = ctx->is_rectangular ? kinds | PROMPT | LONG : kinds;
    lmas_status status = LMAS_OK;
    run r = {0};

    while (status == LMAS_OK && next_run(&r, ctx, kinds)) {
        const plan p = find_best(ctx, &r, most_guesses(ctx, &r));
        const lmi_decode_shape before = ctx->shape;
        const double begin = lmi_now_ms();
        uint32_t n = 0;
        uint32_t i;

        for (i = r.begin; i < r.end; i++)
            if (waits_for(ctx, i, TOKEN))
                n = add_guesses(ctx, n, &ctx->lanes[i], &p);
            else if (waits_for(ctx, i, taken))
                n = add_rows(ctx, n, &ctx->lanes[i], 1);
        status = decode(ctx, n);
        drop_fillers(ctx, n);
        if (kinds == TOKEN)
            note(ctx, &r, &p, n, &before, lmi_now_ms() - begin);
    }
    return status;
}

/* Thoughts and tokens in one decode share a pass over the weights, but then the thoughts go
 * through the vocabulary product too, which alone they skip. In passes over the weights: */
static bool must_mix(const lmi_context *ctx)
{
    const float apart =
        (float)count_runs(ctx, TOKEN) + (1.0f - ctx->head_share) * (float)count_runs(ctx, THOUGHT);
    const float heads = ctx->head_share * ctx->row_cost * (float)count(ctx, THOUGHT);

    return (float)count_runs(ctx, SINGLE) + heads < apart;
}

/* Cut a run of readers down to a rectangle; how many rows of each. Only neighbours with as much to
 * read share it: a longer prompt would leave an end, whose decode costs what sharing saved. */
static uint32_t shape_rectangle(run *r, const lmi_context *ctx, uint32_t share)
{
    const uint32_t most = at_most(share, ctx->n_rows_max);
    const uint32_t n = at_most(most, n_left(&ctx->lanes[r->begin]));
    const uint32_t end = r->end;

    *r = (run){.begin = r->begin, .end = r->begin + 1, .n = 1};
    while (r->end < end && (r->n + 1) * n <= ctx->n_rows_max &&
           at_most(most, n_left(&ctx->lanes[r->end])) == n) {
        r->end++;
        r->n++;
    }
    return n;
}

/* Everybody who reads a prompt of that kind gets at most `share` rows further; *n_read counts
 * them. */
static lmas_status read_round(uint32_t *n_read, lmi_context *ctx, unsigned kind, uint32_t share)
{
    lmas_status status = LMAS_OK;
    run r = {0};

    while (status == LMAS_OK && next_run(&r, ctx, kind)) {
        const uint32_t most = ctx->is_rectangular ? shape_rectangle(&r, ctx, share)
                                                  : at_most(share, ctx->n_rows_max / r.n);
        uint32_t n = 0;
        uint32_t i;

        for (i = r.begin; i < r.end; i++)
            if (waits_for(ctx, i, kind))
                n = add_rows(ctx, n, &ctx->lanes[i], at_most(most, n_left(&ctx->lanes[i])));
        *n_read += n;
        status = decode(ctx, n);
    }
    return status;
}

/* Prompts of that kind: so many rows, in equal shares, as long as they go round. */
static lmas_status tick_prompts(lmi_context *ctx, unsigned kind, uint32_t most)
{
    lmas_status status = LMAS_OK;
    uint32_t n_read = 0;
    uint32_t n_readers;

    while (status == LMAS_OK && (n_readers = count(ctx, kind)) > 0 && n_read + n_readers <= most)
        status = read_round(&n_read, ctx, kind, (most - n_read) / n_readers);
    return status;
}

/* ---- Prompts that yield ---- */

/* How often the time of a part goes by before the next one; and how many parts the most rows that
 * need not yield are. */
enum { YIELDS_TIMES = 2, PARTS = 4 };

/* The next of them, lane by lane in turns: a part. */
static lmas_status read_part(lmi_context *ctx)
{
    const uint32_t n = at_most(ctx->n_yield / PARTS + 1, ctx->n_rows_max);
    uint32_t k;

    for (k = 1; k <= ctx->n_lanes; k++) {
        const uint32_t i = (ctx->last_long + k) % ctx->n_lanes;

        if (!waits_for(ctx, i, LONG))
            continue;
        ctx->last_long = i;
        ctx->debt = (1 + YIELDS_TIMES) * cost(ctx, n);
        return decode(ctx, add_rows(ctx, 0, &ctx->lanes[i], n));
    }
    return LMAS_OK;
}

/* Beside others a part, when the time of the last one has gone by; without them as a tick may read
 * that is not to last. */
static lmas_status tick_long(lmi_context *ctx, bool has_company)
{
    if (ctx->n_yield == 0)
        return LMAS_OK;
    if (has_company)
        return ctx->debt <= 0 ? read_part(ctx) : LMAS_OK;
    ctx->debt = 0;
    return tick_prompts(ctx, LONG, ctx->n_yield > ctx->n_lanes ? ctx->n_yield : ctx->n_lanes);
}

/* Before any row is gathered: of a canceled lane the tokens may be gone. Tokens last, so that
 * nobody's decode writes over the logits before they were looked at. */
lmas_status lmi_context_tick(lmi_context *ctx)
{
    const bool has_company = count(ctx, SINGLE | PROMPT) > 0;
    lmas_status status = lmi_context_check(ctx);

    if (status == LMAS_OK)
        status = tick_prompts(ctx, PROMPT, ctx->n_batch);
    if (status == LMAS_OK)
        status = tick_long(ctx, has_company);
    if (status == LMAS_OK && must_mix(ctx))
        return tick_singles(ctx, SINGLE);
    if (status == LMAS_OK)
        status = tick_singles(ctx, THOUGHT);
    return status == LMAS_OK ? tick_singles(ctx, TOKEN) : status;
}

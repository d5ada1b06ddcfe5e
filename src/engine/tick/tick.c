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
 * many as are worth what they cost. In a rectangle all have as many, and who has fewer guesses
 * fills up.
 *
 * Where long prompts yield (ctx->n_yield), one that has more rows than that left is read in small
 * parts between everything else, and has a third of the time: whoever asks something short
 * meanwhile does not wait for it. Without company it is read as ever, so many rows a tick.
 *
 * A lane whose rows cannot be decoded fails alone: after a failed decode the rows of each lane
 * are tried by themselves.
 */
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

    if (!lane->odds)
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

/* What a row costs where `n` lanes speak, in passes. Several lanes have filled the time of a pass,
 * so that there a row is taken to be dear until some were tried. */
static float row_of(const lmi_context *ctx, uint32_t n)
{
    const float usual = n > 1 && ctx->row_cost < 1 ? 1 : ctx->row_cost;

    return lmi_price_row(&ctx->prices[price_of(n)], usual);
}

/* How many of the lane's guesses are worth a row each where `n` lanes share a pass over the
 * weights. */
static uint32_t n_worth(const lmi_context *ctx, const lmi_lane *lane, uint32_t n)
{
    const float row = row_of(ctx, n) * (float)n;
    const uint32_t n_guesses = lane->odds ? n_left(lane) - 1 : 0;
    uint32_t i = 0;

    while (i < n_guesses && lane->odds[i] > row / (1 + row))
        i++;
    return i;
}

/* Tokens that come of a run, in the time of one pass, where each lane has at most `n` guesses. */
static float rate_of(const lmi_context *ctx, const run *r, uint32_t n)
{
    float n_tokens = 0;
    uint32_t n_rows = 0, n_outputs = 0;
    uint32_t i, k;

    for (i = r->begin; i < r->end; i++) {
        const lmi_lane *lane = &ctx->lanes[i];
        const bool speaks = waits_for(ctx, i, TOKEN);
        const uint32_t own = speaks ? at_most(n, n_worth(ctx, lane, r->n)) : 0;

        n_rows += speaks ? 1 + (ctx->is_rectangular ? n : own) : waits_for(ctx, i, THOUGHT);
        n_outputs += 1 + own;
        n_tokens += speaks ? 1.0f : 0.0f;
        for (k = 0; k < own; k++)
            n_tokens += lane->odds[k];
    }
    if (n_rows > ctx->n_rows_max || n_outputs > ctx->n_outputs_max)
        return 0;
    return n_tokens / (1 + row_of(ctx, r->n) * (float)n_rows);
}

/* By so much guesses must bring more than none: their price is an estimate, and taking them back
 * costs, too. */
static const float WORTH_IT = 1.08f;

/* How many of at most `most` guesses a lane bring most tokens for the time. */
static uint32_t find_best(const lmi_context *ctx, const run *r, uint32_t most)
{
    float best_rate = rate_of(ctx, r, 0) * WORTH_IT;
    uint32_t n, best = 0;

    for (n = 1; n <= most; n++) {
        const float rate = rate_of(ctx, r, n);

        if (rate > best_rate) {
            best_rate = rate;
            best = n;
        }
    }
    return best;
}

/* How many guesses the lanes of a run try. In a rectangle all must have the cells, and nobody who
 * only lends a row has any. */
static uint32_t n_guesses(const lmi_context *ctx, const run *r)
{
    uint32_t most = 0, room = LMAS_N_DRAFT_MAX;
    uint32_t i;

    for (i = r->begin; i < r->end; i++) {
        const lmi_lane *lane = &ctx->lanes[i];
        const uint32_t left = ctx->n_ctx_lane - at_most(lane->pos + 1, ctx->n_ctx_lane);

        if (waits_for(ctx, i, TOKEN))
            most = n_worth(ctx, lane, r->n) > most ? n_worth(ctx, lane, r->n) : most;
        else if (ctx->is_rectangular)
            return 0;
        if (ctx->is_rectangular)
            room = at_most(room, left);
    }
    return most == 0 ? 0 : find_best(ctx, r, at_most(most, room));
}

/* The lane's token and `n` guesses, and where a rectangle needs more rows, some of no meaning. */
static uint32_t add_guesses(lmi_context *ctx, uint32_t at, lmi_lane *lane, uint32_t n,
                            uint32_t n_lanes)
{
    const uint32_t own = at_most(n, n_worth(ctx, lane, n_lanes));
    const uint32_t end = at + 1 + n;

    lane->n_tokens = lane->n_done + 1 + own;
    at = add_rows(ctx, at, lane, 1 + own);
    for (; ctx->is_rectangular && at < end; at++) {
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

/* One row of every lane that waits for one of `kinds`, and guesses. */
static lmas_status tick_singles(lmi_context *ctx, unsigned kinds)
{
    const unsigned taken = ctx->is_rectangular ? kinds | PROMPT | LONG : kinds;
    lmas_status status = LMAS_OK;
    run r = {0};

    while (status == LMAS_OK && next_run(&r, ctx, kinds)) {
        const uint32_t most = n_guesses(ctx, &r);
        const double begin = lmi_now_ms();
        uint32_t n = 0;
        uint32_t i;

        for (i = r.begin; i < r.end; i++)
            if (waits_for(ctx, i, TOKEN))
                n = add_guesses(ctx, n, &ctx->lanes[i], most, r.n);
            else if (waits_for(ctx, i, taken))
                n = add_rows(ctx, n, &ctx->lanes[i], 1);
        status = decode(ctx, n);
        drop_fillers(ctx, n);
        if (kinds == TOKEN)
            lmi_price_note(&ctx->prices[price_of(r.n)], n, lmi_now_ms() - begin);
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

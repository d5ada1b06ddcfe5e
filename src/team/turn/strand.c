/* strand.c - the state machine of one turn; strand.h has the picture. */
#include "team/turn/strand.h"

#include <string.h>

#include "base/mem.h"
#include "engine/state/edit.h"
#include "team/plan/params.h"
#include "team/turn/away.h"
#include "team/turn/crossing.h"
#include "team/turn/errand.h"
#include "team/turn/prune.h"
#include "team/turn/read.h"

void lmi_strand_rest(lmi_strand *strand)
{
    lmi_shelf_leave(strand->shelf, &strand->loan);
    lmi_sampler_free(strand->sampler);
    lmi_speech_done(&strand->speech);
    lmi_rest_done(&strand->rest);
    lmi_probe_done(&strand->probe);
    lmi_guess_done(&strand->guess);
    lmi_tool_free(strand->tool);
    lmi_call_free(strand->call);
    strand->sampler = NULL;
    strand->tool = NULL;
    strand->call = NULL;
}

void lmi_strand_release(lmi_strand *strand)
{
    lmi_strand_rest(strand);
    lmi_tokens_done(&strand->prompt);
    lmi_tokens_done(&strand->relay.room);
    lmi_intake_done(&strand->intake);
    lmi_free(strand->ends);
    strand->ends = NULL;
}

void lmi_strand_done(lmi_strand *strand)
{
    lmi_strand_release(strand);
    lmi_free((void *)strand->trace.input);
    lmi_free((void *)strand->trace.output);
    lmi_free((void *)strand->trace.probe);
    lmi_free((void *)strand->trace.crossing);
    lmi_free(strand->marked);
    lmi_look_done(&strand->look);
    *strand = (lmi_strand){0};
}

/* ---- Accounts ---- */

/* What was spoken, with or without its control tokens. */
static lmas_status copy_speech(char **out, const lmi_speech *speech, bool is_marked)
{
    lmas_status status;
    lmi_buf text;
    char *copy;

    lmi_buf_init(&text, LMI_SPEECH_MAX * 3); /* a stray byte becomes three */
    if (is_marked)
        lmi_speech_marked(&text, speech);
    else
        lmi_speech_text(&text, speech);
    status = lmi_buf_status(&text);
    copy = lmi_buf_steal(&text);
    if (!copy)
        return status != LMAS_OK ? status : lmi_fail(LMAS_E_NOMEM, "no memory for an answer");
    *out = copy;
    return LMAS_OK;
}

lmas_status lmi_strand_keep(lmi_strand *strand, const lmi_speech *speech)
{
    char *output = NULL;
    char *marked = NULL;
    lmas_status status = copy_speech(&output, speech, false);

    if (status != LMAS_OK)
        return status;
    if (speech->has_marks)
        status = copy_speech(&marked, speech, true);
    lmi_free((void *)strand->trace.output);
    lmi_free(strand->marked);
    strand->trace.output = output;
    strand->trace.pos_end = strand->memory ? strand->memory->lane->pos : 0;
    strand->marked = marked;
    return status;
}

void lmi_strand_stop(lmi_strand *strand)
{
    if (strand->memory)
        (void)lmi_strand_keep(strand, &strand->speech);
}

bool lmi_strand_is_busy(const lmi_strand *strand)
{
    return strand->memory && lmi_memory_is_busy(strand->memory);
}

/* What it is at, behind its reading. */
static void look_at_work(lmas_running *out, const lmi_strand *strand)
{
    const bool is_thinking = strand->phase == LMI_PHASE_THINK;
    const bool is_probed = strand->phase == LMI_PHASE_PROBE;

    out->work = is_thinking ? LMAS_WORK_THINK : LMAS_WORK_SPEAK;
    out->n_done = is_thinking ? strand->trace.n_thought
                  : is_probed ? strand->probe.n_said
                              : strand->trace.n_spoken;
    out->n_most = is_thinking ? (uint32_t)strand->turn->n_thoughts
                  : is_probed ? strand->probe.n_most
                              : (uint32_t)strand->n_speak;
}

/* Reading and speaking fill the lane, so what is read is where it stands in its stretch. */
void lmi_strand_look(lmas_running *out, const lmi_strand *strand)
{
    const lmas_agent_trace *trace = &strand->trace;
    const bool is_reading = strand->phase <= LMI_PHASE_READ;
    const bool has_begun = strand->memory && strand->phase != LMI_PHASE_RELAY;
    const uint32_t n_read = has_begun ? strand->memory->lane->pos - trace->pos_begin : 0;

    out->agent = trace->name;
    if (strand->call) {
        out->work = LMAS_WORK_SPEAK;
        out->n_done = trace->n_spoken;
        out->n_most = (uint32_t)strand->n_speak;
        return;
    }
    if (!strand->memory) {
        out->work = LMAS_WORK_PROGRAM;
        return;
    }
    if (!is_reading) {
        look_at_work(out, strand);
        return;
    }
    out->work = LMAS_WORK_READ;
    out->n_done = n_read;
    out->n_most = trace->n_read;
    out->n_read -= trace->n_read - n_read;
}

/* The time the lane spent since the last look belongs to the phase it was in. */
static void account(lmi_strand *strand)
{
    lmas_agent_trace *trace = &strand->trace;
    double *const ms[] = {[LMI_PHASE_RELAY] = &trace->read_ms,
                          [LMI_PHASE_READ] = &trace->read_ms,
                          [LMI_PHASE_THINK] = &trace->think_ms,
                          [LMI_PHASE_SPEAK] = &trace->speak_ms,
                          [LMI_PHASE_PROBE] = &trace->speak_ms};

    *ms[strand->phase] += strand->memory->lane->ms;
    strand->memory->lane->ms = 0;
}

/* ---- Reading ---- */

/* Where thoughts look, if a rule asks, and the last row of a prompt where there are none. */
static unsigned want_attention(const lmi_strand *strand, bool looks)
{
    return strand->plan->is_weighed && looks ? LMI_WANT_ATTENTION : LMI_WANT_NOTHING;
}

/* Who may stop at any thought may speak behind any. The last thought's state is wanted to see
 * whether they are at rest. */
unsigned lmi_strand_wants(const lmi_strand *strand, int32_t n_thoughts)
{
    const lmi_turn *turn = strand->turn;
    const bool has_words =
        turn->n_speak > 0 || turn->n_instead > 0 || strand->plan->params.n_probe > 0;
    const bool may_speak = has_words && (n_thoughts == 0 || turn->ends_at_rest);
    const bool is_looked_at = n_thoughts > 0 && strand->look.n_near > 0;
    const bool is_weighed = turn->ends_at_rest && strand->plan->params.rest_entropy > 0;
    const bool looks = strand->phase == LMI_PHASE_THINK || turn->n_thoughts == 0;

    return want_attention(strand, looks && turn->gives_to.n > 0) |
           (turn->n_thoughts > 0 ? LMI_WANT_HIDDEN : LMI_WANT_NOTHING) |
           (may_speak || is_looked_at || is_weighed ? LMI_WANT_LOGITS : LMI_WANT_NOTHING);
}

/* What an experiment makes of the cells that the agent inherits. */
static lmas_status apply_control(lmi_strand *strand)
{
    lmas_memory *memory = strand->memory;
    lmi_context *ctx = memory->session->ctx;
    const uint64_t seed = lmi_case_seed(strand->c, strand->plan, strand->index);

    if (lmi_control_overwrites(strand->plan->params.control) && memory->lane->pos > 0)
        memory->account.is_straight = false; /* fed in again, it would be another one */
    switch (strand->plan->params.control) {
    case LMAS_CONTROL_RANDOM:
        return lmi_lane_overwrite(ctx, memory->lane, LMI_FILL_RANDOM, seed);
    case LMAS_CONTROL_ZERO:
        return lmi_lane_overwrite(ctx, memory->lane, LMI_FILL_ZERO, seed);
    default:
        return LMAS_OK;
    }
}

/* Its own prompt. The blocks before it end where they end now. */
static lmas_status start_prompt(lmi_strand *strand)
{
    lmas_memory *memory = strand->memory;
    const bool inherits = memory->lane->pos > strand->n_has;
    lmas_status status = inherits ? lmi_prune(strand) : LMAS_OK;
    size_t k;

    if (status == LMAS_OK && inherits)
        status = apply_control(strand);
    for (k = 0; k < strand->turn->blocks.n; k++)
        if (strand->ends[k] > memory->lane->pos)
            strand->ends[k] = memory->lane->pos;
    strand->phase = LMI_PHASE_READ;
    strand->trace.pos_begin = memory->lane->pos - strand->n_has;
    return status == LMAS_OK ? lmi_read_start(strand) : status;
}

/* The part of the block at hand; nothing of it where a rule drops such cells of another host, which
 * then are not even read. */
static lmas_status find_piece(lmi_strand *strand)
{
    lmi_relay *at = &strand->relay;
    const lmi_parcel *parcel = &strand->turn->parcels[at->parcel];
    const lmi_strand *from = &strand->others[parcel->block];

    at->has_piece = true;
    at->n_fed = 0;
    at->piece = (lmi_piece){0};
    if (!lmi_plan_takes(strand->plan, strand->index, parcel, at->part))
        return LMAS_OK;
    return lmi_block_piece(&at->piece, &at->room, strand, from, at->part);
}

/* Take in what is left of the piece; false when nothing is. */
static bool take_piece(lmas_status *out, lmi_strand *strand)
{
    lmi_relay *at = &strand->relay;
    const lmi_strand *from = &strand->others[strand->turn->parcels[at->parcel].block];
    const size_t n_embd = (size_t)strand->turn->model->info.n_embd;
    const bool looks = at->part == LMI_PART_THOUGHTS ||
                       (at->part == LMI_PART_PROMPT && from->intake.n_thoughts == 0);

    if (at->n_fed == at->piece.n)
        return false;
    if (at->part == LMI_PART_PROMPT)
        *out = lmi_memory_start_read(strand->memory, from->turn->name, at->piece.tokens,
                                     at->piece.n, want_attention(strand, looks));
    else if (at->part == LMI_PART_SPOKEN)
        *out = lmi_memory_start_text(strand->memory, from->turn->name, at->piece.tokens,
                                     at->piece.n, LMI_WANT_NOTHING);
    else
        *out = lmi_memory_start_vector(strand->memory, from->turn->name,
                                       at->piece.vectors + at->n_fed * n_embd,
                                       want_attention(strand, looks));
    at->n_fed = at->part == LMI_PART_THOUGHTS ? at->n_fed + 1 : at->piece.n;
    return true;
}

/* What comes next of the block at hand; false when nothing of it is left. */
static bool next_piece(lmas_status *out, lmi_strand *strand)
{
    lmi_relay *at = &strand->relay;

    for (; at->part < LMI_PARTS; at->part++, at->has_piece = false) {
        *out = at->has_piece ? LMAS_OK : find_piece(strand);
        if (*out != LMAS_OK || take_piece(out, strand))
            return true;
    }
    return false;
}

static void next_parcel(lmi_relay *at)
{
    at->parcel++;
    at->part = LMI_PART_PROMPT;
    at->has_piece = false;
}

/* Read what others took in, block by block, then its own prompt. */
static lmas_status relay(lmi_strand *strand)
{
    const lmi_turn *turn = strand->turn;
    lmi_relay *at = &strand->relay;
    lmas_status status;

    strand->phase = LMI_PHASE_RELAY;
    for (; at->parcel < turn->n_parcels; next_parcel(at)) {
        if (!turn->parcels[at->parcel].is_read)
            continue;
        if (next_piece(&status, strand))
            return status;
        strand->ends[lmi_turn_place(turn, turn->parcels[at->parcel].block)] =
            strand->memory->lane->pos;
    }
    return start_prompt(strand);
}

lmas_status lmi_strand_open_trace(lmi_strand *strand, lmi_buf *prompt)
{
    char *input = lmi_buf_steal(prompt);
    char *output = lmi_strdup("");

    if (!input || !output) {
        lmi_free(input);
        lmi_free(output);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a trace");
    }
    strand->trace = (lmas_agent_trace){.name = strand->turn->name,
                                       .round = strand->turn->round + 1,
                                       .input = input,
                                       .output = output,
                                       .model = lmi_plan_host(strand->plan, strand->index)->name,
                                       .n_read = (uint32_t)strand->prompt.n};
    return LMAS_OK;
}

/* Who speaks draws from a stream of his own. */
static lmas_status make_sampler(lmi_strand *strand)
{
    const lmas_sampling sampling = lmi_case_sampling(strand->c, strand->plan, strand->turn);

    if (strand->turn->n_speak == 0 && strand->turn->n_instead == 0)
        return LMAS_OK;
    return lmi_sampler_new(&strand->sampler, strand->turn->model, &sampling,
                           lmi_case_draws(strand->c), strand->index);
}

static uint32_t most_near(const lmi_strand *strand)
{
    const uint32_t all = strand->plan->params.n_near, own = strand->c->asked->n_near;

    return own > all ? own : all;
}

/* What speaks for it: its sampler, its words, and where they end. */
static lmas_status make_voice(lmi_strand *strand)
{
    const lmas_question *asked = strand->c->asked;

    lmi_look_init(&strand->look, lmi_plan_host(strand->plan, strand->index)->session,
                  most_near(strand));
    lmi_speech_init(&strand->speech);
    if (strand->turn->is_output)
        lmi_speech_stop_at(&strand->speech, asked->stops, asked->n_stops);
    return make_sampler(strand);
}

/* Who speaks repeats what he has read. */
static lmas_status begin_guessing(lmi_strand *strand)
{
    lmas_session *session = lmi_plan_host(strand->plan, strand->index)->session;

    return lmi_guess_begin(&strand->guess, &session->odds, &strand->prompt,
                           strand->sampler ? session->ctx->n_draft : 0);
}

lmas_status lmi_strand_prepare(lmi_strand *strand, lmi_shelf *shelf, const lmi_case *c)
{
    lmas_status status;
    lmi_buf prompt;

    strand->c = c;
    strand->n_speak = lmi_case_speaks(c, strand->turn, strand->turn->n_speak);
    if (lmi_turn_is_away(strand->turn))
        return LMAS_OK;
    strand->shelf = shelf;
    strand->is_beginning = true;
    status = make_voice(strand);
    lmi_buf_init(&prompt, LMI_PROMPT_MAX);
    if (status == LMAS_OK && strand->turn->n_thoughts > 0)
        status = lmi_rest_init(&strand->rest, (size_t)strand->turn->model->info.n_embd);
    if (status == LMAS_OK)
        status = lmi_plan_prompt(&prompt, strand->plan, strand->index, c);
    if (status == LMAS_OK)
        status = lmi_model_tokenize(&strand->prompt, strand->turn->model, lmi_buf_text(&prompt));
    if (status == LMAS_OK)
        status = begin_guessing(strand);
    if (status == LMAS_OK)
        status = lmi_strand_open_trace(strand, &prompt);
    lmi_buf_done(&prompt);
    return status;
}

lmas_status lmi_strand_begin(lmi_strand *strand)
{
    if (lmi_turn_is_errand(strand->turn))
        return lmi_errand_begin(strand);
    if (strand->turn->is_remote)
        return lmi_away_begin(strand);
    lmi_read_find(strand);
    return relay(strand);
}

/* ---- The end of a turn ---- */

lmas_status lmi_strand_end(bool *has_ended, lmi_strand *strand)
{
    const lmas_status status = lmi_look_finish(&strand->look);

    strand->trace.thoughts = strand->look.thoughts;
    strand->ends[strand->turn->blocks.n - 1] = strand->memory->lane->pos;
    *has_ended = true;
    return status == LMAS_OK ? lmi_strand_keep(strand, &strand->speech) : status;
}

/* ---- Words that nobody hears ---- */

static lmas_status probe(bool *has_ended, lmi_strand *strand)
{
    bool is_over = false;
    char *text = NULL;
    lmas_status status = lmi_probe_step(&is_over, &strand->probe, strand->memory);

    if (status != LMAS_OK || !is_over)
        return status;
    status = copy_speech(&text, &strand->probe.speech, strand->probe.speech.has_marks);
    strand->trace.probe = text;
    return status == LMAS_OK ? lmi_strand_end(has_ended, strand) : status;
}

/* Who only thinks has ended, but for what a probe hears. */
static lmas_status end_silently(bool *has_ended, lmi_strand *strand)
{
    const uint32_t n = strand->plan->params.n_probe;
    lmas_status status;

    if (n == 0)
        return lmi_strand_end(has_ended, strand);
    strand->phase = LMI_PHASE_PROBE;
    status = lmi_probe_begin(&strand->probe, strand->memory, n);
    return status == LMAS_OK ? probe(has_ended, strand) : status;
}

/* ---- Step by step ---- */

static lmas_status think(lmi_strand *strand)
{
    const int32_t left = strand->turn->n_thoughts - (int32_t)strand->trace.n_thought - 1;
    const lmi_lane *lane = strand->memory->lane;
    lmas_status status = lmi_look_add(&strand->look, lane->hidden, lane->logits);

    strand->phase = LMI_PHASE_THINK;
    if (status == LMAS_OK)
        status = lmi_memory_start_thought(strand->memory, strand->turn->name,
                                          lmi_strand_wants(strand, left));
    return status == LMAS_OK ? lmi_intake_thought(strand, lane->hidden) : status;
}

/* All is thought: words, where there are to be any, or come in place of thoughts. */
static lmas_status go_on(bool *has_ended, lmi_strand *strand)
{
    const lmas_status status = lmi_cross_thoughts(strand);

    if (status != LMAS_OK)
        return status;
    return strand->n_speak > 0 ? lmi_strand_speak(has_ended, strand)
                               : end_silently(has_ended, strand);
}

/* Whether what has come out is where thoughts were before, or all that is left to say. What comes
 * out of the prompt is no thought that could be sure. */
static bool is_at_rest(lmi_strand *strand, bool is_thought)
{
    const lmi_lane *lane = strand->memory->lane;
    const float entropy = strand->plan->params.rest_entropy;
    const size_t n_vocab = (size_t)strand->turn->model->info.n_vocab;
    const bool is_known = lmi_rest_add(&strand->rest, lane->hidden);

    if (!strand->turn->ends_at_rest || entropy <= 0 || !is_thought)
        return is_known;
    return lmi_rest_is_sure(&strand->rest, lane->logits, n_vocab, (double)entropy) || is_known;
}

/* A thought, or the prompt, has come out; whether another follows. */
static bool goes_on_thinking(lmi_strand *strand)
{
    lmas_agent_trace *trace = &strand->trace;
    const lmi_turn *turn = strand->turn;
    const bool is_thought = strand->phase == LMI_PHASE_THINK;

    if (strand->phase == LMI_PHASE_SPEAK || turn->n_thoughts == 0)
        return false;
    trace->n_thought += is_thought;
    if (is_at_rest(strand, is_thought) && trace->n_to_rest == 0)
        trace->n_to_rest = trace->n_thought;
    if (turn->ends_at_rest && trace->n_to_rest > 0)
        return false;
    return (int32_t)trace->n_thought < turn->n_thoughts;
}

/* Take the result of the request, and place the next one. */
static lmas_status take_step(bool *has_ended, lmi_strand *strand)
{
    const lmi_lane *lane = strand->memory->lane;
    const char *host = lmi_plan_host(strand->plan, strand->index)->name;

    account(strand);
    lmi_memory_settle(strand->memory);
    if (lane->state == LMI_LANE_FAILED)
        return lmi_fail(lane->status, "%s%s%s", host ? host : "", host ? ": " : "", lane->error);
    if (strand->phase == LMI_PHASE_RELAY)
        return relay(strand);
    if (strand->loan.place)
        return lmi_read_go_on(strand);
    if (strand->is_closing)
        return lmi_strand_end_speech(has_ended, strand);
    if (strand->phase == LMI_PHASE_PROBE)
        return probe(has_ended, strand);
    if (goes_on_thinking(strand))
        return think(strand);
    return go_on(has_ended, strand);
}

lmas_status lmi_strand_step(bool *has_ended, lmi_strand *strand)
{
    *has_ended = false;
    if (strand->turn->is_remote)
        return lmi_away_step(has_ended, strand);
    return lmi_turn_is_errand(strand->turn) ? lmi_errand_step(has_ended, strand)
                                            : take_step(has_ended, strand);
}

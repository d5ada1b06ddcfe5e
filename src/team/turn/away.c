/* away.c - see away.h. */
#include "team/turn/away.h"

#include <string.h>

#include "base/mem.h"
#include "engine/sampler.h"
#include "latent/realign/rows.h"
#include "remote/scale.h"

/* Bytes of a word between its two places that a search for the user's text looks for. */
static const char MARK[] = "\xe2\x80\xa2latentmas\xe2\x80\xa2";

/* Vectors on their way to a server. */
typedef struct rows {
    const lmi_strand *strand;
    lmas_session *session; /* whose W_in they are of */
    size_t width;
    float *at; /* [n, width] */
    size_t n, capacity;
} rows;

/* ---- Vectors ---- */

static lmas_status make_room(rows *r, size_t n)
{
    if (!lmi_reserve((void **)&r->at, &r->capacity, r->n + n, r->width * sizeof(float)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu vectors of a prompt", r->n + n);
    return LMAS_OK;
}

static lmas_status add_tokens(rows *r, const int32_t *tokens, size_t n)
{
    lmas_status status = make_room(r, n);

    if (status == LMAS_OK)
        status = lmi_session_rows(r->at + r->n * r->width, r->session, tokens, n);
    r->n += status == LMAS_OK ? n : 0;
    return status;
}

static lmas_status add_vectors(rows *r, const float *vectors, size_t n)
{
    const lmas_status status = make_room(r, n);

    if (status != LMAS_OK)
        return status;
    memcpy(r->at + r->n * r->width, vectors, n * r->width * sizeof(float));
    r->n += n;
    return LMAS_OK;
}

static lmas_status add_block(rows *r, const lmi_parcel *parcel)
{
    const lmi_strand *strand = r->strand;
    const lmi_strand *from = &strand->others[parcel->block];
    lmas_status status = LMAS_OK;
    lmi_tokens room = {0};
    size_t part;

    for (part = 0; status == LMAS_OK && part < LMI_PARTS; part++) {
        lmi_piece piece = {0};

        if (!lmi_plan_takes(strand->plan, strand->index, parcel, (lmi_part)part))
            continue;
        status = lmi_block_piece(&piece, &room, strand, from, (lmi_part)part);
        if (status == LMAS_OK && piece.n > 0)
            status = piece.tokens ? add_tokens(r, piece.tokens, piece.n)
                                  : add_vectors(r, piece.vectors, piece.n);
    }
    lmi_tokens_done(&room);
    return status;
}

static lmas_status add_blocks(rows *r)
{
    const lmi_turn *turn = r->strand->turn;
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < turn->n_parcels; i++)
        status = add_block(r, &turn->parcels[i]);
    return status;
}

/* Tokens of the prompt before the user's text: of what the chat template puts there, as the
 * reference counts them. */
static lmas_status find_splice(size_t *out, const lmi_strand *strand)
{
    lmi_tokens head = {0};
    char *at;
    lmas_status status;
    lmi_buf text;

    lmi_buf_init(&text, LMI_PROMPT_MAX);
    status = lmi_plan_frame(&text, strand->plan, strand->index, strand->c, MARK);
    at = status == LMAS_OK ? strstr(text.data, MARK) : NULL;
    if (at) {
        *at = '\0';
        status = lmi_model_tokenize(&head, strand->turn->model, text.data);
    } else if (status == LMAS_OK) {
        status = lmi_fail(LMAS_E_MODEL, "the chat template does not show where the user's text "
                                        "begins: vectors cannot be spliced in there");
    }
    *out = head.n < strand->prompt.n ? head.n : strand->prompt.n;
    lmi_tokens_done(&head);
    lmi_buf_done(&text);
    return status;
}

static lmas_status gather(rows *r)
{
    const lmi_strand *strand = r->strand;
    const lmi_tokens *prompt = &strand->prompt;
    size_t n_head = 0;
    lmas_status status = strand->plan->params.splices ? find_splice(&n_head, strand) : LMAS_OK;

    if (status == LMAS_OK && n_head > 0)
        status = add_tokens(r, prompt->ids, n_head);
    if (status == LMAS_OK)
        status = add_blocks(r);
    return status == LMAS_OK ? add_tokens(r, prompt->ids + n_head, prompt->n - n_head) : status;
}

/* ---- Asking ---- */

/* What ends a turn here ends it there, too. */
static lmas_status list_ends(int32_t *out, size_t *n, const lmas_model *model)
{
    int32_t token;

    for (token = 0; token < model->info.n_vocab; token++) {
        if (!lmi_model_ends(model, token))
            continue;
        if (*n == LMI_STOPS_MAX)
            return lmi_fail(LMAS_E_MODEL, "more than %d tokens end a turn of this model",
                            LMI_STOPS_MAX);
        out[(*n)++] = token;
    }
    return LMAS_OK;
}

static lmi_ask ask_of(const lmi_strand *strand)
{
    const lmas_sampling sampling = lmi_case_sampling(strand->c, strand->plan, strand->turn);
    const lmas_question *asked = strand->c->asked;
    const bool is_output = strand->turn->is_output;

    return (lmi_ask){.sampling = sampling,
                     .seed =
                         lmi_sampler_seed(sampling.seed, lmi_case_draws(strand->c), strand->index),
                     .n_most = strand->n_speak,
                     .stops = is_output ? asked->stops : NULL,
                     .n_stops = is_output ? asked->n_stops : 0};
}

/* By vectors: those of its memory, and its own prompt's. */
static lmas_status ask_by_rows(lmi_strand *strand, lmi_ask *ask, lmas_remote *remote)
{
    const lmi_host *first = &strand->plan->hosts[0];
    rows r = {
        .strand = strand, .session = first->session, .width = (size_t)first->model->info.n_embd};
    lmi_scale scale;
    lmas_status status = lmi_scale_for(&scale, first->model);

    if (status == LMAS_OK)
        status = gather(&r);
    if (status == LMAS_OK) {
        ask->rows = r.at;
        ask->n_rows = r.n;
        ask->row_scale = scale.as_input;
        status = lmi_call_start(&strand->call, remote, ask);
    }
    lmi_free(r.at);
    return status;
}

/* By a chat, which the server lays out. */
static lmas_status ask_by_messages(lmi_strand *strand, lmi_ask *ask, lmas_remote *remote,
                                   const lmi_buf *prompt)
{
    lmas_status status;
    lmi_buf system;

    lmi_buf_init(&system, LMI_PROMPT_MAX);
    status = lmi_plan_system(&system, strand->plan, strand->index, strand->c);
    ask->user = lmi_buf_text(prompt);
    ask->system = system.len > 0 ? system.data : NULL;
    ask->before = strand->c->asked->before;
    ask->n_before = lmi_plan_n_before(strand->plan, strand->index, strand->c);
    if (status == LMAS_OK)
        status = lmi_call_start(&strand->call, remote, ask);
    lmi_buf_done(&system);
    return status;
}

static lmas_status ask(lmi_strand *strand, const lmi_buf *prompt)
{
    const lmi_host *host = lmi_plan_host(strand->plan, strand->index);
    const lmas_model *model = strand->turn->model;
    int32_t ends[LMI_STOPS_MAX];
    lmi_ask a = ask_of(strand);
    lmas_status status;

    if (!model)
        return ask_by_messages(strand, &a, host->remote, prompt);
    a.stop_tokens = ends;
    status = list_ends(ends, &a.n_stop_tokens, model);
    if (status == LMAS_OK && strand->turn->n_parcels > 0)
        return ask_by_rows(strand, &a, host->remote);
    if (lmas_remote_describe(host->remote)->tells_tokens) {
        a.tokens = strand->prompt.ids;
        a.n_tokens = strand->prompt.n;
    } else {
        a.text = lmi_buf_text(prompt);
    }
    return status == LMAS_OK ? lmi_call_start(&strand->call, host->remote, &a) : status;
}

lmas_status lmi_away_begin(lmi_strand *strand)
{
    const lmas_model *model = strand->turn->model;
    lmas_status status;
    lmi_buf prompt;

    lmi_buf_init(&prompt, LMI_PROMPT_MAX);
    status = model ? lmi_plan_prompt(&prompt, strand->plan, strand->index, strand->c)
                   : lmi_plan_user(&prompt, strand->plan, strand->index, strand->c);
    if (status == LMAS_OK)
        status = lmi_buf_status(&prompt);
    if (status == LMAS_OK && model)
        status = lmi_model_tokenize(&strand->prompt, model, lmi_buf_text(&prompt));
    if (status == LMAS_OK)
        status = ask(strand, &prompt);
    if (status == LMAS_OK)
        status = lmi_strand_open_trace(strand, &prompt);
    lmi_buf_done(&prompt);
    return status;
}

/* ---- Hearing ---- */

/* A try that begins anew does not say again what went out. */
static lmas_status stream(lmi_strand *strand, bool is_end)
{
    lmi_speech *speech = lmi_call_speech(strand->call);
    lmas_status status;

    if (speech->raw.len < strand->n_streamed)
        return LMAS_OK;
    if (speech->n_streamed < strand->n_streamed)
        speech->n_streamed = strand->n_streamed;
    status = lmi_strand_stream(strand, speech, is_end);
    strand->n_streamed = speech->n_streamed;
    return status;
}

static lmas_status keep_words(lmi_strand *strand)
{
    lmas_agent_trace *trace = &strand->trace;
    const lmi_speech *speech = lmi_call_speech(strand->call);

    trace->is_cut = lmi_call_is_cut(strand->call);
    trace->is_circling = trace->is_cut && lmi_text_circles(speech->raw.data, speech->raw.len);
    return lmi_strand_keep(strand, speech);
}

/* What the server counted goes before what was counted here. */
static void note(lmi_strand *strand)
{
    lmas_agent_trace *trace = &strand->trace;
    const uint32_t n_read = lmi_call_n_read(strand->call);

    trace->n_read = n_read > 0 ? n_read : trace->n_read;
    trace->n_spoken = lmi_call_n_spoken(strand->call);
    trace->remote_ms = lmi_call_ms(strand->call);
}

lmas_status lmi_away_step(bool *has_ended, lmi_strand *strand)
{
    const bool is_over = lmi_call_has_ended(strand->call);
    lmas_status status = lmi_call_judge(strand->call);

    note(strand);
    if (status != LMAS_OK) {
        strand->is_refused = lmi_call_is_refused(strand->call);
        strand->is_lost = !strand->is_refused;
        return lmi_fail(status, "%s", lmas_last_error());
    }
    status = stream(strand, is_over);
    if (status != LMAS_OK || !is_over)
        return status;
    *has_ended = true;
    return keep_words(strand);
}

/*
 * say.c - a turn's words: drawn one by one, as many as guesses were right at once; who hears them
 * as they come; and when all is said.
 */
#include "latent/look/likely.h"
#include "team/turn/strand.h"

lmas_status lmi_strand_stream(lmi_strand *strand, lmi_speech *speech, bool is_end)
{
    const lmas_solver_params *p = &strand->plan->params;
    lmas_status status;
    lmi_buf piece;

    if (!p->on_speech || !strand->turn->is_output)
        return LMAS_OK;
    lmi_buf_init(&piece, LMI_SPEECH_MAX * 3);
    lmi_speech_stream(&piece, speech, is_end);
    status = lmi_buf_status(&piece);
    if (status == LMAS_OK && piece.len && !p->on_speech(p->user, strand->id, piece.data, piece.len))
        strand->is_stopping = true;
    lmi_buf_done(&piece);
    return status;
}

lmas_status lmi_strand_tell(lmi_strand *strand, int32_t token)
{
    const lmas_solver_params *p = &strand->plan->params;
    const lmas_question *asked = strand->c->asked;
    const lmas_model *model = strand->turn->model;
    lmas_spoken spoken;
    lmas_status status;
    lmi_buf piece;

    if (!p->on_token || !asked->tells_tokens || !strand->turn->is_output)
        return LMAS_OK;
    status = lmi_likely_spoken(&spoken, model, strand->memory->lane->logits, token, asked->n_top);
    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&piece, LMI_SPEECH_MAX);
    lmi_model_piece(&piece, model, token);
    spoken.text = lmi_buf_text(&piece);
    spoken.size = piece.len;
    status = lmi_buf_status(&piece);
    if (status == LMAS_OK && !p->on_token(p->user, strand->id, &spoken))
        strand->is_stopping = true;
    lmi_buf_done(&piece);
    lmi_likely_spoken_done(&spoken);
    return status;
}

bool lmi_strand_is_said(lmi_strand *strand)
{
    lmas_agent_trace *trace = &strand->trace;
    const lmi_buf *text = &strand->speech.raw;

    if (strand->speech.is_stopped)
        return true;
    if (trace->n_spoken < (uint32_t)strand->n_speak)
        return false;
    trace->is_cut = true;
    trace->is_circling = lmi_text_circles(text->data, text->len);
    return true;
}

/* ---- Speaking ---- */

lmas_status lmi_strand_end_speech(bool *has_ended, lmi_strand *strand)
{
    const lmas_status status = lmi_strand_stream(strand, &strand->speech, true);

    return status == LMAS_OK ? lmi_strand_end(has_ended, strand) : status;
}

/* The token at hand is the last one: it need not be taken in, unless somebody is to find all that
 * was spoken. */
static lmas_status take_last(bool *has_ended, lmi_strand *strand, int32_t token)
{
    lmas_status status;

    if (!lmi_turn_is_handed_on(strand->turn))
        return lmi_strand_end_speech(has_ended, strand);
    strand->is_closing = true;
    status = lmi_intake_token(strand, token);
    if (status != LMAS_OK)
        return status;
    return lmi_memory_start_token(strand->memory, strand->turn->name, token, LMI_WANT_NOTHING);
}

/* Take in the token that was said, and guesses of what follows, if there is more to say. */
static lmas_status say_on(lmi_strand *strand, int32_t token)
{
    lmi_guess *guess = &strand->guess;
    const uint32_t n_left = (uint32_t)strand->n_speak - strand->trace.n_spoken;

    lmi_guess_next(guess, token, n_left - 1);
    if (guess->n == 0)
        return lmi_memory_start_token(strand->memory, strand->turn->name, token, LMI_WANT_LOGITS);
    return lmi_memory_start_guess(strand->memory, strand->turn->name, guess->tokens, guess->chances,
                                  1 + guess->n);
}

/* A token was drawn that does not end the turn: let it be heard. */
static lmas_status say(lmi_strand *strand, int32_t token)
{
    lmas_status status;

    strand->trace.n_spoken++;
    status = lmi_strand_tell(strand, token);
    if (status == LMAS_OK)
        status = lmi_speech_add(&strand->speech, strand->turn->model, token);
    if (status == LMAS_OK)
        status = lmi_strand_stream(strand, &strand->speech, false);
    return status;
}

/* What was guessed is done with, of which the first `n` rows were right. */
static lmas_status settle_guesses(lmi_strand *strand, size_t n)
{
    const lmi_lane *lane = strand->memory->lane;

    if (strand->guess.n == 0)
        return LMAS_OK;
    lmi_guess_learn(&strand->guess, lane->n_tokens - 1, n - 1);
    strand->guess.n = 0;
    return lmi_memory_keep_guesses(strand->memory, n);
}

/* Draw a token from row `i` of what came out. `*is_over`: it ends the turn. */
static lmas_status speak_row(int32_t *token, bool *is_over, lmi_strand *strand, size_t i)
{
    lmi_lane *lane = strand->memory->lane;
    lmas_status status;

    if (i > 0)
        lane->logits = lane->rows[i];
    status = lmi_sampler_draw(token, strand->sampler, lane->logits);
    if (status != LMAS_OK)
        return status;
    *is_over = lmi_model_ends(strand->turn->model, *token);
    if (!*is_over) {
        status = say(strand, *token);
        *is_over = status == LMAS_OK && lmi_strand_is_said(strand);
    }
    return status;
}

/* Draw a token from the logits at hand, and as long as guesses were right the next ones; then take
 * in the last, unless it ends the turn. */
lmas_status lmi_strand_speak(bool *has_ended, lmi_strand *strand)
{
    const lmi_lane *lane = strand->memory->lane;
    const size_t n_rows = strand->guess.n > 0 ? lane->n_tokens : 1;
    lmas_status status = LMAS_OK;
    bool is_over = false, is_right = true;
    int32_t token = 0;
    size_t i;

    strand->phase = LMI_PHASE_SPEAK;
    for (i = 0; status == LMAS_OK && is_right && !is_over; i++) {
        status = speak_row(&token, &is_over, strand, i);
        is_right = i + 1 < n_rows && lane->tokens[i + 1] == token;
        if (status == LMAS_OK && !is_over)
            status = lmi_intake_token(strand, token);
        if (status == LMAS_OK)
            status = lmi_guess_add(&strand->guess, token);
    }
    if (status == LMAS_OK)
        status = settle_guesses(strand, i);
    if (status != LMAS_OK)
        return status;
    return is_over ? take_last(has_ended, strand, token) : say_on(strand, token);
}

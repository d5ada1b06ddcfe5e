/* say.c - a turn's words on their way: who hears them as they come, and when all is said. */
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

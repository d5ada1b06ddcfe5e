/* block.c - see block.h. */
#include "team/turn/block.h"

#include <string.h>

#include "base/mem.h"
#include "team/turn/strand.h"

void lmi_intake_done(lmi_intake *in)
{
    size_t i;

    for (i = 0; i < LMI_HOSTS_MAX; i++)
        lmi_free(in->mapped[i]);
    lmi_free(in->thoughts);
    lmi_free(in->states);
    lmi_free(in->spoken);
    *in = (lmi_intake){0};
}

static lmas_status note_vector(float **list, size_t *capacity, size_t n, const float *vector,
                               size_t n_embd)
{
    if (!lmi_reserve((void **)list, capacity, n + 1, n_embd * sizeof(float)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for what an agent hands over");
    memcpy(*list + n * n_embd, vector, n_embd * sizeof(float));
    return LMAS_OK;
}

lmas_status lmi_intake_thought(lmi_strand *strand, const float *h)
{
    const size_t n_embd = (size_t)strand->turn->model->info.n_embd;
    lmi_intake *in = &strand->intake;
    lmas_status status = LMAS_OK;

    if (!strand->turn->is_relayed)
        return LMAS_OK;
    if (strand->turn->crosses)
        status = note_vector(&in->states, &in->states_capacity, in->n_thoughts, h, n_embd);
    if (status == LMAS_OK)
        status = note_vector(&in->thoughts, &in->thoughts_capacity, in->n_thoughts,
                             strand->memory->thought, n_embd);
    in->n_thoughts += status == LMAS_OK;
    return status;
}

lmas_status lmi_intake_token(lmi_strand *strand, int32_t token)
{
    lmi_intake *in = &strand->intake;

    if (!strand->turn->is_relayed)
        return LMAS_OK;
    if (!lmi_reserve((void **)&in->spoken, &in->spoken_capacity, in->n_spoken + 1, sizeof(int32_t)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for what an agent hands over");
    in->spoken[in->n_spoken++] = token;
    return LMAS_OK;
}

/* ---- Pieces ---- */

static lmas_status retell_prompt(lmi_tokens *room, const lmi_strand *reader, const lmi_strand *from)
{
    const lmas_model *model = reader->turn->model;
    lmas_status status;
    lmi_buf prompt;

    lmi_buf_init(&prompt, LMI_PROMPT_MAX);
    status = lmi_plan_prompt_for(&prompt, reader->plan, from->index, from->c, model);
    if (status == LMAS_OK)
        status = lmi_model_tokenize(room, model, lmi_buf_text(&prompt));
    lmi_buf_done(&prompt);
    return status;
}

/* What it said, and the end of its turn where it had come to one. */
static lmas_status retell_words(lmi_tokens *room, const lmi_strand *reader, const lmi_strand *from)
{
    const lmas_model *model = reader->turn->model;
    const char *words = from->trace.output;
    const int32_t end = lmi_model_end(model);
    lmas_status status;

    if (!words || !*words)
        return LMAS_OK;
    status = lmi_model_tokenize(room, model, words);
    if (status != LMAS_OK || from->trace.is_cut || end < 0)
        return status;
    if (!lmi_reserve((void **)&room->ids, &room->capacity, room->n + 1, sizeof(*room->ids)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for what an agent hands over");
    room->ids[room->n++] = end;
    return LMAS_OK;
}

/* In the space of `reader`, which is another one's: what was mapped for it. */
static lmi_piece thoughts_of(const lmi_strand *from, int32_t space, bool is_own)
{
    const lmi_intake *in = &from->intake;
    const float *vectors = is_own ? in->thoughts : in->mapped[space];

    return (lmi_piece){.vectors = vectors, .n = vectors ? in->n_thoughts : 0};
}

lmas_status lmi_block_piece(lmi_piece *out, lmi_tokens *room, const lmi_strand *reader,
                            const lmi_strand *from, lmi_part part)
{
    const int32_t space = lmi_plan_host(reader->plan, reader->index)->space;
    const bool is_own = lmi_plan_host(reader->plan, from->index)->space == space;
    const bool is_same = is_own && !from->turn->is_remote;
    lmas_status status = LMAS_OK;

    room->n = 0;
    if (part == LMI_PART_THOUGHTS)
        *out = thoughts_of(from, space, is_own);
    else if (is_same && part == LMI_PART_PROMPT)
        *out = (lmi_piece){.tokens = from->prompt.ids, .n = from->prompt.n};
    else if (is_same)
        *out = (lmi_piece){.tokens = from->intake.spoken, .n = from->intake.n_spoken};
    if (part == LMI_PART_THOUGHTS || is_same)
        return LMAS_OK;
    status = part == LMI_PART_PROMPT ? retell_prompt(room, reader, from)
                                     : retell_words(room, reader, from);
    *out = (lmi_piece){.tokens = room->ids, .n = room->n};
    return status;
}

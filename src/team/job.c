/* job.c - the state machine of one question; job.h has the picture. */
#include "team/job.h"

#include "base/clock.h"
#include "base/mem.h"

lmas_status lmi_job_new(lmi_job **out, const lmi_plan *plan, const lmas_question *question)
{
    lmi_job *job = lmi_new(1, sizeof(*job));

    if (!job)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    job->plan = plan;
    job->kind = question->kind;
    job->question = lmi_strdup(question->text);
    job->note = question->note ? lmi_strdup(question->note) : NULL;
    job->traces = lmi_new(lmi_plan_n_turns(plan), sizeof(lmas_agent_trace));
    job->result = (lmas_result){.id = question->id, .error = "", .text = "", .agents = job->traces};
    lmi_speech_init(&job->speech);
    lmi_buf_init(&job->outputs, LMI_PROMPT_MAX);
    if (!job->question || (question->note && !job->note) || !job->traces) {
        lmi_job_free(job);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    }
    *out = job;
    return LMAS_OK;
}

/* Leave the place on the shelf to the next reader. */
static void leave_place(lmi_job *job)
{
    if (job->is_reader && job->place)
        job->place->state = LMI_SHELF_KNOWN;
    job->is_reader = false;
    job->place = NULL;
}

/* What only a running job needs. */
static void release(lmi_job *job)
{
    leave_place(job);
    lmas_memory_free(job->memory);
    lmi_sampler_free(job->sampler);
    lmi_tokens_done(&job->prompt);
    lmi_speech_done(&job->speech);
    lmi_buf_done(&job->outputs);
    job->memory = NULL;
    job->sampler = NULL;
}

void lmi_job_free(lmi_job *job)
{
    size_t i;

    if (!job)
        return;
    release(job);
    for (i = 0; i < job->result.n_agents; i++) {
        lmi_free((void *)job->traces[i].input);
        lmi_free((void *)job->traces[i].output);
    }
    lmi_free(job->traces);
    lmi_free(job->question);
    lmi_free(job->note);
    lmi_free(job->error);
    lmi_free(job->marked);
    lmi_free(job);
}

static lmas_agent_trace *trace_of(lmi_job *job)
{
    return &job->traces[job->result.n_agents - 1];
}

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

/* The spoken text becomes the trace's output; NULL stays "" if memory runs out. */
static lmas_status keep_output(lmi_job *job)
{
    lmas_agent_trace *trace = trace_of(job);
    char *output = NULL;
    char *marked = NULL;
    lmas_status status = copy_speech(&output, &job->speech, false);

    if (status != LMAS_OK)
        return status;
    if (job->speech.has_marks)
        status = copy_speech(&marked, &job->speech, true);
    lmi_free((void *)trace->output);
    lmi_free(job->marked);
    trace->output = output;
    trace->pos_end = job->memory->lane->pos;
    job->marked = marked;
    return status;
}

/* Sums over the agents, and the last one's text. */
static void finish(lmi_job *job)
{
    lmas_result *r = &job->result;
    size_t i;

    for (i = 0; i < r->n_agents; i++) {
        const lmas_agent_trace *t = &job->traces[i];

        r->n_read += t->n_read;
        r->n_shared += t->n_shared;
        r->n_thought += t->n_thought;
        r->n_spoken += t->n_spoken;
        r->read_ms += t->read_ms;
        r->think_ms += t->think_ms;
        r->speak_ms += t->speak_ms;
    }
    if (r->n_agents == lmi_plan_n_turns(job->plan)) {
        r->text = trace_of(job)->output;
        r->marked = job->marked;
    }
    r->elapsed_ms = job->begin_ms > 0 ? lmi_now_ms() - job->begin_ms : 0;
    job->is_done = true;
    release(job);
}

void lmi_job_fail(lmi_job *job, lmas_status status)
{
    job->error = lmi_strdup(lmas_last_error());
    job->result.status = status;
    job->result.error = job->error ? job->error : lmas_status_name(status);
    if (job->result.n_agents > 0 && job->memory)
        (void)keep_output(job); /* what was said before the failure; the failure stays the news */
    finish(job);
}

/* Reading and speaking fill the lane, so what is read is where it stands in its stretch. */
static void look_at_turn(lmas_running *out, const lmi_job *job, const lmas_agent_trace *trace)
{
    const uint32_t n_read = job->memory->lane->pos - trace->pos_begin;

    out->agent = trace->name;
    out->work = job->phase == LMI_PHASE_READ    ? LMAS_WORK_READ
                : job->phase == LMI_PHASE_THINK ? LMAS_WORK_THINK
                                                : LMAS_WORK_SPEAK;
    out->n_done = job->phase == LMI_PHASE_READ    ? n_read
                  : job->phase == LMI_PHASE_THINK ? trace->n_thought
                                                  : trace->n_spoken;
    out->n_most = job->phase == LMI_PHASE_READ    ? trace->n_read
                  : job->phase == LMI_PHASE_THINK ? (uint32_t)job->turn.n_thoughts
                                                  : (uint32_t)job->turn.n_speak;
    if (job->phase == LMI_PHASE_READ)
        out->n_read -= trace->n_read - n_read;
}

lmas_running lmi_job_look(const lmi_job *job)
{
    lmas_running out = {.id = job->result.id,
                        .turn = job->turn_index,
                        .n_turns = lmi_plan_n_turns(job->plan),
                        .engine_ms = job->memory->lane->ms};
    size_t i;

    for (i = 0; i < job->result.n_agents; i++) {
        const lmas_agent_trace *t = &job->traces[i];

        out.n_read += t->n_read;
        out.n_thought += t->n_thought;
        out.n_spoken += t->n_spoken;
        out.engine_ms += t->read_ms + t->think_ms + t->speak_ms;
    }
    look_at_turn(&out, job, trace_of((lmi_job *)job));
    return out;
}

/* The time the lane spent since the last look belongs to the phase it was in. */
static void account(lmi_job *job)
{
    lmas_agent_trace *trace = trace_of(job);
    double *const ms[] = {[LMI_PHASE_READ] = &trace->read_ms,
                          [LMI_PHASE_THINK] = &trace->think_ms,
                          [LMI_PHASE_SPEAK] = &trace->speak_ms};

    *ms[job->phase] += job->memory->lane->ms;
    job->memory->lane->ms = 0;
}

/* What must come out of the last row before `n_thoughts` thoughts and then perhaps speech. */
static unsigned want_before(const lmi_turn *turn, int32_t n_thoughts)
{
    if (n_thoughts > 0)
        return LMI_WANT_HIDDEN;
    return turn->n_speak > 0 ? LMI_WANT_LOGITS : LMI_WANT_NOTHING;
}

static lmas_status open_trace(lmi_job *job, lmi_buf *prompt)
{
    lmas_agent_trace *trace = &job->traces[job->result.n_agents];
    char *input = lmi_buf_steal(prompt);
    char *output = lmi_strdup("");

    if (!input || !output) {
        lmi_free(input);
        lmi_free(output);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a trace");
    }
    lmi_speech_clear(&job->speech); /* not before: it is the last agent's until here */
    *trace = (lmas_agent_trace){.name = job->turn.agent,
                                .input = input,
                                .output = output,
                                .n_read = (uint32_t)job->prompt.n,
                                .pos_begin = job->memory->lane->pos};
    job->result.n_agents++;
    return LMAS_OK;
}

/* Read the prompt from `first` on. */
static lmas_status read_rest(lmi_job *job, uint32_t first)
{
    return lmi_memory_start_read(job->memory, job->turn.agent, job->prompt.ids + first,
                                 job->prompt.n - first,
                                 want_before(&job->turn, job->turn.n_thoughts));
}

/* Take the beginning from the shelf, where it lies now; what cannot be taken is read. Cells it
 * shares need no room. */
static lmas_status take_beginning(lmi_job *job)
{
    const lmi_prefix *prefix = job->place->prefix;

    if (lmi_memory_take(job->memory, job->turn.agent, prefix, job->n_shared) != LMAS_OK) {
        lmi_memory_clear(job->memory);
        job->place = NULL;
        return read_rest(job, 0);
    }
    if (prefix->seq >= 0)
        job->n_reserved -= job->n_shared;
    trace_of(job)->n_shared = job->n_shared;
    job->place = NULL;
    return read_rest(job, job->n_shared);
}

/* The beginning is read: put it on the shelf. Its owner keeps it as well. Where it cannot be
 * kept, everybody reads for himself. */
static lmas_status put_beginning(lmi_job *job)
{
    lmi_shelf_place *place = job->place;
    const lmas_status status = lmi_prefix_keep(&place->prefix, job->shelf->ctx, job->memory->lane,
                                               lmi_plan_keeps_memory(job->plan));

    place->state = status == LMAS_OK ? LMI_SHELF_KEPT : LMI_SHELF_ABSENT;
    if (status == LMAS_OK && place->prefix->seq >= 0)
        job->n_reserved -= place->prefix->n;
    job->is_reader = false;
    job->place = NULL;
    return read_rest(job, (uint32_t)place->tokens.n);
}

/* Go on with the beginning of the prompt, as far as others have brought it. */
static lmas_status read_beginning(lmi_job *job)
{
    lmi_shelf_place *place = job->place;

    if (job->is_reader)
        return put_beginning(job);
    if (place->state == LMI_SHELF_KEPT)
        return take_beginning(job);
    if (place->state == LMI_SHELF_READING)
        return LMAS_OK;
    if (place->state == LMI_SHELF_ABSENT) {
        job->place = NULL;
        return read_rest(job, 0);
    }
    place->state = LMI_SHELF_READING;
    job->is_reader = true;
    return lmi_memory_start_read(job->memory, job->turn.agent, job->prompt.ids, place->tokens.n,
                                 LMI_WANT_NOTHING);
}

static lmas_status start_reading(lmi_job *job, const lmi_case *c)
{
    job->place = lmi_shelf_look(&job->n_shared, job->shelf, job->turn_index, c, &job->prompt);
    /* Whoever shares less than all of it cannot read it for others. */
    if (job->place && job->place->state != LMI_SHELF_KEPT && job->n_shared < job->place->tokens.n)
        job->place = NULL;
    return job->place ? read_beginning(job) : read_rest(job, 0);
}

/* Who speaks draws from a stream of his own. */
static lmas_status renew_sampler(lmi_job *job)
{
    lmi_sampler_free(job->sampler);
    job->sampler = NULL;
    if (job->turn.n_speak == 0)
        return LMAS_OK;
    return lmi_sampler_new(&job->sampler, job->plan->model, &job->turn.sampling, job->result.id,
                           job->turn_index);
}

static lmas_status begin_turn(lmi_job *job)
{
    const lmi_case c = {.question = job->question,
                        .note = job->note,
                        .kind = job->kind,
                        .outputs = lmi_buf_text(&job->outputs)};
    lmas_status status;
    lmi_buf prompt;

    job->turn = lmi_plan_turn(job->plan, job->turn_index);
    job->phase = LMI_PHASE_READ;
    job->is_closing = false;
    if (job->turn.is_fresh)
        lmi_memory_clear(job->memory);
    lmi_buf_init(&prompt, LMI_PROMPT_MAX);
    status = renew_sampler(job);
    if (status == LMAS_OK)
        status = lmi_plan_prompt(&prompt, job->plan, job->turn_index, &c);
    if (status == LMAS_OK)
        status = lmi_model_tokenize(&job->prompt, job->plan->model, lmi_buf_text(&prompt));
    if (status == LMAS_OK)
        status = open_trace(job, &prompt);
    if (status == LMAS_OK)
        status = start_reading(job, &c);
    lmi_buf_done(&prompt);
    return status;
}

void lmi_job_start(lmi_job *job, lmas_memory *memory, lmi_shelf *shelf)
{
    lmas_status status;

    job->memory = memory;
    job->shelf = shelf;
    job->begin_ms = lmi_now_ms();
    status = begin_turn(job);
    if (status != LMAS_OK)
        lmi_job_fail(job, status);
}

/* What the next agents will read of this one, where text is what is handed over. */
static lmas_status collect_output(lmi_job *job)
{
    if (job->plan->params.method != LMAS_METHOD_TEXT_MAS)
        return LMAS_OK;
    lmi_plan_add_output(&job->outputs, job->plan, job->turn.agent, trace_of(job)->output);
    return lmi_buf_status(&job->outputs);
}

/* Hand the agent's trace out and go to the next turn, or end. */
static lmas_status end_turn(lmi_job *job)
{
    const lmas_solver_params *p = &job->plan->params;
    lmas_status status = keep_output(job);

    if (status == LMAS_OK)
        status = collect_output(job);
    if (status != LMAS_OK)
        return status;
    if (p->on_agent && !p->on_agent(p->user, job->result.id, trace_of(job)))
        job->is_stopping = true;
    if (++job->turn_index < lmi_plan_n_turns(job->plan))
        return begin_turn(job);
    finish(job);
    return LMAS_OK;
}

/* The last agent's text, as far as it consists of whole characters. */
static lmas_status stream(lmi_job *job, bool is_end)
{
    const lmas_solver_params *p = &job->plan->params;
    lmas_status status;
    lmi_buf piece;

    if (!p->on_speech || job->turn_index + 1 != lmi_plan_n_turns(job->plan))
        return LMAS_OK;
    lmi_buf_init(&piece, LMI_SPEECH_MAX * 3);
    lmi_speech_stream(&piece, &job->speech, is_end);
    status = lmi_buf_status(&piece);
    if (status == LMAS_OK && piece.len &&
        !p->on_speech(p->user, job->result.id, piece.data, piece.len))
        job->is_stopping = true;
    lmi_buf_done(&piece);
    return status;
}

static lmas_status end_speech(lmi_job *job)
{
    const lmas_status status = stream(job, true);

    return status == LMAS_OK ? end_turn(job) : status;
}

/* The token at hand is the last one: it need not be taken in, unless the next agent is to find all
 * that was spoken. */
static lmas_status take_last(lmi_job *job, int32_t token)
{
    if (!job->turn.is_handed_on)
        return end_speech(job);
    job->is_closing = true;
    return lmi_memory_start_token(job->memory, job->turn.agent, token, LMI_WANT_NOTHING);
}

/* Draw a token from the logits at hand and take it in, unless it ends the turn. */
static lmas_status speak(lmi_job *job)
{
    lmas_agent_trace *trace = trace_of(job);
    int32_t token;
    lmas_status status = lmi_sampler_draw(&token, job->sampler, job->memory->lane->logits);

    job->phase = LMI_PHASE_SPEAK;
    if (status != LMAS_OK)
        return status;
    if (lmi_model_ends(job->plan->model, token))
        return take_last(job, token);
    trace->n_spoken++;
    status = lmi_speech_add(&job->speech, job->plan->model, token);
    if (status == LMAS_OK)
        status = stream(job, false);
    if (status != LMAS_OK)
        return status;
    if (trace->n_spoken == (uint32_t)job->turn.n_speak) {
        trace->is_cut = true;
        return take_last(job, token);
    }
    return lmi_memory_start_token(job->memory, job->turn.agent, token, LMI_WANT_LOGITS);
}

static lmas_status think(lmi_job *job)
{
    const int32_t left = job->turn.n_thoughts - (int32_t)trace_of(job)->n_thought - 1;

    job->phase = LMI_PHASE_THINK;
    return lmi_memory_start_thought(job->memory, job->turn.agent, want_before(&job->turn, left));
}

/* What comes next. A failure is the question's own. */
static lmas_status take_step(lmi_job *job)
{
    const lmi_lane *lane = job->memory->lane;
    lmas_agent_trace *trace = trace_of(job);

    account(job);
    lmi_memory_settle(job->memory);
    if (lane->state == LMI_LANE_FAILED)
        return lmi_fail(lane->status, "%s", lane->error);
    if (job->place)
        return read_beginning(job);
    if (job->is_closing)
        return end_speech(job);
    if (job->phase == LMI_PHASE_THINK)
        trace->n_thought++;
    if ((int32_t)trace->n_thought < job->turn.n_thoughts)
        return think(job);
    return job->turn.n_speak > 0 ? speak(job) : end_turn(job);
}

lmas_status lmi_job_step(lmi_job *job)
{
    const lmas_status status = take_step(job);

    if (status != LMAS_OK)
        lmi_job_fail(job, status);
    if (!job->is_stopping)
        return LMAS_OK;
    job->is_stopping = false;
    return lmi_fail(LMAS_E_CANCELED, "a callback asked to stop");
}

/* job.c - a question's strands, from their beginning to the last one's end; job.h has the idea. */
#include "team/job.h"

#include "base/clock.h"
#include "base/mem.h"

/* ---- Making and ending ---- */

static lmas_status copy_question(lmi_job *job, const lmas_question *q)
{
    const lmas_status status = lmi_question_copy(&job->question, q);

    job->c = lmi_case_of(&job->question);
    job->c.said = job->said;
    return status;
}

static lmas_status make_strands(lmi_job *job, const lmi_plan *plan, uint64_t id)
{
    size_t i;

    job->said = lmi_new(plan->n_turns, sizeof(*job->said));
    job->standing = lmi_new(plan->n_turns, sizeof(*job->standing));
    job->traces = lmi_new(plan->n_turns, sizeof(*job->traces));
    job->strands = lmi_new(plan->n_turns, sizeof(*job->strands));
    if (!job->said || !job->standing || !job->traces || !job->strands)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    for (i = 0; i < plan->n_turns; i++)
        job->strands[i] = (lmi_strand){
            .plan = plan, .index = i, .turn = &plan->turns[i], .id = id, .others = job->strands};
    return LMAS_OK;
}

lmas_status lmi_job_new(lmi_job **out, const lmi_plan *plan, const lmas_question *question)
{
    lmi_job *job = lmi_new(1, sizeof(*job));
    lmas_status status;

    if (!job)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    job->plan = plan;
    job->n_turns = plan->n_turns;
    status = make_strands(job, plan, question->id);
    if (status == LMAS_OK)
        status = copy_question(job, question);
    if (status != LMAS_OK) {
        lmi_job_free(job);
        return status;
    }
    job->result = (lmas_result){.id = question->id, .error = "", .text = "", .agents = job->traces};
    *out = job;
    return LMAS_OK;
}

static void leave(lmi_stay *stay)
{
    while (stay->memories.n_free > 0)
        lmas_memory_free(stay->memories.free[--stay->memories.n_free].memory);
    lmi_free(stay->memories.free);
    stay->memories.free = NULL;
    stay->n_memories = 0;
}

/* What only a running job needs. */
static void release(lmi_job *job)
{
    size_t i;

    for (i = 0; job->strands && i < job->n_turns; i++) {
        lmas_memory_free(job->strands[i].memory);
        job->strands[i].memory = NULL;
        lmi_strand_release(&job->strands[i]);
    }
    for (i = 0; i < LMI_HOSTS_MAX; i++)
        leave(&job->stays[i]);
}

void lmi_job_free(lmi_job *job)
{
    size_t i;

    if (!job)
        return;
    release(job);
    for (i = 0; job->strands && i < job->n_turns; i++)
        lmi_strand_done(&job->strands[i]);
    lmi_question_done(&job->question);
    lmi_free(job->strands);
    lmi_free(job->standing);
    lmi_free((void *)job->said);
    lmi_free(job->traces);
    lmi_free(job->error);
    lmi_free(job);
}

/* The traces of those who began, in the plan's order, and sums over them. */
static void sum_up(lmi_job *job)
{
    lmas_result *r = &job->result;
    size_t i;

    for (i = 0; i < job->plan->n_turns; i++) {
        const lmas_agent_trace *t = &job->strands[i].trace;

        if (!t->name)
            continue;
        job->traces[r->n_agents++] = *t;
        r->n_read += t->n_read;
        r->n_shared += t->n_shared;
        r->n_kept += t->n_kept;
        r->n_dropped += t->n_dropped;
        r->n_thought += t->n_thought;
        r->n_spoken += t->n_spoken;
        r->read_ms += t->read_ms;
        r->think_ms += t->think_ms;
        r->speak_ms += t->speak_ms;
    }
}

/* The result, with the last one's text where it came to that. */
static void finish(lmi_job *job)
{
    const lmi_strand *output = &job->strands[job->plan->n_turns - 1];

    sum_up(job);
    if (output->trace.name) {
        job->result.text = output->trace.output;
        job->result.marked = output->marked;
    }
    job->result.elapsed_ms = job->begin_ms > 0 ? lmi_now_ms() - job->begin_ms : 0;
    job->is_done = true;
    release(job);
}

/* What a server did to the question. */
static void note_server(lmas_result *result, const lmi_strand *strand)
{
    result->is_lost |= strand->is_lost;
    result->is_refused |= strand->is_refused;
}

void lmi_job_fail(lmi_job *job, lmas_status status)
{
    size_t i;

    job->error = lmi_strdup(lmas_last_error());
    job->result.status = status;
    job->result.error = job->error ? job->error : lmas_status_name(status);
    for (i = 0; i < job->plan->n_turns; i++)
        note_server(&job->result, &job->strands[i]);
    for (i = 0; i < job->plan->n_turns; i++)
        if (job->standing[i] == LMI_RUNS && job->strands[i].trace.name)
            lmi_strand_stop(&job->strands[i]);
    finish(job);
}

/* One that has left the host needs nothing of it any more. */
uint32_t lmi_job_n_cells(const lmi_job *job, size_t host)
{
    const lmi_stay *stay = &job->stays[host];
    uint32_t n_saved = 0;
    size_t i;

    if (stay->n_memories == 0 && lmi_job_is_under_way(job))
        return 0;
    for (i = 0; i < job->plan->n_turns; i++)
        n_saved += job->plan->turns[i].host == host ? job->strands[i].n_saved : 0;
    return n_saved < stay->n_reserved ? stay->n_reserved - n_saved : 0;
}

uint64_t lmi_job_n_pos(const lmi_job *job, size_t host)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < job->plan->n_turns; i++)
        if (job->plan->turns[i].host == host)
            n += lmas_memory_n_pos(job->strands[i].memory);
    return n;
}

/* ---- What it is at ---- */

bool lmi_job_is_under_way(const lmi_job *job)
{
    return job->begin_ms > 0 && !job->is_done;
}

/* Of several strands the first one is shown. */
lmas_running lmi_job_look(const lmi_job *job)
{
    lmas_running out = {.id = job->result.id, .n_turns = job->plan->n_turns};
    const lmi_strand *shown = NULL;
    size_t i;

    for (i = 0; i < job->plan->n_turns; i++) {
        const lmi_strand *strand = &job->strands[i];
        const lmas_agent_trace *t = &strand->trace;

        out.n_read += t->n_read;
        out.n_thought += t->n_thought;
        out.n_spoken += t->n_spoken;
        out.engine_ms += t->read_ms + t->think_ms + t->speak_ms;
        if (job->standing[i] != LMI_RUNS)
            continue;
        out.engine_ms += strand->memory ? strand->memory->lane->ms : 0;
        shown = shown ? shown : strand;
    }
    out.turn = shown ? shown->index : out.n_turns - 1;
    if (shown)
        lmi_strand_look(&out, shown);
    return out;
}

size_t lmi_job_programs(struct lmi_tool **tools, size_t n_most, const lmi_job *job)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < job->plan->n_turns && n < n_most; i++)
        if (job->standing[i] == LMI_RUNS && job->strands[i].tool)
            tools[n++] = job->strands[i].tool;
    return n;
}

bool lmi_job_is_busy(const lmi_job *job)
{
    size_t i;

    for (i = 0; i < job->plan->n_turns; i++)
        if (job->standing[i] == LMI_RUNS && !lmi_turn_is_away(&job->plan->turns[i]))
            return true;
    return false;
}

/* ---- Turns ---- */

static void let_go(lmi_job *job, size_t i)
{
    lmi_let_go(job->strands, i, job->standing, &job->stays[job->plan->turns[i].host].memories);
}

/* Give the turn its prompt and its memory; what nobody takes from any more becomes free. */
static lmas_status seat(lmi_job *job, size_t i)
{
    const lmi_turn *turn = &job->plan->turns[i];
    const lmi_turn_list *before = &turn->waits_for;
    lmas_status status = lmi_strand_prepare(&job->strands[i], job->shelf, &job->c);
    size_t k;

    if (status == LMAS_OK && !lmi_turn_is_away(turn))
        status = lmi_inherit(job->strands, i, job->standing, &job->stays[turn->host].memories);
    job->standing[i] = LMI_RUNS;
    for (k = 0; status == LMAS_OK && k < before->n; k++)
        let_go(job, (size_t)before->at[k]);
    return status;
}

/* Seat what can begin, in the plan's order; `is_new` [n_turns] says who that is. */
static lmas_status seat_turns(lmi_job *job, bool *is_new)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < job->plan->n_turns; i++) {
        is_new[i] = lmi_plan_is_ready(job->plan, job->standing, i) &&
                    lmi_plan_may_begin(job->plan, job->standing, i,
                                       job->stays[job->plan->turns[i].host].n_memories);
        if (is_new[i])
            status = seat(job, i);
    }
    return status;
}

/* Begin what can begin: all know their prompts before the first one reads. */
static lmas_status begin_turns(lmi_job *job)
{
    bool is_new[LMI_TEAM_TURNS_MAX] = {false};
    lmas_status status = seat_turns(job, is_new);
    size_t i;

    for (i = 0; status == LMAS_OK && i < job->plan->n_turns; i++)
        if (is_new[i])
            status = lmi_strand_begin(&job->strands[i]);
    for (i = 0; i < job->plan->n_turns; i++)
        job->strands[i].is_beginning = false;
    return status;
}

/* Let others have the memories that no turn will need. */
static void give_back(lmi_job *job)
{
    size_t i;

    for (i = 0; i < job->plan->n_hosts; i++)
        if (job->stays[i].n_memories > 0 && !lmi_plan_needs_host(job->plan, job->standing, i))
            leave(&job->stays[i]);
}

static bool stay_at(lmi_stay *stay, const lmi_host *host, bool has_account)
{
    lmi_memories *m = &stay->memories;

    if (host->n_lanes == 0 || !host->session)
        return true;
    m->free = lmi_new(host->n_lanes, sizeof(*m->free));
    for (; m->free && m->n_free < host->n_lanes; m->n_free++) {
        lmi_spare *spare = &m->free[m->n_free];

        spare->turn = LMI_NO_TURN;
        if (lmi_memory_new(&spare->memory, host->session, has_account) != LMAS_OK)
            break;
    }
    stay->n_memories = host->n_lanes;
    return m->n_free == host->n_lanes;
}

bool lmi_job_take_memories(lmi_job *job)
{
    const bool has_account = job->plan->params.on_memory != NULL;
    size_t i = 0;

    while (i < job->plan->n_hosts && stay_at(&job->stays[i], &job->plan->hosts[i], has_account))
        i++;
    if (i < job->plan->n_hosts)
        release(job);
    return i == job->plan->n_hosts;
}

void lmi_job_start(lmi_job *job, lmi_shelf *shelf)
{
    lmas_status status;

    job->shelf = shelf;
    job->begin_ms = lmi_now_ms();
    status = begin_turns(job);
    if (status != LMAS_OK)
        lmi_job_fail(job, status);
}

/* Hand the traces out, turn by turn; true when somebody asked to stop. */
static bool tell(lmi_job *job)
{
    const lmas_solver_params *p = &job->plan->params;
    bool is_stopping = false;

    while (job->n_told < job->plan->n_turns && job->standing[job->n_told] == LMI_ENDED) {
        const lmas_agent_trace *trace = &job->strands[job->n_told++].trace;

        is_stopping |= p->on_agent && !p->on_agent(p->user, job->result.id, trace);
    }
    return is_stopping;
}

/* The last one's memory, for who wants it; false when he asks to stop. */
static bool show_memory(const lmi_job *job, const lmi_strand *strand)
{
    const lmas_solver_params *p = &job->plan->params;

    return !strand->turn->is_wanted || p->on_memory(p->user, job->result.id, strand->memory);
}

static lmas_status step_strand(bool *is_stopping, lmi_job *job, size_t i)
{
    lmi_strand *strand = &job->strands[i];
    bool has_ended = false;
    const lmas_status status = lmi_strand_step(&has_ended, strand);

    *is_stopping |= strand->is_stopping;
    strand->is_stopping = false;
    if (status != LMAS_OK || !has_ended)
        return status;
    job->standing[i] = LMI_ENDED;
    job->said[i] = strand->trace.output;
    lmi_strand_rest(strand);
    *is_stopping |= !show_memory(job, strand);
    let_go(job, i);
    return LMAS_OK;
}

/* All have ended. Who was shown the memory may have canceled the question. */
static void end(lmi_job *job)
{
    if (job->is_canceled)
        lmi_job_fail(job, lmi_fail(LMAS_E_CANCELED, "canceled"));
    else
        finish(job);
}

lmas_status lmi_job_step(lmi_job *job)
{
    bool is_stopping = false;
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < job->plan->n_turns; i++)
        if (job->standing[i] == LMI_RUNS && !lmi_strand_is_busy(&job->strands[i]))
            status = step_strand(&is_stopping, job, i);
    if (status == LMAS_OK)
        is_stopping |= tell(job);
    if (status == LMAS_OK)
        status = begin_turns(job);
    if (status != LMAS_OK)
        lmi_job_fail(job, status);
    else if (job->n_told == job->plan->n_turns)
        end(job);
    else
        give_back(job);
    return is_stopping ? lmi_fail(LMAS_E_CANCELED, "a callback asked to stop") : LMAS_OK;
}

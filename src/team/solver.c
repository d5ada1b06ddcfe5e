/*
 * solver.c - many questions at once: a queue, the lanes, and one tick for all.
 *
 * Questions wait in order of arrival. One gets a lane when a lane is free and the most cells
 * it can need are free, so that running questions do not take the cells from under each
 * other. From then on it is a job (job.c) that moves with every tick, and when it ends its
 * place is taken at once. There is no other path for one question.
 */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "engine/state/shift.h"
#include "process/tool.h"
#include "team/job.h"
#include "team/params.h"

/* Programs waited for together; how long, before it is looked whether somebody canceled. */
enum { PROGRAMS_MAX = 64, WAIT_MS = 20 };

struct lmas_solver {
    lmas_session *session;
    lmi_plan plan;
    lmi_job *first, **last; /* the queue */
    size_t n_waiting;
    lmi_job **running; /* [n_lanes], the first n_running in use */
    size_t n_running;
    lmi_shelf shelf;
    lmi_job **keep; /* lmas_solve(): where the finished job goes instead of being freed */
};

/* What cannot think is refused before anything runs. */
static lmas_status check_thinking(const lmas_session *session, const lmi_plan *plan)
{
    size_t i = 0;

    while (i < plan->n_turns && plan->turns[i].n_thoughts == 0)
        i++;
    if (i == plan->n_turns)
        return LMAS_OK;
    if (session->model->thought.has_inputs_by_token)
        lmi_log(LMAS_LOG_WARN,
                "%s: its layers have inputs by the token's id; a thought has none and gets those "
                "of token 0, which the model was never trained for",
                session->model->info.arch);
    return lmi_session_check_thinking(session);
}

/* The turn that joins memories first; NULL where none does. */
static const lmi_turn *find_join(const lmi_plan *plan)
{
    size_t i, k;

    for (i = 0; i < plan->n_turns; i++)
        for (k = 0; k < plan->turns[i].n_parcels; k++)
            if (!plan->turns[i].parcels[k].is_read)
                return &plan->turns[i];
    return NULL;
}

/* What cannot be joined is refused, too; a session proves once that it can. */
static lmas_status check_joins(const lmas_session *session, const lmi_plan *plan)
{
    const lmi_turn *turn = find_join(plan);
    const char *refusal;
    lmas_status status;
    size_t k = 0;

    if (!turn)
        return LMAS_OK;
    status = lmi_context_prove_join(session->ctx);
    if (status != LMAS_OK)
        return status;
    refusal = lmi_context_cannot_join(session->ctx);
    while (turn->parcels[k].is_read)
        k++;
    if (!refusal)
        return LMAS_OK;
    return lmi_fail(LMAS_E_MODEL,
                    "team %s joins memories in the edge from \"%s\" to \"%s\": %s; let that edge "
                    "carry \"text\" or \"embeds\"",
                    plan->team->name, plan->turns[turn->parcels[k].from].name, turn->name, refusal);
}

/* Of one state that sums up all that was read, an experiment can take no part. */
static lmas_status check_control(const lmas_session *session, const lmi_plan *plan)
{
    const lmas_control control = plan->params.control;
    size_t i = 0;

    if (!session->model->is_packed_by_sequence ||
        !(lmi_control_drops(control) || lmi_control_overwrites(control)))
        return LMAS_OK;
    while (i < plan->n_turns && plan->turns[i].blocks.n == 1)
        i++;
    if (i == plan->n_turns)
        return LMAS_OK; /* nobody inherits */
    return lmi_fail(LMAS_E_MODEL,
                    "control %s: this model sums up all it has read in one state, of which no part "
                    "can be %s; none, text, shuffled and wrong-task are possible",
                    lmas_control_name(control),
                    lmi_control_drops(control) ? "dropped" : "overwritten");
}

/* A rule that cannot be followed here is refused before anything runs. */
static lmas_status check_keeps(lmas_session *session, const lmi_plan *plan)
{
    size_t i, k;

    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn *turn = &plan->turns[i];

        for (k = 0; k < turn->n_keeps; k++) {
            if (!turn->keeps[k] || lmi_keep_check(session, turn->keeps[k]) == LMAS_OK)
                continue;
            return lmi_fail(LMAS_E_MODEL, "of the memory that %s inherits not all goes on: %s",
                            turn->name, lmas_last_error());
        }
    }
    return LMAS_OK;
}

/* What begins every memory must be at hand, and the team's own stay distinct from it. */
static lmas_status check_origin(const lmas_session *session, const lmi_plan *plan)
{
    const lmas_memory *origin = plan->params.origin;

    if (!origin)
        return LMAS_OK;
    if (origin->session != session || lmi_memory_is_busy(origin))
        return lmi_fail(LMAS_E_INVALID, "origin must be an idle working memory of the session");
    if (lmi_control_overwrites(plan->params.control))
        return lmi_fail(LMAS_E_INVALID,
                        "control %s overwrites whole memories, the origin in them too: leave out "
                        "one of the two",
                        lmas_control_name(plan->params.control));
    return LMAS_OK;
}

/* Branches go side by side as far as there are lanes for them. */
static lmas_status check_lanes(const lmas_session *session, lmi_plan *plan)
{
    const uint32_t n_lanes = lmas_session_n_lanes(session) - (plan->params.origin ? 1 : 0);

    if (plan->n_lanes_least > n_lanes)
        return lmi_fail(LMAS_E_INVALID,
                        "team %s holds %u working memories at once: a session of as many lanes or "
                        "more expected, this one has %u%s",
                        plan->team->name, plan->n_lanes_least, n_lanes,
                        plan->params.origin ? " beside the origin's" : "");
    plan->n_lanes = plan->n_lanes < n_lanes ? plan->n_lanes : n_lanes;
    return LMAS_OK;
}

/* What a file makes run on this machine is run only where the caller said so. */
static lmas_status check_programs(const lmi_plan *plan)
{
    size_t i = 0;

    while (i < plan->n_turns && !lmi_turn_is_errand(&plan->turns[i]))
        i++;
    if (i == plan->n_turns || plan->params.allow_tools)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "team %s runs a program, %s (%.80s): that must be allowed (allow_tools)",
                    plan->team->name, plan->turns[i].name, plan->turns[i].agent->command.words[0]);
}

static lmas_status check_plan(lmas_session *session, lmi_plan *plan)
{
    lmas_status status = lmi_plan_check(plan);

    if (status == LMAS_OK)
        status = check_programs(plan);
    if (status == LMAS_OK)
        status = check_control(session, plan);
    if (status == LMAS_OK)
        status = check_keeps(session, plan);
    if (status == LMAS_OK)
        status = check_origin(session, plan);
    if (status == LMAS_OK)
        status = check_lanes(session, plan);
    if (status == LMAS_OK)
        status = check_thinking(session, plan);
    return status == LMAS_OK ? check_joins(session, plan) : status;
}

static lmas_status solver_new(lmas_solver **out, lmas_session *session, const lmas_team *team,
                              const lmas_solver_params *params)
{
    lmas_solver *solver = lmi_new(1, sizeof(*solver));
    lmas_status status;

    if (!solver)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a solver");
    solver->session = session;
    solver->last = &solver->first;
    solver->running = lmi_new(lmas_session_n_lanes(session), sizeof(lmi_job *));
    status = solver->running ? lmi_plan_make(&solver->plan, session->model, team, params)
                             : lmi_fail(LMAS_E_NOMEM, "no memory for a solver");
    if (status == LMAS_OK)
        status = check_plan(session, &solver->plan);
    if (status == LMAS_OK)
        status = lmi_shelf_init(&solver->shelf, session->ctx, &solver->plan);
    if (status != LMAS_OK) {
        lmas_solver_free(solver);
        return status;
    }
    *out = solver;
    return LMAS_OK;
}

lmas_status lmas_solver_new(lmas_solver **out, lmas_session *session, const lmas_team *team,
                            const lmas_solver_params *params)
{
    if (!out || !session || !team)
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_solver_new needs an out parameter, a session and a team");
    return solver_new(out, session, team, params);
}

void lmas_solver_free(lmas_solver *solver)
{
    size_t i;

    if (!solver)
        return;
    while (solver->first) {
        lmi_job *job = solver->first;

        solver->first = job->next;
        lmi_job_free(job);
    }
    for (i = 0; solver->running && i < solver->n_running; i++)
        lmi_job_free(solver->running[i]);
    lmi_free(solver->running);
    lmi_shelf_done(&solver->shelf);
    lmi_plan_done(&solver->plan);
    lmi_free(solver);
}

/* Set aside what the question can need. More than a lane can hold: it may try with all of
 * that, if what surely goes in fits and leaves room for one token. */
static lmas_status reserve(const lmas_solver *solver, lmi_job *job)
{
    const lmi_context *ctx = solver->session->ctx;
    const uint32_t n_ctx = ctx->n_ctx_lane;
    lmi_room room;
    const lmas_status status = lmi_plan_room(&room, &solver->plan, &job->c);

    if (status != LMAS_OK)
        return status;
    if (room.n_least >= n_ctx)
        return lmi_fail(LMAS_E_CONTEXT_FULL,
                        "context of %u cells is too small: prompts and thoughts of this question "
                        "take %u; give more with n_ctx%s",
                        n_ctx, room.n_least,
                        ctx->is_unified ? "" : ", or let it take from the others' with kv unified");
    job->n_reserved = room.n_all < n_ctx ? room.n_all : n_ctx;
    return LMAS_OK;
}

/* A question that has all it must have. */
static lmas_status check_question(const lmas_solver *solver, const lmas_question *question)
{
    if (!solver || !lmi_question_is_whole(question))
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_solver_submit needs a solver and a question with text and kind");
    if (lmi_control_swaps(solver->plan.params.control) && !question->other)
        return lmi_fail(LMAS_E_INVALID, "control %s needs another question in lmas_question.other",
                        lmas_control_name(solver->plan.params.control));
    return LMAS_OK;
}

lmas_status lmas_solver_submit(lmas_solver *solver, const lmas_question *question)
{
    lmi_job *job = NULL;
    lmas_status status = check_question(solver, question);

    if (status == LMAS_OK)
        status = lmi_job_new(&job, &solver->plan, question);
    if (status != LMAS_OK)
        return status;
    status = reserve(solver, job);
    if (status != LMAS_OK)
        lmi_job_fail(job, status);
    *solver->last = job;
    solver->last = &job->next;
    solver->n_waiting++;
    return LMAS_OK;
}

/* Mark a job for its end where it is the question `id`; how many it is: 1 or 0. */
static size_t mark(lmi_job *job, uint64_t id)
{
    const bool is_meant = job->result.id == id;

    job->is_canceled |= is_meant;
    return is_meant ? 1 : 0;
}

lmas_status lmas_solver_cancel(lmas_solver *solver, uint64_t id)
{
    size_t n = 0;
    lmi_job *job;
    size_t i;

    if (!solver)
        return lmi_fail(LMAS_E_INVALID, "lmas_solver_cancel needs a solver");
    for (job = solver->first; job; job = job->next)
        n += mark(job, id);
    for (i = 0; i < solver->n_running; i++)
        n += mark(solver->running[i], id);
    if (n == 0)
        return lmi_fail(LMAS_E_INVALID, "no question %llu is open", (unsigned long long)id);
    return LMAS_OK;
}

static lmi_job *dequeue(lmas_solver *solver)
{
    lmi_job *job = solver->first;

    solver->first = job->next;
    if (!solver->first)
        solver->last = &solver->first;
    solver->n_waiting--;
    return job;
}

/* Report an ended job and let it go. */
static lmas_status end(const lmas_solver *solver, lmi_job *job)
{
    const lmas_solver_params *p = &solver->plan.params;
    const bool is_stopped = p->on_result && !p->on_result(p->user, &job->result);

    if (solver->keep)
        *solver->keep = job;
    else
        lmi_job_free(job);
    return is_stopped ? lmi_fail(LMAS_E_CANCELED, "the result callback asked to stop") : LMAS_OK;
}

static lmas_status retire(lmas_solver *solver, size_t i)
{
    lmi_job *job = solver->running[i];

    solver->running[i] = solver->running[--solver->n_running];
    return end(solver, job);
}

/* Positions of memories that are not the solver's: its origin, and what the caller holds. */
static uint64_t count_outside(const lmas_solver *solver)
{
    const lmi_context *ctx = solver->session->ctx;
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < ctx->n_lanes; i++)
        n += ctx->lanes[i].is_taken ? ctx->lanes[i].pos : 0;
    for (i = 0; i < solver->n_running; i++)
        n -= lmi_job_n_pos(solver->running[i]);
    return n;
}

/* Where each lane has its own cells, a free lane is room enough; and so is an empty pool, whose
 * largest question may ask for all of it beside a prefix that it shares. */
static bool has_room(const lmas_solver *solver, const lmi_job *job)
{
    const lmi_context *ctx = solver->session->ctx;
    uint64_t n;
    size_t i;

    if (!ctx->is_unified || solver->n_running == 0)
        return true;
    n = lmi_shelf_n_cells(&solver->shelf) + count_outside(solver) + lmi_job_n_cells(job);
    for (i = 0; i < solver->n_running; i++)
        n += lmi_job_n_cells(solver->running[i]);
    return n <= ctx->n_ctx;
}

/* End what somebody canceled, before anything moves. */
static void end_canceled(lmi_job *job)
{
    if (job->is_canceled && !job->is_done)
        lmi_job_fail(job, lmi_fail(LMAS_E_CANCELED, "canceled"));
}

/* Take the first question that has ended out of the queue; NULL when none has. */
static lmi_job *take_ended(lmas_solver *solver)
{
    lmi_job **at = &solver->first;
    lmi_job *job;

    while (*at && !(*at)->is_done)
        at = &(*at)->next;
    job = *at;
    if (!job)
        return NULL;
    *at = job->next;
    if (solver->last == &job->next)
        solver->last = at;
    solver->n_waiting--;
    return job;
}

/* Let go of the questions that need no lane any more: canceled ones, and those that can never
 * fit. (A callback may submit others meanwhile.) */
static lmas_status sweep(lmas_solver *solver)
{
    lmas_status status = LMAS_OK;
    lmi_job *job;
    size_t i;

    for (job = solver->first; job; job = job->next)
        end_canceled(job);
    for (i = 0; i < solver->n_running; i++)
        end_canceled(solver->running[i]);
    for (i = 0; status == LMAS_OK && i < solver->n_running;) {
        if (solver->running[i]->is_done)
            status = retire(solver, i);
        else
            i++;
    }
    while (status == LMAS_OK && (job = take_ended(solver)))
        status = end(solver, job);
    return status;
}

/* Let questions in, in order, while there is room. */
static lmas_status admit(lmas_solver *solver)
{
    lmas_status status = sweep(solver);

    while (status == LMAS_OK && solver->first) {
        lmi_job *job = solver->first;

        /* A job that failed at its start has no lane, and its place until the next look. */
        if (solver->n_running == lmas_session_n_lanes(solver->session) || !has_room(solver, job) ||
            !lmi_job_take_memories(job, solver->session, solver->plan.n_lanes))
            break;
        solver->running[solver->n_running++] = dequeue(solver);
        lmi_job_start(job, &solver->shelf);
    }
    if (status == LMAS_OK && solver->first && solver->n_running == 0)
        return lmi_fail(LMAS_E_CONTEXT_FULL, "no question can start: the session's lanes are "
                                             "taken by working memories outside the solver");
    return status;
}

/* Each job whose request is answered takes its next step. Ended ones leave. */
static lmas_status step_all(lmas_solver *solver)
{
    size_t i = 0;

    while (i < solver->n_running) {
        lmi_job *job = solver->running[i];
        lmas_status status = LMAS_OK;

        if (!job->is_done)
            status = lmi_job_step(job);
        if (status == LMAS_OK && job->is_done)
            status = retire(solver, i);
        else
            i++;
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}

/* Where nothing but programs runs, wait a little for one of them: a tick of nothing is none. */
static lmas_status wait_for_programs(const lmas_solver *solver)
{
    lmi_tool *tools[PROGRAMS_MAX];
    size_t n = 0;
    size_t i;

    for (i = 0; i < solver->n_running; i++) {
        if (solver->running[i]->is_done || lmi_job_is_busy(solver->running[i]))
            return LMAS_OK;
        n += lmi_job_programs(tools + n, PROGRAMS_MAX - n, solver->running[i]);
    }
    return n > 0 ? lmi_tools_wait(tools, n, WAIT_MS) : LMAS_OK;
}

lmas_status lmas_solver_tick(lmas_solver *solver)
{
    lmas_status status;

    if (!solver)
        return lmi_fail(LMAS_E_INVALID, "lmas_solver_tick needs a solver");
    status = lmi_context_check(solver->session->ctx);
    if (status == LMAS_OK)
        status = admit(solver);
    if (status == LMAS_OK)
        status = wait_for_programs(solver);
    if (status == LMAS_OK)
        status = lmi_context_tick(solver->session->ctx);
    return status == LMAS_OK ? step_all(solver) : status;
}

size_t lmas_solver_n_open(const lmas_solver *solver)
{
    return solver ? solver->n_waiting + solver->n_running : 0;
}

/* A job that failed at its start has no memory, and its place until the end of the tick. */
bool lmas_solver_running(lmas_running *out, const lmas_solver *solver, size_t i)
{
    size_t k;

    for (k = 0; out && solver && k < solver->n_running; k++) {
        if (solver->running[k]->n_memories == 0 || i-- > 0)
            continue;
        *out = lmi_job_look(solver->running[k]);
        return true;
    }
    return false;
}

lmas_status lmas_solver_run(lmas_solver *solver)
{
    lmas_status status;

    if (!solver)
        return lmi_fail(LMAS_E_INVALID, "lmas_solver_run needs a solver");
    status = lmi_context_check(solver->session->ctx);
    while (status == LMAS_OK && lmas_solver_n_open(solver) > 0)
        status = lmas_solver_tick(solver);
    return status;
}

/* A finished job; its agents' names are the team's. */
struct lmas_answer {
    lmi_job *job;
};

lmas_status lmas_solve(lmas_answer **out, lmas_session *session, const lmas_team *team,
                       const lmas_solver_params *params, const char *question)
{
    const lmas_question q = {.text = question, .kind = LMAS_ANSWER_FREE};
    lmas_solver *solver = NULL;
    lmas_answer *answer;
    lmas_status status;

    if (!out || !session || !team || !question)
        return lmi_fail(LMAS_E_INVALID, "lmas_solve needs out, session, team and question");
    answer = lmi_new(1, sizeof(*answer));
    if (!answer)
        return lmi_fail(LMAS_E_NOMEM, "no memory for an answer");
    status = solver_new(&solver, session, team, params);
    if (status == LMAS_OK && solver) {
        solver->keep = &answer->job;
        status = lmas_solver_submit(solver, &q);
        if (status == LMAS_OK)
            status = lmas_solver_run(solver);
    }
    if (status == LMAS_OK && answer->job->result.status != LMAS_OK)
        status = lmi_fail(answer->job->result.status, "%s", answer->job->result.error);
    lmas_solver_free(solver);
    if (status != LMAS_OK) {
        lmas_answer_free(answer);
        return status;
    }
    *out = answer;
    return LMAS_OK;
}

const lmas_result *lmas_answer_result(const lmas_answer *answer)
{
    return answer ? &answer->job->result : NULL;
}

void lmas_answer_free(lmas_answer *answer)
{
    if (!answer)
        return;
    lmi_job_free(answer->job);
    lmi_free(answer);
}

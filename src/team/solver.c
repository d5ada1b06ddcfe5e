/*
 * solver.c - many questions at once: a queue, the lanes, and one tick for all.
 *
 * Each team that it drives, by params of its own, is a course: a plan, and the shelf of what its
 * prompts begin with. All share hosts, lanes, ticks, and the room for conversations.
 *
 * Questions wait in order of arrival. One gets a lane when a lane is free and the most cells
 * it can need are free, so that running questions do not take the cells from under each
 * other. From then on it is a job (job.c) that moves with every tick, and when it ends its
 * place is taken at once. There is no other path for one question.
 */
#include <string.h>

#include "base/mem.h"
#include "process/tool.h"
#include "remote/server.h"
#include "team/check.h"
#include "team/job.h"
#include "team/plan/params.h"
#include "team/turn/crossing.h"

/* Programs waited for together; how long, before it is looked whether somebody canceled. */
enum { PROGRAMS_MAX = 64, WAIT_MS = 20 };

typedef struct course {
    lmi_plan plan;
    lmi_shelf shelf;
} course;

struct lmas_solver {
    lmas_session *session;
    course **courses; /* [n_courses]; jobs and kept places hold addresses in them */
    size_t n_courses, courses_capacity;
    lmi_shelf_place *kept;  /* what conversations begin with, of all courses */
    lmi_job *first, **last; /* the queue */
    size_t n_waiting;
    lmi_job **running; /* [n_most], the first n_running in use */
    size_t n_running, n_most;
    lmi_job **keep; /* lmas_solve(): where the finished job goes instead of being freed */
};

/* The hosts that all courses have. */
static const lmi_host *hosts_of(const lmas_solver *solver, size_t *n)
{
    *n = solver->courses[0]->plan.n_hosts;
    return solver->courses[0]->plan.hosts;
}

/* Questions at once: as many as have memories, and those that only wait for a server. */
static lmas_status make_places(lmas_solver *solver)
{
    size_t n, i;
    const lmi_host *hosts = hosts_of(solver, &n);

    for (i = 0; i < n; i++)
        solver->n_most += hosts[i].session ? lmas_session_n_lanes(hosts[i].session)
                                           : hosts[i].remote->params.n_at_once;
    solver->running = lmi_new(solver->n_most, sizeof(lmi_job *));
    return solver->running ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a solver");
}

static void free_course(course *c)
{
    lmi_shelf_done(&c->shelf);
    lmi_crossings_done(&c->plan);
    lmi_plan_done(&c->plan);
    lmi_free(c);
}

static lmas_status open_course(course *c, lmas_solver *solver, const lmas_team *team,
                               const lmas_solver_params *params)
{
    lmas_status status = lmi_plan_make(&c->plan, solver->session->model, team, params);

    c->plan.hosts[0].session = solver->session;
    if (status == LMAS_OK)
        status = lmi_check_plan(&c->plan);
    if (status == LMAS_OK)
        status = lmi_crossings_make(&c->plan);
    return status == LMAS_OK ? lmi_shelf_init(&c->shelf, &c->plan, &solver->kept) : status;
}

static lmas_status add_course(lmas_solver *solver, const lmas_team *team,
                              const lmas_solver_params *params)
{
    course *c = lmi_new(1, sizeof(*c));
    lmas_status status;

    if (!c || !lmi_reserve((void **)&solver->courses, &solver->courses_capacity,
                           solver->n_courses + 1, sizeof(course *))) {
        lmi_free(c);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a solver");
    }
    status = open_course(c, solver, team, params);
    if (status != LMAS_OK)
        free_course(c);
    else
        solver->courses[solver->n_courses++] = c;
    return status;
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
    status = add_course(solver, team, params);
    if (status == LMAS_OK)
        status = make_places(solver);
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

lmas_status lmas_solver_add(size_t *out, lmas_solver *solver, const lmas_team *team,
                            const lmas_solver_params *params)
{
    lmas_solver_params p = params ? *params : lmas_solver_params_default();
    lmas_status status;

    if (!out || !solver || !team)
        return lmi_fail(LMAS_E_INVALID, "lmas_solver_add needs an out parameter, solver and team");
    p.hosts = solver->courses[0]->plan.params.hosts;
    p.n_hosts = solver->courses[0]->plan.params.n_hosts;
    p.speaker = solver->courses[0]->plan.params.speaker;
    p.kept_size = solver->courses[0]->plan.params.kept_size;
    status = add_course(solver, team, &p);
    if (status == LMAS_OK)
        *out = solver->n_courses - 1;
    return status;
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
    for (i = 0; i < solver->n_courses; i++)
        free_course(solver->courses[i]);
    lmi_free(solver->courses);
    lmi_free(solver);
}

/* Set aside what the question can need of a host. More than a lane can hold: it may try with all
 * of that, if what surely goes in fits and leaves room for one token. */
static lmas_status reserve_of(uint32_t *out, const lmi_host *host, const lmi_room *room)
{
    const lmi_context *ctx = host->session->ctx;
    const uint32_t n_ctx = ctx->n_ctx_lane;

    if (room->n_least >= n_ctx)
        return lmi_fail(LMAS_E_CONTEXT_FULL,
                        "%s%scontext of %u cells is too small: prompts and thoughts of this "
                        "question take %u; give more with n_ctx%s",
                        host->name ? host->name : "", host->name ? ": " : "", n_ctx, room->n_least,
                        ctx->is_unified ? "" : ", or let it take from the others' with kv unified");
    *out = room->n_all < n_ctx ? room->n_all : n_ctx;
    return LMAS_OK;
}

/* Whether each session holds the most that the question can need. */
static bool holds_most(const lmi_plan *plan, const lmi_room *rooms)
{
    size_t i;

    for (i = 0; i < plan->n_hosts; i++) {
        const lmi_context *ctx = plan->hosts[i].session ? plan->hosts[i].session->ctx : NULL;

        if (ctx && (ctx->is_unified ? rooms[i].n_all : rooms[i].n_most) > ctx->n_ctx_lane)
            return false;
    }
    return true;
}

/* Where the longest texts would not go in, the question's are cut at what does: the most that each
 * turn may speak. Where even a token is too much (programs may say a lot), it tries as it is. */
static lmas_status shorten(lmi_room *rooms, const lmi_plan *plan, lmi_job *job)
{
    int32_t low = 0, high = plan->params.max_new_tokens;
    lmas_status status = lmi_plan_room(rooms, plan, &job->c);

    if (status != LMAS_OK || holds_most(plan, rooms))
        return status;
    while (status == LMAS_OK && high - low > 1) {
        job->c.n_speak_most = low + (high - low) / 2;
        status = lmi_plan_room(rooms, plan, &job->c);
        if (status == LMAS_OK && holds_most(plan, rooms))
            low = job->c.n_speak_most;
        else
            high = job->c.n_speak_most;
    }
    job->c.n_speak_most = low;
    return status == LMAS_OK ? lmi_plan_room(rooms, plan, &job->c) : status;
}

static lmas_status reserve(lmi_job *job)
{
    const lmi_plan *plan = job->plan;
    lmi_room rooms[LMI_HOSTS_MAX];
    lmas_status status = shorten(rooms, plan, job);
    size_t i;

    for (i = 0; status == LMAS_OK && i < plan->n_hosts; i++)
        if (plan->hosts[i].session)
            status = reserve_of(&job->stays[i].n_reserved, &plan->hosts[i], &rooms[i]);
    return status;
}

/* A question that has all it must have. */
static lmas_status check_question(const lmas_solver *solver, const lmas_question *question)
{
    lmas_status status;
    lmas_control control;

    if (!solver)
        return lmi_fail(LMAS_E_INVALID, "lmas_solver_submit needs a solver");
    status = lmi_question_check(question);
    if (status != LMAS_OK)
        return status;
    if (question->team >= solver->n_courses)
        return lmi_fail(LMAS_E_INVALID, "the solver has %zu teams, and none of number %zu",
                        solver->n_courses, question->team);
    control = solver->courses[question->team]->plan.params.control;
    if (lmi_control_swaps(control) && !question->other)
        return lmi_fail(LMAS_E_INVALID, "control %s needs another question in lmas_question.other",
                        lmas_control_name(control));
    return LMAS_OK;
}

lmas_status lmas_solver_submit(lmas_solver *solver, const lmas_question *question)
{
    lmi_job *job = NULL;
    lmas_status status = check_question(solver, question);

    if (status == LMAS_OK)
        status = lmi_job_new(&job, &solver->courses[question->team]->plan, question);
    if (status != LMAS_OK)
        return status;
    status = reserve(job);
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
    const lmas_solver_params *p = &job->plan->params;
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

/* Positions of the host's memories that are not the solver's: origin, and what the caller holds. */
static uint64_t count_outside(const lmas_solver *solver, size_t host)
{
    const lmi_context *ctx = solver->courses[0]->plan.hosts[host].session->ctx;
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < ctx->n_lanes; i++)
        n += ctx->lanes[i].is_taken ? ctx->lanes[i].pos : 0;
    for (i = 0; i < solver->n_running; i++)
        n -= lmi_job_n_pos(solver->running[i], host);
    return n;
}

/* How many of those that run have memories of the host. */
static size_t count_there(const lmas_solver *solver, size_t host)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < solver->n_running; i++)
        n += solver->running[i]->stays[host].n_memories > 0;
    return n;
}

/* Where each lane has its own cells, a free lane is room enough; and so is an empty pool, whose
 * largest question may ask for all of it beside a prefix that it shares. */
static bool has_room_at(const lmas_solver *solver, const lmi_job *job, size_t host)
{
    const lmas_session *session = job->plan->hosts[host].session;
    uint64_t n;
    size_t i;

    if (!session || !session->ctx->is_unified || count_there(solver, host) == 0)
        return true;
    n = count_outside(solver, host) + lmi_job_n_cells(job, host);
    for (i = 0; i < solver->n_courses; i++)
        n += lmi_shelf_n_cells(&solver->courses[i]->shelf, host);
    for (i = 0; i < solver->n_running; i++)
        n += lmi_job_n_cells(solver->running[i], host);
    return n <= session->ctx->n_ctx;
}

static bool has_room(const lmas_solver *solver, const lmi_job *job)
{
    size_t i = 0;

    while (i < job->plan->n_hosts && has_room_at(solver, job, i))
        i++;
    return i == job->plan->n_hosts;
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
        if (solver->n_running == solver->n_most || !has_room(solver, job) ||
            !lmi_job_take_memories(job))
            break;
        solver->running[solver->n_running++] = dequeue(solver);
        lmi_job_start(job, &solver->courses[job->question.team]->shelf);
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

/* The servers [LMI_HOSTS_MAX], and how many. */
static size_t list_remotes(lmas_remote **out, const lmas_solver *solver)
{
    size_t n_hosts, n = 0;
    const lmi_host *hosts = hosts_of(solver, &n_hosts);
    size_t i;

    for (i = 0; i < n_hosts; i++)
        if (hosts[i].remote)
            out[n++] = hosts[i].remote;
    return n;
}

/* Whether the models have something to do; and if not, for which programs they wait. */
static bool is_busy(lmi_tool **tools, size_t *n, const lmas_solver *solver)
{
    size_t i;

    *n = 0;
    for (i = 0; i < solver->n_running; i++) {
        if (solver->running[i]->is_done || lmi_job_is_busy(solver->running[i]))
            return true;
        *n += lmi_job_programs(tools + *n, PROGRAMS_MAX - *n, solver->running[i]);
    }
    return false;
}

/* Move what goes on at servers. Where nothing is to be done here, wait a little for them or a
 * program: a tick of nothing is none. */
static lmas_status wait_elsewhere(const lmas_solver *solver)
{
    lmas_remote *remotes[LMI_HOSTS_MAX];
    const size_t n_remotes = list_remotes(remotes, solver);
    lmi_tool *tools[PROGRAMS_MAX];
    int fds[PROGRAMS_MAX];
    size_t n, i;
    const bool is_here = is_busy(tools, &n, solver);
    const double wait_ms = is_here || solver->n_running == 0 ? 0 : WAIT_MS;

    if (n_remotes == 0)
        return is_here || n == 0 ? LMAS_OK : lmi_tools_wait(tools, n, WAIT_MS);
    for (i = 0; i < n; i++)
        fds[i] = lmi_tool_fd(tools[i]);
    return lmi_remotes_poll(remotes, n_remotes, wait_ms, fds, n);
}

/* Each session moves. */
static lmas_status tick_all(const lmas_solver *solver)
{
    lmas_status status = LMAS_OK;
    size_t n, i;
    const lmi_host *hosts = hosts_of(solver, &n);

    for (i = 0; status == LMAS_OK && i < n; i++)
        if (hosts[i].session)
            status = lmi_context_tick(hosts[i].session->ctx);
    return status;
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
        status = wait_elsewhere(solver);
    if (status == LMAS_OK)
        status = tick_all(solver);
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
        if (!lmi_job_is_under_way(solver->running[k]) || i-- > 0)
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

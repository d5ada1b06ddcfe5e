/*
 * sandbox.c - a queue in front of a few places where programs run.
 *
 * No thread and no signal handler: whoever owns the sandbox looks in with lmi_sandbox_poll().
 * Between two looks the kernel keeps the limits, the wall clock included. (The memory of all
 * processes of a program together is looked at here; for the rest of the time it is the kernel's
 * out-of-memory killer that takes a program before the host.)
 */
#include "sandbox/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "process/spawn.h"
#include "process/tree.h"
#include "process/walls/guard.h"
#include "sandbox/limits.h"
#include "sandbox/payload.h"
#include "sandbox/setup.h"
#include "sandbox/slot.h"
#include "sandbox/verdict.h"

/* A program that waits, or one that could not be started and whose verdict waits. */
typedef struct job {
    uint64_t id;
    lmi_buf text;
    bool is_broken;
    char detail[LMI_DETAIL_MAX + 1];
    double wall_ms;
} job;

struct lmi_sandbox {
    lmi_sandbox_params params;
    lmi_verdict_fn fn;
    void *user;
    lmi_setup setup;
    lmi_guard guard;
    size_t n_processes; /* limit for the driver to set */
    bool has_numpy;
    char version[LMI_PYTHON_VERSION_SIZE]; /* Python's */
    lmi_slot *slots;
    size_t n_running;
    job *jobs; /* those in [first_job, n_jobs) wait */
    size_t first_job, n_jobs, capacity;
};

lmi_sandbox_params lmi_sandbox_params_default(void)
{
    return (lmi_sandbox_params){
        .kind = LMI_SANDBOX_BWRAP,
        .n_parallel = 2,
        .wall_ms = 10e3,
        .memory_size = (uint64_t)4 * 1024 * LMI_MIB,
    };
}

const char *lmi_sandbox_kind_name(lmi_sandbox_kind kind)
{
    return kind == LMI_SANDBOX_BWRAP ? "bwrap" : "none";
}

static lmas_status check_params(const lmi_sandbox_params *p)
{
    if (p->kind != LMI_SANDBOX_BWRAP && p->kind != LMI_SANDBOX_NONE)
        return lmi_fail(LMAS_E_INVALID, "no such kind of sandbox: %d", (int)p->kind);
    if (p->n_parallel < 1 || p->n_parallel > LMI_MAX_PARALLEL)
        return lmi_fail(LMAS_E_INVALID, "programs at once must be 1 to %d, not %u",
                        LMI_MAX_PARALLEL, p->n_parallel);
    if (!(p->wall_ms >= 1) || p->wall_ms > LMI_WALL_MS_MAX)
        return lmi_fail(LMAS_E_INVALID, "time of a program must be 1 to %g ms, not %g",
                        LMI_WALL_MS_MAX, p->wall_ms);
    if (p->memory_size < LMI_MEMORY_SIZE_MIN)
        return lmi_fail(LMAS_E_INVALID, "memory of a program must be %zu bytes or more, not %llu",
                        LMI_MEMORY_SIZE_MIN, (unsigned long long)p->memory_size);
    return LMAS_OK;
}

/* The kernel counts a user's processes inside walls, but all of the user's without: then what
 * runs already must be let in too. */
static size_t count_processes(const lmi_sandbox_params *params)
{
    if (params->kind == LMI_SANDBOX_BWRAP || geteuid() == 0)
        return LMI_MAX_PROCESSES;
    return lmi_tree_n_threads(geteuid()) + (size_t)params->n_parallel * LMI_MAX_PROCESSES +
           LMI_MAX_PROCESSES;
}

static lmas_status make_slots(lmi_sandbox *sandbox)
{
    size_t i;

    sandbox->slots = lmi_new(sandbox->params.n_parallel, sizeof(*sandbox->slots));
    if (!sandbox->slots)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a sandbox");
    /* No limit on processes binds root, and a user's files are none of a program's business. */
    for (i = 0; i < sandbox->params.n_parallel; i++)
        sandbox->slots[i].uid = geteuid() == 0 ? LMI_UID_FIRST + (uid_t)i : 0;
    return LMAS_OK;
}

static void free_job(job *j)
{
    lmi_buf_done(&j->text);
}

static lmas_status start_job(lmi_slot *slot, const lmi_sandbox *sandbox, const job *j)
{
    lmi_sandbox_params params = sandbox->params;

    if (j->wall_ms > 0)
        params.wall_ms = fmin(params.wall_ms, j->wall_ms);
    return lmi_slot_start(slot, &params, &sandbox->setup.walls, j->id, &j->text);
}

/* Where it fails the verdict says why, at the next poll. */
static void start_waiting(lmi_sandbox *sandbox)
{
    size_t i;

    for (i = 0; i < sandbox->params.n_parallel && sandbox->first_job < sandbox->n_jobs; i++) {
        lmi_slot *slot = &sandbox->slots[i];
        job *next = &sandbox->jobs[sandbox->first_job];

        if (slot->is_running)
            continue;
        if (next->is_broken)
            return;
        if (start_job(slot, sandbox, next) != LMAS_OK) {
            next->is_broken = true;
            snprintf(next->detail, sizeof(next->detail), "%.*s", LMI_DETAIL_MAX, lmas_last_error());
            return;
        }
        free_job(next);
        sandbox->first_job++;
        sandbox->n_running++;
    }
}

/* Wait for an end, a deadline or the next look at memory. False when a signal came. */
static bool wait_for_end(const lmi_sandbox *sandbox, double until_ms)
{
    struct pollfd fds[LMI_MAX_PARALLEL];
    double now = lmi_now_ms();
    double wake = until_ms;
    size_t n = 0;
    size_t i;

    for (i = 0; i < sandbox->params.n_parallel; i++) {
        const lmi_slot *slot = &sandbox->slots[i];

        if (!slot->is_running)
            continue;
        fds[n++] = (struct pollfd){.fd = slot->pidfd, .events = POLLIN};
        wake = fmin(wake, fmin(slot->deadline_ms, slot->look_ms));
    }
    return poll(fds, (nfds_t)n, wake > now ? (int)fmin(ceil(wake - now), INT_MAX) : 0) >= 0;
}

static bool has_ended(const lmi_slot *slot)
{
    struct pollfd fd = {.fd = slot->pidfd, .events = POLLIN};

    return poll(&fd, 1, 0) == 1;
}

/* Take in what has ended; the number of verdicts given. */
static size_t take_ends(lmi_sandbox *sandbox)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < sandbox->params.n_parallel; i++) {
        lmi_slot *slot = &sandbox->slots[i];
        lmi_verdict verdict = {.id = slot->id, .wall_ms = lmi_now_ms() - slot->started_ms};
        lmi_finding judged;

        if (!slot->is_running)
            continue;
        if (!has_ended(slot)) {
            lmi_slot_look(slot, &sandbox->params, lmi_now_ms());
            continue;
        }
        lmi_slot_finish(&judged, slot);
        sandbox->n_running--;
        verdict.ending = judged.ending;
        verdict.candidate = judged.candidate;
        verdict.pieces = judged.pieces;
        verdict.n_pieces = judged.n_pieces;
        verdict.detail = judged.detail;
        sandbox->fn(sandbox->user, &verdict);
        n++;
    }
    return n;
}

/* Give the verdict on the first job when it could not be started. */
static size_t take_broken(lmi_sandbox *sandbox)
{
    job *next = &sandbox->jobs[sandbox->first_job];
    lmi_verdict verdict;

    if (sandbox->first_job == sandbox->n_jobs || !next->is_broken)
        return 0;
    verdict = (lmi_verdict){.id = next->id, .ending = LMI_ENDING_BROKEN, .detail = next->detail};
    sandbox->first_job++;
    sandbox->fn(sandbox->user, &verdict);
    free_job(next);
    return 1;
}

lmas_status lmi_sandbox_poll(lmi_sandbox *sandbox, double wait_ms)
{
    const double until = lmi_now_ms() + fmax(wait_ms, 0);

    for (;;) {
        size_t n = take_ends(sandbox) + take_broken(sandbox);

        start_waiting(sandbox);
        if (n > 0 || lmi_sandbox_n_open(sandbox) == 0 || lmi_now_ms() >= until)
            return LMAS_OK;
        if (sandbox->n_running == 0)
            continue; /* what could not be started has its verdict in the next round */
        if (!wait_for_end(sandbox, until))
            return errno == EINTR ? LMAS_OK : lmi_fail_errno(LMAS_E_IO, "cannot wait for programs");
    }
}

size_t lmi_sandbox_n_open(const lmi_sandbox *sandbox)
{
    return sandbox->n_running + (sandbox->n_jobs - sandbox->first_job);
}

/* Drop the jobs that are done from the front of the list. */
static void compact(lmi_sandbox *sandbox)
{
    if (sandbox->first_job < sandbox->n_jobs - sandbox->first_job)
        return;
    memmove(sandbox->jobs, sandbox->jobs + sandbox->first_job,
            (sandbox->n_jobs - sandbox->first_job) * sizeof(*sandbox->jobs));
    sandbox->n_jobs -= sandbox->first_job;
    sandbox->first_job = 0;
}

lmas_status lmi_sandbox_check_tests(const lmi_sandbox *sandbox, const char *tests)
{
    if (sandbox->has_numpy || !strstr(tests, "numpy"))
        return LMAS_OK;
    if (sandbox->params.python)
        return lmi_fail(LMAS_E_IO,
                        "these tests need numpy, which %s has not: %s -m pip install numpy",
                        sandbox->setup.python.path, sandbox->setup.python.path);
    return lmi_fail(LMAS_E_IO,
                    "these tests need numpy, which %s has not: apt install python3-numpy",
                    sandbox->setup.python.path);
}

lmas_status lmi_sandbox_submit(lmi_sandbox *sandbox, const lmi_program *program)
{
    job new = {.id = program->id, .wall_ms = program->wall_ms};
    lmas_status status = lmi_sandbox_check_tests(sandbox, program->tests);

    if (status != LMAS_OK)
        return status;
    if (sandbox->first_job > 0)
        compact(sandbox);
    if (!lmi_reserve((void **)&sandbox->jobs, &sandbox->capacity, sandbox->n_jobs + 1,
                     sizeof(*sandbox->jobs)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu programs", sandbox->n_jobs + 1);
    status = lmi_payload_text(&new.text, program, sandbox->n_processes);
    if (status != LMAS_OK)
        return status;
    sandbox->jobs[sandbox->n_jobs++] = new;
    start_waiting(sandbox);
    return LMAS_OK;
}

void lmi_sandbox_close(lmi_sandbox *sandbox)
{
    lmi_finding ignored;
    size_t i;

    if (!sandbox)
        return;
    for (i = 0; sandbox->slots && i < sandbox->params.n_parallel; i++) {
        if (!sandbox->slots[i].is_running)
            continue;
        lmi_spawn_kill(sandbox->slots[i].pidfd);
        lmi_slot_finish(&ignored, &sandbox->slots[i]);
    }
    for (i = sandbox->first_job; i < sandbox->n_jobs; i++)
        free_job(&sandbox->jobs[i]);
    lmi_guard_stop(&sandbox->guard);
    lmi_setup_done(&sandbox->setup);
    lmi_free(sandbox->jobs);
    lmi_free(sandbox->slots);
    lmi_free(sandbox);
}

/* ---- The first program: does it work here? -------------------------------------------------- */

/* The first start reads Python from the disk, whatever the programs' time will be. */
enum { TRIAL_WALL_MS = 30000 };

typedef struct trial {
    lmi_ending ending;
    char detail[LMI_DETAIL_MAX + 1];
} trial;

static void end_trial(void *user, const lmi_verdict *verdict)
{
    trial *t = user;

    t->ending = verdict->ending;
    snprintf(t->detail, sizeof(t->detail), "%s", verdict->detail);
}

static lmas_status try_program(trial *t, lmi_sandbox *sandbox, const char *text)
{
    const lmi_program program = {.candidates = &text, .n_candidates = 1, .tests = ""};
    const lmi_verdict_fn fn = sandbox->fn;
    void *user = sandbox->user;
    lmas_status status = lmi_sandbox_submit(sandbox, &program);

    sandbox->fn = end_trial;
    sandbox->user = t;
    while (status == LMAS_OK && lmi_sandbox_n_open(sandbox) > 0)
        status = lmi_sandbox_poll(sandbox, sandbox->params.wall_ms);
    sandbox->fn = fn;
    sandbox->user = user;
    return status;
}

/* Nothing but an exception tells more than that a program passed. */
static const char version_teller[] =
    "import sys\nraise SystemExit('%d.%d.%d' % sys.version_info[:3])\n";
static const char version_told[] = "SystemExit: ";

static lmas_status try_programs(trial *t, lmi_sandbox *sandbox)
{
    const size_t skipped = sizeof(version_told) - 1;
    lmas_status status = try_program(t, sandbox, version_teller);

    if (status != LMAS_OK || strncmp(t->detail, version_told, skipped) != 0)
        return status;
    snprintf(sandbox->version, sizeof(sandbox->version), "%.*s", LMI_PYTHON_VERSION_SIZE - 1,
             t->detail + skipped);
    status = try_program(t, sandbox, "import numpy");
    sandbox->has_numpy = t->ending == LMI_ENDING_PASSED;
    return status == LMAS_OK && !sandbox->has_numpy ? try_program(t, sandbox, "pass") : status;
}

static lmas_status refuse_trial(const lmi_sandbox *sandbox, const trial *t)
{
    if (sandbox->params.kind == LMI_SANDBOX_NONE)
        return lmi_fail(LMAS_E_IO, "%s does not run a program: %s", sandbox->setup.python.path,
                        t->detail);
    if (sandbox->params.python)
        return lmi_fail(LMAS_E_IO, "%s does not run a program in the sandbox: %s",
                        sandbox->setup.python.path, t->detail);
    return lmi_fail(LMAS_E_IO,
                    "%s does not run a program here (%s): allow user namespaces, or run programs "
                    "unprotected with --sandbox none",
                    sandbox->setup.walls.bwrap, t->detail);
}

static lmas_status try_out(lmi_sandbox *sandbox)
{
    const double wall_ms = sandbox->params.wall_ms;
    trial t = {.ending = LMI_ENDING_BROKEN};
    lmas_status status;

    sandbox->params.wall_ms = fmax(wall_ms, TRIAL_WALL_MS);
    status = try_programs(&t, sandbox);
    sandbox->params.wall_ms = wall_ms;
    if (status != LMAS_OK || t.ending == LMI_ENDING_PASSED)
        return status;
    return refuse_trial(sandbox, &t);
}

lmi_python lmi_sandbox_python(const lmi_sandbox *sandbox)
{
    lmi_python python = {0};

    snprintf(python.path, sizeof(python.path), "%s", sandbox->setup.python.path);
    memcpy(python.version, sandbox->version, sizeof(python.version));
    return python;
}

/* ---- Descriptors ----------------------------------------------------------------------------- */

/* What a host needs beyond what it has open now: those of each program, those of one that is being
 * started (twice, as the child copies them), and some for whatever else it opens meanwhile. */
enum { FDS_PER_PROGRAM = 3, FDS_TO_START = 2 * LMI_SPAWN_FDS_MAX, FDS_TO_SPARE = 16 };

static size_t count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t n = 0;

    if (!folder)
        return 0;
    while (readdir(folder))
        n++;
    closedir(folder);
    return n - 3; /* ".", ".." and the folder itself */
}

/* Too few of them would show as any other fault, and late. */
static lmas_status check_fds(const lmi_sandbox_params *params)
{
    const size_t own =
        count_fds() + (size_t)params->n_parallel * FDS_PER_PROGRAM + FDS_TO_START + FDS_TO_SPARE;
    const size_t needed = own > LMI_MAX_FILES ? own : LMI_MAX_FILES;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO,
                    "running programs needs %zu open files, and only %llu are allowed here: raise "
                    "the limit with ulimit -n %zu",
                    needed, (unsigned long long)limit.rlim_cur, needed);
}

lmas_status lmi_sandbox_open(lmi_sandbox **out, const lmi_sandbox_params *params, lmi_verdict_fn fn,
                             void *user)
{
    lmi_sandbox *sandbox;
    lmas_status status = check_params(params);

    if (status == LMAS_OK)
        status = check_fds(params);
    if (status != LMAS_OK)
        return status;
    sandbox = lmi_new(1, sizeof(*sandbox));
    if (!sandbox)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a sandbox");
    *sandbox = (lmi_sandbox){.params = *params, .fn = fn, .user = user, .guard = {-1, -1}};
    status = lmi_setup_init(&sandbox->setup, params->kind, params->python);
    if (status == LMAS_OK && params->kind == LMI_SANDBOX_BWRAP)
        status = lmi_guard_start(&sandbox->guard);
    if (status == LMAS_OK)
        status = make_slots(sandbox);
    if (status == LMAS_OK) {
        sandbox->n_processes = count_processes(params);
        status = try_out(sandbox);
    }
    if (status == LMAS_OK)
        *out = sandbox;
    else
        lmi_sandbox_close(sandbox);
    return status;
}

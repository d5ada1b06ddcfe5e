/*
 * job.h - one question on its way through a team: its strands, and what passes between them.
 *
 * A job owns as many working memories of each host as its plan needs at once, and gives them back
 * when no turn will need one any more: who waits for a server keeps no lane. A turn begins when all
 * it waits for has ended; it gets its memory from theirs (inherit.h), and from then on its strand
 * moves with every tick (strand.h). Whatever ends first, texts and blocks come in the plan's order,
 * draws hang on question and turn, and traces are handed out turn by turn.
 */
#ifndef LMI_TEAM_JOB_H
#define LMI_TEAM_JOB_H

#include "team/turn/inherit.h"

/* What a job has of one host. */
typedef struct lmi_stay {
    lmi_memories memories; /* those that no strand has */
    uint32_t n_memories;   /* all of its memories; 0 before the start, and once it needs none */
    uint32_t n_reserved;   /* cells set aside while it runs */
} lmi_stay;

typedef struct lmi_job {
    struct lmi_job *next; /* in the solver's queue */
    const lmi_plan *plan; /* the solver's; an answer outlives it */
    size_t n_turns;
    lmas_question question; /* its own copy */
    lmi_case c;             /* of it, and what was said */
    const char **said;      /* [n_turns], of the traces */
    lmi_stay stays[LMI_HOSTS_MAX];

    lmi_strand *strands;      /* [n_turns] */
    lmi_turn_state *standing; /* [n_turns] */
    lmi_shelf *shelf;         /* from its start on */
    size_t n_told;            /* turns whose trace was handed out */
    double begin_ms;

    lmas_agent_trace *traces; /* of the strands that began, in order; made at the end */
    lmas_result result;       /* points at `traces` and `error`; complete when is_done */
    char *error;
    bool is_canceled; /* somebody asked for its end, which comes before its next step */
    bool is_done;
} lmi_job;

lmas_status lmi_job_new(lmi_job **out, const lmi_plan *plan, const lmas_question *question);
void lmi_job_free(lmi_job *job);

/* Cells of the host that the running job may still need for itself. */
uint32_t lmi_job_n_cells(const lmi_job *job, size_t host);

/* Positions that its memories of the host hold by now. */
uint64_t lmi_job_n_pos(const lmi_job *job, size_t host);

/* Take the working memories that it needs of each host; false, and none is taken, where there are
 * not as many. */
bool lmi_job_take_memories(lmi_job *job);

/* Begin the turns that can, and place their first requests. It must have its memories. */
void lmi_job_start(lmi_job *job, lmi_shelf *shelf);

/* Go on with every strand whose memory is not busy. A failure of the question ends the job
 * (is_done) with the reason in its result. The return value is LMAS_OK, or LMAS_E_CANCELED when a
 * callback asked to stop: the step is taken all the same, so that a later one goes on where this
 * one ended. */
lmas_status lmi_job_step(lmi_job *job);

/* The programs that it waits for, at most `n_most`; and whether the model has something to do. */
size_t lmi_job_programs(struct lmi_tool **tools, size_t n_most, const lmi_job *job);
bool lmi_job_is_busy(const lmi_job *job);

/* Whether it has begun and not ended; and what it is at then. */
bool lmi_job_is_under_way(const lmi_job *job);
lmas_running lmi_job_look(const lmi_job *job);

/* End the job with this thread's message. */
void lmi_job_fail(lmi_job *job, lmas_status status);

#endif

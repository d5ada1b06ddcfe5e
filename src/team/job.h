/*
 * job.h - one question on its way through a team.
 *
 * A job owns a working memory while it runs. It is a small state machine: whenever its memory
 * has no request under way, lmi_job_step() takes the result and places the next request.
 *
 *   turn:   READ ──▶ THINK ──▶ ... ──▶ SPEAK ──▶ ... ──▶ next turn, or the end
 *
 * Reading has two parts where prompts begin alike (shelf.h): that beginning, which it takes,
 * reads for all, or waits for; then the rest.
 */
#ifndef LMI_TEAM_JOB_H
#define LMI_TEAM_JOB_H

#include "engine/sampler.h"
#include "latent/memory.h"
#include "latent/speech.h"
#include "team/method.h"
#include "team/shelf.h"

typedef enum lmi_phase { LMI_PHASE_READ, LMI_PHASE_THINK, LMI_PHASE_SPEAK } lmi_phase;

typedef struct lmi_job {
    struct lmi_job *next; /* in the solver's queue */
    const lmi_plan *plan;
    char *question;
    char *note; /* NULL for none */
    lmas_answer_kind kind;
    uint32_t n_reserved; /* cells set aside while it runs */

    lmas_memory *memory; /* NULL before the start and after the end */
    size_t turn_index;
    lmi_turn turn;
    lmi_phase phase;
    lmi_tokens prompt;
    lmi_shelf *shelf;
    lmi_shelf_place *place; /* the beginning it reads or waits for; NULL when it has it */
    uint32_t n_shared;      /* tokens of that beginning */
    bool is_reader;         /* it reads it for all */
    lmi_sampler *sampler;   /* of the agent that speaks */
    lmi_speech speech;
    bool is_closing; /* its last token is being taken in */
    lmi_buf outputs; /* text_mas: what the agents said so far */
    double begin_ms;

    lmas_agent_trace *traces; /* strings are owned */
    lmas_result result;       /* points at `traces`, `error`, `marked`; complete when is_done */
    char *error;
    char *marked;     /* the last text with its control tokens; NULL when it has none */
    bool is_canceled; /* somebody asked for its end, which comes before its next step */
    bool is_stopping; /* a callback asked to stop: the tick ends with this step */
    bool is_done;
} lmi_job;

lmas_status lmi_job_new(lmi_job **out, const lmi_plan *plan, const lmas_question *question);
void lmi_job_free(lmi_job *job);

/* Give the job a working memory, which it now owns, and place its first request. */
void lmi_job_start(lmi_job *job, lmas_memory *memory, lmi_shelf *shelf);

/* Go on from where the memory stands; the memory must not be busy. A failure of the question
 * ends the job (is_done) with the reason in its result. The return value is LMAS_OK, or
 * LMAS_E_CANCELED when a callback asked to stop: the step is taken all the same, so that a later
 * one goes on where this one ended. */
lmas_status lmi_job_step(lmi_job *job);

/* What the job is at; it must have its memory. */
lmas_running lmi_job_look(const lmi_job *job);

/* End the job with this thread's message. */
void lmi_job_fail(lmi_job *job, lmas_status status);

#endif

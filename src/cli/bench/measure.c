/* measure.c - raw work is timed by the library, questions from the first tick to the last. */
#include "cli/bench/measure.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/interrupt.h"

/* Of different lengths, as questions are. */
static const char *const QUESTIONS[] = {
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Tom has 12 apples. He buys 7 more and gives 5 to his sister. How many apples does he have?",
    "A train drives 60 miles an hour for two and a half hours, rests for half an hour and drives "
    "45 miles an hour for another two hours. How many miles has it driven?",
    "What is 17 times 23?",
    "A class has 28 students. A quarter of them walk to school, half of them come by bus and the "
    "others come by bicycle. How many students come by bicycle?",
    "A shirt costs 20 dollars. It is sold with 15 percent off. What does it cost now?",
    "Anna reads 30 pages a day. Her book has 345 pages, and she has read it for nine days. How "
    "many days does she still need?",
    "A garden is 12 feet long and 8 feet wide. A fence around it has a gate of 4 feet. How many "
    "feet of fence are needed besides the gate?",
};
enum { N_QUESTIONS = sizeof(QUESTIONS) / sizeof(QUESTIONS[0]) };

static lmas_status start_raw(lmi_stage *stage, const lmi_bench_test *test)
{
    /* A thought needs something to think on. */
    const uint32_t n_least = test->kind == LMI_BENCH_THINK ? 1 : 0;
    const uint32_t n_before = test->depth > n_least ? test->depth : n_least;

    stage->session_params.n_ctx = (n_before + test->n) * test->n_lanes;
    stage->session_params.n_lanes = test->n_lanes;
    return lmi_stage_make_session(stage);
}

static lmas_status start_questions(lmi_bout *bout)
{
    const lmi_bench_test *test = bout->test;
    uint32_t i;

    bout->questions = lmi_new(test->n, sizeof(*bout->questions));
    if (!bout->questions)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %u questions", test->n);
    for (i = 0; i < test->n; i++)
        bout->questions[i] = (lmas_question){
            .id = i, .text = QUESTIONS[i % N_QUESTIONS], .kind = LMAS_ANSWER_NUMBER};
    bout->stage->solver_params.method = test->method;
    return lmi_stage_start(bout->stage, bout->questions, test->n, test->n_lanes);
}

lmas_status lmi_bout_open(lmi_bout *out, lmi_stage *stage, const lmi_bench_test *test,
                          lmi_bench_result *result)
{
    lmas_status status;

    *out = (lmi_bout){.stage = stage,
                      .test = test,
                      .result = result,
                      .solver_params = stage->solver_params,
                      .session_params = stage->session_params};
    lmi_utc_iso(result->started);
    status = test->kind == LMI_BENCH_ANSWER ? start_questions(out) : start_raw(stage, test);
    if (status != LMAS_OK)
        return status;
    out->session_params.n_threads = stage->session_params.n_threads;
    result->n_lanes = test->kind == LMI_BENCH_ANSWER ? stage->n_at_once : test->n_lanes;
    result->n_ubatch = lmas_session_n_ubatch(stage->session);
    result->n_threads = lmas_session_n_threads(stage->session);
    result->n_threads_batch = lmas_session_n_threads_batch(stage->session);
    result->realignment = lmas_session_realignment(stage->session);
    return LMAS_OK;
}

/* A question that fails makes the time meaningless. */
static bool count_result(void *user, const lmas_result *result)
{
    lmi_bout *bout = user;

    bout->result->n_read += result->n_read;
    bout->result->n_thought += result->n_thought;
    bout->result->n_spoken += result->n_spoken;
    if (result->status == LMAS_OK)
        return true;
    bout->failure = result->status;
    snprintf(bout->error, sizeof(bout->error), "%s", result->error);
    return false;
}

static lmas_status answer(double *out_ms, lmi_bout *bout, lmas_solver *solver)
{
    lmas_status status = LMAS_OK;
    double begin;
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < bout->test->n; i++)
        status = lmas_solver_submit(solver, &bout->questions[i]);
    begin = lmi_now_ms();
    if (status == LMAS_OK)
        status = lmas_solver_run(solver);
    *out_ms = lmi_now_ms() - begin;
    if (bout->failure != LMAS_OK)
        return lmi_fail(bout->failure, "e2e %s: %s", lmas_method_name(bout->test->method),
                        bout->error);
    return status;
}

static lmas_status repeat_questions(double *out_ms, lmi_bout *bout)
{
    lmas_solver_params params = bout->stage->solver_params;
    lmas_solver *solver = NULL;
    lmas_status status;

    bout->result->n_read = bout->result->n_thought = bout->result->n_spoken = 0;
    params.on_result = count_result;
    params.user = bout;
    status = lmas_solver_new(&solver, bout->stage->session, bout->stage->team, &params);
    if (status == LMAS_OK)
        status = answer(out_ms, bout, solver);
    lmas_solver_free(solver);
    return status;
}

lmas_status lmi_bout_repeat(double *out_ms, lmi_bout *bout)
{
    static const lmas_work works[] = {LMAS_WORK_READ, LMAS_WORK_SPEAK, LMAS_WORK_THINK};
    const lmi_bench_test *test = bout->test;

    if (lmi_interrupted())
        return lmi_fail(LMAS_E_CANCELED, "interrupted");
    if (test->kind == LMI_BENCH_ANSWER)
        return repeat_questions(out_ms, bout);
    return lmas_session_measure(out_ms, bout->stage->session, works[test->kind], test->n,
                                test->depth);
}

void lmi_bout_close(lmi_bout *bout)
{
    lmi_stage *stage = bout->stage;

    lmi_interrupt_watch(NULL);
    lmas_session_free(stage->session);
    stage->session = NULL;
    stage->solver_params = bout->solver_params;
    stage->session_params = bout->session_params;
    lmi_free(bout->questions);
    bout->questions = NULL;
}

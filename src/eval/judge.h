/*
 * judge.h - grading samples: a text at once, a program when the sandbox has run it.
 *
 * Programs run beside the model. A sample goes in when its question has ended and comes out,
 * graded, through a callback, maybe from the same call and maybe from a later one.
 */
#ifndef LMI_EVAL_JUDGE_H
#define LMI_EVAL_JUDGE_H

#include "eval/sample.h"
#include "sandbox/sandbox.h"

/* A graded sample, the judge's to free. */
typedef lmas_status (*lmi_judged_fn)(void *user, lmi_sample *sample);

typedef struct lmi_judge lmi_judge;

/* `sandbox` is needed for code tasks only. */
lmas_status lmi_judge_open(lmi_judge **out, const lmi_dataset *data,
                           const lmi_sandbox_params *sandbox, lmi_judged_fn fn, void *user);
void lmi_judge_close(lmi_judge *judge);

/* Grade how `result` answers its question. */
lmas_status lmi_judge_take(lmi_judge *judge, const lmas_result *result);

/* Take in the verdicts that are there; wait at most `wait_ms` for one. */
lmas_status lmi_judge_poll(lmi_judge *judge, double wait_ms);

/* Samples that went in and did not come out. */
size_t lmi_judge_n_open(const lmi_judge *judge);

#endif

/*
 * check.h - whether a data set and its grader agree with each other.
 *
 * Every right answer must be graded as right. Of code, every published solution must pass its
 * tests, and with one operator changed it should fail: tests that let it through test nothing.
 */
#ifndef LMI_EVAL_CHECK_H
#define LMI_EVAL_CHECK_H

#include "data/dataset.h"
#include "sandbox/sandbox.h"

typedef struct lmi_check {
    size_t n;              /* rows looked at */
    size_t n_right;        /* right answers graded as right, by the exact rule */
    size_t n_right_compat; /* and by the compat rule (not for code) */
    size_t n_mutants;      /* of code: solutions with one operator changed */
    size_t n_killed;       /* those that failed */
    size_t n_unchanged;    /* solutions without an operator */
} lmi_check;

/* What is odd about row `i`, one line; or NULL after any progress. Return false to stop. */
typedef bool (*lmi_check_fn)(void *user, const lmi_check *check, size_t i, const char *oddity);

/* Check all rows. `sandbox` is needed for code tasks only. */
lmas_status lmi_check_run(lmi_check *out, const lmi_dataset *data,
                          const lmi_sandbox_params *sandbox, lmi_check_fn fn, void *user);

#endif

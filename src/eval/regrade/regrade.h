/*
 * regrade.h - the answers of a run graded again, by the rules of today and without a model.
 *
 * A line whose verdicts change gets the new ones and keeps the old in `graded_before`; all others
 * stay byte for byte. A grader of the user's (grader.h) may say what it thinks beside the rules;
 * one that fails on all answers takes no verdict away that an earlier one gave.
 * config.json says by `graded_by` which version graded the run last, summary.json gets the new
 * totals. All of that is there at once or not at all (draft.h).
 */
#ifndef LMI_EVAL_REGRADE_REGRADE_H
#define LMI_EVAL_REGRADE_REGRADE_H

#include "data/dataset.h"
#include "eval/record.h"
#include "eval/regrade/grader.h"
#include "eval/sample.h"
#include "sandbox/sandbox.h"

/* What became of the verdicts of one rule. */
typedef struct lmi_regraded {
    size_t n_before, n_now; /* right */
    size_t n_to_right, n_to_wrong;
    size_t n_other; /* as right or wrong as before, with another prediction or gold */
    size_t n_none;  /* now neither right nor wrong: no gold, or the grader failed */
} lmi_regraded;

typedef struct lmi_regrade_outcome {
    size_t n; /* answers */
    size_t n_changed;
    lmi_regraded exact, compat, grader;
    size_t n_asked;      /* answers that the grader was shown */
    size_t n_failed;     /* of them, those on which it failed; on all of them, */
    size_t n_kept;       /* its earlier verdicts stay: so many */
    const char *failure; /* the first one's reason, NULL for none; the regrade's */
    lmi_totals totals;
    const char *version; /* by whose rules they were graded before; the regrade's */
    bool is_written;
} lmi_regrade_outcome;

/* How the data are found; all borrowed from the regrade. */
typedef struct lmi_regrade_source {
    const lmi_record *record;
    const char *question, *gold; /* of its first line, NULL for none */
    double code_timeout;         /* seconds that a program had, 0 where it ran none */
} lmi_regrade_source;

/* What grading needs. */
typedef struct lmi_regrade_params {
    const lmi_dataset *data;
    const lmi_sandbox_params *sandbox; /* of a code task, else NULL */
    const lmi_python *python;          /* likewise */
    lmi_grader *grader;                /* NULL for none */
    bool has_grader_again; /* it is shown all answers, else those that it has not judged yet */
    bool is_grader_alone;  /* the verdicts of the rules stay */
    /* A line whose verdicts change, before and now. NULL for nobody. */
    void (*on_change)(void *user, yyjson_val *was, yyjson_val *is);
    /* Called often; false stops (LMAS_E_CANCELED). NULL goes on. A grader has its own. */
    bool (*goes_on)(void *user, size_t n_done, size_t n);
    void *user;
} lmi_regrade_params;

typedef struct lmi_regrade lmi_regrade;

/* Open the run in `folder` and check all its lines. Unless it is only looked at (`is_dry`) it is
 * locked: LMAS_E_IO where another process works on it. */
lmas_status lmi_regrade_open(lmi_regrade **out, const char *folder, bool is_dry);
void lmi_regrade_done(lmi_regrade *regrade);

lmi_regrade_source lmi_regrade_asks(const lmi_regrade *regrade);

/* LMAS_E_INVALID when `data` are not those of the run. */
lmas_status lmi_regrade_check(const lmi_regrade *regrade, const lmi_dataset *data);

/* Grade all answers, and write what comes of it unless it is only looked at. On failure, and where
 * nothing changes, the folder is as it was. */
lmas_status lmi_regrade_run(lmi_regrade_outcome *out, lmi_regrade *regrade,
                            const lmi_regrade_params *params);

#endif

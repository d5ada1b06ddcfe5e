/* run.h - asking all questions of a run that are not answered yet. */
#ifndef LMI_EVAL_RUN_H
#define LMI_EVAL_RUN_H

#include "eval/folder/runfolder.h"

/* How far a run is. */
typedef struct lmi_standing {
    lmi_totals totals; /* over all processes of this run */
    size_t n;          /* questions in all */
    size_t n_before;   /* answered before this process started */
    double now_ms;     /* since this process started asking */

    /* The questions under way; and sums over those that this process has ended, graded or not. */
    const lmas_solver *solver;
    bool is_ending; /* no more are begun */
    size_t n_ended;
    uint64_t n_read, n_thought, n_spoken;
    double engine_ms;

    size_t n_lost;    /* that a server failed with all its tries: not written down, asked again
                       * when the run goes on */
    const char *news; /* since the last call: a line for each of those, and for each that a server
                       * refused, which is written down */
} lmi_standing;

/* What the caller wants of a run: all of it, the end of what is under way, or nothing more. */
typedef enum lmi_wish { LMI_WISH_ALL = 0, LMI_WISH_LAST, LMI_WISH_NONE } lmi_wish;

/* Called before every tick: often, so be quick. Once it did not want all, it cannot have it back.
 */
typedef lmi_wish (*lmi_standing_fn)(void *user, const lmi_standing *standing);

/* The k-th question as the team is asked it. Under a control that swaps memories it has another
 * beside it, which is the same in shards, in a run that goes on, and in a whole one: the next of
 * the run that says something else, around the end; or one of another task. Borrows from data and
 * program. */
lmas_question lmi_run_question(const lmi_setup *setup, size_t k);

/* Whether the run has two questions that are not alike. */
bool lmi_run_has_others(const lmi_setup *setup);

/* Ask what is not done in `folder`. The totals hold what the folder holds then, also when the
 * run was stopped before all was asked (LMAS_E_CANCELED) or failed: LMAS_E_IO where a server failed
 * questions. */
lmas_status lmi_run(lmi_totals *totals, const lmi_setup *setup, lmi_runfolder *folder,
                    lmi_standing_fn fn, void *user);

/* Append the summary: the reference's keys, then ours. */
lmas_status lmi_summary_write(lmi_buf *out, const lmi_setup *setup, const lmi_totals *totals,
                              const char *folder, bool is_pretty);

/* Put what grading says of `totals` in the place of what the summary `root` says. */
void lmi_summary_regrade(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_totals *totals);

#endif

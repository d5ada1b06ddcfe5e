/*
 * viewer.h - one run or two, opened to look at single questions of them.
 *
 * Runs are looked at side by side by the index of the question, so they must be of one data set.
 * Which questions are wrong, and on which two verdicts differ, is decided here for all that show
 * them; the page (web/inspect/page.js) has the same rules once more, for its filter.
 */
#ifndef LMI_EVAL_INSPECT_VIEWER_H
#define LMI_EVAL_INSPECT_VIEWER_H

#include "eval/export/file.h"
#include "eval/inspect/exhibit.h"

/* Most runs at once. */
enum { LMI_VIEWER_RUNS = 2 };

/* Which questions are taken. Wrong are those that the exact rule finds wrong in a run; failed ones
 * are among them. Differ do those on which the exact rule says right of one run and wrong of the
 * other, or where it says nothing, other predictions; of a run alone the exact and the compat rule
 * are compared. Cut are those whose answer max_new_tokens ended in a run, failed those that have
 * none. The data set's own name takes all that have it, as run --ids does. */
typedef enum lmi_pick_kind {
    LMI_PICK_ALL,
    LMI_PICK_WRONG,
    LMI_PICK_DIFFER,
    LMI_PICK_CUT,
    LMI_PICK_FAILED,
    LMI_PICK_ONE,
    LMI_PICK_ID,
} lmi_pick_kind;

typedef struct lmi_pick {
    lmi_pick_kind kind;
    uint64_t index; /* of LMI_PICK_ONE */
    const char *id; /* of LMI_PICK_ID, borrowed */
} lmi_pick;

/* The words, for messages. */
#define LMI_PICK_WORDS "wrong, differ, cut or failed"

/* One of those, or the digits of an index; false for anything else, which may be an id. */
bool lmi_pick_parse(lmi_pick *out, const char *word);

typedef struct lmi_viewer {
    size_t n_runs;
    lmi_record records[LMI_VIEWER_RUNS];
    lmi_samples samples[LMI_VIEWER_RUNS];
    uint64_t cell_size[LMI_VIEWER_RUNS]; /* bytes of a cell in f16; 0: not known (yet) */
    lmi_pick pick;
    size_t next; /* question */
} lmi_viewer;

/* A question, and what each run made of it. */
typedef struct lmi_shown {
    size_t index;
    size_t n_runs;
    bool has[LMI_VIEWER_RUNS]; /* whether the run has a line for it */
    lmi_exhibit views[LMI_VIEWER_RUNS];
} lmi_shown;

/* Open the runs in `folders`, one or two. LMAS_E_INVALID for runs over other data, and for an index
 * that no run has. */
lmas_status lmi_viewer_open(lmi_viewer *out, const char *const *folders, size_t n_folders,
                            const lmi_pick *pick);
void lmi_viewer_done(lmi_viewer *viewer);

/* The next question that is taken; free the row with lmi_shown_done(). */
lmas_status lmi_viewer_next(bool *has_row, lmi_shown *row, lmi_viewer *viewer);
void lmi_shown_done(lmi_shown *row);

/* The first run that has the question, for what the data say of it. */
const lmi_exhibit *lmi_shown_any(const lmi_shown *row);

bool lmi_shown_is_wrong(const lmi_shown *row);
bool lmi_shown_differs(const lmi_shown *row);

#endif

/* full.h - one question of runs with all that they have of it. */
#ifndef LMI_CLI_SAMPLES_FULL_H
#define LMI_CLI_SAMPLES_FULL_H

#include "eval/inspect/viewer.h"

/* What runs are called beside each other: "A", "B". */
const char *lmi_full_key(size_t run);

/* "right", "wrong", "-"; and its colour, "" where colours are not welcome. */
const char *lmi_full_verdict(lmi_mark mark);
const char *lmi_full_colour(lmi_mark mark);

/* A line that opens a part: `name`, of what, and what more is to be said of it. */
void lmi_full_title(const char *key, const char *name, const char *rest);

/* The head of a question, then what the data say; then the verdicts of one run. */
void lmi_full_question(const lmi_shown *row);
void lmi_full_answer(const lmi_shown *row, size_t run);

/* All texts that its agents read and spoke. */
void lmi_full_texts(const lmi_shown *row, size_t run);

/* The question as a line of JSON: lmi_shown_json(). */
lmas_status lmi_full_json(const lmi_viewer *viewer, const lmi_shown *row, bool has_memory);

#endif

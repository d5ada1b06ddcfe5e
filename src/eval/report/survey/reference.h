/*
 * reference.h - numbers that others have published, to hold beside those of runs.
 *
 * reference.json has them by model, every group with its source. Nothing of them was measured
 * here, and every form of a report says so.
 */
#ifndef LMI_EVAL_REPORT_SURVEY_REFERENCE_H
#define LMI_EVAL_REPORT_SURVEY_REFERENCE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/json.h"

/* The file (embedded by the build). */
extern const char lmi_reference_json[];

/* A number of a group; NAN where the source does not tell. */
typedef struct lmi_reported {
    const char *source, *setting; /* the same pointers within a group */
    const char *team;             /* NULL: not told */
    const char *task, *method;
    double accuracy; /* a share */
    double tokens;   /* the source's own count of tokens spoken, a question */
    double seconds;  /* for the whole set */
} lmi_reported;

typedef struct lmi_reference {
    const char *name, *model; /* NULL in one that is not open */
    lmi_reported *numbers;    /* group after group, in it task after task */
    size_t n;
    lmi_json json; /* owns the texts */
} lmi_reference;

/* Open the numbers of the model `name`. LMAS_E_INVALID tells the names there are. */
lmas_status lmi_reference_open(lmi_reference *out, const char *name);
void lmi_reference_done(lmi_reference *reference);

/* Append a line for each name: the model, and who has measured it on what. */
lmas_status lmi_reference_list(lmi_buf *out);

#endif

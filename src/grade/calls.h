/* calls.h - programs that are not between fences: between marks, or the argument of a tool. */
#ifndef LMI_GRADE_CALLS_H
#define LMI_GRADE_CALLS_H

#include "base/status.h"
#include "grade/pystr.h"

/* Most kinds of marks; lmi_call_find() numbers them from 0. */
enum { LMI_CALL_KINDS = 16 };

typedef struct lmi_call {
    size_t kind;
    size_t at, end; /* of the mark */
    bool is_close;  /* what it closes was opened by the prompt */
} lmi_call;

/* The mark that stands at `at`; false without one. */
bool lmi_call_find(lmi_call *out, lmi_span in, size_t at);

/* What ends a program that a mark of this kind begins. */
const char *lmi_call_end(size_t kind);

/* Told of a program; what it is told of is gone afterwards. */
typedef lmas_status (*lmi_call_fn)(void *user, lmi_span program);

/* The programs in what such marks enclose: strings of JSON, parameters, or else all of it. With
 * `is_json` strings of JSON alone. */
lmas_status lmi_call_read(lmi_span in, bool is_json, lmi_call_fn fn, void *user);

#endif

/*
 * pattern.h - regular expressions over bytes, matched one after another.
 *
 * Patterns repeat possessively (`++`) or within small bounds, so a match looks at each byte a
 * few times at most, whatever a model wrote.
 */
#ifndef LMI_GRADE_PATTERN_H
#define LMI_GRADE_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>

#include "base/status.h"
#include "grade/pystr.h"

typedef struct lmi_pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    lmi_span subject;
    size_t where; /* the next search begins here */
} lmi_pattern;

/* Compile `pattern` to look through `subject`, which is borrowed. */
lmas_status lmi_pattern_init(lmi_pattern *out, const char *pattern, lmi_span subject);
void lmi_pattern_done(lmi_pattern *pattern);

/* Step to the next match; false when there is none, or when looking failed: then the failure stays
 * with this thread until it is asked for. */
bool lmi_pattern_next(lmi_pattern *pattern);

/* Whether looking failed on this thread since the last lmi_pattern_forget(): memory ran out, or a
 * limit of PCRE2 was met. Whoever grades a text asks once, at its end: what was not looked at is
 * no text without an answer. */
lmas_status lmi_pattern_status(void);
void lmi_pattern_forget(void);

/* What group `i` of the current match took (0: all of it); `.text` is NULL when it took no
 * part. */
lmi_span lmi_pattern_group(const lmi_pattern *pattern, uint32_t i);

/* Group 1 of the first match; `.text` is NULL without one. */
lmas_status lmi_pattern_first(lmi_span *out, const char *pattern, lmi_span subject);

/* Whether there is a match. */
lmas_status lmi_pattern_matches(bool *out, const char *pattern, lmi_span subject);

#endif

/*
 * answer.h - where in a text the exact rule looks for the answer.
 *
 * In its last box; without a box, at its end. Thinking out loud (thoughts.h) answers nothing.
 */
#ifndef LMI_GRADE_EXACT_ANSWER_H
#define LMI_GRADE_EXACT_ANSWER_H

#include <stdbool.h>

#include "base/buf.h"
#include "grade/pystr.h"

/* Most bytes that are looked through: of a box from its start, of a text without a box from its
 * end. */
#define LMI_ANSWER_MAX ((size_t)256 * 1024)

typedef struct lmi_answer {
    bool is_box;
    lmi_span raw;  /* the box's content, or the end of the text; borrowed */
    lmi_buf plain; /* the same, LaTeX seen through */
} lmi_answer;

/* What a text says without its thoughts: lmi_thoughts_skip(). */
lmi_span lmi_answer_spoken(lmi_span text);

/* Look through a text as lmi_py_append() makes it, which is borrowed. */
lmas_status lmi_answer_init(lmi_answer *out, lmi_span text);
void lmi_answer_done(lmi_answer *answer);
lmi_span lmi_answer_plain(const lmi_answer *answer);

/* The last line that is not blank, without the blanks around it. */
lmi_span lmi_last_line(lmi_span text);

/* `span` without the ASCII characters of `starts` it begins with, and those of `ends` it ends
 * with. */
lmi_span lmi_trim(lmi_span span, const char *starts, const char *ends);

#endif

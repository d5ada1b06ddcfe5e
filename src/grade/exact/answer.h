/*
 * answer.h - where in a text the exact rule looks for the answer.
 *
 * In its last box; where that answers nothing (a word, a formula) in what follows it, in the boxes
 * before, and in all that was said; without a box, in all that was said, from its end. Thinking out
 * loud (thoughts.h) answers nothing, nor does a question that the model goes on to ask.
 */
#ifndef LMI_GRADE_EXACT_ANSWER_H
#define LMI_GRADE_EXACT_ANSWER_H

#include <stdbool.h>

#include "base/buf.h"
#include "grade/exact/latex.h"
#include "grade/pystr.h"

/* Most bytes that are looked through: of a box from its start, of a text without a box from its
 * end. */
#define LMI_ANSWER_MAX LMI_BOX_MAX

/* One place after another. All spans are borrowed. */
typedef struct lmi_answer {
    bool is_box;      /* this place is a box */
    bool is_last;     /* there is no other place */
    lmi_span raw;     /* the box's content, or the end of the text */
    lmi_buf plain;    /* the same, LaTeX seen through */
    lmi_span text;    /* all that was said */
    lmi_span box;     /* the last box's content, `.text` is NULL without one */
    lmi_boxes boxes;  /* those before this place */
    const char *from; /* which part of the text answers, for people; static, NULL for none yet */
} lmi_answer;

/* Cut `text` before a question that the model goes on to ask, if it has answered before. */
lmas_status lmi_answer_cut(lmi_span *text);

/* Look at the first place of a text as lmi_py_append() makes it, which is borrowed. */
lmas_status lmi_answer_init(lmi_answer *out, lmi_span text);

/* This place answers nothing: step on to the next one. Not where `is_last` is set. In prose behind
 * a box (`box.text` is set, `is_box` is not) only what says that it answers should count: a box
 * was meant to hold the answer, so a number or letter that happens to be there is none. */
lmas_status lmi_answer_next(lmi_answer *answer);
void lmi_answer_done(lmi_answer *answer);
lmi_span lmi_answer_plain(const lmi_answer *answer);

/* The last line that is not blank, without the blanks around it. */
lmi_span lmi_last_line(lmi_span text);

/* The first or the last `max` bytes, in whole characters. */
lmi_span lmi_shorten(lmi_span text, size_t max, bool is_start);

/* `span` without the ASCII characters of `starts` it begins with, and those of `ends` it ends
 * with. */
lmi_span lmi_trim(lmi_span span, const char *starts, const char *ends);

#endif

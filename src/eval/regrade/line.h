/*
 * line.h - a line of samples.jsonl with another verdict in it.
 *
 * What a line says in two parts, grading first (sample.h). The second part is taken over as it is;
 * before it stands `graded_before`, the verdicts that the line had until now, oldest first.
 */
#ifndef LMI_EVAL_REGRADE_LINE_H
#define LMI_EVAL_REGRADE_LINE_H

#include "eval/sample.h"

/* Verdicts that a line keeps: of more, the oldest go. */
enum { LMI_GRADED_BEFORE_MAX = 64 };

/* What the line answers, for a judge; borrows from it. LMAS_E_FORMAT names its place. */
lmas_status lmi_line_result(lmas_result *out, const lmi_json *line);

/* Append the line `was` as the judged `sample` has it, whose `rest` is replaced: the old verdict is
 * of `version`. */
lmas_status lmi_line_rewrite(lmi_buf *out, const lmi_json *was, lmi_sample *sample,
                             const char *version);

/* The line `was` has the question that was asked; where this version reads it otherwise out of the
 * same row, it is put back into the new line `is`, whose text `line` is. */
lmas_status lmi_line_keep_question(lmi_buf *line, yyjson_val *was, yyjson_val *is);

/* Put the verdict of a grader, as JSON, into the line `was`, whose text `line` is. One that stood
 * there goes to `graded_before`, unless it was a failure. The same again changes nothing. */
lmas_status lmi_line_set_grader(lmi_buf *line, yyjson_val *was, const char *verdict_json,
                                const char *version);

/* Whether one rule says the same of an answer twice, by its gold, its prediction and what is right;
 * of the exact rule that is the line itself, of the other its member "compat". */
bool lmi_line_same_rule(yyjson_val *a, yyjson_val *b);

/* The same of two lines, by both rules and a grader. How long a program took, and its last words,
 * are none. */
bool lmi_line_same(yyjson_val *a, yyjson_val *b);

#endif

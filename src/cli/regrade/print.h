/* print.h - what grading again has changed, for people and as JSON. */
#ifndef LMI_CLI_REGRADE_PRINT_H
#define LMI_CLI_REGRADE_PRINT_H

#include "cli/show/progress.h"
#include "eval/regrade/regrade.h"

/* How far it is, on stderr. */
void lmi_show_graded(lmi_progress *progress, size_t n_done, size_t n);

/* A line for each verdict of an answer that changes. */
void lmi_print_change(yyjson_val *was, yyjson_val *is);

/* The run, and a table of both rules. */
void lmi_print_regraded(const lmi_record *record, const lmi_regrade_outcome *outcome);

/* On stderr: how many answers the grader failed, and why the first; nothing where none. */
void lmi_say_grader_failed(const char *folder, const lmi_regrade_outcome *outcome);

/* All of it as one line of JSON; `changes` are objects of the document, NULL where nobody asked. */
lmas_status lmi_print_regraded_json(yyjson_mut_doc *doc, yyjson_mut_val *root,
                                    const lmi_record *record, const lmi_regrade_outcome *outcome,
                                    yyjson_mut_val *changes);

/* Add a changed answer to `changes`. */
void lmi_note_change(yyjson_mut_doc *doc, yyjson_mut_val *changes, yyjson_val *was, yyjson_val *is);

#endif

/* write.h - questions of runs for programs, and as one page for people. */
#ifndef LMI_EVAL_INSPECT_WRITE_H
#define LMI_EVAL_INSPECT_WRITE_H

#include "eval/inspect/viewer.h"

/* The most questions of one page, and its size in bytes. */
#define LMI_INSPECT_QUESTIONS_MAX ((size_t)5000)
#define LMI_INSPECT_SIZE_MAX      ((size_t)64 * 1024 * 1024)

/* Append a question as a line of JSON: the data's side, then `runs`, what each run made of it. With
 * `has_memory` each turn's stretches of the working memory and its thoughts as well. */
lmas_status lmi_shown_json(lmi_buf *out, const lmi_viewer *viewer, const lmi_shown *row,
                           bool has_memory);

/* Append the page that shows all questions of `viewer`. LMAS_E_INVALID where none is taken, or too
 * many are; it is one file, which needs no other and asks no network. */
lmas_status lmi_inspect_page(lmi_buf *out, lmi_viewer *viewer);

#endif

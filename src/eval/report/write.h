/* write.h - a comparison as text, as GitHub tables, as JSON, as one page of HTML. */
#ifndef LMI_EVAL_REPORT_WRITE_H
#define LMI_EVAL_REPORT_WRITE_H

#include "eval/report/compare.h"

/* Longest report, in bytes. */
#define LMI_REPORT_MAX ((size_t)256 * 1024 * 1024)

/* Lines of at most 100 columns. */
lmas_status lmi_report_text(lmi_buf *out, const lmi_comparison *comparison);
lmas_status lmi_report_markdown(lmi_buf *out, const lmi_comparison *comparison);

/* One object; figures that cannot be told are null. */
lmas_status lmi_report_json(lmi_buf *out, const lmi_comparison *comparison);

/* Most questions of a task on a page; bytes until which texts of agents go in, and until which
 * questions do. */
#define LMI_REPORT_QUESTIONS_MAX ((size_t)1500)
#define LMI_REPORT_TEXTS_MAX     ((size_t)24 * 1024 * 1024)
#define LMI_REPORT_DATA_MAX      ((size_t)48 * 1024 * 1024)

/* A page that needs nothing beside itself; it is well-formed XML as well. */
lmas_status lmi_report_html(lmi_buf *out, const lmi_comparison *comparison);

#endif

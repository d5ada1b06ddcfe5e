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

/* A page that needs nothing beside itself; it is well-formed XML as well. */
lmas_status lmi_report_html(lmi_buf *out, const lmi_comparison *comparison);

#endif

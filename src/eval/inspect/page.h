/* page.h - pages without their data, as the build makes them of web/inspect and web/report. */
#ifndef LMI_EVAL_INSPECT_PAGE_H
#define LMI_EVAL_INSPECT_PAGE_H

extern const char lmi_web_inspect[];
extern const char lmi_web_report[];

#endif

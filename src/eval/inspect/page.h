/* page.h - the page without its data, as the build makes it of web/inspect. */
#ifndef LMI_EVAL_INSPECT_PAGE_H
#define LMI_EVAL_INSPECT_PAGE_H

extern const char lmi_inspect_html[];

#endif

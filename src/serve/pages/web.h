/* web.h - the files of the page (web/serve), which the build embeds. */
#ifndef LMI_SERVE_WEB_H
#define LMI_SERVE_WEB_H

#include <stddef.h>

typedef struct lmi_web_file {
    const char *name; /* "page.js" */
    const char *text;
    size_t size;
} lmi_web_file;

/* Ends with a file without a name. */
extern const lmi_web_file lmi_web_files[];

#endif

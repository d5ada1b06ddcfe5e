/* complaint.h - why a request fails, in OpenAI's form. */
#ifndef LMI_SERVE_COMPLAINT_H
#define LMI_SERVE_COMPLAINT_H

#include "base/buf.h"

typedef struct lmi_complaint {
    unsigned code;     /* HTTP's */
    const char *type;  /* "invalid_request_error" */
    const char *param; /* what of the body it is about; NULL */
    const char *tag;   /* "model_not_found"; NULL */
} lmi_complaint;

/* The complaint about a failure of the library's; and this thread's message with it as JSON. */
lmi_complaint lmi_complaint_of(lmas_status status);
lmas_status lmi_complaint_write(lmi_buf *out, const lmi_complaint *complaint, const char *message);

/* The same as AVP and Awareness have it: {"success": false, "message": ..., "error": ...}. */
lmas_status lmi_complaint_write_plain(lmi_buf *out, const char *message);

#endif

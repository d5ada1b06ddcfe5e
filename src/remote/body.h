/* body.h - a question as each server wants it written. */
#ifndef LMI_REMOTE_BODY_H
#define LMI_REMOTE_BODY_H

#include "remote/call.h"
#include "remote/server.h"

/* How the answer to a question is laid out. */
typedef enum lmi_layout {
    LMI_LAYOUT_COMPLETION, /* {"choices": [{"text"}]} */
    LMI_LAYOUT_CHAT,       /* {"choices": [{"delta": {"content"}}]} */
    LMI_LAYOUT_GENERATE,   /* SGLang's {"text", "meta_info"}: all so far, or what is new */
} lmi_layout;

/* Whether the server can be told this; of what the caller gives. */
lmas_status lmi_ask_check(const lmas_remote *remote, const lmi_ask *ask);

/* Tokens that may be spoken: n_most, or what the prompt leaves of the context.
 * LMAS_E_CONTEXT_FULL for none. */
lmas_status lmi_ask_room(int32_t *n_most, const lmas_remote *remote, const lmi_ask *ask);

lmi_layout lmi_ask_layout(const lmas_remote *remote, const lmi_ask *ask);
const char *lmi_layout_path(lmi_layout layout);

/* Append the body. What cannot be sent to this server, and matters, goes to the log, once. */
lmas_status lmi_ask_write(lmi_buf *out, lmas_remote *remote, const lmi_ask *ask, int32_t n_most);

#endif

/*
 * tell.h - answers in OpenAI's words: whole, or chunk by chunk as events.
 *
 *     data: {"choices": [{"delta": {"content": "..."}}]}     text, with its tokens where asked
 *     data: {"choices": [], "latentmas": {...}}              what an agent is at, where asked
 *     data: {"choices": [], "usage": {...}}                  at the end, where asked
 *     data: [DONE]
 */
#ifndef LMI_SERVE_TELL_H
#define LMI_SERVE_TELL_H

#include "serve/desk/reply.h"

/* The whole answer. */
lmas_status lmi_tell_whole(lmi_buf *out, const lmi_reply *reply);

/* A chunk of one choice: text, and its finish where there is one. Takes the choice's tokens. */
lmas_status lmi_tell_chunk(lmi_buf *out, lmi_choice *choice, const char *text);

/* What one is at, and that an agent has ended, which `trace` describes. */
lmas_status lmi_tell_work(lmi_buf *out, const lmi_choice *choice, const lmas_running *running);
lmas_status lmi_tell_agent(lmi_buf *out, const lmi_choice *choice, yyjson_mut_doc *trace);

lmas_status lmi_tell_usage(lmi_buf *out, const lmi_reply *reply);

/* Note a token for the next chunk. */
lmas_status lmi_tell_token(lmi_choice *choice, const lmas_spoken *token);

/* An agent's turn as JSON. */
lmas_status lmi_tell_trace(yyjson_mut_doc **out, const lmas_agent_trace *agent);

#endif

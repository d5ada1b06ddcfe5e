/* messages.h - what was said, as a question and what came before it. */
#ifndef LMI_SERVE_MESSAGES_H
#define LMI_SERVE_MESSAGES_H

#include "serve/openai/field.h"

/* Of a chat: the last message is the user's question, those before it the conversation; system
 * texts of all of them together go behind the agents' own. */
lmas_status lmi_read_messages(lmi_reading *r);

/* Of completions: a prompt or several, each a question. */
lmas_status lmi_read_prompts(lmi_reading *r);

#endif

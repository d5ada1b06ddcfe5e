/*
 * form.h - what a client asks: a body in OpenAI's words, checked, as questions to a team.
 *
 * What would change the answer and cannot be done is refused in words (tools, penalties, formats);
 * what is unknown is passed over, as other servers do.
 */
#ifndef LMI_SERVE_FORM_H
#define LMI_SERVE_FORM_H

#include "base/json.h"
#include "serve/catalog.h"
#include "serve/openai/complaint.h"

typedef enum lmi_endpoint { LMI_CHAT, LMI_COMPLETIONS } lmi_endpoint;

typedef struct lmi_form {
    lmi_endpoint endpoint;
    lmi_json json; /* the body: texts below point into it */
    const lmi_entry *entry;
    lmas_question question; /* but for its text: what all choices share */
    const char **prompts;   /* [n_prompts] */
    size_t n_prompts;
    uint32_t n; /* answers to each */
    bool streams, tells_usage;
    bool traces; /* the client wants to hear of the agents */
    bool is_seeded;
    bool is_plain; /* the answer says "success" and "content" too, as AVP has it */

    lmas_sampling sampling; /* `question` points at these */
    lmas_message *before;
    const char **stops;
    lmi_buf system;
    lmi_buf texts; /* of messages in parts, each with a NUL behind */
} lmi_form;

/* What is asked where the body does not say. */
typedef struct lmi_defaults {
    const lmi_catalog *catalog;
    lmas_sampling sampling;
    lmas_answer_kind kind;
} lmi_defaults;

/* Read a body. Free with lmi_form_done(), also after a failure, which `why` is about. */
lmas_status lmi_form_read(lmi_form *out, lmi_complaint *why, lmi_endpoint endpoint,
                          const lmi_defaults *defaults, const char *body, size_t len);
void lmi_form_done(lmi_form *form);

#endif

/*
 * chat.h - a question as a chat turn: the model's own template, or one that libllama has by name.
 *
 * What is said to the template is what transformers says to it: the messages, that the assistant
 * speaks next, the special tokens, no tools and no documents; and what the caller adds.
 */
#ifndef LMI_ENGINE_CHAT_H
#define LMI_ENGINE_CHAT_H

#include "base/status.h"
#include "engine/gguf/weights.h"
#include "jinja/jinja.h"

/* Longest text of extra variables, in bytes. */
#define LMI_KWARGS_MAX ((size_t)64 * 1024)

/* bos, eos, unk, sep, pad, cls, mask */
enum { LMI_N_SPECIALS = 7 };

typedef struct lmi_chat_template {
    char *text;          /* Jinja, or the name of one of libllama's; NULL when there is none */
    bool is_named;       /* libllama renders it */
    lmi_template *jinja; /* NULL when it is named, or cannot be read: then why not */
    char *complaint;
    const char *specials[LMI_N_SPECIALS]; /* spelled out, NULL for those that are not there */
} lmi_chat_template;

/* Who may give variables; a later one wins. */
enum { LMI_KWARGS_TEAM, LMI_KWARGS_AGENT, LMI_KWARGS_CALLER, LMI_KWARGS_LEVELS };

/* What is said, up to where the assistant begins. */
typedef struct lmi_words {
    const char *system;         /* NULL for nothing */
    const lmas_message *before; /* [n_before] what was said so far */
    size_t n_before;
    const char *user;
} lmi_words;

/* What a template is told beside the messages. */
typedef struct lmi_chat {
    const char *kwargs[LMI_KWARGS_LEVELS]; /* JSON objects or NULL */
    lmas_reasoning reasoning;
    const char *date;
} lmi_chat;

/* Read `asked` (NULL: the model's own) and fill in what the model's info says of it. A template
 * that cannot be read is a complaint for later, not a failure. */
lmas_status lmi_chat_open(lmi_chat_template *out, lmas_model *model, const lmi_weights *weights,
                          const char *asked);
void lmi_chat_close(lmi_chat_template *chat);

/* Append one turn to `out`, up to where the assistant begins. */
lmas_status lmi_chat_format(lmi_buf *out, const lmas_model *model, const lmi_words *words,
                            const lmi_chat *chat);

/* Fail unless `kwargs` is a JSON object that may be given, and `date` a date; both may be NULL. */
lmas_status lmi_chat_check(const lmi_chat *chat);

#endif

/* speech.h - the text of one agent's turn, token by token, in whole characters. */
#ifndef LMI_LATENT_SPEECH_H
#define LMI_LATENT_SPEECH_H

#include "base/buf.h"
#include "engine/model.h"

/* Longest text of one turn, in bytes. */
#define LMI_SPEECH_MAX ((size_t)16 * 1024 * 1024)

typedef struct lmi_speech {
    lmi_buf raw;              /* bytes as the tokens gave them */
    size_t n_streamed;        /* bytes of `raw` that went out already */
    const char *const *stops; /* [n_stops] it ends before the first of them; borrowed */
    size_t n_stops;
    bool is_stopped; /* by one, which is gone from the text */
    bool has_marks;  /* a control token was among them */
    lmi_buf marked;  /* then the same with control tokens spelled out, else nothing */
} lmi_speech;

void lmi_speech_init(lmi_speech *speech);
void lmi_speech_done(lmi_speech *speech);
void lmi_speech_clear(lmi_speech *speech);

/* Have it end before the first of `stops`, which must outlive it. Before the first token. */
void lmi_speech_stop_at(lmi_speech *speech, const char *const *stops, size_t n);

lmas_status lmi_speech_add(lmi_speech *speech, const lmas_model *model, int32_t token);

/* What can be streamed now and was not yet: whole characters, made valid, appended to `out`.
 * White space before the first word is skipped, and a tail that a stop may begin with waits. With
 * `is_end` the unfinished tail too. */
void lmi_speech_stream(lmi_buf *out, lmi_speech *speech, bool is_end);

/* The whole text: valid UTF-8, no white space at either end. */
void lmi_speech_text(lmi_buf *out, const lmi_speech *speech);

/* The same with its control tokens spelled out. */
void lmi_speech_marked(lmi_buf *out, const lmi_speech *speech);

#endif

/*
 * call.h - one question to a server and the text that it answers with, as it comes.
 *
 *     lmi_call_start() ──▶ lmi_remote_poll() ... ──▶ lmi_call_has_ended() ──▶ lmi_call_judge()
 *                               │ text: lmi_call_speech()
 *
 * A try that fails halfway is begun anew, and its text dropped: lmi_call_n_restarts() tells those
 * who stream.
 */
#ifndef LMI_REMOTE_CALL_H
#define LMI_REMOTE_CALL_H

#include "latent/speech.h"
#include "remote/query.h"

/* Most stop words and stop tokens of one ask, and bytes of a word. */
enum { LMI_STOPS_MAX = 64, LMI_STOP_SIZE_MAX = 1024 };

/* What to ask: one of the four. All is copied. */
typedef struct lmi_ask {
    const char *text;      /* a prompt as it stands; where the server adds a first token of its own
                            * (SGLang, llama-server), tokens are safer */
    const int32_t *tokens; /* [n_tokens] */
    size_t n_tokens;
    const float *rows; /* vectors, as libllama would take them [n_rows, info.n_embd] */
    size_t n_rows;
    float row_scale;            /* times this (scale.h); 0 is 1 */
    const char *user, *system;  /* a chat turn, which the server lays out; `system` may be NULL */
    const lmas_message *before; /* [n_before] what was said before it */
    size_t n_before;

    lmas_sampling sampling; /* but its seed: */
    uint64_t seed;          /* of this ask's draws */
    int32_t n_most;         /* tokens to speak, 1 or more; fewer where the server's context ends */
    const char *const *stops; /* words that end the text, and are no part of it */
    size_t n_stops;
    const int32_t *stop_tokens;
    size_t n_stop_tokens;
} lmi_ask;

typedef struct lmi_call lmi_call;

/* Ask. It runs when the server has room for it. LMAS_E_CONTEXT_FULL where the prompt leaves no room
 * for a token, LMAS_E_INVALID for what the server cannot be told. */
lmas_status lmi_call_start(lmi_call **out, struct lmas_remote *remote, const lmi_ask *ask);
void lmi_call_free(lmi_call *call); /* cancels it where it runs; NULL is nothing */

bool lmi_call_has_ended(const lmi_call *call);

/* LMAS_OK, or why it failed; the same message each time. Before the end LMAS_OK. */
lmas_status lmi_call_judge(const lmi_call *call);

/* Whether it failed because the server refuses what was asked, such as a prompt that it finds too
 * long: asked again it would again. Any other failure may have passed by then. */
bool lmi_call_is_refused(const lmi_call *call);

/* The text so far. To be read by lmi_speech_stream() and lmi_speech_text(), as one's own. */
lmi_speech *lmi_call_speech(lmi_call *call);

/* How often the text was dropped, and begun anew. */
unsigned lmi_call_n_restarts(const lmi_call *call);

/* What it took, 0 where the server does not say. */
uint32_t lmi_call_n_read(const lmi_call *call);
uint32_t lmi_call_n_spoken(const lmi_call *call);

/* Whether the most tokens ended it, and how many that were. */
bool lmi_call_is_cut(const lmi_call *call);
int32_t lmi_call_n_most(const lmi_call *call);

/* From the start to the end, or to now. */
double lmi_call_ms(const lmi_call *call);

#endif

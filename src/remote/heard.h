/*
 * heard.h - what a server streams, event by event: pieces of text, why it ended, what it counted.
 */
#ifndef LMI_REMOTE_HEARD_H
#define LMI_REMOTE_HEARD_H

#include "latent/speech.h"
#include "remote/body.h"
#include "remote/stream.h"

typedef enum lmi_finish { LMI_FINISH_NONE, LMI_FINISH_STOP, LMI_FINISH_LENGTH } lmi_finish;

typedef struct lmi_heard {
    lmi_layout layout;
    bool is_pieces; /* of LMI_LAYOUT_GENERATE: an event has what is new, not all so far */
    const char *key;
    lmi_stream stream;
    lmi_speech speech;
    lmi_finish finish;
    bool is_done; /* the mark that ends the stream has come */
    size_t n_events;
    uint64_t n_bytes;
    bool has_counts;
    uint32_t n_read, n_spoken;
    bool is_passing; /* the failure that the server told may pass, */
    bool is_refused; /* or is about what was asked */
} lmi_heard;

/* `key` is what no message may have. */
void lmi_heard_init(lmi_heard *heard, lmi_layout layout, bool is_pieces, const char *key);
void lmi_heard_done(lmi_heard *heard);

/* Forget all: another try begins. */
void lmi_heard_clear(lmi_heard *heard);

/* Read on. LMAS_E_FORMAT for what is no such stream, LMAS_E_IO for a failure that it tells. */
lmas_status lmi_heard_add(lmi_heard *heard, const char *data, size_t size);

/* The connection has ended well: whether the answer has, too. `n_sent` positions were sent, 0 where
 * that is not known. */
lmas_status lmi_heard_end(lmi_heard *heard, size_t n_sent);

#endif

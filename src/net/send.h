/*
 * send.h - one request of any method, answered whole: for those who say what they ask, and in what
 * pieces.
 *
 * It is one try: whoever asks knows whether to ask again. No redirect is followed: what is sent, a
 * key too, goes to the address that was given.
 */
#ifndef LMI_NET_SEND_H
#define LMI_NET_SEND_H

#include "net/http.h"

typedef struct lmi_sender lmi_sender;

typedef struct lmi_sent {
    const char *method, *url;
    const char *key;  /* a bearer's, in no message; NULL or "": none */
    const char *type; /* of the body; NULL: there is none */
    const void *body;
    size_t size;
    double patience_s; /* without a byte, before it is given up; 0: as the environment says */

    /* What came of it. */
    long code;          /* 0: no answer */
    bool is_worth_more; /* the same, asked again, may go well */
    double pause_ms;    /* that the server asks for before */
} lmi_sent;

/* `tick` is asked all along: see http.h. */
lmas_status lmi_sender_open(lmi_sender **out, lmi_tick_fn tick, void *user);
void lmi_sender_close(lmi_sender *sender); /* NULL is nothing */

/* Have the answer's body in `out`, up to its limit. LMAS_OK for a code of 200 to 299; else the
 * message has what the server said. */
lmas_status lmi_send(lmi_buf *out, lmi_sender *sender, lmi_sent *sent);

/* Wait before try number `tries` + 1. */
lmas_status lmi_send_pause(lmi_sender *sender, unsigned tries, double asked_ms);

#endif

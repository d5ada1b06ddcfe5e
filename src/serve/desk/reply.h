/*
 * reply.h - one request on its way: what was asked, its answers as they come, and the bytes that
 * are still to be sent.
 *
 *     form ──▶ choices (a question each) ──▶ bytes ──▶ client
 *
 * The thread that serves writes into it, HTTP's takes out of it; both hold the desk's lock. It is
 * freed when all its choices have ended and the connection has let go of it.
 */
#ifndef LMI_SERVE_REPLY_H
#define LMI_SERVE_REPLY_H

#include "serve/openai/form.h"

struct MHD_Connection;

enum { LMI_ID_MAX = 48 };

/* Bytes of one reply that may wait for a slow client. */
#define LMI_REPLY_MAX ((size_t)256 * 1024 * 1024)

typedef enum lmi_choice_state {
    LMI_CHOICE_WAITS,
    LMI_CHOICE_RUNS,
    LMI_CHOICE_ENDED
} lmi_choice_state;

/* One answer: to one prompt of the request, one of `n`. */
typedef struct lmi_choice {
    struct lmi_reply *reply;
    struct lmi_choice *next; /* among those that wait */
    uint32_t index;
    uint64_t id; /* the solver's */
    lmi_choice_state state;
    lmi_buf text;           /* what was said so far, or of a stream what is not sent yet */
    lmi_buf blanks;         /* white space that goes out with what follows it */
    yyjson_mut_doc *tokens; /* those that are not sent yet, in the endpoint's form; NULL: none */
    size_t n_offset;        /* bytes of the tokens before them */
    yyjson_mut_doc *agents; /* those who took their turn; NULL: none yet, or nobody asks */
    lmas_running shown;     /* what the client was told last of what it is at */
    bool has_begun;         /* its first chunk went out */
    const char *finish;     /* "stop" or "length"; NULL while it is open or where it failed */
    uint64_t n_read, n_thought, n_spoken, n_shared;
} lmi_choice;

typedef struct lmi_reply {
    struct lmi_reply *next; /* of all that are open */
    lmi_form form;
    char id[LMI_ID_MAX];
    int64_t created;
    uint64_t client; /* who asks, for fairness */
    lmi_choice *choices;
    size_t n_choices, n_open;

    struct MHD_Connection *connection; /* NULL once that has let go */
    int fd;
    bool is_suspended; /* the connection waits for bytes */
    bool is_gone;      /* the client is: nothing is said any more */

    unsigned code; /* 0: nothing can be sent yet */
    lmi_buf out;
    size_t n_sent;                      /* bytes of `out` that went */
    bool is_whole;                      /* nothing comes behind them */
    double begin_ms, first_ms, said_ms; /* 0 where it is not yet */
} lmi_reply;

/* A reply to `form`, which it takes over. */
lmas_status lmi_reply_new(lmi_reply **out, lmi_form *form);
void lmi_reply_free(lmi_reply *reply);

/* Whether nothing will be said any more. */
bool lmi_reply_is_over(const lmi_reply *reply);

/* What the client is to be told of a choice; nothing where that is over. */
void lmi_reply_text(lmi_choice *choice, const char *text, size_t len);
void lmi_reply_token(lmi_choice *choice, const lmas_spoken *token);
void lmi_reply_agent(lmi_choice *choice, const lmas_agent_trace *agent);
void lmi_reply_work(lmi_choice *choice, const lmas_running *running);
void lmi_reply_result(lmi_choice *choice, const lmas_result *result);

/* The choice cannot be asked: this thread's message says why. */
void lmi_reply_fail(lmi_choice *choice, lmas_status status);

/* A stream that has been silent is told that it still goes on. */
void lmi_reply_keep_alive(lmi_reply *reply, double now_ms);

/* Let the connection go on where it waits for bytes and there are some, or nothing will come. */
void lmi_reply_wake(lmi_reply *reply);

#endif

/*
 * chore.h - what a request has done beside HTTP's thread, while its connection waits.
 *
 *     lmi_chore_new() ─▶ lmi_chore_send() ─▶ run(), in a crew's thread ─▶ lmi_chore_answer()
 *
 * run() reads the visit's body and path, and what was put into the chore before; it may call
 * lmi_chore_write() or open a file. The visit owns the chore.
 */
#ifndef LMI_SERVE_CHORE_H
#define LMI_SERVE_CHORE_H

#include "serve/exchange/asked.h"
#include "serve/exchange/vault.h"
#include "serve/http/visit.h"

enum { LMI_RANGE_TEXT = 128, LMI_NAME_SIZE = 40 };

typedef struct lmi_chore lmi_chore;
typedef lmi_exchange_verdict (*lmi_chore_fn)(lmi_chore *chore);

/* Bytes of a file that are sent. */
typedef struct lmi_part {
    int fd; /* -1: none */
    uint64_t whole, from, n;
    bool is_range;
    char etag[LMI_SHA256_SIZE + 2];
} lmi_part;

struct lmi_chore {
    lmi_chore *next; /* in a crew's line */
    lmi_visit *visit;
    lmi_vault *vault;
    lmi_chore_fn run;
    char tenant[LMI_EXCHANGE_TENANT_MAX + 1];
    char name[LMI_NAME_SIZE]; /* of the path: an id, or what is none */
    lmi_upload *upload;       /* that it is about; NULL: none */
    lmi_asked asked;
    bool is_for_sale; /* what costs more than nothing is asked for */
    uint64_t before;  /* of the log: lines below it */
    char range[LMI_RANGE_TEXT], if_range[LMI_RANGE_TEXT]; /* headers, "" where there are none */
    char agent[LMI_RANGE_TEXT];                           /* who sends a frame */

    /* What came of it. */
    unsigned code;     /* of a good answer */
    lmi_buf out;       /* its text */
    lmi_part part;     /* or its bytes */
    lmi_complaint why; /* code 0: all is well */
    char message[LMI_ERROR_MAX];
};

/* A new one of the visit's tenant and path; NULL where the server is ending or memory is out, as
 * visit->why and the thread's message say. */
lmi_chore *lmi_chore_new(lmi_visit *visit, lmi_chore_fn run);

/* The connection waits until it has run; MHD's verdict. */
int lmi_chore_send(lmi_chore *chore, lmi_crew *crew);

/* The quick crew has it where what it is about could be read: `verdict` is OK; else it is refused
 * with the thread's message. */
int lmi_chore_send_read(lmi_chore *chore, lmi_exchange_verdict verdict);

/* Both, of what needs no reading. */
int lmi_chore_go(lmi_visit *visit, lmi_chore_fn run);

/* In the crew's thread: run it, and let the connection go on. */
void lmi_chore_run(lmi_chore *chore);

/* Answer with the document, which it frees. */
lmi_exchange_verdict lmi_chore_write(lmi_chore *chore, unsigned code, yyjson_mut_doc *doc);

/* Answer with the record of that memory, as its tenant sees it. */
lmi_exchange_verdict lmi_chore_write_record(lmi_chore *chore, unsigned code, const char *id);

/* It ends in this refusal, with the thread's message; FAILED, which nobody looks at. */
lmi_exchange_verdict lmi_chore_refuse(lmi_chore *chore, const lmi_complaint *why);

/* Of the visit whose chore has run. */
int lmi_chore_answer(lmi_visit *visit);

void lmi_chore_free(lmi_chore *chore); /* NULL is nothing */

/* The visit's tenant. */
void lmi_chore_tenant(char out[LMI_EXCHANGE_TENANT_MAX + 1], const lmi_visit *visit);

#endif

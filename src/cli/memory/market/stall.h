/* stall.h - a server's exchange, asked: JSON there and back, tried again where that may help. */
#ifndef LMI_CLI_STALL_H
#define LMI_CLI_STALL_H

#include "base/json.h"
#include "latentmas_store.h"
#include "net/send.h"

enum { LMI_STALL_TRIES = 5, LMI_STALL_COMMIT_S = 3600 };

typedef struct lmi_stall {
    lmi_sender *sender;
    char *key, *base; /* the URL without slashes at its end */
    lmi_buf url, answer;
} lmi_stall;

/* Close it in any case. LMAS_E_INVALID for what is no address of HTTP. */
lmas_status lmi_stall_open(lmi_stall *out, const char *url, const char *key_file);
void lmi_stall_close(lmi_stall *stall);

/* What asks all along whether to go on: until Ctrl-C. */
bool lmi_stall_goes_on(void *user);

/* stall->url becomes that of a path. */
lmas_status lmi_stall_go(lmi_stall *stall, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Ask at stall->url. `out` is the answer's object, for lmi_json_done(). */
lmas_status lmi_stall_ask(lmi_json *out, lmi_stall *stall, lmi_sent *sent);

/* The same, tried again when none came or the server is busy: for what may be asked twice. */
lmas_status lmi_stall_ask_again(lmi_json *out, lmi_stall *stall, lmi_sent *sent);

/* A document is posted; it is freed. */
lmas_status lmi_stall_post(lmi_json *out, lmi_stall *stall, yyjson_mut_doc *doc);

/* Add the mean of the file's thoughts, by which memories are like one another. */
lmas_status lmi_stall_add_mean(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key,
                               const lmas_memory_file *file);

/* What an answer says; LMAS_E_FORMAT where it does not. */
lmas_status lmi_stall_text(const char **out, const lmi_json *answer, const char *key);
lmas_status lmi_stall_number(uint64_t *out, const lmi_json *answer, const char *key);

#endif

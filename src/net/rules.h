/*
 * rules.h - what holds for every request, whether one at a time (http.h) or many (calls.h): how
 * libcurl is set, what is worth another try and when, and how a refusal is told. The room's own:
 * it is the only header that names libcurl.
 */
#ifndef LMI_NET_RULES_H
#define LMI_NET_RULES_H

#ifdef __clang_analyzer__
#define CURL_DISABLE_TYPECHECK /* macros that a linter takes for branches of ours */
#endif
#include <curl/curl.h>
#include <stdbool.h>

#include "base/buf.h"

/* Bytes kept of the page that explains a refusal. */
#define LMI_REFUSAL_MAX ((size_t)4096)

/* What the environment says. */
typedef struct lmi_rules {
    double backoff_ms; /* LATENTMAS_HTTP_BACKOFF_MS: before the second try */
    long stall_s;      /* LATENTMAS_HTTP_STALL_S: a try without a byte for so long ends */
} lmi_rules;

lmas_status lmi_rules_read(lmi_rules *out);

/* Forget what `curl` was set to, and set what holds for all. `error` has CURL_ERROR_SIZE bytes. */
void lmi_rules_set(CURL *curl, const char *url, long stall_s, char *error);

/* The key of a user, for this host and no other. NULL and "" set nothing. */
void lmi_rules_set_key(CURL *curl, const char *key);

/* Whether another try may help after none. */
bool lmi_is_passing_result(CURLcode result);

/* The pause before try number `tries` + 1: twice as long each time, give or take a quarter, since
 * many who failed together should not come back together. Or what the server asks for, up to a
 * limit, where that is longer. */
double lmi_pause_ms(double backoff_ms, unsigned tries, double asked_ms);

/* What the answer's Retry-After asks for, bounded; 0 where it does not. */
double lmi_asked_ms(CURL *curl);

/* Append what a server says of a refusal, as " (the server says: ...)": the first line of a JSON
 * page's error, or of a text; of HTML nothing. */
void lmi_append_refusal(lmi_buf *out, const char *text, size_t len);

#endif

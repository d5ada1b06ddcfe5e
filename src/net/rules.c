/* rules.c - what one request and many have in common. */
#include "net/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <yyjson.h>

#include "base/utf8.h"

#define CONNECT_S     15L
#define STALL_S       30.0
#define BACKOFF_MS    500.0
#define BACKOFF_MAX   16.0 /* longest pause of our own, in first pauses */
#define RETRY_AFTER_S 60.0 /* longest pause that a server may ask for */
#define REDIRECTS_MAX 5L

/* Bytes of a refusal that a message shows. */
enum { SHOWN_MAX = 200 };

static lmas_status read_number(double *out, const char *name, double normal)
{
    const char *text = getenv(name);
    const double max = 1e6;
    char *end = NULL;
    double value;

    *out = normal;
    if (!text || !*text)
        return LMAS_OK;
    value = strtod(text, &end);
    if (*end || !isfinite(value) || value < 0 || value > max)
        return lmi_fail(LMAS_E_INVALID, "%s: expected a number from 0 to %.0f, found \"%s\"", name,
                        max, text);
    *out = value;
    return LMAS_OK;
}

lmas_status lmi_rules_read(lmi_rules *out)
{
    double stall_s = STALL_S;
    lmas_status status = read_number(&out->backoff_ms, "LATENTMAS_HTTP_BACKOFF_MS", BACKOFF_MS);

    if (status == LMAS_OK)
        status = read_number(&stall_s, "LATENTMAS_HTTP_STALL_S", STALL_S);
    out->stall_s = stall_s < 1 ? 1 : (long)stall_s;
    return status;
}

/* A bundle of certificates that the user names, as a proxy that opens TLS needs. */
static const char *ca_bundle(void)
{
    const char *path = getenv("CURL_CA_BUNDLE");

    if (!path || !*path)
        path = getenv("SSL_CERT_FILE");
    return path && *path ? path : NULL;
}

/* A redirect leads from https to https only. */
void lmi_rules_set(CURL *curl, const char *url, long stall_s, char *error)
{
    const bool is_https = curl_strnequal(url, "https:", 6);

    curl_easy_reset(curl);
    error[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "latentmas/" LMAS_VERSION);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, is_https ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stall_s);
    if (ca_bundle())
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_bundle());
}

void lmi_rules_set_key(CURL *curl, const char *key)
{
    if (!key || !*key)
        return;
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, key);
}

bool lmi_is_passing_result(CURLcode result)
{
    switch (result) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return true;
    default:
        return false;
    }
}

double lmi_pause_ms(double backoff_ms, unsigned tries, double asked_ms)
{
    const double grown = fmin(exp2((double)tries - 1), BACKOFF_MAX);
    unsigned char byte = 128;

    if (getrandom(&byte, 1, 0) != 1)
        byte = 128;
    return fmax(asked_ms, backoff_ms * grown * (0.75 + 0.5 * byte / 255));
}

double lmi_asked_ms(CURL *curl)
{
    curl_off_t wanted_s = 0;

    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wanted_s);
    return wanted_s > 0 ? fmin((double)wanted_s, RETRY_AFTER_S) * 1e3 : 0;
}

/* ---- Refusals ---- */

/* Append the first line of `text`, or as much of it as a message shows. */
static void append_said(lmi_buf *out, const char *text)
{
    size_t len = strcspn(text, "\r\n");
    char said[SHOWN_MAX + 1];

    len = lmi_utf8_floor(text, len < SHOWN_MAX ? len : SHOWN_MAX);
    if (len == 0)
        return;
    memcpy(said, text, len);
    said[len] = '\0';
    lmi_flatten(said);
    lmi_buf_puts(out, " (the server says: ");
    lmi_utf8_append(out, said, strlen(said));
    lmi_buf_putc(out, ')');
}

/* The text among the ways in which servers lay out an error: {"error": "..."}, {"error":
 * {"message": "..."}} (OpenAI), {"message": "..."}, {"detail": "..."} and {"detail": [{"msg":
 * "..."}]} (FastAPI). */
static const char *find_error(yyjson_val *page)
{
    static const char *const names[] = {"error", "message", "detail", "msg"};
    const char *found = yyjson_get_str(page);
    size_t depth = 0;

    for (; page && !found && depth < 4; depth++) {
        yyjson_val *next = NULL;
        size_t i;

        for (i = 0; !next && i < sizeof(names) / sizeof(*names); i++)
            next = yyjson_obj_get(page, names[i]);
        page = yyjson_is_arr(page) ? yyjson_arr_get_first(page) : next;
        found = yyjson_get_str(page);
    }
    return found;
}

void lmi_append_refusal(lmi_buf *out, const char *text, size_t len)
{
    yyjson_doc *doc = yyjson_read(text, len, 0);
    const char *error = find_error(yyjson_doc_get_root(doc));

    if (error)
        append_said(out, error);
    else if (!doc && *text != '<')
        append_said(out, text);
    yyjson_doc_free(doc);
}

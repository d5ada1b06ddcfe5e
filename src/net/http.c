/*
 * http.c - one try after the other, with libcurl.
 *
 * try_once() makes an attempt; judge() turns what came of it into a status with its message,
 * and says whether, and after how long, another attempt is worth it.
 */
#include "net/http.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/code.h"
#include "net/rules.h"

#define TRIES_MAX 5 /* of one request */
#define TICK_MS   50.0

/* Bytes that a try must have brought for the count of tries to begin anew. */
#define PROGRESS_MIN ((uint64_t)1024 * 1024)

struct lmi_http {
    CURL *curl;
    lmi_tick_fn tick;
    void *user;
    lmi_rules rules;
    char error[CURL_ERROR_SIZE];
};

/* One try, and what is found out during it. */
typedef struct attempt {
    lmi_http *http;
    lmi_get *get;
    CURLcode result;
    long code;
    bool has_begun; /* the head was looked at */
    bool is_good;   /* the body is the receiver's */
    bool is_other;  /* another range came than was asked for */
    uint64_t n;     /* bytes of the body that the receiver has by now */
    lmas_status status;
    lmi_buf refusal;
    bool is_worth_more;
    double asked_ms; /* by the server, before the next */
} attempt;

lmas_status lmi_http_open(lmi_http **out, lmi_tick_fn tick, void *user)
{
    lmi_rules rules;
    lmi_http *http;
    lmas_status status = lmi_rules_read(&rules);

    if (status != LMAS_OK)
        return status;
    http = lmi_new(1, sizeof(*http));
    if (!http || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        lmi_free(http);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a connection");
    }
    *http = (lmi_http){.curl = curl_easy_init(), .tick = tick, .user = user, .rules = rules};
    if (!http->curl) {
        lmi_http_close(http);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a connection");
    }
    *out = http;
    return LMAS_OK;
}

void lmi_http_close(lmi_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    curl_global_cleanup();
    lmi_free(http);
}

/* ---- One try ---- */

static const char *header(const attempt *a, const char *name)
{
    struct curl_header *found;

    if (curl_easy_header(a->http->curl, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return "";
    return found->value;
}

/* Bytes of the whole body: what Content-Range says of "bytes FROM-TO/TOTAL", or the length. False
 * when the range is not the one asked for. */
static bool read_total(uint64_t *out, const attempt *a)
{
    static const char unit[] = "bytes ";
    curl_off_t length = -1;
    const char *range;
    char *end = NULL;

    *out = 0;
    curl_easy_getinfo(a->http->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (a->code != 206) {
        *out = length > 0 && !*header(a, "Content-Encoding") ? (uint64_t)length : 0;
        return true;
    }
    range = header(a, "Content-Range");
    if (a->get->from == 0 || strncmp(range, unit, sizeof(unit) - 1) != 0)
        return false;
    if (strtoull(range + sizeof(unit) - 1, &end, 10) != a->get->from)
        return false;
    range = strchr(end, '/');
    *out = range ? strtoull(range + 1, NULL, 10) : 0;
    return true;
}

static lmas_status check_size(const attempt *a, uint64_t size)
{
    if (size > a->get->max_size)
        return lmi_fail(LMAS_E_FORMAT, "%s is longer than %llu bytes", a->get->url,
                        (unsigned long long)a->get->max_size);
    return LMAS_OK;
}

/* Look at the head before the first byte of the body. */
static void begin(attempt *a)
{
    lmi_reply reply = {0};

    a->has_begun = true;
    curl_easy_getinfo(a->http->curl, CURLINFO_RESPONSE_CODE, &a->code);
    if (a->code != 200 && a->code != 206)
        return;
    if (!read_total(&reply.total, a)) {
        a->is_other = true;
        return;
    }
    reply.is_rest = a->code == 206;
    reply.etag = header(a, "ETag");
    reply.revision = header(a, "X-Revision");
    a->n = reply.is_rest ? a->get->from : 0;
    a->is_good = true;
    a->status = check_size(a, reply.total);
    if (a->status == LMAS_OK)
        a->status = a->get->begin(a->get->user, &reply);
}

/* Anything but `size` makes libcurl end the transfer. */
static size_t take(char *data, size_t one, size_t size, void *user)
{
    attempt *a = user;
    size_t room;

    (void)one;
    if (!a->has_begun)
        begin(a);
    if (a->status != LMAS_OK || a->is_other)
        return CURL_WRITEFUNC_ERROR;
    if (!a->is_good) {
        room = a->refusal.max - a->refusal.len;
        lmi_buf_append(&a->refusal, data, size < room ? size : room);
        return size;
    }
    a->n += size;
    a->status = check_size(a, a->n);
    if (a->status == LMAS_OK)
        a->status = a->get->take(a->get->user, data, size);
    return a->status == LMAS_OK ? size : CURL_WRITEFUNC_ERROR;
}

static int tick(void *user, curl_off_t d_total, curl_off_t d, curl_off_t u_total, curl_off_t u)
{
    const attempt *a = user;

    (void)d_total, (void)d, (void)u_total, (void)u;
    return a->http->tick(a->http->user) ? 0 : 1;
}

/* Ask for the rest only where the bytes that are there can be tied to a version, or a hash will
 * tell: a weak ETag ("W/...") promises no equal bytes. */
static lmas_status set_range(struct curl_slist **headers, CURL *curl, lmi_get *get)
{
    const bool has_version = get->etag[0] == '"';
    lmi_buf text;

    if (get->from == 0 || (!has_version && !get->is_hashed)) {
        get->from = 0;
        return LMAS_OK;
    }
    lmi_buf_init(&text, LMI_REFUSAL_MAX);
    lmi_buf_printf(&text, "If-Range: %s", get->etag);
    if (text.status == LMAS_OK && has_version)
        *headers = curl_slist_append(NULL, lmi_buf_text(&text));
    lmi_buf_clear(&text);
    lmi_buf_printf(&text, "%llu-", (unsigned long long)get->from);
    curl_easy_setopt(curl, CURLOPT_RANGE, lmi_buf_text(&text)); /* libcurl copies it */
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers);
    lmi_buf_done(&text);
    if (has_version && !*headers)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    return LMAS_OK;
}

static void try_once(attempt *a)
{
    CURL *curl = a->http->curl;
    struct curl_slist *headers = NULL;

    lmi_rules_set(curl, a->get->url, a->http->rules.stall_s, a->http->error);
    a->status = set_range(&headers, curl, a->get);
    if (a->status != LMAS_OK)
        return;
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, a);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tick);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, a);
    if (a->get->is_packable)
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    lmi_rules_set_key(curl, a->get->token);
    a->result = curl_easy_perform(curl);
    if (a->result == CURLE_OK && !a->has_begun)
        begin(a); /* a body of no bytes */
    curl_slist_free_all(headers);
}

/* ---- What came of it ---- */

/* Access is refused: to a file of GitHub, to who is nobody, or to who may not. */
static void explain_gate(lmi_buf *out, const lmi_get *get)
{
    if (!get->token)
        lmi_buf_puts(out, ": access is refused");
    else if (*get->token)
        lmi_buf_printf(out, ": this %s is gated, and your HF_TOKEN does not open it", get->what);
    else
        lmi_buf_printf(out, ": this %s is gated: accept its terms there and set HF_TOKEN",
                       get->what);
}

static void explain(lmi_buf *out, const attempt *a)
{
    switch (a->code) {
    case 401:
    case 403:
        explain_gate(out, a->get);
        break;
    case 404:
        lmi_buf_puts(out, ": there is nothing at this address");
        break;
    case 429:
        lmi_buf_puts(out, ": the server asks for fewer requests; try again later");
        break;
    default:
        break;
    }
}

static lmas_status fail_code(attempt *a)
{
    lmas_status status;
    lmi_buf text;

    a->is_worth_more = lmi_is_passing_code(a->code);
    a->asked_ms = lmi_asked_ms(a->http->curl);
    lmi_buf_init(&text, LMI_ERROR_MAX);
    explain(&text, a);
    lmi_append_refusal(&text, lmi_buf_text(&a->refusal), a->refusal.len);
    status = lmi_fail(LMAS_E_IO, "HTTP %ld from %s%s", a->code, a->get->url, lmi_buf_text(&text));
    lmi_buf_done(&text);
    return status;
}

/* LMAS_OK, or the failure that this attempt is. */
static lmas_status judge(attempt *a)
{
    const char *why = a->http->error[0] ? a->http->error : curl_easy_strerror(a->result);

    if (a->status != LMAS_OK)
        return a->status;
    if (a->is_other || a->code == 416) {
        a->get->from = 0;
        a->is_worth_more = true;
        return lmi_fail(LMAS_E_IO, "%s: the server sent another range than asked for", a->get->url);
    }
    if (a->result == CURLE_ABORTED_BY_CALLBACK)
        return lmi_fail(LMAS_E_CANCELED, "fetching was stopped");
    if (a->result != CURLE_OK) {
        a->is_worth_more = lmi_is_passing_result(a->result);
        return lmi_fail(LMAS_E_IO, "cannot fetch %s: %s", a->get->url, why);
    }
    return a->is_good ? LMAS_OK : fail_code(a);
}

/* ---- Trying again ---- */

static lmas_status wait_for(const lmi_http *http, double ms)
{
    const double end = lmi_now_ms() + ms;
    const struct timespec nap = {.tv_nsec = (long)(TICK_MS * 1e6)};

    do {
        if (!http->tick(http->user))
            return lmi_fail(LMAS_E_CANCELED, "fetching was stopped");
        if (lmi_now_ms() < end)
            nanosleep(&nap, NULL);
    } while (lmi_now_ms() < end);
    return LMAS_OK;
}

/* One try; the pause before the next in `*pause`, negative when no other is worth it. */
static lmas_status try_and_judge(double *pause, lmi_http *http, lmi_get *get, unsigned tries)
{
    attempt a = {.http = http, .get = get};
    lmas_status status;

    lmi_buf_init(&a.refusal, LMI_REFUSAL_MAX);
    try_once(&a);
    get->code = a.code;
    status = judge(&a);
    lmi_buf_done(&a.refusal);
    *pause = -1;
    if (status != LMAS_OK && a.is_worth_more)
        *pause = lmi_pause_ms(http->rules.backoff_ms, tries, a.asked_ms);
    return status;
}

lmas_status lmi_http_get(lmi_http *http, lmi_get *get)
{
    unsigned tries = 1;

    for (;; tries++) {
        const uint64_t before = get->from;
        double pause;
        lmas_status status = try_and_judge(&pause, http, get, tries);

        if (status == LMAS_OK || pause < 0 || tries == TRIES_MAX)
            return status;
        if (get->is_hashed && get->from > before && get->from - before >= PROGRESS_MIN)
            tries = 0; /* that one was worth it */
        lmi_log(LMAS_LOG_WARN, "%s; trying again in %.1f s", lmas_last_error(), pause / 1e3);
        status = wait_for(http, pause);
        if (status != LMAS_OK)
            return status;
    }
}

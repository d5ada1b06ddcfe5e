/* calls.c - libcurl's multi interface: one handle for each transfer, one for those of a host. */
#include "net/calls.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/code.h"
#include "net/rules.h"

/* A header of an answer that is shown, bytes. */
enum { LOCATION_MAX = 200 };

struct lmi_calls {
    CURLM *multi;
    lmi_rules rules;
    uint64_t n_moves; /* pieces of bodies, and ends */
};

struct lmi_transfer {
    lmi_calls *calls;
    lmi_request request;
    CURL *curl;
    struct curl_slist *headers;
    bool is_added;  /* to the multi handle */
    bool has_ended; /* and then: */
    CURLcode result;
    long code;
    uint64_t n;         /* bytes of the body */
    lmas_status status; /* of the receiver, with */
    char message[LMI_ERROR_MAX];
    lmi_buf refusal;
    char error[CURL_ERROR_SIZE];
};

lmas_status lmi_calls_open(lmi_calls **out)
{
    lmi_calls *calls;
    lmi_rules rules;
    lmas_status status = lmi_rules_read(&rules);

    if (status != LMAS_OK)
        return status;
    calls = lmi_new(1, sizeof(*calls));
    if (!calls || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        lmi_free(calls);
        return lmi_fail(LMAS_E_NOMEM, "no memory for connections");
    }
    *calls = (lmi_calls){.multi = curl_multi_init(), .rules = rules};
    if (!calls->multi) {
        lmi_calls_close(calls);
        return lmi_fail(LMAS_E_NOMEM, "no memory for connections");
    }
    *out = calls;
    return LMAS_OK;
}

void lmi_calls_close(lmi_calls *calls)
{
    if (!calls)
        return;
    curl_multi_cleanup(calls->multi);
    curl_global_cleanup();
    lmi_free(calls);
}

double lmi_calls_pause_ms(const lmi_calls *calls, unsigned tries, double asked_ms)
{
    return lmi_pause_ms(calls->rules.backoff_ms, tries, asked_ms);
}

/* ---- One transfer ---- */

/* The receiver's failure, kept: others may fail before this transfer is judged. */
static size_t stop(lmi_transfer *t, lmas_status status)
{
    const size_t len = strnlen(lmas_last_error(), sizeof(t->message) - 1);

    t->status = status;
    memcpy(t->message, lmas_last_error(), len);
    t->message[len] = '\0';
    return CURL_WRITEFUNC_ERROR;
}

static size_t take(char *data, size_t one, size_t size, void *user)
{
    lmi_transfer *t = user;
    const size_t room = t->refusal.max - t->refusal.len;
    lmas_status status;
    long code = 0;

    (void)one;
    t->calls->n_moves++;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code != 200) {
        lmi_buf_append(&t->refusal, data, size < room ? size : room);
        return t->refusal.len < t->refusal.max ? size : CURL_WRITEFUNC_ERROR;
    }
    t->n += size;
    if (t->n > t->request.max_size)
        return stop(t, lmi_fail(LMAS_E_FORMAT, "%s: an answer longer than %llu bytes",
                                t->request.url, (unsigned long long)t->request.max_size));
    status = t->request.take(t->request.user, data, size);
    return status == LMAS_OK ? size : stop(t, status);
}

/* No "Expect: 100-continue": many servers never say it, and a second is lost. */
static bool set_body(lmi_transfer *t)
{
    struct curl_slist *headers;

    if (!t->request.body)
        return true;
    headers = curl_slist_append(NULL, "Content-Type: application/json");
    t->headers = headers;
    if (!headers || !curl_slist_append(headers, "Expect:"))
        return false;
    curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, t->request.body);
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->request.body_size);
    return true;
}

static bool set_all(lmi_transfer *t)
{
    const lmi_request *request = &t->request;

    t->curl = curl_easy_init();
    if (!t->curl)
        return false;
    lmi_rules_set(t->curl, request->url, (long)ceil(request->stall_s), t->error);
    curl_easy_setopt(t->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
    lmi_rules_set_key(t->curl, request->key);
    if (!set_body(t))
        return false;
    t->is_added = curl_multi_add_handle(t->calls->multi, t->curl) == CURLM_OK;
    return t->is_added;
}

lmas_status lmi_transfer_start(lmi_transfer **out, lmi_calls *calls, const lmi_request *request)
{
    lmi_transfer *t = lmi_new(1, sizeof(*t));

    if (!t)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    *t = (lmi_transfer){.calls = calls, .request = *request};
    lmi_buf_init(&t->refusal, LMI_REFUSAL_MAX);
    if (!set_all(t)) {
        lmi_transfer_free(t);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    }
    *out = t;
    return LMAS_OK;
}

void lmi_transfer_free(lmi_transfer *transfer)
{
    if (!transfer)
        return;
    if (transfer->is_added)
        curl_multi_remove_handle(transfer->calls->multi, transfer->curl);
    curl_easy_cleanup(transfer->curl);
    curl_slist_free_all(transfer->headers);
    lmi_buf_done(&transfer->refusal);
    lmi_free(transfer);
}

bool lmi_transfer_has_ended(const lmi_transfer *transfer)
{
    return transfer->has_ended;
}

const char *lmi_transfer_refusal(const lmi_transfer *transfer)
{
    return lmi_buf_text(&transfer->refusal);
}

/* ---- What came of it ---- */

static void append_location(lmi_buf *out, const lmi_transfer *t)
{
    struct curl_header *found;
    char place[LOCATION_MAX + 1];
    size_t len;

    if (curl_easy_header(t->curl, "Location", 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return;
    len = lmi_utf8_floor(found->value, strnlen(found->value, LOCATION_MAX));
    memcpy(place, found->value, len);
    place[len] = '\0';
    lmi_flatten(place);
    lmi_buf_puts(out, ": it has moved to ");
    lmi_utf8_append(out, place, len);
}

static void explain(lmi_buf *out, const lmi_transfer *t)
{
    const bool has_key = t->request.key && *t->request.key;

    if (t->code == 401 || t->code == 403)
        lmi_buf_puts(out, has_key ? ": the key is refused" : ": a key is asked for");
    else if (t->code == 404)
        lmi_buf_puts(out, ": there is nothing at this address");
    else if (t->code == 429)
        lmi_buf_puts(out, ": the server asks for fewer requests");
    else if (t->code >= 300 && t->code < 400)
        append_location(out, t);
}

/* A server may say the key that it refuses: each is overwritten. */
static void hide_key(char *text, const char *key)
{
    const size_t len = key ? strlen(key) : 0;
    char *at = text;

    while (len > 0 && at && (at = strstr(at, key)) != NULL)
        memset(at, '*', len);
}

static lmas_status fail_code(const lmi_transfer *t)
{
    lmas_status status;
    lmi_buf page;
    lmi_buf text;

    lmi_buf_init(&page, LMI_REFUSAL_MAX);
    lmi_buf_init(&text, LMI_ERROR_MAX);
    lmi_buf_append(&page, lmi_buf_text(&t->refusal), t->refusal.len);
    if (page.data)
        hide_key(page.data, t->request.key);
    explain(&text, t);
    lmi_append_refusal(&text, lmi_buf_text(&page), page.len);
    status =
        lmi_fail(LMAS_E_IO, "HTTP %ld from %s%s", t->code, t->request.url, lmi_buf_text(&text));
    lmi_buf_done(&page);
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_transfer_judge(lmi_verdict *out, const lmi_transfer *t)
{
    const char *why = t->error[0] ? t->error : curl_easy_strerror(t->result);

    *out = (lmi_verdict){.code = t->code};
    if (t->status != LMAS_OK)
        return lmi_fail(t->status, "%s", t->message);
    if (t->code != 0 && t->code != 200) {
        out->is_worth_more = lmi_is_passing_code(t->code);
        out->asked_ms = lmi_asked_ms(t->curl);
        return fail_code(t);
    }
    if (t->result != CURLE_OK) {
        out->is_worth_more = lmi_is_passing_result(t->result);
        return lmi_fail(LMAS_E_IO, "%s: %s", t->request.url, why);
    }
    return LMAS_OK;
}

/* ---- Moving them ---- */

static void finish(lmi_calls *calls, CURL *curl, CURLcode result)
{
    lmi_transfer *t = NULL;

    curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&t);
    calls->n_moves++;
    t->has_ended = true;
    t->result = result;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &t->code);
    curl_multi_remove_handle(calls->multi, curl);
    t->is_added = false;
}

static lmas_status move(lmi_calls *calls)
{
    CURLMcode code;
    CURLMsg *said;
    int n = 0;

    code = curl_multi_perform(calls->multi, &n);
    if (code != CURLM_OK)
        return lmi_fail(LMAS_E_IO, "cannot move requests: %s", curl_multi_strerror(code));
    while ((said = curl_multi_info_read(calls->multi, &n)) != NULL)
        if (said->msg == CURLMSG_DONE)
            finish(calls, said->easy_handle, said->data.result);
    return LMAS_OK;
}

/* Move all; whether there was something to move. */
static lmas_status move_all(bool *has_moved, lmi_calls *const *calls, size_t n_calls)
{
    lmas_status status = LMAS_OK;
    size_t i;

    *has_moved = false;
    for (i = 0; status == LMAS_OK && i < n_calls; i++) {
        const uint64_t before = calls[i]->n_moves;

        status = move(calls[i]);
        *has_moved = *has_moved || calls[i]->n_moves != before;
    }
    return status;
}

/* What the wait is over: the caller's descriptors, and the sockets of all but the first. */
typedef struct watch {
    struct curl_waitfd *fds;
    size_t n;
    size_t capacity;
    long wait_ms;
} watch;

static bool watch_calls(watch *watched, lmi_calls *calls)
{
    unsigned n = 0;
    long due_ms = -1;

    curl_multi_timeout(calls->multi, &due_ms);
    if (due_ms >= 0 && due_ms < watched->wait_ms)
        watched->wait_ms = due_ms;
    curl_multi_waitfds(calls->multi, NULL, 0, &n);
    if (!lmi_reserve((void **)&watched->fds, &watched->capacity, watched->n + n,
                     sizeof(*watched->fds)))
        return false;
    curl_multi_waitfds(calls->multi, watched->fds + watched->n, n, &n);
    watched->n += n;
    return true;
}

static bool watch_all(watch *watched, lmi_calls *const *calls, size_t n_calls, const int *fds,
                      size_t n_fds)
{
    bool is_whole =
        lmi_reserve((void **)&watched->fds, &watched->capacity, n_fds + 1, sizeof(*watched->fds));
    size_t i;

    for (i = 0; is_whole && i < n_fds; i++)
        watched->fds[watched->n++] = (struct curl_waitfd){.fd = fds[i], .events = CURL_WAIT_POLLIN};
    for (i = 1; is_whole && i < n_calls; i++)
        is_whole = watch_calls(watched, calls[i]);
    return is_whole;
}

lmas_status lmi_calls_poll(lmi_calls *const *calls, size_t n_calls, double wait_ms, const int *fds,
                           size_t n_fds)
{
    watch watched = {.wait_ms = (long)ceil(fmin(fmax(wait_ms, 0), 1e9))};
    bool has_moved;
    lmas_status status = move_all(&has_moved, calls, n_calls); /* new ones set out, too */

    if (status != LMAS_OK || has_moved || watched.wait_ms == 0 || n_calls == 0)
        return status;
    if (!watch_all(&watched, calls, n_calls, fds, n_fds))
        status = lmi_fail(LMAS_E_NOMEM, "no memory to wait for requests");
    else
        curl_multi_poll(calls[0]->multi, watched.fds, (unsigned)watched.n, (int)watched.wait_ms,
                        NULL);
    lmi_free(watched.fds);
    return status == LMAS_OK ? move_all(&has_moved, calls, n_calls) : status;
}

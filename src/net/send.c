/* send.c - see send.h. */
#include "net/send.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/code.h"
#include "net/rules.h"

#define TICK_MS 50.0

struct lmi_sender {
    CURL *curl;
    lmi_rules rules;
    lmi_tick_fn tick;
    void *user;
    lmi_buf *out; /* of the request that is under way */
    char error[CURL_ERROR_SIZE];
};

lmas_status lmi_sender_open(lmi_sender **out, lmi_tick_fn tick, void *user)
{
    lmi_rules rules;
    lmi_sender *sender;
    lmas_status status = lmi_rules_read(&rules);

    if (status != LMAS_OK)
        return status;
    sender = lmi_new(1, sizeof(*sender));
    if (!sender || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        lmi_free(sender);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a connection");
    }
    *sender = (lmi_sender){.curl = curl_easy_init(), .rules = rules, .tick = tick, .user = user};
    if (!sender->curl) {
        lmi_sender_close(sender);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a connection");
    }
    *out = sender;
    return LMAS_OK;
}

void lmi_sender_close(lmi_sender *sender)
{
    if (!sender)
        return;
    curl_easy_cleanup(sender->curl);
    curl_global_cleanup();
    lmi_free(sender);
}

/* ---- One request ---- */

static size_t take(char *data, size_t one, size_t size, void *user)
{
    lmi_sender *sender = user;

    (void)one;
    lmi_buf_append(sender->out, data, size);
    return sender->out->status == LMAS_OK ? size : CURL_WRITEFUNC_ERROR;
}

static int tick(void *user, curl_off_t d_total, curl_off_t d, curl_off_t u_total, curl_off_t u)
{
    const lmi_sender *sender = user;

    (void)d_total, (void)d, (void)u_total, (void)u;
    return sender->tick(sender->user) ? 0 : 1;
}

/* (No "Expect: 100-continue": it would cost a round trip for each piece.) */
static bool set_body(struct curl_slist **headers, CURL *curl, const lmi_sent *sent)
{
    char line[128] = "Content-Type: ";
    const size_t n = strlen(line);

    if (!sent->type)
        return true;
    memccpy(line + n, sent->type, 0, sizeof(line) - n - 1);
    line[sizeof(line) - 1] = '\0';
    *headers = curl_slist_append(NULL, line);
    if (!*headers || !curl_slist_append(*headers, "Expect:"))
        return false;
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, sent->size ? sent->body : "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)sent->size);
    return true;
}

static CURLcode perform(lmi_sender *sender, const lmi_sent *sent)
{
    const long stall_s = sent->patience_s > 0 ? (long)sent->patience_s + 1 : sender->rules.stall_s;
    struct curl_slist *headers = NULL;
    CURL *curl = sender->curl;
    CURLcode result = CURLE_OUT_OF_MEMORY;

    lmi_rules_set(curl, sent->url, stall_s, sender->error);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, sender);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tick);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, sender);
    lmi_rules_set_key(curl, sent->key);
    if (set_body(&headers, curl, sent)) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, sent->method);
        result = curl_easy_perform(curl);
    }
    curl_slist_free_all(headers);
    return result;
}

static lmas_status fail_code(lmi_sender *sender, lmi_sent *sent, const lmi_buf *page)
{
    lmas_status status;
    lmi_buf text;

    sent->is_worth_more = lmi_is_passing_code(sent->code);
    sent->pause_ms = lmi_asked_ms(sender->curl);
    lmi_buf_init(&text, LMI_ERROR_MAX);
    if (sent->code == 401 || sent->code == 403)
        lmi_buf_puts(&text, sent->key && *sent->key ? ": the key is refused" : ": a key is needed");
    lmi_append_refusal(&text, lmi_buf_text(page), page->len);
    status = lmi_fail(LMAS_E_IO, "HTTP %ld from %s%s", sent->code, sent->url, lmi_buf_text(&text));
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_send(lmi_buf *out, lmi_sender *sender, lmi_sent *sent)
{
    CURLcode result;

    lmi_buf_clear(out);
    sender->out = out;
    sent->code = 0;
    sent->is_worth_more = false;
    sent->pause_ms = 0;
    result = perform(sender, sent);
    if (result == CURLE_ABORTED_BY_CALLBACK)
        return lmi_fail(LMAS_E_CANCELED, "it was stopped");
    if (out->status != LMAS_OK)
        return lmi_fail(LMAS_E_FORMAT, "%s: an answer longer than %zu bytes", sent->url, out->max);
    if (result != CURLE_OK) {
        sent->is_worth_more = lmi_is_passing_result(result);
        return lmi_fail(LMAS_E_IO, "%s: %s", sent->url,
                        sender->error[0] ? sender->error : curl_easy_strerror(result));
    }
    curl_easy_getinfo(sender->curl, CURLINFO_RESPONSE_CODE, &sent->code);
    return sent->code >= 200 && sent->code < 300 ? LMAS_OK : fail_code(sender, sent, out);
}

lmas_status lmi_send_pause(lmi_sender *sender, unsigned tries, double asked_ms)
{
    const double end = lmi_now_ms() + lmi_pause_ms(sender->rules.backoff_ms, tries, asked_ms);
    const struct timespec nap = {.tv_nsec = (long)(TICK_MS * 1e6)};

    while (lmi_now_ms() < end) {
        if (!sender->tick(sender->user))
            return lmi_fail(LMAS_E_CANCELED, "it was stopped");
        nanosleep(&nap, NULL);
    }
    return LMAS_OK;
}

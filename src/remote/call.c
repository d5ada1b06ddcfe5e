/* call.c - a question on its way: the query that is tried, and the answer that comes of it. */
#include "remote/call.h"

#include "base/clock.h"
#include "base/mem.h"
#include "net/code.h"
#include "remote/heard.h"

struct lmi_call {
    lmi_query query;
    lmi_heard heard;
    int32_t n_most;
    size_t n_sent;       /* positions of the prompt, 0 where not known */
    bool must_count;     /* the server must say that it read them */
    unsigned n_restarts; /* of a text that had begun */
};

/* ---- What the query tells ---- */

static void begin(void *user)
{
    lmi_call *call = user;

    if (call->heard.speech.raw.len > 0)
        call->n_restarts++;
    lmi_heard_clear(&call->heard);
}

static lmas_status take(void *user, const char *data, size_t size)
{
    lmi_call *call = user;

    return lmi_heard_add(&call->heard, data, size);
}

static lmas_status end(void *user, lmas_status status, bool *is_worth_more)
{
    lmi_call *call = user;

    if (status == LMAS_OK)
        status = lmi_heard_end(&call->heard, call->n_sent);
    if (status == LMAS_OK && call->must_count && !call->heard.has_counts)
        return lmi_fail(LMAS_E_FORMAT, "the server does not say how many vectors it read");
    if (status != LMAS_OK)
        *is_worth_more = *is_worth_more || call->heard.is_passing;
    return status;
}

/* ---- Its life ---- */

/* Bytes of an answer: an event for each token, with much beside its text. SGLang says all so far
 * anew with each. What is longer has no end. */
static uint64_t most_bytes(lmi_layout layout, int32_t n_most)
{
    const uint64_t n = (uint64_t)n_most;

    return ((uint64_t)16 << 20) + n * (16 << 10) + (layout == LMI_LAYOUT_GENERATE ? n * n * 32 : 0);
}

static lmas_status prepare(lmi_call *call, lmas_remote *remote, const lmi_ask *ask)
{
    const lmi_hearer hearer = {.begin = begin, .take = take, .end = end, .user = call};
    const lmi_layout layout = lmi_ask_layout(remote, ask);
    lmas_status status;

    lmi_heard_init(&call->heard, layout, remote->streams_pieces, remote->key);
    call->n_sent = ask->rows ? ask->n_rows : ask->tokens ? ask->n_tokens : 0;
    call->must_count = ask->rows != NULL;
    status = lmi_query_init(&call->query, remote, lmi_layout_path(layout), &hearer);
    if (status == LMAS_OK)
        status = lmi_ask_room(&call->n_most, remote, ask);
    if (status == LMAS_OK)
        call->query.max_size = most_bytes(layout, call->n_most);
    if (status == LMAS_OK)
        status = lmi_ask_write(&call->query.body, remote, ask, call->n_most);
    return status;
}

lmas_status lmi_call_start(lmi_call **out, lmas_remote *remote, const lmi_ask *ask)
{
    lmi_call *call;
    lmas_status status = lmi_ask_check(remote, ask);

    if (status != LMAS_OK)
        return status;
    call = lmi_new(1, sizeof(*call));
    if (!call)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    status = prepare(call, remote, ask);
    if (status != LMAS_OK) {
        lmi_call_free(call);
        return status;
    }
    lmi_query_start(&call->query);
    *out = call;
    return LMAS_OK;
}

void lmi_call_free(lmi_call *call)
{
    if (!call)
        return;
    lmi_query_done(&call->query);
    lmi_heard_done(&call->heard);
    lmi_free(call);
}

/* ---- What there is of it ---- */

bool lmi_call_has_ended(const lmi_call *call)
{
    return call->query.state == LMI_QUERY_ENDED;
}

lmas_status lmi_call_judge(const lmi_call *call)
{
    return lmi_query_judge(&call->query);
}

bool lmi_call_is_refused(const lmi_call *call)
{
    return call->query.status != LMAS_OK &&
           (lmi_is_refusing_code(call->query.code) || call->heard.is_refused);
}

lmi_speech *lmi_call_speech(lmi_call *call)
{
    return &call->heard.speech;
}

unsigned lmi_call_n_restarts(const lmi_call *call)
{
    return call->n_restarts;
}

uint32_t lmi_call_n_read(const lmi_call *call)
{
    return call->heard.n_read;
}

uint32_t lmi_call_n_spoken(const lmi_call *call)
{
    return call->heard.n_spoken;
}

bool lmi_call_is_cut(const lmi_call *call)
{
    return call->heard.finish == LMI_FINISH_LENGTH;
}

int32_t lmi_call_n_most(const lmi_call *call)
{
    return call->n_most;
}

double lmi_call_ms(const lmi_call *call)
{
    return (lmi_call_has_ended(call) ? call->query.end_ms : lmi_now_ms()) - call->query.start_ms;
}

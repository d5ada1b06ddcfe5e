/* asked.c - see asked.h. */
#include "serve/exchange/asked.h"

#include <microhttpd.h>
#include <string.h>

#include "base/mem.h"
#include "serve/exchange/offered.h"

/* Records of an answer where nothing is said. */
enum { USUAL_LIMIT = 20 };

/* ---- Of a URL ---- */

/* Digits alone, and no more than `max`. */
static bool parse_number(uint64_t *out, const char *text, uint64_t max)
{
    uint64_t n = 0;

    if (!text || !*text)
        return false;
    for (; *text; text++) {
        const unsigned digit = (unsigned)(*text - '0');

        if (digit > 9 || n > (max - digit) / 10)
            return false;
        n = 10 * n + digit;
    }
    *out = n;
    return true;
}

static lmi_exchange_verdict read_number(uint64_t *out, const char *key, const char *text,
                                        uint64_t max)
{
    if (parse_number(out, text, max))
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                             "%s: a number from 0 to %llu expected, found \"%.40s\"", key,
                             (unsigned long long)max, text ? text : "");
}

lmi_exchange_verdict lmi_url_number(uint64_t *out, struct MHD_Connection *connection,
                                    const char *key, uint64_t max)
{
    const char *text = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, key);

    return text ? read_number(out, key, text, max) : LMI_EXCHANGE_OK;
}

/* One query while its arguments are told. */
typedef struct reading {
    lmi_asked *asked;
    lmi_exchange_verdict verdict;
} reading;

static lmi_exchange_verdict add_tag(lmi_asked *asked, const char *value)
{
    lmi_exchange_query *q = &asked->query;

    if (q->n_tags == LMI_EXCHANGE_TAGS_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "more than %zu tags", LMI_EXCHANGE_TAGS_MAX);
    asked->tags[q->n_tags++] = value;
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict take_number(lmi_exchange_query *q, const char *key, const char *value)
{
    uint64_t n = 0;
    const lmi_exchange_verdict verdict = read_number(&n, key, value, LMI_EXCHANGE_OFFSET_MAX);

    if (strcmp(key, "own") == 0)
        q->is_own = n != 0;
    else if (strcmp(key, "limit") == 0)
        q->limit = (uint32_t)n;
    else
        q->offset = (uint32_t)n;
    return verdict;
}

static lmi_exchange_verdict take(lmi_asked *asked, const char *key, const char *value)
{
    lmi_exchange_query *q = &asked->query;

    if (strcmp(key, "tag") == 0)
        return add_tag(asked, value ? value : "");
    if (strcmp(key, "own") == 0 || strcmp(key, "limit") == 0 || strcmp(key, "offset") == 0)
        return take_number(q, key, value);
    if (strcmp(key, "words") != 0 && strcmp(key, "fingerprint") != 0)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                 "words, tag, fingerprint, own, limit or offset expected, found "
                                 "\"%.40s\"",
                                 key);
    *(key[0] == 'w' ? &q->words : &q->fingerprint) = value;
    return LMI_EXCHANGE_OK;
}

static enum MHD_Result on_argument(void *user, enum MHD_ValueKind kind, const char *key,
                                   const char *value)
{
    reading *r = user;

    (void)kind;
    r->verdict = take(r->asked, key ? key : "", value);
    return r->verdict == LMI_EXCHANGE_OK ? MHD_YES : MHD_NO;
}

lmi_exchange_verdict lmi_asked_read_url(lmi_asked *out, struct MHD_Connection *connection)
{
    reading r = {.asked = out, .verdict = LMI_EXCHANGE_OK};

    *out = (lmi_asked){.query = {.limit = USUAL_LIMIT}};
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, on_argument, &r);
    out->query.tags = out->tags;
    return r.verdict;
}

/* ---- Of JSON ---- */

static lmi_exchange_verdict read_filters(lmi_asked *a, yyjson_val *root)
{
    lmi_exchange_query *q = &a->query;
    lmi_exchange_verdict verdict = lmi_read_text(&q->words, root, "words");

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_text(&q->fingerprint, root, "fingerprint");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_tags(a->tags, &q->n_tags, root, "tags");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_vector(&a->nearest, &q->n_nearest, root, "nearest");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_flag(&q->is_own, root, "own");
    q->tags = a->tags;
    q->nearest = a->nearest;
    return verdict;
}

static lmi_exchange_verdict read_page(lmi_exchange_query *q, yyjson_val *root)
{
    uint64_t limit = q->limit, offset = 0;
    lmi_exchange_verdict verdict = lmi_read_count(&limit, root, "limit", LMI_EXCHANGE_LIMIT_MAX);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_count(&offset, root, "offset", LMI_EXCHANGE_OFFSET_MAX);
    q->limit = (uint32_t)limit;
    q->offset = (uint32_t)offset;
    return verdict;
}

lmi_exchange_verdict lmi_asked_read(lmi_asked *out, const char *text, size_t len)
{
    static const char *const known[] = {"words", "tags",  "fingerprint", "nearest",
                                        "own",   "limit", "offset",      NULL};
    lmi_exchange_verdict verdict;

    *out = (lmi_asked){.query = {.limit = USUAL_LIMIT}};
    verdict = lmi_read_object(&out->json, text, len, known);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_filters(out, lmi_json_root(&out->json));
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_page(&out->query, lmi_json_root(&out->json));
    return verdict;
}

void lmi_asked_done(lmi_asked *asked)
{
    lmi_json_done(&asked->json);
    lmi_free(asked->nearest);
    *asked = (lmi_asked){0};
}

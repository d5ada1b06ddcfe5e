/*
 * search.c - filters, words and the nearest, as one condition.
 *
 * A statement is put together from texts of this file only; what was asked is bound. The same
 * condition counts all and finds a page: first the rows' numbers in order, then their records.
 *
 * There is no order by how well words fit: FTS5 reckons that with all rows, those of others too.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "exchange/disk/sql.h"
#include "exchange/parts.h"
#include "exchange/publish/check.h"
#include "exchange/record.h"
#include "exchange/search/nearest.h"
#include "exchange/search/words.h"

/* Longest text that words in quotes become, and longest statement. */
enum { WORDS_MAX = 4 * LMI_EXCHANGE_WORDS_MAX, SQL_MAX = 4096 };

/* A query as it is bound. */
typedef struct asked {
    const lmi_exchange_query *query;
    const char *tenant;
    int64_t now;
    lmi_buf words, tags; /* empty: not asked for */
    float *nearest;      /* [query->n_nearest], at length 1 */
} asked;

/* ---- What is asked ---- */

static lmi_exchange_verdict check_numbers(const lmi_exchange_query *q)
{
    if (q->limit < 1 || q->limit > LMI_EXCHANGE_LIMIT_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "limit is %u, from 1 to %d expected",
                                 (unsigned)q->limit, LMI_EXCHANGE_LIMIT_MAX);
    if (q->offset > LMI_EXCHANGE_OFFSET_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "offset is %u, from 0 to %d expected",
                                 (unsigned)q->offset, LMI_EXCHANGE_OFFSET_MAX);
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict check_words(const char *words)
{
    const size_t len = words ? strlen(words) : 0;

    if (len > LMI_EXCHANGE_WORDS_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                 "the words to find have %zu bytes, at most %zu allowed", len,
                                 LMI_EXCHANGE_WORDS_MAX);
    if (words && !lmi_utf8_is_valid(words, len))
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "the words to find are not valid UTF-8");
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict check_query(const char *tenant, const lmi_exchange_query *q)
{
    lmi_exchange_verdict verdict = lmi_exchange_check_tenant(tenant);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_numbers(q);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_words(q->words);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_tags(q->tags, q->n_tags);
    if (verdict == LMI_EXCHANGE_OK && q->fingerprint)
        verdict = lmi_exchange_check_line("the fingerprint", q->fingerprint,
                                          LMI_EXCHANGE_FINGERPRINT_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_vector("the vector to be near to", q->nearest, q->n_nearest);
    return verdict;
}

static void asked_done(asked *a)
{
    lmi_buf_done(&a->words);
    lmi_buf_done(&a->tags);
    lmi_free(a->nearest);
}

static lmi_exchange_verdict asked_init(asked *a, const lmi_exchange *exchange, const char *tenant,
                                       const lmi_exchange_query *q)
{
    lmas_status status = LMAS_OK;

    *a = (asked){.query = q, .tenant = tenant, .now = lmi_exchange_now(exchange)};
    lmi_buf_init(&a->words, WORDS_MAX);
    lmi_buf_init(&a->tags, LMI_EXCHANGE_TAGS_SIZE_MAX);
    if (q->words)
        lmi_exchange_words(&a->words, q->words);
    if (q->n_tags)
        status = lmi_exchange_write_tags(&a->tags, q->tags, q->n_tags);
    if (status == LMAS_OK)
        status = lmi_buf_status(&a->words);
    a->nearest = lmi_new(q->n_nearest, sizeof(*a->nearest));
    if (status != LMAS_OK || !a->nearest)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a search");
    lmi_exchange_nearest_normalise(a->nearest, q->nearest, q->n_nearest);
    return LMI_EXCHANGE_OK;
}

/* ---- As a statement ---- */

static void append_condition(lmi_buf *out, const asked *a)
{
    lmi_buf_puts(out, " WHERE " LMI_EXCHANGE_REACHABLE);
    if (a->query->is_own)
        lmi_buf_puts(out, " AND tenant = :tenant");
    if (a->query->fingerprint)
        lmi_buf_puts(out, " AND fingerprint = :fingerprint");
    if (a->query->n_nearest)
        lmi_buf_puts(out, " AND n_embedding = :width");
    if (a->words.len)
        lmi_buf_puts(out, " AND n IN (SELECT rowid FROM words WHERE words MATCH :words)");
    if (a->tags.len)
        lmi_buf_puts(out, " AND NOT EXISTS (SELECT 1 FROM json_each(:tags) AS wanted WHERE"
                          " wanted.value NOT IN (SELECT value FROM json_each(memories.tags)))");
}

static void bind_condition(lmi_sql *sql, const asked *a)
{
    lmi_sql_text(sql, ":tenant", a->tenant);
    lmi_sql_int(sql, ":now", a->now);
    if (a->query->fingerprint)
        lmi_sql_text(sql, ":fingerprint", a->query->fingerprint);
    if (a->query->n_nearest)
        lmi_sql_int(sql, ":width", (int64_t)a->query->n_nearest);
    if (a->words.len)
        lmi_sql_text(sql, ":words", lmi_buf_text(&a->words));
    if (a->tags.len)
        lmi_sql_text(sql, ":tags", lmi_buf_text(&a->tags));
}

static void start(lmi_sql *out, sqlite3 *db, const asked *a, const char *before, const char *after)
{
    lmi_buf text;

    lmi_buf_init(&text, SQL_MAX);
    lmi_buf_puts(&text, before);
    append_condition(&text, a);
    lmi_buf_puts(&text, after);
    lmi_sql_start(out, db, lmi_buf_text(&text));
    if (text.status != LMAS_OK && out->rc == SQLITE_OK)
        out->rc = SQLITE_NOMEM;
    lmi_buf_done(&text);
    bind_condition(out, a);
}

static lmi_exchange_verdict count(uint64_t *out, sqlite3 *db, const asked *a)
{
    lmi_exchange_verdict verdict;
    lmi_sql sql;

    start(&sql, db, a, "SELECT count(*) FROM memories", "");
    *out = lmi_sql_row(&sql) ? (uint64_t)lmi_sql_get_int(&sql, 0) : 0;
    verdict = lmi_sql_end(&sql);
    if (verdict != LMI_EXCHANGE_OK || !a->query->n_nearest || *out <= LMI_EXCHANGE_NEAREST_MAX)
        return verdict;
    return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                             "the nearest of %llu memories, of at most %d can be asked: name a "
                             "fingerprint, tags or words",
                             (unsigned long long)*out, LMI_EXCHANGE_NEAREST_MAX);
}

static const char PAGE[] = " ORDER BY nearness DESC, n DESC LIMIT :limit OFFSET :offset) AS page"
                           " JOIN memories USING (n) ORDER BY page.nearness DESC, n DESC";

#define FOUND "SELECT " LMI_EXCHANGE_COLUMNS ", page.nearness FROM (SELECT n, "

static void start_page(lmi_sql *out, sqlite3 *db, const asked *a)
{
    const lmi_exchange_query *q = a->query;

    if (q->n_nearest)
        start(out, db, a,
              FOUND "lmi_cosine(:nearest, (SELECT data FROM vectors WHERE n = memories.n))"
                    " AS nearness FROM memories",
              PAGE);
    else
        start(out, db, a, FOUND "0.0 AS nearness FROM memories", PAGE);
    if (q->n_nearest)
        lmi_sql_blob(out, ":nearest", a->nearest, q->n_nearest * sizeof(*a->nearest));
    lmi_sql_int(out, ":limit", q->limit);
    lmi_sql_int(out, ":offset", q->offset);
}

/* ---- Records ---- */

enum { N_COLUMNS = 26 }; /* of LMI_EXCHANGE_COLUMNS */

static lmi_exchange_verdict read_page(lmi_exchange_found *out, sqlite3 *db, const asked *a)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK, ended;
    lmi_sql sql;

    start_page(&sql, db, a);
    while (verdict == LMI_EXCHANGE_OK && out->n < a->query->limit && lmi_sql_row(&sql)) {
        verdict = lmi_exchange_record_read(&out->records[out->n], &sql);
        if (verdict == LMI_EXCHANGE_OK)
            out->records[out->n++]->nearness = lmi_sql_get_real(&sql, N_COLUMNS);
    }
    ended = lmi_sql_end(&sql);
    return verdict == LMI_EXCHANGE_OK ? ended : verdict;
}

static lmi_exchange_verdict search(lmi_exchange_found *out, lmi_exchange *exchange, const asked *a)
{
    const lmi_exchange_verdict verdict = count(&out->total, exchange->db, a);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    out->records = lmi_new(a->query->limit, sizeof(lmi_exchange_record *));
    if (!out->records)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a search");
    return read_page(out, exchange->db, a);
}

lmi_exchange_verdict lmi_exchange_search(lmi_exchange_found *out, lmi_exchange *exchange,
                                         const char *tenant, const lmi_exchange_query *query)
{
    lmi_exchange_verdict verdict = check_query(tenant, query);
    lmi_exchange_found found = {0};
    asked a;

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = asked_init(&a, exchange, tenant, query);
    if (verdict == LMI_EXCHANGE_OK) {
        lmi_exchange_lock(exchange);
        verdict = search(&found, exchange, &a);
        lmi_exchange_unlock(exchange);
    }
    asked_done(&a);
    if (verdict == LMI_EXCHANGE_OK)
        *out = found;
    else
        lmi_exchange_found_done(&found);
    return verdict;
}

void lmi_exchange_found_done(lmi_exchange_found *found)
{
    size_t i;

    for (i = 0; i < found->n; i++)
        lmi_exchange_record_free(found->records[i]);
    lmi_free(found->records);
    *found = (lmi_exchange_found){0};
}

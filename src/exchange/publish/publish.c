/*
 * publish.c - a memory file on its way: begun, filled, and kept or dropped.
 *
 * Bytes are written, flushed and checked without the lock, so others go on meanwhile; files are
 * checked one after the other. Under the lock are only sums of the quota, a rename and the
 * transaction.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "exchange/audit.h"
#include "exchange/disk/sql.h"
#include "exchange/parts.h"
#include "exchange/publish/check.h"
#include "exchange/publish/examine.h"
#include "exchange/publish/quota.h"
#include "exchange/record.h"
#include "exchange/search/nearest.h"

/* ---- Begin ---- */

static char *copy(const char *text, const char *otherwise)
{
    return lmi_strdup(text ? text : otherwise);
}

static bool fill_record(lmi_exchange_record *r, const char *tenant, const lmi_exchange_offer *offer)
{
    r->tenant = copy(tenant, "");
    r->name = copy(offer->name, "");
    r->description = copy(offer->description, "");
    r->text = copy(offer->text, "");
    r->provenance = copy(offer->provenance, "{}");
    r->quality = copy(offer->quality, "{}");
    r->tags = lmi_exchange_copy_tags(offer->tags, offer->n_tags);
    r->n_tags = r->tags ? offer->n_tags : 0;
    r->is_published = offer->is_published;
    r->expires = offer->expires;
    r->n_embedding = offer->n_embedding;
    return r->tenant && r->name && r->description && r->text && r->provenance && r->quality &&
           r->tags;
}

static void free_publish(lmi_exchange_publish *p)
{
    if (p->fd >= 0)
        close(p->fd);
    lmi_exchange_record_free(p->record);
    lmi_free(p->vector);
    lmi_free(p);
}

/* NULL when memory is out. */
static lmi_exchange_publish *make(lmi_exchange *exchange, const char *tenant,
                                  const lmi_exchange_offer *offer, const lmi_exchange_quota *quota)
{
    lmi_exchange_publish *p = lmi_new(1, sizeof(*p));

    if (!p)
        return NULL;
    p->exchange = exchange;
    p->fd = -1;
    p->quota = quota ? *quota : exchange->params.quota;
    p->announced = offer->size;
    lmi_sha256_init(&p->hash);
    p->record = lmi_new(1, sizeof(*p->record));
    p->vector = lmi_new(offer->n_embedding, sizeof(*p->vector));
    if (!p->record || !p->vector || !fill_record(p->record, tenant, offer)) {
        free_publish(p);
        return NULL;
    }
    lmi_exchange_nearest_normalise(p->vector, offer->embedding, offer->n_embedding);
    return p;
}

static lmi_exchange_verdict check_file_size(const lmi_exchange *exchange, uint64_t size)
{
    if (size <= exchange->params.file_max)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(
        LMI_EXCHANGE_TOO_LONG, "a file of %llu bytes or more, at most %llu allowed",
        (unsigned long long)size, (unsigned long long)exchange->params.file_max);
}

/* No tenant can take all the places. */
static lmi_exchange_verdict check_places(const lmi_exchange *exchange, const char *tenant)
{
    const lmi_exchange_publish *p;
    size_t n = 0;

    for (p = exchange->under_way; p; p = p->next)
        n += strcmp(p->record->tenant, tenant) == 0 ? 1 : 0;
    if (n < LMI_EXCHANGE_OF_TENANT_MAX && exchange->n_under_way < LMI_EXCHANGE_PUBLISHES_MAX)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_QUOTA,
                             "too many memories are on their way, %zu of them yours: at most %zu "
                             "and %zu in all, try later",
                             n, LMI_EXCHANGE_OF_TENANT_MAX, LMI_EXCHANGE_PUBLISHES_MAX);
}

/* It takes its place among those under way; with the lock. */
static lmi_exchange_verdict enter(lmi_exchange_publish *p)
{
    lmi_exchange *exchange = p->exchange;
    lmi_exchange_verdict verdict = check_places(exchange, p->record->tenant);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_quota_reserve(p, p->announced);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_folder_new(p->record->id, &p->fd, &exchange->folder);
    if (verdict == LMI_EXCHANGE_OK) {
        p->next = exchange->under_way;
        exchange->under_way = p;
        exchange->n_under_way++;
    }
    return verdict;
}

static void leave(lmi_exchange_publish *p)
{
    lmi_exchange_publish **at = &p->exchange->under_way;

    while (*at && *at != p)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = p->next;
    p->exchange->n_under_way--;
}

static lmi_exchange_verdict begin_made(lmi_exchange_publish **out, lmi_exchange *exchange,
                                       const char *tenant, const lmi_exchange_offer *offer,
                                       const lmi_exchange_quota *quota)
{
    lmi_exchange_publish *p;
    lmi_exchange_verdict verdict = lmi_exchange_check_offer(offer, lmi_exchange_now(exchange));

    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_file_size(exchange, offer->size);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    p = make(exchange, tenant, offer, quota);
    if (!p)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a memory file on its way");
    lmi_exchange_lock(exchange);
    verdict = enter(p);
    lmi_exchange_unlock(exchange);
    if (verdict == LMI_EXCHANGE_OK)
        *out = p;
    else
        free_publish(p);
    return verdict;
}

static lmi_exchange_verdict note_refused(lmi_exchange *exchange, const char *tenant, const char *id,
                                         lmi_exchange_verdict verdict)
{
    lmi_exchange_lock(exchange);
    verdict = lmi_exchange_audit_end(exchange, tenant, "publish", id, verdict);
    lmi_exchange_unlock(exchange);
    return verdict;
}

lmi_exchange_verdict lmi_exchange_begin(lmi_exchange_publish **out, lmi_exchange *exchange,
                                        const char *tenant, const lmi_exchange_offer *offer,
                                        const lmi_exchange_quota *quota)
{
    lmi_exchange_verdict verdict = lmi_exchange_check_tenant(tenant);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = begin_made(out, exchange, tenant, offer, quota);
    return verdict == LMI_EXCHANGE_OK ? verdict : note_refused(exchange, tenant, "", verdict);
}

/* ---- Append ---- */

enum { ROOM_STEP = 1 << 20 };

static lmi_exchange_verdict write_all(lmi_exchange_publish *p, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(p->fd, data, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lmi_exchange_fail_errno("cannot write in %s/incoming", p->exchange->folder.path);
        lmi_sha256_add(&p->hash, data, (size_t)n);
        p->size += (uint64_t)n;
        data += n;
        size -= (size_t)n;
    }
    return LMI_EXCHANGE_OK;
}

/* Beyond what is reserved: a step more than that where there is room for it, so that what comes in
 * small pieces is not reckoned anew for each. */
static lmi_exchange_verdict make_room(lmi_exchange_publish *p, uint64_t size)
{
    lmi_exchange_verdict verdict;

    if (size <= p->reserved)
        return LMI_EXCHANGE_OK;
    lmi_exchange_lock(p->exchange);
    verdict = lmi_exchange_quota_reserve(p, size + ROOM_STEP);
    if (verdict == LMI_EXCHANGE_QUOTA)
        verdict = lmi_exchange_quota_reserve(p, size);
    lmi_exchange_unlock(p->exchange);
    return verdict;
}

lmi_exchange_verdict lmi_exchange_append(lmi_exchange_publish *publish, const void *data,
                                         size_t size)
{
    lmi_exchange_verdict verdict;

    if (publish->has_failed)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "the publish has failed before: begin anew");
    if (publish->announced && size > publish->announced - publish->size)
        verdict = lmi_exchange_fail(LMI_EXCHANGE_TOO_LONG, "more than the %llu bytes announced",
                                    (unsigned long long)publish->announced);
    else
        verdict = check_file_size(publish->exchange, publish->size + size);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = make_room(publish, publish->size + size);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = write_all(publish, data, size);
    publish->has_failed = verdict != LMI_EXCHANGE_OK;
    return verdict;
}

/* ---- Commit and abort ---- */

static lmi_exchange_verdict finish_file(lmi_exchange_publish *p)
{
    lmi_exchange_verdict verdict;

    if (p->has_failed)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "the publish has failed before: begin anew");
    if (p->announced && p->size != p->announced)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%llu bytes came of the %llu announced",
                                 (unsigned long long)p->size, (unsigned long long)p->announced);
    if (fsync(p->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        return lmi_exchange_fail_errno("cannot write in %s/incoming", p->exchange->folder.path);
    pthread_mutex_lock(&p->exchange->examining);
    verdict = lmi_exchange_examine(p->record, &p->exchange->folder);
    pthread_mutex_unlock(&p->exchange->examining);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    lmi_sha256_done(p->record->sha256, &p->hash);
    p->record->size = p->size;
    return LMI_EXCHANGE_OK;
}

/* Within a transaction. */
static lmi_exchange_verdict insert(lmi_exchange_publish *p)
{
    lmi_exchange_record *record = p->record;
    lmi_exchange *exchange = p->exchange;
    lmi_exchange_verdict verdict;

    record->created = lmi_exchange_now(exchange);
    verdict = lmi_exchange_record_insert(exchange->db, record, p->vector);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    return lmi_exchange_audit_add(exchange, record->tenant, "publish", record->id, "ok");
}

/* The file first, then its record: with the lock. */
static lmi_exchange_verdict keep(lmi_exchange_publish *p)
{
    lmi_exchange *exchange = p->exchange;
    lmi_exchange_verdict verdict = lmi_exchange_quota_reserve(p, p->size);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_folder_keep(&exchange->folder, p->record->id);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_sql_begin(exchange->db);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    return lmi_sql_finish(exchange->db, insert(p));
}

static void drop(lmi_exchange_publish *p)
{
    lmi_exchange_lock(p->exchange);
    leave(p);
    lmi_exchange_unlock(p->exchange);
    lmi_exchange_folder_drop(&p->exchange->folder, p->record->id);
    free_publish(p);
}

lmi_exchange_verdict lmi_exchange_commit(char id[LMI_EXCHANGE_ID_SIZE],
                                         lmi_exchange_publish *publish)
{
    lmi_exchange *exchange = publish->exchange;
    lmi_exchange_verdict verdict = finish_file(publish);

    if (verdict == LMI_EXCHANGE_OK) {
        lmi_exchange_lock(exchange);
        verdict = keep(publish);
        if (verdict == LMI_EXCHANGE_OK)
            leave(publish);
        lmi_exchange_unlock(exchange);
    }
    if (verdict == LMI_EXCHANGE_OK) {
        memcpy(id, publish->record->id, LMI_EXCHANGE_ID_SIZE);
        free_publish(publish);
        return LMI_EXCHANGE_OK;
    }
    verdict = note_refused(exchange, publish->record->tenant, publish->record->id, verdict);
    drop(publish);
    return verdict;
}

void lmi_exchange_abort(lmi_exchange_publish *publish)
{
    if (publish)
        drop(publish);
}

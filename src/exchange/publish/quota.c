/* quota.c - records and files on their way, added up; see quota.h. */
#include "exchange/publish/quota.h"

#include <string.h>

#include "exchange/disk/sql.h"
#include "exchange/publish/check.h"

static void add_under_way(lmi_exchange_quota *used, const lmi_exchange *exchange,
                          const char *tenant, const lmi_exchange_publish *other)
{
    const lmi_exchange_publish *p;

    for (p = exchange->under_way; p; p = p->next) {
        if (p == other || strcmp(p->record->tenant, tenant) != 0)
            continue;
        used->n_bytes += p->reserved;
        used->n++;
    }
}

lmi_exchange_verdict lmi_exchange_quota_used(lmi_exchange_quota *out, lmi_exchange *exchange,
                                             const char *tenant, const lmi_exchange_publish *other)
{
    lmi_exchange_quota used = {0};
    lmi_exchange_verdict verdict;
    lmi_sql sql;

    lmi_sql_start(&sql, exchange->db,
                  "SELECT count(*), coalesce(sum(size), 0) FROM memories"
                  " WHERE tenant = :tenant AND " LMI_EXCHANGE_ALIVE);
    lmi_sql_text(&sql, ":tenant", tenant);
    lmi_sql_int(&sql, ":now", lmi_exchange_now(exchange));
    if (lmi_sql_row(&sql)) {
        used.n = (uint64_t)lmi_sql_get_int(&sql, 0);
        used.n_bytes = (uint64_t)lmi_sql_get_int(&sql, 1);
    }
    verdict = lmi_sql_end(&sql);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    add_under_way(&used, exchange, tenant, other);
    *out = used;
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_quota_reserve(lmi_exchange_publish *publish, uint64_t size)
{
    const lmi_exchange_quota *quota = &publish->quota;
    lmi_exchange_quota used;
    const lmi_exchange_verdict verdict =
        lmi_exchange_quota_used(&used, publish->exchange, publish->record->tenant, publish);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (used.n >= quota->n)
        return lmi_exchange_fail(LMI_EXCHANGE_QUOTA,
                                 "%llu memories, at most %llu allowed: delete one first",
                                 (unsigned long long)used.n, (unsigned long long)quota->n);
    if (used.n_bytes > quota->n_bytes || size > quota->n_bytes - used.n_bytes)
        return lmi_exchange_fail(
            LMI_EXCHANGE_QUOTA,
            "%llu bytes beside %llu, at most %llu in all: delete a memory first",
            (unsigned long long)size, (unsigned long long)used.n_bytes,
            (unsigned long long)quota->n_bytes);
    publish->reserved = size;
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_usage(lmi_exchange_quota *out, lmi_exchange *exchange,
                                        const char *tenant)
{
    lmi_exchange_verdict verdict = lmi_exchange_check_tenant(tenant);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    lmi_exchange_lock(exchange);
    verdict = lmi_exchange_quota_used(out, exchange, tenant, NULL);
    lmi_exchange_unlock(exchange);
    return verdict;
}

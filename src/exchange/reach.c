/*
 * reach.c - memories by their id: looked at, fetched, deleted; and those that have expired.
 *
 * Whatever a tenant cannot reach takes the same way as what is not there: the same statements, the
 * same line in the log, the same answer.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "exchange/audit.h"
#include "exchange/disk/sql.h"
#include "exchange/parts.h"
#include "exchange/publish/check.h"
#include "exchange/record.h"

static lmi_exchange_verdict check(const char *tenant, const char *id)
{
    const lmi_exchange_verdict verdict = lmi_exchange_check_tenant(tenant);

    if (verdict != LMI_EXCHANGE_OK || id)
        return verdict;
    return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "the id of a memory is missing");
}

static void bind(lmi_sql *sql, const lmi_exchange *exchange, const char *tenant, const char *id)
{
    lmi_sql_text(sql, ":id", id);
    lmi_sql_text(sql, ":tenant", tenant);
    lmi_sql_int(sql, ":now", lmi_exchange_now(exchange));
}

/* ---- Get ---- */

static lmi_exchange_verdict get(lmi_exchange_record **out, lmi_exchange *exchange,
                                const char *tenant, const char *id)
{
    lmi_exchange_verdict verdict, ended;
    lmi_sql sql;

    lmi_sql_start(&sql, exchange->db,
                  "SELECT " LMI_EXCHANGE_COLUMNS
                  " FROM memories WHERE id = :id AND " LMI_EXCHANGE_REACHABLE);
    bind(&sql, exchange, tenant, id);
    verdict = lmi_sql_row(&sql) ? lmi_exchange_record_read(out, &sql) : lmi_exchange_absent();
    ended = lmi_sql_end(&sql);
    return ended == LMI_EXCHANGE_OK ? verdict : ended;
}

lmi_exchange_verdict lmi_exchange_get(lmi_exchange_record **out, lmi_exchange *exchange,
                                      const char *tenant, const char *id)
{
    lmi_exchange_verdict verdict = check(tenant, id);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    lmi_exchange_lock(exchange);
    verdict = get(out, exchange, tenant, id);
    lmi_exchange_unlock(exchange);
    return verdict;
}

/* ---- Bytes ---- */

/* The id as the table has it: what the client wrote is no name of a file. */
static lmi_exchange_verdict reach(char found[LMI_EXCHANGE_ID_SIZE], lmi_exchange *exchange,
                                  const char *tenant, const char *id)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK, ended;
    lmi_sql sql;

    lmi_sql_start(&sql, exchange->db,
                  "SELECT id FROM memories WHERE id = :id AND " LMI_EXCHANGE_REACHABLE);
    bind(&sql, exchange, tenant, id);
    if (lmi_sql_row(&sql))
        lmi_exchange_copy_id(found, lmi_sql_get_text(&sql, 0));
    else
        verdict = lmi_exchange_absent();
    ended = lmi_sql_end(&sql);
    return ended == LMI_EXCHANGE_OK ? verdict : ended;
}

static lmi_exchange_verdict open_file(int *fd, uint64_t *size, lmi_exchange *exchange,
                                      const char *tenant, const char *id, bool is_noted)
{
    char found[LMI_EXCHANGE_ID_SIZE];
    int opened = -1;
    lmi_exchange_verdict verdict = reach(found, exchange, tenant, id);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_folder_read(&opened, size, &exchange->folder, found);
    if (is_noted)
        verdict = lmi_exchange_audit_end(exchange, tenant, "fetch", id, verdict);
    if (verdict == LMI_EXCHANGE_OK)
        *fd = opened;
    else if (opened >= 0)
        close(opened);
    return verdict;
}

static lmi_exchange_verdict open_checked(int *fd, uint64_t *size, lmi_exchange *exchange,
                                         const char *tenant, const char *id, bool is_noted)
{
    lmi_exchange_verdict verdict = check(tenant, id);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    lmi_exchange_lock(exchange);
    verdict = open_file(fd, size, exchange, tenant, id, is_noted);
    lmi_exchange_unlock(exchange);
    return verdict;
}

lmi_exchange_verdict lmi_exchange_fetch(int *fd, uint64_t *size, lmi_exchange *exchange,
                                        const char *tenant, const char *id)
{
    return open_checked(fd, size, exchange, tenant, id, true);
}

static lmi_exchange_verdict read_at(size_t *n, int fd, uint64_t offset, char *data, size_t size)
{
    size_t have = 0;

    while (have < size) {
        const ssize_t got = pread(fd, data + have, size - have, (off_t)(offset + have));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return lmi_exchange_fail_errno("cannot read a file of the exchange");
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *n = have;
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_read(size_t *n, lmi_exchange *exchange, const char *tenant,
                                       const char *id, uint64_t offset, void *data, size_t size)
{
    uint64_t whole = 0;
    int fd = -1;
    lmi_exchange_verdict verdict = open_checked(&fd, &whole, exchange, tenant, id, offset == 0);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (offset > whole)
        verdict = lmi_exchange_fail(LMI_EXCHANGE_INVALID, "offset %llu in a file of %llu bytes",
                                    (unsigned long long)offset, (unsigned long long)whole);
    else
        verdict = read_at(n, fd, offset, data, size);
    close(fd);
    return verdict;
}

/* ---- Delete ---- */

/* The id where it is the tenant's own, else one that nobody has. */
static lmi_exchange_verdict find_own(char found[LMI_EXCHANGE_ID_SIZE], lmi_exchange *exchange,
                                     const char *tenant, const char *id)
{
    lmi_sql sql;

    found[0] = '\0';
    lmi_sql_start(&sql, exchange->db,
                  "SELECT id FROM memories WHERE id = :id AND tenant = :tenant"
                  " AND " LMI_EXCHANGE_ALIVE);
    bind(&sql, exchange, tenant, id);
    if (lmi_sql_row(&sql))
        lmi_exchange_copy_id(found, lmi_sql_get_text(&sql, 0));
    return lmi_sql_end(&sql);
}

static lmi_exchange_verdict forget_own(char found[LMI_EXCHANGE_ID_SIZE], lmi_exchange *exchange,
                                       const char *tenant, const char *id)
{
    lmi_exchange_verdict verdict = find_own(found, exchange, tenant, id);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_record_forget(exchange->db, found);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_audit_add(exchange, tenant, "delete", id,
                                         found[0] ? "ok" : "absent: there is no such memory");
    return verdict;
}

static lmi_exchange_verdict delete_own(lmi_exchange *exchange, const char *tenant, const char *id)
{
    char found[LMI_EXCHANGE_ID_SIZE] = "";
    lmi_exchange_verdict verdict = lmi_sql_begin(exchange->db);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = lmi_sql_finish(exchange->db, forget_own(found, exchange, tenant, id));
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (!found[0])
        return lmi_exchange_absent();
    lmi_exchange_folder_drop(&exchange->folder, found);
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_delete(lmi_exchange *exchange, const char *tenant, const char *id)
{
    lmi_exchange_verdict verdict = check(tenant, id);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    lmi_exchange_lock(exchange);
    verdict = delete_own(exchange, tenant, id);
    lmi_exchange_unlock(exchange);
    return verdict;
}

/* ---- Expiry ---- */

/* The next one that has expired and its tenant; "" where there is none. */
static lmi_exchange_verdict find_expired(char id[LMI_EXCHANGE_ID_SIZE],
                                         char tenant[LMI_EXCHANGE_TENANT_MAX + 1],
                                         const lmi_exchange *exchange)
{
    lmi_sql sql;

    id[0] = '\0';
    lmi_sql_start(&sql, exchange->db,
                  "SELECT id, tenant FROM memories WHERE expires > 0 AND expires <= :now"
                  " ORDER BY expires LIMIT 1");
    lmi_sql_int(&sql, ":now", lmi_exchange_now(exchange));
    if (lmi_sql_row(&sql)) {
        lmi_exchange_copy_id(id, lmi_sql_get_text(&sql, 0));
        snprintf(tenant, LMI_EXCHANGE_TENANT_MAX + 1, "%s", lmi_sql_get_text(&sql, 1));
    }
    return lmi_sql_end(&sql);
}

/* One at a time, each with the lock of its own: others come between. */
static lmi_exchange_verdict expire_one(bool *is_over, lmi_exchange *exchange)
{
    char id[LMI_EXCHANGE_ID_SIZE], tenant[LMI_EXCHANGE_TENANT_MAX + 1] = "";
    lmi_exchange_verdict verdict = find_expired(id, tenant, exchange);

    *is_over = !id[0];
    if (verdict != LMI_EXCHANGE_OK || *is_over)
        return verdict;
    verdict = lmi_sql_begin(exchange->db);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = lmi_exchange_record_forget(exchange->db, id);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_audit_add(exchange, tenant, "expire", id, "ok");
    verdict = lmi_sql_finish(exchange->db, verdict);
    if (verdict == LMI_EXCHANGE_OK)
        lmi_exchange_folder_drop(&exchange->folder, id);
    return verdict;
}

lmi_exchange_verdict lmi_exchange_sweep(uint64_t *n, lmi_exchange *exchange)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    bool is_over = false;

    for (*n = 0; verdict == LMI_EXCHANGE_OK; ++*n) {
        lmi_exchange_lock(exchange);
        verdict = expire_one(&is_over, exchange);
        lmi_exchange_unlock(exchange);
        if (is_over || verdict != LMI_EXCHANGE_OK)
            break;
    }
    return verdict;
}

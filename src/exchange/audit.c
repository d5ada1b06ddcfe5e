/*
 * audit.c - who did what; see exchange.h.
 *
 * Each tenant's lines have numbers of their own: what others do drives none of them out, and the
 * numbers do not tell how much that was.
 */
#include "exchange/audit.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "exchange/disk/sql.h"
#include "exchange/publish/check.h"

/* The text as a line of at most WHY_MAX bytes. */
static void shorten(char out[LMI_EXCHANGE_WHY_MAX + 1], const char *text)
{
    const size_t len = strlen(text);

    snprintf(out, LMI_EXCHANGE_WHY_MAX + 1, "%s", text);
    if (len > LMI_EXCHANGE_WHY_MAX)
        out[lmi_utf8_floor(text, LMI_EXCHANGE_WHY_MAX)] = '\0';
    lmi_flatten(out);
}

static lmi_exchange_verdict insert_line(lmi_exchange *exchange, const char *tenant,
                                        const char *action, const char *id, const char *why)
{
    lmi_sql sql;

    lmi_sql_start(&sql, exchange->db,
                  "INSERT INTO audit (tenant, number, time, action, id, why) VALUES (:tenant,"
                  " 1 + coalesce((SELECT max(number) FROM audit WHERE tenant = :tenant), 0),"
                  " :time, :action, :id, :why)");
    lmi_sql_text(&sql, ":tenant", tenant);
    lmi_sql_int(&sql, ":time", lmi_exchange_now(exchange));
    lmi_sql_text(&sql, ":action", action);
    lmi_sql_text(&sql, ":id", id);
    lmi_sql_text(&sql, ":why", why);
    return lmi_sql_run(&sql);
}

static lmi_exchange_verdict drop_oldest(lmi_exchange *exchange, const char *tenant)
{
    lmi_sql sql;

    lmi_sql_start(&sql, exchange->db,
                  "DELETE FROM audit WHERE tenant = :tenant AND number <="
                  " (SELECT max(number) FROM audit WHERE tenant = :tenant) - :most");
    lmi_sql_text(&sql, ":tenant", tenant);
    lmi_sql_int(&sql, ":most", (int64_t)exchange->params.n_audit);
    return lmi_sql_run(&sql);
}

static lmi_exchange_verdict add_both(lmi_exchange *exchange, const char *tenant, const char *action,
                                     const char *id, const char *why)
{
    char line[LMI_EXCHANGE_WHY_MAX + 1];
    char name[LMI_EXCHANGE_ID_SIZE];
    lmi_exchange_verdict verdict;

    shorten(line, why);
    snprintf(name, sizeof(name), "%s", lmi_utf8_is_valid(id, strlen(id)) ? id : "");
    name[lmi_utf8_complete(name, strlen(name))] = '\0';
    lmi_flatten(name);
    verdict = insert_line(exchange, tenant, action, name, line);
    return verdict == LMI_EXCHANGE_OK ? drop_oldest(exchange, tenant) : verdict;
}

lmi_exchange_verdict lmi_exchange_audit_add(lmi_exchange *exchange, const char *tenant,
                                            const char *action, const char *id, const char *why)
{
    const bool is_within = !sqlite3_get_autocommit(exchange->db);
    lmi_exchange_verdict verdict = is_within ? LMI_EXCHANGE_OK : lmi_sql_begin(exchange->db);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = add_both(exchange, tenant, action, id, why);
    return is_within ? verdict : lmi_sql_finish(exchange->db, verdict);
}

lmi_exchange_verdict lmi_exchange_audit_end(lmi_exchange *exchange, const char *tenant,
                                            const char *action, const char *id,
                                            lmi_exchange_verdict verdict)
{
    char message[LMI_ERROR_MAX], why[LMI_ERROR_MAX + 32];

    if (verdict == LMI_EXCHANGE_OK)
        return lmi_exchange_audit_add(exchange, tenant, action, id, "ok");
    snprintf(message, sizeof(message), "%s", lmas_last_error());
    snprintf(why, sizeof(why), "%s: %s", lmi_exchange_verdict_name(verdict),
             verdict == LMI_EXCHANGE_FAILED ? "see the log of the server" : message);
    (void)lmi_exchange_audit_add(exchange, tenant, action, id, why);
    return lmi_exchange_fail(verdict, "%s", message);
}

lmi_exchange_verdict lmi_exchange_note(lmi_exchange *exchange, const char *tenant,
                                       const char *action, const char *id, const char *why)
{
    lmi_exchange_verdict verdict = lmi_exchange_check_tenant(tenant);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_line("the action", action, LMI_EXCHANGE_ACTION_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_text("the id", id, LMI_EXCHANGE_ID_SIZE - 1);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_text("the reason", why, LMI_EXCHANGE_TEXT_MAX);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    lmi_exchange_lock(exchange);
    verdict = lmi_exchange_audit_add(exchange, tenant, action, id ? id : "", why ? why : "");
    lmi_exchange_unlock(exchange);
    return verdict;
}

/* ---- Reading it ---- */

void lmi_exchange_log_done(lmi_exchange_log *log)
{
    size_t i;

    for (i = 0; i < log->n; i++) {
        lmi_free(log->lines[i].action);
        lmi_free(log->lines[i].id);
        lmi_free(log->lines[i].why);
    }
    lmi_free(log->lines);
    *log = (lmi_exchange_log){0};
}

static lmi_exchange_verdict read_line(lmi_exchange_log *log, const lmi_sql *sql)
{
    lmi_exchange_line *line = &log->lines[log->n++];

    line->number = (uint64_t)lmi_sql_get_int(sql, 0);
    line->time = lmi_sql_get_int(sql, 1);
    line->action = lmi_strdup(lmi_sql_get_text(sql, 2));
    line->id = lmi_strdup(lmi_sql_get_text(sql, 3));
    line->why = lmi_strdup(lmi_sql_get_text(sql, 4));
    if (line->action && line->id && line->why)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for the audit log");
}

static lmi_exchange_verdict read_lines(lmi_exchange_log *log, lmi_exchange *exchange,
                                       const char *tenant, uint64_t before, uint32_t limit)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK, ended;
    lmi_sql sql;

    lmi_sql_start(&sql, exchange->db,
                  "SELECT number, time, action, id, why FROM audit WHERE tenant = :tenant"
                  " AND (:before = 0 OR number < :before) ORDER BY number DESC LIMIT :limit");
    lmi_sql_text(&sql, ":tenant", tenant);
    lmi_sql_int(&sql, ":before", before > INT64_MAX ? INT64_MAX : (int64_t)before);
    lmi_sql_int(&sql, ":limit", limit);
    while (verdict == LMI_EXCHANGE_OK && log->n < limit && lmi_sql_row(&sql))
        verdict = read_line(log, &sql);
    ended = lmi_sql_end(&sql);
    return verdict == LMI_EXCHANGE_OK ? ended : verdict;
}

lmi_exchange_verdict lmi_exchange_audit(lmi_exchange_log *out, lmi_exchange *exchange,
                                        const char *tenant, uint64_t before, uint32_t limit)
{
    lmi_exchange_verdict verdict = lmi_exchange_check_tenant(tenant);
    lmi_exchange_log log = {0};

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (limit < 1 || limit > LMI_EXCHANGE_LIMIT_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "limit is %u, from 1 to %d expected",
                                 (unsigned)limit, LMI_EXCHANGE_LIMIT_MAX);
    log.lines = lmi_new(limit, sizeof(*log.lines));
    if (!log.lines)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for the audit log");
    lmi_exchange_lock(exchange);
    verdict = read_lines(&log, exchange, tenant, before, limit);
    lmi_exchange_unlock(exchange);
    if (verdict == LMI_EXCHANGE_OK)
        *out = log;
    else
        lmi_exchange_log_done(&log);
    return verdict;
}

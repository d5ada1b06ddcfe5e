/* sql.c - SQLite behind a few calls; see sql.h. */
#include "exchange/disk/sql.h"

static lmi_exchange_verdict fail(sqlite3 *db, int rc)
{
    return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "the database of the exchange: %s",
                             rc == sqlite3_errcode(db) ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

void lmi_sql_start(lmi_sql *out, sqlite3 *db, const char *text)
{
    *out = (lmi_sql){.db = db};
    out->rc = sqlite3_prepare_v2(db, text, -1, &out->stmt, NULL);
}

/* A name that the statement does not have is 0, which SQLite refuses. */
static int place_of(const lmi_sql *sql, const char *name)
{
    return sqlite3_bind_parameter_index(sql->stmt, name);
}

void lmi_sql_text(lmi_sql *sql, const char *name, const char *value)
{
    if (sql->rc == SQLITE_OK)
        sql->rc = sqlite3_bind_text(sql->stmt, place_of(sql, name), value, -1, SQLITE_STATIC);
}

void lmi_sql_int(lmi_sql *sql, const char *name, int64_t value)
{
    if (sql->rc == SQLITE_OK)
        sql->rc = sqlite3_bind_int64(sql->stmt, place_of(sql, name), value);
}

void lmi_sql_blob(lmi_sql *sql, const char *name, const void *data, size_t size)
{
    if (sql->rc == SQLITE_OK)
        sql->rc = sqlite3_bind_blob64(sql->stmt, place_of(sql, name), data, size, SQLITE_STATIC);
}

bool lmi_sql_row(lmi_sql *sql)
{
    int rc;

    if (sql->rc != SQLITE_OK)
        return false;
    rc = sqlite3_step(sql->stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        sql->rc = rc;
    return rc == SQLITE_ROW;
}

int64_t lmi_sql_get_int(const lmi_sql *sql, int column)
{
    return sqlite3_column_int64(sql->stmt, column);
}

double lmi_sql_get_real(const lmi_sql *sql, int column)
{
    return sqlite3_column_double(sql->stmt, column);
}

const char *lmi_sql_get_text(const lmi_sql *sql, int column)
{
    return (const char *)sqlite3_column_text(sql->stmt, column);
}

lmi_exchange_verdict lmi_sql_end(lmi_sql *sql)
{
    const lmi_exchange_verdict verdict =
        sql->rc == SQLITE_OK ? LMI_EXCHANGE_OK : fail(sql->db, sql->rc);

    sqlite3_finalize(sql->stmt);
    sql->stmt = NULL;
    return verdict;
}

lmi_exchange_verdict lmi_sql_run(lmi_sql *sql)
{
    while (lmi_sql_row(sql))
        ;
    return lmi_sql_end(sql);
}

lmi_exchange_verdict lmi_sql_exec(sqlite3 *db, const char *text)
{
    const int rc = sqlite3_exec(db, text, NULL, NULL, NULL);

    return rc == SQLITE_OK ? LMI_EXCHANGE_OK : fail(db, rc);
}

lmi_exchange_verdict lmi_sql_begin(sqlite3 *db)
{
    return lmi_sql_exec(db, "BEGIN IMMEDIATE");
}

lmi_exchange_verdict lmi_sql_finish(sqlite3 *db, lmi_exchange_verdict verdict)
{
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_sql_exec(db, "COMMIT");
    if (verdict != LMI_EXCHANGE_OK && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return verdict;
}

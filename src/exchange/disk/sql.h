/*
 * sql.h - one statement of the database: begun, filled, stepped, ended.
 *
 * All values are bound by name. A failure sticks: go through the statement, then ask
 * lmi_sql_end() once.
 */
#ifndef LMI_EXCHANGE_DISK_SQL_H
#define LMI_EXCHANGE_DISK_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/verdict.h"

typedef struct lmi_sql {
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int rc; /* SQLITE_OK, or the first failure */
} lmi_sql;

void lmi_sql_start(lmi_sql *out, sqlite3 *db, const char *text);

/* What is bound must live until the end. NULL binds null. */
void lmi_sql_text(lmi_sql *sql, const char *name, const char *value);
void lmi_sql_int(lmi_sql *sql, const char *name, int64_t value);
void lmi_sql_blob(lmi_sql *sql, const char *name, const void *data, size_t size);

/* Step; whether there is a row to look at. */
bool lmi_sql_row(lmi_sql *sql);
int64_t lmi_sql_get_int(const lmi_sql *sql, int column);
double lmi_sql_get_real(const lmi_sql *sql, int column);
/* NULL for null; until the next step. */
const char *lmi_sql_get_text(const lmi_sql *sql, int column);

lmi_exchange_verdict lmi_sql_end(lmi_sql *sql);
lmi_exchange_verdict lmi_sql_run(lmi_sql *sql); /* step through and end */

/* Statements without values, one behind the other. */
lmi_exchange_verdict lmi_sql_exec(sqlite3 *db, const char *text);

/* All or nothing: what was done since lmi_sql_begin() is on disk when this gives OK. Where
 * `verdict` is not OK it is undone, and that is given back. */
lmi_exchange_verdict lmi_sql_begin(sqlite3 *db);
lmi_exchange_verdict lmi_sql_finish(sqlite3 *db, lmi_exchange_verdict verdict);

#endif

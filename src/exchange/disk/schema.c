/*
 * schema.c - tables, and how SQLite is to write them.
 *
 * A transaction is on disk when it ends (WAL, synchronous=FULL), and what is deleted is
 * overwritten, in the tables as well as among the words: a memory's text is its owner's.
 *
 * The index `reach` has all that decides who reaches a memory. So a row that is another's is never
 * looked at: whether it is there makes no difference to the way a query takes.
 */
#include "exchange/disk/schema.h"

#include <fcntl.h>
#include <unistd.h>

#include "exchange/disk/sql.h"

static const char SETTINGS[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA temp_store = MEMORY;";

#define APPLICATION_ID 1819108728 /* "lmex" */
#define TEXT_OF_IT(x)  #x
#define TEXT_OF(x)     TEXT_OF_IT(x)

static const char TABLES[] =
    "CREATE TABLE memories ("
    " n INTEGER PRIMARY KEY, id TEXT NOT NULL, tenant TEXT NOT NULL,"
    " is_published INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " size INTEGER NOT NULL, sha256 TEXT NOT NULL, fingerprint TEXT NOT NULL, arch TEXT NOT NULL,"
    " version TEXT NOT NULL, engine TEXT NOT NULL, cache_type_k TEXT NOT NULL,"
    " cache_type_v TEXT NOT NULL, signed_by TEXT, n_pos INTEGER NOT NULL,"
    " n_tokens INTEGER NOT NULL, n_thoughts INTEGER NOT NULL, n_layer INTEGER NOT NULL,"
    " n_embd INTEGER NOT NULL, n_embedding INTEGER NOT NULL, name TEXT NOT NULL,"
    " tags TEXT NOT NULL, description TEXT NOT NULL, quality TEXT NOT NULL,"
    " provenance TEXT NOT NULL, text TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX reach ON memories(id, tenant, is_published, expires);"
    "CREATE INDEX owned ON memories(tenant, expires, size);"
    "CREATE INDEX ending ON memories(expires) WHERE expires > 0;"
    "CREATE TABLE vectors (n INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"
    "CREATE VIRTUAL TABLE words USING fts5(name, description, tags, text, content = 'memories',"
    " content_rowid = 'n', tokenize = 'unicode61 remove_diacritics 2');"
    "INSERT INTO words(words, rank) VALUES ('secure-delete', 1);"
    "CREATE TABLE audit ("
    " tenant TEXT NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL, action TEXT NOT NULL,"
    " id TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (tenant, number)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'a line of the audit log is not changed'); END;"
    "PRAGMA application_id = " TEXT_OF(APPLICATION_ID) ";"
                                                       "PRAGMA user_version = " TEXT_OF(
                                                           LMI_EXCHANGE_SCHEMA) ";";

static lmi_exchange_verdict ask_number(int64_t *out, sqlite3 *db, const char *text)
{
    lmi_sql sql;

    lmi_sql_start(&sql, db, text);
    *out = lmi_sql_row(&sql) ? lmi_sql_get_int(&sql, 0) : 0;
    return lmi_sql_end(&sql);
}

static lmi_exchange_verdict make_tables(sqlite3 *db)
{
    lmi_exchange_verdict verdict = lmi_sql_begin(db);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_sql_exec(db, TABLES);
    return lmi_sql_finish(db, verdict);
}

static lmi_exchange_verdict check_version(sqlite3 *db, const char *path)
{
    int64_t application = 0, version = 0, n_tables = 0;
    lmi_exchange_verdict verdict = ask_number(&application, db, "PRAGMA application_id");

    if (verdict == LMI_EXCHANGE_OK)
        verdict = ask_number(&version, db, "PRAGMA user_version");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = ask_number(&n_tables, db, "SELECT count(*) FROM sqlite_schema");
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (application == 0 && version == 0 && n_tables == 0)
        return make_tables(db);
    if (application != APPLICATION_ID || version < 1)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                 "%s is no database of an exchange: give another folder", path);
    if (version > LMI_EXCHANGE_SCHEMA)
        return lmi_exchange_fail(
            LMI_EXCHANGE_INVALID,
            "%s has layout %lld, this version knows up to %d: take a newer one", path,
            (long long)version, LMI_EXCHANGE_SCHEMA);
    return LMI_EXCHANGE_OK;
}

/* SQLite would make it for all to read. */
static lmi_exchange_verdict make_file(const char *path)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return lmi_exchange_fail_errno("cannot open %s", path);
    close(fd);
    return LMI_EXCHANGE_OK;
}

/* The version comes before the settings: those write. */
static lmi_exchange_verdict open_made(sqlite3 *db, const char *path)
{
    lmi_exchange_verdict verdict;

    sqlite3_busy_timeout(db, 5000);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    verdict = check_version(db, path);
    return verdict == LMI_EXCHANGE_OK ? lmi_sql_exec(db, SETTINGS) : verdict;
}

lmi_exchange_verdict lmi_exchange_schema_open(sqlite3 **out, const char *path)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    lmi_exchange_verdict verdict = make_file(path);
    sqlite3 *db = NULL;
    int rc;

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    rc = sqlite3_open_v2(path, &db, flags, NULL);
    if (rc != SQLITE_OK)
        verdict =
            lmi_exchange_fail(LMI_EXCHANGE_FAILED, "cannot open %s: %s", path, sqlite3_errstr(rc));
    else
        verdict = open_made(db, path);
    if (verdict == LMI_EXCHANGE_OK)
        *out = db;
    else
        sqlite3_close(db);
    return verdict;
}

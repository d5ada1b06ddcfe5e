/* clean.c - files against records, and records against files; see clean.h. */
#include "exchange/disk/clean.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exchange/disk/sql.h"
#include "exchange/record.h"

typedef struct sweep {
    lmi_exchange *exchange;
    int fd;
    uint64_t n;
} sweep;

static lmi_exchange_verdict drop_file(sweep *s, const char *id)
{
    if (unlinkat(s->fd, id, 0) != 0)
        return lmi_exchange_fail_errno("cannot remove %s in %s", id, s->exchange->folder.path);
    s->n++;
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict drop_upload(void *user, const char *id)
{
    return drop_file(user, id);
}

static lmi_exchange_verdict drop_stray(void *user, const char *id)
{
    sweep *s = user;
    lmi_exchange_verdict verdict;
    bool has_record;
    lmi_sql sql;

    lmi_sql_start(&sql, s->exchange->db, "SELECT 1 FROM memories WHERE id = :id");
    lmi_sql_text(&sql, ":id", id);
    has_record = lmi_sql_row(&sql);
    verdict = lmi_sql_end(&sql);
    if (verdict != LMI_EXCHANGE_OK || has_record)
        return verdict;
    return drop_file(s, id);
}

static lmi_exchange_verdict refuse_file(void *user, const char *id)
{
    const lmi_exchange_folder *folder = user;

    return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                             "%s has memories (files/%s) and no database of them: put its "
                             "exchange.db back, or give another folder",
                             folder->path, id);
}

lmi_exchange_verdict lmi_exchange_clean_is_safe(const lmi_exchange_folder *folder,
                                                const char *database)
{
    struct stat st;

    if (stat(database, &st) == 0 && st.st_size > 0)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_folder_each(folder->files_fd, refuse_file, (void *)folder);
}

static bool has_file(const lmi_exchange *exchange, const char *id, uint64_t size)
{
    struct stat st;

    return fstatat(exchange->folder.files_fd, id, &st, 0) == 0 && (uint64_t)st.st_size == size;
}

static lmi_exchange_verdict drop_record(lmi_exchange *exchange, const char *id)
{
    lmi_exchange_verdict verdict = lmi_sql_begin(exchange->db);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_record_forget(exchange->db, id);
    verdict = lmi_sql_finish(exchange->db, verdict);
    if (verdict == LMI_EXCHANGE_OK)
        lmi_exchange_folder_drop(&exchange->folder, id);
    return verdict;
}

/* The first record behind row `after` that has no file; "" where there is none. */
static lmi_exchange_verdict find_bare(char id[LMI_EXCHANGE_ID_SIZE], int64_t *after,
                                      const lmi_exchange *exchange)
{
    lmi_sql sql;

    id[0] = '\0';
    lmi_sql_start(&sql, exchange->db, "SELECT n, id, size FROM memories WHERE n > :n ORDER BY n");
    lmi_sql_int(&sql, ":n", *after);
    while (!id[0] && lmi_sql_row(&sql)) {
        const char *name = lmi_sql_get_text(&sql, 1);

        *after = lmi_sql_get_int(&sql, 0);
        if (!has_file(exchange, name, (uint64_t)lmi_sql_get_int(&sql, 2)))
            lmi_exchange_copy_id(id, name);
    }
    return lmi_sql_end(&sql);
}

static lmi_exchange_verdict drop_bare(uint64_t *n, lmi_exchange *exchange)
{
    char id[LMI_EXCHANGE_ID_SIZE] = "";
    int64_t after = 0;
    lmi_exchange_verdict verdict = find_bare(id, &after, exchange);

    for (*n = 0; verdict == LMI_EXCHANGE_OK && id[0]; ++*n) {
        verdict = drop_record(exchange, id);
        if (verdict == LMI_EXCHANGE_OK)
            verdict = find_bare(id, &after, exchange);
    }
    return verdict;
}

lmi_exchange_verdict lmi_exchange_clean(lmi_exchange_cleaned *out, lmi_exchange *exchange)
{
    sweep uploads = {.exchange = exchange, .fd = exchange->folder.incoming_fd};
    sweep files = {.exchange = exchange, .fd = exchange->folder.files_fd};
    lmi_exchange_verdict verdict = lmi_exchange_folder_each(files.fd, drop_stray, &files);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_folder_each(uploads.fd, drop_upload, &uploads);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = drop_bare(&out->n_records, exchange);
    out->n_uploads = uploads.n;
    out->n_files = files.n;
    return verdict;
}

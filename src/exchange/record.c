/* record.c - a row in, a row out; see record.h. */
#include "exchange/record.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

void lmi_exchange_copy_id(char out[LMI_EXCHANGE_ID_SIZE], const char *id)
{
    snprintf(out, LMI_EXCHANGE_ID_SIZE, "%s", id);
}

static void free_tags(char **tags, size_t n)
{
    size_t i;

    for (i = 0; tags && i < n; i++)
        lmi_free(tags[i]);
    lmi_free(tags);
}

char **lmi_exchange_copy_tags(const char *const *tags, size_t n)
{
    char **copy = lmi_new(n + 1, sizeof(*copy));
    size_t i;

    for (i = 0; copy && i < n; i++) {
        copy[i] = lmi_strdup(tags[i]);
        if (!copy[i]) {
            free_tags(copy, i);
            return NULL;
        }
    }
    return copy;
}

static void free_texts(const lmi_exchange_record *record)
{
    char *const texts[] = {record->tenant,      record->name,         record->description,
                           record->text,        record->provenance,   record->quality,
                           record->fingerprint, record->arch,         record->version,
                           record->engine,      record->cache_type_k, record->cache_type_v,
                           record->signed_by};
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        lmi_free(texts[i]);
}

void lmi_exchange_record_free(lmi_exchange_record *record)
{
    if (!record)
        return;
    free_texts(record);
    free_tags(record->tags, record->n_tags);
    lmi_free(record);
}

/* ---- Out of a row ---- */

static lmi_exchange_verdict no_memory(void)
{
    return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a record");
}

/* Takes the next column; false when memory is out. */
static bool take(char **out, const lmi_sql *sql, int *column)
{
    const char *text = lmi_sql_get_text(sql, (*column)++);

    *out = text ? lmi_strdup(text) : NULL;
    return *out || !text;
}

static int64_t take_int(const lmi_sql *sql, int *column)
{
    return lmi_sql_get_int(sql, (*column)++);
}

static lmi_exchange_verdict copy_strings(lmi_exchange_record *r, yyjson_val *list)
{
    size_t i, n;
    yyjson_val *tag;

    r->tags = lmi_new(yyjson_arr_size(list) + 1, sizeof(*r->tags));
    if (!r->tags)
        return no_memory();
    yyjson_arr_foreach(list, i, n, tag)
    {
        r->tags[i] = lmi_strdup(yyjson_is_str(tag) ? yyjson_get_str(tag) : "");
        if (!r->tags[i])
            return no_memory();
        r->n_tags++;
    }
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict read_tags(lmi_exchange_record *r, const char *text)
{
    lmi_exchange_verdict verdict;
    lmi_json json;

    if (lmi_json_parse(&json, "tags", text ? text : "", text ? strlen(text) : 0) != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    verdict = copy_strings(r, lmi_json_root(&json));
    lmi_json_done(&json);
    return verdict;
}

static bool read_of_file(lmi_exchange_record *r, const lmi_sql *sql, int *c)
{
    bool is_ok = take(&r->fingerprint, sql, c);

    is_ok = take(&r->arch, sql, c) && is_ok;
    is_ok = take(&r->version, sql, c) && is_ok;
    is_ok = take(&r->engine, sql, c) && is_ok;
    is_ok = take(&r->cache_type_k, sql, c) && is_ok;
    is_ok = take(&r->cache_type_v, sql, c) && is_ok;
    is_ok = take(&r->signed_by, sql, c) && is_ok;
    r->n_pos = (uint32_t)take_int(sql, c);
    r->n_tokens = (uint64_t)take_int(sql, c);
    r->n_thoughts = (uint64_t)take_int(sql, c);
    r->n_layer = (int32_t)take_int(sql, c);
    r->n_embd = (int32_t)take_int(sql, c);
    return is_ok;
}

static lmi_exchange_verdict read_row(lmi_exchange_record *r, const lmi_sql *sql)
{
    const char *tags;
    bool is_ok;
    int c = 1;

    lmi_exchange_copy_id(r->id, lmi_sql_get_text(sql, 0));
    is_ok = take(&r->tenant, sql, &c);
    r->is_published = take_int(sql, &c) != 0;
    r->created = take_int(sql, &c);
    r->expires = take_int(sql, &c);
    r->size = (uint64_t)take_int(sql, &c);
    snprintf(r->sha256, sizeof(r->sha256), "%s", lmi_sql_get_text(sql, c++));
    is_ok = read_of_file(r, sql, &c) && is_ok;
    r->n_embedding = (size_t)take_int(sql, &c);
    is_ok = take(&r->name, sql, &c) && is_ok;
    tags = lmi_sql_get_text(sql, c++);
    is_ok = take(&r->description, sql, &c) && is_ok;
    is_ok = take(&r->quality, sql, &c) && is_ok;
    is_ok = take(&r->provenance, sql, &c) && is_ok;
    is_ok = take(&r->text, sql, &c) && is_ok;
    return is_ok ? read_tags(r, tags) : no_memory();
}

lmi_exchange_verdict lmi_exchange_record_read(lmi_exchange_record **out, const lmi_sql *sql)
{
    lmi_exchange_record *record = lmi_new(1, sizeof(*record));
    const lmi_exchange_verdict verdict = record ? read_row(record, sql) : no_memory();

    if (verdict == LMI_EXCHANGE_OK)
        *out = record;
    else
        lmi_exchange_record_free(record);
    return verdict;
}

/* ---- Into a row ---- */

lmas_status lmi_exchange_write_tags(lmi_buf *out, const char *const *tags, size_t n)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *list;
    lmas_status status = lmi_json_new(&doc, &root, "tags");

    if (status != LMAS_OK)
        return status;
    list = yyjson_mut_arr_with_str(doc, (const char **)tags, n);
    yyjson_mut_doc_set_root(doc, list);
    if (!list)
        lmi_json_lose(doc);
    return lmi_json_write(out, doc, 0, "tags");
}

static const char INSERT[] =
    "INSERT INTO memories (" LMI_EXCHANGE_COLUMNS ") VALUES (:id, :tenant, :is_published, :created,"
    " :expires, :size, :sha256, :fingerprint, :arch, :version, :engine, :cache_type_k,"
    " :cache_type_v, :signed_by, :n_pos, :n_tokens, :n_thoughts, :n_layer, :n_embd, :n_embedding,"
    " :name, :tags, :description, :quality, :provenance, :text)";

static void bind_of_file(lmi_sql *sql, const lmi_exchange_record *r)
{
    lmi_sql_int(sql, ":size", (int64_t)r->size);
    lmi_sql_text(sql, ":sha256", r->sha256);
    lmi_sql_text(sql, ":fingerprint", r->fingerprint);
    lmi_sql_text(sql, ":arch", r->arch);
    lmi_sql_text(sql, ":version", r->version);
    lmi_sql_text(sql, ":engine", r->engine);
    lmi_sql_text(sql, ":cache_type_k", r->cache_type_k);
    lmi_sql_text(sql, ":cache_type_v", r->cache_type_v);
    lmi_sql_text(sql, ":signed_by", r->signed_by);
    lmi_sql_int(sql, ":n_pos", r->n_pos);
    lmi_sql_int(sql, ":n_tokens", (int64_t)r->n_tokens);
    lmi_sql_int(sql, ":n_thoughts", (int64_t)r->n_thoughts);
    lmi_sql_int(sql, ":n_layer", r->n_layer);
    lmi_sql_int(sql, ":n_embd", r->n_embd);
}

static lmi_exchange_verdict insert_row(sqlite3 *db, const lmi_exchange_record *r, const char *tags)
{
    lmi_sql sql;

    lmi_sql_start(&sql, db, INSERT);
    lmi_sql_text(&sql, ":id", r->id);
    lmi_sql_text(&sql, ":tenant", r->tenant);
    lmi_sql_int(&sql, ":is_published", r->is_published);
    lmi_sql_int(&sql, ":created", r->created);
    lmi_sql_int(&sql, ":expires", r->expires);
    bind_of_file(&sql, r);
    lmi_sql_int(&sql, ":n_embedding", (int64_t)r->n_embedding);
    lmi_sql_text(&sql, ":name", r->name);
    lmi_sql_text(&sql, ":tags", tags);
    lmi_sql_text(&sql, ":description", r->description);
    lmi_sql_text(&sql, ":quality", r->quality);
    lmi_sql_text(&sql, ":provenance", r->provenance);
    lmi_sql_text(&sql, ":text", r->text);
    return lmi_sql_run(&sql);
}

static lmi_exchange_verdict insert_vector(sqlite3 *db, int64_t n, const float *vector, size_t width)
{
    lmi_sql sql;

    lmi_sql_start(&sql, db, "INSERT INTO vectors (n, data) VALUES (:n, :data)");
    lmi_sql_int(&sql, ":n", n);
    lmi_sql_blob(&sql, ":data", vector, width * sizeof(*vector));
    return lmi_sql_run(&sql);
}

/* FTS5 is told by hand what its table has got, and what it no longer has. */
static lmi_exchange_verdict insert_words(sqlite3 *db, int64_t n)
{
    lmi_sql sql;

    lmi_sql_start(&sql, db,
                  "INSERT INTO words (rowid, name, description, tags, text)"
                  " SELECT n, name, description, tags, text FROM memories WHERE n = :n");
    lmi_sql_int(&sql, ":n", n);
    return lmi_sql_run(&sql);
}

lmi_exchange_verdict lmi_exchange_record_insert(sqlite3 *db, const lmi_exchange_record *record,
                                                const float *vector)
{
    lmi_exchange_verdict verdict;
    int64_t n;
    lmi_buf tags;

    lmi_buf_init(&tags, LMI_EXCHANGE_TAGS_SIZE_MAX);
    verdict = lmi_exchange_verdict_of(
        lmi_exchange_write_tags(&tags, (const char *const *)record->tags, record->n_tags));
    if (verdict == LMI_EXCHANGE_OK)
        verdict = insert_row(db, record, lmi_buf_text(&tags));
    lmi_buf_done(&tags);
    n = sqlite3_last_insert_rowid(db);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = insert_words(db, n);
    if (verdict == LMI_EXCHANGE_OK && record->n_embedding)
        verdict = insert_vector(db, n, vector, record->n_embedding);
    return verdict;
}

static lmi_exchange_verdict run_with_id(sqlite3 *db, const char *text, const char *id)
{
    lmi_sql sql;

    lmi_sql_start(&sql, db, text);
    lmi_sql_text(&sql, ":id", id);
    return lmi_sql_run(&sql);
}

lmi_exchange_verdict lmi_exchange_record_forget(sqlite3 *db, const char *id)
{
    lmi_exchange_verdict verdict =
        run_with_id(db,
                    "INSERT INTO words (words, rowid, name, description, tags, text) SELECT"
                    " 'delete', n, name, description, tags, text FROM memories WHERE id = :id",
                    id);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = run_with_id(
            db, "DELETE FROM vectors WHERE n IN (SELECT n FROM memories WHERE id = :id)", id);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = run_with_id(db, "DELETE FROM memories WHERE id = :id", id);
    return verdict;
}

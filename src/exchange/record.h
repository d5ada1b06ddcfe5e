/*
 * record.h - records between C and the table `memories`.
 *
 * What the table has of a memory stands in one list, in one order: LMI_EXCHANGE_COLUMNS.
 */
#ifndef LMI_EXCHANGE_RECORD_H
#define LMI_EXCHANGE_RECORD_H

#include "base/buf.h"
#include "exchange/disk/sql.h"
#include "exchange/exchange.h"

#define LMI_EXCHANGE_COLUMNS                                                                       \
    "id, tenant, is_published, created, expires, size, sha256, fingerprint, arch, version, "       \
    "engine, cache_type_k, cache_type_v, signed_by, n_pos, n_tokens, n_thoughts, n_layer, "        \
    "n_embd, n_embedding, name, tags, description, quality, provenance, text"

/* The record of the row that `sql` stands on, whose columns begin with those. */
lmi_exchange_verdict lmi_exchange_record_read(lmi_exchange_record **out, const lmi_sql *sql);

/* Insert it as a row, its words and its vector; `created` and all else are as the record has them.
 * Within a transaction. */
lmi_exchange_verdict lmi_exchange_record_insert(sqlite3 *db, const lmi_exchange_record *record,
                                                const float *vector);

/* Take the row out with its words and its vector; nothing where there is none. The same. */
lmi_exchange_verdict lmi_exchange_record_forget(sqlite3 *db, const char *id);

/* At most its size; what is shorter ends in a NUL. */
void lmi_exchange_copy_id(char out[LMI_EXCHANGE_ID_SIZE], const char *id);

/* Copies of them, the last NULL; NULL when memory is out. */
char **lmi_exchange_copy_tags(const char *const *tags, size_t n);

/* Append the tags as a JSON array, whose bytes are at most: */
#define LMI_EXCHANGE_TAGS_SIZE_MAX (LMI_EXCHANGE_TAGS_MAX * (2 * LMI_EXCHANGE_TAG_MAX + 4) + 2)
lmas_status lmi_exchange_write_tags(lmi_buf *out, const char *const *tags, size_t n);

#endif

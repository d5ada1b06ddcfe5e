/*
 * schema.h - the database of an exchange: made where it is new, refused where it is not ours.
 *
 *     memories   a row of each, and what its file says; `n` grows, so the newest is the last
 *     vectors    the embedding of each memory that has one: float32, of length 1
 *     words      FTS5 over memories: name, description, tags, text
 *     audit      (tenant, number): what was done; not to be changed
 */
#ifndef LMI_EXCHANGE_DISK_SCHEMA_H
#define LMI_EXCHANGE_DISK_SCHEMA_H

#include <sqlite3.h>

#include "exchange/verdict.h"

/* Raise it when tables change, and see that older ones are brought up to it. */
#define LMI_EXCHANGE_SCHEMA 1

/* Open the database at `path`, which must begin with '/': what begins with "file:" is an address to
 * Debian's SQLite. INVALID where it is of a newer version, or another program's. */
lmi_exchange_verdict lmi_exchange_schema_open(sqlite3 **out, const char *path);

#endif

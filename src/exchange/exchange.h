/*
 * exchange.h - a folder of published memories: tenants put memory files in, find them, fetch them
 * and take them out again.
 *
 *     FOLDER/lock          held by the one process that has the exchange open
 *     FOLDER/exchange.db   a record of each memory, the words to search for, the audit log (SQLite)
 *     FOLDER/files/ID      the memory files
 *     FOLDER/incoming/ID   those on their way
 *
 *     begin ─▶ append ... ─▶ commit   flushed, checked, renamed into files/, and then the record
 *        └────────┴────────▶ abort
 *
 * A memory is there when its record is: that comes after the file, in one transaction, and goes
 * before it. So whatever kills the process leaves at most a file without a record, which the next
 * opening removes.
 *
 * A tenant reaches what is its own and what others have published for all. Of all else it learns
 * nothing: not yours and not there are the same verdict, in the same words, on the same way through
 * the database; and no total, rank or quota depends on it.
 *
 * Any thread may call at any time; a publish belongs to one at a time. Times are seconds of Unix.
 */
#ifndef LMI_EXCHANGE_EXCHANGE_H
#define LMI_EXCHANGE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/limits.h"
#include "exchange/verdict.h"

/* ---- The folder ---- */

typedef struct lmi_exchange lmi_exchange;

typedef struct lmi_exchange_quota {
    uint64_t n_bytes; /* of files, those on their way counted in */
    uint64_t n;       /* memories, the same */
} lmi_exchange_quota;

typedef struct lmi_exchange_params {
    uint64_t file_max; /* bytes of one file (default 4 GiB); checking takes a small multiple of
                               * it in memory */
    lmi_exchange_quota quota;   /* of a tenant for which no other is given (64 GiB, 10,000) */
    uint64_t n_audit;           /* lines of the audit log, for each tenant (default 10,000) */
    int64_t (*now)(void *user); /* NULL (default): time(); for tests */
    void *user;
} lmi_exchange_params;
lmi_exchange_params lmi_exchange_params_default(void);

/* What a process that was killed had left. */
typedef struct lmi_exchange_cleaned {
    uint64_t n_uploads; /* files that were on their way */
    uint64_t n_files;   /* without a record */
    uint64_t n_records; /* without their file, or with one of another size, which went too */
} lmi_exchange_cleaned;

/* Open the folder, made where it is not there, and clean it; NULL for `params` is the default, for
 * `cleaned` nothing. INVALID where another process has it open, or it was written by a newer
 * version. */
lmi_exchange_verdict lmi_exchange_open(lmi_exchange **out, const char *folder,
                                       const lmi_exchange_params *params,
                                       lmi_exchange_cleaned *cleaned);

/* All publishes must have ended before; NULL is nothing. */
void lmi_exchange_close(lmi_exchange *exchange);

/* ---- Publishing ---- */

/* What a publisher says of a memory; all is copied. A line is UTF-8 without control characters, a
 * text may have newlines and tabs. NULL for what is not said. */
typedef struct lmi_exchange_offer {
    const char *name;        /* a line, needed */
    const char *description; /* a text */
    const char *const *tags; /* lines [n_tags], none twice */
    size_t n_tags;
    const char *text;       /* what is found by its words beside name, description and tags */
    const char *provenance; /* a JSON object, kept as it stands */
    const char *quality;    /* a JSON object of finite numbers, kept as it stands */
    const float *embedding; /* [n_embedding] finite, not all 0; only its direction is kept */
    size_t n_embedding;
    bool is_published; /* others may find and fetch it, and read all that is said of it */
    int64_t expires;   /* from then on it is not there; 0: never */
    uint64_t size;     /* bytes of the file, which then must be as many; 0: not known yet */
} lmi_exchange_offer;

typedef struct lmi_exchange_publish lmi_exchange_publish;

/* Begin: the offer is checked, and so is whether the tenant has room. NULL for `quota` is the one
 * of the params. */
lmi_exchange_verdict lmi_exchange_begin(lmi_exchange_publish **out, lmi_exchange *exchange,
                                        const char *tenant, const lmi_exchange_offer *offer,
                                        const lmi_exchange_quota *quota);

/* After a failure only abort is left. */
lmi_exchange_verdict lmi_exchange_append(lmi_exchange_publish *publish, const void *data,
                                         size_t size);

/* End it: the file is checked and on disk with its record, whose id is in `id`; or there is nothing
 * of it. Frees the publish in either case. */
enum { LMI_EXCHANGE_ID_SIZE = 33 }; /* 32 hex digits, drawn at random, and the NUL */
lmi_exchange_verdict lmi_exchange_new_id(char out[LMI_EXCHANGE_ID_SIZE]);
lmi_exchange_verdict lmi_exchange_commit(char id[LMI_EXCHANGE_ID_SIZE],
                                         lmi_exchange_publish *publish);
void lmi_exchange_abort(lmi_exchange_publish *publish); /* NULL is nothing */

/* ---- Records ---- */

typedef struct lmi_exchange_record {
    char id[LMI_EXCHANGE_ID_SIZE];
    char sha256[65];                 /* of the file */
    char *tenant;                    /* who published it */
    char *name, *description, *text; /* "" where none was given */
    char **tags;                     /* [n_tags], in the publisher's order */
    size_t n_tags;
    char *provenance, *quality; /* JSON objects as given; "{}" */
    bool is_published;
    int64_t created, expires; /* 0: never */
    size_t n_embedding;       /* values; 0: none */
    double nearness;          /* the cosine, of a search for the nearest; else 0 */

    /* From the file (lmas_memory_file_info). */
    uint64_t size, n_tokens, n_thoughts;
    uint32_t n_pos;
    int32_t n_layer, n_embd;
    char *fingerprint, *arch, *version, *engine, *cache_type_k, *cache_type_v;
    char *signed_by; /* NULL: nobody */
} lmi_exchange_record;

/* NULL is nothing. */
void lmi_exchange_record_free(lmi_exchange_record *record);

lmi_exchange_verdict lmi_exchange_get(lmi_exchange_record **out, lmi_exchange *exchange,
                                      const char *tenant, const char *id);

/* Take it out, record and file; its owner alone can. Who is fetching it meanwhile goes on. */
lmi_exchange_verdict lmi_exchange_delete(lmi_exchange *exchange, const char *tenant,
                                         const char *id);

/* Take out what has expired; how many that were. They are not found before either. */
lmi_exchange_verdict lmi_exchange_sweep(uint64_t *n, lmi_exchange *exchange);

/* How much of its quota the tenant has used, what is under way counted in. */
lmi_exchange_verdict lmi_exchange_usage(lmi_exchange_quota *out, lmi_exchange *exchange,
                                        const char *tenant);

/* ---- Bytes ---- */

/* Open the file of a memory to read: `*fd` is the caller's to close, and stays good when the memory
 * is deleted meanwhile. The audit log has a line of it. */
lmi_exchange_verdict lmi_exchange_fetch(int *fd, uint64_t *size, lmi_exchange *exchange,
                                        const char *tenant, const char *id);

/* Read up to `size` bytes from `offset` on into `data`; how many that were is in `*n`, 0 at the end
 * of the file. INVALID for an offset behind it. A read from 0 is a line of the audit log. */
lmi_exchange_verdict lmi_exchange_read(size_t *n, lmi_exchange *exchange, const char *tenant,
                                       const char *id, uint64_t offset, void *data, size_t size);

/* ---- Searching ---- */

typedef struct lmi_exchange_query {
    const char *words; /* all of them in name, description, tags or text, in any order and case;
                        * signs part words. NULL or "": any. Signs alone are found nowhere */
    const char *const *tags; /* all of them [n_tags] */
    size_t n_tags;
    const char *fingerprint; /* of the model; NULL: any */
    const float *nearest;    /* [n_nearest]: those whose embedding is as wide, by their cosine */
    size_t n_nearest;
    bool is_own;            /* the tenant's own alone */
    uint32_t limit, offset; /* records to give, from 1, and to pass over */
} lmi_exchange_query;

/* In order: the nearest first where that is asked, else and among equals the newest. */
typedef struct lmi_exchange_found {
    lmi_exchange_record **records; /* [n] */
    size_t n;
    uint64_t total; /* with those that limit and offset leave out */
} lmi_exchange_found;

lmi_exchange_verdict lmi_exchange_search(lmi_exchange_found *out, lmi_exchange *exchange,
                                         const char *tenant, const lmi_exchange_query *query);
void lmi_exchange_found_done(lmi_exchange_found *found);

/* ---- The audit log ---- */

/* Who did what. Lines are added, never changed; of each tenant the oldest go when there are more
 * than the params allow. Publishing, fetching, deleting and expiring are noted by themselves,
 * refused or not. */
typedef struct lmi_exchange_line {
    uint64_t number; /* of the tenant's lines, from 1 */
    int64_t time;
    char *action; /* "publish", "fetch", "delete", "expire", or what lmi_exchange_note() was told */
    char *id;     /* of the memory; "" where there is none */
    char *why;    /* "ok", or the name of a verdict and its message */
} lmi_exchange_line;

typedef struct lmi_exchange_log {
    lmi_exchange_line *lines; /* [n], the newest first */
    size_t n;
} lmi_exchange_log;

/* Note another action; "" for what there is none of. */
lmi_exchange_verdict lmi_exchange_note(lmi_exchange *exchange, const char *tenant,
                                       const char *action, const char *id, const char *why);

/* The tenant's lines below number `before` (0: the newest on), `limit` of them at most. */
lmi_exchange_verdict lmi_exchange_audit(lmi_exchange_log *out, lmi_exchange *exchange,
                                        const char *tenant, uint64_t before, uint32_t limit);
void lmi_exchange_log_done(lmi_exchange_log *log);

#endif

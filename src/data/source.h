/*
 * source.h - where the rows of a published data set are, and fetching them into the cache.
 *
 * The cache holds one file per task: JSON lines (or the published file where that is what the
 * task reads). It appears there complete and counted, or not at all.
 */
#ifndef LMI_DATA_SOURCE_H
#define LMI_DATA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

typedef enum lmi_source_kind {
    LMI_SOURCE_NONE = 0,   /* nothing to fetch */
    LMI_SOURCE_ROWS = 1,   /* pages of the rows API of a Hugging Face data set */
    LMI_SOURCE_FILE = 2,   /* a file in a Hugging Face data set */
    LMI_SOURCE_RAW = 3,    /* a file in a GitHub repository */
    LMI_SOURCE_OWN = 4,    /* a file of this project, inside the program */
    LMI_SOURCE_BESIDE = 5, /* a file of the user's, which is read where it is */
} lmi_source_kind;

typedef struct lmi_source {
    lmi_source_kind kind;
    const char *repo;           /* "openai/gsm8k" */
    const char *config, *split; /* ROWS: "main", "test" */
    const char *path;           /* of a file: "test.jsonl" (RAW: with the branch before it) */
    size_t n_rows;              /* as published; 0: that is not known */
    const char *own;            /* OWN: the file's text */
    const char *mark;           /* NULL, or what the cached file's name ends in */
} lmi_source;

/* How far a fetch is; `n` rows or bytes of `n_total` (0 while unknown). Return false to stop. */
typedef bool (*lmi_fetch_fn)(void *user, uint64_t n, uint64_t n_total, bool is_bytes);

/* Append the path where the rows of task `name` are kept. */
lmas_status lmi_source_path(lmi_buf *out, const char *name, const lmi_source *source);

/* Have the rows of task `name` in the cache: at once when they are there, else they are fetched,
 * going on where an interrupted fetch stopped. `is_anew` fetches from the start in any case; what
 * is in the cache stays until the new rows are whole. Own rows need no network: what the cache
 * holds of them is what this program holds. HF_ENDPOINT, HF_TOKEN and their kin are
 * honoured; HF_HUB_OFFLINE refuses. */
lmas_status lmi_source_fetch(const char *name, const lmi_source *source, bool is_anew,
                             lmi_fetch_fn fn, void *user);

#endif

/*
 * listing.h - the GGUF files of a repository, as the hub lists them or as the cache holds them,
 * and which of them is the model that was asked for.
 */
#ifndef LMI_HUB_LISTING_H
#define LMI_HUB_LISTING_H

#include <stdint.h>

#include "base/sha256.h"
#include "hub/repo.h"

/* Most files of a listing, most parts of one model, largest file in bytes. */
enum { LMI_LISTING_MAX = 10000, LMI_PARTS_MAX = 512 };
#define LMI_HUB_FILE_MAX ((uint64_t)1 << 44)

typedef struct lmi_listed {
    char *path;
    uint64_t size;
    char sha256[LMI_SHA256_SIZE]; /* "" where nobody says it */
} lmi_listed;

typedef struct lmi_listing {
    char commit[LMI_COMMIT_SIZE];
    lmi_listed *files; /* by their paths */
    size_t n, capacity;
} lmi_listing;

/* Read what the hub says of a repository (/api/models/ORG/NAME?blobs=true). Names that lead out of
 * it, and a commit, size or hash that is none, are LMAS_E_FORMAT. */
lmas_status lmi_listing_parse(lmi_listing *out, const char *label, const char *text, size_t len);

/* Add a file, if it is a GGUF. */
lmas_status lmi_listing_add(lmi_listing *listing, const lmi_listed *file);
void lmi_listing_sort(lmi_listing *listing);
void lmi_listing_done(lmi_listing *listing);

/* Append the names of the models in it, at most what an error message can bear. */
void lmi_listing_append_names(lmi_buf *out, const lmi_listing *listing);

/* The parts of one model, in their order; a model in one file has one. */
typedef struct lmi_pick {
    size_t parts[LMI_PARTS_MAX]; /* in the listing */
    size_t n;                    /* 0: there is no such model */
    size_t n_missing;            /* parts that the listing lacks */
    bool is_sure;                /* no other listing of the repository would give another one */
} lmi_pick;

/* Choose as llama.cpp does: the file with `quant` in its name in either case; without one that with
 * Q4_K_M, else Q8_0, else the first. Projectors and the like are no models. */
void lmi_pick_model(lmi_pick *out, const lmi_listing *listing, const char *quant);

#endif

/*
 * part.h - a file on its way into the cache.
 *
 * FILE.part grows while FILE is being fetched, by one process at a time; FILE.part.of says what
 * version its bytes are of. Only when it is whole does it become FILE. Whatever ends a fetch,
 * the next one goes on from the part.
 */
#ifndef LMI_HUB_PART_H
#define LMI_HUB_PART_H

#include <stdint.h>

#include "net/http.h"

/* Longest version (an ETag, a revision), with its NUL. A longer one counts as none. */
#define LMI_VERSION_SIZE 256

typedef struct lmi_part {
    int fd;
    char *path; /* of the whole file */
    char *part_path, *of_path;
    uint64_t size;  /* bytes that are there */
    uint64_t total; /* rows or bytes of the whole, 0 while nothing is noted */
    char version[LMI_VERSION_SIZE];
} lmi_part;

/* Open or make the part of the file `path`. While another process holds it, waits. */
lmas_status lmi_part_open(lmi_part *out, const char *path, lmi_tick_fn tick, void *user);

/* Let go of the part; its bytes stay. */
void lmi_part_close(lmi_part *part);

lmas_status lmi_part_append(lmi_part *part, const char *data, size_t size);

/* Cut off what follows the first `size` bytes. */
lmas_status lmi_part_cut(lmi_part *part, uint64_t size);

/* Start over: no bytes, and the next ones are of this version. */
lmas_status lmi_part_restart(lmi_part *part, uint64_t total, const char *version);

/* The part is whole: flush it to disk and put it into place. */
lmas_status lmi_part_finish(lmi_part *part);

/* The part is of no use: remove it. */
void lmi_part_drop(lmi_part *part);

#endif

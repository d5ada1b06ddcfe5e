/*
 * container.h - a memory file as bytes: head, manifest, chunks, seal. docs/memory.md draws it.
 *
 *   0      8  "LMASMEM\n"
 *   8      2  version, 2
 *   10     2  which seal: enum lmi_seal_kind
 *   12     4  bytes of the manifest, M
 *   16    32  SHA-256 of bytes [0, 16) and of the manifest
 *   48     M  the manifest, JSON: manifest.h
 *   48+M      the chunks, without anything between them
 *             the seal, to the end: seal.h
 *
 * Numbers are little-endian. Nothing is unpacked, and nothing allocated by what the file says,
 * before the sums were found right.
 */
#ifndef LMI_STORE_CONTAINER_H
#define LMI_STORE_CONTAINER_H

#include "store/manifest.h"
#include "store/seal.h"

/* A chunk in memory, as it is or packed. */
typedef struct lmi_piece {
    const void *data;
    size_t size;
} lmi_piece;

typedef struct lmi_container {
    const char *path; /* borrowed, for messages */
    lmi_buf bytes;    /* the file */
    lmi_seal_kind seal;
    lmi_manifest manifest;
    const uint8_t *chunks[LMI_N_CHUNKS]; /* in `bytes` */
    bool is_seal_checked;                /* by a key */
} lmi_container;

/* Read the file and check all sums. With a key nothing is believed that it has not sealed. Done
 * with lmi_container_done() after a failure, too. */
lmas_status lmi_container_read(lmi_container *out, const char *path, const lmi_key *key);
void lmi_container_done(lmi_container *container);

/* Where the seal is: lmi_seal_size() bytes. */
const uint8_t *lmi_container_seal(const lmi_container *container);

/* Unpack a chunk, into at least one byte. Free with lmi_free(). */
lmas_status lmi_container_unpack(void **out, const lmi_container *container, lmi_chunk_id id);

/* Write a file of these chunks; what the manifest says of chunks is filled in. */
lmas_status lmi_container_write(const char *path, lmi_manifest *manifest,
                                const lmi_piece chunks[LMI_N_CHUNKS], const lmi_key *key);

#endif

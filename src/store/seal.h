/*
 * seal.h - the last 32 bytes of a memory file: what says that it is whole, and of whom.
 *
 * With a key HMAC-SHA-256 of head and manifest, else SHA-256. The manifest has the sums of all
 * chunks, so that is of the whole file, and each byte is summed once. Who has no key can tell
 * damage; who has it can tell another's hand.
 */
#ifndef LMI_STORE_SEAL_H
#define LMI_STORE_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { LMI_SEAL_SIZE = 32 };

typedef struct lmi_key {
    bool is_given;
    lmi_buf bytes;
} lmi_key;

/* Read the key file; a NULL path is no key. Done with lmi_key_done() in any case. */
lmas_status lmi_key_read(lmi_key *out, const char *path);
void lmi_key_done(lmi_key *key); /* wipes it */

/* What is sealed comes in pieces. */
typedef struct lmi_piece {
    const void *data;
    size_t size;
} lmi_piece;

void lmi_seal(uint8_t out[LMI_SEAL_SIZE], const lmi_key *key, const lmi_piece *pieces, size_t n);

/* Whether `size` bytes of `data` have this seal. Takes as long whatever differs. */
bool lmi_seal_fits(const uint8_t seal[LMI_SEAL_SIZE], const lmi_key *key, const void *data,
                   size_t size);

#endif

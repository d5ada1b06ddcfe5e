/*
 * key.h - the keys that memory files are sealed, signed and checked with, as they stand in files.
 *
 *   a shared one   any 16 to 4096 bytes
 *   of a pair      a line: "latentmas-ed25519-secret" or "latentmas-ed25519-public", a space, and
 *                  64 hex digits: the seed of RFC 8032, or the public key
 */
#ifndef LMI_STORE_KEY_H
#define LMI_STORE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "latentmas_store.h"

/* Pinned: the head of a file says it in numbers. */
typedef enum lmi_seal_kind {
    LMI_SEAL_SUM = 0,
    LMI_SEAL_KEYED = 1,
    LMI_SEAL_SIGNED = 2,
    LMI_N_SEALS
} lmi_seal_kind;

/* Hex digits of a public key, and the NUL. */
enum { LMI_SIGNER_SIZE = 65 };

typedef struct lmi_key {
    lmi_seal_kind kind; /* LMI_SEAL_SUM: there is none */
    lmi_buf bytes;      /* of a pair to seal the secret key (64 bytes), to check the public (32) */
} lmi_key;

/* Read the key that `params` (or NULL) name for one or the other. Done with lmi_key_done() in any
 * case. */
lmas_status lmi_key_to_seal(lmi_key *out, const lmas_memory_file_params *params);
lmas_status lmi_key_to_check(lmi_key *out, const lmas_memory_file_params *params);
void lmi_key_done(lmi_key *key); /* wipes it */

#endif

/*
 * seal.h - the end of a memory file: what says that it is whole, and of whom.
 *
 *   sum     32 bytes  SHA-256: tells damage
 *   keyed   32        HMAC-SHA-256: who shares the key can tell another's hand
 *   signed  96        an Ed25519 public key (32) and a signature (64): so can all who have that key
 *
 * Each is of head and manifest. The manifest has the sums of all chunks, so that is of the whole
 * file, and each byte is summed once. The head says which it is.
 */
#ifndef LMI_STORE_SEAL_H
#define LMI_STORE_SEAL_H

#include "store/key.h"

/* Of the longest. */
enum { LMI_SEAL_SIZE_MAX = 96 };

size_t lmi_seal_size(lmi_seal_kind kind);

/* With a key of lmi_key_to_seal(). */
void lmi_seal(uint8_t out[LMI_SEAL_SIZE_MAX], const lmi_key *key, const void *data, size_t size);

/* Whether `size` bytes of `data` have this seal, by a key of lmi_key_to_check(). Takes as long
 * whatever differs. */
bool lmi_seal_fits(const uint8_t *seal, const lmi_key *key, const void *data, size_t size);

/* The same without a key, as far as that can be told: of a signature, whether it is of the public
 * key that stands in it, whosever that is. */
bool lmi_seal_is_whole(const uint8_t *seal, lmi_seal_kind kind, const void *data, size_t size);

/* The public key in a signed seal, or of a key to check with: 64 hex digits. */
void lmi_seal_signer(char out[LMI_SIGNER_SIZE], const uint8_t *public_key);

#endif

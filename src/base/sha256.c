/* sha256.c - libsodium's SHA-256 behind three calls. */
#include "base/sha256.h"

#include <sodium/utils.h>

void lmi_sha256_init(lmi_sha256 *hash)
{
    crypto_hash_sha256_init(&hash->state);
}

void lmi_sha256_add(lmi_sha256 *hash, const void *data, size_t size)
{
    crypto_hash_sha256_update(&hash->state, data, size);
}

void lmi_sha256_done(char out[LMI_SHA256_SIZE], lmi_sha256 *hash)
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256_final(&hash->state, digest);
    sodium_bin2hex(out, LMI_SHA256_SIZE, digest, sizeof(digest));
}

/* sha256.c - libsodium's SHA-256 behind three calls. */
#include "base/sha256.h"

#include <sodium/utils.h>
#include <string.h>

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

void lmi_sha256_text(char out[LMI_SHA256_SIZE], const char *text)
{
    lmi_sha256 hash;

    lmi_sha256_init(&hash);
    if (text)
        lmi_sha256_add(&hash, text, strlen(text));
    lmi_sha256_done(out, &hash);
}

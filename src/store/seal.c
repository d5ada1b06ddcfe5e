/* seal.c - libsodium's SHA-256, HMAC and Ed25519 behind one call. */
#include "store/seal.h"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/utils.h>
#include <string.h>

enum { PUBLIC = crypto_sign_ed25519_PUBLICKEYBYTES, SIGNATURE = crypto_sign_ed25519_BYTES };

_Static_assert(PUBLIC + SIGNATURE == LMI_SEAL_SIZE_MAX, "a key, and what it signed");

size_t lmi_seal_size(lmi_seal_kind kind)
{
    return kind == LMI_SEAL_SIGNED ? LMI_SEAL_SIZE_MAX : crypto_hash_sha256_BYTES;
}

static void authenticate(uint8_t *out, const lmi_key *key, const void *data, size_t size)
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key->bytes.data, key->bytes.len);
    crypto_auth_hmacsha256_update(&state, data, size);
    crypto_auth_hmacsha256_final(&state, out);
}

/* A secret key ends in its public one. */
static void sign(uint8_t *out, const lmi_key *key, const void *data, size_t size)
{
    const uint8_t *secret = (const uint8_t *)key->bytes.data;

    memcpy(out, secret + key->bytes.len - PUBLIC, PUBLIC);
    crypto_sign_ed25519_detached(out + PUBLIC, NULL, data, size, secret);
}

void lmi_seal(uint8_t out[LMI_SEAL_SIZE_MAX], const lmi_key *key, const void *data, size_t size)
{
    if (key->kind == LMI_SEAL_SIGNED)
        sign(out, key, data, size);
    else if (key->kind == LMI_SEAL_KEYED)
        authenticate(out, key, data, size);
    else
        crypto_hash_sha256(out, data, size);
}

static bool is_signed_by(const uint8_t *seal, const void *public_key, const void *data, size_t size)
{
    return sodium_memcmp(seal, public_key, PUBLIC) == 0 &&
           crypto_sign_ed25519_verify_detached(seal + PUBLIC, data, size, public_key) == 0;
}

bool lmi_seal_fits(const uint8_t *seal, const lmi_key *key, const void *data, size_t size)
{
    uint8_t wanted[LMI_SEAL_SIZE_MAX];

    if (key->kind == LMI_SEAL_SIGNED)
        return is_signed_by(seal, key->bytes.data, data, size);
    lmi_seal(wanted, key, data, size);
    return sodium_memcmp(wanted, seal, lmi_seal_size(key->kind)) == 0;
}

bool lmi_seal_is_whole(const uint8_t *seal, lmi_seal_kind kind, const void *data, size_t size)
{
    const lmi_key none = {0};

    if (kind == LMI_SEAL_SIGNED)
        return is_signed_by(seal, seal, data, size);
    return kind == LMI_SEAL_KEYED || lmi_seal_fits(seal, &none, data, size);
}

void lmi_seal_signer(char out[LMI_SIGNER_SIZE], const uint8_t *public_key)
{
    sodium_bin2hex(out, LMI_SIGNER_SIZE, public_key, PUBLIC);
}

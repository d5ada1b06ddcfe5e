/* seal.c - libsodium's SHA-256 and HMAC behind one call. */
#include "store/seal.h"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

#include "base/file.h"
#include "store/limits.h"

static lmas_status read_bytes(lmi_key *key, const char *path)
{
    const lmas_status status = lmi_file_read(&key->bytes, path);

    if (status != LMAS_OK && status != LMAS_E_FORMAT)
        return status;
    if (status == LMAS_E_FORMAT || key->bytes.len < LMI_STORE_KEY_MIN)
        return lmi_fail(LMAS_E_INVALID, "the key file %s has %s bytes, from %zu to %zu expected",
                        path, status == LMAS_E_FORMAT ? "more" : "fewer", LMI_STORE_KEY_MIN,
                        LMI_STORE_KEY_MAX);
    return LMAS_OK;
}

lmas_status lmi_key_read(lmi_key *out, const char *path)
{
    *out = (lmi_key){.is_given = path != NULL};
    lmi_buf_init(&out->bytes, LMI_STORE_KEY_MAX);
    return path ? read_bytes(out, path) : LMAS_OK;
}

void lmi_key_done(lmi_key *key)
{
    if (key->bytes.data)
        sodium_memzero(key->bytes.data, key->bytes.len);
    lmi_buf_done(&key->bytes);
}

static void hash(uint8_t *out, const lmi_piece *pieces, size_t n)
{
    crypto_hash_sha256_state state;
    size_t i;

    crypto_hash_sha256_init(&state);
    for (i = 0; i < n; i++)
        crypto_hash_sha256_update(&state, pieces[i].data, pieces[i].size);
    crypto_hash_sha256_final(&state, out);
}

void lmi_seal(uint8_t out[LMI_SEAL_SIZE], const lmi_key *key, const lmi_piece *pieces, size_t n)
{
    crypto_auth_hmacsha256_state state;
    size_t i;

    if (!key->is_given) {
        hash(out, pieces, n);
        return;
    }
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key->bytes.data, key->bytes.len);
    for (i = 0; i < n; i++)
        crypto_auth_hmacsha256_update(&state, pieces[i].data, pieces[i].size);
    crypto_auth_hmacsha256_final(&state, out);
}

bool lmi_seal_fits(const uint8_t seal[LMI_SEAL_SIZE], const lmi_key *key, const void *data,
                   size_t size)
{
    const lmi_piece all = {data, size};
    uint8_t wanted[LMI_SEAL_SIZE];

    lmi_seal(wanted, key, &all, 1);
    return sodium_memcmp(wanted, seal, LMI_SEAL_SIZE) == 0;
}

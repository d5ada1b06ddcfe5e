/*
 * key.c - key files read, and pairs made.
 *
 * A key is read to the last byte or not at all: half a pair that was cut, or the wrong half, would
 * else sign and check as another key does.
 */
#include "store/key.h"

#include <sodium/core.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/limits.h"

enum {
    SEED = crypto_sign_ed25519_SEEDBYTES,
    PUBLIC = crypto_sign_ed25519_PUBLICKEYBYTES,
    SECRET = crypto_sign_ed25519_SECRETKEYBYTES
};

#define SECRET_WORD "latentmas-ed25519-secret"
#define PUBLIC_WORD "latentmas-ed25519-public"

/* ---- Shared keys ---- */

static lmas_status read_shared(lmi_key *key, const char *path)
{
    lmas_status status;

    lmi_buf_init(&key->bytes, LMI_STORE_KEY_MAX);
    status = lmi_file_read(&key->bytes, path);
    if (status != LMAS_OK && status != LMAS_E_FORMAT)
        return status;
    if (status == LMAS_E_FORMAT || key->bytes.len < LMI_STORE_KEY_MIN)
        return lmi_fail(LMAS_E_INVALID, "the key file %s has %s bytes, from %zu to %zu expected",
                        path, status == LMAS_E_FORMAT ? "more" : "fewer", LMI_STORE_KEY_MIN,
                        LMI_STORE_KEY_MAX);
    return LMAS_OK;
}

/* ---- Pairs ---- */

/* A word, a space, 64 hex digits, and white space of editors and other systems. */
static bool parse(uint8_t out[PUBLIC], const char *text, const char *word)
{
    const size_t len = strlen(word);
    const char *end = NULL;
    size_t n = 0;

    if (strncmp(text, word, len) != 0 || text[len] != ' ')
        return false;
    if (sodium_hex2bin(out, PUBLIC, text + len + 1, strlen(text + len + 1), NULL, &n, &end) != 0)
        return false;
    return n == PUBLIC && end[strspn(end, " \t\r\n")] == '\0';
}

/* Why it is not the key that is wanted. */
static lmas_status refuse(const char *path, const char *text, bool is_secret)
{
    const char *other = is_secret ? PUBLIC_WORD : SECRET_WORD;

    if (strncmp(text, other, strlen(other)) == 0)
        return lmi_fail(LMAS_E_INVALID, "%s is a %s key, the %s one of the pair is expected", path,
                        is_secret ? "public" : "secret", is_secret ? "secret" : "public");
    return lmi_fail(LMAS_E_INVALID, "%s is no key: \"%s \" and 64 hex digits expected", path,
                    is_secret ? SECRET_WORD : PUBLIC_WORD);
}

static lmas_status read_pair(uint8_t out[PUBLIC], const char *path, bool is_secret)
{
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, LMI_STORE_PAIR_MAX);
    status = lmi_file_read(&text, path);
    if (status == LMAS_E_FORMAT ||
        (status == LMAS_OK &&
         (strlen(lmi_buf_text(&text)) != text.len ||
          !parse(out, lmi_buf_text(&text), is_secret ? SECRET_WORD : PUBLIC_WORD))))
        status = refuse(path, lmi_buf_text(&text), is_secret);
    if (text.data)
        sodium_memzero(text.data, text.len);
    lmi_buf_done(&text);
    return status;
}

_Static_assert(SEED == PUBLIC, "both halves of a pair are read alike");

static lmas_status read_secret(lmi_key *key, const char *path)
{
    uint8_t seed[SEED], public[PUBLIC], secret[SECRET];
    lmas_status status = read_pair(seed, path, true);

    lmi_buf_init(&key->bytes, SECRET);
    if (status == LMAS_OK) {
        crypto_sign_ed25519_seed_keypair(public, secret, seed);
        lmi_buf_append(&key->bytes, (const char *)secret, SECRET);
        status = lmi_buf_status(&key->bytes);
    }
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(secret, sizeof(secret));
    return status;
}

static lmas_status read_public(lmi_key *key, const char *path)
{
    uint8_t public[PUBLIC];
    const lmas_status status = read_pair(public, path, false);

    lmi_buf_init(&key->bytes, PUBLIC);
    if (status != LMAS_OK)
        return status;
    lmi_buf_append(&key->bytes, (const char *)public, PUBLIC);
    return lmi_buf_status(&key->bytes);
}

/* ---- What a call asks for ---- */

typedef lmas_status (*read_fn)(lmi_key *key, const char *path);

static lmas_status read_one(lmi_key *out, const char *shared, const char *pair, const char *name,
                            read_fn read_pair_file)
{
    *out = (lmi_key){0};
    if (shared && pair)
        return lmi_fail(LMAS_E_INVALID, "a file has one seal: give key_file or %s, not both", name);
    if (shared) {
        out->kind = LMI_SEAL_KEYED;
        return read_shared(out, shared);
    }
    if (!pair)
        return LMAS_OK;
    out->kind = LMI_SEAL_SIGNED;
    return read_pair_file(out, pair);
}

lmas_status lmi_key_to_seal(lmi_key *out, const lmas_memory_file_params *params)
{
    const lmas_memory_file_params p = params ? *params : lmas_memory_file_params_default();

    return read_one(out, p.key_file, p.sign_file, "sign_file", read_secret);
}

lmas_status lmi_key_to_check(lmi_key *out, const lmas_memory_file_params *params)
{
    const lmas_memory_file_params p = params ? *params : lmas_memory_file_params_default();

    return read_one(out, p.key_file, p.signed_by_file, "signed_by_file", read_public);
}

void lmi_key_done(lmi_key *key)
{
    if (key->bytes.data)
        sodium_memzero(key->bytes.data, key->bytes.len);
    lmi_buf_done(&key->bytes);
}

/* ---- A new pair ---- */

enum { LINE = sizeof(SECRET_WORD) + 2 * (size_t)PUBLIC + 2 };

static lmas_status put(const char *path, const char *word, const uint8_t *key, mode_t mode)
{
    char digits[2 * PUBLIC + 1], line[LINE];
    lmas_status status;

    sodium_bin2hex(digits, sizeof(digits), key, PUBLIC);
    snprintf(line, sizeof(line), "%s %s\n", word, digits);
    status = lmi_file_create(path, line, strlen(line), mode);
    sodium_memzero(digits, sizeof(digits));
    sodium_memzero(line, sizeof(line));
    return status;
}

/* The public half first: who has that alone has lost nothing. */
static lmas_status make_pair(const char *path, const char *public_path)
{
    uint8_t seed[SEED], public[PUBLIC], secret[SECRET];
    lmas_status status;

    randombytes_buf(seed, sizeof(seed));
    crypto_sign_ed25519_seed_keypair(public, secret, seed);
    status = put(public_path, PUBLIC_WORD, public, 0644);
    if (status == LMAS_OK) {
        status = put(path, SECRET_WORD, seed, 0600);
        if (status != LMAS_OK)
            remove(public_path);
    }
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(secret, sizeof(secret));
    return status;
}

lmas_status lmas_memory_keygen(const char *path)
{
    char public_path[LMI_PATH_MAX];

    if (!path || !*path)
        return lmi_fail(LMAS_E_INVALID, "lmas_memory_keygen needs a path");
    if (sodium_init() < 0)
        return lmi_fail(LMAS_E_IO, "this system gives no random numbers to make a key of");
    if (snprintf(public_path, sizeof(public_path), "%s.pub", path) >= (int)sizeof(public_path))
        return lmi_fail(LMAS_E_INVALID, "path longer than %d bytes: %s.pub", LMI_PATH_MAX, path);
    if (lmi_file_exists(path) || lmi_file_exists(public_path))
        return lmi_fail(LMAS_E_IO, "%s is there already, and a key is not written over",
                        lmi_file_exists(path) ? path : public_path);
    return make_pair(path, public_path);
}

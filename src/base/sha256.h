/* sha256.h - SHA-256 of data that comes in pieces, as 64 hex digits. */
#ifndef LMI_BASE_SHA256_H
#define LMI_BASE_SHA256_H

#include <sodium/crypto_hash_sha256.h>
#include <stddef.h>

/* The digits and the NUL. */
#define LMI_SHA256_SIZE 65

typedef struct lmi_sha256 {
    crypto_hash_sha256_state state;
} lmi_sha256;

void lmi_sha256_init(lmi_sha256 *hash);
void lmi_sha256_add(lmi_sha256 *hash, const void *data, size_t size);
void lmi_sha256_done(char out[LMI_SHA256_SIZE], lmi_sha256 *hash);

/* Of a whole text; NULL counts as "". */
void lmi_sha256_text(char out[LMI_SHA256_SIZE], const char *text);

#endif

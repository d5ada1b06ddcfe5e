/* frame.h - the fixed places of a memory file; container.h draws them. */
#ifndef LMI_STORE_FRAME_H
#define LMI_STORE_FRAME_H

#include <stdint.h>
#include <string.h>

#include "base/sha256.h"

#define LMI_FRAME_MAGIC "LMASMEM\n"

enum {
    LMI_FRAME_VERSION = 2,
    LMI_FRAME_AT_VERSION = 8,
    LMI_FRAME_AT_SEAL = 10,
    LMI_FRAME_AT_LENGTH = 12,
    LMI_FRAME_AT_SUM = 16,
    LMI_FRAME_HEAD_SIZE = 48,
    LMI_FRAME_SUM_SIZE = 32
};

_Static_assert(
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "libllama's states are of the machine's byte order, and the file's is little-endian");

/* SHA-256 of the first 16 bytes of a head, and of a manifest. */
static inline void lmi_frame_sum(uint8_t out[LMI_FRAME_SUM_SIZE], const uint8_t *head,
                                 const void *manifest, size_t len)
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, head, LMI_FRAME_AT_SUM);
    crypto_hash_sha256_update(&state, manifest, len);
    crypto_hash_sha256_final(&state, out);
}

static inline uint16_t lmi_frame_u16(const uint8_t *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint32_t lmi_frame_u32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

#endif

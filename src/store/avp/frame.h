/*
 * frame.h - a frame of the Agent Vector Protocol, as PyPI's avp 0.6.2 writes and reads them.
 *
 *   0   2  "AV"
 *   2   1  version, 1
 *   3   1  flags: 1 packed by zstd, 2 through a map, 4 a KV cache
 *   4   4  bytes of metadata and payload together
 *   8   4  bytes of metadata, M
 *   12  M  the metadata: metadata.h
 *   12+M   the payload, packed or not
 *
 * Numbers are little-endian. Only the payload has a sum, and that is of its unpacked bytes. So what
 * the frame says is held against itself first, and nothing is unpacked whose size was not known
 * before and found right.
 */
#ifndef LMI_STORE_AVP_FRAME_H
#define LMI_STORE_AVP_FRAME_H

#include "store/avp/metadata.h"

typedef struct lmi_avp_frame {
    const char *path; /* borrowed, for messages */
    lmi_buf bytes;
    bool is_packed;
    lmi_avp_metadata metadata; /* in `bytes` */
    const uint8_t *payload;    /* in `bytes`, as it stands there */
    size_t size;
    const uint8_t *unpacked; /* after lmi_avp_unpack() */
    uint8_t *owned;
} lmi_avp_frame;

/* Read the frame at `path`, whose flags and metadata agree and name a payload that can be read
 * here. Done with lmi_avp_done() after a failure, too. */
lmas_status lmi_avp_read(lmi_avp_frame *out, const char *path);
void lmi_avp_done(lmi_avp_frame *frame);

/* The first `n` bytes of the payload, unpacked. Its sum is not looked at. */
lmas_status lmi_avp_peek(uint8_t *out, size_t n, const lmi_avp_frame *frame);

/* How many bytes the payload has, unpacked, by what it says. */
lmas_status lmi_avp_size(uint64_t *out, const lmi_avp_frame *frame);

/* Unpack the payload, which has `size` bytes as lmi_avp_size() found, and check its sum. */
lmas_status lmi_avp_unpack(lmi_avp_frame *frame, size_t size);

/* Write a frame of that payload. Compression, map's flag and sum are filled in. */
lmas_status lmi_avp_write(const char *path, lmi_avp_metadata *metadata, const void *payload,
                          size_t size, bool is_packed);

#endif

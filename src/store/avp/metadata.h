/*
 * metadata.h - what an AVP frame says of itself: one protobuf message.
 *
 *    1-4   session_id, source_agent_id, target_agent_id, model_id      texts
 *    5, 6  hidden_dim, num_layers                                      numbers
 *    7     payload_type    0 hidden states, 1 KV cache, 2 embeddings
 *    8     dtype           0 f32, 1 f16, 2 bf16, 3 int8
 *    9     tensor_shape    of hidden states
 *   10     mode            0 latent, 1 JSON
 *   11     compression     "zstd", or nothing
 *   12     reserved
 *   13     avp_map_id      what put the vectors into the space of inputs, or nothing
 *   14     extra           model_hash, model_family, num_steps, and what others have put there
 *   15     payload_checksum   CRC-32 of the payload, unpacked
 */
#ifndef LMI_STORE_AVP_METADATA_H
#define LMI_STORE_AVP_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/limits.h"

typedef enum lmi_avp_kind {
    LMI_AVP_HIDDEN_STATE = 0,
    LMI_AVP_KV_CACHE = 1,
    LMI_AVP_EMBEDDING = 2
} lmi_avp_kind;

/* UTF-8 without a NUL, borrowed from what was read; no NUL behind it either. */
typedef struct lmi_avp_text {
    const char *data;
    size_t len;
} lmi_avp_text;

typedef struct lmi_avp_metadata {
    lmi_avp_text session_id, source_agent_id, target_agent_id, model_id;
    uint32_t hidden_dim, num_layers, payload_type, dtype, mode;
    uint32_t shape[LMI_AVP_DIMS_MAX], n_dims;
    lmi_avp_text compression, map_id;
    lmi_avp_text model_hash, model_family, num_steps; /* of `extra` */
    bool has_checksum;
    uint32_t checksum;
} lmi_avp_metadata;

/* The text as one; "" of NULL. And whether two are the same. */
lmi_avp_text lmi_avp_text_of(const char *text);
bool lmi_avp_text_is(lmi_avp_text text, const char *other);

/* Read the message of the frame `label`: texts are UTF-8, numbers fit 32 bits, a known field is of
 * its type. Fields that are not known are passed over. */
lmas_status lmi_avp_metadata_read(lmi_avp_metadata *out, const char *label, const uint8_t *bytes,
                                  size_t size);

/* Append the message. Its checksum is always there. */
void lmi_avp_metadata_write(lmi_buf *out, const lmi_avp_metadata *metadata);

#endif

/*
 * payload.h - what a frame carries, and a working memory: one out of the other.
 *
 *   KV cache        0   4  layers          hidden states    [n, n_embd] numbers
 *                   4   4  heads
 *                   8   4  values of a head
 *                   12  4  positions
 *                   16  1  dtype
 *                   17     the cells: plain.h
 *
 * Hidden states without a map are what the model gave behind its final norm: of a turn the one
 * behind the prompt, then one behind each thought. So each is realigned before it is taken in, as
 * in thinking. With a map they have been through that, and are inputs.
 */
#ifndef LMI_STORE_AVP_PAYLOAD_H
#define LMI_STORE_AVP_PAYLOAD_H

#include "engine/state/plain.h"
#include "latent/memory.h"
#include "latentmas_store.h"
#include "store/avp/frame.h"

/* What we call a map that is none: thoughts as they were fed in. */
#define LMI_AVP_MAP_INPUT "latentmas:input"

enum { LMI_AVP_KV_HEAD_SIZE = 17 };

/* What the payload holds, all lengths found right: cells (without their `data`), or vectors. */
lmas_status lmi_avp_cells(lmi_plain *out, const lmi_avp_frame *frame);
lmas_status lmi_avp_vectors(uint32_t *n, uint32_t *width, const lmi_avp_frame *frame);

/* Fill an empty memory. Cells make one that cannot be rebuilt and must read before it goes on;
 * vectors become thoughts of `agent`, one position each. */
lmas_status lmi_avp_give_cells(lmas_memory *memory, lmi_avp_frame *frame);
lmas_status lmi_avp_give_vectors(lmas_memory *memory, lmi_avp_frame *frame, const char *agent);

/* Write a memory's cells, its thoughts, its last hidden state. `metadata` has what is the same for
 * all of them. */
lmas_status lmi_avp_take_cells(const char *path, lmi_avp_metadata *metadata, lmas_memory *memory,
                               const lmas_avp_params *params);
lmas_status lmi_avp_take_vectors(const char *path, lmi_avp_metadata *metadata,
                                 const lmas_memory *memory, const lmas_avp_params *params);

#endif

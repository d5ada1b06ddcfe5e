/* cells.c - the cells of a memory as a frame's KV cache, and back. */
#include <string.h>

#include "base/mem.h"
#include "store/avp/payload.h"
#include "store/frame.h"

enum { AT_LAYERS = 0, AT_HEADS = 4, AT_HEAD = 8, AT_POSITIONS = 12, AT_DTYPE = 16 };

/* Whether the numbers make the payload: one more or less of any, and its size is another. */
static lmas_status check_size(const lmi_plain *p, const lmi_avp_frame *frame)
{
    uint64_t found = 0;
    size_t size;
    const lmas_status status = lmi_avp_size(&found, frame);

    if (status != LMAS_OK)
        return status;
    if (lmi_plain_size(&size, p) && size > 0 && found >= LMI_AVP_KV_HEAD_SIZE &&
        found - LMI_AVP_KV_HEAD_SIZE == size)
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT,
                    "%s: its KV cache has %llu bytes, which is not what %u layers with %u heads of "
                    "%u %s values at %u positions take (a cache whose layers differ cannot be in a "
                    "frame)",
                    frame->path, (unsigned long long)found, p->n_layers, p->n_heads, p->head,
                    lmi_number_name(p->type), p->n);
}

lmas_status lmi_avp_cells(lmi_plain *out, const lmi_avp_frame *frame)
{
    uint8_t head[LMI_AVP_KV_HEAD_SIZE];
    lmas_status status = lmi_avp_peek(head, sizeof(head), frame);

    if (status != LMAS_OK)
        return status;
    if (head[AT_DTYPE] != frame->metadata.dtype)
        return lmi_fail(LMAS_E_FORMAT, "%s: its KV cache has dtype %u, its metadata says %u",
                        frame->path, head[AT_DTYPE], frame->metadata.dtype);
    *out = (lmi_plain){.n_layers = lmi_frame_u32(head + AT_LAYERS),
                       .n_heads = lmi_frame_u32(head + AT_HEADS),
                       .head = lmi_frame_u32(head + AT_HEAD),
                       .n = lmi_frame_u32(head + AT_POSITIONS),
                       .type = (lmi_number)head[AT_DTYPE]};
    status = check_size(out, frame);
    if (status == LMAS_OK && out->n_layers != frame->metadata.num_layers)
        status = lmi_fail(LMAS_E_FORMAT, "%s: its KV cache has %u layers, its metadata says %u",
                          frame->path, out->n_layers, frame->metadata.num_layers);
    return status;
}

/* What is known of the model's shape before a cell is made; lmi_plain_give() knows all of it. */
static lmas_status check_fit(const lmi_plain *p, const lmi_avp_frame *frame,
                             const lmas_session *session)
{
    const lmas_model_info *info = &session->model->info;

    if (p->n_layers != (uint32_t)info->n_layer || p->n_heads != (uint32_t)info->n_head_kv ||
        frame->metadata.hidden_dim != (uint32_t)info->n_embd)
        return lmi_fail(
            LMAS_E_MODEL,
            "%s is of another model: %u layers with %u heads, %u wide, and this one has "
            "%d with %d, %d wide",
            frame->path, p->n_layers, p->n_heads, frame->metadata.hidden_dim, info->n_layer,
            info->n_head_kv, info->n_embd);
    if (p->n > session->ctx->n_ctx_lane)
        return lmi_fail(LMAS_E_CONTEXT_FULL,
                        "context full: %s has %u positions, a lane %u; give more with n_ctx",
                        frame->path, p->n, session->ctx->n_ctx_lane);
    return LMAS_OK;
}

lmas_status lmi_avp_give_cells(lmas_memory *memory, lmi_avp_frame *frame)
{
    const lmas_session *session = memory->session;
    lmi_plain plain = {0};
    lmas_status status = lmi_avp_cells(&plain, frame);
    size_t size = 0;

    if (status == LMAS_OK)
        status = check_fit(&plain, frame, session);
    if (status == LMAS_OK && lmi_plain_size(&size, &plain))
        status = lmi_avp_unpack(frame, LMI_AVP_KV_HEAD_SIZE + size);
    if (status != LMAS_OK)
        return status;
    plain.data = (uint8_t *)frame->unpacked + LMI_AVP_KV_HEAD_SIZE; /* read only */
    memory->account.is_straight = false; /* what was read into it nobody knows */
    return lmi_plain_give(session->ctx, memory->lane, &plain);
}

static void put_head(uint8_t *head, const lmi_plain *p)
{
    const uint32_t numbers[] = {p->n_layers, p->n_heads, p->head, p->n};

    memcpy(head, numbers, sizeof(numbers));
    head[AT_DTYPE] = (uint8_t)p->type;
}

lmas_status lmi_avp_take_cells(const char *path, lmi_avp_metadata *metadata, lmas_memory *memory,
                               const lmas_avp_params *params)
{
    uint8_t *bytes = NULL;
    lmi_plain plain = {0};
    size_t size = 0;
    lmas_status status = lmi_plain_take(&plain, &bytes, memory->session->ctx, memory->lane,
                                        (lmi_number)params->dtype, LMI_AVP_KV_HEAD_SIZE);

    if (status != LMAS_OK)
        return status;
    metadata->payload_type = LMI_AVP_KV_CACHE;
    put_head(bytes, &plain);
    if (lmi_plain_size(&size, &plain))
        status =
            lmi_avp_write(path, metadata, bytes, LMI_AVP_KV_HEAD_SIZE + size, params->is_packed);
    lmi_free(bytes);
    return status;
}

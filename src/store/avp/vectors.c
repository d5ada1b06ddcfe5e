/* vectors.c - thoughts and a last hidden state as a frame's hidden states, and back. */
#include <string.h>

#include "base/mem.h"
#include "store/avp/payload.h"

enum { WANT_BOTH = LMI_WANT_HIDDEN | LMI_WANT_LOGITS };

/* A list of vectors, or one alone. */
lmas_status lmi_avp_vectors(uint32_t *n, uint32_t *width, const lmi_avp_frame *frame)
{
    const lmi_avp_metadata *m = &frame->metadata;
    const uint64_t rows = m->n_dims == 1 ? 1 : m->shape[0];
    const uint64_t wide = m->n_dims == 1 ? m->shape[0] : m->shape[1];
    uint64_t size = lmi_number_size((lmi_number)m->dtype);
    uint64_t found = 0;
    const lmas_status status = lmi_avp_size(&found, frame);

    if (status != LMAS_OK)
        return status;
    if (m->n_dims < 1 || m->n_dims > 2 || rows == 0 || wide == 0 || wide > LMI_STORE_EMBD_MAX ||
        rows > LMAS_N_CTX_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s: its hidden states are not of a shape [n, width]",
                        frame->path);
    if (wide != m->hidden_dim)
        return lmi_fail(LMAS_E_FORMAT, "%s: hidden states %llu wide, its hidden_dim is %u",
                        frame->path, (unsigned long long)wide, m->hidden_dim);
    size *= rows * wide;
    if (found != size)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s: %llu bytes of hidden states, [%llu, %llu] in %s take %llu",
                        frame->path, (unsigned long long)found, (unsigned long long)rows,
                        (unsigned long long)wide, lmi_number_name((lmi_number)m->dtype),
                        (unsigned long long)size);
    *n = (uint32_t)rows;
    *width = (uint32_t)wide;
    return LMAS_OK;
}

/* A map is said to lead to this model, whoever's hidden states they were. */
static lmas_status check_fit(const lmi_avp_frame *frame, uint32_t n, const lmas_session *session)
{
    const lmi_avp_metadata *m = &frame->metadata;
    const lmas_model_info *info = &session->model->info;
    const bool is_mapped = m->map_id.len > 0;

    if (m->hidden_dim != (uint32_t)info->n_embd ||
        (!is_mapped && m->num_layers != (uint32_t)info->n_layer))
        return lmi_fail(LMAS_E_MODEL,
                        "%s is of another model: %u wide, %u layers, and this one is %d wide and "
                        "has %d",
                        frame->path, m->hidden_dim, m->num_layers, info->n_embd, info->n_layer);
    if (is_mapped && m->dtype == LMI_NUMBER_I8)
        return lmi_fail(LMAS_E_FORMAT, "%s: inputs in int8, whose size it does not say",
                        frame->path);
    if (n > session->ctx->n_ctx_lane)
        return lmi_fail(
            LMAS_E_CONTEXT_FULL,
            "context full: %s has %u vectors, a lane %u positions; give more with n_ctx",
            frame->path, n, session->ctx->n_ctx_lane);
    return lmi_session_check_thinking(session);
}

/* Take in what stands at `row`: an input, or a hidden state that becomes one. */
static lmas_status feed(lmas_memory *memory, const lmi_avp_frame *frame, const char *agent,
                        float *row, unsigned want)
{
    float *input = row;
    lmas_status status;

    if (frame->metadata.map_id.len == 0) {
        lmi_realign_apply(memory->thought, memory->session->realign, row);
        input = memory->thought;
    }
    status = lmi_memory_start_vector(memory, agent, input, want);
    return status == LMAS_OK ? lmi_memory_wait(memory) : status;
}

static lmas_status feed_all(lmas_memory *memory, const lmi_avp_frame *frame, const char *agent,
                            float *row, uint32_t n)
{
    const size_t width = memory->account.n_embd;
    const lmi_number type = (lmi_number)frame->metadata.dtype;
    const size_t size = width * lmi_number_size(type);
    lmas_status status = lmi_context_check(memory->session->ctx);
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < n; i++) {
        if (!lmi_numbers_load(row, type, frame->unpacked + i * size, width))
            return lmi_fail(LMAS_E_FORMAT, "%s: a value of vector %u is not finite", frame->path,
                            i);
        status = feed(memory, frame, agent, row, i + 1 < n ? LMI_WANT_NOTHING : WANT_BOTH);
    }
    return status;
}

lmas_status lmi_avp_give_vectors(lmas_memory *memory, lmi_avp_frame *frame, const char *agent)
{
    float *row = lmi_new(memory->account.n_embd, sizeof(float));
    uint32_t n = 0, width = 0;
    lmas_status status = lmi_avp_vectors(&n, &width, frame);

    if (!row)
        status = lmi_fail(LMAS_E_NOMEM, "no memory for a vector");
    if (status == LMAS_OK)
        status = check_fit(frame, n, memory->session);
    if (status == LMAS_OK)
        status = lmi_avp_unpack(frame, (size_t)n * width *
                                           lmi_number_size((lmi_number)frame->metadata.dtype));
    if (status == LMAS_OK)
        status = feed_all(memory, frame, agent, row, n);
    lmi_free(row);
    return status;
}

/* ---- Out ---- */

static lmas_status write(const char *path, lmi_avp_metadata *m, const float *values, size_t n,
                         const lmas_avp_params *params)
{
    const lmi_number type = (lmi_number)params->dtype;
    const size_t n_values = n * m->hidden_dim, size = n_values * lmi_number_size(type);
    uint8_t *bytes = lmi_new(size, 1);
    lmas_status status = LMAS_OK;

    if (!bytes)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu vectors", n);
    m->payload_type = LMI_AVP_HIDDEN_STATE;
    m->n_dims = 2;
    m->shape[0] = (uint32_t)n;
    m->shape[1] = m->hidden_dim;
    if (!lmi_numbers_store(bytes, type, values, n_values))
        status = lmi_fail(LMAS_E_INVALID, "a value is too large for %s", lmi_number_name(type));
    if (status == LMAS_OK)
        status = lmi_avp_write(path, m, bytes, size, params->is_packed);
    lmi_free(bytes);
    return status;
}

lmas_status lmi_avp_take_vectors(const char *path, lmi_avp_metadata *metadata,
                                 const lmas_memory *memory, const lmas_avp_params *params)
{
    const lmi_account *account = &memory->account;

    if (params->payload == LMAS_AVP_HIDDEN) {
        if (!(memory->lane->has & LMI_WANT_HIDDEN))
            return lmi_fail(LMAS_E_INVALID,
                            "this working memory has no last hidden state: it must have read or "
                            "thought last");
        return write(path, metadata, memory->lane->hidden, 1, params);
    }
    if (!lmi_account_is_whole(account))
        return lmi_fail(LMAS_E_INVALID, "this working memory keeps no account of its thoughts");
    if (account->n_vectors == 0)
        return lmi_fail(LMAS_E_INVALID, "this working memory holds no thoughts");
    metadata->map_id = lmi_avp_text_of(LMI_AVP_MAP_INPUT);
    return write(path, metadata, account->vectors, account->n_vectors, params);
}

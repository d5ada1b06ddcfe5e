/* save.c - a working memory into a file. */
#include <string.h>

#include "base/mem.h"
#include "latentmas_store.h"
#include "store/load.h"

lmas_memory_file_params lmas_memory_file_params_default(void)
{
    return (lmas_memory_file_params){0};
}

lmas_status lmi_memory_check_content(const lmas_memory *memory)
{
    const lmi_lane *lane = memory->lane;

    if (lane->state == LMI_LANE_FAILED)
        return lmi_fail(lane->status, "%s", lane->error);
    if (lmi_memory_is_busy(memory))
        return lmi_fail(LMAS_E_INVALID, "the working memory is busy with a request");
    if (lane->pos == 0)
        return lmi_fail(LMAS_E_INVALID, "nothing to save: the working memory is empty");
    return LMAS_OK;
}

lmas_status lmas_memory_file_check(const lmas_memory_file_params *params)
{
    lmi_key key = {0};
    lmas_status status = lmi_key_to_seal(&key, params);

    lmi_key_done(&key);
    key = (lmi_key){0};
    if (status == LMAS_OK)
        status = lmi_key_to_check(&key, params);
    lmi_key_done(&key);
    return status;
}

static lmas_status check(const lmas_memory *memory)
{
    const lmas_status status = lmi_memory_check_content(memory);

    if (status == LMAS_OK && memory->account.is_lost)
        return lmi_fail(LMAS_E_INVALID, "of this working memory positions were dropped, and which "
                                        "are left it cannot tell a file");
    if (status == LMAS_OK && !lmi_account_is_whole(&memory->account))
        return lmi_fail(LMAS_E_INVALID,
                        "this working memory keeps no account of what was read into it");
    return status;
}

/* What is said of the model and the session. */
static void describe(lmi_manifest *m, const lmas_session *session, char tokenizer[LMI_SHA256_SIZE],
                     char chat_template[LMI_SHA256_SIZE])
{
    const lmas_model_info *info = &session->model->info;

    lmi_model_hash_tokens(tokenizer, session->model);
    lmi_sha256_text(chat_template, info->chat_template);
    *m = (lmi_manifest){.version = LMAS_VERSION,
                        .fingerprint = info->fingerprint,
                        .arch = info->arch,
                        .tokenizer = tokenizer,
                        .chat_template = chat_template,
                        .n_layer = (uint32_t)info->n_layer,
                        .n_embd = (uint32_t)info->n_embd,
                        .n_vocab = (uint32_t)info->n_vocab};
    lmi_context_dialect(&m->dialect, session->ctx);
}

/* Segments that hold something. */
static lmas_status take_segments(lmi_manifest *m, const lmas_memory *memory)
{
    size_t i;

    m->segments = lmi_new(memory->n_segments, sizeof(*m->segments));
    if (!m->segments)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu segments", memory->n_segments);
    for (i = 0; i < memory->n_segments; i++)
        if (memory->segments[i].n > 0)
            m->segments[m->n_segments++] = memory->segments[i];
    m->n_pos = memory->lane->pos;
    m->can_rebuild = memory->account.is_straight;
    m->has_hidden = (memory->lane->has & LMI_WANT_HIDDEN) != 0;
    m->has_logits = (memory->lane->has & LMI_WANT_LOGITS) != 0;
    return LMAS_OK;
}

/* The last hidden state and the last logits, those that are at hand. */
static lmas_status take_result(lmi_piece *out, const lmi_manifest *m, const lmi_lane *lane)
{
    const size_t n_hidden = m->has_hidden ? m->n_embd : 0;
    const size_t n_logits = m->has_logits ? m->n_vocab : 0;
    float *result = lmi_new(n_hidden + n_logits, sizeof(float));

    if (!result)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu logits", n_logits);
    if (n_hidden)
        memcpy(result, lane->hidden, n_hidden * sizeof(float));
    if (n_logits)
        memcpy(result + n_hidden, lane->logits, n_logits * sizeof(float));
    *out = (lmi_piece){result, (n_hidden + n_logits) * sizeof(float)};
    return LMAS_OK;
}

static lmas_status write(lmi_manifest *m, lmas_memory *memory, const char *path, const lmi_key *key)
{
    const lmi_account *account = &memory->account;
    lmi_piece chunks[LMI_N_CHUNKS] = {
        [LMI_CHUNK_TOKENS] = {account->tokens, account->n_tokens * sizeof(int32_t)},
        [LMI_CHUNK_VECTORS] = {account->vectors,
                               account->n_vectors * account->n_embd * sizeof(float)}};
    lmi_blob state = {0};
    lmas_status status = lmi_blob_get(&state, memory->session->ctx, memory->lane->seq);

    if (status == LMAS_OK)
        status = take_result(&chunks[LMI_CHUNK_RESULT], m, memory->lane);
    chunks[LMI_CHUNK_STATE] = (lmi_piece){state.data, state.size};
    if (status == LMAS_OK)
        status = lmi_container_write(path, m, chunks, key);
    lmi_free((void *)chunks[LMI_CHUNK_RESULT].data);
    lmi_blob_done(&state);
    return status;
}

lmas_status lmas_memory_save(lmas_memory *memory, const char *path,
                             const lmas_memory_file_params *params)
{
    char tokenizer[LMI_SHA256_SIZE], chat_template[LMI_SHA256_SIZE];
    lmi_manifest m = {0};
    lmi_key key = {0};
    lmas_status status;

    if (!memory || !path)
        return lmi_fail(LMAS_E_INVALID, "lmas_memory_save needs a memory and a path");
    lmi_memory_settle(memory);
    status = check(memory);
    if (status == LMAS_OK)
        status = lmi_key_to_seal(&key, params);
    if (status == LMAS_OK) {
        describe(&m, memory->session, tokenizer, chat_template);
        status = take_segments(&m, memory);
    }
    if (status == LMAS_OK)
        status = write(&m, memory, path, &key);
    lmi_manifest_done(&m);
    lmi_key_done(&key);
    return status;
}

/*
 * tokens.c - text to tokens, tokens to text.
 *
 * Both are libllama's; this adds limits, growth and messages. Special tokens are recognised
 * wherever a text has them and none is added, as the reference tokenises what a chat template
 * made: BOS comes from the template alone, and no EOS ever stands behind a prompt.
 */
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "engine/model.h"

void lmi_tokens_done(lmi_tokens *tokens)
{
    lmi_free(tokens->ids);
    *tokens = (lmi_tokens){0};
}

lmas_status lmi_model_tokenize(lmi_tokens *out, const lmas_model *model, const char *text)
{
    const size_t len = strlen(text);
    int32_t n;

    if (len > LMI_TEXT_MAX)
        return lmi_fail(LMAS_E_INVALID, "text of %zu bytes, at most %zu expected", len,
                        LMI_TEXT_MAX);
    n = llama_tokenize(model->vocab, text, (int32_t)len, out->ids, (int32_t)out->capacity, false,
                       true);
    if (n < 0 && n != INT32_MIN) {
        if (!lmi_reserve((void **)&out->ids, &out->capacity, (size_t)-n, sizeof(*out->ids)))
            return lmi_fail(LMAS_E_NOMEM, "no memory for %d tokens", -n);
        n = llama_tokenize(model->vocab, text, (int32_t)len, out->ids, (int32_t)out->capacity,
                           false, true);
    }
    if (n < 0)
        return lmi_fail(LMAS_E_ENGINE, "libllama cannot tokenise a text of %zu bytes", len);
    out->n = (size_t)n;
    return LMAS_OK;
}

static void add_piece(lmi_buf *out, const lmas_model *model, int32_t token, bool is_spelled)
{
    char small[128];
    char *piece = small;
    int32_t n = llama_token_to_piece(model->vocab, token, small, sizeof(small), 0, is_spelled);

    if (n < 0) {
        piece = lmi_new((size_t)-n, 1);
        if (!piece) {
            out->status = LMAS_E_NOMEM;
            return;
        }
        n = llama_token_to_piece(model->vocab, token, piece, -n, 0, is_spelled);
    }
    lmi_buf_append(out, piece, n > 0 ? (size_t)n : 0);
    if (piece != small)
        lmi_free(piece);
}

void lmi_model_piece(lmi_buf *out, const lmas_model *model, int32_t token)
{
    add_piece(out, model, token, false);
}

bool lmi_model_is_control(const lmas_model *model, int32_t token)
{
    return llama_vocab_is_control(model->vocab, token);
}

void lmi_model_spell(lmi_buf *out, const lmas_model *model, int32_t token)
{
    add_piece(out, model, token, true);
}

lmi_token_kind lmi_model_token_kind(const lmas_model *model, int32_t token)
{
    const int attributes = (int)llama_vocab_get_attr(model->vocab, token);

    if (attributes & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN))
        return LMI_TOKEN_CONTROL;
    return attributes & LLAMA_TOKEN_ATTR_UNUSED ? LMI_TOKEN_UNUSED : LMI_TOKEN_TEXT;
}

const char *lmi_model_token_name(const lmas_model *model, int32_t token)
{
    return llama_vocab_get_text(model->vocab, token);
}

bool lmi_model_ends(const lmas_model *model, int32_t token)
{
    return llama_vocab_is_eog(model->vocab, token);
}

int32_t lmi_model_end(const lmas_model *model)
{
    const int32_t eot = llama_vocab_eot(model->vocab);

    return eot >= 0 ? eot : llama_vocab_eos(model->vocab);
}

lmas_status lmas_model_count_tokens(uint32_t *out, const lmas_model *model, const char *text)
{
    lmi_tokens tokens = {0};
    lmas_status status;

    if (!out || !model || !text)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_count_tokens needs out, model and text");
    status = lmi_model_tokenize(&tokens, model, text);
    if (status == LMAS_OK)
        *out = (uint32_t)tokens.n;
    lmi_tokens_done(&tokens);
    return status;
}

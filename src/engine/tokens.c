/*
 * tokens.c - text to tokens, tokens to text, a question to a chat turn.
 *
 * All three are libllama's; this adds limits, growth and messages. Prompts are tokenised with
 * special tokens recognised everywhere, as transformers and llama-server do, so that the
 * tokens equal the reference's.
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

lmas_status lmi_model_tokenize(lmi_tokens *out, const lmas_model *model, const char *text,
                               bool is_prompt)
{
    const size_t len = strlen(text);
    int32_t n;

    if (len > LMI_TEXT_MAX)
        return lmi_fail(LMAS_E_INVALID, "text of %zu bytes, at most %zu expected", len,
                        LMI_TEXT_MAX);
    n = llama_tokenize(model->vocab, text, (int32_t)len, out->ids, (int32_t)out->capacity,
                       is_prompt, true);
    if (n < 0 && n != INT32_MIN) {
        if (!lmi_reserve((void **)&out->ids, &out->capacity, (size_t)-n, sizeof(*out->ids)))
            return lmi_fail(LMAS_E_NOMEM, "no memory for %d tokens", -n);
        n = llama_tokenize(model->vocab, text, (int32_t)len, out->ids, (int32_t)out->capacity,
                           is_prompt, true);
    }
    if (n < 0)
        return lmi_fail(LMAS_E_ENGINE, "libllama cannot tokenise a text of %zu bytes", len);
    out->n = (size_t)n;
    return LMAS_OK;
}

void lmi_model_piece(lmi_buf *out, const lmas_model *model, int32_t token)
{
    char small[128];
    char *piece = small;
    int32_t n = llama_token_to_piece(model->vocab, token, small, sizeof(small), 0, false);

    if (n < 0) {
        piece = lmi_new((size_t)-n, 1);
        if (!piece) {
            out->status = LMAS_E_NOMEM;
            return;
        }
        n = llama_token_to_piece(model->vocab, token, piece, -n, 0, false);
    }
    lmi_buf_append(out, piece, n > 0 ? (size_t)n : 0);
    if (piece != small)
        lmi_free(piece);
}

bool lmi_model_ends(const lmas_model *model, int32_t token)
{
    return llama_vocab_is_eog(model->vocab, token);
}

lmas_status lmas_model_count_tokens(uint32_t *out, const lmas_model *model, const char *text,
                                    bool is_prompt)
{
    lmi_tokens tokens = {0};
    lmas_status status;

    if (!out || !model || !text)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_count_tokens needs out, model and text");
    status = lmi_model_tokenize(&tokens, model, text, is_prompt);
    if (status == LMAS_OK)
        *out = (uint32_t)tokens.n;
    lmi_tokens_done(&tokens);
    return status;
}

static lmas_status check_turn(const lmas_model *model, const char *system, const char *user)
{
    const size_t len = strlen(user) + (system ? strlen(system) : 0);

    if (!model->chat_template)
        return lmi_fail(
            LMAS_E_MODEL,
            "%s has no chat template: name one with --chat-template (chatml, llama3, ...)",
            model->path);
    if (len > LMI_TEXT_MAX)
        return lmi_fail(LMAS_E_INVALID, "chat turn of %zu bytes, at most %zu expected", len,
                        LMI_TEXT_MAX);
    return LMAS_OK;
}

lmas_status lmas_model_format_chat(char **out, const lmas_model *model, const char *system,
                                   const char *user)
{
    struct llama_chat_message turn[2];
    size_t n_turns = 0;
    lmas_status status;
    int32_t size, n;
    char *text;

    if (!out || !model || !user)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_format_chat needs out, model and user text");
    status = check_turn(model, system, user);
    if (status != LMAS_OK)
        return status;
    if (system && system[0])
        turn[n_turns++] = (struct llama_chat_message){"system", system};
    turn[n_turns++] = (struct llama_chat_message){"user", user};
    size = llama_chat_apply_template(model->chat_template, turn, n_turns, true, NULL, 0);
    if (size < 0)
        return lmi_fail(LMAS_E_MODEL,
                        "libllama does not know the chat template of %s: name one that it knows "
                        "with --chat-template (chatml, llama3, ...)",
                        model->path);
    text = lmi_new((size_t)size + 1, 1);
    if (!text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a chat turn of %d bytes", size);
    n = llama_chat_apply_template(model->chat_template, turn, n_turns, true, text, size + 1);
    text[n < size ? (n < 0 ? 0 : n) : size] = '\0';
    *out = text;
    return LMAS_OK;
}

void lmas_text_free(char *text)
{
    lmi_free(text);
}

/*
 * vocab.c - a vocabulary that libllama would abort over, when it is loaded or when a text
 * holds what it has no token for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/gguf/header.h"

/* The type of a token that stands for a byte (llama.h has it under a name that is going away). */
enum { TYPE_BYTE = 6, N_BYTES = 256 };

/* Texts by content, in a list of pointers. */
static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* libllama takes an empty text for no text: those may be many. */
static lmas_status check_twins(const char *const *tokens, size_t n, const char *path)
{
    size_t i;

    for (i = 1; i < n; i++)
        if (tokens[i][0] && strcmp(tokens[i], tokens[i - 1]) == 0)
            return lmi_fail(LMAS_E_MODEL,
                            "%s: tokenizer.ggml.tokens has \"%.60s\" twice, once expected", path,
                            tokens[i]);
    return LMAS_OK;
}

/* A SentencePiece vocabulary spells what it does not know byte by byte, or breaks. */
static lmas_status check_bytes(const char *const *tokens, size_t n, const char *path)
{
    int i;

    for (i = 0; i < N_BYTES; i++) {
        const char alone[2] = {(char)i, '\0'};
        const char *const as_char = alone;
        char text[8];
        const char *const as_byte = text;

        snprintf(text, sizeof(text), "<0x%02X>", (unsigned)i);
        if (!bsearch(&as_byte, tokens, n, sizeof(*tokens), compare) &&
            !(i && bsearch(&as_char, tokens, n, sizeof(*tokens), compare)))
            return lmi_fail(LMAS_E_MODEL,
                            "%s: tokenizer.ggml.tokens has no %s: not every text could be read",
                            path, text);
    }
    return LMAS_OK;
}

static bool has_byte_type(const struct gguf_context *gguf)
{
    const int64_t id = lmi_header_find(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_ARRAY);
    const int32_t *types;
    size_t i;

    if (id < 0 || (gguf_get_arr_type(gguf, id) != GGUF_TYPE_INT32 &&
                   gguf_get_arr_type(gguf, id) != GGUF_TYPE_UINT32))
        return false;
    types = gguf_get_arr_data(gguf, id);
    for (i = 0; i < gguf_get_arr_n(gguf, id); i++)
        if (types[i] == TYPE_BYTE)
            return true;
    return false;
}

static lmas_status check_tokens(const char **tokens, const struct gguf_context *gguf, int64_t id,
                                const char *model, const char *path)
{
    const size_t n = gguf_get_arr_n(gguf, id);
    lmas_status status;
    size_t i;

    for (i = 0; i < n; i++)
        tokens[i] = gguf_get_arr_str(gguf, id, i);
    qsort(tokens, n, sizeof(*tokens), compare);
    status = check_twins(tokens, n, path);
    if (status == LMAS_OK && strcmp(model, "llama") == 0)
        status = check_bytes(tokens, n, path);
    if (status == LMAS_OK && strcmp(model, "bert") == 0 && has_byte_type(gguf))
        status = lmi_fail(LMAS_E_MODEL,
                          "%s: tokenizer.ggml.token_type has a token of type %d (byte), none "
                          "expected where tokenizer.ggml.model is bert",
                          path, TYPE_BYTE);
    return status;
}

lmas_status lmi_header_check_vocab(const struct gguf_context *gguf, const char *path)
{
    const int64_t model = lmi_header_find(gguf, "tokenizer.ggml.model", GGUF_TYPE_STRING);
    const int64_t id = lmi_header_find(gguf, "tokenizer.ggml.tokens", GGUF_TYPE_ARRAY);
    const char **tokens;
    lmas_status status;

    if (model < 0 || id < 0 || gguf_get_arr_type(gguf, id) != GGUF_TYPE_STRING)
        return LMAS_OK; /* libllama says so */
    if (gguf_get_arr_n(gguf, id) == 0)
        return lmi_fail(LMAS_E_MODEL, "%s: tokenizer.ggml.tokens has 0 tokens, 1 or more expected",
                        path);
    tokens = lmi_new(gguf_get_arr_n(gguf, id), sizeof(*tokens));
    if (!tokens)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the vocabulary of %s", path);
    status = check_tokens(tokens, gguf, id, gguf_get_val_str(gguf, model), path);
    lmi_free(tokens);
    return status;
}

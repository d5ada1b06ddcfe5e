/*
 * match.c - whether the model behind a server is the one that is open here.
 *
 * Nobody tells a fingerprint. But another model has another width or splits some text otherwise,
 * and one of the same family that differs in neither takes what we hand over without harm.
 */
#include <string.h>

#include "base/mem.h"
#include "remote/server.h"

/* Control tokens of the model that are asked for, of its first ones. */
enum { CONTROLS = 8 };

static const char *const texts[] = {
    "Hello, world! The quick brown fox jumps over 13 lazy dogs.",
    "0 1 2 3 10 100 1000 1234567890 3.14159 -2e10 1,430",
    "   three spaces\n\n\tand a tab \r\n",
    ("na\xc3\xafve caf\xc3\xa9, \xc3\x9c"
     "ber\xc3\xa4se, \xc5\x82\xc3\xb3"
     "d\xc5\xba"),
    "\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c\xe4\xb8\x96\xe7\x95\x8c \xe3\x81\x93\xe3\x82\x93",
    "\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf \xec\x95\x88\xeb\x85\x95",
    "\xf0\x9f\x99\x82\xf0\x9f\x9a\x80 \xe2\x88\x91\xe2\x89\xa4\xe2\x88\x9e",
    "def f(x):\n    return {\"a\": [x**2, x != 0]}  # \\boxed{42}",
};

/* What stands at place `i` of a list, for a message. */
static void append_token(lmi_buf *out, const lmi_tokens *tokens, size_t i)
{
    if (i < tokens->n)
        lmi_buf_printf(out, "token %d", tokens->ids[i]);
    else
        lmi_buf_puts(out, "no token");
}

static lmas_status refuse(const lmas_remote *remote, const char *text, const lmi_tokens *ours,
                          const lmi_tokens *theirs)
{
    lmas_status status;
    size_t i = 0;
    lmi_buf said;

    while (i < ours->n && i < theirs->n && ours->ids[i] == theirs->ids[i])
        i++;
    lmi_buf_init(&said, LMI_ERROR_MAX);
    append_token(&said, ours, i);
    lmi_buf_puts(&said, " here, ");
    append_token(&said, theirs, i);
    status = lmi_fail(LMAS_E_MODEL,
                      "%s has another model: \"%.*s\" is split otherwise, at place %zu there is %s "
                      "there",
                      remote->url, (int)strcspn(text, "\n"), text, i, lmi_buf_text(&said));
    lmi_buf_done(&said);
    return status;
}

static lmas_status compare(lmas_remote *remote, const lmas_model *model, const char *text)
{
    lmi_tokens ours = {0};
    lmi_tokens theirs = {0};
    lmas_status status = lmi_model_tokenize(&ours, model, text);

    if (status == LMAS_OK)
        status = lmi_remote_tokenize(&theirs, remote, text);
    if (status == LMAS_OK &&
        (ours.n != theirs.n || memcmp(ours.ids, theirs.ids, ours.n * sizeof(*ours.ids)) != 0))
        status = refuse(remote, text, &ours, &theirs);
    lmi_tokens_done(&ours);
    lmi_tokens_done(&theirs);
    return status;
}

/* The model's own marks, with a word between: those of its chat turns are among them. */
static void append_controls(lmi_buf *out, const lmas_model *model)
{
    int32_t token;
    size_t n = 0;

    for (token = 0; token < model->info.n_vocab && n < CONTROLS; token++) {
        if (!lmi_model_is_control(model, token))
            continue;
        lmi_model_spell(out, model, token);
        lmi_buf_puts(out, "user");
        n++;
    }
}

bool lmi_match_text(lmi_buf *out, const lmas_model *model, size_t i)
{
    const size_t n = sizeof(texts) / sizeof(*texts);

    if (i < n)
        lmi_buf_puts(out, texts[i]);
    else if (i == n)
        append_controls(out, model);
    return i <= n;
}

static lmas_status compare_all(lmas_remote *remote, const lmas_model *model)
{
    lmas_status status = LMAS_OK;
    lmi_buf text;
    size_t i;

    lmi_buf_init(&text, LMI_TEXT_MAX);
    for (i = 0; status == LMAS_OK && lmi_match_text(&text, model, i); i++) {
        status = lmi_buf_status(&text);
        if (status == LMAS_OK && text.len > 0)
            status = compare(remote, model, lmi_buf_text(&text));
        lmi_buf_clear(&text);
    }
    lmi_buf_done(&text);
    return status;
}

lmas_status lmas_remote_match(lmas_remote *remote, const lmas_model *model)
{
    lmas_status status = LMAS_OK;
    uint32_t width;

    if (!remote || !model)
        return lmi_fail(LMAS_E_INVALID, "lmas_remote_match: a server and a model expected, one is "
                                        "NULL");
    width = remote->info.n_embd > 0 ? remote->info.n_embd : remote->width;
    if (width > 0 && width != (uint32_t)model->info.n_embd)
        return lmi_fail(LMAS_E_MODEL,
                        "%s has another model: its vectors are %u wide, those of %s %d",
                        remote->url, width, model->info.path, model->info.n_embd);
    if (remote->info.tells_tokens)
        status = compare_all(remote, model);
    if (status == LMAS_OK && remote->takes_vectors)
        remote->info.n_embd = (uint32_t)model->info.n_embd;
    return status;
}

bool lmi_remote_runs(lmas_remote *remote, const lmas_model *model)
{
    const bool may_be = remote->takes_vectors || remote->info.n_embd > 0;

    if (!may_be || strcmp(remote->asked_of, model->fingerprint) == 0)
        return may_be && remote->is_same;
    remote->is_same = lmas_remote_match(remote, model) == LMAS_OK;
    memcpy(remote->asked_of, model->fingerprint, sizeof(remote->asked_of));
    return remote->is_same;
}

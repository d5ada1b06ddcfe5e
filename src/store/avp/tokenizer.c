/*
 * tokenizer.c - avp's hash of a vocabulary: SHA-256 of what Python's json.dumps() makes of its
 * [spelling, id] pairs, sorted by spelling, without blanks and in ASCII.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/model.h"
#include "engine/state/whole.h"
#include "latentmas_store.h"

/* Bytes of a spelling, escaped: six for each of it at most. */
#define SPELLING_MAX ((size_t)1024 * 1024)

typedef struct entry {
    const char *text;
    int32_t id;
} entry;

/* Bytes of UTF-8 are in the order of what they stand for. */
static int compare(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const int by_text = strcmp(x->text, y->text);

    return by_text ? by_text : (x->id > y->id) - (x->id < y->id);
}

static void append_unit(lmi_buf *out, uint32_t unit)
{
    lmi_buf_printf(out, "\\u%04" PRIx32, unit);
}

/* What is beyond ASCII, or a control: in units of UTF-16. */
static void append_code(lmi_buf *out, uint32_t code)
{
    static const char *const shorts[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};

    if (code < sizeof(shorts) / sizeof(shorts[0]) && shorts[code]) {
        lmi_buf_puts(out, shorts[code]);
    } else if (code >= 0x10000) {
        append_unit(out, 0xd800 + ((code - 0x10000) >> 10));
        append_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
        append_unit(out, code);
    }
}

/* The code point at `*text`, which goes behind it; the text is valid. */
static uint32_t next_code(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    const size_t n = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    uint32_t code = n == 1 ? at[0] : at[0] & (0xffu >> (n + 1));
    size_t i;

    for (i = 1; i < n; i++)
        code = code << 6 | (at[i] & 0x3fu);
    *text += n;
    return code;
}

static lmas_status append_entry(lmi_buf *out, const entry *e)
{
    const char *text = e->text;

    if (!lmi_utf8_is_valid(text, strlen(text)))
        return lmi_fail(LMAS_E_MODEL, "token %" PRId32 " is not spelled in UTF-8", e->id);
    lmi_buf_puts(out, "[\"");
    while (*text) {
        const uint32_t code = next_code(&text);

        if (code == '"' || code == '\\')
            lmi_buf_printf(out, "\\%c", (int)code);
        else if (code >= ' ' && code < 0x80)
            lmi_buf_putc(out, (char)code);
        else
            append_code(out, code);
    }
    lmi_buf_printf(out, "\",%" PRId32 "]", e->id);
    return lmi_buf_status(out);
}

static lmas_status hash_entries(char out[LMI_SHA256_SIZE], const entry *entries, size_t n)
{
    lmas_status status = LMAS_OK;
    lmi_sha256 hash;
    lmi_buf text;
    size_t i;

    lmi_buf_init(&text, SPELLING_MAX);
    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, "[", 1);
    for (i = 0; status == LMAS_OK && i < n; i++) {
        lmi_buf_clear(&text);
        if (i > 0)
            lmi_buf_putc(&text, ',');
        status = append_entry(&text, &entries[i]);
        lmi_sha256_add(&hash, lmi_buf_text(&text), text.len);
    }
    lmi_sha256_add(&hash, "]", 1);
    lmi_sha256_done(out, &hash);
    lmi_buf_done(&text);
    return status;
}

lmas_status lmas_avp_tokenizer_hash(char *out, size_t n, const lmas_model *model)
{
    char hash[LMI_SHA256_SIZE];
    lmas_status status;
    entry *entries;
    size_t i, n_vocab;

    if (!out || n < sizeof(hash) || !model)
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_avp_tokenizer_hash needs room for %zu bytes, and a model",
                        sizeof(hash));
    n_vocab = (size_t)lmas_model_describe(model)->n_vocab;
    entries = lmi_new(n_vocab, sizeof(*entries));
    if (!entries)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a vocabulary");
    for (i = 0; i < n_vocab; i++)
        entries[i] = (entry){lmi_model_spelling(model, (int32_t)i), (int32_t)i};
    qsort(entries, n_vocab, sizeof(*entries), compare);
    status = hash_entries(hash, entries, n_vocab);
    if (status == LMAS_OK)
        memcpy(out, hash, sizeof(hash));
    lmi_free(entries);
    return status;
}

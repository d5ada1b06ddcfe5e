/* words.c - words in quotes; see words.h. */
#include "exchange/search/words.h"

#include <string.h>

#include "base/utf8.h"

/* Spaces and control characters part words. */
static size_t gap_at(const char *text)
{
    return *text == ' ' ? 1 : lmi_utf8_control(text);
}

/* Bytes of the word that `text` begins with. */
static size_t word_len(const char *text)
{
    size_t len = 0;

    while (text[len] && !gap_at(text + len))
        len++;
    return len;
}

/* A quote within is written twice. */
static void append_word(lmi_buf *out, const char *word, size_t len)
{
    size_t i;

    lmi_buf_puts(out, out->len ? " \"" : "\"");
    for (i = 0; i < len; i++) {
        if (word[i] == '"')
            lmi_buf_putc(out, '"');
        lmi_buf_putc(out, word[i]);
    }
    lmi_buf_putc(out, '"');
}

void lmi_exchange_words(lmi_buf *out, const char *text)
{
    while (*text) {
        const size_t gap = gap_at(text);
        const size_t len = gap ? 0 : word_len(text);

        if (len)
            append_word(out, text, len);
        text += gap + len;
    }
}

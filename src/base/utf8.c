/*
 * utf8.c - tokens split characters; readers must not see the halves.
 *
 * A byte-level vocabulary may spread one character over several tokens. Streams hold back
 * an unfinished tail (lmi_utf8_complete), and what is stored is made valid (lmi_utf8_append).
 */
#include "base/utf8.h"

#include <string.h>

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Length that the lead byte promises, 0 when it leads nothing. */
static size_t promised_len(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 0;
}

/* Whether `byte` may stand second after `lead`: no surrogates, no overlong forms, no value
 * beyond U+10FFFF. */
static int is_second(unsigned char lead, unsigned char byte)
{
    switch (lead) {
    case 0xe0:
        return byte >= 0xa0 && byte <= 0xbf;
    case 0xed:
        return byte >= 0x80 && byte <= 0x9f;
    case 0xf0:
        return byte >= 0x90 && byte <= 0xbf;
    case 0xf4:
        return byte >= 0x80 && byte <= 0x8f;
    default:
        return byte >= 0x80 && byte <= 0xbf;
    }
}

/* Bytes of `text` that agree with the character its first byte promises (at most `len`). */
static size_t matched_len(const unsigned char *text, size_t len)
{
    const size_t want = promised_len(text[0]);
    size_t n = 1;

    if (!want)
        return 0;
    if (n < want && n < len && is_second(text[0], text[1]))
        for (n = 2; n < want && n < len && (text[n] & 0xc0) == 0x80;)
            n++;
    return n;
}

size_t lmi_utf8_complete(const char *text, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const size_t first = len > 3 ? len - 3 : 0;
    size_t i;

    /* Only a lead byte among the last three can be waiting for more. */
    for (i = len; i > first; i--) {
        const size_t want = promised_len(bytes[i - 1]);
        const size_t have = len - (i - 1);

        if (want > have && matched_len(bytes + i - 1, have) == have)
            return i - 1;
        if (want)
            break;
    }
    return len;
}

bool lmi_utf8_is_valid(const char *text, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t i = 0;

    while (i < len) {
        const size_t want = promised_len(bytes[i]);

        if (!want || matched_len(bytes + i, len - i) != want)
            return false;
        i += want;
    }
    return true;
}

void lmi_utf8_append(lmi_buf *out, const char *text, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t i = 0;

    while (i < len) {
        const size_t want = promised_len(bytes[i]);
        const size_t n = matched_len(bytes + i, len - i);

        if (want && n == want)
            lmi_buf_append(out, text + i, n);
        else
            lmi_buf_append(out, REPLACEMENT, sizeof(REPLACEMENT) - 1);
        i += n ? n : 1;
    }
}

size_t lmi_utf8_control(const char *text)
{
    const unsigned char first = (unsigned char)text[0];
    const unsigned char second = first ? (unsigned char)text[1] : 0;

    if (first != 0xc2)
        return first < 0x20 || first == 0x7f ? 1 : 0;
    return second >= 0x80 && second < 0xa0 ? 2 : 0;
}

void lmi_flatten(char *text)
{
    char *to = text;
    size_t n;

    for (; *text; text += n ? n : 1) {
        n = lmi_utf8_control(text);
        *to++ = *text;
        if (n)
            to[-1] = '?';
    }
    *to = '\0';
}

size_t lmi_utf8_floor(const char *text, size_t len)
{
    size_t cut = len;

    while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    return cut;
}

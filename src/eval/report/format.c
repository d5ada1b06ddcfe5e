/* format.c - escapes, columns and numbers; see the header. */
#include "eval/report/format.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* One character of valid UTF-8, as it stands in the text. */
typedef struct letter {
    const char *start;
    size_t len;
} letter;

static letter letter_at(const char *text, size_t len)
{
    size_t n = 1;

    while (n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
        n++;
    return (letter){text, n};
}

static bool is_one_of(letter c, const char *first, const char *last)
{
    return c.len == strlen(first) && memcmp(c.start, first, c.len) >= 0 &&
           memcmp(c.start, last, c.len) <= 0;
}

/* Control characters (C0, DEL, C1), marks and overrides of direction, line and paragraph
 * separators, and the two that XML forbids. */
static bool is_unfit(letter c)
{
    const unsigned char first = (unsigned char)*c.start;

    if (c.len == 1)
        return first < 0x20 || first == 0x7f;
    return is_one_of(c, "\xc2\x80", "\xc2\x9f") ||         /* U+0080 to U+009F */
           is_one_of(c, "\xe2\x80\xa8", "\xe2\x80\xae") || /* U+2028 to U+202E */
           is_one_of(c, "\xe2\x80\x8e", "\xe2\x80\x8f") || /* U+200E and U+200F */
           is_one_of(c, "\xe2\x81\xa6", "\xe2\x81\xa9") || /* U+2066 to U+2069 */
           is_one_of(c, "\xef\xbf\xbe", "\xef\xbf\xbf");   /* U+FFFE and U+FFFF */
}

/* Give every letter of `text`, made valid, to `put`. */
static void for_letters(lmi_buf *out, const char *text,
                        void (*put)(lmi_buf *out, letter before, letter c, letter after))
{
    static const letter nothing = {" ", 1};
    letter before = nothing;
    lmi_buf valid;
    size_t i = 0;

    lmi_buf_init(&valid, out->max);
    lmi_utf8_append(&valid, text, strlen(text));
    while (i < valid.len) {
        const letter c = letter_at(valid.data + i, valid.len - i);

        i += c.len;
        put(out, before, c, i < valid.len ? letter_at(valid.data + i, valid.len - i) : nothing);
        before = c;
    }
    if (valid.status != LMAS_OK && out->status == LMAS_OK)
        out->status = valid.status;
    lmi_buf_done(&valid);
}

static void put_plain(lmi_buf *out, letter before, letter c, letter after)
{
    (void)before;
    (void)after;
    if (is_unfit(c))
        lmi_buf_puts(out, REPLACEMENT);
    else
        lmi_buf_append(out, c.start, c.len);
}

void lmi_plain(lmi_buf *out, const char *text)
{
    for_letters(out, text, put_plain);
}

static void put_html(lmi_buf *out, letter before, letter c, letter after)
{
    switch (*c.start) {
    case '&':
        lmi_buf_puts(out, "&amp;");
        break;
    case '<':
        lmi_buf_puts(out, "&lt;");
        break;
    case '>':
        lmi_buf_puts(out, "&gt;");
        break;
    case '"':
        lmi_buf_puts(out, "&quot;");
        break;
    case '\'':
        lmi_buf_puts(out, "&#39;");
        break;
    case '\n':
    case '\t':
        lmi_buf_putc(out, *c.start);
        break;
    default:
        put_plain(out, before, c, after);
    }
}

void lmi_html(lmi_buf *out, const char *text)
{
    for_letters(out, text, put_html);
}

/* An underscore within a word is no markup, and names of methods are full of them. */
static void put_markdown(lmi_buf *out, letter before, letter c, letter after)
{
    const char byte = *c.start;
    const bool is_within =
        isalnum((unsigned char)*before.start) && isalnum((unsigned char)*after.start);

    if (byte == '\n' || byte == '\r' || byte == '\t')
        lmi_buf_putc(out, ' ');
    else if (byte == '<' || byte == '>' || byte == '&' || byte == '@')
        lmi_buf_printf(out, "&#%d;", byte);
    else if (byte && strchr("\\`*{}[]#|~!$", byte))
        lmi_buf_printf(out, "\\%c", byte);
    else if (byte == '_' && !is_within)
        lmi_buf_puts(out, "\\_");
    else
        put_plain(out, before, c, after);
}

void lmi_markdown(lmi_buf *out, const char *text)
{
    for_letters(out, text, put_markdown);
}

size_t lmi_width(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* Bytes of the first `n` characters. */
static size_t bytes_of(const char *text, size_t n)
{
    const size_t len = strlen(text);
    size_t i = 0;

    while (n-- > 0 && i < len)
        i += letter_at(text + i, len - i).len;
    return i;
}

/* The same, and the characters that were appended. */
static size_t cut(lmi_buf *out, const char *text, size_t width, bool is_end_kept)
{
    lmi_buf plain;
    size_t n;

    lmi_buf_init(&plain, out->max);
    lmi_plain(&plain, text);
    n = lmi_width(lmi_buf_text(&plain));
    if (n <= width) {
        lmi_buf_puts(out, lmi_buf_text(&plain));
    } else if (is_end_kept) {
        lmi_buf_puts(out, "...");
        lmi_buf_puts(out, plain.data + bytes_of(plain.data, n + 3 - width));
    } else {
        lmi_buf_append(out, plain.data, bytes_of(plain.data, width - 3));
        lmi_buf_puts(out, "...");
    }
    lmi_buf_done(&plain);
    return n < width ? n : width;
}

void lmi_cut(lmi_buf *out, const char *text, size_t width, bool is_end_kept)
{
    cut(out, text, width, is_end_kept);
}

void lmi_column(lmi_buf *out, const char *text, size_t width)
{
    size_t n;

    for (n = cut(out, text, width, false); n < width; n++)
        lmi_buf_putc(out, ' ');
}

void lmi_number(char out[LMI_NUMBER_SIZE], double x)
{
    const double size = fabs(x);
    const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;

    if (isnan(x))
        snprintf(out, LMI_NUMBER_SIZE, "-");
    else if (size >= 1e9)
        snprintf(out, LMI_NUMBER_SIZE, "%.3g", x);
    else
        snprintf(out, LMI_NUMBER_SIZE, "%.*f", size > 0 ? decimals : 0, x);
}

void lmi_percent(char out[LMI_NUMBER_SIZE], double share)
{
    if (isnan(share))
        snprintf(out, LMI_NUMBER_SIZE, "-");
    else
        snprintf(out, LMI_NUMBER_SIZE, "%.1f", share * 100);
}

void lmi_p_value(char out[LMI_NUMBER_SIZE], double p)
{
    if (p < 0.0001)
        snprintf(out, LMI_NUMBER_SIZE, "<0.0001");
    else
        snprintf(out, LMI_NUMBER_SIZE, "%.4f", p);
}

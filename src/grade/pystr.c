/*
 * pystr.c - Python's rules for text, as far as the reference's grading leans on them.
 *
 * A decimal digit is what Unicode calls Nd. These stand in runs of ten, so the zeros say all;
 * tests/unit/grade_compat_test.c compares them with PCRE2's \d over all of Unicode.
 */
#include "grade/pystr.h"

#include <locale.h>
#include <string.h>
#include <wctype.h>

#include "base/utf8.h"

static const uint32_t zeros[] = {
    0x30,    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,
    0xc66,   0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,
    0x1810,  0x1946,  0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,
    0xa8d0,  0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x10d40,
    0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0,
    0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130,
    0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
    0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
};

/* sys.get_int_max_str_digits() unless somebody changed it; leading zeros count. */
enum { INT_DIGITS_MAX = 4300 };

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Bytes at the start that are ASCII and no NUL, or (`is_ascii` false) that are not ASCII. */
static size_t run_len(const char *text, size_t len, bool is_ascii)
{
    size_t n = 0;

    while (n < len && text[n] && ((unsigned char)text[n] < 0x80) == is_ascii)
        n++;
    return n;
}

void lmi_py_append(lmi_buf *out, const char *text, size_t len)
{
    size_t i = 0;

    while (i < len) {
        size_t n = run_len(text + i, len - i, true);

        lmi_buf_append(out, text + i, n);
        i += n;
        n = run_len(text + i, len - i, false);
        lmi_utf8_append(out, text + i, n);
        i += n;
        if (i < len && !text[i]) {
            lmi_buf_puts(out, REPLACEMENT);
            i++;
        }
    }
}

/* The same as a stretch of its own. */
static lmi_span make_valid(lmi_buf *out, const char *text, size_t len)
{
    lmi_buf_init(out, 3 * len);
    lmi_py_append(out, text, len);
    return (lmi_span){lmi_buf_text(out), out->len};
}

lmas_status lmi_texts_init(lmi_texts *out, lmi_span shown, const char *marked)
{
    *out = (lmi_texts){0};
    out->marked = out->shown = make_valid(&out->shown_text, shown.text, shown.len);
    if (marked)
        out->marked = make_valid(&out->marked_text, marked, strlen(marked));
    return out->shown_text.status != LMAS_OK ? lmi_buf_status(&out->shown_text)
                                             : lmi_buf_status(&out->marked_text);
}

void lmi_texts_done(lmi_texts *texts)
{
    lmi_buf_done(&texts->shown_text);
    lmi_buf_done(&texts->marked_text);
}

const char *lmi_find(const char *at, const char *end, const char *what)
{
    const size_t len = strlen(what);

    while ((at = memchr(at, *what, (size_t)(end - at)))) {
        if ((size_t)(end - at) < len)
            return NULL;
        if (memcmp(at, what, len) == 0)
            return at;
        at++;
    }
    return NULL;
}

uint32_t lmi_py_char(size_t *len_out, const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const size_t len = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    uint32_t c = len == 1 ? bytes[0] : bytes[0] & (0x7fU >> len);
    size_t i;

    for (i = 1; i < len; i++)
        c = c << 6 | (bytes[i] & 0x3fU);
    *len_out = len;
    return c;
}

int lmi_py_digit(uint32_t c)
{
    size_t low = 0;
    size_t high = sizeof(zeros) / sizeof(zeros[0]);

    if (c < 0x80)
        return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (zeros[middle] <= c)
            low = middle;
        else
            high = middle;
    }
    return c >= zeros[low] && c - zeros[low] < 10 ? (int)(c - zeros[low]) : -1;
}

bool lmi_py_is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

lmi_span lmi_py_strip(lmi_span span)
{
    size_t n;

    while (span.len && lmi_py_is_space(lmi_py_char(&n, span.text))) {
        span.text += n;
        span.len -= n;
    }
    while (span.len) {
        const size_t start = lmi_utf8_floor(span.text, span.len - 1);

        if (!lmi_py_is_space(lmi_py_char(&n, span.text + start)))
            break;
        span.len = start;
    }
    return span;
}

static void append_char(lmi_buf *out, uint32_t c)
{
    if (c < 0x80) {
        lmi_buf_putc(out, (char)c);
        return;
    }
    if (c < 0x800) {
        lmi_buf_putc(out, (char)(0xc0 | c >> 6));
    } else if (c < 0x10000) {
        lmi_buf_putc(out, (char)(0xe0 | c >> 12));
        lmi_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
    } else {
        lmi_buf_putc(out, (char)(0xf0 | c >> 18));
        lmi_buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
        lmi_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
    }
    lmi_buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

static bool is_ascii(lmi_span span)
{
    size_t i;

    for (i = 0; i < span.len; i++)
        if ((unsigned char)span.text[i] >= 0x80)
            return false;
    return true;
}

static void lower_ascii(lmi_buf *out, lmi_span span)
{
    size_t i;

    for (i = 0; i < span.len; i++) {
        const char c = span.text[i];

        lmi_buf_putc(out, (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c));
    }
}

static void lower_unicode(lmi_buf *out, lmi_span span, locale_t unicode)
{
    size_t i = 0;
    size_t n;

    for (; i < span.len; i += n) {
        const uint32_t c = lmi_py_char(&n, span.text + i);

        if (c == 0x130) /* the one letter whose lower case is two characters */
            lmi_buf_puts(out, "i\xcc\x87");
        else
            append_char(out, (uint32_t)towlower_l((wint_t)c, unicode));
    }
}

lmas_status lmi_py_lower(lmi_buf *out, lmi_span span)
{
    locale_t unicode;

    if (is_ascii(span)) {
        lower_ascii(out, span);
        return lmi_buf_status(out);
    }
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!unicode)
        return lmi_fail_errno(LMAS_E_IO, "cannot load the locale C.UTF-8");
    lower_unicode(out, span, unicode);
    freelocale(unicode);
    return lmi_buf_status(out);
}

/* Append the digits, single underscores between them left out. */
static bool append_digits(lmi_buf *out, lmi_span span)
{
    bool was_digit = false;
    size_t n_digits = 0;
    size_t i = 0;
    size_t n;

    for (; i < span.len; i += n) {
        const uint32_t c = lmi_py_char(&n, span.text + i);
        const int value = lmi_py_digit(c);

        if (value < 0 && (c != '_' || !was_digit))
            return false;
        was_digit = value >= 0;
        n_digits += was_digit;
        if (value > 0 || (value == 0 && out->len > 0 && out->data[out->len - 1] != '-'))
            lmi_buf_putc(out, (char)('0' + value));
    }
    return was_digit && n_digits <= INT_DIGITS_MAX;
}

bool lmi_py_int(lmi_buf *out, lmi_span span)
{
    span = lmi_py_strip(span);
    if (span.len && (*span.text == '-' || *span.text == '+')) {
        if (*span.text == '-')
            lmi_buf_putc(out, '-');
        span.text++;
        span.len--;
    }
    if (!append_digits(out, span))
        return false;
    if (out->len == 0 || out->data[out->len - 1] == '-') {
        lmi_buf_clear(out); /* all zeros: there is no -0 */
        lmi_buf_putc(out, '0');
    }
    return true;
}

/*
 * strings.c - texts: how they are written, measured, searched and cut.
 *
 * A text is bytes; where Python counts characters, this walks over them. Since UTF-8 shows where
 * each character starts, looking for bytes never finds half a character.
 */
#include "jinja/text/strings.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

/* ---- Writing ------------------------------------------------------------------------ */

enum { WRITER_FIRST = 48 };

lmi_writer lmi_writer_new(lmi_render *r)
{
    return (lmi_writer){.r = r, .text = (char *)""};
}

/* At least `more` bytes of room: in place while nothing else was allocated, else by moving. */
static void grow(lmi_writer *w, size_t more)
{
    const size_t want = (more > w->len ? more : w->len) + WRITER_FIRST;
    char *text;

    lmi_work(w->r, want / 64 + 1);
    if (w->capacity && lmi_arena_grow(&w->r->arena, w->text + w->capacity, want)) {
        w->capacity += want;
        return;
    }
    text = lmi_make_text(w->r, w->len + want);
    memcpy(text, w->text, w->len);
    w->text = text;
    w->capacity = w->len + want;
}

void lmi_write(lmi_writer *w, const char *text, size_t len)
{
    if (len > w->capacity - w->len)
        grow(w, len);
    if (len)
        memcpy(w->text + w->len, text, len);
    w->len += len;
}

void lmi_write_str(lmi_writer *w, lmi_str s)
{
    lmi_write(w, s.text, s.len);
}

void lmi_write_text(lmi_writer *w, const char *text)
{
    lmi_write(w, text, strlen(text));
}

void lmi_write_char(lmi_writer *w, uint32_t c)
{
    char bytes[4];
    size_t n = 0;

    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else if (c < 0x800) {
        bytes[n++] = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        bytes[n++] = (char)(0xe0 | c >> 12);
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | c >> 18);
        bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80)
        bytes[n++] = (char)(0x80 | (c & 0x3f));
    lmi_write(w, bytes, n);
}

void lmi_write_format(lmi_writer *w, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if ((size_t)n + 1 > w->capacity - w->len)
        grow(w, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(w->text + w->len, (size_t)n + 1, format, args);
    va_end(args);
    w->len += (size_t)n;
}

void lmi_write_fill(lmi_writer *w, lmi_str s, int64_t n)
{
    const size_t most = SIZE_MAX / 4;
    size_t len;

    if (!s.len || n <= 0)
        return;
    len = (uint64_t)n < most / s.len ? s.len * (size_t)n : most;
    if (len > w->capacity - w->len)
        grow(w, len); /* once: what is too much for the limits is so at once */
    while (n-- > 0)
        lmi_write_str(w, s);
}

lmi_str lmi_written(const lmi_writer *w)
{
    return (lmi_str){w->text, w->len};
}

/* ---- Characters ----------------------------------------------------------------------- */

uint32_t lmi_char_at(size_t *len_out, const char *text)
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

static bool is_start(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t lmi_str_length(lmi_str s)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < s.len; i++)
        n += is_start(s.text[i]);
    return n;
}

size_t lmi_str_offset(lmi_str s, size_t i)
{
    size_t at = 0;

    for (; at < s.len; at++)
        if (is_start(s.text[at]) && i-- == 0)
            break;
    return at;
}

lmi_str lmi_str_at(lmi_str s, size_t i)
{
    const size_t at = lmi_str_offset(s, i);
    size_t n;

    lmi_char_at(&n, s.text + at);
    return (lmi_str){s.text + at, n};
}

bool lmi_is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

/* ---- Whole texts ------------------------------------------------------------------------ */

lmi_str lmi_str_concat(lmi_render *r, lmi_str a, lmi_str b)
{
    char *text;

    if (!a.len || !b.len)
        return a.len ? a : b;
    lmi_work(r, b.len / 64 + 1);
    if (lmi_arena_grow(&r->arena, a.text + a.len, b.len)) {
        memcpy((char *)a.text + a.len, b.text, b.len);
        return (lmi_str){a.text, a.len + b.len};
    }
    lmi_work(r, a.len / 64);
    text = lmi_make_text(r, a.len + b.len);
    memcpy(text, a.text, a.len);
    memcpy(text + a.len, b.text, b.len);
    return (lmi_str){text, a.len + b.len};
}

/* In windows: a sanitizer looks at all that memmem() is given, however early it finds something. */
size_t lmi_str_find(lmi_str s, lmi_str part, size_t from)
{
    const size_t step = 4096;

    for (; from <= s.len && part.len <= s.len - from; from += step) {
        const size_t left = s.len - from;
        const size_t n = left - part.len < step ? left : step - 1 + part.len;
        const char *found = memmem(s.text + from, n, part.text, part.len);

        if (found)
            return (size_t)(found - s.text);
    }
    return SIZE_MAX;
}

static bool is_stripped(lmi_str c, const lmi_str *chars)
{
    size_t n;

    return chars ? lmi_str_find(*chars, c, 0) != SIZE_MAX : lmi_is_space(lmi_char_at(&n, c.text));
}

lmi_str lmi_str_strip(lmi_str s, const lmi_str *chars, int which)
{
    size_t n;

    while (which <= 0 && s.len) {
        lmi_char_at(&n, s.text);
        if (!is_stripped((lmi_str){s.text, n}, chars))
            break;
        s.text += n;
        s.len -= n;
    }
    while (which >= 0 && s.len) {
        const size_t at = lmi_utf8_floor(s.text, s.len - 1);

        if (!is_stripped((lmi_str){s.text + at, s.len - at}, chars))
            break;
        s.len = at;
    }
    return s;
}

/* An empty text is found before each character and at the end. */
static lmi_str interleave(lmi_render *r, lmi_str s, lmi_str with, int64_t count)
{
    lmi_writer w = lmi_writer_new(r);
    size_t at = 0;
    size_t n;

    for (; at < s.len && count != 0; at += n, count--) {
        lmi_write_str(&w, with);
        lmi_char_at(&n, s.text + at);
        lmi_write(&w, s.text + at, n);
    }
    if (count != 0)
        lmi_write_str(&w, with);
    lmi_write(&w, s.text + at, s.len - at);
    return lmi_written(&w);
}

lmi_str lmi_str_replace(lmi_render *r, lmi_str s, lmi_str old, lmi_str with, int64_t count)
{
    lmi_writer w = lmi_writer_new(r);
    size_t from = 0;
    size_t at;

    lmi_work(r, s.len / 64 + 1);
    if (!old.len)
        return interleave(r, s, with, count);
    for (; count != 0 && (at = lmi_str_find(s, old, from)) != SIZE_MAX; count--) {
        lmi_write(&w, s.text + from, at - from);
        lmi_write_str(&w, with);
        from = at + old.len;
    }
    if (from == 0)
        return s;
    lmi_write(&w, s.text + from, s.len - from);
    return lmi_written(&w);
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\'':
        return "&#39;";
    case '"':
        return "&#34;";
    default:
        return NULL;
    }
}

lmi_str lmi_str_escape(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t from = 0;
    size_t i;

    lmi_work(r, s.len / 64 + 1);
    for (i = 0; i < s.len; i++) {
        const char *escape = escape_of(s.text[i]);

        if (!escape)
            continue;
        lmi_write(&w, s.text + from, i - from);
        lmi_write_text(&w, escape);
        from = i + 1;
    }
    if (from == 0)
        return s;
    lmi_write(&w, s.text + from, s.len - from);
    return lmi_written(&w);
}

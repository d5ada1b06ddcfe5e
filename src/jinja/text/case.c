/*
 * case.c - upper and lower case of whole texts.
 *
 * Only two things need more than the character itself: a capital sigma becomes another letter at
 * the end of a word, and title case asks whether the character before has a case.
 */
#include "jinja/text/case.h"

#include "base/utf8.h"
#include "jinja/text/chars.h"

enum { CAPITAL_SIGMA = 0x3a3, SIGMA = 0x3c3, FINAL_SIGMA = 0x3c2 };

static bool is_cased(lmi_render *r, uint32_t c)
{
    return lmi_char_is_lower(r, c) || lmi_char_is_upper(r, c) || lmi_char_is_title(c);
}

static bool follows_cased(lmi_render *r, lmi_str s, size_t at)
{
    size_t n;

    while (at) {
        uint32_t c;

        lmi_work(r, 1);
        at = lmi_utf8_floor(s.text, at - 1);
        c = lmi_char_at(&n, s.text + at);
        if (!lmi_char_is_case_ignorable(r, c))
            return is_cased(r, c);
    }
    return false;
}

static bool precedes_cased(lmi_render *r, lmi_str s, size_t at)
{
    size_t n;

    for (; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        lmi_work(r, 1);
        if (!lmi_char_is_case_ignorable(r, c))
            return is_cased(r, c);
    }
    return false;
}

static void write_all(lmi_writer *w, const uint32_t *chars, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        lmi_write_char(w, chars[i]);
}

static void write_upper(lmi_writer *w, uint32_t c)
{
    uint32_t out[3];

    write_all(w, out, lmi_char_upper(w->r, out, c));
}

static void write_title(lmi_writer *w, uint32_t c)
{
    uint32_t out[3];

    write_all(w, out, lmi_char_title(w->r, out, c));
}

/* `c` is the character of `s` at `at`. */
static void write_lower(lmi_writer *w, lmi_str s, size_t at, uint32_t c)
{
    uint32_t out[3];

    if (c == CAPITAL_SIGMA)
        lmi_write_char(w, follows_cased(w->r, s, at) && !precedes_cased(w->r, s, at + 2)
                              ? FINAL_SIGMA
                              : SIGMA);
    else
        write_all(w, out, lmi_char_lower(w->r, out, c));
}

lmi_str lmi_str_upper(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t at, n;

    for (at = 0; at < s.len; at += n)
        write_upper(&w, lmi_char_at(&n, s.text + at));
    return lmi_written(&w);
}

lmi_str lmi_str_lower(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t at, n;

    for (at = 0; at < s.len; at += n)
        write_lower(&w, s, at, lmi_char_at(&n, s.text + at));
    return lmi_written(&w);
}

lmi_str lmi_str_capitalize(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t at, n;

    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        if (at == 0)
            write_title(&w, c);
        else
            write_lower(&w, s, at, c);
    }
    return lmi_written(&w);
}

lmi_str lmi_str_title(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    bool is_inside = false;
    size_t at, n;

    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        if (is_inside)
            write_lower(&w, s, at, c);
        else
            write_title(&w, c);
        is_inside = is_cased(r, c);
    }
    return lmi_written(&w);
}

lmi_str lmi_str_swapcase(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t at, n;

    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        if (lmi_char_is_upper(r, c))
            write_lower(&w, s, at, c);
        else if (lmi_char_is_lower(r, c))
            write_upper(&w, c);
        else
            lmi_write_char(&w, c);
    }
    return lmi_written(&w);
}

static bool is_cherokee(uint32_t c)
{
    return (c >= 0x13a0 && c <= 0x13fd) || (c >= 0xab70 && c <= 0xabbf);
}

/* Folding is the lower case of the upper case, but for these. */
static void write_folded(lmi_writer *w, uint32_t c)
{
    uint32_t upper[3], lower[3];
    size_t n, i;

    if (c == 0x131) { /* a small i without its dot stays one */
        lmi_write_char(w, c);
        return;
    }
    if (c == 0x1e9e) { /* a capital sharp s has itself as upper case */
        lmi_write_text(w, "ss");
        return;
    }
    n = lmi_char_upper(w->r, upper, c);
    for (i = 0; i < n; i++)
        if (is_cherokee(c))
            lmi_write_char(w, upper[i]);
        else
            write_all(w, lower, lmi_char_lower(w->r, lower, upper[i]));
}

lmi_str lmi_str_casefold(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t at, n;

    for (at = 0; at < s.len; at += n)
        write_folded(&w, lmi_char_at(&n, s.text + at));
    return lmi_written(&w);
}

bool lmi_is_upper(lmi_render *r, lmi_str s)
{
    bool is_upper = false;
    size_t at, n;

    lmi_work(r, s.len / 64 + 1);
    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        if (lmi_char_is_lower(r, c) || lmi_char_is_title(c))
            return false;
        is_upper = is_upper || lmi_char_is_upper(r, c);
    }
    return is_upper;
}

bool lmi_is_lower(lmi_render *r, lmi_str s)
{
    bool is_lower = false;
    size_t at, n;

    lmi_work(r, s.len / 64 + 1);
    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        if (lmi_char_is_upper(r, c) || lmi_char_is_title(c))
            return false;
        is_lower = is_lower || lmi_char_is_lower(r, c);
    }
    return is_lower;
}

bool lmi_is_title(lmi_render *r, lmi_str s)
{
    bool is_title = false;
    bool is_inside = false;
    size_t at, n;

    lmi_work(r, s.len / 64 + 1);
    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);
        const bool is_capital = lmi_char_is_upper(r, c) || lmi_char_is_title(c);
        const bool is_small = lmi_char_is_lower(r, c);

        if ((is_capital && is_inside) || (is_small && !is_inside))
            return false;
        is_inside = is_capital || is_small;
        is_title = is_title || is_inside;
    }
    return is_title;
}

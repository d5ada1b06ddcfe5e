/*
 * wrap.c - the filter wordwrap: lines up to a width, broken where Python's textwrap breaks them.
 *
 * Each line of the text is a paragraph. It is made of chunks, a word or the blanks between two, and
 * chunks stand in it one behind the other. So a line of the result is always a range of the
 * paragraph, and one pass holds nothing but the chunk that comes next.
 */
#include "jinja/filter/filters.h"
#include "jinja/text/chars.h"
#include "jinja/text/strings.h"

typedef struct wrapper {
    lmi_render *r;
    size_t width;
    bool breaks_words;         /* those longer than a line */
    bool breaks_after_hyphens; /* those words, preferably */
    bool parts_at_hyphens;     /* a hyphen ends a chunk */
    uint32_t *chars;           /* the paragraph, with room for the longest */
    size_t n;
    size_t at, end; /* the next chunk, or what is left of it */
    lmi_str rest;   /* the paragraph's bytes from the character `rest_at` on */
    size_t rest_at;
} wrapper;

/* ---- Chunks ---------------------------------------------------------------------------- */

/* Where a line may break; other white space is part of a word. */
static bool is_blank(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == ' ';
}

static bool is_word_char(const wrapper *w, size_t i)
{
    const uint32_t c = w->chars[i];

    return c == '_' || lmi_char_is_alpha(w->r, c) || lmi_char_is_numeric(c);
}

static bool is_letter(const wrapper *w, size_t i)
{
    return i < w->n && is_word_char(w, i) && lmi_char_digit(w->chars[i]) < 0;
}

static bool is_hyphen(const wrapper *w, size_t i)
{
    return i < w->n && w->chars[i] == '-';
}

/* What a dash may follow without a blank. */
static bool is_before_dash(const wrapper *w, size_t i)
{
    const uint32_t c = w->chars[i];

    return (c < 0x80 && c && strchr("!\"'&.,?", (int)c)) || is_word_char(w, i);
}

/* The end of two hyphens or more at `at` that stand between words; `at` where there are none. */
static size_t skip_dash(const wrapper *w, size_t at)
{
    size_t end = at;

    if (!at || !is_hyphen(w, at) || !is_hyphen(w, at + 1) || !is_before_dash(w, at - 1))
        return at;
    while (is_hyphen(w, end))
        end++;
    return end < w->n && is_word_char(w, end) ? end : at;
}

/* Whether the hyphen at `at` has two letters on each side, or a letter, a hyphen and a letter. */
static bool parts_word(const wrapper *w, size_t at)
{
    const bool is_behind_letters =
        at >= 2 && is_letter(w, at - 1) &&
        (is_letter(w, at - 2) || (at >= 3 && is_hyphen(w, at - 2) && is_letter(w, at - 3)));

    return is_behind_letters && is_letter(w, at + 1) &&
           is_letter(w, is_hyphen(w, at + 2) ? at + 3 : at + 2);
}

static size_t chunk_end(const wrapper *w, size_t at)
{
    const size_t dash = w->parts_at_hyphens ? skip_dash(w, at) : at;
    const bool is_word = !is_blank(w->chars[at]);

    if (dash > at)
        return dash;
    for (at++; at < w->n && is_blank(w->chars[at]) != is_word; at++) {
        if (!is_word || !w->parts_at_hyphens || !is_hyphen(w, at))
            continue;
        if (parts_word(w, at))
            return at + 1;
        if (skip_dash(w, at) > at)
            break;
    }
    return at;
}

/* Go `n` characters on, which are not beyond the chunk. */
static void take(wrapper *w, size_t n)
{
    w->at += n;
    if (w->at == w->end && w->at < w->n)
        w->end = chunk_end(w, w->at);
}

/* ---- Lines ------------------------------------------------------------------------------ */

/* White space of all kinds, or nothing. */
static bool is_white(const wrapper *w, size_t from, size_t to)
{
    while (from < to && lmi_is_space(w->chars[from]))
        from++;
    return from == to;
}

/* How much of a chunk that is longer than `room` comes into that room: all of it, or up to its last
 * hyphen there when anything else is before that. */
static size_t break_at(const wrapper *w, size_t room)
{
    const uint32_t *chunk = w->chars + w->at;
    size_t hyphen = room;
    size_t i = 0;

    if (!w->breaks_after_hyphens)
        return room;
    while (hyphen && chunk[hyphen - 1] != '-')
        hyphen--;
    while (i + 1 < hyphen && chunk[i] == '-')
        i++;
    return i + 1 < hyphen ? hyphen : room;
}

/* Take the next line: from its start to what is returned. White space at its end is left out when
 * it is a chunk of its own, as Python 3.14 has it (3.11 keeps those before a long word). */
static size_t take_line(wrapper *w)
{
    const size_t start = w->at;
    size_t last = start; /* where the last chunk begins */

    while (w->at < w->n && w->end - start <= w->width) {
        last = w->at;
        take(w, w->end - w->at);
    }
    if (w->at < w->n && w->end - w->at > w->width) {
        if (w->breaks_words && w->at - start < w->width) {
            last = w->at;
            take(w, break_at(w, w->width - (w->at - start)));
        } else if (w->at == start) {
            take(w, w->end - w->at);
        }
    }
    return is_white(w, last, w->at) ? last : w->at;
}

/* Let `rest` begin at the character `to`, which is not before it. */
static void pass(wrapper *w, size_t to)
{
    const size_t n = lmi_str_offset(w->rest, to - w->rest_at);

    w->rest = (lmi_str){w->rest.text + n, w->rest.len - n};
    w->rest_at = to;
}

/* A view; lines come in their order. */
static lmi_value line_of(wrapper *w, size_t from, size_t to)
{
    const char *start;

    pass(w, from);
    start = w->rest.text;
    pass(w, to);
    return lmi_text((lmi_str){start, (size_t)(w->rest.text - start)});
}

static void read_paragraph(wrapper *w, lmi_str s)
{
    size_t at, n;

    lmi_work(w->r, s.len / 8 + 1);
    w->n = 0;
    for (at = 0; at < s.len; at += n)
        w->chars[w->n++] = lmi_char_at(&n, s.text + at);
    w->at = w->end = w->rest_at = 0;
    w->rest = s;
    take(w, 0);
}

/* An empty paragraph is an empty line. */
static void wrap(wrapper *w, lmi_list *lines, lmi_str paragraph)
{
    const size_t before = lines->n;

    read_paragraph(w, paragraph);
    while (w->at < w->n) {
        size_t start, end;

        if (lines->n > before && is_white(w, w->at, w->end))
            take(w, w->end - w->at);
        start = w->at;
        end = take_line(w);
        if (end > start)
            lmi_list_add(w->r, lines, line_of(w, start, end));
    }
    if (lines->n == before)
        lmi_list_add(w->r, lines, lmi_text(LMI_STR("")));
}

lmi_value lmi_filter_wordwrap(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *lines = lmi_list_new(r, LMI_PLAIN);
    wrapper w = {.r = r};
    lmi_value args[4], paragraphs;
    int64_t width;
    size_t i;

    lmi_bind(r, "wordwrap", "width? break_long_words? wrapstring? break_on_hyphens?", call, args);
    if (self.kind != LMI_STR)
        lmi_raise(r, "wordwrap needs a text, found %s", lmi_type_name(self));
    width = lmi_arg_int(r, "width", args[0], 79);
    w.breaks_words = lmi_arg_bool(args[1], true);
    w.breaks_after_hyphens = lmi_arg_bool(args[3], true);
    /* (Python asks whether it is True here, and whether it is true there) */
    w.parts_at_hyphens =
        w.breaks_after_hyphens && (args[3].kind == LMI_MISSING || args[3].kind == LMI_BOOL);
    paragraphs = lmi_method(r, self, "splitlines", 0, NULL);
    if (width <= 0 && paragraphs.as.list->n)
        lmi_raise(r, "wordwrap needs a width above 0, found %lld", (long long)width);
    w.width = (size_t)width;
    w.chars = lmi_make(r, self.as.str.len + 1, sizeof(*w.chars));
    for (i = 0; i < paragraphs.as.list->n; i++)
        wrap(&w, lines, paragraphs.as.list->items[i].as.str);
    if (!lmi_is_given(args[2]))
        args[2] = lmi_text(LMI_STR("\n"));
    lmi_arg_str(r, "wrapstring", args[2]);
    return lmi_method(r, args[2], "join", 1, &(lmi_value){.kind = LMI_LIST, .as.list = lines});
}

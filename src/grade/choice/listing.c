/*
 * listing.c - lines that begin with successive letters.
 *
 * A model repeats the options, weighs each of them, or is cut while it does: the last line then
 * looks like an answer and is none.
 */
#include "grade/choice/listing.h"

#include <string.h>

/* Lines in a row that begin with one letter after another. */
typedef struct run {
    size_t begin, end; /* in the text */
    size_t n;
    char last;      /* its letter */
    size_t n_blank; /* blank lines between its last two, and since then */
    size_t n_blank_since;
} run;

typedef struct listing {
    lmi_buf *out;
    size_t base;
    run run;
    bool has_any; /* a listing was seen */
} listing;

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The letter that a line begins with, as "A. iron", "- **(B)** copper", "Option C: zinc" or alone;
 * 0 for any other line. */
static char label_of(lmi_span line, bool *is_lone)
{
    static const char *const words[] = {"Option ", "option ", "Choice ", "choice "};
    size_t i, k;
    bool has_mark = false;

    line = lmi_py_strip(line);
    for (i = 0; i < line.len && strchr(" \t>*_#([-|", line.text[i]); i++)
        ;
    for (k = 0; k < sizeof(words) / sizeof(words[0]); k++)
        if (line.len - i > 7 && strncmp(line.text + i, words[k], 7) == 0)
            i += 7;
    for (; i < line.len && strchr("*_([", line.text[i]); i++)
        ;
    if (i >= line.len || !is_letter(line.text[i]))
        return 0;
    for (k = i + 1; k < line.len && strchr(").:]*_", line.text[k]); k++)
        has_mark = has_mark || strchr(").:]", line.text[k]);
    *is_lone = k == line.len;
    if (k < line.len && line.len - k > 2 && line.text[k] == ' ' && line.text[k + 2] == ' ')
        has_mark = has_mark || strchr("-=|", line.text[k + 1]);
    return has_mark || (*is_lone && line.text[i] <= 'Z') ? line.text[i] : 0;
}

/* Blank the run that ends if it is a listing, or begins another. */
static void end_run(listing *l)
{
    const run *r = &l->run;
    size_t i;

    if (l->out->status == LMAS_OK &&
        (r->n > 1 || (r->n == 1 && l->has_any && (r->last == 'A' || r->last == 'a')))) {
        for (i = l->base + r->begin; i < l->base + r->end; i++)
            if (l->out->data[i] != '\n')
                l->out->data[i] = ' ';
        l->has_any = true;
    }
    l->run = (run){0};
}

/* Whether a line goes on with the run. One letter alone, farther off than the lines are from each
 * other, is an answer below them. */
static bool goes_on(const run *r, char label, bool is_lone)
{
    return r->n && label == r->last + 1 &&
           !(is_lone && r->n > 1 && r->n_blank_since != r->n_blank);
}

static void take_line(listing *l, size_t begin, lmi_span line)
{
    bool is_lone = false;
    const char label = label_of(line, &is_lone);

    if (lmi_py_strip(line).len == 0) {
        l->run.n_blank_since++;
        return;
    }
    if (!label || !goes_on(&l->run, label, is_lone))
        end_run(l);
    if (!label || (!l->run.n && is_lone))
        return;
    if (!l->run.n)
        l->run.begin = begin;
    l->run.n++;
    l->run.last = label;
    l->run.end = begin + line.len;
    l->run.n_blank = l->run.n_blank_since;
    l->run.n_blank_since = 0;
}

void lmi_listing_blank(lmi_buf *out, lmi_span in)
{
    listing l = {.out = out, .base = out->len};
    size_t at = 0;

    lmi_buf_append(out, in.text, in.len);
    while (at < in.len) {
        const char *newline = memchr(in.text + at, '\n', in.len - at);
        const size_t len = newline ? (size_t)(newline - in.text) - at : in.len - at;

        take_line(&l, at, (lmi_span){in.text + at, len});
        at += len + 1;
    }
    end_run(&l);
}

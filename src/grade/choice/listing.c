/*
 * listing.c - lines that begin with successive letters.
 *
 * A model repeats the options, weighs each of them, or is cut while it does: the last line then
 * looks like an answer and is none.
 */
#include "grade/choice/listing.h"

#include <string.h>

#include "grade/exact/answer.h"

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

/* `line` without the characters of `set` it begins with. */
static lmi_span skip_any(lmi_span line, const char *set)
{
    return lmi_trim(line, set, "");
}

/* What follows the letter, when it closes as a label's does: ". iron", ")** iron", " - iron". */
static bool is_closed(lmi_span rest)
{
    const lmi_span text = skip_any(rest, ").:]*_");
    size_t i;

    for (i = 0; i < rest.len - text.len; i++)
        if (strchr(").:]", rest.text[i]))
            return true;
    return text.len > 2 && text.text[0] == ' ' && strchr("-=|", text.text[1]) &&
           text.text[2] == ' ';
}

/* The letter that a line begins with, as "A. iron", "- **(B)** copper", "Option C: zinc" or alone;
 * 0 for any other line. */
static char label_of(lmi_span line, bool *is_lone)
{
    static const char *const words[] = {"Option ", "option ", "Choice ", "choice "};
    lmi_span rest;
    size_t k;

    line = skip_any(lmi_py_strip(line), " \t>*_#([-|");
    for (k = 0; k < sizeof(words) / sizeof(words[0]); k++)
        if (line.len > 7 && strncmp(line.text, words[k], 7) == 0)
            line = (lmi_span){line.text + 7, line.len - 7};
    line = skip_any(line, "*_([");
    if (!line.len || !is_letter(*line.text))
        return 0;
    rest = (lmi_span){line.text + 1, line.len - 1};
    *is_lone = skip_any(rest, ").:]*_").len == 0;
    if (!is_closed(rest) && !(*is_lone && *line.text <= 'Z'))
        return 0;
    return *line.text;
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
    return r->n && label == r->last + 1 && !(is_lone && r->n > 1 && r->n_blank_since != r->n_blank);
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

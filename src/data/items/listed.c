/*
 * listed.c - "Which colour is it?\n\nA) red\nB) blue\nC) green\nD) grey" has four options.
 *
 * Read from the end, so that an "A)" of the question itself is none. Without them an answer's
 * letter is still found, but no answer that is an option's text or value.
 */
#include "data/items/listed.h"

#include <string.h>

#include "base/mem.h"
#include "grade/grade.h"

/* Whether a label of `letter` begins at `at`: A) A. A: (A) **A)**; `*end` is behind it. */
static bool is_label(const char **end, const char *at, char letter)
{
    at += strspn(at, "*_(");
    if (*at++ != letter)
        return false;
    at += strspn(at, "*_");
    if (!strchr(").:", *at) || !*at)
        return false;
    at++;
    at += strspn(at, "*_");
    if (*at && !strchr(" \t\r\n", *at))
        return false;
    *end = at + strspn(at, " \t");
    return true;
}

/* The last label of `letter` in [from, to) that begins a line, or a word where `in_line`; NULL
 * without one. */
static const char *find_label(const char *from, const char *to, char letter, bool in_line)
{
    const char *found = NULL;
    const char *at, *end;

    for (at = from; at < to; at++) {
        const bool is_start = at == from || at[-1] == '\n' || (in_line && strchr(" \t", at[-1]));

        if (is_start && is_label(&end, at + (in_line ? 0 : strspn(at, " \t")), letter))
            found = at;
    }
    return found;
}

/* Find the `n` labels from the last to the first. */
static bool find_labels(const char **labels, const char *question, size_t n, bool in_line)
{
    const char *to = question + strlen(question);
    size_t i;

    for (i = n; i > 0; i--) {
        labels[i - 1] = find_label(question, to, (char)('A' + (char)(i - 1)), in_line);
        if (!labels[i - 1])
            return false;
        to = labels[i - 1];
    }
    return true;
}

/* The text behind a label, until `to` and without the blanks around it; the last option ends at
 * a blank line. */
static lmas_status add_listed(lmi_item *item, const lmi_row *row, const char *label, const char *to)
{
    const char *at = label + strspn(label, " \t");
    const char *blank;
    char *text;
    lmas_status status;

    if (!is_label(&at, at, (char)('A' + (char)item->n_options)))
        return LMAS_OK;
    blank = *to ? NULL : strstr(at, "\n\n");
    to = blank ? blank : to;
    while (to > at && strchr(" \t\r\n", to[-1]))
        to--;
    text = lmi_strndup(at, (size_t)(to - at));
    if (!text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for options");
    status = *text ? lmi_item_add_option(item, row, text) : LMAS_OK;
    lmi_free(text);
    return status;
}

lmas_status lmi_item_read_listed(lmi_item *item, const lmi_row *row, const char *question, size_t n)
{
    const char *labels[LMI_OPTIONS_MAX + 1];
    lmas_status status = LMAS_OK;
    size_t i;

    if (!find_labels(labels, question, n, false) && !find_labels(labels, question, n, true))
        return LMAS_OK;
    labels[n] = question + strlen(question);
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = add_listed(item, row, labels[i], labels[i + 1]);
    if (status == LMAS_OK && item->n_options < n)
        lmi_item_drop_options(item);
    return status;
}

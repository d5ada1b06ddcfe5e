/* offer.c - from an entry of the option table to what can be offered for its value. */
#include "cli/completion/offer.h"

#include <string.h>

#include "cli/words.h"

lmi_offer lmi_offer_behind(const lmi_opt *opt)
{
    const bool has_words = *lmi_opt_words(opt) != '\0';

    if (!lmi_opt_needs_value(opt))
        return LMI_OFFER_NOTHING;
    switch (opt->kind) {
    case LMI_OPT_FILE:
        return has_words ? LMI_OFFER_WORD_OR_FILE : LMI_OFFER_FILE;
    case LMI_OPT_FOLDER:
        return LMI_OFFER_FOLDER;
    case LMI_OPT_TEXT:
        return has_words ? LMI_OFFER_BEGINNING : LMI_OFFER_ANY;
    default:
        return has_words ? LMI_OFFER_WORD : LMI_OFFER_ANY;
    }
}

bool lmi_offer_repeats(const lmi_opt *opt)
{
    return lmi_opt_takes_value(opt) && strstr(opt->value, "...");
}

void lmi_append_words(lmi_buf *out, const char *words, char from, const char *to)
{
    const char *gap = "";
    const char *word;
    size_t len;

    while (lmi_word_next(&word, &len, &words, from)) {
        lmi_buf_printf(out, "%s%.*s", gap, (int)len, word);
        gap = to;
    }
}

void lmi_append_dashed(lmi_buf *out, const char *names, char between)
{
    for (; *names; names++)
        if (*names == ' ')
            lmi_buf_putc(out, between);
        else if (*names == '_')
            lmi_buf_putc(out, '-');
        else
            lmi_buf_putc(out, *names);
}

/* bar.c - see bar.h. */
#include "cli/memory/market/bar.h"

#include <stdio.h>

#include "cli/show/term.h"

void lmi_bar_show(lmi_progress *progress, const char *what, uint64_t n, uint64_t n_total)
{
    char have[32], whole[32], text[160];

    if (!lmi_progress_is_due(progress))
        return;
    lmi_size_text(have, (double)n);
    lmi_size_text(whole, (double)n_total);
    snprintf(text, sizeof(text), "%.60s  %s of %s", what, have, whole);
    lmi_progress_show(progress, (size_t)n, (size_t)n_total, text);
}

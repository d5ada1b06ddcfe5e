/* wait.c - nothing in the first two seconds: a call that short needs no words. */
#include "cli/show/wait.h"

#include <stdio.h>

#include "base/clock.h"
#include "cli/interrupt.h"
#include "cli/show/term.h"

#define PATIENCE_MS 2000.0

lmi_wait lmi_wait_begin(const char *what)
{
    return (lmi_wait){.what = what, .begin_ms = lmi_now_ms()};
}

bool lmi_wait_show(void *user, float progress)
{
    lmi_wait *wait = user;

    if (lmi_term_is_live() && lmi_now_ms() - wait->begin_ms > PATIENCE_MS) {
        wait->is_shown = true;
        fprintf(stderr, "\rlatentmas: %s, %.0f %%\033[K", wait->what, (double)progress * 100);
    }
    return !lmi_interrupted();
}

void lmi_wait_end(const lmi_wait *wait)
{
    if (wait->is_shown)
        fputs("\r\033[K", stderr);
}

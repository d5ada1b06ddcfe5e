/*
 * interrupt.h - Ctrl-C and SIGTERM stop the work at its next step; a second one kills. Where work
 * consists of pieces, a first Ctrl-C may ask for no more of them, and a second one stops.
 */
#ifndef LMI_CLI_INTERRUPT_H
#define LMI_CLI_INTERRUPT_H

#include <stdbool.h>

#include "latentmas.h"

void lmi_interrupt_install(void);

/* The session to cancel; NULL before it is freed. */
void lmi_interrupt_watch(lmas_session *session);

/* While on, a first signal ends the program at once: for work that hears of no cancel while it goes
 * on, and of which nothing stays but perhaps a temporary file of the cache. */
void lmi_interrupt_at_once(bool is_at_once);

/* Which first signal asks for an end and stops nothing: none, Ctrl-C, or SIGTERM as well; and
 * whether one was asked for, in whatever way. */
typedef enum lmi_gentleness { LMI_AT_ONCE, LMI_GENTLY_BY_CTRL_C, LMI_GENTLY } lmi_gentleness;
void lmi_interrupt_gently(lmi_gentleness how);
bool lmi_interrupt_asks_for_end(void);

bool lmi_interrupted(void);

/* What was interrupted has ended, and other work begins: the session computes again, and the next
 * signal is a first one. */
void lmi_interrupt_forget(void);

#endif

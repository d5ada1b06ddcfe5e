/*
 * lost.h - a server of --rpc that goes away in the middle.
 *
 * libggml then ends the process by abort(), out of whatever was computed, and nothing can go on
 * in it. The program makes of that what it is to its user: a line, and exit code 1.
 */
#ifndef LMI_CLI_LOST_H
#define LMI_CLI_LOST_H

#include "latentmas.h"

/* From now on an abort() over a server ends the program so; any other remains what it is. */
void lmi_lost_watch(void);

/* Keep a line of the log: the last error that a thread heard says why it aborts. */
void lmi_lost_hear(lmas_log_level level, const char *line);

/* What the user can do then, such as a command; NULL for nothing. Cut where it is very long. */
void lmi_lost_way_on(const char *words);

#endif

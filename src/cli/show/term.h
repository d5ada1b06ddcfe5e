/* term.h - what a person sees on stderr: messages, and what terminals can do. */
#ifndef LMI_CLI_SHOW_TERM_H
#define LMI_CLI_SHOW_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "latentmas.h"

/* Print "latentmas: ..." and a newline on stderr. */
void lmi_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print what a team's file may not say as its author meant it, a line each; how many. */
size_t lmi_say_remarks(const lmas_team *team);

/* Print the message of the last failure; the exit code that `status` asks for. */
int lmi_say_failure(lmas_status status);

/* Print the message of the last failure; the exit code for wrong usage. */
int lmi_say_misuse(void);

/* Whether stderr is a terminal; whether colours are welcome there (NO_COLOR, TERM). */
bool lmi_term_is_live(void);
bool lmi_term_has_colour(void);

/* The same of stdout. */
bool lmi_stdout_has_colour(void);

/* Columns of stdout where it is a terminal, else 0: files have no end of a line. */
size_t lmi_stdout_width(void);

/* Columns of stderr: COLUMNS, the terminal's own, or 80. */
size_t lmi_term_width(void);

/* "1.9 KiB"; "0.7 s", "45 s", "3 min 5 s", "2 h 10 min". */
void lmi_size_text(char out[32], double size);
void lmi_duration_text(char out[32], double seconds);

#endif

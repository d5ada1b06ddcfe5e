/* text.h - text from outside on a terminal: what that would obey is shown instead. */
#ifndef LMI_CLI_SHOW_TEXT_H
#define LMI_CLI_SHOW_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* As it stands, lines and tabs too, and a newline behind it where it has none. */
void lmi_put_block(FILE *to, const char *text);

/* As one line, each run of white space a space; at most `width` characters, of which the last three
 * are dots where more would follow (0: all). How many were printed: a character is a column. */
size_t lmi_put_line(FILE *to, const char *text, size_t width);

/* In quotes, as it would stand in C. */
void lmi_put_quoted(FILE *to, const char *text);

#endif

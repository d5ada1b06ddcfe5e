/*
 * format.h - texts and numbers as reports show them.
 *
 * Names of teams, models and folders come from outside. Each of the escapes takes any bytes and
 * gives valid UTF-8 that its reader cannot take for anything but text.
 */
#ifndef LMI_EVAL_REPORT_FORMAT_H
#define LMI_EVAL_REPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Room for any number that these make. */
enum { LMI_NUMBER_SIZE = 32 };

/* For a terminal or a line of text: control characters, and what turns the direction of
 * writing, become U+FFFD. */
void lmi_plain(lmi_buf *out, const char *text);

/* For HTML and SVG, between tags or within quotes. */
void lmi_html(lmi_buf *out, const char *text);

/* For a cell of a GitHub table: one line, nothing of it markup. */
void lmi_markdown(lmi_buf *out, const char *text);

/* Characters (not bytes) of `text`. */
size_t lmi_width(const char *text);

/* Append `text`, with "..." for its end (or its start, where the end tells more) when it is
 * longer than `width` characters; lmi_column() fills up with blanks. */
void lmi_cut(lmi_buf *out, const char *text, size_t width, bool is_end_kept);
void lmi_column(lmi_buf *out, const char *text, size_t width);

/* A number to three digits or so: "0.084", "1.57", "84.3", "1319"; "-" for NAN. */
void lmi_number(char out[LMI_NUMBER_SIZE], double x);

/* A share as percent with one decimal, "-" for NAN. */
void lmi_percent(char out[LMI_NUMBER_SIZE], double share);

/* "0.0169", "<0.0001". */
void lmi_p_value(char out[LMI_NUMBER_SIZE], double p);

#endif

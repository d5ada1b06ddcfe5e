/*
 * jinja.h - chat templates, rendered as jinja2 renders them under the settings of transformers.
 *
 *   text --parse--> template (never changes, threads may share it) --render, variables--> text
 *
 * Those settings: trim_blocks, lstrip_blocks, loop controls, the immutable sandbox, tojson without
 * HTML escapes, raise_exception, strftime_now. No I/O, no clock of its own; work, depth and memory
 * are bounded. What this engine does not know is an error with its line and column, never a guess.
 */
#ifndef LMI_JINJA_JINJA_H
#define LMI_JINJA_JINJA_H

#include <time.h>
#include <yyjson.h>

#include "base/buf.h"
#include "base/status.h"

/* Longest template, in bytes. */
#define LMI_TEMPLATE_MAX ((size_t)1024 * 1024)

typedef struct lmi_template lmi_template;

/* LMAS_E_FORMAT: "line 3, column 7: expected ..., found ...". `text` is copied. */
lmas_status lmi_template_parse(lmi_template **out, const char *text, size_t len);
void lmi_template_free(lmi_template *template);

/* Append what the template makes of `variables`, an object; its strings are read where they are.
 * `now` is what strftime_now() tells. LMAS_E_MODEL: the template itself refused, the message is
 * its own words and nothing else. LMAS_E_FORMAT: it cannot be rendered, with line and column.
 * `out` is as it was after a failure. */
lmas_status lmi_template_render(lmi_buf *out, const lmi_template *template, yyjson_val *variables,
                                const struct tm *now);

#endif

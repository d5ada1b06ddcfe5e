/*
 * json.h - reading JSON strictly, with the line of every complaint; writing it into a buffer.
 *
 * yyjson parses and writes; this adds what it leaves out: line and column of a syntax error, the
 * line of any key, and typed access that says what was expected and what was found.
 */
#ifndef LMI_BASE_JSON_H
#define LMI_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <yyjson.h>

#include "base/buf.h"
#include "base/status.h"

/* A parsed text. Values and strings live as long as it does. */
typedef struct lmi_json {
    yyjson_doc *doc;
    char *text; /* the parser's copy: strings point into it */
    size_t len;
    size_t *lines; /* offset of the start of each line */
    size_t n_lines;
    const char *label; /* file name for messages; borrowed */
    size_t first_line; /* number that the first line of the text has in that file */
} lmi_json;

/* Parse `text` strictly (no comments, no trailing commas, UTF-8, no key twice in an object).
 * LMAS_E_FORMAT says "LABEL:LINE:COLUMN: what". */
lmas_status lmi_json_parse(lmi_json *out, const char *label, const char *text, size_t len);

/* The same for a text that is line number `line` of the file `label` (JSON lines). */
lmas_status lmi_json_parse_line(lmi_json *out, const char *label, size_t line, const char *text,
                                size_t len);
void lmi_json_done(lmi_json *json);

yyjson_val *lmi_json_root(const lmi_json *json);

/* Line where the key or string `val` stands; the first one for anything else. */
size_t lmi_json_line(const lmi_json *json, yyjson_val *val);

/* The value at `key` of `object` (NULL when absent), and the line the key stands on; absent,
 * the line of the object's first key. */
yyjson_val *lmi_json_member(size_t *line, const lmi_json *json, yyjson_val *object,
                            const char *key);

/* Fail unless every key of `object` is among `known` (NULL-terminated). `where` names the
 * object in the message. */
lmas_status lmi_json_only_keys(const lmi_json *json, yyjson_val *object, const char *where,
                               const char *const *known);

/* The string at `key`, borrowed. A missing key gives NULL when `is_optional`, an error
 * otherwise; another type, or a NUL inside, is an error. */
lmas_status lmi_json_string(const char **out, const lmi_json *json, yyjson_val *object,
                            const char *where, const char *key, bool is_optional);

/* "an object", "a string", ... for messages. */
const char *lmi_json_type(yyjson_val *val);

/* A document to fill: `*root` is its object. `what` names it in messages ("a sample"). */
lmas_status lmi_json_new(yyjson_mut_doc **doc, yyjson_mut_val **root, const char *what);

/* The same for a document that begins as a copy of `val`. */
lmas_status lmi_json_copy(yyjson_mut_doc **doc, yyjson_mut_val **root, yyjson_val *val,
                          const char *what);

/* LMAS_E_NOMEM when memory ran out while the document was filled; lmi_json_write() asks by itself.
 * The document must come from lmi_json_new(). */
lmas_status lmi_json_status(const yyjson_mut_doc *doc, const char *what);

/* What belongs into the document could not be made for want of memory: it counts as its own. */
void lmi_json_lose(yyjson_mut_doc *doc);

/* Add `text`, borrowed, at `key`; null when it is NULL, for which yyjson would add nothing. */
void lmi_json_add_text(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                       const char *text);

/* Add `x` at `key`; null when it is not finite, which JSON cannot say. */
void lmi_json_add_real(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, double x);

/* Append the document to `out`, and free it in any case. LMAS_E_FORMAT when one of its texts is
 * not UTF-8, LMAS_E_NOMEM when memory ran out while it was filled. */
lmas_status lmi_json_write(lmi_buf *out, yyjson_mut_doc *doc, yyjson_write_flag flags,
                           const char *what);

#endif

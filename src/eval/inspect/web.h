/*
 * web.h - the questions of a page, as JSON that its script reads.
 *
 * Short enough that a browser has hundreds of questions there at once: what repeats (tokens, names,
 * prompts without their question) stands in tables, numbers are rounded to what is shown.
 * web/answer.js reads them back and names every field again.
 *
 *     {"questions": [question, ...], "head": {"runs": [...], "words": [...], "texts": [...], ...}}
 *     question: {"i": index, "d": id, "q": question, "g": gold, "r": [answer or null, ...]}
 *     answer:   {"p": prediction, "c": right, "k": by compat, "m": counts, "t": ms, "a": turns}
 *     turn:     {"n": name, "i": prompt, "o": text, "b": probe, "m": counts, "t": ms, "h": [..]}
 *     thought:  [norm, entropy, cosine before, to prompt, [word, p, ...], [word, cosine, ...]]
 *
 * In a page of several tasks a question also has "s", the number of its task. An answer whose turns
 * are left out has no "a".
 */
#ifndef LMI_EVAL_INSPECT_WEB_H
#define LMI_EVAL_INSPECT_WEB_H

#include "eval/inspect/exhibit.h"
#include "eval/inspect/table.h"

typedef struct lmi_web_data {
    yyjson_mut_doc *doc;    /* of the question at hand */
    yyjson_mut_doc *tables; /* written last */
    yyjson_mut_val *head;   /* of `tables`, for what else the page wants to know */
    lmi_table words, texts;
    lmi_buf prompt; /* with its question cut out */
    lmi_buf data;   /* what is written so far */
    size_t n;       /* questions */
} lmi_web_data;

/* A question, and what each of `n` runs made of it: NULL where a run has no line. Of a brief answer
 * the turns are left out. */
typedef struct lmi_web_row {
    size_t task; /* LMI_WEB_ONE_TASK where the page has one */
    uint64_t index;
    const lmi_exhibit *const *views;
    const bool *is_brief; /* NULL: none is */
    size_t n;
} lmi_web_row;

#define LMI_WEB_ONE_TASK SIZE_MAX

/* Data of at most `max` bytes. */
lmas_status lmi_web_begin(lmi_web_data *out, size_t max);
void lmi_web_done(lmi_web_data *data);

/* Bytes that the data would take as they are. */
size_t lmi_web_size(const lmi_web_data *data);

lmas_status lmi_web_add(lmi_web_data *data, const lmi_web_row *row);

/* Add a run to the head's list `runs`. */
lmas_status lmi_web_run(const lmi_web_data *data, yyjson_mut_val *runs, const lmi_record *record,
                        uint64_t cell_size);

/* Write the head: nothing can be added behind it. */
lmas_status lmi_web_end(lmi_web_data *data);

/* Append the page `html` with what its marks stand for: {{nonce}}, {{data}}, {{body}}. */
void lmi_web_fill(lmi_buf *out, const char *html, const lmi_web_data *data, const char *body);

#endif

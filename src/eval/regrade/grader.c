/* grader.c - lines out, lines in, and what is to be said of those that are none. */
#include "eval/regrade/grader.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "sandbox/filter.h"

static const char WHAT[] = "what a grader is told";

/* Longest text of a verdict, in bytes; of more the beginning is kept. */
enum { VERDICT_TEXT_MAX = 64 * 1024, VERDICT_MAX = 1024 * 1024 };

/* ---- What it is told ---- */

static void copy(yyjson_mut_doc *doc, yyjson_mut_val *root, yyjson_val *sample, const char *key)
{
    yyjson_val *val = yyjson_obj_get(sample, key);

    if (val)
        yyjson_mut_obj_add_val(doc, root, key, yyjson_val_mut_copy(doc, val));
    else
        yyjson_mut_obj_add_null(doc, root, key);
}

lmas_status lmi_grader_question(lmi_buf *out, yyjson_val *sample, const lmi_item *item)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *options;
    size_t i;
    const lmas_status status = lmi_json_new(&doc, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    copy(doc, root, sample, "index");
    copy(doc, root, sample, "id");
    copy(doc, root, sample, "question");
    copy(doc, root, sample, "gold");
    options = yyjson_mut_obj_add_arr(doc, root, "options");
    for (i = 0; item->options && i < item->n_options; i++)
        yyjson_mut_arr_add_str(doc, options, item->options[i]);
    copy(doc, root, sample, "text");
    copy(doc, root, sample, "prediction");
    return lmi_json_write(out, doc, YYJSON_WRITE_NEWLINE_AT_END, WHAT);
}

/* ---- What it says ---- */

static lmas_status refuse(const char *key, const char *want, yyjson_val *found)
{
    return lmi_fail(LMAS_E_FORMAT, "the grader printed a line whose \"%s\" is %s, %s expected", key,
                    found ? lmi_json_type(found) : "missing", want);
}

/* A text, a number for a prediction, or nothing. */
static lmas_status add_text(yyjson_mut_doc *doc, yyjson_mut_val *out, yyjson_val *said,
                            const char *key)
{
    yyjson_val *val = yyjson_obj_get(said, key);
    char *number = yyjson_is_num(val) ? yyjson_val_write(val, 0, NULL) : NULL;
    const char *text = number ? number : yyjson_get_str(val);

    if (val && !yyjson_is_null(val) && !text)
        return refuse(key, "a text", val);
    if (text)
        yyjson_mut_obj_add_strncpy(doc, out, key, text,
                                   lmi_utf8_floor(text, strnlen(text, VERDICT_TEXT_MAX)));
    else
        yyjson_mut_obj_add_null(doc, out, key);
    lmi_free(number);
    return LMAS_OK;
}

static lmas_status write_verdict(char **out, yyjson_mut_doc *doc)
{
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, VERDICT_MAX);
    status = lmi_json_write(&text, doc, 0, "a verdict");
    if (status == LMAS_OK)
        *out = lmi_buf_steal(&text);
    lmi_buf_done(&text);
    return status;
}

static lmas_status take_said(char **out, yyjson_val *said)
{
    yyjson_val *correct = yyjson_obj_get(said, "correct");
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status;

    if (!correct || !(yyjson_is_bool(correct) || yyjson_is_null(correct)))
        return refuse("correct", "true, false or null", correct);
    status = lmi_json_new(&doc, &root, "a verdict");
    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_val(doc, root, "correct", yyjson_val_mut_copy(doc, correct));
    status = add_text(doc, root, said, "prediction");
    if (status == LMAS_OK)
        status = add_text(doc, root, said, "why");
    if (status == LMAS_OK)
        return write_verdict(out, doc);
    yyjson_mut_doc_free(doc);
    return status;
}

/* One line of what it has printed: the object of its own answer. */
static lmas_status take_line(char **out, const char *line, size_t len)
{
    lmi_json json;
    lmas_status status = lmi_json_parse(&json, "what the grader printed", line, len);

    if (status != LMAS_OK)
        return status;
    if (yyjson_is_obj(lmi_json_root(&json)))
        status = take_said(out, lmi_json_root(&json));
    else
        status = lmi_fail(LMAS_E_FORMAT, "the grader printed %s, an object expected",
                          lmi_json_type(lmi_json_root(&json)));
    lmi_json_done(&json);
    return status;
}

/* The message of the last failure as a verdict. */
static lmas_status take_failure(char **out, lmi_grader *grader)
{
    char why[LMI_ERROR_MAX];
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status;

    snprintf(why, sizeof(why), "%s", lmas_last_error());
    grader->n_failed_in_a_row++;
    status = lmi_json_new(&doc, &root, "a verdict");
    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_null(doc, root, "correct");
    yyjson_mut_obj_add_null(doc, root, "prediction");
    yyjson_mut_obj_add_str(doc, root, "error", why);
    return write_verdict(out, doc);
}

static size_t count_lines(const char *text)
{
    size_t n = 0;

    for (; *text; text += strcspn(text, "\n") + (text[strcspn(text, "\n")] ? 1 : 0))
        n++;
    return n;
}

/* As many lines as answers, or whose is which? */
static lmas_status run(lmi_buf *said, lmi_grader *grader, const char *input, size_t len, size_t n)
{
    lmas_status status = lmi_filter(said, grader->command, input, len, grader->wall_ms * (double)n,
                                    grader->goes_on, grader->user);

    if (status == LMAS_OK && count_lines(lmi_buf_text(said)) != n)
        status =
            lmi_fail(LMAS_E_FORMAT, "the grader printed %zu lines, %zu expected: one an answer",
                     count_lines(lmi_buf_text(said)), n);
    return status;
}

static lmas_status take_lines(char **verdicts, lmi_grader *grader, const char *said, size_t n)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < n; i++) {
        const size_t len = strcspn(said, "\n");

        if (take_line(&verdicts[i], said, len) == LMAS_OK)
            grader->n_failed_in_a_row = 0;
        else
            status = take_failure(&verdicts[i], grader);
        said += len + (said[len] ? 1 : 0);
    }
    return status;
}

static bool is_fatal(lmas_status status)
{
    return status == LMAS_E_CANCELED || status == LMAS_E_NOMEM;
}

static lmas_status ask_one(char **verdict, lmi_grader *grader, const char *question, size_t len)
{
    lmi_buf said;
    lmas_status status;

    lmi_buf_init(&said, LMI_FILTER_OUTPUT_MAX);
    if (grader->n_failed_in_a_row < LMI_GRADER_FAILED_MAX)
        status = run(&said, grader, question, len, 1);
    else
        status = lmi_fail(LMAS_E_IO, "not asked: the grader failed %d answers in a row",
                          LMI_GRADER_FAILED_MAX);
    if (status == LMAS_OK)
        status = take_lines(verdict, grader, lmi_buf_text(&said), 1);
    else if (!is_fatal(status))
        status = take_failure(verdict, grader);
    lmi_buf_done(&said);
    return status;
}

static lmas_status ask_each(char **verdicts, lmi_grader *grader, const lmi_buf *questions, size_t n)
{
    const char *question = lmi_buf_text(questions);
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < n; i++) {
        const size_t len = strcspn(question, "\n") + 1;

        status = ask_one(&verdicts[i], grader, question, len);
        question += len;
    }
    return status;
}

lmas_status lmi_grader_ask(char **verdicts, lmi_grader *grader, const lmi_buf *questions, size_t n)
{
    lmi_buf said;
    lmas_status status;

    if (n < 2 || grader->n_failed_in_a_row > 0)
        return ask_each(verdicts, grader, questions, n);
    lmi_buf_init(&said, LMI_FILTER_OUTPUT_MAX);
    status = run(&said, grader, lmi_buf_text(questions), questions->len, n);
    if (status == LMAS_OK)
        status = take_lines(verdicts, grader, lmi_buf_text(&said), n);
    else if (!is_fatal(status))
        status = ask_each(verdicts, grader, questions, n);
    lmi_buf_done(&said);
    return status;
}

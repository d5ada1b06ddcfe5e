/*
 * choice.c - rows whose answer is one of a few options. Whatever labels the data set has
 * (1, 2, ..., or none), options are shown, and graded, as A, B, ...
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/items/listed.h"
#include "data/items/parts.h"
#include "grade/grade.h"

enum { GPQA_OPTIONS = 4 };

/* {"question": "... A) ... D) ...", "answer": "C"}: the options stand in the question. */
lmas_status lmi_item_read_gpqa(lmi_item *item, const lmi_row *row)
{
    const char *answer;
    lmas_status status = lmi_row_question(&item->question, row, "question");

    if (status == LMAS_OK)
        status = lmi_row_text(&answer, row, "answer");
    if (status != LMAS_OK)
        return status;
    if (strlen(answer) != 1 || answer[0] < 'A' || answer[0] >= 'A' + GPQA_OPTIONS)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"answer\" must be a letter from A to D, found \"%s\"",
                        row->json->label, lmi_row_line(row, "answer"), answer);
    status = lmi_item_read_listed(item, row, item->question, GPQA_OPTIONS);
    if (status != LMAS_OK)
        return status;
    item->n_options = GPQA_OPTIONS;
    return lmi_item_set_letter(item, (size_t)(answer[0] - 'A'));
}

/* The place of `answer` among the labels; their number when it is not there. */
static size_t find_label(yyjson_val *labels, const char *answer)
{
    size_t i, max;
    yyjson_val *label;

    yyjson_arr_foreach(labels, i, max, label)
    {
        if (yyjson_equals_str(label, answer))
            return i;
    }
    return yyjson_arr_size(labels);
}

static lmas_status read_arc_options(lmi_item *item, const lmi_row *row, yyjson_val **labels)
{
    yyjson_val *choices = yyjson_obj_get(row->object, "choices");
    yyjson_val *texts = NULL;
    size_t i, max;
    yyjson_val *text;
    lmas_status status = lmi_row_array(&texts, row, choices, "text");

    if (status == LMAS_OK)
        status = lmi_row_array(labels, row, choices, "label");
    if (status != LMAS_OK)
        return status;
    if (yyjson_arr_size(texts) != yyjson_arr_size(*labels) || yyjson_arr_size(texts) < 2)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"choices\" must have as many texts as labels, 2 or more, found "
                        "%zu and %zu",
                        row->json->label, lmi_row_line(row, "choices"), yyjson_arr_size(texts),
                        yyjson_arr_size(*labels));
    yyjson_arr_foreach(texts, i, max, text)
    {
        status = lmi_item_add_option(item, row, yyjson_get_str(text));
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}

/* {"choices": {"text": ["air", ...], "label": ["1", ...]}, "answerKey": "2"} */
lmas_status lmi_item_read_arc(lmi_item *item, const lmi_row *row)
{
    const char *question;
    const char *key;
    yyjson_val *labels = NULL;
    size_t place;
    lmas_status status = lmi_row_text(&question, row, "question");

    if (status == LMAS_OK)
        status = lmi_row_text(&key, row, "answerKey");
    if (status == LMAS_OK)
        status = lmi_row_id(&item->id, row, "id");
    if (status == LMAS_OK)
        status = read_arc_options(item, row, &labels);
    if (status != LMAS_OK)
        return status;
    place = find_label(labels, key);
    if (place == yyjson_arr_size(labels))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"answerKey\" must be one of the labels, found \"%s\"",
                        row->json->label, lmi_row_line(row, "answerKey"), key);
    status = lmi_item_set_letter(item, place);
    return status == LMAS_OK ? lmi_item_list_options(item, row, "question", question) : status;
}

/* What follows the letter in "A. text". */
static const char *without_letter(const char *option, size_t i)
{
    const bool has_letter = option[0] == 'A' + (char)i && (option[1] == '.' || option[1] == ')');

    return has_letter ? option + 2 + strspn(option + 2, " ") : option;
}

/* The option that is the answer; without one, the first that contains it (the reference knows only
 * that). */
static bool find_option(size_t *exact, size_t *compat, yyjson_val *options, const char *answer)
{
    const size_t n = yyjson_arr_size(options);
    size_t i, max;
    yyjson_val *option;

    *exact = *compat = n;
    yyjson_arr_foreach(options, i, max, option)
    {
        const char *text = yyjson_get_str(option);

        if (*exact == n && strcmp(without_letter(text, i), answer) == 0)
            *exact = i;
        if (*compat == n && strstr(text, answer))
            *compat = i;
    }
    if (*exact == n)
        *exact = *compat;
    return *exact < n;
}

/* {"query": "...A. ...", "options": ["A. ...", ...], "answer": "the option's text"} */
lmas_status lmi_item_read_medqa(lmi_item *item, const lmi_row *row)
{
    const char *answer;
    yyjson_val *options = NULL;
    size_t exact, compat;
    size_t i, max;
    yyjson_val *option;
    lmas_status status = lmi_row_question(&item->question, row, "query");

    if (status == LMAS_OK)
        status = lmi_row_text(&answer, row, "answer");
    if (status == LMAS_OK)
        status = lmi_row_id(&item->id, row, "idx");
    if (status == LMAS_OK)
        status = lmi_row_array(&options, row, row->object, "options");
    yyjson_arr_foreach(options, i, max, option)
    {
        if (status == LMAS_OK)
            status = lmi_item_add_option(item, row, without_letter(yyjson_get_str(option), i));
    }
    if (status != LMAS_OK)
        return status;
    if (!*answer || !find_option(&exact, &compat, options, answer))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"answer\" must be the text of an option, found \"%s\"",
                        row->json->label, lmi_row_line(row, "answer"), answer);
    status = lmi_item_set_letter(item, exact);
    if (status == LMAS_OK)
        item->gold_compat[0] = (char)('a' + (char)compat);
    return status;
}

/* An option that must say something. */
static lmas_status read_option(lmi_item *item, const lmi_row *row, const char *key)
{
    const char *text;
    const lmas_status status = lmi_row_text(&text, row, key);

    if (status != LMAS_OK)
        return status;
    if (!text[strspn(text, " \t\r\n")])
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" is empty", row->json->label,
                        lmi_row_line(row, key), key);
    return lmi_item_add_option(item, row, text);
}

/* {"sentence": "... _ ...", "option1": "...", "option2": "...", "answer": "1"} */
lmas_status lmi_item_read_winogrande(lmi_item *item, const lmi_row *row)
{
    const char *sentence, *answer;
    lmas_status status = lmi_row_text(&sentence, row, "sentence");
    lmi_buf question;

    if (status == LMAS_OK)
        status = read_option(item, row, "option1");
    if (status == LMAS_OK)
        status = read_option(item, row, "option2");
    if (status == LMAS_OK)
        status = lmi_row_text(&answer, row, "answer");
    if (status != LMAS_OK)
        return status;
    if (strcmp(answer, "1") != 0 && strcmp(answer, "2") != 0)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"answer\" must be \"1\" or \"2\", found \"%s\"",
                        row->json->label, lmi_row_line(row, "answer"), answer);
    status = lmi_item_set_letter(item, (size_t)(answer[0] - '1'));
    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&question, LMI_QUESTION_MAX);
    lmi_buf_printf(&question, "Which option belongs in place of the blank _?\n\n%s", sentence);
    status = lmi_buf_status(&question);
    if (status == LMAS_OK)
        status = lmi_item_list_options(item, row, "sentence", lmi_buf_text(&question));
    lmi_buf_done(&question);
    return status;
}

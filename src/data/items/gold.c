/* gold.c - the right answer of a row, in each of the ways that data sets write one down. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/items/parts.h"
#include "grade/compat.h"
#include "grade/exact/exact.h"

/* Characters of a wrong answer that a message shows, and bytes of what it says of one. */
enum { SHOWN_LEN = 24, WANTED_SIZE = 64 };

/* The end of a text, from the start of a character: what a message can show of it. */
static const char *tail(const char *text)
{
    const size_t len = strlen(text);
    const char *end = text + (len > SHOWN_LEN ? len - SHOWN_LEN : 0);

    while (((unsigned char)*end & 0xc0) == 0x80)
        end++;
    return end;
}

static lmas_status refuse(const lmi_row *row, const char *path, const char *wanted,
                          const char *found)
{
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" must %s, found \"%s\"", row->json->label,
                    lmi_row_line(row, path), path, wanted, found);
}

/* ---- Numbers and texts ---- */

static lmas_status read_hashes(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const char *answer;
    lmas_status status = lmi_row_text(&answer, row, map->gold.field);

    if (status == LMAS_OK)
        status = lmi_grade_gold(&item->gold, answer);
    if (status == LMAS_OK)
        status = lmi_compat_gold_number(&item->gold_compat, answer);
    if (status == LMAS_OK && !item->gold)
        return refuse(row, map->gold.field, "end in \"#### NUMBER\"", tail(answer));
    return status;
}

/* The number that `text` is, as one behind a "####" is read. */
static lmas_status find_number(char **out, const char *text)
{
    lmas_status status;
    lmi_buf marked;

    lmi_buf_init(&marked, SIZE_MAX / 2);
    lmi_buf_printf(&marked, "#### %s", text);
    status = lmi_buf_status(&marked);
    if (status == LMAS_OK)
        status = lmi_grade_gold(out, lmi_buf_text(&marked));
    lmi_buf_done(&marked);
    return status;
}

static lmas_status read_number(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    char *text = NULL;
    lmas_status status = lmi_row_gold(&text, row, map->gold.field);

    if (status == LMAS_OK && text)
        status = find_number(&item->gold, text);
    if (status == LMAS_OK && !item->gold)
        status = refuse(row, map->gold.field, "be a number", text ? tail(text) : "");
    lmi_free(text);
    return status == LMAS_OK ? lmi_item_keep(&item->gold_compat, item->gold) : status;
}

static bool is_integer(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* "answer": "070", or 70 */
static lmas_status read_integer(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const lmas_status status = lmi_row_id(&item->gold, row, map->gold.field);

    if (status == LMAS_OK && (!item->gold || !is_integer(item->gold)))
        return refuse(row, map->gold.field, "be a whole number",
                      item->gold ? tail(item->gold) : "");
    return status == LMAS_OK ? lmi_item_keep(&item->gold_compat, item->gold) : status;
}

static lmas_status read_free(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const lmas_status status = lmi_row_gold(&item->gold, row, map->gold.field);

    if (status == LMAS_OK && !item->gold && !map->gold.is_optional)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: missing key \"%s\" in a row", row->json->label,
                        lmi_row_line(row, map->gold.field), map->gold.field);
    return status == LMAS_OK && item->gold ? lmi_compat_normal(&item->gold_compat, item->gold)
                                           : status;
}

/* ---- Choices ---- */

static lmas_status check_options(const lmi_item *item, const lmi_row *row)
{
    if (item->n_options >= 2)
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: a choice has 2 options or more, found %zu",
                    row->json->label, lmi_row_line(row, ""), item->n_options);
}

static lmas_status read_letter(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const char *answer;
    lmas_status status = lmi_row_text(&answer, row, map->gold.field);
    char wanted[WANTED_SIZE];

    if (status == LMAS_OK)
        status = check_options(item, row);
    if (status != LMAS_OK)
        return status;
    if (strlen(answer) == 1 && answer[0] >= 'A' && answer[0] < 'A' + (int)item->n_options)
        return lmi_item_set_letter(item, (size_t)(answer[0] - 'A'));
    snprintf(wanted, sizeof(wanted), "be a letter from A to %c",
             (char)('A' + (char)item->n_options - 1));
    return refuse(row, map->gold.field, wanted, answer);
}

/* "1" or 1: the place of an option, counted from `first`; the number of options where it is none
 * of them. */
static size_t place_of(const lmi_item *item, const char *text, size_t first)
{
    size_t i;

    for (i = 0; i < item->n_options; i++) {
        char number[24];

        snprintf(number, sizeof(number), "%zu", first + i);
        if (strcmp(number, text) == 0)
            break;
    }
    return i;
}

static lmas_status read_index(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const size_t first = map->gold.first;
    const size_t last = first + item->n_options - 1;
    char *text = NULL;
    char wanted[WANTED_SIZE];
    size_t i;
    lmas_status status = check_options(item, row);

    if (status == LMAS_OK)
        status = lmi_row_id(&text, row, map->gold.field);
    if (status == LMAS_OK && !text)
        status = lmi_row_keep(&text, row, map->gold.field); /* which says what is wrong */
    if (status != LMAS_OK)
        return status;
    i = place_of(item, text, first);
    snprintf(wanted, sizeof(wanted),
             last == first + 1 ? "be \"%zu\" or \"%zu\"" : "be from %zu to %zu", first, last);
    status = i < item->n_options ? lmi_item_set_letter(item, i)
                                 : refuse(row, map->gold.field, wanted, tail(text));
    lmi_free(text);
    return status;
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

static lmas_status read_label(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const char *answer;
    yyjson_val *labels = NULL;
    size_t place;
    lmas_status status = lmi_row_text(&answer, row, map->gold.field);

    if (status == LMAS_OK)
        status = lmi_row_array(&labels, row, map->gold.labels);
    if (status != LMAS_OK)
        return status;
    if (yyjson_arr_size(labels) != item->n_options || item->n_options < 2)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"%.*s\" must have as many texts as labels, 2 or more, found "
                        "%zu and %zu",
                        row->json->label, lmi_row_line(row, map->gold.labels),
                        (int)strcspn(map->gold.labels, "."), map->gold.labels, item->n_options,
                        yyjson_arr_size(labels));
    place = find_label(labels, answer);
    if (place == item->n_options)
        return refuse(row, map->gold.field, "be one of the labels", answer);
    return lmi_item_set_letter(item, place);
}

/* The option that is `answer`; the number of options without one. */
static size_t find_option(const lmi_item *item, const char *answer)
{
    size_t i;

    for (i = 0; i < item->n_options; i++)
        if (strcmp(item->options[i], answer) == 0)
            break;
    return i;
}

/* The first that has it as a part, as the row writes options: the reference knows only that. */
static lmas_status find_part(size_t *out, const lmi_row *row, const char *path, const char *answer)
{
    yyjson_val *texts = NULL;
    size_t i, max;
    yyjson_val *text;
    const lmas_status status = lmi_row_array(&texts, row, path);

    if (status != LMAS_OK)
        return status;
    *out = yyjson_arr_size(texts);
    yyjson_arr_foreach(texts, i, max, text)
    {
        if (*out == max && strstr(yyjson_get_str(text), answer))
            *out = i;
    }
    return LMAS_OK;
}

static lmas_status read_option(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const char *answer;
    size_t i = 0;
    size_t part = 0;
    lmas_status status = lmi_row_text(&answer, row, map->gold.field);

    if (status != LMAS_OK)
        return status;
    part = i = find_option(item, answer);
    if (map->gold.as == LMI_GOLD_WITHIN)
        status = find_part(&part, row, map->options.field, answer);
    if (status != LMAS_OK)
        return status;
    if (i == item->n_options)
        i = part;
    if (!*answer || i == item->n_options)
        return refuse(row, map->gold.field, "be the text of an option", answer);
    status = lmi_item_set_letter(item, i);
    if (status == LMAS_OK && part < item->n_options)
        item->gold_compat[0] = (char)('a' + (char)part);
    return status;
}

lmas_status lmi_item_read_gold(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    static lmas_status (*const readers[])(lmi_item *, const lmi_row *, const lmi_map *) = {
        [LMI_GOLD_NUMBER] = read_number,   [LMI_GOLD_HASHES] = read_hashes,
        [LMI_GOLD_INTEGER] = read_integer, [LMI_GOLD_FREE] = read_free,
        [LMI_GOLD_LETTER] = read_letter,   [LMI_GOLD_INDEX] = read_index,
        [LMI_GOLD_LABEL] = read_label,     [LMI_GOLD_OPTION] = read_option,
        [LMI_GOLD_WITHIN] = read_option,
    };

    lmas_status status = LMAS_OK;

    if (map->gold.field)
        status = readers[map->gold.as](item, row, map);
    return status == LMAS_OK && map->gold.as >= LMI_GOLD_LETTER ? check_options(item, row) : status;
}

/*
 * options.c - the options of a choice. Whatever labels the data set has (1, 2, ..., or none), they
 * are shown, and graded, as A, B, ...
 */
#include <string.h>

#include "data/items/listed.h"
#include "data/items/parts.h"

/* What follows the letter in "A. text". */
static const char *without_letter(const char *option, size_t i)
{
    const bool has_letter = option[0] == 'A' + (char)i && (option[1] == '.' || option[1] == ')');

    return has_letter ? option + 2 + strspn(option + 2, " ") : option;
}

static lmas_status read_array(lmi_item *item, const lmi_row *row, const lmi_options_map *map)
{
    yyjson_val *texts = NULL;
    lmas_status status = lmi_row_array(&texts, row, map->field);
    size_t i, max;
    yyjson_val *val;

    if (status != LMAS_OK)
        return status;
    yyjson_arr_foreach(texts, i, max, val)
    {
        const char *text = yyjson_get_str(val);

        if (status == LMAS_OK)
            status =
                lmi_item_add_option(item, row, map->is_lettered ? without_letter(text, i) : text);
    }
    return status;
}

/* An option that must say something. */
static lmas_status read_field(lmi_item *item, const lmi_row *row, const char *path)
{
    const char *text;
    const lmas_status status = lmi_row_text(&text, row, path);

    if (status != LMAS_OK)
        return status;
    if (!text[strspn(text, " \t\r\n")])
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" is empty", row->json->label,
                        lmi_row_line(row, path), path);
    return lmi_item_add_option(item, row, text);
}

/* There are that many, also where their texts are not found. */
static lmas_status read_listed(lmi_item *item, const lmi_row *row, size_t n)
{
    const lmas_status status = lmi_item_read_listed(item, row, item->question, n);

    if (status == LMAS_OK)
        item->n_options = n;
    return status;
}

lmas_status lmi_item_read_options(lmi_item *item, const lmi_row *row, const lmi_options_map *map)
{
    lmas_status status = LMAS_OK;
    size_t i;

    if (map->n_listed)
        return read_listed(item, row, map->n_listed);
    if (map->field)
        return read_array(item, row, map);
    for (i = 0; status == LMAS_OK && i < map->n_fields; i++)
        status = read_field(item, row, map->fields[i]);
    return status;
}

/* map.c - a row read as its task's file says. */
#include "data/items/map.h"

#include "data/items/parts.h"
#include "data/items/place.h"

static lmas_status append_text(lmi_buf *out, const char *question, const lmi_row *row)
{
    const char *text;
    lmas_status status;

    if (lmi_is_template(question))
        return lmi_template_fill(out, question, row);
    status = lmi_row_text(&text, row, question);
    if (status == LMAS_OK)
        lmi_buf_puts(out, text);
    return status;
}

/* Whether the options are to be listed behind the question. */
static bool lists(const lmi_options_map *options)
{
    return (options->field || options->n_fields) && !options->is_in_question;
}

static void append_options(lmi_buf *out, const lmi_item *item)
{
    size_t i;

    for (i = 0; i < item->n_options; i++)
        lmi_buf_printf(out, "\n%c. %s", (char)('A' + (char)i), item->options[i]);
}

/* The question, and its options where they do not stand in it. An empty one is none, whatever
 * options it has. */
static lmas_status read_question(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    lmi_buf question;
    lmas_status status;
    bool is_empty = false;

    lmi_buf_init(&question, SIZE_MAX / 2);
    status = append_text(&question, map->question, row);
    is_empty = question.len == 0;
    if (status == LMAS_OK && lists(&map->options)) {
        status = lmi_item_read_options(item, row, &map->options);
        if (status == LMAS_OK)
            append_options(&question, item);
    }
    if (status == LMAS_OK)
        status = lmi_row_check_question(row, map->question, is_empty ? 0 : question.len);
    if (status == LMAS_OK)
        return lmi_item_steal(&item->question, &question);
    lmi_buf_done(&question);
    return status;
}

lmas_status lmi_item_read(lmi_item *item, const lmi_row *row, const lmi_map *map)
{
    const bool is_choice = map->options.field || map->options.n_fields || map->options.n_listed;
    lmas_status status;

    if (map->read)
        return map->read(item, row);
    status = read_question(item, row, map);
    if (status == LMAS_OK && map->note)
        status = lmi_row_note(&item->note, row, map->note);
    if (status == LMAS_OK && map->id)
        status = lmi_row_id(&item->id, row, map->id);
    if (status == LMAS_OK && is_choice && !lists(&map->options))
        status = lmi_item_read_options(item, row, &map->options);
    return status == LMAS_OK ? lmi_item_read_gold(item, row, map) : status;
}

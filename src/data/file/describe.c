/* describe.c - what a row of a task must hold, as help says it: "question", "answer" (a letter) */
#include <string.h>

#include "data/file/file.h"
#include "data/items/place.h"

enum { ROW_MAX = 4096 };

static void add(lmi_buf *out, const char *before, const char *path, size_t len, const char *behind)
{
    lmi_buf_printf(out, "%s%s\"%.*s\"%s", out->len ? ", " : "", before, (int)len, path, behind);
}

static void add_question(lmi_buf *out, const lmi_map *map)
{
    const char *rest = map->question;
    lmi_piece piece;

    if (!lmi_is_template(map->question)) {
        add(out, "", map->question, strlen(map->question),
            map->options.n_listed ? " (options inside)" : "");
        return;
    }
    while (lmi_template_next(&piece, &rest))
        if (piece.kind == LMI_PIECE_FIELD)
            add(out, "", piece.text, piece.len, "");
}

static void add_options(lmi_buf *out, const lmi_options_map *map)
{
    size_t i;

    if (map->field)
        add(out, "", map->field, strlen(map->field), "");
    for (i = 0; i < map->n_fields; i++)
        add(out, "", map->fields[i], strlen(map->fields[i]), "");
}

static void add_gold(lmi_buf *out, const lmi_gold_map *map)
{
    static const char *const hints[] = {
        [LMI_GOLD_NUMBER] = "",
        [LMI_GOLD_HASHES] = " (... #### 18)",
        [LMI_GOLD_INTEGER] = "",
        [LMI_GOLD_FREE] = "",
        [LMI_GOLD_LETTER] = " (a letter)",
        [LMI_GOLD_INDEX] = " (from 0)",
        [LMI_GOLD_LABEL] = " (a label)",
        [LMI_GOLD_OPTION] = " (the option's text)",
        [LMI_GOLD_WITHIN] = " (the option's text)",
    };

    if (map->labels)
        add(out, "", map->labels, strlen(map->labels), "");
    add(out, map->is_optional ? "perhaps " : "", map->field, strlen(map->field),
        map->first ? " (from 1)" : hints[map->as]);
}

lmas_status lmi_task_describe(lmi_task *task)
{
    const lmi_map *map = &task->map;
    lmas_status status;
    lmi_buf row;

    if (task->row)
        return LMAS_OK;
    lmi_buf_init(&row, ROW_MAX);
    add_question(&row, map);
    add_options(&row, &map->options);
    add_gold(&row, &map->gold);
    if (map->note)
        add(&row, "perhaps ", map->note, strlen(map->note), "");
    status = lmi_buf_status(&row);
    if (status == LMAS_OK)
        task->row = task->row_text = lmi_buf_steal(&row);
    else
        lmi_buf_done(&row);
    return status;
}

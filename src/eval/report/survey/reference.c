/* reference.c - reading reference.json. It comes with the program, so its form is known. */
#include "eval/report/survey/reference.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

/* Most numbers of a model, and longest list of names, in bytes. */
enum { NUMBERS_MAX = 1024, NAMES_MAX = 1024 };

void lmi_reference_done(lmi_reference *reference)
{
    lmi_free(reference->numbers);
    lmi_json_done(&reference->json);
    *reference = (lmi_reference){0};
}

static lmas_status parse(lmi_json *out)
{
    return lmi_json_parse(out, "reference.json", lmi_reference_json, strlen(lmi_reference_json));
}

static const char *text_of(yyjson_val *val)
{
    return yyjson_is_str(val) ? yyjson_get_str(val) : "";
}

static double number_at(yyjson_val *cell, size_t i)
{
    yyjson_val *val = yyjson_arr_get(cell, i);

    return yyjson_is_num(val) ? yyjson_get_num(val) : NAN;
}

/* The cells of a task: one a method, null where there is none. */
static void add_task(lmi_reference *out, const lmi_reported *group, yyjson_val *methods,
                     yyjson_val *cells)
{
    size_t i, max;
    yyjson_val *cell;

    yyjson_arr_foreach(cells, i, max, cell)
    {
        lmi_reported number = *group;

        if (yyjson_is_null(cell) || out->n == NUMBERS_MAX)
            continue;
        number.method = yyjson_get_str(yyjson_arr_get(methods, i));
        number.accuracy = number_at(cell, 0) / 100;
        number.tokens = number_at(cell, 1);
        number.seconds = number_at(cell, 2);
        out->numbers[out->n++] = number;
    }
}

static void add_group(lmi_reference *out, yyjson_val *val)
{
    lmi_reported group = {
        .source = yyjson_get_str(yyjson_obj_get(val, "source")),
        .setting = yyjson_get_str(yyjson_obj_get(val, "setting")),
        .team = yyjson_get_str(yyjson_obj_get(val, "team")),
    };
    size_t i, max;
    yyjson_val *task, *cells;

    yyjson_obj_foreach(yyjson_obj_get(val, "tasks"), i, max, task, cells)
    {
        group.task = yyjson_get_str(task);
        add_task(out, &group, yyjson_obj_get(val, "methods"), cells);
    }
}

static lmas_status refuse_name(const lmi_json *json, const char *name)
{
    lmi_buf names;
    lmas_status status;
    size_t i, max;
    yyjson_val *key, *val;

    lmi_buf_init(&names, NAMES_MAX);
    yyjson_obj_foreach(lmi_json_root(json), i, max, key, val)
    {
        lmi_buf_printf(&names, "%s%s", names.len ? ", " : "", text_of(key));
    }
    status = lmi_fail(LMAS_E_INVALID, "--reference: expected list or one of %s, found \"%s\"",
                      lmi_buf_text(&names), name);
    lmi_buf_done(&names);
    return status;
}

lmas_status lmi_reference_open(lmi_reference *out, const char *name)
{
    lmi_reference reference = {0};
    yyjson_val *model, *group;
    lmas_status status = parse(&reference.json);
    size_t i, max;

    if (status != LMAS_OK)
        return status;
    model = yyjson_obj_get(lmi_json_root(&reference.json), name);
    reference.numbers = lmi_new(NUMBERS_MAX, sizeof(*reference.numbers));
    if (!model)
        status = refuse_name(&reference.json, name);
    else if (!reference.numbers)
        status = lmi_fail(LMAS_E_NOMEM, "no memory for published numbers");
    reference.name = name;
    reference.model = yyjson_get_str(yyjson_obj_get(model, "model"));
    if (status == LMAS_OK)
        yyjson_arr_foreach(yyjson_obj_get(model, "groups"), i, max, group)
            add_group(&reference, group);
    if (status == LMAS_OK)
        *out = reference;
    else
        lmi_reference_done(&reference);
    return status;
}

/* "  - the paper, Table 1, sequential (mean of 3 runs): arc_easy, ..." */
static void list_group(lmi_buf *out, yyjson_val *group)
{
    const char *team = yyjson_get_str(yyjson_obj_get(group, "team"));
    size_t i, max;
    yyjson_val *task, *cells;

    lmi_buf_printf(out, "  %s%s%s (%s):", text_of(yyjson_obj_get(group, "source")),
                   team ? ", " : "", team ? team : "", text_of(yyjson_obj_get(group, "setting")));
    yyjson_obj_foreach(yyjson_obj_get(group, "tasks"), i, max, task, cells)
    {
        lmi_buf_printf(out, " %s", text_of(task));
    }
    lmi_buf_putc(out, '\n');
}

lmas_status lmi_reference_list(lmi_buf *out)
{
    lmi_json json;
    lmas_status status = parse(&json);
    size_t i, k, max, n_groups;
    yyjson_val *key, *model, *group;

    if (status != LMAS_OK)
        return status;
    yyjson_obj_foreach(lmi_json_root(&json), i, max, key, model)
    {
        lmi_buf_puts(out, text_of(key));
        lmi_buf_putc(out, '\n');
        yyjson_arr_foreach(yyjson_obj_get(model, "groups"), k, n_groups, group)
            list_group(out, group);
    }
    lmi_json_done(&json);
    return lmi_buf_status(out);
}

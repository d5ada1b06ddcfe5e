/*
 * template.c - the two public functions: where failures land, and where variables come in.
 *
 * A template keeps its text and nodes in an arena of its own; each rendering has another, which
 * holds what the variables look like here and everything that is made of them.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "jinja/jinja.h"
#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

/* What one template may take to read and one rendering to make, beside what it is given. */
enum { PARSE_MEMORY = 48 << 20, RENDER_MEMORY = 40 << 20, RENDER_OUTPUT = 12 << 20 };
enum { PARSE_WORK = 4 << 20, RENDER_WORK = 1 << 20 };

struct lmi_template {
    lmi_arena arena;
    lmi_node *body;
};

static lmas_status check_text(const char *text, size_t len)
{
    if (len > LMI_TEMPLATE_MAX)
        return lmi_fail(LMAS_E_FORMAT, "a chat template of %zu bytes, at most %zu expected", len,
                        LMI_TEMPLATE_MAX);
    if (!lmi_utf8_is_valid(text, len))
        return lmi_fail(LMAS_E_FORMAT, "a chat template that is not valid UTF-8");
    return LMAS_OK;
}

lmas_status lmi_template_parse(lmi_template **out, const char *text, size_t len)
{
    lmi_template *template;
    lmi_render r = {.work_left = PARSE_WORK, .line = 1, .column = 1};
    lmas_status status = check_text(text, len);

    if (status != LMAS_OK)
        return status;
    template = lmi_new(1, sizeof(*template));
    if (!template)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a chat template");
    lmi_arena_init(&r.arena, PARSE_MEMORY);
    if (setjmp(r.exit) == 0) {
        char *copy = lmi_make_text(&r, len + 1);

        memcpy(copy, text, len);
        template->body = lmi_parse(&r, copy, len);
    }
    template->arena = r.arena;
    if (r.status != LMAS_OK) {
        lmi_template_free(template);
        return r.status;
    }
    *out = template;
    return LMAS_OK;
}

void lmi_template_free(lmi_template *template)
{
    if (!template)
        return;
    lmi_arena_done(&template->arena);
    lmi_free(template);
}

/* ---- Variables -------------------------------------------------------------------------- */

static lmi_value value_of(lmi_render *r, yyjson_val *json);

static lmi_value list_of(lmi_render *r, yyjson_val *json)
{
    lmi_list *list = lmi_list_new(r, LMI_PLAIN);
    size_t i, max;
    yyjson_val *item;

    yyjson_arr_foreach(json, i, max, item)
    {
        lmi_list_add(r, list, value_of(r, item));
    }
    return lmi_list_value(list);
}

static lmi_str str_of(yyjson_val *json)
{
    return (lmi_str){yyjson_get_str(json), yyjson_get_len(json)};
}

static void add_members(lmi_render *r, lmi_dict *dict, yyjson_val *json)
{
    size_t i, max;
    yyjson_val *key, *member;

    yyjson_obj_foreach(json, i, max, key, member)
    {
        lmi_dict_add(r, dict, lmi_text(str_of(key)), value_of(r, member));
    }
}

static lmi_value dict_of(lmi_render *r, yyjson_val *json)
{
    lmi_dict *dict = lmi_dict_new(r);

    add_members(r, dict, json);
    return lmi_dict_value(dict);
}

static lmi_value number_of(lmi_render *r, yyjson_val *json)
{
    if (yyjson_is_real(json))
        return lmi_float(yyjson_get_real(json));
    if (yyjson_is_uint(json) && yyjson_get_uint(json) > INT64_MAX)
        lmi_raise(r, "integer beyond 64 bits is not supported");
    return lmi_int(yyjson_get_sint(json));
}

static lmi_value value_of(lmi_render *r, yyjson_val *json)
{
    lmi_value value = lmi_none();

    lmi_enter(r);
    if (yyjson_is_str(json))
        value = lmi_text(str_of(json));
    else if (yyjson_is_num(json))
        value = number_of(r, json);
    else if (yyjson_is_bool(json))
        value = lmi_bool(yyjson_get_bool(json));
    else if (yyjson_is_arr(json))
        value = list_of(r, json);
    else if (yyjson_is_obj(json))
        value = dict_of(r, json);
    lmi_leave(r);
    return value;
}

/* Bytes of all texts, which a rendering may copy: limits grow with what it is given. What is nested
 * too deep counts nothing: value_of() refuses it. */
static size_t size_of(yyjson_val *json, int depth)
{
    size_t size = yyjson_is_str(json) ? yyjson_get_len(json) : 64;
    size_t i, max;
    yyjson_val *key, *member;

    if (depth > LMI_DEPTH_MAX)
        return 0;
    if (yyjson_is_arr(json)) {
        yyjson_arr_foreach(json, i, max, member)
        {
            size += size_of(member, depth + 1);
        }
    } else if (yyjson_is_obj(json)) {
        yyjson_obj_foreach(json, i, max, key, member)
        {
            size += yyjson_get_len(key) + size_of(member, depth + 1);
        }
    }
    return size;
}

/* ---- Rendering -------------------------------------------------------------------------- */

static void render(lmi_render *r, const lmi_template *template, yyjson_val *variables)
{
    r->scope = lmi_scope_new(r, NULL, NULL);
    add_members(r, &r->scope->names, variables);
    r->scope = lmi_scope_new(r, r->scope, template->body);
    lmi_execute_whole(r, template->body);
}

lmas_status lmi_template_render(lmi_buf *out, const lmi_template *template, yyjson_val *variables,
                                const struct tm *now)
{
    const size_t given = size_of(variables, 0);
    lmi_buf written;
    lmi_render r = {.work_left = RENDER_WORK + given, .now = now, .out = &written};

    lmi_buf_init(&written, RENDER_OUTPUT + given);
    lmi_arena_init(&r.arena, RENDER_MEMORY + 4 * given);
    if (setjmp(r.exit) == 0)
        render(&r, template, variables);
    lmi_arena_done(&r.arena);
    if (r.status == LMAS_OK)
        lmi_buf_append(out, lmi_buf_text(&written), written.len);
    lmi_buf_done(&written);
    return r.status == LMAS_OK ? lmi_buf_status(out) : r.status;
}

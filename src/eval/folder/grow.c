/* grow.c - two numbers of a config that may be larger than they were. */
#include "eval/folder/grow.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "eval/config.h"

/* Where a number stands, and the flag that gives it. */
static const struct {
    const char *section, *key, *flag;
} growing[] = {{"data", "questions", "--max_samples"}, {"params", "ctx_size", "-c"}};

enum { N_GROWING = sizeof(growing) / sizeof(growing[0]), NUMBER_MAX = 32 };

static yyjson_val *value_of(const lmi_json *json, size_t i)
{
    return yyjson_obj_get(yyjson_obj_get(lmi_json_root(json), growing[i].section), growing[i].key);
}

static bool is_larger(const lmi_json *was, const lmi_json *is, size_t i)
{
    yyjson_val *before = value_of(was, i), *now = value_of(is, i);

    return yyjson_is_uint(before) && yyjson_is_uint(now) &&
           yyjson_get_uint(now) > yyjson_get_uint(before);
}

/* Whose memory is handed on as another's is the next question's, around the end of the run. */
static bool hangs_on_questions(const lmi_json *json)
{
    const char *control =
        yyjson_get_str(yyjson_obj_get(yyjson_obj_get(lmi_json_root(json), "params"), "control"));

    return control && strcmp(control, lmas_control_name(LMAS_CONTROL_SHUFFLED)) == 0;
}

/* Both configs, and which numbers have grown. */
typedef struct growth {
    lmi_json was, is;
    bool has_grown[N_GROWING];
} growth;

static void growth_done(growth *g)
{
    lmi_json_done(&g->is);
    lmi_json_done(&g->was);
}

static lmas_status growth_find(growth *g, const char *path, const lmi_buf *stored,
                               const lmi_buf *now)
{
    lmas_status status;
    size_t i;

    *g = (growth){0};
    status = lmi_json_parse(&g->was, path, lmi_buf_text(stored), stored->len);
    if (status == LMAS_OK)
        status = lmi_json_parse(&g->is, "this run", lmi_buf_text(now), now->len);
    for (i = 0; status == LMAS_OK && i < N_GROWING; i++)
        g->has_grown[i] = is_larger(&g->was, &g->is, i);
    if (status == LMAS_OK && hangs_on_questions(&g->was))
        g->has_grown[0] = false;
    return status;
}

lmas_status lmi_grow_check(bool *has_grown, const char *path, const lmi_buf *stored,
                           const lmi_buf *now)
{
    const char *spared[N_GROWING + 1] = {NULL};
    size_t n = 0, i;
    growth g;
    lmas_status status = growth_find(&g, path, stored, now);

    for (i = 0; status == LMAS_OK && i < N_GROWING; i++)
        if (g.has_grown[i])
            spared[n++] = growing[i].key;
    growth_done(&g);
    *has_grown = n > 0;
    return status == LMAS_OK ? lmi_config_compare(path, stored, now, spared) : status;
}

/* Give the number its new value, and the command the flag for it. */
static void grow(yyjson_mut_doc *doc, yyjson_mut_val *root, const growth *g, size_t i)
{
    yyjson_mut_val *section = yyjson_mut_obj_get(root, growing[i].section);
    yyjson_mut_val *command = yyjson_mut_obj_get(root, "command");
    const uint64_t n = yyjson_get_uint(value_of(&g->is, i));
    char number[NUMBER_MAX];

    snprintf(number, sizeof(number), "%llu", (unsigned long long)n);
    yyjson_mut_set_uint(yyjson_mut_obj_get(section, growing[i].key), n);
    yyjson_mut_arr_add_str(doc, command, growing[i].flag);
    yyjson_mut_arr_add_strcpy(doc, command, number);
}

lmas_status lmi_grow_config(lmi_buf *out, const char *path, const lmi_buf *stored,
                            const lmi_buf *now)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    size_t i;
    growth g;
    lmas_status status = growth_find(&g, path, stored, now);

    if (status == LMAS_OK)
        status = lmi_json_copy(&doc, &root, lmi_json_root(&g.was), "a config");
    if (status == LMAS_OK) {
        for (i = 0; root && i < N_GROWING; i++)
            if (g.has_grown[i])
                grow(doc, root, &g, i);
        status =
            lmi_json_write(out, doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END, "a config");
    }
    growth_done(&g);
    return status;
}

/*
 * compare_settings.c - the parameters by which runs of one task differ.
 *
 * A sweep over latent_steps gives runs that are alike in all that a table has columns for. So
 * each run is named, besides, by those of its parameters that another run has differently.
 */
#include <string.h>

#include "base/mem.h"
#include "eval/config.h"
#include "eval/report/compare.h"
#include "eval/report/format.h"

/* Longest list of settings, and longest value in it, in bytes. */
enum { SETTINGS_MAX = 4096, VALUE_MAX = 40 };

static yyjson_val *params_of(yyjson_doc *doc)
{
    return yyjson_obj_get(yyjson_doc_get_root(doc), "params");
}

bool lmi_setting_same(const char *key, yyjson_val *val, yyjson_val *other)
{
    const char *unsaid = lmi_config_unsaid(key);

    return other ? lmi_config_same(key, val, other) : !unsaid || yyjson_equals_str(val, unsaid);
}

void lmi_setting_write(lmi_buf *out, const char *key, yyjson_val *val)
{
    const char *words = lmi_config_text(key, val);
    char *text = words ? NULL : yyjson_val_write(val, 0, NULL);

    lmi_buf_printf(out, "%.*s", VALUE_MAX, words ? words : text ? text : "");
    if (!words && !text && out->status == LMAS_OK)
        out->status = LMAS_E_NOMEM;
    lmi_free(text);
}

/* Whether another run of the task has `key` differently. */
static bool is_varied(const lmi_comparison *c, yyjson_doc *const *docs, size_t run, const char *key,
                      yyjson_val *val)
{
    size_t i;

    for (i = 0; i < c->n_runs; i++)
        if (c->runs[i].block == c->runs[run].block &&
            !lmi_setting_same(key, val, yyjson_obj_get(params_of(docs[i]), key)))
            return true;
    return false;
}

/* Two quantisations of a model have one name. */
static void add_model(lmi_buf *out, const lmi_comparison *c, size_t run)
{
    const lmi_record *mine = &c->runs[run].record;
    size_t i;

    for (i = 0; i < c->n_runs; i++) {
        const lmi_record *other = &c->runs[i].record;

        if (c->runs[i].block != c->runs[run].block || strcmp(mine->model, other->model) != 0 ||
            strcmp(mine->fingerprint, other->fingerprint) == 0)
            continue;
        lmi_buf_printf(out, "%s%.*s", out->len ? ", " : "", VALUE_MAX,
                       mine->model_detail ? mine->model_detail : mine->fingerprint);
        return;
    }
}

static lmas_status find_settings(lmi_comparison *c, yyjson_doc *const *docs, size_t run)
{
    lmi_buf raw, settings;
    size_t i, max;
    yyjson_val *key, *val;

    lmi_buf_init(&raw, SETTINGS_MAX);
    lmi_buf_init(&settings, 4 * (size_t)SETTINGS_MAX);
    add_model(&raw, c, run);
    yyjson_obj_foreach(params_of(docs[run]), i, max, key, val)
    {
        if (is_varied(c, docs, run, yyjson_get_str(key), val)) {
            lmi_buf_printf(&raw, "%s%s ", raw.len ? ", " : "", yyjson_get_str(key));
            lmi_setting_write(&raw, yyjson_get_str(key), val);
        }
    }
    /* A list beyond the limit is cut: nobody reads that far. */
    lmi_plain(&settings, lmi_buf_text(&raw));
    lmi_buf_done(&raw);
    c->runs[run].settings = lmi_buf_steal(&settings);
    return c->runs[run].settings ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for settings");
}

lmas_status lmi_settings_find(lmi_comparison *c)
{
    yyjson_doc **docs = lmi_new(c->n_runs, sizeof(yyjson_doc *));
    lmas_status status = LMAS_OK;
    size_t i;

    if (!docs)
        return lmi_fail(LMAS_E_NOMEM, "no memory for settings");
    for (i = 0; status == LMAS_OK && i < c->n_runs; i++) {
        const lmi_buf *config = &c->runs[i].record.config;

        docs[i] = yyjson_read(lmi_buf_text(config), config->len, 0);
        if (!docs[i])
            status = lmi_fail(LMAS_E_NOMEM, "no memory for settings");
    }
    for (i = 0; status == LMAS_OK && i < c->n_runs; i++)
        status = find_settings(c, docs, i);
    for (i = 0; i < c->n_runs; i++)
        yyjson_doc_free(docs[i]);
    lmi_free(docs);
    return status;
}

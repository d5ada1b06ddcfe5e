/* facts.c - configs flattened: two levels by name, what lies deeper as JSON. */
#include "eval/report/page/facts.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "eval/config.h"
#include "eval/report/format.h"

/* Longest value that is shown, longest name, and digits of a hash. */
enum { VALUE_MAX = 96, NAME_MAX_LEN = 96, HASH_SHOWN = 12, HASH_DIGITS = 64 };

static const char PARAMS[] = "params.";

/* The row of a name; `n` where there is none. */
static size_t find_row(const lmi_facts *facts, const char *name)
{
    size_t i;

    for (i = 0; i < facts->n; i++)
        if (strcmp(facts->names[i], name) == 0)
            break;
    return i;
}

const char *lmi_facts_at(const lmi_facts *facts, const char *name, size_t run)
{
    const size_t row = find_row(facts, name);

    return row < facts->n ? facts->values[row][run] : NULL;
}

bool lmi_facts_same(const lmi_facts *facts, size_t row, size_t a, size_t b)
{
    const char *left = facts->values[row][a];
    const char *right = facts->values[row][b];

    return left && right ? strcmp(left, right) == 0 : left == right;
}

void lmi_fact_html(lmi_buf *out, const char *value)
{
    const bool is_hash = value && strspn(value, "0123456789abcdef") == HASH_DIGITS;
    char start[HASH_SHOWN + 1];

    if (is_hash && !value[HASH_DIGITS])
        snprintf(start, sizeof(start), "%.*s", HASH_SHOWN, value);
    lmi_html(out, !value ? "\xe2\x80\x93" : is_hash && !value[HASH_DIGITS] ? start : value);
}

void lmi_facts_done(lmi_facts *facts)
{
    size_t i, k;

    for (i = 0; i < facts->n; i++) {
        for (k = 0; facts->values[i] && k < facts->n_runs; k++)
            lmi_free(facts->values[i][k]);
        lmi_free(facts->values[i]);
        lmi_free(facts->names[i]);
    }
    *facts = (lmi_facts){0};
}

/* A row for `name`, or NULL when memory is out; there is room. */
static char **add_name(lmi_facts *facts, const char *name)
{
    const size_t row = facts->n;

    facts->values[row] = lmi_new(facts->n_runs, sizeof(char *));
    facts->names[row] = lmi_strdup(name);
    facts->n++;
    return facts->names[row] ? facts->values[row] : NULL;
}

/* A text as it is told. */
static char *say(const char *text)
{
    char hash[LMI_SHA256_SIZE], said[VALUE_MAX];

    if (strlen(text) <= VALUE_MAX)
        return lmi_strdup(text);
    lmi_sha256_text(hash, text);
    snprintf(said, sizeof(said), "%zu bytes, SHA-256 %.*s", strlen(text), HASH_SHOWN, hash);
    return lmi_strdup(said);
}

static lmas_status add_fact(lmi_facts *facts, size_t run, const char *name, yyjson_val *val)
{
    const bool is_param = strncmp(name, PARAMS, strlen(PARAMS)) == 0;
    const char *words =
        is_param ? lmi_config_text(name + strlen(PARAMS), val) : yyjson_get_str(val);
    const size_t row = find_row(facts, name);
    char **values;
    char *json = NULL;

    if (yyjson_is_null(val) || row == LMI_FACTS_MAX)
        return LMAS_OK; /* null says that there is nothing to say */
    if (!words)
        words = json = yyjson_val_write(val, 0, NULL);
    values = row < facts->n ? facts->values[row] : add_name(facts, name);
    if (values && words) {
        lmi_free(values[run]); /* "a.b" may stand there twice, as a name and as a member of "a" */
        values[run] = say(words);
    }
    lmi_free(json);
    return values && values[run] ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for settings");
}

static lmas_status add_section(lmi_facts *facts, size_t run, const char *section, yyjson_val *val)
{
    char name[NAME_MAX_LEN];
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *key, *member;

    if (!yyjson_is_obj(val))
        return add_fact(facts, run, section, val);
    yyjson_obj_foreach(val, i, max, key, member)
    {
        snprintf(name, sizeof(name), "%.30s.%.60s", section, yyjson_get_str(key));
        if (status == LMAS_OK)
            status = add_fact(facts, run, name, member);
    }
    return status;
}

static lmas_status add_run(lmi_facts *facts, const lmi_comparison *c, size_t run)
{
    const lmi_buf *config = &c->runs[run].record.config;
    lmi_json json;
    lmas_status status = lmi_json_parse(&json, "config.json", lmi_buf_text(config), config->len);
    size_t i, max;
    yyjson_val *key, *val;

    if (status != LMAS_OK)
        return status;
    yyjson_obj_foreach(lmi_json_root(&json), i, max, key, val)
    {
        if (status == LMAS_OK)
            status = add_section(facts, run, yyjson_get_str(key), val);
    }
    lmi_json_done(&json);
    return status;
}

/* Of a run that was made before a parameter was, it is known what it did. */
static lmas_status add_unsaid(lmi_facts *facts)
{
    size_t row, run;

    for (row = 0; row < facts->n; row++) {
        const char *name = facts->names[row];
        const char *unsaid = strncmp(name, PARAMS, strlen(PARAMS)) == 0
                                 ? lmi_config_unsaid(name + strlen(PARAMS))
                                 : NULL;

        for (run = 0; unsaid && run < facts->n_runs; run++) {
            if (!facts->values[row][run])
                facts->values[row][run] = lmi_strdup(unsaid);
            if (!facts->values[row][run])
                return lmi_fail(LMAS_E_NOMEM, "no memory for settings");
        }
    }
    return LMAS_OK;
}

lmas_status lmi_facts_init(lmi_facts *out, const lmi_comparison *comparison)
{
    lmas_status status = LMAS_OK;
    size_t i;

    *out = (lmi_facts){.n_runs = comparison->n_runs};
    for (i = 0; status == LMAS_OK && i < comparison->n_runs; i++)
        status = add_run(out, comparison, i);
    if (status == LMAS_OK)
        status = add_unsaid(out);
    if (status != LMAS_OK)
        lmi_facts_done(out);
    return status;
}

/* import.c - a package as a frame: its texts read, what they say held against each other, and its
 * numbers looked at before they are taken for a model's. */
#include <string.h>

#include "base/mem.h"
#include "exchange/awareness/archive.h"
#include "exchange/awareness/frame.h"
#include "exchange/awareness/honest.h"
#include "exchange/limits.h"

#define KEYS     "kv_cache/keys.json"
#define VALUES   "kv_cache/values.json"
#define ENTRIES  "kv_cache/entries.json"
#define ABOUT_KV "kv_cache/metadata.json"
#define VECTOR   "vector.json"

/* ---- Texts ---- */

static lmi_exchange_verdict open_text(lmi_json *out, const lmi_archive *archive, const char *name)
{
    lmi_exchange_verdict verdict;
    lmi_buf text;

    lmi_buf_init(&text, LMI_AWARENESS_TEXT_MAX);
    verdict = lmi_archive_read(&text, archive, name);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_verdict_of(lmi_json_parse(out, name, lmi_buf_text(&text), text.len));
    lmi_buf_done(&text);
    return verdict;
}

/* ---- What a package says of itself ---- */

static bool is_confession(const char *key)
{
    static const char *const words[] = {"simulated",   "isSimulated", "is_simulated", "simulation",
                                        "mock",        "isMock",      "is_mock",      "synthetic",
                                        "isSynthetic", "is_synthetic"};
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(key, words[i]) == 0)
            return true;
    return false;
}

/* The key at any depth by which it says that its numbers are made up; NULL where it does not. */
static const char *find_confession(yyjson_val *val)
{
    const char *found = NULL;
    size_t i, max;
    yyjson_val *key, *item;

    if (yyjson_is_arr(val))
        yyjson_arr_foreach(val, i, max, item)
        {
            if (!found)
                found = find_confession(item);
        }
    if (yyjson_is_obj(val))
        yyjson_obj_foreach(val, i, max, key, item)
        {
            if (!found && yyjson_is_true(item) && is_confession(yyjson_get_str(key)))
                found = yyjson_get_str(key);
            if (!found)
                found = find_confession(item);
        }
    return found;
}

static lmi_exchange_verdict check_about(const lmi_archive *archive, const char *name,
                                        const char *kind)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    const char *found, *type;
    lmi_json json;

    if (!lmi_archive_has(archive, name))
        return LMI_EXCHANGE_OK;
    verdict = open_text(&json, archive, name);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    found = find_confession(lmi_json_root(&json));
    type = yyjson_get_str(yyjson_obj_get(lmi_json_root(&json), "packageType"));
    if (found)
        verdict = lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                    "%s says \"%s\": its numbers are made up, those of a model "
                                    "expected",
                                    name, found);
    else if (type && strcmp(type, kind) != 0)
        verdict = lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                    "%s says that it is a %.40s, a %s expected", name, type, kind);
    lmi_json_done(&json);
    return verdict;
}

static lmi_exchange_verdict check_abouts(const lmi_archive *archive, const char *kind)
{
    static const char *const names[] = {"metadata.json", "provenance.json", ABOUT_KV};
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    size_t i;

    for (i = 0; verdict == LMI_EXCHANGE_OK && i < 3; i++)
        verdict = check_about(archive, names[i], kind);
    return verdict;
}

/* Positions are those of the list: tokens that were left out would shift all behind them. */
static lmi_exchange_verdict hold_to(const lmi_awareness_cells *cells, yyjson_val *about)
{
    yyjson_val *count = yyjson_obj_get(about, "tokenCount");
    const double ratio = yyjson_get_num(yyjson_obj_get(about, "compressionRatio"));

    if (count && yyjson_get_num(count) != (double)cells->n)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                 ABOUT_KV " says %.0f tokens, the cache has %u",
                                 yyjson_get_num(count), cells->n);
    if (ratio > 0 && ratio < 1)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                 ABOUT_KV " says that %.0f %% of the tokens were kept: which, and "
                                          "where they stood, is lost",
                                 100 * ratio);
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict check_cache_about(const lmi_archive *archive,
                                              const lmi_awareness_cells *cells)
{
    lmi_exchange_verdict verdict;
    lmi_json json;

    if (!lmi_archive_has(archive, ABOUT_KV))
        return LMI_EXCHANGE_OK;
    verdict = open_text(&json, archive, ABOUT_KV);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = hold_to(cells, lmi_json_root(&json));
    lmi_json_done(&json);
    return verdict;
}

/* ---- Memory ---- */

static lmi_exchange_verdict read_cells(lmi_awareness_cells *out, const lmi_archive *archive,
                                       const lmi_awareness_shape *shape)
{
    lmi_json keys, values;
    lmi_exchange_verdict verdict = open_text(&keys, archive, KEYS);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = open_text(&values, archive, VALUES);
    if (verdict == LMI_EXCHANGE_OK) {
        verdict = lmi_awareness_read_cells(out, &keys, &values, shape);
        lmi_json_done(&values);
    }
    lmi_json_done(&keys);
    return verdict;
}

static lmi_exchange_verdict read_entries(lmi_awareness_cells *out, const lmi_archive *archive,
                                         const lmi_awareness_shape *shape)
{
    lmi_json entries;
    lmi_exchange_verdict verdict = open_text(&entries, archive, ENTRIES);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = lmi_awareness_read_entries(out, &entries, shape);
    lmi_json_done(&entries);
    return verdict;
}

static lmi_exchange_verdict check_numbers(const lmi_awareness_cells *c)
{
    const size_t n_rows = (size_t)c->n_layers * 2 * c->n_heads;

    if (lmi_honest_is_even(c->values, lmi_awareness_count(c)))
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                 "the keys and values lie evenly between two bounds: a generator "
                                 "made them, no model");
    if (lmi_honest_is_noise(c->values, n_rows, c->n, c->head))
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                 "the keys and values of %u tokens have no more in common than "
                                 "noise: no model made them",
                                 c->n);
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict import_cells(const char *path, const lmi_archive *archive,
                                         const lmi_awareness_shape *shape)
{
    lmi_awareness_frame frame = {
        .is_cells = true, .n_layer = shape->n_layer, .n_embd = shape->n_embd};
    lmi_exchange_verdict verdict = check_abouts(archive, "memory");

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_archive_has(archive, KEYS) ? read_cells(&frame.cells, archive, shape)
                                                 : read_entries(&frame.cells, archive, shape);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_cache_about(archive, &frame.cells);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_numbers(&frame.cells);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_awareness_write_frame(path, &frame);
    lmi_awareness_frame_done(&frame);
    return verdict;
}

/* ---- A vector ---- */

static bool is_zero(const float *values, size_t n)
{
    size_t i;

    for (i = 0; i < n && values[i] == 0;)
        i++;
    return i == n;
}

static lmi_exchange_verdict take_vector(lmi_awareness_frame *frame, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json), *dimension = yyjson_obj_get(root, "dimension");
    lmi_exchange_verdict verdict = lmi_awareness_read_row(
        frame->vector, yyjson_obj_get(root, "vector"), frame->n_embd, VECTOR, "vector");

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (dimension && yyjson_get_num(dimension) != (double)frame->n_embd)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, VECTOR " says %.0f numbers, it has %u",
                                 yyjson_get_num(dimension), frame->n_embd);
    if (is_zero(frame->vector, frame->n_embd))
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, VECTOR " is all zeros");
    if (lmi_honest_is_even(frame->vector, frame->n_embd))
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                 VECTOR " lies evenly between two bounds: a generator made it, no "
                                        "model");
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict read_vector(lmi_awareness_frame *frame, const lmi_archive *archive)
{
    lmi_exchange_verdict verdict;
    lmi_json json;

    frame->vector = lmi_new(frame->n_embd, sizeof(float));
    if (!frame->vector)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a vector");
    verdict = open_text(&json, archive, VECTOR);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = take_vector(frame, &json);
    lmi_json_done(&json);
    return verdict;
}

static lmi_exchange_verdict import_vector(const char *path, const lmi_archive *archive,
                                          const lmi_awareness_shape *shape)
{
    lmi_awareness_frame frame = {.n_layer = shape->n_layer, .n_embd = shape->n_embd};
    lmi_exchange_verdict verdict = check_abouts(archive, "vector");

    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_vector(&frame, archive);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_awareness_write_frame(path, &frame);
    lmi_awareness_frame_done(&frame);
    return verdict;
}

/* ---- Either ---- */

static lmi_exchange_verdict check_shape(const lmi_awareness_shape *s)
{
    if (s->n_layer >= 1 && s->n_layer <= LMI_AWARENESS_LAYERS_MAX && s->n_head_kv >= 1 &&
        s->n_head_kv <= LMI_AWARENESS_WIDTH_MAX && s->n_embd >= 1 &&
        s->n_embd <= LMI_AWARENESS_WIDTH_MAX)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                             "a model of %u layers with %u heads, %u wide: from 1 to %d and %zu "
                             "expected",
                             s->n_layer, s->n_head_kv, s->n_embd, LMI_AWARENESS_LAYERS_MAX,
                             LMI_AWARENESS_WIDTH_MAX);
}

lmi_exchange_verdict lmi_awareness_import(const char *frame, const char *package,
                                          const lmi_awareness_shape *shape)
{
    lmi_archive *archive = NULL;
    lmi_exchange_verdict verdict = check_shape(shape);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_archive_open(&archive, package);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (lmi_archive_has(archive, VECTOR))
        verdict = import_vector(frame, archive, shape);
    else if (lmi_archive_has(archive, KEYS) || lmi_archive_has(archive, ENTRIES))
        verdict = import_cells(frame, archive, shape);
    else
        verdict = lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                    "%s has neither " KEYS " nor " ENTRIES " nor " VECTOR
                                    " in it: no package of a memory or a vector",
                                    package);
    lmi_archive_close(archive);
    return verdict;
}

/* offered.c - see offered.h. */
#include "serve/exchange/offered.h"

#include <string.h>

#include "base/mem.h"

/* What is wrong with a body is the client's argument. */
static lmi_exchange_verdict of_status(lmas_status status)
{
    return status == LMAS_OK        ? LMI_EXCHANGE_OK
           : status == LMAS_E_NOMEM ? LMI_EXCHANGE_FAILED
                                    : LMI_EXCHANGE_INVALID;
}

static yyjson_val *at(yyjson_val *root, const char *key)
{
    yyjson_val *val = yyjson_obj_get(root, key);

    return yyjson_is_null(val) ? NULL : val;
}

lmi_exchange_verdict lmi_read_object(lmi_json *out, const char *text, size_t len,
                                     const char *const *known)
{
    const lmi_exchange_verdict verdict = of_status(lmi_json_parse(out, "the body", text, len));
    yyjson_val *root;

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    root = lmi_json_root(out);
    if (!yyjson_is_obj(root))
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "the body is %s, an object expected",
                                 lmi_json_type(root));
    return of_status(lmi_json_only_keys(out, root, "the body", known));
}

/* ---- Values ---- */

lmi_exchange_verdict lmi_read_text(const char **out, yyjson_val *root, const char *key)
{
    yyjson_val *val = at(root, key);

    if (!val)
        return LMI_EXCHANGE_OK;
    if (!yyjson_is_str(val) || strlen(yyjson_get_str(val)) != yyjson_get_len(val))
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s: a text without NUL expected, found %s",
                                 key, lmi_json_type(val));
    *out = yyjson_get_str(val);
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_read_flag(bool *out, yyjson_val *root, const char *key)
{
    yyjson_val *val = at(root, key);

    if (val && !yyjson_is_bool(val))
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s: true or false expected, found %s", key,
                                 lmi_json_type(val));
    *out = val ? yyjson_get_bool(val) : *out;
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_read_count(uint64_t *out, yyjson_val *root, const char *key, uint64_t max)
{
    yyjson_val *val = at(root, key);

    if (!val)
        return LMI_EXCHANGE_OK;
    if (!yyjson_is_uint(val) || yyjson_get_uint(val) > max)
        return lmi_exchange_fail(
            LMI_EXCHANGE_INVALID, "%s: an integer from 0 to %llu expected, found %s", key,
            (unsigned long long)max, yyjson_is_num(val) ? "another number" : lmi_json_type(val));
    *out = yyjson_get_uint(val);
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_read_tags(const char **out, size_t *n, yyjson_val *root, const char *key)
{
    yyjson_val *val = at(root, key), *tag;
    yyjson_arr_iter iter = yyjson_arr_iter_with(val);

    *n = 0;
    if (val && (!yyjson_is_arr(val) || yyjson_arr_size(val) > LMI_EXCHANGE_TAGS_MAX))
        return lmi_exchange_fail(
            LMI_EXCHANGE_INVALID, "%s: a list of at most %zu texts expected, found %s", key,
            LMI_EXCHANGE_TAGS_MAX, yyjson_is_arr(val) ? "a longer one" : lmi_json_type(val));
    while ((tag = yyjson_arr_iter_next(&iter))) {
        if (!yyjson_is_str(tag) || strlen(yyjson_get_str(tag)) != yyjson_get_len(tag))
            return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                     "%s: a list of texts without NUL expected, found %s in it",
                                     key, lmi_json_type(tag));
        out[(*n)++] = yyjson_get_str(tag);
    }
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_read_vector(float **out, size_t *n, yyjson_val *root, const char *key)
{
    yyjson_val *val = at(root, key), *one;
    yyjson_arr_iter iter = yyjson_arr_iter_with(val);

    *n = 0;
    if (!val)
        return LMI_EXCHANGE_OK;
    if (!yyjson_is_arr(val) || yyjson_arr_size(val) > LMI_EXCHANGE_EMBEDDING_MAX)
        return lmi_exchange_fail(
            LMI_EXCHANGE_INVALID, "%s: a list of at most %zu numbers expected, found %s", key,
            LMI_EXCHANGE_EMBEDDING_MAX, yyjson_is_arr(val) ? "a longer one" : lmi_json_type(val));
    *out = lmi_new(yyjson_arr_size(val), sizeof(**out));
    if (!*out)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a vector");
    while ((one = yyjson_arr_iter_next(&iter))) {
        if (!yyjson_is_num(one))
            return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                     "%s: a list of numbers expected, found %s in it", key,
                                     lmi_json_type(one));
        (*out)[(*n)++] = (float)yyjson_get_num(one);
    }
    return LMI_EXCHANGE_OK;
}

/* An object, as its text. */
static lmi_exchange_verdict read_object_text(const char **out, lmi_buf *text, yyjson_val *root,
                                             const char *key)
{
    yyjson_val *val = at(root, key);
    yyjson_mut_doc *doc;
    yyjson_mut_val *copy;
    lmas_status status;

    if (!val)
        return LMI_EXCHANGE_OK;
    if (!yyjson_is_obj(val))
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s: an object expected, found %s", key,
                                 lmi_json_type(val));
    status = lmi_json_copy(&doc, &copy, val, key);
    if (status == LMAS_OK)
        status = lmi_json_write(text, doc, 0, key);
    *out = lmi_buf_text(text);
    return of_status(status);
}

/* ---- All of an offer ---- */

static lmi_exchange_verdict read_words(lmi_offered *o, yyjson_val *root)
{
    lmi_exchange_offer *offer = &o->offer;
    lmi_exchange_verdict verdict = lmi_read_text(&offer->name, root, "name");

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_text(&offer->description, root, "description");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_text(&offer->text, root, "text");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_tags(o->tags, &offer->n_tags, root, "tags");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_object_text(&offer->provenance, &o->provenance, root, "provenance");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_object_text(&offer->quality, &o->quality, root, "quality");
    offer->tags = o->tags;
    return verdict;
}

static lmi_exchange_verdict read_numbers(lmi_offered *o, yyjson_val *root)
{
    lmi_exchange_offer *offer = &o->offer;
    uint64_t expires = 0;
    lmi_exchange_verdict verdict =
        lmi_read_vector(&o->embedding, &offer->n_embedding, root, "embedding");

    offer->embedding = o->embedding;
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_flag(&offer->is_published, root, "published");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_count(&expires, root, "expires", LMI_EXCHANGE_TIME_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_read_count(&offer->size, root, "size", INT64_MAX);
    offer->expires = (int64_t)expires;
    return verdict;
}

lmi_exchange_verdict lmi_offered_read(lmi_offered *out, const char *text, size_t len)
{
    static const char *const known[] = {"name",       "description", "tags",      "text",
                                        "provenance", "quality",     "embedding", "published",
                                        "expires",    "size",        NULL};
    lmi_exchange_verdict verdict;

    *out = (lmi_offered){0};
    lmi_buf_init(&out->provenance, LMI_EXCHANGE_PROVENANCE_MAX);
    lmi_buf_init(&out->quality, LMI_EXCHANGE_QUALITY_MAX);
    verdict = lmi_read_object(&out->json, text, len, known);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_words(out, lmi_json_root(&out->json));
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_numbers(out, lmi_json_root(&out->json));
    return verdict;
}

void lmi_offered_done(lmi_offered *offered)
{
    lmi_json_done(&offered->json);
    lmi_free(offered->embedding);
    lmi_buf_done(&offered->provenance);
    lmi_buf_done(&offered->quality);
}

/* check.c - what a publisher says of a memory, held to the limits; see check.h. */
#include "exchange/publish/check.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

static lmi_exchange_verdict check_length(const char *what, const char *text, size_t max)
{
    const size_t len = strlen(text);

    if (len > max)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s has %zu bytes, at most %zu allowed",
                                 what, len, max);
    if (!lmi_utf8_is_valid(text, len))
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s is not valid UTF-8", what);
    return LMI_EXCHANGE_OK;
}

/* The first control character that is not among `allowed`. */
static lmi_exchange_verdict check_controls(const char *what, const char *text, const char *allowed)
{
    const char *at;

    for (at = text; *at; at++)
        if (lmi_utf8_control(at) && !strchr(allowed, *at))
            return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                     "%s has a control character at byte %zu, none allowed there",
                                     what, (size_t)(at - text));
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_check_line(const char *what, const char *text, size_t max)
{
    lmi_exchange_verdict verdict;

    if (!text || !*text)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                 "%s is missing: a line of 1 to %zu bytes expected", what, max);
    verdict = check_length(what, text, max);
    return verdict == LMI_EXCHANGE_OK ? check_controls(what, text, "") : verdict;
}

lmi_exchange_verdict lmi_exchange_check_text(const char *what, const char *text, size_t max)
{
    const lmi_exchange_verdict verdict = text ? check_length(what, text, max) : LMI_EXCHANGE_OK;

    return verdict == LMI_EXCHANGE_OK && text ? check_controls(what, text, "\n\r\t") : verdict;
}

lmi_exchange_verdict lmi_exchange_check_tenant(const char *tenant)
{
    return lmi_exchange_check_line("the tenant", tenant, LMI_EXCHANGE_TENANT_MAX);
}

static lmi_exchange_verdict refuse_twin(const char *const *tags, size_t i)
{
    size_t j;

    for (j = 0; j < i; j++)
        if (strcmp(tags[i], tags[j]) == 0)
            return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "the tag \"%s\" stands twice", tags[i]);
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_check_tags(const char *const *tags, size_t n)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    size_t i;

    if (n > LMI_EXCHANGE_TAGS_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%zu tags, at most %zu allowed", n,
                                 LMI_EXCHANGE_TAGS_MAX);
    for (i = 0; verdict == LMI_EXCHANGE_OK && i < n; i++) {
        verdict = lmi_exchange_check_line("a tag", tags[i], LMI_EXCHANGE_TAG_MAX);
        if (verdict == LMI_EXCHANGE_OK)
            verdict = refuse_twin(tags, i);
    }
    return verdict;
}

lmi_exchange_verdict lmi_exchange_check_vector(const char *what, const float *values, size_t n)
{
    double sum = 0;
    size_t i;

    if (n > LMI_EXCHANGE_EMBEDDING_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s has %zu values, at most %zu allowed",
                                 what, n, LMI_EXCHANGE_EMBEDDING_MAX);
    for (i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "value %zu of %s is not finite", i,
                                     what);
        sum += (double)values[i] * (double)values[i];
    }
    if (n && sum == 0)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s is all zeros: it has no direction",
                                 what);
    return LMI_EXCHANGE_OK;
}

/* ---- JSON ---- */

/* Whatever is wrong with it is the publisher's argument, not the file. */
static lmi_exchange_verdict parse_object(lmi_json *out, const char *what, const char *text,
                                         size_t max)
{
    const size_t len = strlen(text);

    if (len > max)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s has %zu bytes, at most %zu allowed",
                                 what, len, max);
    switch (lmi_json_parse(out, what, text, len)) {
    case LMAS_OK:
        break;
    case LMAS_E_FORMAT:
        return LMI_EXCHANGE_INVALID;
    default:
        return LMI_EXCHANGE_FAILED;
    }
    if (yyjson_is_obj(lmi_json_root(out)))
        return LMI_EXCHANGE_OK;
    lmi_exchange_fail(LMI_EXCHANGE_INVALID, "%s is %s, an object expected", what,
                      lmi_json_type(lmi_json_root(out)));
    lmi_json_done(out);
    return LMI_EXCHANGE_INVALID;
}

static lmi_exchange_verdict check_provenance(const char *text)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    lmi_json json;

    if (!text)
        return LMI_EXCHANGE_OK;
    verdict = parse_object(&json, "provenance", text, LMI_EXCHANGE_PROVENANCE_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        lmi_json_done(&json);
    return verdict;
}

static lmi_exchange_verdict check_numbers(yyjson_val *object)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    size_t i, n;
    yyjson_val *key, *val;

    if (yyjson_obj_size(object) > LMI_EXCHANGE_QUALITIES_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                 "quality has %zu numbers, at most %zu allowed",
                                 yyjson_obj_size(object), LMI_EXCHANGE_QUALITIES_MAX);
    yyjson_obj_foreach(object, i, n, key, val)
    {
        verdict =
            lmi_exchange_check_line("a name in quality", yyjson_get_str(key), LMI_EXCHANGE_TAG_MAX);
        if (verdict == LMI_EXCHANGE_OK && (!yyjson_is_num(val) || !isfinite(yyjson_get_num(val))))
            verdict = lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                                        "quality: \"%s\" is %s, a finite number expected",
                                        yyjson_get_str(key), lmi_json_type(val));
        if (verdict != LMI_EXCHANGE_OK)
            return verdict;
    }
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict check_quality(const char *text)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    lmi_json json;

    if (!text)
        return LMI_EXCHANGE_OK;
    verdict = parse_object(&json, "quality", text, LMI_EXCHANGE_QUALITY_MAX);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = check_numbers(lmi_json_root(&json));
    lmi_json_done(&json);
    return verdict;
}

/* ---- All of it ---- */

static lmi_exchange_verdict check_expires(int64_t expires, int64_t now)
{
    if (expires == 0 || (expires > now && expires <= LMI_EXCHANGE_TIME_MAX))
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                             "expires at %lld, a time after now (%lld) and before the year 10000 "
                             "expected, or 0 for never",
                             (long long)expires, (long long)now);
}

lmi_exchange_verdict lmi_exchange_check_offer(const lmi_exchange_offer *o, int64_t now)
{
    lmi_exchange_verdict verdict =
        lmi_exchange_check_line("the name", o->name, LMI_EXCHANGE_NAME_MAX);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_text("the description", o->description,
                                          LMI_EXCHANGE_DESCRIPTION_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_tags(o->tags, o->n_tags);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_text("the text", o->text, LMI_EXCHANGE_TEXT_MAX);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_provenance(o->provenance);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_quality(o->quality);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_check_vector("the embedding", o->embedding, o->n_embedding);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_expires(o->expires, now);
    return verdict;
}

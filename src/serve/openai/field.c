/* field.c - see field.h. */
#include "serve/openai/field.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

lmas_status lmi_field_refuse(lmi_reading *r, const char *param, const char *tag, const char *format,
                             ...)
{
    char message[LMI_ERROR_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    r->why->param = param;
    r->why->tag = tag;
    return lmi_fail(LMAS_E_INVALID, "%s", message);
}

yyjson_val *lmi_field(const lmi_reading *r, const char *key)
{
    yyjson_val *val = yyjson_obj_get(r->root, key);

    return yyjson_is_null(val) ? NULL : val;
}

lmas_status lmi_field_number(double *out, lmi_reading *r, const char *key, double min, double max)
{
    yyjson_val *val = lmi_field(r, key);

    if (!val)
        return LMAS_OK;
    if (!yyjson_is_num(val) || !(yyjson_get_num(val) >= min && yyjson_get_num(val) <= max))
        return lmi_field_refuse(r, key, NULL, "%s: a number from %g to %g expected, found %s", key,
                                min, max, yyjson_is_num(val) ? "one beyond" : lmi_json_type(val));
    *out = yyjson_get_num(val);
    return LMAS_OK;
}

/* An integer may be written as 5.0: some languages know no other numbers. */
static bool as_int(int64_t *out, yyjson_val *val)
{
    const double x = yyjson_get_num(val);

    if (yyjson_is_uint(val) && yyjson_get_uint(val) > INT64_MAX)
        return false;
    if (yyjson_is_int(val)) {
        *out = yyjson_get_sint(val);
        return true;
    }
    if (!yyjson_is_real(val) || !(x >= -9007199254740992.0 && x <= 9007199254740992.0))
        return false;
    *out = (int64_t)x;
    return (double)*out == x;
}

lmas_status lmi_field_int(int64_t *out, lmi_reading *r, const char *key, int64_t min, int64_t max)
{
    yyjson_val *val = lmi_field(r, key);
    int64_t n;

    if (!val)
        return LMAS_OK;
    if (!as_int(&n, val) || n < min || n > max)
        return lmi_field_refuse(
            r, key, NULL, "%s: an integer from %" PRId64 " to %" PRId64 " expected, found %s", key,
            min, max, yyjson_is_num(val) ? "another number" : lmi_json_type(val));
    *out = n;
    return LMAS_OK;
}

lmas_status lmi_field_bool(bool *out, lmi_reading *r, const char *key)
{
    yyjson_val *val = lmi_field(r, key);

    if (val && !yyjson_is_bool(val))
        return lmi_field_refuse(r, key, NULL, "%s: true or false expected, found %s", key,
                                lmi_json_type(val));
    *out = val ? yyjson_get_bool(val) : *out;
    return LMAS_OK;
}

lmas_status lmi_field_text(const char **out, lmi_reading *r, const char *key)
{
    yyjson_val *val = lmi_field(r, key);

    if (!val)
        return LMAS_OK;
    if (!yyjson_is_str(val) || strlen(yyjson_get_str(val)) != yyjson_get_len(val))
        return lmi_field_refuse(r, key, NULL, "%s: a text without NUL expected, found %s", key,
                                lmi_json_type(val));
    *out = yyjson_get_str(val);
    return LMAS_OK;
}

/* conversions.c - filters that make one value of another: numbers, defaults, JSON. */
#include <math.h>
#include <stdlib.h>

#include "jinja/filter/filters.h"
#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"
#include "jinja/value/numbers.h"

static lmi_value filter_default(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value args[2];

    lmi_bind(r, "default", "default_value? boolean?", call, args);
    if (self.kind != LMI_UNDEFINED && !(lmi_arg_bool(args[1], false) && !lmi_is_true(self)))
        return self;
    return args[0].kind == LMI_MISSING ? lmi_text((lmi_str){"", 0}) : args[0];
}

static lmi_value filter_string(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "string", "", call, NULL);
    return lmi_soft_str(r, self);
}

static lmi_value filter_attr(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value name;

    lmi_bind(r, "attr", "name", call, &name);
    return lmi_attribute_alone(r, self, lmi_arg_str(r, "the name of an attribute", name));
}

/* ---- Numbers -------------------------------------------------------------------------- */

static lmi_value filter_abs(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "abs", "/", call, NULL);
    if (self.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, self);
    if (!lmi_is_number(self))
        lmi_raise(r, "abs needs a number, found %s", lmi_type_name(self));
    if (self.kind == LMI_FLOAT)
        return lmi_float(fabs(self.as.real));
    return lmi_as_int(self) < 0 ? lmi_negate(r, self, true) : lmi_int(lmi_as_int(self));
}

static _Noreturn void raise_big(lmi_render *r)
{
    lmi_raise(r, "integer beyond 64 bits is not supported");
}

/* Towards zero; false for what no integer is. */
static bool int_of_double(lmi_render *r, int64_t *out, double real)
{
    const double end = 9223372036854775808.0;

    if (!isfinite(real))
        return false;
    if (real < -end || real >= end)
        raise_big(r);
    *out = (int64_t)real;
    return true;
}

/* A base that is none is no error: such a text is read as a float, like one that is no integer. */
static bool int_of_text(lmi_render *r, int64_t *out, lmi_str text, lmi_value base)
{
    double real;

    if (base.kind == LMI_MISSING)
        base = lmi_int(10);
    return (lmi_is_integer(base) && lmi_str_to_int(r, out, text, lmi_as_int(base))) ||
           (lmi_str_to_float(r, &real, text) && int_of_double(r, out, real));
}

static lmi_value filter_int(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value args[2];
    int64_t i;

    lmi_bind(r, "int", "default? base?", call, args);
    if (self.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, self);
    if (lmi_is_integer(self))
        return lmi_int(lmi_as_int(self));
    if (self.kind == LMI_STR && int_of_text(r, &i, self.as.str, args[1]))
        return lmi_int(i);
    if (self.kind == LMI_FLOAT) {
        if (isinf(self.as.real))
            lmi_raise(r, "infinity is no integer");
        if (int_of_double(r, &i, self.as.real))
            return lmi_int(i);
    }
    return args[0].kind == LMI_MISSING ? lmi_int(0) : args[0];
}

static lmi_value filter_float(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value otherwise;
    double real;

    lmi_bind(r, "float", "default?", call, &otherwise);
    if (self.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, self);
    if (lmi_is_number(self))
        return lmi_float(lmi_as_double(self));
    if (self.kind == LMI_STR && lmi_str_to_float(r, &real, self.as.str))
        return lmi_float(real);
    return otherwise.kind == LMI_MISSING ? lmi_float(0) : otherwise;
}

/* Half to even, as Python rounds; a negative precision rounds to tens, hundreds, ... */
static int64_t round_int(lmi_render *r, int64_t value, int64_t precision)
{
    const int64_t half = 5000000000000000000;
    int64_t unit = 1, rest;

    if (precision < -19)
        return 0;
    if (precision == -19) { /* that unit is beyond 64 bits, its half is not */
        if (value > half || value < -half)
            raise_big(r);
        return 0;
    }
    for (; precision < 0; precision++)
        unit *= 10;
    rest = value % unit;
    value -= rest;
    if ((llabs(rest) * 2 > unit || (llabs(rest) * 2 == unit && value / unit % 2)) &&
        __builtin_add_overflow(value, rest < 0 ? -unit : unit, &value))
        raise_big(r);
    return value;
}

/* The absolute value of `value` to 10 to the power of `places`, at least 1: digits to read back. */
static lmi_str tens_text(lmi_render *r, double value, int places)
{
    const double magnitude = fabs(value);
    const lmi_str digits = lmi_print_float(r, "%.*f", 0, trunc(magnitude));
    const char *tail = digits.text + 1;
    lmi_writer w;
    bool is_up;

    if ((size_t)places < digits.len)
        return lmi_print_float(r, "%.*e", (int)digits.len - places - 1, magnitude);
    is_up = (size_t)places == digits.len &&
            (digits.text[0] > '5' ||
             (digits.text[0] == '5' && (tail[strspn(tail, "0")] || magnitude != trunc(magnitude))));
    w = lmi_writer_new(r);
    lmi_write_format(&w, "%de%d", is_up, places);
    return lmi_written(&w);
}

/* The decimal that printf rounds to is the one Python means: both round the exact value. */
static double round_float(lmi_render *r, double value, int64_t precision)
{
    double rounded = 0;

    if (!isfinite(value) || precision > 323) /* the smallest floats have digits up to there */
        return value;
    if (precision >= 0)
        lmi_str_to_float(r, &rounded, lmi_print_float(r, "%.*f", (int)precision, fabs(value)));
    else if (precision >= -308)
        lmi_str_to_float(r, &rounded, tens_text(r, value, (int)-precision));
    if (isinf(rounded))
        lmi_raise(r, "a number too large to round");
    return copysign(rounded, value);
}

/* The last power of ten that a float holds. */
enum { EXACT_TENS = 22 };

/* ceil(value * 10**precision) / 10**precision, and floor likewise. For an int this is exact. */
static lmi_value round_up_or_down(lmi_render *r, lmi_value self, int64_t precision, bool is_up)
{
    const double unit = pow(10, (double)precision);
    const double scaled = lmi_as_double(self) * unit;

    if (lmi_is_integer(self) && precision >= 0 && precision <= LMI_PRECISION_MAX)
        return lmi_float(lmi_as_double(self));
    if (precision > EXACT_TENS)
        lmi_raise(r, "ceil and floor to more than %d digits are not supported", EXACT_TENS);
    if (!isfinite(scaled) || unit == 0)
        lmi_raise(r, "infinity and nan have no integer near");
    /* (Python divides an int here, which has no -0) */
    return lmi_float((is_up ? ceil(scaled) : floor(scaled)) / unit + 0.0);
}

static lmi_value filter_round(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_str method = LMI_STR("common");
    lmi_value args[2];
    int64_t precision;

    lmi_bind(r, "round", "precision? method?", call, args);
    precision = lmi_arg_int(r, "precision", args[0], 0);
    if (args[1].kind != LMI_MISSING)
        method = lmi_arg_str(r, "method", args[1]);
    if (self.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, self);
    if (!lmi_is_number(self))
        lmi_raise(r, "round needs a number, found %s", lmi_type_name(self));
    if (lmi_str_is(method, "ceil") || lmi_str_is(method, "floor"))
        return round_up_or_down(r, self, precision, lmi_str_is(method, "ceil"));
    if (!lmi_str_is(method, "common"))
        lmi_raise(r, "method must be common, ceil or floor");
    if (lmi_is_integer(self))
        return lmi_int(round_int(r, lmi_as_int(self), precision));
    return lmi_float(round_float(r, self.as.real, precision));
}

/* "1.5 kB" of `size`, which is `base` or more, or nan: that has no sign in Python. A long double
 * holds all units exactly; a float does not. */
static void write_size(lmi_render *r, lmi_writer *w, double size, double base)
{
    static const char letters[] = "kMGTPEZY";
    const bool is_binary = base > 1000;
    long double unit = (long double)base * base;
    size_t i = 0;

    while (letters[i + 1] && !(size < unit)) {
        unit *= base;
        i++;
    }
    lmi_write_str(w, lmi_print_float(r, "%.*f", 1, fabs(base * size / (double)unit)));
    lmi_write_format(w, " %c%sB", is_binary && !i ? 'K' : letters[i], is_binary ? "i" : "");
}

static lmi_value filter_filesizeformat(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value binary, number;
    lmi_writer w;
    double base;

    lmi_bind(r, "filesizeformat", "binary?", call, &binary);
    number = filter_float(r, self, &(lmi_call){.items = &(lmi_value){.kind = LMI_NONE}, .n = 1});
    if (number.kind != LMI_FLOAT)
        lmi_raise(r, "filesizeformat needs a number, found %s", lmi_type_name(self));
    if (number.as.real == -INFINITY)
        lmi_raise(r, "infinity is no integer");
    base = lmi_arg_bool(binary, false) ? 1024 : 1000;
    w = lmi_writer_new(r);
    if (number.as.real == 1)
        lmi_write_text(&w, "1 Byte");
    else if (number.as.real < base)
        lmi_write_format(&w, "%.0f Bytes", trunc(number.as.real) + 0.0);
    else
        write_size(r, &w, number.as.real, base);
    return lmi_text(lmi_written(&w));
}

/* ---- JSON ------------------------------------------------------------------------------ */

static void set_indent(lmi_render *r, lmi_json_style *style, lmi_value indent)
{
    int64_t width;
    char *blanks;

    if (!lmi_is_given(indent))
        return;
    style->has_indent = true;
    style->item = LMI_STR(",");
    if (indent.kind == LMI_STR) {
        style->indent = indent.as.str;
        return;
    }
    width = lmi_arg_int(r, "indent", indent, 0);
    if (width > 1000)
        lmi_raise(r, "an indent has at most 1000 blanks");
    width = width < 0 ? 0 : width;
    blanks = lmi_make_text(r, (size_t)width);
    memset(blanks, ' ', (size_t)width);
    style->indent = (lmi_str){blanks, (size_t)width};
}

static lmi_value filter_tojson(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_json_style style = {.item = LMI_STR(", "), .key = LMI_STR(": ")};
    lmi_value args[4];

    lmi_bind(r, "tojson", "ensure_ascii? indent? separators? sort_keys?", call, args);
    style.is_ascii = lmi_arg_bool(args[0], false);
    style.is_sorted = lmi_arg_bool(args[3], false);
    set_indent(r, &style, args[1]);
    if (lmi_is_given(args[2])) {
        const lmi_list *pair = lmi_collect(r, args[2]);

        if (pair->n != 2)
            lmi_raise(r, "expected two separators, found %zu", pair->n);
        style.item = lmi_arg_str(r, "a separator", pair->items[0]);
        style.key = lmi_arg_str(r, "a separator", pair->items[1]);
    }
    return lmi_text(lmi_tojson(r, self, &style));
}

/* Of what fits a line and has no order to choose, pprint is repr. */
static lmi_value filter_pprint(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_str text;

    lmi_bind(r, "pprint", "", call, NULL);
    text = lmi_to_repr(r, self);
    if (lmi_str_length(text) > 79 || (text.len && memchr(text.text, '{', text.len)))
        lmi_raise(r, "pprint of a dict or a long value is not supported");
    return lmi_text(text);
}

static lmi_value filter_random(lmi_render *r, lmi_value self, const lmi_call *call)
{
    (void)self;
    (void)call;
    lmi_raise(r, "random is not supported: prompts are the same every time");
}

const lmi_named_native lmi_conversion_filters[] = {
    {"default", filter_default},
    {"d", filter_default},
    {"string", filter_string},
    {"attr", filter_attr},
    {"abs", filter_abs},
    {"int", filter_int},
    {"float", filter_float},
    {"round", filter_round},
    {"filesizeformat", filter_filesizeformat},
    {"tojson", filter_tojson},
    {"pprint", filter_pprint},
    {"random", filter_random},
    {NULL, NULL},
};

/* operate.c - + - * / // % **, unary signs and comparisons, with Python's types and signs. */
#include <math.h>

#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

static _Noreturn void refuse_operands(lmi_render *r, lmi_str op, lmi_value a, lmi_value b)
{
    if (a.kind == LMI_UNDEFINED || b.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, a.kind == LMI_UNDEFINED ? a : b);
    lmi_raise(r, "unsupported operand types for %.*s: '%s' and '%s'", (int)op.len, op.text,
              lmi_type_name(a), lmi_type_name(b));
}

static _Noreturn void refuse_size(lmi_render *r)
{
    lmi_raise(r, "integer beyond 64 bits is not supported");
}

static void check_divisor(lmi_render *r, bool is_zero)
{
    if (is_zero)
        lmi_raise(r, "division by zero");
}

/* ---- Integers ------------------------------------------------------------------------- */

/* Rounded down, as Python's // and % are. */
static int64_t floor_divide(lmi_render *r, int64_t a, int64_t b, int64_t *rest)
{
    int64_t quotient;

    check_divisor(r, b == 0);
    if (a == INT64_MIN && b == -1)
        refuse_size(r);
    quotient = a / b;
    *rest = a % b;
    if (*rest && (*rest < 0) != (b < 0)) {
        quotient--;
        *rest += b;
    }
    return quotient;
}

static lmi_value power_of_ints(lmi_render *r, int64_t base, int64_t exponent)
{
    int64_t result = 1;

    if (exponent < 0) {
        check_divisor(r, base == 0);
        return lmi_float(pow((double)base, (double)exponent));
    }
    if (base == 0 || base == 1)
        return lmi_int(exponent ? base : 1);
    if (base == -1)
        return lmi_int(exponent % 2 ? -1 : 1);
    for (; exponent; exponent--)
        if (__builtin_mul_overflow(result, base, &result))
            refuse_size(r);
    return lmi_int(result);
}

static lmi_value operate_on_ints(lmi_render *r, lmi_str op, int64_t a, int64_t b)
{
    int64_t result, rest;
    bool is_over = false;

    if (lmi_str_is(op, "+"))
        is_over = __builtin_add_overflow(a, b, &result);
    else if (lmi_str_is(op, "-"))
        is_over = __builtin_sub_overflow(a, b, &result);
    else if (lmi_str_is(op, "*"))
        is_over = __builtin_mul_overflow(a, b, &result);
    else if (lmi_str_is(op, "**"))
        return power_of_ints(r, a, b);
    else if (lmi_str_is(op, "//"))
        result = floor_divide(r, a, b, &rest);
    else
        floor_divide(r, a, b, &result);
    if (is_over)
        refuse_size(r);
    return lmi_int(result);
}

/* ---- Floats --------------------------------------------------------------------------- */

static double float_modulo(double a, double b)
{
    double rest = fmod(a, b);

    if (rest == 0)
        return copysign(0, b);
    return (b < 0) != (rest < 0) ? rest + b : rest;
}

/* Step by step as Python does it: each rounds. */
static double float_floor_divide(double a, double b)
{
    const double rest = fmod(a, b);
    double quotient = (a - rest) / b;
    double whole;

    if (rest != 0 && (b < 0) != (rest < 0))
        quotient -= 1;
    if (quotient == 0)
        return copysign(0, a / b);
    whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
}

static double float_power(lmi_render *r, double a, double b)
{
    const double result = pow(a, b);

    if (a == 0 && b < 0)
        lmi_raise(r, "zero cannot be raised to a negative power");
    if (a < 0 && floor(b) != b && isfinite(a) && isfinite(b))
        lmi_raise(r, "a negative number raised to a fraction is not supported");
    if (isinf(result) && isfinite(a) && isfinite(b))
        lmi_raise(r, "result of ** is too large");
    return result;
}

static lmi_value operate_on_floats(lmi_render *r, lmi_str op, double a, double b)
{
    if (lmi_str_is(op, "+"))
        return lmi_float(a + b);
    if (lmi_str_is(op, "-"))
        return lmi_float(a - b);
    if (lmi_str_is(op, "*"))
        return lmi_float(a * b);
    if (lmi_str_is(op, "**"))
        return lmi_float(float_power(r, a, b));
    check_divisor(r, b == 0);
    if (lmi_str_is(op, "/"))
        return lmi_float(a / b);
    return lmi_float(lmi_str_is(op, "//") ? float_floor_divide(a, b) : float_modulo(a, b));
}

static lmi_value operate_on_numbers(lmi_render *r, lmi_str op, lmi_value a, lmi_value b)
{
    if (lmi_is_integer(a) && lmi_is_integer(b) && !lmi_str_is(op, "/"))
        return operate_on_ints(r, op, lmi_as_int(a), lmi_as_int(b));
    return operate_on_floats(r, op, lmi_as_double(a), lmi_as_double(b));
}

/* ---- Sequences ------------------------------------------------------------------------ */

/* A text that is safe makes the other one so. */
static lmi_value add_texts(lmi_render *r, lmi_value a, lmi_value b)
{
    lmi_value sum = {.kind = LMI_STR, .is_markup = a.is_markup || b.is_markup};
    const lmi_str left = sum.is_markup && !a.is_markup ? lmi_str_escape(r, a.as.str) : a.as.str;
    const lmi_str right = sum.is_markup && !b.is_markup ? lmi_str_escape(r, b.as.str) : b.as.str;

    sum.as.str = lmi_str_concat(r, left, right);
    return sum;
}

static void add_items(lmi_render *r, lmi_list *out, const lmi_list *list)
{
    size_t i;

    lmi_work(r, list->n);
    for (i = 0; i < list->n; i++)
        lmi_list_add(r, out, list->items[i]);
}

static bool can_add_lists(lmi_value a, lmi_value b)
{
    return a.kind == LMI_LIST && b.kind == LMI_LIST && a.as.list->flavour == b.as.list->flavour &&
           a.as.list->flavour < LMI_RANGE;
}

static lmi_value add_lists(lmi_render *r, const lmi_list *a, const lmi_list *b)
{
    lmi_list *sum = lmi_list_new(r, a->flavour);

    add_items(r, sum, a);
    add_items(r, sum, b);
    return lmi_list_value(sum);
}

static lmi_value repeat_text(lmi_render *r, lmi_value text, int64_t times)
{
    const size_t len = text.as.str.len;
    char *out;
    int64_t i;

    if (times <= 0 || !len) {
        text.as.str.len = 0;
        return text;
    }
    if ((uint64_t)times > SIZE_MAX / 2 / len)
        lmi_raise(r, "a text repeated %lld times is too long", (long long)times);
    out = lmi_make_text(r, len * (size_t)times);
    lmi_work(r, len * (size_t)times / 64);
    for (i = 0; i < times; i++)
        memcpy(out + (size_t)i * len, text.as.str.text, len);
    text.as.str = (lmi_str){out, len * (size_t)times};
    return text;
}

static bool is_repeatable(lmi_value value)
{
    return value.kind == LMI_STR || (value.kind == LMI_LIST && value.as.list->flavour < LMI_RANGE);
}

static lmi_value repeat(lmi_render *r, lmi_value sequence, int64_t times)
{
    lmi_list *out;
    int64_t i;

    if (sequence.kind == LMI_STR)
        return repeat_text(r, sequence, times);
    out = lmi_list_new(r, sequence.as.list->flavour);
    for (i = 0; i < times && sequence.as.list->n; i++)
        add_items(r, out, sequence.as.list);
    return lmi_list_value(out);
}

lmi_value lmi_operate(lmi_render *r, lmi_str op, lmi_value a, lmi_value b)
{
    if (lmi_is_number(a) && lmi_is_number(b))
        return operate_on_numbers(r, op, a, b);
    if (lmi_str_is(op, "+") && a.kind == LMI_STR && b.kind == LMI_STR)
        return add_texts(r, a, b);
    if (lmi_str_is(op, "+") && can_add_lists(a, b))
        return add_lists(r, a.as.list, b.as.list);
    if (lmi_str_is(op, "*") && is_repeatable(a) && lmi_is_integer(b))
        return repeat(r, a, lmi_as_int(b));
    if (lmi_str_is(op, "*") && is_repeatable(b) && lmi_is_integer(a))
        return repeat(r, b, lmi_as_int(a));
    if (lmi_str_is(op, "%") && a.kind == LMI_STR)
        return lmi_str_percent(r, a, b);
    refuse_operands(r, op, a, b);
}

lmi_value lmi_negate(lmi_render *r, lmi_value value, bool is_minus)
{
    if (value.kind == LMI_FLOAT)
        return lmi_float(is_minus ? -value.as.real : value.as.real);
    if (value.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, value);
    if (!lmi_is_integer(value))
        lmi_raise(r, "bad operand type for unary %c: '%s'", is_minus ? '-' : '+',
                  lmi_type_name(value));
    if (is_minus && lmi_as_int(value) == INT64_MIN)
        refuse_size(r);
    return lmi_int(is_minus ? -lmi_as_int(value) : lmi_as_int(value));
}

static bool is_nan(lmi_value value)
{
    return value.kind == LMI_FLOAT && isnan(value.as.real);
}

bool lmi_relate(lmi_render *r, lmi_str op, lmi_value a, lmi_value b)
{
    int order;

    if (lmi_str_is(op, "=="))
        return lmi_equals(r, a, b);
    if (lmi_str_is(op, "!="))
        return !lmi_equals(r, a, b);
    if (lmi_str_is(op, "in"))
        return lmi_contains(r, b, a);
    if (lmi_str_is(op, "not in"))
        return !lmi_contains(r, b, a);
    order = lmi_order(r, a, b,
                      lmi_str_is(op, "<")    ? "<"
                      : lmi_str_is(op, "<=") ? "<="
                      : lmi_str_is(op, ">")  ? ">"
                                             : ">=");
    if (is_nan(a) || is_nan(b))
        return false;
    return op.text[0] == '<' ? order < 0 || (op.len > 1 && order == 0)
                             : order > 0 || (op.len > 1 && order == 0);
}

/* number_methods.c - what Python's integers and floats have behind a dot. */
#include <math.h>
#include <stdio.h>

#include "jinja/run/methods.h"
#include "jinja/text/strings.h"

static uint64_t magnitude(lmi_value self)
{
    const int64_t i = lmi_as_int(self);

    return i < 0 ? -(uint64_t)i : (uint64_t)i;
}

static lmi_value conjugate(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "conjugate", "/", call, NULL);
    return self.kind == LMI_FLOAT ? self : lmi_int(lmi_as_int(self));
}

static lmi_value is_integer(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "is_integer", "/", call, NULL);
    return lmi_bool(self.kind != LMI_FLOAT ||
                    (isfinite(self.as.real) && floor(self.as.real) == self.as.real));
}

static lmi_value bit_length(lmi_render *r, lmi_value self, const lmi_call *call)
{
    uint64_t rest = magnitude(self);
    int64_t n = 0;

    lmi_bind(r, "bit_length", "/", call, NULL);
    for (; rest; rest >>= 1)
        n++;
    return lmi_int(n);
}

static lmi_value bit_count(lmi_render *r, lmi_value self, const lmi_call *call)
{
    uint64_t rest = magnitude(self);
    int64_t n = 0;

    lmi_bind(r, "bit_count", "/", call, NULL);
    for (; rest; rest &= rest - 1)
        n++;
    return lmi_int(n);
}

/* Thirteen digits behind the point, but for zero. */
static lmi_value hex(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const double x = self.as.real;
    lmi_writer w = lmi_writer_new(r);

    lmi_bind(r, "hex", "/", call, NULL);
    if (!isfinite(x))
        return lmi_text(lmi_to_str(r, self));
    if (x == 0)
        lmi_write_format(&w, "%s0x0.0p+0", signbit(x) ? "-" : "");
    else
        lmi_write_format(&w, "%.13a", x);
    return lmi_text(lmi_written(&w));
}

/* A float is a whole number of 53 bits times a power of two. */
static lmi_value ratio_of_float(lmi_render *r, double x)
{
    int exponent;
    int64_t above, below = 1;

    if (!isfinite(x))
        lmi_raise(r, "cannot convert %s to an integer ratio", isnan(x) ? "nan" : "infinity");
    above = (int64_t)ldexp(frexp(x, &exponent), 53);
    exponent -= 53;
    for (; above && above % 2 == 0 && exponent < 0; exponent++)
        above /= 2;
    if (above && (exponent < -62 || exponent > 10))
        lmi_raise(r, "integer beyond 64 bits is not supported");
    if (above && exponent > 0)
        above *= INT64_C(1) << exponent;
    else if (above)
        below = INT64_C(1) << -exponent;
    return lmi_pair(r, lmi_int(above), lmi_int(below));
}

static lmi_value as_integer_ratio(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "as_integer_ratio", "/", call, NULL);
    if (self.kind == LMI_FLOAT)
        return ratio_of_float(r, self.as.real);
    return lmi_pair(r, lmi_int(lmi_as_int(self)), lmi_int(1));
}

/* What is there without a call. */
static bool field(lmi_value *out, lmi_value self, lmi_str name)
{
    const bool is_float = self.kind == LMI_FLOAT;

    if (lmi_str_is(name, "real"))
        *out = is_float ? self : lmi_int(lmi_as_int(self));
    else if (lmi_str_is(name, "imag"))
        *out = is_float ? lmi_float(0) : lmi_int(0);
    else if (!is_float && lmi_str_is(name, "numerator"))
        *out = lmi_int(lmi_as_int(self));
    else if (!is_float && lmi_str_is(name, "denominator"))
        *out = lmi_int(1);
    else
        return false;
    return true;
}

bool lmi_number_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name)
{
    static const struct {
        const char *name;
        lmi_value (*call)(lmi_render *, lmi_value, const lmi_call *);
        bool is_of_int, is_of_float;
    } methods[] = {
        {"as_integer_ratio", as_integer_ratio, true, true},
        {"bit_count", bit_count, true, false},
        {"bit_length", bit_length, true, false},
        {"conjugate", conjugate, true, true},
        {"hex", hex, false, true},
        {"is_integer", is_integer, true, true},
    };
    const bool is_float = self.kind == LMI_FLOAT;
    size_t i;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (lmi_str_is(name, methods[i].name) &&
            (is_float ? methods[i].is_of_float : methods[i].is_of_int)) {
            *out = lmi_function_new(r, methods[i].name, methods[i].call, self);
            return true;
        }
    return field(out, self, name);
}

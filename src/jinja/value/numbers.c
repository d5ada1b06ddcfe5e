/*
 * numbers.c - numbers out of texts and floats into them, by Python's rules.
 *
 * Python first makes digits of all scripts ASCII ones, so reading starts with such a copy. The C
 * library is asked under the locale of lmi_unicode() only: a program that links this library may
 * have set one that writes 1,5.
 */
#include "jinja/value/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <yyjson.h>

#include "jinja/text/chars.h"

/* sys.get_int_max_str_digits() unless somebody changed it. */
enum { INT_DIGITS_MAX = 4300 };

/* Digits as ASCII, white space beyond ASCII as blanks, anything else there as '?'; without the
 * white space of C around it, which has no \x1c to \x1f. A NUL stands behind it. */
static lmi_str plain(lmi_render *r, lmi_str s)
{
    static const lmi_str blanks = {" \t\n\v\f\r", 6};
    char *text = lmi_make_text(r, s.len + 1);
    size_t len = 0;
    size_t at, n;

    lmi_work(r, s.len / 64 + 1);
    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);
        const int digit = lmi_char_digit(c);

        if (c < 0x80)
            text[len++] = (char)c;
        else
            text[len++] = (char)(digit >= 0 ? '0' + digit : lmi_is_space(c) ? ' ' : '?');
    }
    s = lmi_str_strip((lmi_str){text, len}, &blanks, 0);
    text[s.text - text + (long)s.len] = '\0';
    return s;
}

static lmi_str skip(lmi_str s, size_t n)
{
    return (lmi_str){s.text + n, s.len - n};
}

static bool take_sign(lmi_str *s)
{
    const bool is_negative = s->len && *s->text == '-';

    if (is_negative || (s->len && *s->text == '+'))
        *s = skip(*s, 1);
    return is_negative;
}

/* ---- int() ---------------------------------------------------------------------------- */

static int digit_of(char c, int64_t base)
{
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 10
                      : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                             : 99;

    return digit < base ? digit : -1;
}

static int64_t base_of(char letter)
{
    switch (letter) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
    case 'O':
        return 8;
    case 'b':
    case 'B':
        return 2;
    default:
        return 10;
    }
}

/* Take "0x" and an underscore behind it; base 0 becomes what the prefix says. */
static void take_prefix(lmi_str *s, int64_t *base)
{
    const int64_t said = s->len > 1 && *s->text == '0' ? base_of(s->text[1]) : 10;

    if (said != 10 && (*base == 0 || *base == said)) {
        *base = said;
        *s = skip(*s, s->len > 2 && s->text[2] == '_' ? 3 : 2);
    } else if (*base == 0) {
        *base = 10;
    }
}

/* Whether all of `s` is digits with single underscores between them; `value` is then set, and
 * `is_big` where 64 bits did not hold it. */
static bool read_digits(uint64_t *value, bool *is_big, lmi_str s, int64_t base)
{
    bool was_digit = false;
    size_t n_digits = 0;
    size_t i;

    *value = 0;
    *is_big = false;
    for (i = 0; i < s.len; i++) {
        const int digit = digit_of(s.text[i], base);

        if (digit < 0 && (s.text[i] != '_' || !was_digit))
            return false;
        was_digit = digit >= 0;
        n_digits += was_digit;
        if (was_digit && (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
                          __builtin_add_overflow(*value, (uint64_t)digit, value)))
            *is_big = true;
    }
    return was_digit && (n_digits <= INT_DIGITS_MAX || (base & (base - 1)) == 0);
}

bool lmi_str_to_int(lmi_render *r, int64_t *out, lmi_str s, int64_t base)
{
    const bool is_any = base == 0;
    lmi_str rest = plain(r, s);
    const bool is_negative = take_sign(&rest);
    uint64_t value;
    bool is_big;

    if (base < 0 || base == 1 || base > 36)
        return false;
    take_prefix(&rest, &base);
    if (!read_digits(&value, &is_big, rest, base))
        return false;
    if (is_any && base == 10 && *rest.text == '0' && (value || is_big))
        return false; /* 010 could be meant as octal */
    if (is_big || value > (uint64_t)INT64_MAX + is_negative)
        lmi_raise(r, "integer beyond 64 bits is not supported, found \"%.*s\"",
                  (int)(s.len < 60 ? s.len : 60), s.text);
    *out = is_negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

/* ---- float() -------------------------------------------------------------------------- */

/* Digits at the start, with single underscores between them, are moved to `to`. */
static size_t take_digits(char **to, lmi_str *s)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < s->len; i++) {
        const bool is_digit = digit_of(s->text[i], 10) >= 0;

        if (!is_digit && (s->text[i] != '_' || i == 0 || i + 1 == s->len ||
                          digit_of(s->text[i - 1], 10) < 0 || digit_of(s->text[i + 1], 10) < 0))
            break;
        if (is_digit) {
            *(*to)++ = s->text[i];
            n++;
        }
    }
    *s = skip(*s, i);
    return n;
}

/* "12.5e-3" without underscores, in place; false when it is none. */
static bool take_decimal(char *text, lmi_str s)
{
    char *to = text;
    size_t n = take_digits(&to, &s);

    if (s.len && *s.text == '.') {
        *to++ = '.';
        s = skip(s, 1);
        n += take_digits(&to, &s);
    }
    if (!n)
        return false;
    if (s.len && (*s.text == 'e' || *s.text == 'E')) {
        *to++ = 'e';
        s = skip(s, 1);
        if (s.len && (*s.text == '-' || *s.text == '+')) {
            *to++ = *s.text;
            s = skip(s, 1);
        }
        if (!take_digits(&to, &s))
            return false;
    }
    *to = '\0';
    return s.len == 0;
}

bool lmi_str_to_float(lmi_render *r, double *out, lmi_str s)
{
    lmi_str rest = plain(r, s);
    const bool is_negative = take_sign(&rest);
    double value;

    if (memchr(rest.text, '\0', rest.len))
        return false;
    if (strcasecmp(rest.text, "inf") == 0 || strcasecmp(rest.text, "infinity") == 0)
        value = __builtin_inf();
    else if (strcasecmp(rest.text, "nan") == 0)
        value = __builtin_nan("");
    else if (take_decimal((char *)rest.text, rest))
        value = strtod_l(rest.text, NULL, lmi_unicode(r));
    else
        return false;
    *out = is_negative ? -value : value;
    return true;
}

/* ---- repr() of a float ------------------------------------------------------------------ */

/* Python's float formats are C's, with a dot as point whatever the program's locale has. */
static size_t print_float(char *text, size_t size, lmi_render *r, const char *format, int precision,
                          double f)
{
    const locale_t before = uselocale(lmi_unicode(r));
    int n;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    n = snprintf(text, size, format, precision, f);
#pragma GCC diagnostic pop
    uselocale(before);
    return (size_t)n;
}

lmi_str lmi_print_float(lmi_render *r, const char *format, int precision, double f)
{
    size_t size;
    char *text;

    if (precision > LMI_PRECISION_MAX)
        lmi_raise(r, "expected a precision of at most %d, found %d", LMI_PRECISION_MAX, precision);
    size = print_float(NULL, 0, r, format, precision, f) + 1;
    lmi_work(r, size / 64 + 1);
    text = lmi_make_text(r, size);
    return (lmi_str){text, print_float(text, size, r, format, precision, f)};
}

/* The fewest digits that read back as `f`, without zeros at either end, and how many of them
 * (or of zeros, if negative) stand between the first and the point. */
typedef struct digits {
    char text[24];
    int n, point;
} digits;

static digits shortest(double f)
{
    digits d = {.n = 0};
    yyjson_val value = {0}; /* setting it looks at what it is */
    char text[64];
    const char *at = text;
    bool is_behind = false;

    yyjson_set_real(&value, f);
    yyjson_write_number(&value, text);
    for (; *at && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.')
            is_behind = true;
        else if (d.n || *at != '0')
            d.text[d.n++] = *at;
        d.point += *at == '.' ? 0 : is_behind ? -(d.n == 0) : d.n > 0;
    }
    if (*at)
        d.point += (int)strtol(at + 1, NULL, 10);
    while (d.n > 1 && d.text[d.n - 1] == '0')
        d.n--;
    return d;
}

static void write_zeros(lmi_writer *w, int n)
{
    while (n-- > 0)
        lmi_write_char(w, '0');
}

static void write_positional(lmi_writer *w, const digits *d)
{
    const int n_before = d->point < d->n ? d->point : d->n;

    if (d->point <= 0) {
        lmi_write_text(w, "0.");
        write_zeros(w, -d->point);
        lmi_write(w, d->text, (size_t)d->n);
        return;
    }
    lmi_write(w, d->text, (size_t)n_before);
    write_zeros(w, d->point - d->n);
    lmi_write_char(w, '.');
    if (d->n > n_before)
        lmi_write(w, d->text + n_before, (size_t)(d->n - n_before));
    else
        lmi_write_char(w, '0');
}

void lmi_write_float(lmi_writer *w, double f)
{
    digits d;

    if (__builtin_isnan(f)) {
        lmi_write_text(w, "nan");
        return;
    }
    if (__builtin_signbit(f))
        lmi_write_char(w, '-');
    f = __builtin_fabs(f);
    if (__builtin_isinf(f)) {
        lmi_write_text(w, "inf");
        return;
    }
    if (f == 0) {
        lmi_write_text(w, "0.0");
        return;
    }
    d = shortest(f);
    if (d.point > -4 && d.point <= 16) {
        write_positional(w, &d);
        return;
    }
    lmi_write(w, d.text, 1);
    if (d.n > 1)
        lmi_write_char(w, '.');
    lmi_write(w, d.text + 1, (size_t)(d.n - 1));
    lmi_write_format(w, "e%c%02d", d.point > 0 ? '+' : '-', abs(d.point - 1));
}

/*
 * format.c - format(value, spec): [[fill]align][sign][#][0][width][,][.precision][type].
 *
 * A number is a head (sign, "0x"), digits, and a tail (what stands behind the digits). Zeros that
 * fill up to the width are digits: separators go between them too.
 */
#include "jinja/text/format.h"

#include "jinja/value/numbers.h"

typedef struct spec {
    lmi_str fill;
    char align; /* '\0': as the type has it */
    char sign;
    bool is_alternate;
    int64_t width; /* -1: none */
    char separator;
    int precision; /* -1: none */
    char type;     /* '\0': none */
} spec;

/* ---- Reading a spec --------------------------------------------------------------------- */

static bool is_align(char c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

static bool take(lmi_str *s, const char *chars, char *out)
{
    if (!s->len || !*s->text || !strchr(chars, *s->text))
        return false;
    *out = *s->text;
    *s = (lmi_str){s->text + 1, s->len - 1};
    return true;
}

static int64_t take_number(lmi_render *r, lmi_str *s)
{
    int64_t n = -1;
    char c;

    while (take(s, "0123456789", &c)) {
        n = (n < 0 ? 0 : n) * 10 + (c - '0');
        if (n > INT32_MAX)
            lmi_raise(r, "too many digits in a format");
    }
    return n;
}

static void take_fill(lmi_str *s, spec *sp)
{
    size_t n = 0;

    if (s->len)
        lmi_char_at(&n, s->text);
    if (n && n < s->len && is_align(s->text[n])) {
        sp->fill = (lmi_str){s->text, n};
        *s = (lmi_str){s->text + n, s->len - n};
    }
    take(s, "<>=^", &sp->align);
}

static spec read_spec(lmi_render *r, lmi_str s, bool is_number)
{
    const lmi_str whole = s;
    spec sp = {.width = -1, .precision = -1};
    char c;

    take_fill(&s, &sp);
    take(&s, "+- ", &sp.sign);
    sp.is_alternate = take(&s, "#", &c);
    if (!sp.fill.len && take(&s, "0", &c)) {
        sp.fill = LMI_STR("0");
        if (!sp.align && is_number)
            sp.align = '=';
    }
    sp.width = take_number(r, &s);
    take(&s, ",_", &sp.separator);
    if (take(&s, ".", &c)) {
        sp.precision = (int)take_number(r, &s);
        if (sp.precision < 0)
            lmi_raise(r, "the format lacks a precision behind its dot");
    }
    if (s.len > 1)
        lmi_raise(r, "expected a format such as \">8.2f\", found \"%.*s\"", (int)whole.len,
                  whole.text);
    if (s.len)
        sp.type = *s.text;
    if (!sp.fill.len)
        sp.fill = LMI_STR(" ");
    return sp;
}

static char or_usual(char asked, char usual)
{
    if (asked)
        return asked;
    return usual;
}

/* ---- Parts ------------------------------------------------------------------------------ */

void lmi_write_aligned(lmi_writer *w, lmi_str head, lmi_str body, int64_t width, lmi_str fill,
                       char align)
{
    const int64_t n = width - (int64_t)(lmi_str_length(head) + lmi_str_length(body));
    const int64_t gap = n > 0 ? n : 0;
    const int64_t left = align == '>' ? gap : align == '^' ? gap / 2 : 0;

    lmi_write_fill(w, fill, left);
    lmi_write_str(w, head);
    lmi_write_fill(w, fill, align == '=' ? gap : 0);
    lmi_write_str(w, body);
    lmi_write_fill(w, fill, align == '=' ? 0 : gap - left);
}

lmi_str lmi_int_text(lmi_render *r, uint64_t magnitude, char type)
{
    const char *const digits = type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    const unsigned base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'd' ? 10 : 16;
    char *const end = lmi_make_text(r, 64) + 64;
    char *at = end;

    do {
        *--at = digits[magnitude % base];
        magnitude /= base;
    } while (magnitude);
    return (lmi_str){at, (size_t)(end - at)};
}

static lmi_str upper_case(lmi_render *r, lmi_str s, char type)
{
    return type >= 'A' && type <= 'Z' ? lmi_str_upper(r, s) : s;
}

lmi_str lmi_float_text(lmi_render *r, double f, char type, int precision, bool is_alternate)
{
    static const char *const formats[2][3] = {{"%.*e", "%.*f", "%.*g"},
                                              {"%#.*e", "%#.*f", "%#.*g"}};
    const int which = type == 'e' || type == 'E' ? 0 : type == 'f' || type == 'F' ? 1 : 2;

    return upper_case(
        r, lmi_print_float(r, formats[is_alternate][which], precision, __builtin_fabs(f)), type);
}

int64_t lmi_truncated(lmi_render *r, double f)
{
    if (!(f >= -0x1p63 && f < 0x1p63))
        lmi_raise(r, "expected a number that fits into an integer of 64 bits, found %g", f);
    return (int64_t)f;
}

static char sign_of(bool is_negative, char asked)
{
    if (is_negative)
        return '-';
    if (asked == '-')
        return '\0';
    return asked;
}

/* ---- Texts ------------------------------------------------------------------------------ */

static lmi_str format_str(lmi_render *r, lmi_str s, const spec *sp)
{
    lmi_writer w = lmi_writer_new(r);

    if (sp->type && sp->type != 's')
        lmi_raise(r, "unknown format code '%c' for a text", sp->type);
    if (sp->sign || sp->is_alternate || sp->separator || sp->align == '=')
        lmi_raise(r, "the format of a text has no sign, '#', separator or '='");
    if (sp->precision >= 0)
        s.len = lmi_str_offset(s, (size_t)sp->precision);
    lmi_work(r, s.len / 64 + 1);
    lmi_write_aligned(&w, LMI_STR(""), s, sp->width, sp->fill, or_usual(sp->align, '<'));
    return lmi_written(&w);
}

/* ---- Numbers ---------------------------------------------------------------------------- */

/* Digits with a separator between groups, and zeros before them up to `width` characters. From
 * the right, as the groups are counted; the last group may be shorter. */
static lmi_str grouped(lmi_render *r, lmi_str digits, char separator, int group, int64_t width)
{
    const size_t room = 2 * (digits.len + (size_t)(width > 0 ? width : 0)) + 8;
    char *const end = lmi_make_text(r, room) + room;
    char *at = end;
    int64_t left = (int64_t)digits.len;

    for (;;) {
        int64_t n = left > width ? left : width;

        n = n < 1 ? 1 : n > group ? group : n;
        width -= n;
        for (; n > 0; n--)
            *--at = *(left > 0 ? digits.text + --left : "0");
        if (left <= 0 && width <= 0)
            break;
        *--at = separator;
        width--;
    }
    return (lmi_str){at, (size_t)(end - at)};
}

static lmi_str number(lmi_render *r, const spec *sp, lmi_str head, lmi_str digits, lmi_str tail)
{
    const bool has_zeros = lmi_str_is(sp->fill, "0") && sp->align == '=';
    const int group =
        sp->type == 'b' || sp->type == 'o' || sp->type == 'x' || sp->type == 'X' ? 4 : 3;
    const int64_t width = has_zeros ? sp->width - (int64_t)(head.len + tail.len) : 0;
    lmi_writer w = lmi_writer_new(r);
    lmi_str body;

    if (sp->separator && digits.len) {
        lmi_work(r, (size_t)(width > 0 ? width : 0) / 64 + 1);
        digits = grouped(r, digits, sp->separator, group, width);
    }
    body = lmi_str_concat(r, digits, tail);
    lmi_write_aligned(&w, head, body, sp->width, sp->fill, or_usual(sp->align, '>'));
    return lmi_written(&w);
}

/* The sign and, where asked for, "0x". */
static lmi_str int_head(lmi_render *r, bool is_negative, const spec *sp)
{
    const char sign = sign_of(is_negative, sp->sign);
    lmi_writer w = lmi_writer_new(r);

    if (sign)
        lmi_write_char(&w, (uint32_t)sign);
    if (sp->is_alternate && sp->type && sp->type != 'd')
        lmi_write_format(&w, "0%c", sp->type);
    return lmi_written(&w);
}

static lmi_str format_char(lmi_render *r, int64_t c, const spec *sp)
{
    lmi_writer w = lmi_writer_new(r);
    lmi_str text;

    if (sp->sign || sp->is_alternate || sp->separator)
        lmi_raise(r, "the format 'c' has no sign, '#' or separator");
    if (c < 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        lmi_raise(r, "the format 'c' expects a character's number, found %lld", (long long)c);
    lmi_write_char(&w, (uint32_t)c);
    text = lmi_written(&w);
    w = lmi_writer_new(r);
    lmi_write_aligned(&w, LMI_STR(""), text, sp->width, sp->fill, or_usual(sp->align, '>'));
    return lmi_written(&w);
}

static lmi_str format_int(lmi_render *r, int64_t i, const spec *sp)
{
    const uint64_t magnitude = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;

    if (sp->precision >= 0)
        lmi_raise(r, "the format of an integer has no precision");
    if (sp->type == 'c')
        return format_char(r, i, sp);
    if (sp->type && !strchr("bdoxX", sp->type))
        lmi_raise(r, "unknown format code '%c' for an integer", sp->type);
    if (sp->separator == ',' && sp->type && sp->type != 'd')
        lmi_raise(r, "the format '%c' has no ',' as separator", sp->type);
    return number(r, sp, int_head(r, i < 0, sp),
                  lmi_int_text(r, magnitude, or_usual(sp->type, 'd')), LMI_STR(""));
}

/* "1.50e+05" to "1.5e+05" */
static lmi_str without_zeros(lmi_render *r, lmi_str s)
{
    const char *const e = memchr(s.text, 'e', s.len);
    const char *end = e;
    lmi_writer w = lmi_writer_new(r);

    if (memchr(s.text, '.', (size_t)(e - s.text)))
        while (end[-1] == '0' || end[-1] == '.')
            if (*--end == '.')
                break;
    lmi_write(&w, s.text, (size_t)(end - s.text));
    lmi_write(&w, e, s.len - (size_t)(e - s.text));
    return lmi_written(&w);
}

/* "1e+16" to "1.e+16" */
static lmi_str with_point(lmi_render *r, lmi_str s)
{
    const char *const e = memchr(s.text, 'e', s.len);
    lmi_writer w = lmi_writer_new(r);

    if (!e || memchr(s.text, '.', s.len))
        return s;
    lmi_write(&w, s.text, (size_t)(e - s.text));
    lmi_write_char(&w, '.');
    lmi_write(&w, e, s.len - (size_t)(e - s.text));
    return lmi_written(&w);
}

/* A precision without a type: as 'g', but always with a point or an exponent, so that it shows
 * that this is no integer. */
static lmi_str general(lmi_render *r, double f, int precision, bool is_alternate)
{
    const lmi_str plain = lmi_float_text(r, f, 'g', precision, is_alternate);
    const size_t n_digits = precision ? (size_t)precision : 1;
    const char *point = memchr(plain.text, '.', plain.len);
    const size_t n_before = point ? (size_t)(point - plain.text) : plain.len;
    lmi_str scientific;

    if (!__builtin_isfinite(f) || memchr(plain.text, 'e', plain.len))
        return plain;
    if (n_before < n_digits || (f != 0 && *plain.text == '0'))
        return point ? plain : lmi_str_concat(r, plain, LMI_STR(".0"));
    scientific = lmi_float_text(r, f, 'e', (int)n_digits - 1, is_alternate);
    return is_alternate ? scientific : without_zeros(r, scientific);
}

static lmi_str magnitude_text(lmi_render *r, double f, const spec *sp)
{
    lmi_writer w = lmi_writer_new(r);

    if (sp->type == '%') {
        lmi_write_str(&w, lmi_float_text(r, f * 100, 'f', sp->precision < 0 ? 6 : sp->precision,
                                         sp->is_alternate));
        lmi_write_char(&w, '%');
        return lmi_written(&w);
    }
    if (sp->type)
        return lmi_float_text(r, f, sp->type, sp->precision < 0 ? 6 : sp->precision,
                              sp->is_alternate);
    if (sp->precision >= 0)
        return general(r, f, sp->precision, sp->is_alternate);
    lmi_write_float(&w, __builtin_fabs(f));
    return sp->is_alternate ? with_point(r, lmi_written(&w)) : lmi_written(&w);
}

static lmi_str format_float(lmi_render *r, double f, const spec *sp)
{
    const char sign = sign_of(__builtin_signbit(f) && !__builtin_isnan(f), sp->sign);
    lmi_str text;
    size_t n = 0;

    if (sp->type && !strchr("eEfFgG%", sp->type))
        lmi_raise(r, "unknown format code '%c' for a float", sp->type);
    text = magnitude_text(r, f, sp);
    while (n < text.len && text.text[n] >= '0' && text.text[n] <= '9')
        n++;
    return number(r, sp, (lmi_str){&sign, sign != '\0'}, (lmi_str){text.text, n},
                  (lmi_str){text.text + n, text.len - n});
}

/* ---- Any value -------------------------------------------------------------------------- */

lmi_str lmi_format(lmi_render *r, lmi_value value, lmi_str text)
{
    spec sp;

    if (!text.len)
        return lmi_to_str(r, value);
    if (value.kind != LMI_STR && !lmi_is_number(value))
        lmi_raise(r, "a value of type %s takes no format, found \"%.*s\"", lmi_type_name(value),
                  (int)text.len, text.text);
    sp = read_spec(r, text, value.kind != LMI_STR);
    if (value.kind == LMI_STR)
        return format_str(r, value.as.str, &sp);
    if (value.kind == LMI_FLOAT)
        return format_float(r, value.as.real, &sp);
    if (sp.type && strchr("eEfFgG%", sp.type))
        return format_float(r, lmi_as_double(value), &sp);
    return format_int(r, value.kind == LMI_BOOL ? value.as.boolean : value.as.integer, &sp);
}

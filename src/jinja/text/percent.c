/*
 * percent.c - `format % args`: %[(key)][flags][width][.precision]type.
 *
 * A tuple gives its items one by one, anything else is the one item, and what can be indexed may
 * also be left unused.
 */
#include "jinja/text/chars.h"
#include "jinja/text/format.h"
#include "jinja/value/print.h"

typedef struct percent {
    lmi_render *r;
    lmi_writer w;
    lmi_str rest; /* of the format */
    lmi_value args;
    size_t n_args, used;
    bool is_keyed; /* what is given came by its key */
    lmi_value item;
} percent;

typedef struct field {
    bool is_left, has_sign, has_blank, is_alternate, has_zeros;
    int64_t width, precision; /* -1: none */
    char type;
} field;

static bool is_tuple(lmi_value value)
{
    return value.kind == LMI_LIST && value.as.list->flavour == LMI_TUPLE;
}

/* What Python can index, but for tuples and texts. */
static bool is_mapping(lmi_value value)
{
    return value.kind == LMI_DICT || value.kind == LMI_UNDEFINED ||
           (value.kind == LMI_LIST && value.as.list->flavour <= LMI_RANGE && !is_tuple(value));
}

static char next_char(percent *p)
{
    char c;

    if (!p->rest.len)
        lmi_raise(p->r, "expected a letter behind %%, found the end of the format");
    c = *p->rest.text;
    p->rest = (lmi_str){p->rest.text + 1, p->rest.len - 1};
    return c;
}

static bool take(percent *p, char c)
{
    if (!p->rest.len || *p->rest.text != c)
        return false;
    next_char(p);
    return true;
}

static lmi_value next_item(percent *p)
{
    if (p->is_keyed)
        return p->item;
    if (p->used >= p->n_args)
        lmi_raise(p->r, "not enough arguments for the format");
    return is_tuple(p->args) ? p->args.as.list->items[p->used++] : (p->used++, p->args);
}

/* ---- Reading a field ---------------------------------------------------------------------- */

/* "(key)": parentheses inside it come in pairs. */
static void take_key(percent *p)
{
    const char *const start = p->rest.text;
    const lmi_value *found;
    int depth = 1;
    lmi_str key;

    if (p->args.kind != LMI_DICT)
        lmi_raise(p->r, "the format requires a mapping, found %s", lmi_type_name(p->args));
    while (depth) {
        const char c = next_char(p);

        depth += (c == '(') - (c == ')');
    }
    key = (lmi_str){start, (size_t)(p->rest.text - start) - 1};
    found = lmi_dict_find_str(p->r, p->args.as.dict, key);
    if (!found)
        lmi_raise(p->r, "the format asks for \"%.*s\", which the mapping does not have",
                  (int)(key.len < 60 ? key.len : 60), key.text);
    p->item = *found;
    p->is_keyed = true;
}

static void take_flags(percent *p, field *f)
{
    for (;;)
        if (take(p, '-'))
            f->is_left = true;
        else if (take(p, '+'))
            f->has_sign = true;
        else if (take(p, ' '))
            f->has_blank = true;
        else if (take(p, '#'))
            f->is_alternate = true;
        else if (take(p, '0'))
            f->has_zeros = true;
        else
            return;
}

/* A number, or '*' for the next argument; -1 without one. */
static int64_t take_number(percent *p)
{
    int64_t n = -1;

    if (take(p, '*')) {
        const lmi_value item = next_item(p);

        if (item.kind != LMI_INT && item.kind != LMI_BOOL)
            lmi_raise(p->r, "* wants an integer, found %s", lmi_type_name(item));
        n = lmi_arg_int(p->r, "%", item, 0);
        if (n > INT32_MAX || n < -INT32_MAX)
            lmi_raise(p->r, "%lld is too big for a format", (long long)n);
        return n;
    }
    while (p->rest.len && *p->rest.text >= '0' && *p->rest.text <= '9') {
        n = (n < 0 ? 0 : n) * 10 + (next_char(p) - '0');
        if (n > INT32_MAX)
            lmi_raise(p->r, "too many digits in a format");
    }
    return n;
}

static field take_field(percent *p)
{
    field f = {.precision = -1};

    if (take(p, '('))
        take_key(p);
    take_flags(p, &f);
    f.width = take_number(p);
    if (f.width < -1 || (f.width < 0 && p->rest.text[-1] == '*')) {
        f.is_left = true;
        f.width = -f.width;
    }
    if (take(p, '.')) {
        f.precision = take_number(p);
        if (f.precision < 0)
            f.precision = 0;
    }
    if (p->rest.len && strchr("hlL", *p->rest.text) && *p->rest.text)
        next_char(p);
    f.type = next_char(p);
    return f;
}

/* ---- Writing it ---------------------------------------------------------------------------- */

static void write_text(percent *p, const field *f, lmi_str s)
{
    if (f->precision >= 0)
        s.len = lmi_str_offset(s, (size_t)f->precision);
    lmi_work(p->r, s.len / 64 + 1);
    lmi_write_aligned(&p->w, LMI_STR(""), s, f->width, LMI_STR(" "), f->is_left ? '<' : '>');
}

static void write_number(percent *p, const field *f, bool is_negative, const char *prefix,
                         lmi_str body)
{
    const char *const sign = is_negative ? "-" : f->has_sign ? "+" : f->has_blank ? " " : "";
    const bool has_zeros = f->has_zeros && !f->is_left;
    lmi_writer head = lmi_writer_new(p->r);

    lmi_write_text(&head, sign);
    lmi_write_text(&head, prefix);
    lmi_write_aligned(&p->w, lmi_written(&head), body, f->width,
                      has_zeros ? LMI_STR("0") : LMI_STR(" "),
                      *(f->is_left  ? "<"
                        : has_zeros ? "="
                                    : ">"));
}

static int64_t int_of(percent *p, char type, lmi_value value)
{
    if (value.kind == LMI_FLOAT && strchr("diu", type))
        return lmi_truncated(p->r, value.as.real);
    if (value.kind != LMI_INT && value.kind != LMI_BOOL)
        lmi_raise(p->r, "%%%c expects a number, found %s", type, lmi_type_name(value));
    return lmi_arg_int(p->r, "%", value, 0);
}

static void write_int(percent *p, const field *f, lmi_value value)
{
    const int64_t i = int_of(p, f->type, value);
    const uint64_t magnitude = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    const char type = strchr("diu", f->type) ? 'd' : f->type;
    const char prefix[3] = {f->is_alternate && type != 'd' ? '0' : '\0', type, '\0'};
    const lmi_str digits = lmi_int_text(p->r, magnitude, type);
    lmi_writer body = lmi_writer_new(p->r);

    lmi_write_fill(&body, LMI_STR("0"), f->precision - (int64_t)digits.len);
    lmi_write_str(&body, digits);
    write_number(p, f, i < 0, prefix, lmi_written(&body));
}

static void write_float(percent *p, const field *f, lmi_value value)
{
    const double d = lmi_is_number(value) ? lmi_as_double(value) : 0;

    if (!lmi_is_number(value))
        lmi_raise(p->r, "%%%c expects a number, found %s", f->type, lmi_type_name(value));
    write_number(p, f, __builtin_signbit(d) && !__builtin_isnan(d), "",
                 lmi_float_text(p->r, d, f->type, f->precision < 0 ? 6 : (int)f->precision,
                                f->is_alternate));
}

static void write_char(percent *p, const field *f, lmi_value value)
{
    lmi_writer w = lmi_writer_new(p->r);
    field only_width = *f;
    int64_t c;

    only_width.precision = -1;
    if (value.kind == LMI_STR && lmi_str_length(value.as.str) == 1) {
        write_text(p, &only_width, value.as.str);
        return;
    }
    if (value.kind != LMI_INT && value.kind != LMI_BOOL)
        lmi_raise(p->r, "%%c expects a character, found %s", lmi_type_name(value));
    c = lmi_arg_int(p->r, "%", value, 0);
    if (c < 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        lmi_raise(p->r, "%%c expects a character's number, found %lld", (long long)c);
    lmi_write_char(&w, (uint32_t)c);
    write_text(p, &only_width, lmi_written(&w));
}

static void write_field(percent *p)
{
    const field f = take_field(p);
    const lmi_value value = next_item(p);

    if (f.type == 's')
        write_text(p, &f, lmi_to_str(p->r, value));
    else if (f.type == 'r')
        write_text(p, &f, lmi_to_repr(p->r, value));
    else if (f.type == 'a')
        write_text(p, &f, lmi_to_ascii(p->r, value));
    else if (f.type == 'c')
        write_char(p, &f, value);
    else if (f.type && strchr("diuoxX", f.type))
        write_int(p, &f, value);
    else if (f.type && strchr("eEfFgG", f.type))
        write_float(p, &f, value);
    else
        lmi_raise(p->r, "expected one of the letters diouxXeEfFgGcrsa behind %%");
}

lmi_value lmi_str_percent(lmi_render *r, lmi_value format, lmi_value args)
{
    percent p = {.r = r, .w = lmi_writer_new(r), .rest = format.as.str, .args = args};

    if (format.is_markup)
        lmi_raise(r, "%% is not supported on a safe text");
    p.n_args = is_tuple(args) ? args.as.list->n : 1;
    lmi_work(r, p.rest.len / 64 + 1);
    while (p.rest.len) {
        const char *const sign = memchr(p.rest.text, '%', p.rest.len);
        const size_t n = sign ? (size_t)(sign - p.rest.text) : p.rest.len;

        lmi_write(&p.w, p.rest.text, n);
        p.rest = (lmi_str){p.rest.text + n, p.rest.len - n};
        if (take(&p, '%')) {
            if (take(&p, '%'))
                lmi_write_char(&p.w, '%');
            else
                write_field(&p);
        }
        p.is_keyed = false;
    }
    if (p.used < p.n_args && !is_mapping(args))
        lmi_raise(r, "not all arguments were used by the format");
    return lmi_text(lmi_written(&p.w));
}

/*
 * str_format.c - str.format(), as the sandbox has it: "{0} {name} {a.b} {a[0]!r:>8}".
 *
 * A field names a value, then how it becomes a text; dots and brackets in a name lead where they
 * lead in a template. The spec behind the colon may have fields of its own, one level deep.
 */
#include "jinja/run/evaluate.h"
#include "jinja/text/format.h"
#include "jinja/text/str_methods.h"
#include "jinja/value/print.h"

typedef struct fields {
    lmi_render *r;
    const lmi_call *call;
    const lmi_dict *mapping; /* of format_map(), else NULL */
    size_t next;             /* what {} stands for */
    bool has_automatic, has_manual;
} fields;

/* The parts of "{name!conversion:spec}". */
typedef struct field {
    lmi_str name, spec;
    char conversion; /* '\0': none */
} field;

static lmi_str expand(fields *f, lmi_str s, int depth);

static lmi_str skip(lmi_str s, size_t n)
{
    return (lmi_str){s.text + n, s.len - n};
}

/* ---- Taking a field apart ------------------------------------------------------------------ */

/* Bytes of the name: up to one of "!:}", which in brackets are characters like others. */
static size_t name_len(lmi_render *r, lmi_str s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        if (s.text[i] == '[') {
            const char *end = memchr(s.text + i, ']', s.len - i);

            i = end ? (size_t)(end - s.text) : s.len - 1;
        } else if (s.text[i] == '{') {
            lmi_raise(r, "unexpected '{' in the name of a field");
        } else if (s.text[i] == '!' || s.text[i] == ':' || s.text[i] == '}') {
            return i;
        }
    }
    lmi_raise(r, "expected '}' before the end of the format");
}

/* Bytes of the spec: up to the bracket that closes the field. */
static size_t spec_len(lmi_render *r, lmi_str s)
{
    int depth = 1;
    size_t i;

    for (i = 0; i < s.len; i++) {
        depth += (s.text[i] == '{') - (s.text[i] == '}');
        if (!depth)
            return i;
    }
    lmi_raise(r, "expected '}' before the end of the format");
}

/* `s` stands behind the '{', and then behind the '}'. */
static field take_field(lmi_render *r, lmi_str *s)
{
    field f = {.name = *s};

    f.name.len = name_len(r, *s);
    *s = skip(*s, f.name.len);
    if (*s->text == '!') {
        if (s->len < 3 || (s->text[2] != ':' && s->text[2] != '}'))
            lmi_raise(r, "expected one letter and then ':' or '}' behind '!'");
        f.conversion = s->text[1];
        *s = skip(*s, 2);
    }
    if (*s->text == ':') {
        *s = skip(*s, 1);
        f.spec = (lmi_str){s->text, spec_len(r, *s)};
        *s = skip(*s, f.spec.len);
    }
    *s = skip(*s, 1);
    return f;
}

/* ---- Finding its value ---------------------------------------------------------------------- */

/* Whether `s` is a number; then which. */
static bool is_index(lmi_str s, size_t *out)
{
    size_t i;

    *out = 0;
    for (i = 0; i < s.len; i++) {
        if (s.text[i] < '0' || s.text[i] > '9' || i > 9)
            return false;
        *out = *out * 10 + (size_t)(s.text[i] - '0');
    }
    return s.len > 0;
}

static lmi_value by_position(fields *f, size_t i)
{
    if (f->mapping || i >= f->call->n)
        lmi_raise(f->r, "the format asks for argument %zu, which was not given", i);
    return f->call->items[i];
}

static lmi_value by_name(fields *f, lmi_str name)
{
    size_t i;

    if (f->mapping) {
        const lmi_value *found = lmi_dict_find_str(f->r, f->mapping, name);

        if (found)
            return *found;
    }
    for (i = 0; !f->mapping && i < f->call->n_named; i++)
        if (lmi_str_equals(f->call->names[i], name))
            return f->call->named[i];
    lmi_raise(f->r, "the format asks for \"%.*s\", which was not given",
              (int)(name.len < 60 ? name.len : 60), name.text);
}

static lmi_value first_value(fields *f, lmi_str name, bool is_whole)
{
    size_t i;

    if (!name.len && is_whole) {
        f->has_automatic = true;
        i = f->next++;
    } else if (!is_index(name, &i)) {
        return by_name(f, name);
    } else if (is_whole) {
        f->has_manual = true;
    }
    if (f->has_automatic && f->has_manual)
        lmi_raise(f->r, "a format has either numbered fields or {}, not both");
    return by_position(f, i);
}

static size_t find_any(lmi_str s, const char *chars)
{
    size_t i = 0;

    while (i < s.len && (!s.text[i] || !strchr(chars, s.text[i])))
        i++;
    return i;
}

/* whole[name]; what is all digits is a number. */
static lmi_value item(fields *f, lmi_value whole, lmi_str name)
{
    size_t i;

    return lmi_item(f->r, whole, is_index(name, &i) ? lmi_int((int64_t)i) : lmi_text(name));
}

static lmi_value value_of(fields *f, lmi_str path)
{
    size_t n = find_any(path, ".[");
    lmi_value value = first_value(f, (lmi_str){path.text, n}, n == path.len);

    for (path = skip(path, n); path.len; path = skip(path, n)) {
        const bool is_attribute = *path.text == '.';

        if (!is_attribute && *path.text != '[')
            lmi_raise(f->r, "expected '.' or '[' behind ']' in the name of a field");
        path = skip(path, 1);
        n = find_any(path, is_attribute ? ".[" : "]");
        if (!n || (!is_attribute && n == path.len))
            lmi_raise(f->r, "expected a name and its ']' in the name of a field");
        value = is_attribute ? lmi_attribute(f->r, value, (lmi_str){path.text, n})
                             : item(f, value, (lmi_str){path.text, n});
        n += !is_attribute;
    }
    return value;
}

/* ---- Making the text ---------------------------------------------------------------------- */

static lmi_value converted(fields *f, lmi_value value, char conversion)
{
    switch (conversion) {
    case '\0':
        return value;
    case 's':
        return lmi_text(lmi_to_str(f->r, value));
    case 'r':
        return lmi_text(lmi_to_repr(f->r, value));
    case 'a':
        return lmi_text(lmi_to_ascii(f->r, value));
    default:
        lmi_raise(f->r, "expected the conversion s, r or a, found '%c'", conversion);
    }
}

static lmi_str field_text(fields *f, const field *fd, int depth)
{
    const lmi_value value = value_of(f, fd->name);

    return lmi_format(f->r, converted(f, value, fd->conversion), expand(f, fd->spec, depth + 1));
}

static lmi_str expand(fields *f, lmi_str s, int depth)
{
    lmi_writer w = lmi_writer_new(f->r);

    if (depth > 2)
        lmi_raise(f->r, "the fields of a format are nested too deeply");
    lmi_work(f->r, s.len / 64 + 1);
    while (s.len) {
        const size_t n = find_any(s, "{}");
        field fd;

        lmi_write(&w, s.text, n);
        s = skip(s, n);
        if (!s.len)
            break;
        if (s.len > 1 && s.text[1] == *s.text) { /* "{{" is "{" */
            lmi_write(&w, s.text, 1);
            s = skip(s, 2);
            continue;
        }
        if (s.len == 1 || *s.text == '}')
            lmi_raise(f->r, "a single '%c' in the format", *s.text);
        s = skip(s, 1);
        fd = take_field(f->r, &s);
        lmi_write_str(&w, field_text(f, &fd, depth));
    }
    return lmi_written(&w);
}

static lmi_value format(lmi_render *r, lmi_value self, fields *f)
{
    if (self.is_markup)
        lmi_raise(r, "format() is not supported on a safe text");
    return lmi_text(expand(f, self.as.str, 0));
}

lmi_value lmi_str_format(lmi_render *r, lmi_value self, const lmi_call *call)
{
    fields f = {.r = r, .call = call};

    return format(r, self, &f);
}

lmi_value lmi_str_format_map(lmi_render *r, lmi_value self, const lmi_call *call)
{
    fields f = {.r = r};
    lmi_value mapping;

    lmi_bind(r, "format_map", "/ mapping", call, &mapping);
    if (mapping.kind != LMI_DICT)
        lmi_raise(r, "format_map() expects a dict, found %s", lmi_type_name(mapping));
    f.mapping = mapping.as.dict;
    return format(r, self, &f);
}

/*
 * str_methods.c - the methods of Python's str, by their names.
 *
 * Here is the table and what takes one text and no search: case, classes, strip, padding.
 */
#include "jinja/text/str_methods.h"

#include "jinja/text/case.h"
#include "jinja/text/chars.h"

lmi_value lmi_like(lmi_value self, lmi_str s)
{
    lmi_value value = lmi_text(s);

    value.is_markup = self.is_markup;
    return value;
}

/* ---- Case --------------------------------------------------------------------------- */

typedef lmi_str (*change)(lmi_render *r, lmi_str s);

static lmi_value changed(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                         change to)
{
    lmi_bind(r, name, "", call, NULL);
    lmi_work(r, self.as.str.len / 64 + 1);
    return lmi_like(self, to(r, self.as.str));
}

static lmi_value upper(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return changed(r, "upper", self, call, lmi_str_upper);
}

static lmi_value lower(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return changed(r, "lower", self, call, lmi_str_lower);
}

static lmi_value capitalize(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return changed(r, "capitalize", self, call, lmi_str_capitalize);
}

static lmi_value title(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return changed(r, "title", self, call, lmi_str_title);
}

static lmi_value swapcase(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return changed(r, "swapcase", self, call, lmi_str_swapcase);
}

static lmi_value casefold(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return changed(r, "casefold", self, call, lmi_str_casefold);
}

/* ---- Classes ------------------------------------------------------------------------ */

static bool is_alnum(lmi_render *r, uint32_t c)
{
    return lmi_char_is_alpha(r, c) || lmi_char_is_numeric(c);
}

static bool is_decimal(lmi_render *r, uint32_t c)
{
    (void)r;
    return lmi_char_digit(c) >= 0;
}

static bool is_digit(lmi_render *r, uint32_t c)
{
    (void)r;
    return lmi_char_is_digit(c);
}

static bool is_numeric(lmi_render *r, uint32_t c)
{
    (void)r;
    return lmi_char_is_numeric(c);
}

static bool is_space(lmi_render *r, uint32_t c)
{
    (void)r;
    return lmi_is_space(c);
}

static bool is_ascii(lmi_render *r, uint32_t c)
{
    (void)r;
    return c < 0x80;
}

static bool is_identifier(lmi_render *r, uint32_t c)
{
    if (c >= 0x80)
        lmi_raise(r, "str.isidentifier() of a text beyond ASCII is not supported");
    return c == '_' || is_alnum(r, c);
}

static bool are_all(lmi_render *r, lmi_str s, bool (*is)(lmi_render *, uint32_t))
{
    size_t at, n;

    lmi_work(r, s.len / 64 + 1);
    for (at = 0; at < s.len; at += n)
        if (!is(r, lmi_char_at(&n, s.text + at)))
            return false;
    return true;
}

/* True of a text that has characters, all of the class. */
static lmi_value classed(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                         bool (*is)(lmi_render *, uint32_t))
{
    lmi_bind(r, name, "", call, NULL);
    return lmi_bool(self.as.str.len && are_all(r, self.as.str, is));
}

static lmi_value isalpha_(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return classed(r, "isalpha", self, call, lmi_char_is_alpha);
}

static lmi_value isalnum_(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return classed(r, "isalnum", self, call, is_alnum);
}

static lmi_value isdecimal(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return classed(r, "isdecimal", self, call, is_decimal);
}

static lmi_value isdigit_(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return classed(r, "isdigit", self, call, is_digit);
}

static lmi_value isnumeric(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return classed(r, "isnumeric", self, call, is_numeric);
}

static lmi_value isspace_(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return classed(r, "isspace", self, call, is_space);
}

static lmi_value isidentifier(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_value answer = classed(r, "isidentifier", self, call, is_identifier);

    return lmi_bool(answer.as.boolean && lmi_char_digit((unsigned char)*self.as.str.text) < 0);
}

static lmi_value isascii_(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "isascii", "", call, NULL);
    return lmi_bool(are_all(r, self.as.str, is_ascii));
}

static lmi_value isprintable(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "isprintable", "", call, NULL);
    return lmi_bool(are_all(r, self.as.str, lmi_char_is_printable));
}

static lmi_value isupper_(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "isupper", "", call, NULL);
    return lmi_bool(lmi_is_upper(r, self.as.str));
}

static lmi_value islower_(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "islower", "", call, NULL);
    return lmi_bool(lmi_is_lower(r, self.as.str));
}

static lmi_value istitle(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "istitle", "", call, NULL);
    return lmi_bool(lmi_is_title(r, self.as.str));
}

/* ---- Taking off the ends -------------------------------------------------------------- */

static lmi_value stripped(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                          int which)
{
    const lmi_str s = self.as.str;
    lmi_value chars;
    lmi_str set;

    lmi_bind(r, name, "/ chars?", call, &chars);
    if (!lmi_is_given(chars)) {
        lmi_work(r, s.len / 64 + 1);
        return lmi_like(self, lmi_str_strip(s, NULL, which));
    }
    set = lmi_arg_str(r, name, chars);
    lmi_work(r, (s.len / 64 + 1) * (set.len / 64 + 1));
    return lmi_like(self, lmi_str_strip(s, &set, which));
}

static lmi_value strip(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return stripped(r, "strip", self, call, 0);
}

static lmi_value lstrip(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return stripped(r, "lstrip", self, call, -1);
}

static lmi_value rstrip(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return stripped(r, "rstrip", self, call, 1);
}

static lmi_value removeprefix(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_str s = self.as.str;
    lmi_value argument;
    lmi_str part;

    lmi_bind(r, "removeprefix", "/ prefix", call, &argument);
    part = lmi_arg_str(r, "removeprefix", argument);
    if (part.len > s.len || memcmp(s.text, part.text, part.len) != 0)
        return self;
    return lmi_like(self, (lmi_str){s.text + part.len, s.len - part.len});
}

static lmi_value removesuffix(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_str s = self.as.str;
    lmi_value argument;
    lmi_str part;

    lmi_bind(r, "removesuffix", "/ suffix", call, &argument);
    part = lmi_arg_str(r, "removesuffix", argument);
    if (part.len > s.len || memcmp(s.text + s.len - part.len, part.text, part.len) != 0)
        return self;
    return lmi_like(self, (lmi_str){s.text, s.len - part.len});
}

/* ---- Filling up to a width -------------------------------------------------------------- */

/* What is missing to `width` characters. */
static int64_t missing(lmi_render *r, lmi_str s, int64_t width)
{
    const int64_t length = (int64_t)lmi_str_length(s);

    lmi_work(r, s.len / 64 + 1);
    return width > length ? width - length : 0;
}

static lmi_str filled(lmi_render *r, lmi_str s, int64_t left, int64_t right, lmi_str fill)
{
    lmi_writer w = lmi_writer_new(r);

    lmi_write_fill(&w, fill, left);
    lmi_write_str(&w, s);
    lmi_write_fill(&w, fill, right);
    return lmi_written(&w);
}

/* align: -1 the text stands left, 0 in the middle, 1 right. */
static lmi_value justified(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                           int align)
{
    lmi_str fill = LMI_STR(" ");
    lmi_value given[2];
    int64_t width, n, left;

    lmi_bind(r, name, "/ width fillchar?", call, given);
    width = lmi_arg_int(r, name, given[0], 0);
    if (given[1].kind != LMI_MISSING)
        fill = lmi_arg_str(r, name, given[1]);
    if (self.is_markup && !given[1].is_markup)
        fill = lmi_str_escape(r, fill);
    if (lmi_str_length(fill) != 1)
        lmi_raise(r, "%s(): expected a fill character, found %zu characters", name,
                  lmi_str_length(fill));
    n = missing(r, self.as.str, width);
    left = align < 0 ? 0 : align > 0 ? n : n / 2 + (n & width & 1);
    return n ? lmi_like(self, filled(r, self.as.str, left, n - left, fill)) : self;
}

static lmi_value ljust(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return justified(r, "ljust", self, call, -1);
}

static lmi_value center(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return justified(r, "center", self, call, 0);
}

static lmi_value rjust(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return justified(r, "rjust", self, call, 1);
}

static lmi_value zfill(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_str s = self.as.str;
    const size_t sign = s.len && (*s.text == '-' || *s.text == '+');
    lmi_writer w = lmi_writer_new(r);
    lmi_value width;

    lmi_bind(r, "zfill", "/ width", call, &width);
    lmi_write(&w, s.text, sign);
    lmi_write_fill(&w, LMI_STR("0"), missing(r, s, lmi_arg_int(r, "zfill", width, 0)));
    lmi_write(&w, s.text + sign, s.len - sign);
    return lmi_like(self, lmi_written(&w));
}

static lmi_value expandtabs(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_str s = self.as.str;
    lmi_writer w = lmi_writer_new(r);
    int64_t size, column = 0;
    lmi_value tabsize;
    size_t at, n;

    lmi_bind(r, "expandtabs", "tabsize?", call, &tabsize);
    size = lmi_arg_int(r, "expandtabs", tabsize, 8);
    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);
        const int64_t gap = size > 0 ? size - column % size : 0;

        if (c == '\t')
            lmi_write_fill(&w, LMI_STR(" "), gap);
        else
            lmi_write(&w, s.text + at, n);
        column = c == '\n' || c == '\r' ? 0 : column + (c == '\t' ? gap : 1);
    }
    return lmi_like(self, lmi_written(&w));
}

/* ---- The table ---------------------------------------------------------------------------- */

static lmi_value replace(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value given[3];
    lmi_str with;

    lmi_bind(r, "replace", "/ old new count?", call, given);
    with = lmi_arg_str(r, "replace", given[1]);
    if (self.is_markup && !given[1].is_markup)
        with = lmi_str_escape(r, with);
    return lmi_like(self, lmi_str_replace(r, self.as.str, lmi_arg_str(r, "replace", given[0]), with,
                                          lmi_arg_int(r, "replace", given[2], -1)));
}

/* Methods without a function are Python's, and not this engine's. */
static const struct method {
    const char *name;
    lmi_native call;
} methods[] = {
    {"capitalize", capitalize},
    {"casefold", casefold},
    {"center", center},
    {"count", lmi_str_count},
    {"encode", NULL},
    {"endswith", lmi_str_endswith},
    {"expandtabs", expandtabs},
    {"find", lmi_str_find_first},
    {"format", lmi_str_format},
    {"format_map", lmi_str_format_map},
    {"index", lmi_str_index},
    {"isalnum", isalnum_},
    {"isalpha", isalpha_},
    {"isascii", isascii_},
    {"isdecimal", isdecimal},
    {"isdigit", isdigit_},
    {"isidentifier", isidentifier},
    {"islower", islower_},
    {"isnumeric", isnumeric},
    {"isprintable", isprintable},
    {"isspace", isspace_},
    {"istitle", istitle},
    {"isupper", isupper_},
    {"join", lmi_str_join},
    {"ljust", ljust},
    {"lower", lower},
    {"lstrip", lstrip},
    {"maketrans", NULL},
    {"partition", lmi_str_partition},
    {"removeprefix", removeprefix},
    {"removesuffix", removesuffix},
    {"replace", replace},
    {"rfind", lmi_str_find_last},
    {"rindex", lmi_str_rindex},
    {"rjust", rjust},
    {"rpartition", lmi_str_rpartition},
    {"rsplit", lmi_str_rsplit},
    {"rstrip", rstrip},
    {"split", lmi_str_split},
    {"splitlines", lmi_str_splitlines},
    {"startswith", lmi_str_startswith},
    {"strip", strip},
    {"swapcase", swapcase},
    {"title", title},
    {"translate", NULL},
    {"upper", upper},
    {"zfill", zfill},
};

static bool is_markup_method(lmi_str name)
{
    return lmi_str_is(name, "unescape") || lmi_str_is(name, "striptags") ||
           lmi_str_is(name, "escape");
}

bool lmi_str_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name)
{
    size_t i;

    if (self.is_markup && is_markup_method(name))
        lmi_raise(r, "Markup.%.*s is not supported", (int)name.len, name.text);
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (!lmi_str_is(name, methods[i].name))
            continue;
        if (!methods[i].call)
            lmi_raise(r, "str.%s is not supported", methods[i].name);
        *out = lmi_function_new(r, methods[i].name, methods[i].call, self);
        return true;
    }
    return false;
}

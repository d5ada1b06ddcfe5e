/* globals.c - functions that every template knows: jinja2's own and those of transformers. */
#include <locale.h>
#include <stdlib.h>

#include "jinja/filter/filters.h"
#include "jinja/run/evaluate.h"
#include "jinja/run/methods.h"
#include "jinja/text/strings.h"

/* Most values of a range: the sandbox's limit. */
enum { RANGE_MAX = 100000, DATE_MAX = 512 };

static lmi_value make_range(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *range = lmi_list_new(r, LMI_RANGE);
    lmi_value args[3];
    int64_t i, n;

    (void)self;
    lmi_bind(r, "range", "/ start stop? step?", call, args);
    range->step = lmi_arg_int(r, "range() step", args[2], 1);
    range->stop = lmi_arg_int(r, "range() stop", args[1], 0);
    range->start = lmi_arg_int(r, "range() start", args[0], 0);
    if (args[1].kind == LMI_MISSING) {
        range->stop = range->start;
        range->start = 0;
    }
    if (range->step == 0)
        lmi_raise(r, "range() step must not be zero");
    if (llabs(range->start) > INT32_MAX || llabs(range->stop) > INT32_MAX ||
        llabs(range->step) > INT32_MAX)
        lmi_raise(r, "range() takes numbers of 32 bits");
    n = (range->stop - range->start + range->step - (range->step > 0 ? 1 : -1)) / range->step;
    if (n > RANGE_MAX)
        lmi_raise(r, "a range has at most %d values, asked for %lld", RANGE_MAX, (long long)n);
    for (i = 0; i < n; i++)
        lmi_list_add(r, range, lmi_int(range->start + i * range->step));
    lmi_work(r, range->n);
    return lmi_list_value(range);
}

static lmi_value make_dict(lmi_render *r, lmi_value self, const lmi_call *call)
{
    (void)self;
    return lmi_dict_value(lmi_dict_of(r, call));
}

static lmi_value make_namespace(lmi_render *r, lmi_value self, const lmi_call *call)
{
    (void)self;
    return (lmi_value){.kind = LMI_NAMESPACE, .as.dict = lmi_dict_of(r, call)};
}

static lmi_value make_object(lmi_render *r, bool is_joiner)
{
    lmi_object *object = lmi_make(r, 1, sizeof(*object));

    object->is_joiner = is_joiner;
    object->items = lmi_list_new(r, LMI_TUPLE);
    return (lmi_value){.kind = LMI_OBJECT, .as.object = object};
}

static lmi_value make_cycler(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_value cycler = make_object(r, false);
    size_t i;

    (void)self;
    if (!call->n || call->n_named)
        lmi_raise(r, "cycler() needs items by position");
    for (i = 0; i < call->n; i++)
        lmi_list_add(r, cycler.as.object->items, call->items[i]);
    return cycler;
}

static lmi_value make_joiner(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_value joiner = make_object(r, true);
    lmi_value separator;

    (void)self;
    lmi_bind(r, "joiner", "sep?", call, &separator);
    lmi_list_add(r, joiner.as.object->items,
                 separator.kind == LMI_MISSING ? lmi_text(LMI_STR(", ")) : separator);
    return joiner;
}

static lmi_value raise_exception(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value message;
    lmi_str words;

    (void)self;
    lmi_bind(r, "raise_exception", "message", call, &message);
    words = lmi_to_str(r, message);
    lmi_refuse(r, words.text, words.len);
}

/* The format as the C library is to see it: the date has no zone and no fraction of a second, and
 * Python, which handles these itself, writes nothing and zeros. */
static size_t copy_format(char out[DATE_MAX], lmi_str format)
{
    size_t i, n = 0;

    for (i = 0; i < format.len && n + 6 < DATE_MAX; i++) {
        const bool is_directive = format.text[i] == '%' && i + 1 < format.len;
        const char next = format.text[i + is_directive];

        if (is_directive && next == 'f') {
            memset(out + n, '0', 6);
            n += 6;
        } else if (!is_directive || (next != 'z' && next != 'Z')) {
            out[n++] = format.text[i];
            if (is_directive)
                out[n++] = next;
        }
        i += is_directive;
    }
    out[n] = '\0';
    return n;
}

/* Append what `format` gives, up to each NUL by itself: strftime ends there. */
static void write_date(lmi_render *r, lmi_writer *w, const char *format, size_t len,
                       locale_t locale)
{
    const char *at = format;
    char date[DATE_MAX];

    for (;; at += strlen(at) + 1) {
        const size_t n = *at ? strftime_l(date, sizeof(date), at, r->now, locale) : 0;

        if (*at && !n) {
            freelocale(locale);
            lmi_raise(r, "a date has at most %d bytes", DATE_MAX - 1);
        }
        lmi_write(w, date, n);
        if (at + strlen(at) >= format + len)
            return;
        lmi_write(w, "", 1);
    }
}

/* strftime in the C locale, whatever the program has set. */
static lmi_value strftime_now(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_writer w = lmi_writer_new(r);
    char format[DATE_MAX];
    locale_t locale;
    lmi_value value;
    lmi_str text;

    (void)self;
    lmi_bind(r, "strftime_now", "format", call, &value);
    text = lmi_arg_str(r, "the format of a date", value);
    if (text.len >= DATE_MAX / 4)
        lmi_raise(r, "a format of a date has at most %d bytes", DATE_MAX / 4 - 1);
    locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!locale)
        lmi_raise(r, "this system has no C locale");
    write_date(r, &w, format, copy_format(format, text), locale);
    freelocale(locale);
    return lmi_text(lmi_written(&w));
}

static lmi_value lipsum(lmi_render *r, lmi_value self, const lmi_call *call)
{
    (void)self;
    (void)call;
    lmi_raise(r, "lipsum() is random text, which is not supported");
}

static const lmi_named_native globals[] = {
    {"range", make_range},          {"dict", make_dict},     {"namespace", make_namespace},
    {"cycler", make_cycler},        {"joiner", make_joiner}, {"raise_exception", raise_exception},
    {"strftime_now", strftime_now}, {"lipsum", lipsum},      {NULL, NULL},
};

lmi_native lmi_find_native(const lmi_named_native *table, lmi_str name)
{
    for (; table->name; table++)
        if (lmi_str_is(name, table->name))
            return table->native;
    return NULL;
}

bool lmi_find_global(lmi_render *r, lmi_value *out, lmi_str name)
{
    const lmi_native native = lmi_find_native(globals, name);

    if (lmi_str_is(name, "self"))
        lmi_raise(r, "'self' (the blocks of a template) is not supported");
    if (native)
        *out = lmi_function_new(r, "function", native, lmi_none());
    return native != NULL;
}

/* filters.h - filters, tests and global functions by name; NULL for one that is not known. */
#ifndef LMI_JINJA_FILTERS_H
#define LMI_JINJA_FILTERS_H

#include "jinja/value/value.h"

/* `self` is the value before the bar, or before "is". */
lmi_native lmi_find_filter(lmi_str name);
lmi_native lmi_find_test(lmi_str name);

/* A name that every template knows (range, dict, namespace, ...); false when it is none. */
bool lmi_find_global(lmi_render *r, lmi_value *out, lmi_str name);

/* One table of the room: what stands for a name. */
typedef struct lmi_named_native {
    const char *name;
    lmi_native native;
} lmi_named_native;

/* The tables: sequences.c, choices.c, conversions.c, texts.c, tests.c. */
extern const lmi_named_native lmi_sequence_filters[], lmi_choice_filters[],
    lmi_conversion_filters[], lmi_text_filters[], lmi_tests[];

/* Filters of texts that have files of their own: wrap.c, tags.c. */
lmi_value lmi_filter_wordwrap(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_filter_striptags(lmi_render *r, lmi_value self, const lmi_call *call);

lmi_native lmi_find_native(const lmi_named_native *table, lmi_str name);

/* What `attribute` ("user.name", "0", or an index) leads to; `otherwise` takes the place of what is
 * undefined on the way, unless it is LMI_MISSING or none. */
lmi_value lmi_follow(lmi_render *r, lmi_value item, lmi_value attribute, lmi_value otherwise);

/* A generator over values that are there. */
lmi_value lmi_iter_over(lmi_render *r, lmi_list *list);

/* Call a method of a text: lmi_method(r, text, "center", 1, &width). */
lmi_value lmi_method(lmi_render *r, lmi_value text, const char *name, size_t n, lmi_value *args);

/* Python's str() of what is no text; a text stays what it is. */
lmi_value lmi_soft_str(lmi_render *r, lmi_value value);

#endif

/* methods.h - methods of numbers, lists, dicts and cyclers; those of texts are in strings.h. */
#ifndef LMI_JINJA_METHODS_H
#define LMI_JINJA_METHODS_H

#include "jinja/value/value.h"

/* The bound method or field `name`; false when there is none. */
bool lmi_number_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name);
bool lmi_list_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name);
bool lmi_dict_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name);
bool lmi_cycler_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name);

/* dict(...) and namespace(...): entries of a mapping or of pairs, then those by name. */
lmi_dict *lmi_dict_of(lmi_render *r, const lmi_call *call);

/* The pairs of a dict as a sequence of this flavour. */
lmi_value lmi_dict_items(lmi_render *r, const lmi_dict *dict, lmi_flavour flavour);

#endif

/* str_methods.h - the methods of str that have files of their own. */
#ifndef LMI_JINJA_STR_METHODS_H
#define LMI_JINJA_STR_METHODS_H

#include "jinja/text/strings.h"

/* What a method of `self` makes: safe where `self` is. */
lmi_value lmi_like(lmi_value self, lmi_str s);

/* str_split.c */
lmi_value lmi_str_split(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_rsplit(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_splitlines(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_partition(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_rpartition(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_join(lmi_render *r, lmi_value self, const lmi_call *call);

/* str_search.c */
lmi_value lmi_str_count(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_find_first(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_find_last(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_index(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_rindex(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_startswith(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_endswith(lmi_render *r, lmi_value self, const lmi_call *call);

/* The last byte offset of `part` in `s`; SIZE_MAX when it is not there. */
size_t lmi_str_find_back(lmi_render *r, lmi_str s, lmi_str part);

/* str_format.c */
lmi_value lmi_str_format(lmi_render *r, lmi_value self, const lmi_call *call);
lmi_value lmi_str_format_map(lmi_render *r, lmi_value self, const lmi_call *call);

#endif

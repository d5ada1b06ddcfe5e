/* field.h - the fields of a body: absent and null are the same. */
#ifndef LMI_SERVE_FIELD_H
#define LMI_SERVE_FIELD_H

#include "serve/openai/form.h"

/* A form that is being read. */
typedef struct lmi_reading {
    lmi_form *form;
    lmi_complaint *why;
    yyjson_val *root; /* the object whose fields are meant */
} lmi_reading;

/* Set the message and what the complaint is about; LMAS_E_INVALID. `param`, `tag` may be NULL. */
lmas_status lmi_field_refuse(lmi_reading *r, const char *param, const char *tag, const char *format,
                             ...) __attribute__((format(printf, 4, 5)));

/* The value at `key`; NULL where there is none, or null. */
yyjson_val *lmi_field(const lmi_reading *r, const char *key);

/* What `key` says into `out`, which stays as it is where it says nothing. */
lmas_status lmi_field_number(double *out, lmi_reading *r, const char *key, double min, double max);
lmas_status lmi_field_int(int64_t *out, lmi_reading *r, const char *key, int64_t min, int64_t max);
lmas_status lmi_field_bool(bool *out, lmi_reading *r, const char *key);
lmas_status lmi_field_text(const char **out, lmi_reading *r, const char *key);

#endif

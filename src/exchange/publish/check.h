/* check.h - texts and numbers that come from outside: within limits, or INVALID in a line. `what`
 * names them. */
#ifndef LMI_EXCHANGE_PUBLISH_CHECK_H
#define LMI_EXCHANGE_PUBLISH_CHECK_H

#include "exchange/exchange.h"

/* One line of 1 to `max` bytes: UTF-8 without control characters. */
lmi_exchange_verdict lmi_exchange_check_line(const char *what, const char *text, size_t max);

/* At most `max` bytes of UTF-8, control characters but newlines and tabs left out; NULL is "". */
lmi_exchange_verdict lmi_exchange_check_text(const char *what, const char *text, size_t max);

lmi_exchange_verdict lmi_exchange_check_tenant(const char *tenant);
lmi_exchange_verdict lmi_exchange_check_tags(const char *const *tags, size_t n);

/* Finite, not all 0, and no more than an embedding has. */
lmi_exchange_verdict lmi_exchange_check_vector(const char *what, const float *values, size_t n);

lmi_exchange_verdict lmi_exchange_check_offer(const lmi_exchange_offer *offer, int64_t now);

#endif

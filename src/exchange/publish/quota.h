/* quota.h - what a tenant has, and may have. Call with the lock. */
#ifndef LMI_EXCHANGE_PUBLISH_QUOTA_H
#define LMI_EXCHANGE_PUBLISH_QUOTA_H

#include "exchange/parts.h"

/* Of the tenant: records that have not expired, and what is reserved for files on their way, but
 * `other` than this one (NULL: all). */
lmi_exchange_verdict lmi_exchange_quota_used(lmi_exchange_quota *out, lmi_exchange *exchange,
                                             const char *tenant, const lmi_exchange_publish *other);

/* Reserve a place and `size` bytes for the publish, instead of what it had; QUOTA where the tenant
 * has no room for them. */
lmi_exchange_verdict lmi_exchange_quota_reserve(lmi_exchange_publish *publish, uint64_t size);

#endif

/* clean.h - what a process that was killed had left: files without a record, and the other way. */
#ifndef LMI_EXCHANGE_DISK_CLEAN_H
#define LMI_EXCHANGE_DISK_CLEAN_H

#include "exchange/parts.h"

/* INVALID where files/ has memories though there is no database: all would be removed. Comes before
 * the database is made. */
lmi_exchange_verdict lmi_exchange_clean_is_safe(const lmi_exchange_folder *folder,
                                                const char *database);

lmi_exchange_verdict lmi_exchange_clean(lmi_exchange_cleaned *out, lmi_exchange *exchange);

#endif

/* audit.h - lines of the audit log, as calls of this room leave them. Call with the lock. */
#ifndef LMI_EXCHANGE_AUDIT_H
#define LMI_EXCHANGE_AUDIT_H

#include "exchange/parts.h"

/* Add a line, within a transaction or as one of its own. */
lmi_exchange_verdict lmi_exchange_audit_add(lmi_exchange *exchange, const char *tenant,
                                            const char *action, const char *id, const char *why);

/* An action has ended with `verdict`, which this gives back with its message as it was; or FAILED
 * where it was OK and could not be noted. */
lmi_exchange_verdict lmi_exchange_audit_end(lmi_exchange *exchange, const char *tenant,
                                            const char *action, const char *id,
                                            lmi_exchange_verdict verdict);

#endif

/* listed.h - records as JSON. */
#ifndef LMI_SERVE_LISTED_H
#define LMI_SERVE_LISTED_H

#include "base/json.h"
#include "exchange/exchange.h"

/* Fill `out` with the record as `tenant` sees it; strings are borrowed of it. */
void lmi_list_record(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_exchange_record *record,
                     const char *tenant);

#endif

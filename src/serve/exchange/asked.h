/* asked.h - what a client looks for, from a query of the URL or from JSON. */
#ifndef LMI_SERVE_ASKED_H
#define LMI_SERVE_ASKED_H

#include "base/json.h"
#include "exchange/exchange.h"

struct MHD_Connection;

typedef struct lmi_asked {
    lmi_exchange_query query; /* of what follows */
    lmi_json json;
    const char *tags[LMI_EXCHANGE_TAGS_MAX];
    float *nearest;
} lmi_asked;

/* Free it in any case. INVALID says what is wrong; the exchange checks the rest. What a URL says
 * lives as long as its request. */
lmi_exchange_verdict lmi_asked_read_url(lmi_asked *out, struct MHD_Connection *connection);
lmi_exchange_verdict lmi_asked_read(lmi_asked *out, const char *text, size_t len);
void lmi_asked_done(lmi_asked *asked);

/* The number of a query of the URL, which stays as it is where `key` is absent. */
lmi_exchange_verdict lmi_url_number(uint64_t *out, struct MHD_Connection *connection,
                                    const char *key, uint64_t max);

#endif

/* offered.h - what a publisher says of a memory, from JSON. */
#ifndef LMI_SERVE_OFFERED_H
#define LMI_SERVE_OFFERED_H

#include "base/json.h"
#include "exchange/exchange.h"

typedef struct lmi_offered {
    lmi_exchange_offer offer; /* of what follows */
    lmi_json json;
    const char *tags[LMI_EXCHANGE_TAGS_MAX];
    float *embedding;
    lmi_buf provenance, quality;
} lmi_offered;

/* Free it in any case. INVALID says what is wrong; the exchange checks the rest. */
lmi_exchange_verdict lmi_offered_read(lmi_offered *out, const char *text, size_t len);
void lmi_offered_done(lmi_offered *offered);

/* Texts of a list, at most LMI_EXCHANGE_TAGS_MAX; numbers of one, as `*out`, to free. Absent and
 * null are none. */
lmi_exchange_verdict lmi_read_tags(const char **out, size_t *n, yyjson_val *root, const char *key);
lmi_exchange_verdict lmi_read_vector(float **out, size_t *n, yyjson_val *root, const char *key);

/* The text, flag or number at `key`, which stays as it is where that is absent or null. */
lmi_exchange_verdict lmi_read_text(const char **out, yyjson_val *root, const char *key);
lmi_exchange_verdict lmi_read_flag(bool *out, yyjson_val *root, const char *key);
lmi_exchange_verdict lmi_read_count(uint64_t *out, yyjson_val *root, const char *key, uint64_t max);

/* A body as one JSON object that has no other keys than those (to a NULL). */
lmi_exchange_verdict lmi_read_object(lmi_json *out, const char *text, size_t len,
                                     const char *const *known);

#endif

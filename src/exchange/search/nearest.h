/* nearest.h - embeddings: kept by their direction alone, compared by the cosine. */
#ifndef LMI_EXCHANGE_SEARCH_NEAREST_H
#define LMI_EXCHANGE_SEARCH_NEAREST_H

#include <sqlite3.h>
#include <stddef.h>

#include "exchange/verdict.h"

/* The values [n], finite and not all 0, at length 1. */
void lmi_exchange_nearest_normalise(float *out, const float *values, size_t n);

/* Let SQL call lmi_cosine(vector, vector), of blobs of as many float32 at length 1; null where they
 * are not. */
lmi_exchange_verdict lmi_exchange_nearest_add(sqlite3 *db);

#endif

/* nearest.c - cosines; see nearest.h. Sums are of doubles: the order of near ones is that of the
 * numbers kept, not of rounding. */
#include "exchange/search/nearest.h"

#include <math.h>
#include <string.h>

void lmi_exchange_nearest_normalise(float *out, const float *values, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += (double)values[i] * (double)values[i];
    for (i = 0; i < n; i++)
        out[i] = (float)((double)values[i] / sqrt(sum));
}

/* Four sums side by side: one would wait for itself. SQLite's blobs lie anywhere. */
static double dot(const unsigned char *a, const unsigned char *b, size_t n)
{
    double sums[4] = {0};
    size_t i, j;

    for (i = 0; i < n; i += 4) {
        const size_t m = n - i < 4 ? n - i : 4;
        float x[4] = {0}, y[4] = {0};

        memcpy(x, a + i * sizeof(float), m * sizeof(float));
        memcpy(y, b + i * sizeof(float), m * sizeof(float));
        for (j = 0; j < 4; j++)
            sums[j] += (double)x[j] * (double)y[j];
    }
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

static void cosine(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    const unsigned char *a = n_args == 2 ? sqlite3_value_blob(args[0]) : NULL;
    const unsigned char *b = n_args == 2 ? sqlite3_value_blob(args[1]) : NULL;
    const int size = a ? sqlite3_value_bytes(args[0]) : 0;

    if (a && b && size == sqlite3_value_bytes(args[1]))
        sqlite3_result_double(context, dot(a, b, (size_t)size / sizeof(float)));
}

lmi_exchange_verdict lmi_exchange_nearest_add(sqlite3 *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    const int rc =
        sqlite3_create_function_v2(db, "lmi_cosine", 2, flags, NULL, cosine, NULL, NULL, NULL);

    if (rc == SQLITE_OK)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "the database of the exchange: %s",
                             sqlite3_errstr(rc));
}

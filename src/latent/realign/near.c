/* near.c - see near.h. */
#include "latent/realign/near.h"

#include <cblas.h>
#include <math.h>

#include "base/mem.h"

/* Rows of W_in dequantised at a time, and vectors that they are held against at a time. */
enum { ROWS_AT_ONCE = 256, VECTORS_AT_ONCE = 1024 };

static void unify(float *unit, const float *vector, size_t width)
{
    double sum = 0;
    double length;
    size_t k;

    for (k = 0; k < width; k++)
        sum += (double)vector[k] * (double)vector[k];
    length = sqrt(sum);
    for (k = 0; k < width; k++)
        unit[k] = length > 0 ? (float)((double)vector[k] / length) : 0;
}

void lmi_near_unify(float *units, const float *vectors, size_t n, size_t width)
{
    size_t i;

    for (i = 0; i < n; i++)
        unify(units + i * width, vectors + i * width, width);
}

/* What makes products with a row cosines. */
static void invert_lengths(float *out, const float *rows, size_t n, size_t width)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const float *row = rows + i * width;
        const float length = sqrtf(cblas_sdot((int)width, row, 1, row, 1));

        out[i] = length > 0 ? 1 / length : 0;
    }
}

/* One block of rows against all vectors. */
static void walk_block(float *cosines, lmi_near near, const float *rows, const float *units,
                       size_t n, size_t width, lmi_near_fn fn, void *user)
{
    const int d = (int)width;
    float inverse[ROWS_AT_ONCE];
    int64_t row;

    invert_lengths(inverse, rows, (size_t)near.n_rows, width);
    for (near.vector = 0; near.vector < n; near.vector += near.n) {
        const size_t left = n - near.vector;

        near.n = left < VECTORS_AT_ONCE ? left : VECTORS_AT_ONCE;
        near.cosines = cosines;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)near.n_rows, (int)near.n, d, 1.0f,
                    rows, d, units + near.vector * width, d, 0.0f, cosines, (int)near.n);
        for (row = 0; row < near.n_rows; row++)
            cblas_sscal((int)near.n, inverse[row], cosines + (size_t)row * near.n, 1);
        fn(user, &near);
    }
}

lmas_status lmi_near_walk(lmi_weights *weights, const lmi_matrix *w_in, const float *units,
                          size_t n, lmi_near_fn fn, void *user)
{
    const size_t width = (size_t)w_in->n_cols;
    float *rows = lmi_new((size_t)ROWS_AT_ONCE * width, sizeof(float));
    float *cosines = lmi_new((size_t)ROWS_AT_ONCE * VECTORS_AT_ONCE, sizeof(float));
    lmas_status status = LMAS_OK;
    int64_t first;

    if (!rows || !cosines)
        status = lmi_fail(LMAS_E_NOMEM, "no memory for rows of the embedding matrix");
    for (first = 0; status == LMAS_OK && first < w_in->n_rows; first += ROWS_AT_ONCE) {
        const int64_t left = w_in->n_rows - first;
        const int64_t n_rows = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;

        status = lmi_weights_rows(rows, weights, w_in, first, n_rows);
        if (status != LMAS_OK)
            break;
        walk_block(cosines, (lmi_near){.row = first, .n_rows = n_rows}, rows, units, n, width, fn,
                   user);
    }
    lmi_free(rows);
    lmi_free(cosines);
    return status;
}

/*
 * realign.c - the step between thinking one thought and taking it in.
 *
 * Reads beside realign.h's formulas: target_norm() is n_tgt, lmi_realign_apply() is e(h).
 * The matrix itself is solved in solve.c and kept on disk by cache.c.
 *
 * The rescale always happens, also with the identity: the raw hidden state of a final norm is
 * some hundred times longer than an input embedding, and fed back as it is it drowns the rest.
 */
#include "latent/realign/realign.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "latent/realign/matrix.h"

/* Rows of W_in dequantised at a time. */
enum { ROWS_AT_ONCE = 256 };

/* Below this the vector is taken for zero and is not blown up (the reference's 1e-6). */
static const double SMALLEST_NORM = 1e-6;

static double norm_of(const float *x, size_t n)
{
    double sum = 0.0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

static lmas_status mean_row_norm(double *out, lmi_weights *weights, const lmi_matrix *w_in)
{
    float *rows = lmi_new((size_t)ROWS_AT_ONCE * (size_t)w_in->n_cols, sizeof(float));
    lmas_status status = LMAS_OK;
    double sum = 0.0;
    int64_t first;

    if (!rows)
        return lmi_fail(LMAS_E_NOMEM, "no memory for rows of the embedding matrix");
    for (first = 0; status == LMAS_OK && first < w_in->n_rows; first += ROWS_AT_ONCE) {
        const int64_t left = w_in->n_rows - first;
        const int64_t n = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
        int64_t i;

        status = lmi_weights_rows(rows, weights, w_in, first, n);
        for (i = 0; status == LMAS_OK && i < n; i++)
            sum += norm_of(rows + i * w_in->n_cols, (size_t)w_in->n_cols);
    }
    lmi_free(rows);
    *out = sum / (double)w_in->n_rows;
    return status;
}

static lmas_status compute_target_norm(float *out, lmas_model *model)
{
    lmi_weights *weights = NULL;
    lmi_matrix w_in;
    double mean = 0.0;
    lmas_status status = lmi_weights_open(&weights, model->path);

    if (status != LMAS_OK)
        return status;
    if (!lmi_weights_find(&w_in, weights, "token_embd.weight"))
        status = lmi_fail(LMAS_E_MODEL, "%s has no token_embd.weight", model->path);
    else
        status = mean_row_norm(&mean, weights, &w_in);
    lmi_weights_close(weights);
    if (status == LMAS_OK && !(mean > 0.0 && isfinite(mean)))
        status = lmi_fail(LMAS_E_MODEL,
                          "mean norm of the embeddings of %s is %g, a positive "
                          "number was expected",
                          model->path, mean);
    if (status == LMAS_OK)
        *out = (float)mean * model->thought.scale;
    return status;
}

lmas_status lmas_model_target_norm(float *out, lmas_model *model)
{
    lmas_status status = LMAS_OK;

    if (!out || !model)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_target_norm needs out and model");
    pthread_mutex_lock(&model->lock);
    if (model->target_norm == 0.0f)
        status = compute_target_norm(&model->target_norm, model);
    if (status == LMAS_OK)
        *out = model->target_norm;
    pthread_mutex_unlock(&model->lock);
    return status;
}

lmas_status lmi_realign_new(lmi_realign **out, lmas_model *model, const lmi_realign_params *params)
{
    lmi_realign *realign = lmi_new(1, sizeof(*realign));
    lmas_status status;

    if (!realign)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a realignment");
    realign->n_embd = (size_t)model->info.n_embd;
    status = lmas_model_target_norm(&realign->target_norm, model);
    /* Tied: W_out is W_in, so W_a = G^-1 (G - lambda I) differs from I by the ridge alone. */
    if (status == LMAS_OK && params->is_matrix_wanted && !model->info.is_tied)
        status = lmi_matrix_obtain(&realign->matrix, model, params);
    if (status != LMAS_OK) {
        lmi_realign_free(realign);
        return status;
    }
    *out = realign;
    return LMAS_OK;
}

void lmi_realign_free(lmi_realign *realign)
{
    if (!realign)
        return;
    lmi_free(realign->matrix);
    lmi_free(realign);
}

/* e = h W_a: row i of the matrix, weighted by h[i], so the matrix is walked in order. */
static void multiply(float *e, const float *h, const float *matrix, size_t n)
{
    size_t i, j;

    memset(e, 0, n * sizeof(*e));
    for (i = 0; i < n; i++) {
        const float *row = matrix + i * n;

        for (j = 0; j < n; j++)
            e[j] += h[i] * row[j];
    }
}

void lmi_realign_apply(float *e, const lmi_realign *realign, const float *h)
{
    const size_t n = realign->n_embd;
    double norm;
    float scale;
    size_t i;

    if (realign->matrix)
        multiply(e, h, realign->matrix, n);
    else
        memcpy(e, h, n * sizeof(*e));
    norm = norm_of(e, n);
    scale = (float)((double)realign->target_norm / (norm > SMALLEST_NORM ? norm : SMALLEST_NORM));
    for (i = 0; i < n; i++)
        e[i] *= scale;
}

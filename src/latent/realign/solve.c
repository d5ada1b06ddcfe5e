/*
 * solve.c - W_a = (W_out' W_out + lambda I)^-1 W_out' W_in, by Cholesky in double.
 *
 * The Gram matrix G = W_out' W_out is symmetric and, with the ridge, positive definite; it is
 * as ill-conditioned as the embeddings are, so sums and solve are in double (the reference
 * uses single precision). Both products are gathered over blocks of rows of the vocabulary,
 * so the matrices [n_vocab, n_embd] never stand in memory whole.
 *
 * Layout: a block [n, n_embd] row-major is the transposed block column-major, which is what
 * BLAS wants: G += B B' with B = block' [n_embd, n]. The solution is column-major and is
 * turned once at the end.
 */
#include <cblas.h>
#include <lapacke.h>

#include "base/mem.h"
#include "latent/realign/matrix.h"

enum { ROWS_AT_ONCE = 512 };

typedef struct sums {
    size_t n;      /* n_embd */
    double *gram;  /* W_out' W_out [n, n], upper half */
    double *cross; /* W_out' W_in [n, n] column-major; the solution in the end */
    float *rows;   /* [ROWS_AT_ONCE, n] as dequantised */
    double *out;   /* the block of W_out */
    double *in;    /* the block of W_in */
} sums;

static bool sums_init(sums *s, size_t n)
{
    *s = (sums){.n = n};
    s->gram = lmi_new(n * n, sizeof(double));
    s->cross = lmi_new(n * n, sizeof(double));
    s->rows = lmi_new(ROWS_AT_ONCE * n, sizeof(float));
    s->out = lmi_new(ROWS_AT_ONCE * n, sizeof(double));
    s->in = lmi_new(ROWS_AT_ONCE * n, sizeof(double));
    return s->gram && s->cross && s->rows && s->out && s->in;
}

static void sums_done(sums *s)
{
    lmi_free(s->gram);
    lmi_free(s->cross);
    lmi_free(s->rows);
    lmi_free(s->out);
    lmi_free(s->in);
}

static lmas_status load_block(double *out, sums *s, lmi_weights *weights, const lmi_matrix *matrix,
                              int64_t first, int64_t n)
{
    const lmas_status status = lmi_weights_rows(s->rows, weights, matrix, first, n);
    const size_t count = (size_t)n * s->n;
    size_t i;

    for (i = 0; status == LMAS_OK && i < count; i++)
        out[i] = (double)s->rows[i];
    return status;
}

/* Add rows [first, first + n) of both matrices to the two products. */
static lmas_status add_block(sums *s, lmi_weights *weights, const lmi_matrix *w_out,
                             const lmi_matrix *w_in, int64_t first, int64_t n)
{
    const int d = (int)s->n;
    lmas_status status = load_block(s->out, s, weights, w_out, first, n);

    if (status == LMAS_OK)
        status = load_block(s->in, s, weights, w_in, first, n);
    if (status != LMAS_OK)
        return status;
    cblas_dsyrk(CblasColMajor, CblasUpper, CblasNoTrans, d, (int)n, 1.0, s->out, d, 1.0, s->gram,
                d);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, d, d, (int)n, 1.0, s->out, d, s->in, d,
                1.0, s->cross, d);
    return LMAS_OK;
}

static lmas_status add_all(sums *s, lmi_weights *weights, const lmi_matrix *w_out,
                           const lmi_matrix *w_in, const lmi_realign_params *params)
{
    int64_t first;

    for (first = 0; first < w_in->n_rows; first += ROWS_AT_ONCE) {
        const int64_t left = w_in->n_rows - first;
        const lmas_status status =
            add_block(s, weights, w_out, w_in, first, left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE);

        if (status != LMAS_OK)
            return status;
        if (params->progress && !params->progress(params->user, (float)first / (float)w_in->n_rows))
            return lmi_fail(LMAS_E_CANCELED, "solving for the realignment matrix was stopped");
    }
    return LMAS_OK;
}

static lmas_status solve(sums *s)
{
    const lapack_int d = (lapack_int)s->n;
    lapack_int info;
    size_t i;

    for (i = 0; i < s->n; i++)
        s->gram[i * s->n + i] += LMI_REALIGN_LAMBDA;
    info = LAPACKE_dposv(LAPACK_COL_MAJOR, 'U', d, d, s->gram, d, s->cross, d);
    if (info != 0)
        return lmi_fail(LMAS_E_MODEL,
                        "W_out' W_out is not positive definite (dposv: %d): the realignment "
                        "matrix does not exist for this model",
                        (int)info);
    return LMAS_OK;
}

/* The solution as the method applies it: row-major, single precision. */
static lmas_status take_solution(float **out, const sums *s)
{
    float *matrix = lmi_new(s->n * s->n, sizeof(float));
    size_t i, j;

    if (!matrix)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a matrix of %zu x %zu", s->n, s->n);
    for (i = 0; i < s->n; i++)
        for (j = 0; j < s->n; j++)
            matrix[i * s->n + j] = (float)s->cross[j * s->n + i];
    *out = matrix;
    return LMAS_OK;
}

static lmas_status find_both(lmi_matrix *w_out, lmi_matrix *w_in, const lmi_weights *weights,
                             const lmas_model *model)
{
    if (!lmi_weights_find(w_in, weights, "token_embd.weight") ||
        !lmi_weights_find(w_out, weights, "output.weight"))
        return lmi_fail(LMAS_E_MODEL, "%s lacks token_embd.weight or output.weight", model->path);
    if (w_in->n_rows != w_out->n_rows || w_in->n_cols != w_out->n_cols ||
        w_in->n_cols != model->info.n_embd)
        return lmi_fail(LMAS_E_MODEL,
                        "W_in is %lld x %lld and W_out %lld x %lld: realignment needs them alike",
                        (long long)w_in->n_rows, (long long)w_in->n_cols, (long long)w_out->n_rows,
                        (long long)w_out->n_cols);
    return LMAS_OK;
}

lmas_status lmi_matrix_solve(float **out, lmas_model *model, const lmi_realign_params *params)
{
    lmi_weights *weights = NULL;
    lmi_matrix w_out, w_in;
    sums s = {0};
    lmas_status status = lmi_weights_open(&weights, model->path);

    if (status == LMAS_OK)
        status = find_both(&w_out, &w_in, weights, model);
    if (status == LMAS_OK && !sums_init(&s, (size_t)w_in.n_cols))
        status = lmi_fail(LMAS_E_NOMEM, "no memory to solve for a matrix of %d x %d",
                          model->info.n_embd, model->info.n_embd);
    if (status == LMAS_OK)
        status = add_all(&s, weights, &w_out, &w_in, params);
    if (status == LMAS_OK)
        status = solve(&s);
    if (status == LMAS_OK)
        status = take_solution(out, &s);
    sums_done(&s);
    lmi_weights_close(weights);
    return status;
}

/*
 * solve.c - W = (W_out' W_out + ridge I)^-1 W_out' W_in, by Cholesky in double. W_a is the case
 * where both matrices are one model's.
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
#include "latent/realign/pairs.h"

typedef struct sums {
    size_t n_out, n_in; /* widths of W_out and of W_in */
    double *gram;       /* W_out' W_out [n_out, n_out], upper half */
    double *cross;      /* W_out' W_in [n_out, n_in] column-major; the solution in the end */
    lmi_block block;    /* as dequantised */
    double *out;        /* its rows of W_out that go with others */
    double *in;         /* its rows of W_in */
} sums;

static bool sums_init(sums *s, const lmi_pairs *pairs)
{
    const size_t n_out = (size_t)pairs->w_out.n_cols, n_in = (size_t)pairs->w_in.n_cols;

    *s = (sums){.n_out = n_out, .n_in = n_in};
    s->gram = lmi_new(n_out * n_out, sizeof(double));
    s->cross = lmi_new(n_out * n_in, sizeof(double));
    s->out = lmi_new(LMI_BLOCK_ROWS * n_out, sizeof(double));
    s->in = lmi_new(LMI_BLOCK_ROWS * n_in, sizeof(double));
    return lmi_block_init(&s->block, pairs) && s->gram && s->cross && s->out && s->in;
}

static void sums_done(sums *s)
{
    lmi_free(s->gram);
    lmi_free(s->cross);
    lmi_free(s->out);
    lmi_free(s->in);
    lmi_block_done(&s->block);
}

static void widen(double *out, const float *in, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = (double)in[i];
}

/* Add the pairs of the block that begins at row `first` to the two products. */
static lmas_status add_block(sums *s, const lmi_pairs *pairs, int64_t first)
{
    const int d = (int)s->n_out, d_in = (int)s->n_in;
    const lmas_status status = lmi_block_load(&s->block, pairs, first);
    const int n = (int)s->block.n_shared;
    int i;

    if (status != LMAS_OK || n == 0)
        return status;
    for (i = 0; i < n; i++)
        widen(s->out + (size_t)i * s->n_out, s->block.out + (size_t)s->block.at[i] * s->n_out,
              s->n_out);
    widen(s->in, s->block.in, (size_t)n * s->n_in);
    cblas_dsyrk(CblasColMajor, CblasUpper, CblasNoTrans, d, n, 1.0, s->out, d, 1.0, s->gram, d);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, d, d_in, n, 1.0, s->out, d, s->in, d_in,
                1.0, s->cross, d);
    return LMAS_OK;
}

static lmas_status add_all(sums *s, const lmi_pairs *pairs, lmas_progress_fn progress, void *user)
{
    const int64_t n_rows = pairs->w_out.n_rows;
    int64_t first;

    for (first = 0; first < n_rows; first += LMI_BLOCK_ROWS) {
        const lmas_status status = add_block(s, pairs, first);

        if (status != LMAS_OK)
            return status;
        if (progress && !progress(user, (float)first / (float)n_rows))
            return lmi_fail(LMAS_E_CANCELED, "solving for the realignment matrix was stopped");
    }
    return LMAS_OK;
}

static lmas_status solve(sums *s, double ridge)
{
    const lapack_int d = (lapack_int)s->n_out;
    lapack_int info;
    size_t i;

    for (i = 0; i < s->n_out; i++)
        s->gram[i * s->n_out + i] += ridge;
    info = LAPACKE_dposv(LAPACK_COL_MAJOR, 'U', d, (lapack_int)s->n_in, s->gram, d, s->cross, d);
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
    float *matrix = lmi_new(s->n_out * s->n_in, sizeof(float));
    size_t i, j;

    if (!matrix)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a matrix of %zu x %zu", s->n_out, s->n_in);
    for (i = 0; i < s->n_out; i++)
        for (j = 0; j < s->n_in; j++)
            matrix[i * s->n_in + j] = (float)s->cross[j * s->n_out + i];
    *out = matrix;
    return LMAS_OK;
}

lmas_status lmi_pairs_solve(float **out, const lmi_pairs *pairs, double ridge,
                            lmas_progress_fn progress, void *user)
{
    lmas_status status = LMAS_OK;
    sums s = {0};

    if (!sums_init(&s, pairs))
        status = lmi_fail(LMAS_E_NOMEM, "no memory to solve for a matrix of %lld x %lld",
                          (long long)pairs->w_out.n_cols, (long long)pairs->w_in.n_cols);
    if (status == LMAS_OK)
        status = add_all(&s, pairs, progress, user);
    if (status == LMAS_OK)
        status = solve(&s, ridge);
    if (status == LMAS_OK)
        status = take_solution(out, &s);
    sums_done(&s);
    return status;
}

lmas_status lmi_matrix_solve(float **out, lmas_model *model, const lmi_realign_params *params)
{
    lmi_weights *weights = NULL;
    lmi_pairs pairs = {0};
    lmas_status status = lmi_weights_open(&weights, model->path);

    pairs.from = pairs.to = weights;
    if (status == LMAS_OK)
        status = lmi_pairs_find_out(&pairs.w_out, weights, model);
    if (status == LMAS_OK)
        status = lmi_pairs_find_in(&pairs.w_in, weights, model);
    if (status == LMAS_OK)
        status = lmi_pairs_solve(out, &pairs, LMI_REALIGN_LAMBDA, params->progress, params->user);
    lmi_weights_close(weights);
    return status;
}

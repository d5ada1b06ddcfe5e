/* kernel.c - see kernel.h. */
#include "latent/cross/kernel.h"

#include <cblas.h>
#include <math.h>

#include "base/mem.h"

enum { VECTORS_AT_ONCE = 256 };

/* A pass over the pairs. */
typedef struct summing {
    lmi_kernel *kernel;
    const lmi_head *head;
    double bias_scale; /* of the head's bias: scale / temperature */
    lmi_block block;
    float *directions; /* as the kernel's, in single precision */
    float *keys;       /* the block's rows of W_out that go with others [n_shared, D_A] */
    float *features;   /* [M, LMI_BLOCK_ROWS]: first logarithms, then phi */
} summing;

void lmi_kernel_done(lmi_kernel *kernel)
{
    lmi_free(kernel->directions);
    lmi_free(kernel->shifts);
    lmi_free(kernel->z);
    lmi_free(kernel->s);
    *kernel = (lmi_kernel){0};
}

static bool kernel_init(lmi_kernel *k, const lmi_pairs *pairs, size_t n_features)
{
    *k = (lmi_kernel){.n_features = n_features,
                      .n_out = (size_t)pairs->w_out.n_cols,
                      .n_in = (size_t)pairs->w_in.n_cols};
    k->directions = lmi_new(n_features * k->n_out, sizeof(double));
    k->shifts = lmi_new(n_features, sizeof(double));
    k->z = lmi_new(n_features, sizeof(double));
    k->s = lmi_new(n_features * k->n_in, sizeof(float));
    return k->directions && k->shifts && k->z && k->s;
}

static bool summing_init(summing *s, lmi_kernel *kernel, const lmi_pairs *pairs,
                         const lmi_head *head)
{
    const size_t n = kernel->n_features * kernel->n_out;
    size_t i;

    *s = (summing){.kernel = kernel, .head = head, .bias_scale = kernel->scale};
    s->directions = lmi_new(n, sizeof(float));
    s->keys = lmi_new(LMI_BLOCK_ROWS * kernel->n_out, sizeof(float));
    s->features = lmi_new(LMI_BLOCK_ROWS * kernel->n_features, sizeof(float));
    if (!lmi_block_init(&s->block, pairs) || !s->directions || !s->keys || !s->features)
        return false;
    for (i = 0; i < n; i++)
        s->directions[i] = (float)kernel->directions[i];
    for (i = 0; i < kernel->n_features; i++)
        kernel->shifts[i] = -INFINITY;
    return true;
}

static void summing_done(summing *s)
{
    lmi_block_done(&s->block);
    lmi_free(s->directions);
    lmi_free(s->keys);
    lmi_free(s->features);
}

/* Gather the keys of a block; what each adds to all of its logarithms goes into `own`. */
static void take_keys(float *own, summing *s, int64_t first)
{
    const size_t width = s->kernel->n_out;
    size_t i, k;

    for (i = 0; i < s->block.n_shared; i++) {
        const float *row = s->block.out + (size_t)s->block.at[i] * width;
        const float *bias = s->head->bias;
        double sum = 0;

        for (k = 0; k < width; k++) {
            s->keys[i * width + k] = row[k];
            sum += (double)row[k] * (double)row[k];
        }
        own[i] =
            (float)(-sum / 2 + (bias ? (double)bias[first + s->block.at[i]] * s->bias_scale : 0));
    }
}

/* Logarithms of one feature become phi; what was summed of it becomes comparable. */
static void take_feature(summing *s, size_t m, const float *own)
{
    lmi_kernel *kernel = s->kernel;
    float *features = s->features + m * LMI_BLOCK_ROWS;
    float *row = kernel->s + m * kernel->n_in;
    double most = kernel->shifts[m];
    float shrunk;
    size_t i;

    for (i = 0; i < s->block.n_shared; i++) {
        features[i] += own[i];
        most = (double)features[i] > most ? (double)features[i] : most;
    }
    shrunk = (float)exp(kernel->shifts[m] - most); /* 0 for the first: the sums are zeros then */
    for (i = 0; most > kernel->shifts[m] && i < kernel->n_in; i++)
        row[i] *= shrunk;
    kernel->z[m] *= (double)shrunk;
    kernel->shifts[m] = most;
    for (i = 0; i < s->block.n_shared; i++) {
        features[i] = (float)exp((double)features[i] - most);
        kernel->z[m] += (double)features[i];
    }
}

static lmas_status add_block(summing *s, const lmi_pairs *pairs, int64_t first)
{
    const lmi_kernel *kernel = s->kernel;
    const int n_features = (int)kernel->n_features, d = (int)kernel->n_out,
              d_in = (int)kernel->n_in;
    const lmas_status status = lmi_block_load(&s->block, pairs, first);
    const int n = (int)s->block.n_shared;
    float own[LMI_BLOCK_ROWS];
    size_t m;

    if (status != LMAS_OK || n == 0)
        return status;
    take_keys(own, s, first);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n_features, n, d, 1.0f, s->directions, d,
                s->keys, d, 0.0f, s->features, LMI_BLOCK_ROWS);
    for (m = 0; m < kernel->n_features; m++)
        take_feature(s, m, own);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n_features, d_in, n, 1.0f, s->features,
                LMI_BLOCK_ROWS, s->block.in, d_in, 1.0f, kernel->s, d_in);
    return LMAS_OK;
}

static lmas_status sum_up(summing *s, const lmi_pairs *pairs, lmas_progress_fn progress, void *user)
{
    int64_t first;

    for (first = 0; first < pairs->w_out.n_rows; first += LMI_BLOCK_ROWS) {
        const lmas_status status = add_block(s, pairs, first);

        if (status != LMAS_OK)
            return status;
        if (progress && !progress(user, (float)first / (float)pairs->w_out.n_rows))
            return lmi_fail(LMAS_E_CANCELED, "summing up two vocabularies was stopped");
    }
    return LMAS_OK;
}

lmas_status lmi_kernel_new(lmi_kernel *out, const lmi_pairs *pairs, const lmi_head *head,
                           const lmas_align *align, lmas_progress_fn progress, void *user)
{
    lmas_status status = LMAS_OK;
    summing s = {0};
    lmi_kernel kernel;

    if (head->cap > 0)
        return lmi_fail(LMAS_E_MODEL,
                        "logits of the model that thinks are capped at %g, which random features "
                        "cannot follow: align by soft, not by kernel",
                        (double)head->cap);
    if (kernel_init(&kernel, pairs, align->n_features)) {
        kernel.scale = (double)head->scale / (double)align->temperature;
        status =
            lmi_draw_directions(kernel.directions, kernel.n_features, kernel.n_out, align->seed);
        if (status == LMAS_OK && summing_init(&s, &kernel, pairs, head))
            status = sum_up(&s, pairs, progress, user);
        else if (status == LMAS_OK)
            status = lmi_fail(LMAS_E_NOMEM, "no memory to sum up %zu features", kernel.n_features);
    } else {
        status = lmi_fail(LMAS_E_NOMEM, "no memory for %zu features", kernel.n_features);
    }
    summing_done(&s);
    if (status == LMAS_OK)
        *out = kernel;
    else
        lmi_kernel_done(&kernel);
    return status;
}

/* phi of one vector, from its products with the directions, and z' phi. */
static double weigh(float *phi, const lmi_kernel *kernel, const double *products)
{
    double most = -INFINITY;
    double sum = 0;
    size_t m;

    for (m = 0; m < kernel->n_features; m++)
        most = products[m] + kernel->shifts[m] > most ? products[m] + kernel->shifts[m] : most;
    for (m = 0; m < kernel->n_features; m++) {
        phi[m] = (float)exp(products[m] + kernel->shifts[m] - most);
        sum += (double)phi[m] * kernel->z[m];
    }
    return sum;
}

/* Some vectors, widened in `x` [n, D_A]; `products` is [n, M] and `phi` [n, M]. */
static void map_some(float *e, const lmi_kernel *kernel, double *x, double *products, float *phi,
                     const float *h, size_t n)
{
    const int n_features = (int)kernel->n_features, d = (int)kernel->n_out,
              d_in = (int)kernel->n_in;
    size_t i, m;

    for (i = 0; i < n * kernel->n_out; i++)
        x[i] = (double)h[i] * kernel->scale;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, n_features, d, 1.0, x, d,
                kernel->directions, d, 0.0, products, n_features);
    for (i = 0; i < n; i++) {
        float *row = phi + i * kernel->n_features;
        const double sum = weigh(row, kernel, products + i * kernel->n_features);

        for (m = 0; m < kernel->n_features; m++)
            row[m] = (float)((double)row[m] / sum);
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, d_in, n_features, 1.0f, phi,
                n_features, kernel->s, d_in, 0.0f, e, d_in);
}

lmas_status lmi_kernel_map(float *e, const lmi_kernel *kernel, const float *h, size_t n)
{
    const size_t most = n < VECTORS_AT_ONCE ? n : VECTORS_AT_ONCE;
    double *x = lmi_new(most * kernel->n_out, sizeof(double));
    double *products = lmi_new(most * kernel->n_features, sizeof(double));
    float *phi = lmi_new(most * kernel->n_features, sizeof(float));
    lmas_status status = LMAS_OK;
    size_t i;

    if (x && products && phi)
        for (i = 0; i < n; i += most)
            map_some(e + i * kernel->n_in, kernel, x, products, phi, h + i * kernel->n_out,
                     n - i < most ? n - i : most);
    else
        status = lmi_fail(LMAS_E_NOMEM, "no memory for features of %zu thoughts", n);
    lmi_free(x);
    lmi_free(products);
    lmi_free(phi);
    return status;
}

/*
 * cross.c - see cross.h: what each method needs of the two models, and what all have in common.
 *
 * soft.c and kernel.c have the two that go by what A would say; the others are a product and a
 * rescale, here.
 */
#include "latent/cross/cross.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "latent/cross/align.h"
#include "latent/cross/parts.h"
#include "latent/realign/near.h"
#include "latent/realign/threads.h"

enum { VECTORS_AT_ONCE = 1024 };

/* ---- Making one ---- */

static lmas_status open_files(lmi_cross *cross, const lmas_model *from, const lmas_model *to)
{
    lmi_pairs *pairs = &cross->pairs;
    lmas_status status = lmi_weights_open(&pairs->from, from->path);

    if (status == LMAS_OK)
        status = lmi_weights_open(&pairs->to, to->path);
    if (status == LMAS_OK)
        status = lmi_pairs_find_out(&pairs->w_out, pairs->from, from);
    if (status == LMAS_OK)
        status = lmi_pairs_find_in(&pairs->w_in, pairs->to, to);
    pairs->to_row = cross->overlap.to;
    return status;
}

static lmas_status check_fit(const lmi_cross *cross, const lmas_model *from, const lmas_model *to)
{
    if (cross->align.method == LMAS_ALIGN_IDENTICAL && from->info.n_embd != to->info.n_embd)
        return lmi_fail(LMAS_E_MODEL,
                        "thoughts of %s are %d wide and inputs of %s %d: identical needs models "
                        "of one width",
                        from->path, from->info.n_embd, to->path, to->info.n_embd);
    if (cross->align.method != LMAS_ALIGN_IDENTICAL && cross->overlap.n_shared == 0)
        return lmi_fail(LMAS_E_MODEL,
                        "%s has none of the %d tokens of %s: between them only text goes", to->path,
                        cross->overlap.n_from, from->path);
    return LMAS_OK;
}

/* What lmi_blas_choose() asks for. */
static size_t n_values(const lmas_model *from, const lmas_model *to)
{
    return (size_t)from->info.n_vocab * (size_t)from->info.n_embd +
           (size_t)to->info.n_vocab * (size_t)to->info.n_embd;
}

/* What the method takes from the models before any thought comes. */
static lmas_status prepare(lmi_cross *cross, lmas_model *from, lmas_model *to,
                           lmas_progress_fn progress, void *user)
{
    const lmas_align_method method = cross->align.method;
    const int before = lmi_blas_limit(cross->n_threads);
    lmas_status status = LMAS_OK;

    if (method == LMAS_ALIGN_LINEAR || method == LMAS_ALIGN_IDENTICAL)
        status = lmas_model_target_norm(&cross->target_norm, to);
    else
        status = lmi_head_read(&cross->head, cross->pairs.from, from, cross->n_threads);
    if (status == LMAS_OK && method == LMAS_ALIGN_LINEAR)
        status = lmi_pairs_solve(&cross->matrix, &cross->pairs, (double)cross->align.ridge,
                                 progress, user);
    if (status == LMAS_OK && method == LMAS_ALIGN_KERNEL)
        status = lmi_kernel_new(&cross->kernel, &cross->pairs, &cross->head, &cross->align,
                                progress, user);
    lmi_blas_limit(before);
    return status;
}

lmas_status lmi_cross_new(lmi_cross **out, lmas_model *from, lmas_model *to,
                          const lmas_align *align, lmas_progress_fn progress, void *user)
{
    const lmas_align how = align ? *align : lmas_align_default();
    lmas_status status = lmi_align_check(&how);
    lmi_cross *cross;

    if (status == LMAS_OK && how.method == LMAS_ALIGN_TEXT)
        status = lmi_fail(LMAS_E_INVALID, "no thought is handed over by text");
    if (status != LMAS_OK)
        return status;
    cross = lmi_new(1, sizeof(*cross));
    if (!cross)
        return lmi_fail(LMAS_E_NOMEM, "no memory to hand over thoughts");
    cross->align = how;
    cross->scale = to->thought.scale;
    cross->n_threads = lmi_blas_choose(&from->load, n_values(from, to));
    status = lmi_overlap_find(&cross->overlap, from, to);
    if (status == LMAS_OK)
        status = check_fit(cross, from, to);
    if (status == LMAS_OK)
        status = open_files(cross, from, to);
    if (status == LMAS_OK)
        status = prepare(cross, from, to, progress, user);
    if (status == LMAS_OK)
        *out = cross;
    else
        lmi_cross_free(cross);
    return status;
}

void lmi_cross_free(lmi_cross *cross)
{
    if (!cross)
        return;
    lmi_kernel_done(&cross->kernel);
    lmi_head_done(&cross->head);
    lmi_weights_close(cross->pairs.from);
    lmi_weights_close(cross->pairs.to);
    lmi_overlap_done(&cross->overlap);
    lmi_free(cross->matrix);
    lmi_free(cross);
}

const lmi_overlap *lmi_cross_overlap(const lmi_cross *cross)
{
    return &cross->overlap;
}

/* ---- Mapping ---- */

static bool are_finite(const float *x, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* Make every vector [n, width] `norm` long. */
static void rescale(float *e, size_t n, size_t width, float norm)
{
    size_t i;

    lmi_near_unify(e, e, n, width);
    for (i = 0; i < n * width; i++)
        e[i] *= norm;
}

/* e = h W. BLAS counts in int: some at a time. */
static void multiply(float *e, const lmi_cross *cross, const float *h, size_t n)
{
    const int d = (int)cross->pairs.w_out.n_cols, d_in = (int)cross->pairs.w_in.n_cols;
    size_t i;

    for (i = 0; i < n; i += VECTORS_AT_ONCE)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans,
                    (int)(n - i < VECTORS_AT_ONCE ? n - i : VECTORS_AT_ONCE), d_in, d, 1.0f,
                    h + i * (size_t)d, d, cross->matrix, d_in, 0.0f, e + i * (size_t)d_in, d_in);
}

static lmas_status map(float *e, double *mass, const lmi_cross *cross, const float *h, size_t n)
{
    const size_t width = (size_t)cross->pairs.w_in.n_cols;
    lmas_status status = LMAS_OK;
    size_t i;

    *mass = cross->overlap.is_equal ? 1 : cross->overlap.coverage;
    switch (cross->align.method) {
    case LMAS_ALIGN_SOFT:
        return lmi_soft_map(e, mass, cross, h, n);
    case LMAS_ALIGN_KERNEL:
        status = lmi_kernel_map(e, &cross->kernel, h, n);
        for (i = 0; status == LMAS_OK && i < n * width; i++)
            e[i] *= cross->scale;
        return status;
    case LMAS_ALIGN_LINEAR:
        multiply(e, cross, h, n);
        break;
    default:
        memcpy(e, h, n * width * sizeof(*e));
    }
    rescale(e, n, width, cross->target_norm);
    return LMAS_OK;
}

static void keep_best(void *user, const lmi_near *near)
{
    float *best = (float *)user + near->vector;
    size_t i;
    int64_t row;

    for (row = 0; row < near->n_rows; row++)
        for (i = 0; i < near->n; i++) {
            const float cosine = near->cosines[(size_t)row * near->n + i];

            best[i] = cosine > best[i] ? cosine : best[i];
        }
}

/* Mean over the vectors of the cosine to the row of W_in,B that is nearest. */
static lmas_status measure(double *cosine, const lmi_cross *cross, const float *e, size_t n)
{
    const lmi_pairs *pairs = &cross->pairs;
    const size_t width = (size_t)pairs->w_in.n_cols;
    float *units = lmi_new(n * width, sizeof(float));
    float *best = lmi_new(n, sizeof(float));
    lmas_status status = LMAS_OK;
    double sum = 0;
    size_t i;

    if (units && best) {
        for (i = 0; i < n; i++)
            best[i] = -1;
        lmi_near_unify(units, e, n, width);
        status = lmi_near_walk(pairs->to, &pairs->w_in, units, n, keep_best, best);
        for (i = 0; i < n; i++)
            sum += (double)best[i];
    } else {
        status = lmi_fail(LMAS_E_NOMEM, "no memory to see what %zu thoughts are near to", n);
    }
    lmi_free(units);
    lmi_free(best);
    if (status == LMAS_OK)
        *cosine = sum / (double)n;
    return status;
}

lmas_status lmi_cross_map(float *e, lmi_cross_quality *quality, lmi_cross *cross, const float *h,
                          size_t n)
{
    const size_t d = (size_t)cross->pairs.w_out.n_cols, d_in = (size_t)cross->pairs.w_in.n_cols;
    lmi_cross_quality found = {0};
    lmas_status status;
    int before;

    if (n < 1 || n > LMAS_LATENT_STEPS_MAX)
        return lmi_fail(LMAS_E_INVALID, "thoughts that cross over must be from 1 to %d, got %zu",
                        LMAS_LATENT_STEPS_MAX, n);
    if (!are_finite(h, n * d))
        return lmi_fail(LMAS_E_ENGINE, "a thought that is to cross over is not finite");
    before = lmi_blas_limit(cross->n_threads);
    status = map(e, &found.mass, cross, h, n);
    if (status == LMAS_OK && !are_finite(e, n * d_in))
        status = lmi_fail(LMAS_E_MODEL, "a thought that crossed over by %s is not finite",
                          lmas_align_name(cross->align.method));
    if (status == LMAS_OK && quality)
        status = measure(&found.cosine, cross, e, n);
    lmi_blas_limit(before);
    if (status == LMAS_OK && quality)
        *quality = found;
    return status;
}

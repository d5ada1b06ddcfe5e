/*
 * soft.c - e = sum of p W_in,B over shared tokens, p = softmax(l / temperature) over all of A's.
 *
 * In one pass over the rows of both matrices: what was summed so far is shrunk whenever a larger l
 * comes (an online softmax). The largest shared l has its own, so that e keeps its digits where
 * next to nothing of p is on shared tokens; what share that is, `mass` says.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "latent/cross/parts.h"

enum { VECTORS_AT_ONCE = 1024 };

/* One vector's sums so far: exp(l - most) of all tokens and of the shared ones. */
typedef struct running {
    float most, most_shared;
    double sum, shared;
} running;

typedef struct pass {
    const lmi_cross *cross;
    lmi_block block;
    int64_t first;  /* row of W_out that the block begins with */
    float *scores;  /* l / temperature [VECTORS_AT_ONCE, LMI_BLOCK_ROWS] */
    float *weights; /* exp(l - most_shared) of the block's shared tokens, the same shape */
    running *sums;  /* [n] */
} pass;

static bool pass_init(pass *p, const lmi_cross *cross, size_t n)
{
    const size_t n_at_once = n < VECTORS_AT_ONCE ? n : VECTORS_AT_ONCE;
    size_t i;

    *p = (pass){.cross = cross};
    p->scores = lmi_new(n_at_once * LMI_BLOCK_ROWS, sizeof(float));
    p->weights = lmi_new(n_at_once * LMI_BLOCK_ROWS, sizeof(float));
    p->sums = lmi_new(n, sizeof(*p->sums));
    if (!lmi_block_init(&p->block, &cross->pairs) || !p->scores || !p->weights || !p->sums)
        return false;
    for (i = 0; i < n; i++)
        p->sums[i] = (running){.most = -INFINITY, .most_shared = -INFINITY};
    return true;
}

static void pass_done(pass *p)
{
    lmi_block_done(&p->block);
    lmi_free(p->scores);
    lmi_free(p->weights);
    lmi_free(p->sums);
}

/* Take the scores of a block into the sum over all tokens. */
static void add_all(running *r, const float *scores, size_t n)
{
    float most = r->most;
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        most = scores[i] > most ? scores[i] : most;
    for (i = 0; i < n; i++)
        sum += (double)expf(scores[i] - most);
    r->sum = r->sum * exp((double)r->most - (double)most) + sum;
    r->most = most;
}

/* The weights of its shared tokens; what e [width] holds becomes comparable to them. */
static void add_shared(running *r, float *weights, float *e, const float *scores,
                       const lmi_block *block, size_t width)
{
    float most = r->most_shared;
    float shrunk;
    size_t i;

    for (i = 0; i < block->n_shared; i++)
        most = scores[block->at[i]] > most ? scores[block->at[i]] : most;
    shrunk = expf(r->most_shared - most); /* 0 for the first: e is zeros then */
    for (i = 0; most > r->most_shared && i < width; i++)
        e[i] *= shrunk;
    r->shared *= (double)shrunk;
    for (i = 0; i < block->n_shared; i++) {
        weights[i] = expf(scores[block->at[i]] - most);
        r->shared += (double)weights[i];
    }
    r->most_shared = most;
}

/* The block against `n` vectors. */
static void add_block(pass *p, float *e, running *sums, const float *h, size_t n)
{
    const lmi_cross *cross = p->cross;
    const lmi_block *block = &p->block;
    const int d = (int)cross->pairs.w_out.n_cols, d_in = (int)cross->pairs.w_in.n_cols;
    size_t i, k;

    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)block->n, d, 1.0f, h, d,
                block->out, d, 0.0f, p->scores, LMI_BLOCK_ROWS);
    for (i = 0; i < n; i++) {
        float *scores = p->scores + i * LMI_BLOCK_ROWS;

        for (k = 0; k < block->n; k++)
            scores[k] = lmi_head_score(&cross->head, scores[k], p->first + (int64_t)k) /
                        cross->align.temperature;
        add_all(&sums[i], scores, block->n);
        if (block->n_shared > 0)
            add_shared(&sums[i], p->weights + i * LMI_BLOCK_ROWS, e + i * (size_t)d_in, scores,
                       block, (size_t)d_in);
    }
    if (block->n_shared > 0)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, d_in, (int)block->n_shared,
                    1.0f, p->weights, LMI_BLOCK_ROWS, block->in, d_in, 1.0f, e, d_in);
}

/* Divide what was summed by its p. */
static void finish(float *e, double *mass, const pass *p, size_t n)
{
    const size_t width = (size_t)p->cross->pairs.w_in.n_cols;
    double total = 0;
    size_t i, k;

    for (i = 0; i < n; i++) {
        const running *r = &p->sums[i];

        for (k = 0; k < width; k++)
            e[i * width + k] =
                (float)((double)e[i * width + k] / r->shared * (double)p->cross->scale);
        total += r->shared * exp((double)r->most_shared - (double)r->most) / r->sum;
    }
    *mass = total / (double)n;
}

static lmas_status run(float *e, pass *p, const float *h, size_t n)
{
    const lmi_pairs *pairs = &p->cross->pairs;
    const size_t d = (size_t)pairs->w_out.n_cols, d_in = (size_t)pairs->w_in.n_cols;
    size_t i;

    for (p->first = 0; p->first < pairs->w_out.n_rows; p->first += LMI_BLOCK_ROWS) {
        const lmas_status status = lmi_block_load(&p->block, pairs, p->first);

        if (status != LMAS_OK)
            return status;
        for (i = 0; i < n; i += VECTORS_AT_ONCE)
            add_block(p, e + i * d_in, p->sums + i, h + i * d,
                      n - i < VECTORS_AT_ONCE ? n - i : VECTORS_AT_ONCE);
    }
    return LMAS_OK;
}

lmas_status lmi_soft_map(float *e, double *mass, const lmi_cross *cross, const float *h, size_t n)
{
    lmas_status status;
    pass p;

    memset(e, 0, n * (size_t)cross->pairs.w_in.n_cols * sizeof(*e));
    status = pass_init(&p, cross, n)
                 ? run(e, &p, h, n)
                 : lmi_fail(LMAS_E_NOMEM, "no memory for what %zu thoughts say", n);
    if (status == LMAS_OK)
        finish(e, mass, &p, n);
    pass_done(&p);
    return status;
}

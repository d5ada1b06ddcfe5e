/*
 * attend.c - attention as libllama spells it out: scores, softmax, values.
 *
 *      scores  [n_cells, n_rows, n_heads]  = K . q     a head of K serves the heads of its group
 *      weights                             = softmax(scale * scores + mask)
 *      out     [head_dim, n_rows, n_heads] = V' . weights
 *
 * Only where keys and values lie in the machine's memory, in a cache: what else is multiplied by
 * activations stays with libggml.
 */
#include "kernels/plugin/step.h"

enum {
    ROWS = 64,  /* of queries that are taken at once */
    SCORES = 32 /* rows of them */
};

static bool is_cached(const struct ggml_tensor *t)
{
    const struct ggml_backend_buffer *buffer = t->view_src ? t->view_src->buffer : t->buffer;

    return buffer && buffer->usage != GGML_BACKEND_BUFFER_USAGE_WEIGHTS &&
           ggml_backend_buft_is_host(buffer->buft);
}

/* A mask's row for a query of a head of a sequence; where it has fewer, they take turns. */
static const void *mask_row(const struct ggml_tensor *mask, int64_t row, int64_t head, int64_t seq)
{
    return (const char *)mask->data + (size_t)row * mask->nb[1] +
           (size_t)(head % mask->ne[2]) * mask->nb[2] + (size_t)(seq % mask->ne[3]) * mask->nb[3];
}

static bool takes_dots(const struct ggml_tensor *op)
{
    const struct ggml_tensor *a = op->src[0], *b = op->src[1];

    return op->op == GGML_OP_MUL_MAT && lmi_step_is_plain(op, 1) &&
           (a->type == GGML_TYPE_F16 || a->type == GGML_TYPE_F32) && is_cached(a) &&
           a->nb[0] == ggml_type_size(a->type) && b->type == GGML_TYPE_F32 &&
           b->nb[0] == sizeof(float) && op->type == GGML_TYPE_F32 && op->nb[0] == sizeof(float) &&
           b->ne[2] % a->ne[2] == 0 && a->ne[3] == b->ne[3];
}

/* Where rows [begin, begin + n) of one head of a and one sequence are: row i is query i / group of
 * head i % group of its group. */
static void place_rows(const float **from, float **to, const struct ggml_tensor *op, int64_t head,
                       int64_t seq, int64_t begin, int n)
{
    const struct ggml_tensor *b = op->src[1];
    const int64_t group = b->ne[2] / op->src[0]->ne[2];
    int i;

    for (i = 0; i < n; i++) {
        const size_t row = (size_t)((begin + i) / group);
        const size_t h = (size_t)(head * group + (begin + i) % group), s = (size_t)seq;

        from[i] =
            (const float *)((const char *)b->data + row * b->nb[1] + h * b->nb[2] + s * b->nb[3]);
        to[i] = (float *)((char *)op->data + row * op->nb[1] + h * op->nb[2] + s * op->nb[3]);
    }
}

/* The mask's rows for the same ones. */
static void place_masks(const void **rows, const lmi_step *step, int64_t head, int64_t seq,
                        int64_t begin, int n)
{
    const struct ggml_tensor *mask = step->mask;
    const int64_t group = step->op->src[1]->ne[2] / step->op->src[0]->ne[2];
    int i;

    for (i = 0; mask && i < n; i++)
        rows[i] = mask_row(mask, (begin + i) / group, head * group + (begin + i) % group, seq);
}

static void do_dots(const lmi_step *step, int64_t head, int64_t seq, int64_t begin, int n)
{
    const struct ggml_tensor *op = step->op, *a = op->src[0];
    const float *from[ROWS];
    const void *masks[ROWS];
    float *to[ROWS];
    const lmi_dots d = {.type = a->type,
                        .a = (const char *)a->data + (size_t)head * a->nb[2] +
                             (size_t)seq * a->nb[3],
                        .a_stride = a->nb[1],
                        .n_a = (size_t)a->ne[1],
                        .b = from,
                        .y = to,
                        .n_b = (size_t)n,
                        .n_cols = (size_t)a->ne[0],
                        .mask = step->mask ? masks : NULL,
                        .is_mask_half = step->mask && step->mask->type == GGML_TYPE_F16};

    place_rows(from, to, op, head, seq, begin, n);
    place_masks(masks, step, head, seq, begin, n);
    step->path->dots(&d);
}

static void run_dots(lmi_step *step, lmi_member *me)
{
    const struct ggml_tensor *a = step->op->src[0], *b = step->op->src[1];
    const int64_t n_rows = b->ne[1] * (b->ne[2] / a->ne[2]);
    const int64_t n_blocks = (n_rows + ROWS - 1) / ROWS;
    int64_t i;

    lmi_crew_meet(me);
    while ((i = lmi_crew_next(me, &step->n_taken, n_blocks * a->ne[2] * a->ne[3])) >= 0) {
        const int64_t begin = i % n_blocks * ROWS;
        const int n = n_rows - begin < ROWS ? (int)(n_rows - begin) : ROWS;

        do_dots(step, i / n_blocks % a->ne[2], i / n_blocks / a->ne[2], begin, n);
    }
}

const lmi_kind lmi_kind_dots = {.takes = takes_dots, .run = run_dots};

/* ---- softmax ---- */

static bool takes_softmax(const struct ggml_tensor *op)
{
    const struct ggml_tensor *mask = op->op == GGML_OP_SOFT_MAX ? op->src[1] : NULL;

    return op->op == GGML_OP_SOFT_MAX && !op->src[2] && lmi_step_param(op, 1) == 0 &&
           lmi_step_is_plain(op, 2) && op->src[0]->op == GGML_OP_MUL_MAT &&
           takes_dots(op->src[0]) &&
           (!mask || mask->type == GGML_TYPE_F16 || mask->type == GGML_TYPE_F32) &&
           ggml_is_contiguous(op) && ggml_is_contiguous(op->src[0]);
}

static void do_softmax(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op, *mask = op->src[1];
    const int64_t row = i % op->ne[1], head = i / op->ne[1] % op->ne[2];
    const int64_t seq = i / op->ne[1] / op->ne[2];
    lmi_softmax s = {.x = (const float *)op->src[0]->data + i * op->ne[0],
                     .scale = lmi_step_param(op, 0),
                     .y = (float *)op->data + i * op->ne[0],
                     .n = (size_t)op->ne[0]};

    if (mask) {
        s.mask = mask_row(mask, row, head, seq);
        s.is_mask_half = mask->type == GGML_TYPE_F16;
    }
    step->path->softmax(&s);
}

static void run_softmax(lmi_step *step, lmi_member *me)
{
    const int64_t n = ggml_nrows(step->op);
    int64_t share, i;

    lmi_crew_meet(me);
    while ((share = lmi_crew_next(me, &step->n_taken, (n + SCORES - 1) / SCORES)) >= 0)
        for (i = share * SCORES; i < n && i < (share + 1) * SCORES; i++)
            do_softmax(step, i);
}

const lmi_kind lmi_kind_softmax = {.takes = takes_softmax, .run = run_softmax};

/*
 * rows.c - what is done to each row by itself, between the products: norms, sums, gates, copies.
 *
 * libggml can do all of this as fast. It is here so that a layer stays with one backend: each
 * change between two costs some microseconds, which small models feel.
 */
#include <string.h>

#include "kernels/plugin/step.h"

enum { LEAP = 64 }; /* values that become halves together */

static bool is_series(const struct ggml_tensor *t)
{
    return t->nb[2] == (size_t)t->ne[1] * t->nb[1] && t->nb[3] == (size_t)t->ne[2] * t->nb[2];
}

static void *row_among(const struct ggml_tensor *t, const struct ggml_tensor *shape, int64_t i)
{
    const int64_t i1 = i % shape->ne[1], i2 = i / shape->ne[1] % shape->ne[2];
    const int64_t i3 = i / shape->ne[1] / shape->ne[2];

    return (char *)t->data + (size_t)(i1 % t->ne[1]) * t->nb[1] +
           (size_t)(i2 % t->ne[2]) * t->nb[2] + (size_t)(i3 % t->ne[3]) * t->nb[3];
}

void *lmi_step_row(const struct ggml_tensor *t, const struct ggml_tensor *shape, int64_t i)
{
    if (ggml_nrows(t) == 1)
        return t->data;
    if (is_series(t) && ggml_nrows(t) == ggml_nrows(shape))
        return (char *)t->data + (size_t)i * t->nb[1];
    return row_among(t, shape, i);
}

static bool is_rows(const struct ggml_tensor *t)
{
    return t && t->type == GGML_TYPE_F32 && t->nb[0] == sizeof(float);
}

void lmi_step_rows(lmi_step *step, lmi_member *me, int64_t n, lmi_row_fn fn)
{
    const int64_t share = lmi_step_share(n, me);
    int64_t s, i;

    lmi_crew_meet(me);
    while ((s = lmi_crew_next(me, &step->n_taken, (n + share - 1) / share)) >= 0)
        for (i = s * share; i < n && i < (s + 1) * share; i++)
            fn(step, i);
}

static void run_rows(lmi_step *step, lmi_member *me, lmi_row_fn fn)
{
    lmi_step_rows(step, me, ggml_nrows(step->op), fn);
}

/* ---- norm ---- */

static bool takes_norm(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_RMS_NORM && is_rows(op->src[0]) && is_rows(op) &&
           lmi_step_is_plain(op, 1);
}

static void norm_row(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;

    step->path->rows->rms_norm(lmi_step_row(op, op, i), lmi_step_row(op->src[0], op, i),
                               (size_t)op->ne[0], lmi_step_param(op, 0));
}

static void run_norm(lmi_step *step, lmi_member *me)
{
    run_rows(step, me, norm_row);
}

const lmi_kind lmi_kind_norm = {.takes = takes_norm, .run = run_norm};

/* ---- two rows become one ---- */

static bool takes_pair(const struct ggml_tensor *op)
{
    return is_rows(op->src[0]) && is_rows(op->src[1]) && is_rows(op) &&
           op->src[0]->ne[0] == op->src[1]->ne[0];
}

static bool takes_add(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_ADD && takes_pair(op) && lmi_step_is_plain(op, 0);
}

static void add_row(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;

    step->path->rows->add(lmi_step_row(op, op, i), lmi_step_row(op->src[0], op, i),
                          lmi_step_row(op->src[1], op, i), (size_t)op->ne[0]);
}

static void run_add(lmi_step *step, lmi_member *me)
{
    run_rows(step, me, add_row);
}

const lmi_kind lmi_kind_add = {.takes = takes_add, .run = run_add};

static bool takes_multiply(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_MUL && takes_pair(op) && lmi_step_is_plain(op, 0);
}

static void multiply_row(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;

    step->path->rows->multiply(lmi_step_row(op, op, i), lmi_step_row(op->src[0], op, i),
                               lmi_step_row(op->src[1], op, i), (size_t)op->ne[0]);
}

static void run_multiply(lmi_step *step, lmi_member *me)
{
    run_rows(step, me, multiply_row);
}

const lmi_kind lmi_kind_multiply = {.takes = takes_multiply, .run = run_multiply};

static bool takes_swiglu(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_GLU && ggml_get_glu_op(op) == GGML_GLU_OP_SWIGLU && takes_pair(op) &&
           lmi_step_is_plain(op, 2);
}

static void swiglu_row(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;

    step->path->rows->swiglu(lmi_step_row(op, op, i), lmi_step_row(op->src[0], op, i),
                             lmi_step_row(op->src[1], op, i), (size_t)op->ne[0]);
}

static void run_swiglu(lmi_step *step, lmi_member *me)
{
    run_rows(step, me, swiglu_row);
}

const lmi_kind lmi_kind_swiglu = {.takes = takes_swiglu, .run = run_swiglu};

/* ---- rows that go elsewhere ---- */

static bool takes_copy(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_CONT && is_rows(op->src[0]) && is_rows(op) && ggml_is_contiguous(op) &&
           op->src[0]->ne[0] > 1;
}

/* The source may be cut into rows of another length: a row of it is copied to where its first value
 * belongs. */
static void copy_row(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *from = step->op->src[0];

    memcpy((float *)step->op->data + i * from->ne[0], lmi_step_row(from, from, i),
           (size_t)from->ne[0] * sizeof(float));
}

static void run_copy(lmi_step *step, lmi_member *me)
{
    lmi_step_rows(step, me, ggml_nrows(step->op->src[0]), copy_row);
}

const lmi_kind lmi_kind_copy = {.takes = takes_copy, .run = run_copy};

static bool takes_pick(const struct ggml_tensor *op)
{
    const struct ggml_tensor *from = op->src[0], *which = op->src[1];

    return op->op == GGML_OP_GET_ROWS && is_rows(from) && is_rows(op) && !from->view_src &&
           from->op != GGML_OP_NONE && ggml_is_matrix(from) && which->type == GGML_TYPE_I32 &&
           ggml_is_vector(which) && ggml_is_contiguous(which);
}

static void pick_row(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;
    const struct ggml_tensor *from = op->src[0];
    const int32_t row = ((const int32_t *)op->src[1]->data)[i];

    memcpy(lmi_step_row(op, op, i), (const char *)from->data + (size_t)row * from->nb[1],
           (size_t)op->ne[0] * sizeof(float));
}

static void run_pick(lmi_step *step, lmi_member *me)
{
    run_rows(step, me, pick_row);
}

const lmi_kind lmi_kind_pick = {.takes = takes_pick, .run = run_pick};

/* ---- into the cache ---- */

static bool takes_keep(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_SET_ROWS && is_rows(op->src[0]) &&
           (op->type == GGML_TYPE_F16 || op->type == GGML_TYPE_F32) &&
           op->nb[0] == ggml_type_size(op->type) &&
           (op->src[1]->type == GGML_TYPE_I64 || op->src[1]->type == GGML_TYPE_I32);
}

/* The row of the cache for row `i` of the source. */
static void *place_of(const struct ggml_tensor *op, int64_t i)
{
    const struct ggml_tensor *from = op->src[0], *to = op->src[1];
    const int64_t i1 = i % from->ne[1], i2 = i / from->ne[1] % from->ne[2];
    const int64_t i3 = i / from->ne[1] / from->ne[2];
    const char *at = (const char *)to->data + (size_t)i1 * to->nb[0] +
                     (size_t)(i2 % to->ne[1]) * to->nb[1] + (size_t)(i3 % to->ne[2]) * to->nb[2];
    const int64_t row = to->type == GGML_TYPE_I64 ? *(const int64_t *)at : *(const int32_t *)at;

    return (char *)op->data + (size_t)row * op->nb[1] + (size_t)i2 * op->nb[2] +
           (size_t)i3 * op->nb[3];
}

static void keep_row(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;
    const struct ggml_tensor *from = op->src[0];
    const float *row = lmi_step_row(from, from, i);
    void *to = place_of(op, i);

    if (op->type == GGML_TYPE_F32)
        memcpy(to, row, (size_t)from->ne[0] * sizeof(float));
    else
        step->path->rows->halve(to, row, (size_t)from->ne[0]);
}

/* Ask for the places of some values, which are as many lines of the cache. */
static void ask_for(const struct ggml_tensor *op, const int64_t *to, int64_t n)
{
    enum { TO_WRITE = 1 };
    int64_t k;

    for (k = 0; k < n; k++)
        __builtin_prefetch((const char *)op->data + (size_t)to[k] * op->nb[1], TO_WRITE);
}

static int64_t at_most(int64_t n, int64_t limit)
{
    return n < limit ? n : limit;
}

/* Values that lie apart in the cache, [begin, end) of a series: each is a row. */
static void keep_values(const lmi_step *step, int64_t begin, int64_t end)
{
    const struct ggml_tensor *op = step->op;
    const float *from = op->src[0]->data;
    const int64_t *to = op->src[1]->data;
    uint16_t some[LEAP];
    int64_t i, k;

    ask_for(op, to + begin, at_most(end - begin, LEAP));
    for (i = begin; i < end; i += LEAP) {
        const int64_t n = at_most(end - i, LEAP);

        ask_for(op, to + i + n, at_most(end - i - n, LEAP));
        step->path->rows->halve(some, from + i, (size_t)n);
        for (k = 0; k < n; k++)
            memcpy((char *)op->data + (size_t)to[i + k] * op->nb[1], &some[k], sizeof(some[k]));
    }
}

static bool is_values(const struct ggml_tensor *op)
{
    const struct ggml_tensor *from = op->src[0], *to = op->src[1];

    return op->type == GGML_TYPE_F16 && from->ne[0] == 1 && ggml_nrows(from) == from->ne[1] &&
           ggml_is_contiguous(from) && to->type == GGML_TYPE_I64 && ggml_is_contiguous(to);
}

static void run_keep(lmi_step *step, lmi_member *me)
{
    const int64_t n = ggml_nrows(step->op->src[0]);
    const int64_t share = lmi_step_share(n, me);
    int64_t s, i;

    lmi_crew_meet(me);
    while ((s = lmi_crew_next(me, &step->n_taken, (n + share - 1) / share)) >= 0) {
        const int64_t end = (s + 1) * share < n ? (s + 1) * share : n;

        if (is_values(step->op))
            keep_values(step, s * share, end);
        else
            for (i = s * share; i < end; i++)
                keep_row(step, i);
    }
}

const lmi_kind lmi_kind_keep = {.takes = takes_keep, .run = run_keep};

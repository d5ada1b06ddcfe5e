/*
 * step.h - the kinds of operations that the backend computes, one file for each.
 *
 * All members of a crew call a step's function; each takes a share of it.
 */
#ifndef LMI_KERNELS_PLUGIN_STEP_H
#define LMI_KERNELS_PLUGIN_STEP_H

#include <string.h>

#include "kernels/plugin/plugin.h"
#include "kernels/threads.h"

typedef struct lmi_step lmi_step;

/* One kind of operation. */
typedef struct lmi_kind {
    bool (*takes)(const struct ggml_tensor *op);
    void (*run)(lmi_step *step, lmi_member *me);
} lmi_kind;

/* An operation as all members see it. */
struct lmi_step {
    const struct ggml_tensor *op;
    const lmi_kind *kind;
    const lmi_path *path;
    atomic_llong n_taken; /* shares */

    /* Of a product with weights. */
    lmi_operand x;
    atomic_llong n_prepared; /* shares of preparing it that are taken */
    bool is_fresh;           /* its activations are to be prepared: others are in their place */

    /* Of a rotation: its angles, and whether they are to be computed. */
    float *angles;
    bool is_first;

    /* Of scores that go into a softmax alone: its mask. */
    const struct ggml_tensor *mask;
};

/* Rows of `n` that are a share: some shares for each member, so that who is late takes fewer. */
static inline int64_t lmi_step_share(int64_t n, const lmi_member *me)
{
    return 1 + (n - 1) / ((int64_t)me->n * 4);
}

typedef void (*lmi_row_fn)(const lmi_step *step, int64_t row);

/* When all before is done: `fn` for each of `n` rows, shared out. */
void lmi_step_rows(lmi_step *step, lmi_member *me, int64_t n, lmi_row_fn fn);

/* Whether an operation says nothing beyond its first `n_known` parameters: a libggml that is newer
 * than what is known here may. */
static inline bool lmi_step_is_plain(const struct ggml_tensor *op, size_t n_known)
{
    size_t i;

    for (i = n_known; i < sizeof(op->op_params) / sizeof(op->op_params[0]); i++)
        if (op->op_params[i] != 0)
            return false;
    return true;
}

/* Parameter `i`, where it is a float. */
static inline float lmi_step_param(const struct ggml_tensor *op, size_t i)
{
    float value;

    memcpy(&value, &op->op_params[i], sizeof(value));
    return value;
}

/* Row `i` of a tensor, counted over all dimensions of `shape` but the first; where it has fewer
 * rows, they take turns. (Where all follow each other, none is looked for by divisions.) */
void *lmi_step_row(const struct ggml_tensor *t, const struct ggml_tensor *shape, int64_t i);

extern const lmi_kind lmi_kind_product; /* weights by activations */
extern const lmi_kind lmi_kind_look_up; /* rows of the vocabulary's matrix */
extern const lmi_kind lmi_kind_dots;    /* queries by keys, weights of attention by values */
extern const lmi_kind lmi_kind_softmax; /* between the two */
extern const lmi_kind lmi_kind_norm, lmi_kind_add, lmi_kind_multiply, lmi_kind_swiglu;
extern const lmi_kind lmi_kind_copy, lmi_kind_pick, lmi_kind_keep; /* rows.c */
extern const lmi_kind lmi_kind_rope;

/* Whether two rotations turn by the same angles, and bytes of those. */
bool lmi_rope_is_same(const struct ggml_tensor *a, const struct ggml_tensor *b);
size_t lmi_rope_size(const struct ggml_tensor *op);

/* The activations of a product, in the form that its weights want, without a place yet. */
lmi_operand lmi_product_operand(const struct ggml_tensor *op);

#endif

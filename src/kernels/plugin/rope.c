/*
 * rope.c - positions turned into queries and keys.
 *
 * All layers of a model turn by the same angles, so the first rotation of a graph computes their
 * cosines and sines, for each position, and the others take them.
 */
#include <math.h>
#include <string.h>

#include "kernels/plugin/step.h"

/* What libllama says of a rotation, by its place among the parameters. */
enum { N_DIMS = 1, MODE = 2, BASE = 5, SCALE = 6, EXTRAPOLATION = 7, ATTENTION = 8, KNOWN = 15 };

/* (YaRN, whose angles are mixed, the rotations of pictures, and those that begin behind the first
 * value stay with libggml.) */
static bool takes(const struct ggml_tensor *op)
{
    const struct ggml_tensor *x = op->op == GGML_OP_ROPE ? op->src[0] : NULL;

    return x && x->type == GGML_TYPE_F32 && op->type == GGML_TYPE_F32 &&
           x->nb[0] == sizeof(float) && op->nb[0] == sizeof(float) &&
           (op->op_params[MODE] == GGML_ROPE_TYPE_NORMAL ||
            op->op_params[MODE] == GGML_ROPE_TYPE_NEOX) &&
           lmi_step_param(op, EXTRAPOLATION) == 0 && lmi_step_is_plain(op, KNOWN) &&
           op->src[1]->type == GGML_TYPE_I32 &&
           (!op->src[2] || op->src[2]->type == GGML_TYPE_F32) && op->op_params[N_DIMS] % 2 == 0 &&
           op->op_params[N_DIMS] <= x->ne[0] && x->ne[3] == 1;
}

/* Cosines, then sines, of the pairs at one position. As libggml has it, each angle is the one
 * before times a factor. */
static void fill_angles(float *to, const struct ggml_tensor *op, int32_t position)
{
    const int n = op->op_params[N_DIMS] / 2;
    const float factor = powf(lmi_step_param(op, BASE), -2.0f / (float)op->op_params[N_DIMS]);
    const float *by = op->src[2] ? op->src[2]->data : NULL;
    float angle = (float)position;
    int i;

    for (i = 0; i < n; i++, angle *= factor) {
        const float turned = lmi_step_param(op, SCALE) * (by ? angle / by[i] : angle);

        to[i] = cosf(turned) * lmi_step_param(op, ATTENTION);
        to[n + i] = sinf(turned) * lmi_step_param(op, ATTENTION);
    }
}

static void turn_row(const lmi_step *step, const float *angles, int64_t head, int64_t row)
{
    const struct ggml_tensor *op = step->op, *from = op->src[0];
    const size_t n = (size_t)op->op_params[N_DIMS] / 2, width = (size_t)op->ne[0];
    const float *x = (const float *)((const char *)from->data + (size_t)head * from->nb[1] +
                                     (size_t)row * from->nb[2]);
    float *y = (float *)((char *)op->data + (size_t)head * op->nb[1] + (size_t)row * op->nb[2]);

    if (op->op_params[MODE] == GGML_ROPE_TYPE_NEOX)
        step->path->rows->turn_halves(y, x, angles, angles + n, n);
    else
        step->path->rows->turn_neighbours(y, x, angles, angles + n, n);
    if (x != y)
        memcpy(y + 2 * n, x + 2 * n, (width - 2 * n) * sizeof(*y));
}

/* All heads at one position. */
static void turn_position(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;
    const int32_t *positions = op->src[1]->data;
    float *angles = step->angles + (size_t)i * (size_t)op->op_params[N_DIMS];
    int64_t head;

    if (step->is_first)
        fill_angles(angles, op, positions[i]);
    for (head = 0; head < op->ne[1]; head++)
        turn_row(step, angles, head, i);
}

static void run(lmi_step *step, lmi_member *me)
{
    lmi_step_rows(step, me, step->op->ne[2], turn_position);
}

/* Whether two rotations turn by the same angles. */
bool lmi_rope_is_same(const struct ggml_tensor *a, const struct ggml_tensor *b)
{
    return a->src[1] == b->src[1] && a->src[2] == b->src[2] &&
           memcmp(a->op_params, b->op_params, sizeof(a->op_params)) == 0;
}

size_t lmi_rope_size(const struct ggml_tensor *op)
{
    return (size_t)op->ne[2] * (size_t)op->op_params[N_DIMS] * sizeof(float);
}

const lmi_kind lmi_kind_rope = {.takes = takes, .run = run};

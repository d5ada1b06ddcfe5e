/* look_up.c - rows of a matrix of tiles, as floats: the embeddings of tokens. */
#include <string.h>

#include "kernels/plugin/step.h"

static bool takes(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_GET_ROWS && lmi_pack_has(op->src[0]) &&
           op->src[1]->type == GGML_TYPE_I32 && ggml_is_contiguous(op->src[1]) &&
           op->type == GGML_TYPE_F32 && ggml_is_contiguous(op);
}

static void unpack_row(float *to, const struct ggml_tensor *w, int32_t row)
{
    const lmi_layout *layout = lmi_layout_of(w->type);
    const ggml_to_float_t to_float = ggml_get_type_traits(w->type)->to_float;
    const char *tile = (const char *)w->data + (size_t)(row / LMI_TILE) * LMI_TILE * w->nb[1];
    uint8_t block[LMI_BLOCK_MAX];
    size_t i;

    for (i = 0; i < (size_t)w->ne[0] / layout->n_cols; i++) {
        lmi_layout_unpack(block, layout, tile, i, (size_t)(row % LMI_TILE));
        if (to_float)
            to_float(block, to + i * layout->n_cols, (int64_t)layout->n_cols);
        else
            memcpy(to + i, block, sizeof(*to));
    }
}

static void look_up(const lmi_step *step, int64_t i)
{
    const struct ggml_tensor *op = step->op;

    unpack_row((float *)op->data + i * op->ne[0], op->src[0],
               ((const int32_t *)op->src[1]->data)[i]);
}

static void run(lmi_step *step, lmi_member *me)
{
    lmi_step_rows(step, me, ggml_nelements(step->op->src[1]), look_up);
}

const lmi_kind lmi_kind_look_up = {.takes = takes, .run = run};

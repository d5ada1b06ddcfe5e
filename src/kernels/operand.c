/* operand.c - where prepared activations lie. */
#include "kernels/path.h"

enum { ALIGNMENT = 64 };

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The arrays of one form, in order: bytes of one row. */
typedef struct row_sizes {
    size_t row, bf16, q, words, scale, sum;
} row_sizes;

static row_sizes sizes_of(lmi_form form, size_t n_cols)
{
    const size_t n = n_cols, n_groups = n / LMI_GROUP;
    const bool is_int8 = form == LMI_FORM_INT8 || form == LMI_FORM_INT16;

    return (row_sizes){.row = sizeof(float *),
                       .bf16 = form == LMI_FORM_BF16 ? n * sizeof(uint16_t) : 0,
                       .q = is_int8 ? n : 0,
                       .words = form == LMI_FORM_INT16 ? n * sizeof(int16_t) : 0,
                       .scale = is_int8 ? n_groups * sizeof(float) : 0,
                       .sum = is_int8 ? n_groups * sizeof(int32_t) : 0};
}

size_t lmi_operand_size(lmi_form form, size_t n_rows, size_t n_cols)
{
    const row_sizes s = sizes_of(form, n_cols);
    const size_t n = n_rows;

    return aligned(n * s.row) + aligned(n * s.bf16) + aligned(n * s.q) + aligned(n * s.words) +
           aligned(n * s.scale) + 2 * aligned(n * s.sum);
}

static void *take(uint8_t **at, size_t size)
{
    void *place = size ? *at : NULL;

    *at += aligned(size);
    return place;
}

void lmi_operand_place(lmi_operand *x, void *at)
{
    const row_sizes s = sizes_of(x->form, x->n_cols);
    const size_t n = x->n_rows;
    uint8_t *next = at;

    x->x = take(&next, n * s.row);
    x->bf16 = take(&next, n * s.bf16);
    x->q = take(&next, n * s.q);
    x->words = take(&next, n * s.words);
    x->scale = take(&next, n * s.scale);
    x->sum = take(&next, n * s.sum);
    x->half = take(&next, n * s.sum);
}

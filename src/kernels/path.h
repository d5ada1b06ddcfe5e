/*
 * path.h - what one kind of processor brings: how rows of activations are prepared, and how they
 * are multiplied with tiles.
 *
 *      x [n_rows, n_cols] f32                 w [n_tiles, 16, n_cols]
 *           │ prepare                              │
 *           ▼                                      ▼
 *      operand: int8 with scales, bf16, ... ──▶ multiply ──▶ y [n_rows, n_tiles * 16] f32
 *
 * Each number of y is summed in one order, whatever rows are beside it and whichever thread has it:
 * that is what makes an answer independent of its company.
 */
#ifndef LMI_KERNELS_PATH_H
#define LMI_KERNELS_PATH_H

#include <stdint.h>

#include "kernels/layout.h"

/* Inlined where it is called, so that what is constant there shapes its registers. */
#define LMI_ALWAYS static inline __attribute__((always_inline))
#define LMI_UNROLL _Pragma("GCC unroll 8")

/* What activations become before they meet a type of weights. */
typedef enum lmi_form {
    LMI_FORM_F32 = 0, /* they stay */
    LMI_FORM_BF16,
    LMI_FORM_INT8,  /* 32 of them share a scale */
    LMI_FORM_INT16, /* the same, and once more in 16 bits */
} lmi_form;

/* Prepared activations [n_rows]. Which arrays are there depends on the form. */
typedef struct lmi_operand {
    lmi_form form;
    size_t n_cols, n_rows;
    const float **x; /* [n_rows] rows [n_cols], as they came */
    uint16_t *bf16;  /* [n_rows, n_cols] */
    int8_t *q;       /* [n_rows, n_cols]: x is about scale * q */
    int16_t *words;  /* [n_rows, n_cols]: q, of each 4 columns those at 0 2 1 3 */
    float *scale;    /* [n_rows, n_cols / 32] */
    int32_t *sum;    /* [n_rows, n_cols / 32]: of q, */
    int32_t *half;   /* and of the first 16 of each 32 */
} lmi_operand;

/* One product, or the part of it that a thread does. */
typedef struct lmi_product {
    const lmi_layout *layout;
    const uint8_t *tiles; /* of the first to be multiplied */
    size_t tile_size;     /* bytes */
    size_t n_tiles;
    const lmi_operand *x;
    size_t begin, end; /* rows of x */
    float *y;          /* of the first tile in row 0 */
    size_t y_stride;   /* values */
} lmi_product;

/* Rows with rows: y[j][i] = a_i . b_j; anything where row j of a mask forbids a_i. */
typedef struct lmi_dots {
    enum ggml_type type; /* of a: F16 or F32 */
    const char *a;       /* rows [n_a], `a_stride` bytes apart, of `n_cols` values */
    size_t a_stride;
    size_t n_a;
    const float *const *b; /* [n_b] rows [n_cols] */
    float *const *y;       /* [n_b] rows [n_a] */
    size_t n_b, n_cols;
    const void *const *mask; /* [n_b] rows [n_a], f16 or f32: -inf forbids; NULL for none */
    bool is_mask_half;
} lmi_dots;

/* One row: y = softmax(scale * x + mask). */
typedef struct lmi_softmax {
    const float *x;   /* [n] */
    const void *mask; /* [n] f16 or f32; NULL for none */
    bool is_mask_half;
    float scale;
    float *y; /* [n] */
    size_t n;
} lmi_softmax;

/* What is done to one row [n]: rows.h. */
typedef struct lmi_row_functions {
    void (*rms_norm)(float *y, const float *x, size_t n, float eps);
    void (*add)(float *y, const float *a, const float *b, size_t n);
    void (*multiply)(float *y, const float *a, const float *b, size_t n);
    void (*swiglu)(float *y, const float *a, const float *b, size_t n);
    void (*halve)(uint16_t *y, const float *x, size_t n); /* to f16 */
    void (*turn_neighbours)(float *y, const float *x, const float *cosines, const float *sines,
                            size_t n); /* pairs */
    void (*turn_halves)(float *y, const float *x, const float *cosines, const float *sines,
                        size_t n);
} lmi_row_functions;

typedef struct lmi_path {
    const char *name;
    bool (*is_here)(void); /* whether this processor can do it */
    lmi_form (*form_of)(enum ggml_type type);
    void (*prepare)(const lmi_operand *x, size_t row);
    void (*multiply)(const lmi_product *product);
    void (*dots)(const lmi_dots *dots);
    void (*softmax)(const lmi_softmax *softmax);
    const lmi_row_functions *rows;
} lmi_path;

/* Ask for `n` bytes from `at` on, into the second-level cache: they are wanted soon. */
static inline void lmi_look_ahead(const uint8_t *at, size_t n)
{
    enum { LINE = 64, TO_READ = 0, KEPT = 2 };
    size_t i;

    for (i = 0; i < n; i += LINE)
        __builtin_prefetch(at + i, TO_READ, KEPT);
}

extern const lmi_path lmi_path_avx512, lmi_path_avx2;

/* Bytes that the arrays of an operand take, and their places in that many at `at`. */
size_t lmi_operand_size(lmi_form form, size_t n_rows, size_t n_cols);
void lmi_operand_place(lmi_operand *x, void *at);

#endif

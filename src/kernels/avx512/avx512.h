/* avx512.h - the path of processors with AVX512, VNNI and BF16. */
#ifndef LMI_KERNELS_AVX512_H
#define LMI_KERNELS_AVX512_H

#include "kernels/panel.h"

enum { LMI_TILES_AT_ONCE = 2 };

/* Multiply what `product` says, by the type of its weights: int8.c, bf16.c, wide.c. */
void lmi_avx512_int8(const lmi_product *product);
void lmi_avx512_bf16(const lmi_product *product);
void lmi_avx512_f16(const lmi_product *product);
void lmi_avx512_f64(const lmi_product *product);

/* Attention: dots.c, softmax.c. */
void lmi_avx512_dots(const lmi_dots *dots);
void lmi_avx512_softmax(const lmi_softmax *softmax);

extern const lmi_fillers lmi_avx512_fillers; /* panel.c */

/* Prepare one row: prepare.c. */
void lmi_avx512_prepare(const lmi_operand *x, size_t row);

extern const lmi_row_functions lmi_avx512_rows; /* rows.c */

#endif

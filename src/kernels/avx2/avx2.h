/* avx2.h - the path of processors with AVX2, FMA and F16C: most since 2013. */
#ifndef LMI_KERNELS_AVX2_H
#define LMI_KERNELS_AVX2_H

#include "kernels/panel.h"

/* Multiply what `product` says, in the form that the weights' type has: int8.c, wide.c. */
void lmi_avx2_int8(const lmi_product *product);
void lmi_avx2_floats(const lmi_product *product);  /* f16 and bf16 */
void lmi_avx2_doubles(const lmi_product *product); /* f32 */

/* Attention: dots.c, softmax.c. */
void lmi_avx2_dots(const lmi_dots *dots);
void lmi_avx2_softmax(const lmi_softmax *softmax);

extern const lmi_fillers lmi_avx2_fillers; /* panel.c */

/* Prepare one row: prepare.c. */
void lmi_avx2_prepare(const lmi_operand *x, size_t row);

extern const lmi_row_functions lmi_avx2_rows; /* rows.c */

#endif

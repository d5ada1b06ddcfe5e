/* rows.c - what is done to a row by itself, compiled for this path. */
#include "kernels/rows.h"
#include "kernels/avx512/avx512.h"

const lmi_row_functions lmi_avx512_rows = LMI_ROW_FUNCTIONS;

/* rows.c - what is done to a row by itself, compiled for this path. */
#include "kernels/rows.h"
#include "kernels/avx2/avx2.h"

const lmi_row_functions lmi_avx2_rows = LMI_ROW_FUNCTIONS;

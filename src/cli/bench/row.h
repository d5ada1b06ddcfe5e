/* row.h - all that is known of a measurement, as one JSON object. */
#ifndef LMI_CLI_BENCH_ROW_H
#define LMI_CLI_BENCH_ROW_H

#include <yyjson.h>

#include "cli/bench/bench.h"
#include "cli/open.h"

/* What all rows have in common. */
typedef struct lmi_bench_place {
    const lmi_stage *stage;
    const lmi_solve_flags *flags;
    const lmi_solve_flags *usual; /* the flags when nothing is given */
    lmi_buf file;                 /* the model's file, without its folder */
    lmi_buf cpu;                  /* name of the processor */
    lmi_buf gpu;                  /* names of the devices beside it that compute, addresses of
                                 * servers; empty for none */
    lmi_buf backend;              /* what computes: "CPU", or those devices as libggml calls them */
} lmi_bench_place;

lmas_status lmi_bench_place_init(lmi_bench_place *out, const lmi_stage *stage,
                                 const lmi_solve_flags *flags, const lmi_solve_flags *usual);
void lmi_bench_place_done(lmi_bench_place *place);

/* The row of a test. Strings are borrowed. */
yyjson_mut_val *lmi_bench_row(yyjson_mut_doc *doc, const lmi_bench_place *place,
                              const lmi_bench_test *test, const lmi_bench_result *result);

/* Its settings as they are when no flag is given, under the same names. */
yyjson_mut_val *lmi_bench_usual(yyjson_mut_doc *doc, const lmi_bench_place *place,
                                const lmi_bench_result *result);

#endif

/* print.h - rows on stdout as soon as they are there, in four forms. */
#ifndef LMI_CLI_BENCH_PRINT_H
#define LMI_CLI_BENCH_PRINT_H

#include "cli/bench/row.h"

typedef enum lmi_bench_form {
    LMI_BENCH_MD = 0,
    LMI_BENCH_CSV = 1,
    LMI_BENCH_JSON = 2,
    LMI_BENCH_JSONL = 3
} lmi_bench_form;

/* Room for every column that a table can have. */
enum { LMI_BENCH_COLUMNS_MAX = 32 };

typedef struct lmi_bench_printer {
    const lmi_bench_place *place;
    lmi_bench_form form;
    size_t test_width;                    /* of a table: that of the longest name of a test */
    size_t widths[LMI_BENCH_COLUMNS_MAX]; /* 0: the column is not shown */
    size_t n_rows;
    int write_error; /* errno of stdout, 0 while it takes what it is given */
} lmi_bench_printer;

/* "md", "csv", "json", "jsonl" */
lmi_bench_form lmi_bench_form_parse(const char *name);

void lmi_bench_printer_init(lmi_bench_printer *out, lmi_bench_form form,
                            const lmi_bench_place *place, const lmi_bench_test *tests, size_t n);

/* LMAS_E_IO when stdout does not take it. */
lmas_status lmi_bench_print(lmi_bench_printer *printer, const lmi_bench_test *test,
                            const lmi_bench_result *result);

/* What follows the last row, also where not all tests were made. */
void lmi_bench_print_end(const lmi_bench_printer *printer);

#endif

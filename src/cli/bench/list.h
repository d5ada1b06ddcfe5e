/* list.h - lists of numbers on the command line, written as llama-bench takes them. */
#ifndef LMI_CLI_BENCH_LIST_H
#define LMI_CLI_BENCH_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "latentmas.h"

enum { LMI_LIST_MAX = 64 };

typedef struct lmi_list {
    uint32_t items[LMI_LIST_MAX];
    size_t n;
} lmi_list;

/* Parse "512", "1,4,16", "1-4", "1-9+2" (1, 3, 5, 7, 9) or "1-16*2" (1, 2, 4, 8, 16): numbers from
 * `min` to `max`, at most LMI_LIST_MAX. Zeros are left out, and an empty text is an empty list;
 * where `min` is above 0 neither is allowed. `flag` names the list in errors. */
lmas_status lmi_list_parse(lmi_list *out, const char *flag, const char *text, uint32_t min,
                           uint32_t max);

#endif

/*
 * facts.h - all that configs say, as a table of texts: a column a run, a row a name.
 *
 * Names are those of config.json with a dot between ("params.seed"). A text too long to be read is
 * told by its size and its hash, which differ where it does.
 */
#ifndef LMI_EVAL_REPORT_PAGE_FACTS_H
#define LMI_EVAL_REPORT_PAGE_FACTS_H

#include "eval/report/compare.h"

/* Most names of all runs together; more are left out. */
enum { LMI_FACTS_MAX = 512 };

typedef struct lmi_facts {
    size_t n_runs, n;
    char *names[LMI_FACTS_MAX];
    char **values[LMI_FACTS_MAX]; /* by run; NULL where it says nothing */
} lmi_facts;

lmas_status lmi_facts_init(lmi_facts *out, const lmi_comparison *comparison);
void lmi_facts_done(lmi_facts *facts);

/* What a run says; NULL where nothing. */
const char *lmi_facts_at(const lmi_facts *facts, const char *name, size_t run);

/* Whether two runs say the same. */
bool lmi_facts_same(const lmi_facts *facts, size_t row, size_t a, size_t b);

/* Append a value, of a hash its beginning; a dash for NULL. */
void lmi_fact_html(lmi_buf *out, const char *value);

#endif

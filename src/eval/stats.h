/*
 * stats.h - how sure a share of right answers is, and whether two runs differ by more than luck.
 *
 * A benchmark asks few questions, so nothing here leans on large numbers: intervals are
 * Wilson's, and pairs are compared by the exact binomial form of McNemar's test.
 */
#ifndef LMI_EVAL_STATS_H
#define LMI_EVAL_STATS_H

#include <stddef.h>

typedef struct lmi_interval {
    double low, high;
} lmi_interval;

/* Wilson's 95 % interval of a share of which `k` of `n` were seen. Nothing seen: 0 to 1. */
lmi_interval lmi_wilson(size_t k, size_t n);

/* The same of a share `p` as sure as if `n` had been seen, which need not be whole. */
lmi_interval lmi_wilson_share(double p, double n);

/* Standard error of the mean of `n` zeros and ones with `k` ones, from the sample deviation:
 * what lm-evaluation-harness prints. NAN below two. */
double lmi_stderr(size_t k, size_t n);

/* Two-sided p of McNemar's exact test: `b` questions only the first run has right, `c` only the
 * second. 1 where they never disagree. */
double lmi_mcnemar(size_t b, size_t c);

#endif

/*
 * stats.c - three formulas, written so that they hold at 0 of n, at n of n and for large n.
 *
 * Under McNemar's null hypothesis each question on which two runs disagree falls to either by
 * the toss of a coin. The tail of that binomial is summed from its largest term downwards:
 * logarithms give the first term, ratios the others.
 */
#include "eval/stats.h"

#include <math.h>

/* Where the middle 95 % of the normal distribution end. */
static const double Z = 1.959963984540054;

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

lmi_interval lmi_wilson_share(double p, double n)
{
    const double scale = 1 / (1 + Z * Z / n);
    const double centre = scale * (p + Z * Z / (2 * n));
    const double half = scale * Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));

    /* At the ends the formula is exact, its rounding is not. */
    return (lmi_interval){p <= 0 ? 0 : clamp(centre - half, 0, 1),
                          p >= 1 ? 1 : clamp(centre + half, 0, 1)};
}

lmi_interval lmi_wilson(size_t k, size_t n)
{
    return n ? lmi_wilson_share((double)k / (double)n, (double)n) : (lmi_interval){0, 1};
}

double lmi_stderr(size_t k, size_t n)
{
    const double p = n ? (double)k / (double)n : 0;

    return n < 2 ? NAN : sqrt(p * (1 - p) / (double)(n - 1));
}

/* Logarithm of the number of ways to choose `k` of `n`. */
static double log_choose(double n, double k)
{
    int sign;

    return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

double lmi_mcnemar(size_t b, size_t c)
{
    const double n = (double)b + (double)c;
    const size_t k = b < c ? b : c;
    double term = exp(log_choose(n, (double)k) - n * log(2));
    double sum = 0;
    size_t i;

    for (i = k + 1; i-- > 0 && term > sum * 1e-17;) {
        sum += term;
        term *= (double)i / (n - (double)i + 1);
    }
    return clamp(2 * sum, 0, 1);
}

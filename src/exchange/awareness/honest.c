/* honest.c - sums over numbers; see honest.h. */
#include "exchange/awareness/honest.h"

#include <math.h>

enum {
    N_BINS = 20,
    EVEN_AT_LEAST = 400,  /* numbers: 20 in a bin */
    TOKENS_AT_LEAST = 16, /* to tell what is common to them */
    MEANS_AT_LEAST = 256
};

/* Noise has 1 with a spread of sqrt(2 / means), which is under 0.09 for 256 of them. */
#define NOISE_AT_MOST 1.5

/* Chi-square over 20 bins: 19 of even numbers on average, and over 50 in one case of 8,000. */
#define EVEN_AT_MOST 50.0

static void find_bounds(float *least, float *most, const float *values, size_t n)
{
    size_t i;

    *least = *most = values[0];
    for (i = 1; i < n; i++) {
        *least = values[i] < *least ? values[i] : *least;
        *most = values[i] > *most ? values[i] : *most;
    }
}

bool lmi_honest_is_even(const float *values, size_t n)
{
    const double n_even = (double)n / (double)N_BINS; /* in each, on average */
    double counts[N_BINS] = {0}, sum = 0;
    float least, most;
    size_t i;

    if (n < EVEN_AT_LEAST)
        return false;
    find_bounds(&least, &most, values, n);
    if (!(most > least))
        return true;
    for (i = 0; i < n; i++) {
        const double at = ((double)values[i] - least) / ((double)most - least);
        const size_t bin = (size_t)(at * (double)N_BINS);

        counts[bin < N_BINS ? bin : N_BINS - 1]++;
    }
    for (i = 0; i < N_BINS; i++)
        sum += (counts[i] - n_even) * (counts[i] - n_even) / n_even;
    return sum <= EVEN_AT_MOST;
}

/* Of one value over the tokens: its mean squared, and its variance. */
static void add_value(double *means, double *variance, const float *values, size_t n_tokens,
                      size_t width)
{
    double sum = 0, squares = 0;
    size_t t;

    for (t = 0; t < n_tokens; t++) {
        const double v = values[t * width];

        sum += v;
        squares += v * v;
    }
    *means += sum * sum / (double)n_tokens;
    *variance += (squares - sum * sum / (double)n_tokens) / (double)(n_tokens - 1);
}

double lmi_honest_share(const float *values, size_t n_rows, size_t n_tokens, size_t width)
{
    double means = 0, variance = 0;
    size_t r, i;

    for (r = 0; r < n_rows; r++)
        for (i = 0; i < width; i++)
            add_value(&means, &variance, values + r * n_tokens * width + i, n_tokens, width);
    return variance > 0 ? means / variance : INFINITY;
}

bool lmi_honest_is_noise(const float *values, size_t n_rows, size_t n_tokens, size_t width)
{
    if (n_tokens < TOKENS_AT_LEAST || n_rows * width < MEANS_AT_LEAST)
        return false;
    return lmi_honest_share(values, n_rows, n_tokens, width) <= NOISE_AT_MOST;
}

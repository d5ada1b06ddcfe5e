/*
 * draw.c - the directions of random features, so that another program can draw the same.
 *
 * Bits: splitmix64, its state `seed` to begin with. Uniform: u = (bits >> 11) / 2^53 in [0, 1).
 * Normal, two at a time (Box-Muller): r = sqrt(-2 ln(1 - u1)), r cos(2 pi u2), r sin(2 pi u2).
 *
 * Directions: a matrix [M, D] of normal numbers, row by row. In groups of D rows (the last may be
 * smaller) each row keeps its length and gives up what lies along the rows before it
 * (Gram-Schmidt; computed as a QR whose R has a positive diagonal).
 */
#include <lapacke.h>
#include <math.h>

#include "base/mem.h"
#include "latent/cross/kernel.h"

static uint64_t next_bits(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static double next_uniform(uint64_t *state)
{
    return (double)(next_bits(state) >> 11) * 0x1p-53;
}

static void fill_normal(double *out, size_t n, uint64_t seed)
{
    static const double TWO_PI = 6.283185307179586;
    size_t i;

    for (i = 0; i < n; i += 2) {
        const double r = sqrt(-2 * log(1 - next_uniform(&seed)));
        const double angle = TWO_PI * next_uniform(&seed);

        out[i] = r * cos(angle);
        if (i + 1 < n)
            out[i + 1] = r * sin(angle);
    }
}

static double length_of(const double *x, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* `n` rows [n, width], n <= width: row-major they are the columns that LAPACK wants. `scratch` is
 * [3, n]: lengths, signs, what LAPACK notes. */
static lmas_status make_orthogonal(double *rows, double *scratch, size_t n, size_t width)
{
    const lapack_int d = (lapack_int)width, m = (lapack_int)n;
    double *lengths = scratch, *signs = scratch + n, *tau = scratch + 2 * n;
    lapack_int info;
    size_t i, k;

    for (i = 0; i < n; i++)
        lengths[i] = length_of(rows + i * width, width);
    info = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, d, m, rows, d, tau);
    for (i = 0; i < n; i++)
        signs[i] = rows[i * width + i] < 0 ? -1 : 1;
    if (info == 0)
        info = LAPACKE_dorgqr(LAPACK_COL_MAJOR, d, m, m, rows, d, tau);
    if (info != 0)
        return lmi_fail(LMAS_E_NOMEM, "LAPACK cannot make %zu directions orthogonal (%d)", n,
                        (int)info);
    for (i = 0; i < n; i++)
        for (k = 0; k < width; k++)
            rows[i * width + k] *= signs[i] * lengths[i];
    return LMAS_OK;
}

lmas_status lmi_draw_directions(double *out, size_t n, size_t width, uint64_t seed)
{
    double *scratch = lmi_new(3 * (n < width ? n : width), sizeof(double));
    lmas_status status = LMAS_OK;
    size_t first;

    if (!scratch)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu directions", n);
    fill_normal(out, n * width, seed);
    for (first = 0; status == LMAS_OK && first < n; first += width)
        status = make_orthogonal(out + first * width, scratch,
                                 n - first < width ? n - first : width, width);
    lmi_free(scratch);
    return status;
}

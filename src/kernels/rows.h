/*
 * rows.h - what is done to a row by itself, nearly all in plain C: each path includes it and
 * compiles it for its processor, where the loops become vectors. Every number depends on its own
 * row alone.
 */
#ifndef LMI_KERNELS_ROWS_H
#define LMI_KERNELS_ROWS_H

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels/path.h"

enum { LMI_LANES = 16 }; /* sums that run side by side */

/* Sum of squares: lane by lane, then over the lanes. */
static float squares(const float *x, size_t n)
{
    float lanes[LMI_LANES] = {0};
    double sum = 0;
    size_t i, k;

    for (i = 0; i + LMI_LANES <= n; i += LMI_LANES)
        for (k = 0; k < LMI_LANES; k++)
            lanes[k] += x[i + k] * x[i + k];
    for (k = 0; i + k < n; k++)
        lanes[k] += x[i + k] * x[i + k];
    for (k = 0; k < LMI_LANES; k++)
        sum += (double)lanes[k];
    return (float)sum;
}

static void rms_norm(float *y, const float *x, size_t n, float eps)
{
    const float scale = 1 / sqrtf(squares(x, n) / (float)n + eps);
    size_t i;

    for (i = 0; i < n; i++)
        y[i] = x[i] * scale;
}

static void add(float *y, const float *a, const float *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        y[i] = a[i] + b[i];
}

static void multiply_by(float *y, const float *a, const float *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

/* e^x for x <= 0: x = n ln 2 + r, e^r by a polynomial of Cephes. */
static inline float exponential_of(float x)
{
    const float least = x < -87 ? -87 : x;
    const float n = rintf(least * 1.44269504f);
    const float r = (least - n * 0.693359375f) + n * 2.12194440e-4f;
    const uint32_t bits = (uint32_t)((int32_t)n + 127) << 23;
    float power, p = 1.9875691500e-4f;

    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    memcpy(&power, &bits, sizeof(power));
    return (p * (r * r) + (r + 1)) * power;
}

/* y = a / (1 + e^-a) * b */
static void swiglu(float *y, const float *a, const float *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const float e = exponential_of(-fabsf(a[i]));

        y[i] = a[i] * (a[i] < 0 ? e : 1) / (1 + e) * b[i];
    }
}

/* Turn pairs of values: neighbours, or one of each half. */
static void turn_neighbours(float *y, const float *x, const float *cosines, const float *sines,
                            size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const float a = x[2 * i], b = x[2 * i + 1];

        y[2 * i] = a * cosines[i] - b * sines[i];
        y[2 * i + 1] = a * sines[i] + b * cosines[i];
    }
}

static void turn_halves(float *y, const float *x, const float *cosines, const float *sines,
                        size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const float a = x[i], b = x[n + i];

        y[i] = a * cosines[i] - b * sines[i];
        y[n + i] = a * sines[i] + b * cosines[i];
    }
}

/* Both paths have these conversions, which compilers do not find by themselves. */
static void halve(uint16_t *y, const float *x, size_t n)
{
    size_t i;

    for (i = 0; i + 8 <= n; i += 8)
        _mm_storeu_si128((__m128i *)(y + i), _mm256_cvtps_ph(_mm256_loadu_ps(x + i), 0));
    for (; i < n; i++)
        y[i] = (uint16_t)_cvtss_sh(x[i], 0);
}

#define LMI_ROW_FUNCTIONS                                                                          \
    {.rms_norm = rms_norm,                                                                         \
     .add = add,                                                                                   \
     .multiply = multiply_by,                                                                      \
     .swiglu = swiglu,                                                                             \
     .halve = halve,                                                                               \
     .turn_neighbours = turn_neighbours,                                                           \
     .turn_halves = turn_halves}

#endif

/* axis.c - axes whose ticks are numbers that people count in: 1, 2, 5 and their tens. */
#include <math.h>

#include "eval/report/page/plot.h"

/* The smallest of 1, 2, 5, 10 times a power of ten that is not below `x`. */
static double round_step(double x)
{
    const double power = pow(10, floor(log10(x)));
    const double digit = x / power;

    /* What rounding adds must not cost a step. */
    return power * (digit <= 1.0001 ? 1 : digit <= 2.0001 ? 2 : digit <= 5.0001 ? 5 : 10);
}

lmi_axis lmi_axis_linear(double low, double high, size_t n)
{
    const double span = high > low ? high - low : high > 0 ? high : 1;
    const double step = round_step(span / (double)(n ? n : 1));
    lmi_axis axis = {.low = floor(low / step + 1e-9) * step};
    size_t i;

    axis.high = axis.low + step * fmax(1, ceil((high - axis.low) / step - 1e-9));
    for (i = 0; i < LMI_TICKS_MAX; i++) {
        const double tick = axis.low + (double)i * step;

        if (tick > axis.high + step / 2)
            break;
        axis.ticks[axis.n_ticks++] = tick;
    }
    return axis;
}

/* Ticks at 10^k for each k-th power, or at 1, 2 and 5 times it. */
static void add_log_ticks(lmi_axis *axis, bool is_fine)
{
    static const double digits[] = {1, 2, 5};
    const double first = floor(log10(axis->low));
    const double last = ceil(log10(axis->high));
    const double stride = fmax(1, ceil((last - first) / (LMI_TICKS_MAX - 2)));
    size_t k, d;

    for (k = 0; first + (double)k * stride <= last; k++)
        for (d = 0; d < (is_fine ? 3 : 1); d++) {
            const double tick = digits[d] * pow(10, first + (double)k * stride);

            if (tick >= axis->low * 0.999 && tick <= axis->high * 1.001 &&
                axis->n_ticks < LMI_TICKS_MAX)
                axis->ticks[axis->n_ticks++] = tick;
        }
}

/* The largest of 1, 2, 5 times a power of ten that is not above `x`. */
static double round_down(double x)
{
    const double power = pow(10, floor(log10(x)));
    const double digit = x / power;

    return power * (digit < 1.9999 ? 1 : digit < 4.9999 ? 2 : 5);
}

/* In powers of ten, or in steps of 1, 2 and 5 where those are few. Both above 0. */
static lmi_axis fit_log(double low, double high)
{
    const double room = 1.12; /* for the marks of points at the ends */
    lmi_axis axis = {
        .low = round_down(low / room), .high = round_step(high * room), .is_log = true};

    add_log_ticks(&axis, axis.high / axis.low < 300);
    return axis;
}

lmi_axis lmi_axis_fit(double low, double high)
{
    return low > 0 && high / low > 10 ? fit_log(low, high) : lmi_axis_linear(0, high * 1.04, 4);
}

double lmi_axis_at(const lmi_axis *axis, double x)
{
    if (axis->is_log)
        return log(x / axis->low) / log(axis->high / axis->low);
    return (x - axis->low) / (axis->high - axis->low);
}

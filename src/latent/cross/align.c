/* align.c - the ways for thoughts to cross over: names, defaults, ranges. */
#include "latent/cross/align.h"

#include <math.h>
#include <string.h>

static const char *const NAMES[] = {"soft", "linear", "identical", "kernel", "text"};
enum { N_METHODS = sizeof(NAMES) / sizeof(NAMES[0]) };

/* The ridge of a least-squares problem: beyond this nothing is left of its matrix. */
static const double RIDGE_MAX = 1e6;

const char *lmas_align_name(lmas_align_method method)
{
    return (int)method >= 0 && (int)method < N_METHODS ? NAMES[method] : NULL;
}

bool lmas_align_parse(lmas_align_method *out, const char *name)
{
    int i;

    for (i = 0; out && name && i < N_METHODS; i++)
        if (strcmp(name, NAMES[i]) == 0) {
            *out = (lmas_align_method)i;
            return true;
        }
    return false;
}

lmas_align lmas_align_default(void)
{
    return (lmas_align){
        .method = LMAS_ALIGN_SOFT,
        .temperature = 1.0f,
        .ridge = 1e-5f,
        .n_features = 1024,
        .seed = 42,
        .least_coverage = 0.5f,
        .least_mass = 0.5f,
        .least_cosine = 0.0f,
    };
}

/* NaN is in no range. */
static lmas_status check(const char *name, float value, double low, double high)
{
    if ((double)value >= low && (double)value <= high)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID, "%s of align must be from %g to %g, got %g", name, low, high,
                    (double)value);
}

lmas_status lmi_align_check(const lmas_align *align)
{
    lmas_status status;

    if (!lmas_align_name(align->method))
        return lmi_fail(LMAS_E_INVALID,
                        "method of align must be soft, linear, identical, kernel "
                        "or text, got %d",
                        (int)align->method);
    if (!(align->temperature > 0 && align->temperature <= (float)LMAS_TEMPERATURE_MAX))
        return lmi_fail(LMAS_E_INVALID,
                        "temperature of align must be above 0 and at most %d, got "
                        "%g",
                        LMAS_TEMPERATURE_MAX, (double)align->temperature);
    if (align->n_features < 1 || align->n_features > LMAS_FEATURES_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_features of align must be from 1 to %d, got %u",
                        LMAS_FEATURES_MAX, align->n_features);
    status = check("ridge", align->ridge, 0, RIDGE_MAX);
    if (status == LMAS_OK)
        status = check("least_coverage", align->least_coverage, 0, 1);
    if (status == LMAS_OK)
        status = check("least_mass", align->least_mass, 0, 1);
    return status == LMAS_OK ? check("least_cosine", align->least_cosine, -1, 1) : status;
}

/* rest.c - see rest.h. */
#include "latent/rest.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

enum { N_KEPT = LMI_REST_DEPTH + 1 }; /* the state at hand, and those it is compared with */

/* Of a text that circles: the longest stretch that is looked for, how often it must be there, and
 * how long all of it must be. "ha ha ha ha" is none. */
enum { STRETCH_MAX = 1024, TIMES = 4, CIRCLE_MIN = 64 };

lmas_status lmi_rest_init(lmi_rest *rest, size_t n_embd)
{
    *rest = (lmi_rest){.n_embd = n_embd};
    rest->states = lmi_new(N_KEPT * n_embd, sizeof(float));
    if (!rest->states)
        return lmi_fail(LMAS_E_NOMEM, "no memory to see when thoughts come to rest");
    return LMAS_OK;
}

void lmi_rest_done(lmi_rest *rest)
{
    lmi_free(rest->states);
    *rest = (lmi_rest){0};
}

/* out = h / |h|, zeros for zeros. */
static void make_unit(float *out, const float *h, size_t n)
{
    double square = 0;
    size_t i;

    for (i = 0; i < n; i++)
        square += (double)h[i] * (double)h[i];
    for (i = 0; i < n; i++)
        out[i] = square > 0 ? (float)((double)h[i] / sqrt(square)) : 0;
}

static double product(const float *a, const float *b, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

bool lmi_rest_add(lmi_rest *rest, const float *h)
{
    const size_t n = rest->n < LMI_REST_DEPTH ? rest->n : LMI_REST_DEPTH;
    bool is_known = false;
    float *state;
    size_t k;

    if (!rest->states)
        return false;
    state = rest->states + (rest->n % N_KEPT) * rest->n_embd;
    make_unit(state, h, rest->n_embd);
    for (k = 1; !is_known && k <= n; k++) {
        const float *before = rest->states + ((rest->n - k) % N_KEPT) * rest->n_embd;

        is_known = product(state, before, rest->n_embd) >= LMI_REST_COSINE;
    }
    rest->n++;
    return is_known;
}

/* log p = logit - most - log sum: so -E[log p] is what stands here. */
double lmi_entropy(double *sum, const float *logits, size_t n, double most)
{
    double mean = 0;
    size_t i;

    *sum = 0;
    for (i = 0; i < n; i++) {
        const double away = (double)logits[i] - most;

        *sum += exp(away);
        mean += exp(away) * away;
    }
    return log(*sum) - mean / *sum;
}

bool lmi_rest_is_sure(lmi_rest *rest, const float *logits, size_t n_vocab, double entropy)
{
    double most = -INFINITY, sum;
    size_t i;

    for (i = 0; i < n_vocab; i++)
        most = fmax(most, (double)logits[i]);
    rest->n_sure = lmi_entropy(&sum, logits, n_vocab, most) < entropy ? rest->n_sure + 1 : 0;
    return rest->n_sure >= LMI_REST_SURE;
}

/* How many bytes at the end are as those `period` before them. */
static size_t repeated(const char *text, size_t len, size_t period)
{
    size_t n = 0;

    while (n + period < len && text[len - 1 - n] == text[len - 1 - n - period])
        n++;
    return n;
}

bool lmi_text_circles(const char *text, size_t len)
{
    size_t period;

    for (period = 1; period <= STRETCH_MAX && period * TIMES <= len; period++) {
        const size_t n = repeated(text, len, period) + period;

        if (n >= period * TIMES && n >= CIRCLE_MIN)
            return true;
    }
    return false;
}

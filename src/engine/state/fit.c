/* fit.c - sums over a pair's values, and what follows from them. */
#include "engine/state/fit.h"

#include <math.h>

#include "base/mem.h"

static const double TWO_PI = 6.283185307179586;

/* The sum of conj(z0) z over all heads and tokens, z the pair as a complex number, z0 at position
 * 0. */
typedef struct product {
    double re, im;
} product;

static product correlate(const lmi_turn *turn, const lmi_sample *s, uint32_t offset, uint32_t k)
{
    const uint32_t first = turn->first + k * turn->step;
    product c = {0, 0};
    uint32_t i, h;

    for (i = 0; i < LMI_SAMPLE_TOKENS; i++) {
        for (h = first; h < turn->width; h += turn->head) {
            const float *z0 = s->at_zero + (size_t)i * s->width + offset + h;
            const float *z = s->at_pos + (size_t)i * s->width + offset + h;
            const double a0 = (double)z0[0], b0 = (double)z0[turn->apart];
            const double a = (double)z[0], b = (double)z[turn->apart];

            c.re += a0 * a + b0 * b;
            c.im += a0 * b - b0 * a;
        }
    }
    return c;
}

/* What a turn of a pair explains of its squared difference is 2 (|c| - Re c). */
double lmi_turn_residue(const lmi_turn *turn, const lmi_sample *s, uint32_t offset)
{
    double difference = 0, length = 1e-30;
    uint32_t i, k;

    for (i = 0; i < LMI_SAMPLE_TOKENS; i++) {
        for (k = 0; k < turn->width; k++) {
            const size_t at = (size_t)i * s->width + offset + k;
            const double d = (double)s->at_pos[at] - (double)s->at_zero[at];

            difference += d * d;
            length += (double)s->at_zero[at] * (double)s->at_zero[at];
        }
    }
    for (k = 0; k < turn->n_pairs; k++) {
        const product c = correlate(turn, s, offset, k);

        difference -= 2 * (hypot(c.re, c.im) - c.re);
    }
    return sqrt(fmax(difference, 0) / length);
}

/* The best so far. */
typedef struct search {
    lmi_turn best;
    double residue; /* negative before the first */
    const lmi_sample *sample;
    uint32_t offset;
} search;

static void try(search *x, uint32_t head, uint32_t first, uint32_t step, uint32_t apart, uint32_t n)
{
    lmi_turn turn = x->best;
    double residue;

    turn.head = head;
    turn.first = first;
    turn.step = step;
    turn.apart = apart;
    turn.n_pairs = n;
    residue = lmi_turn_residue(&turn, x->sample, x->offset);
    if (x->residue >= 0 && !(residue < 0.7 * x->residue))
        return;
    x->best = turn;
    x->residue = residue;
}

/* Of all ways to pair the values of a layer, the one that explains most; of nearly equal ones that
 * with the smallest head, whose pairs have the most to show. Neighbours pair, or the halves of
 * what turns: the first values of a head, or the last. */
static void try_all(search *x)
{
    const uint32_t width = x->best.width;
    uint32_t head, n;

    for (head = 2; head <= width; head += 2) {
        if (width % head != 0)
            continue;
        try(x, head, 0, 2, 1, head / 2);
        for (n = 1; n <= head / 2; n++) {
            try(x, head, 0, 1, n, n);
            if (2 * n < head)
                try(x, head, head - 2 * n, 1, n, n);
        }
    }
}

double lmi_turn_find(lmi_turn *turn, const lmi_sample *s, uint32_t offset)
{
    search x = {.best = {.width = turn->width}, .residue = -1, .sample = s, .offset = offset};

    try_all(&x);
    *turn = x.best;
    return x.residue;
}

bool lmi_turn_begin(lmi_turn *turn)
{
    turn->rates = lmi_new(turn->n_pairs, sizeof(double));
    return turn->rates != NULL;
}

void lmi_turn_done(lmi_turn *turn)
{
    lmi_free(turn->rates);
}

void lmi_turn_refine(lmi_turn *turn, const lmi_sample *s, uint32_t offset)
{
    uint32_t k;

    for (k = 0; k < turn->n_pairs; k++) {
        const product c = correlate(turn, s, offset, k);

        turn->rates[k] += remainder(atan2(c.im, c.re) - turn->rates[k] * s->pos, TWO_PI) / s->pos;
    }
}

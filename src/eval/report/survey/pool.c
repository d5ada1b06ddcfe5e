/*
 * pool.c - runs that differ by the seed alone, and what they say together.
 *
 * A question is asked once a seed. Its answers are no independent draws (a hard question is hard
 * under every seed), so questions are what is counted: how many of the pool's runs have each right.
 * All figures follow from that histogram.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "eval/config.h"
#include "eval/report/compare.h"

/* ---- Which runs stand together ---- */

static bool has_seed(const lmi_comparison *c, size_t pool, const lmi_record *record)
{
    size_t i;

    for (i = 0; i < c->n_runs; i++)
        if (c->runs[i].pool == pool && c->runs[i].record.seed == record->seed)
            return true;
    return false;
}

/* The pool that `run` belongs to, if what is spared may differ; `c->n_pools` for none. The same run
 * twice is no pool: the second says nothing new. */
static lmas_status find_like(size_t *out, const lmi_comparison *c, const lmi_run *run,
                             const char *const *spared)
{
    lmas_status status = LMAS_OK;
    lmi_buf difference;
    size_t i;

    *out = c->n_pools;
    lmi_buf_init(&difference, LMI_ERROR_MAX);
    for (i = 0; status == LMAS_OK && *out == c->n_pools && i < c->n_pools; i++) {
        const lmi_run *first = &c->runs[c->pools[i].first];

        if (first->block != run->block || strcmp(first->record.method, run->record.method) != 0 ||
            !first->record.has_seed || has_seed(c, i, &run->record))
            continue;
        lmi_buf_clear(&difference);
        status = lmi_config_difference_but(&difference, first->record.folders[0].path,
                                           &first->record.config, &run->record.config, spared);
        if (status == LMAS_OK && !difference.len)
            *out = i;
    }
    lmi_buf_done(&difference);
    return status;
}

/* As with controls, max_new_tokens may differ where no pool has the same. */
static lmas_status find_pool(size_t *out, const lmi_comparison *c, const lmi_run *run)
{
    static const char *const strictly[] = {"seed", NULL};
    static const char *const nearly[] = {"seed", "max_new_tokens", NULL};
    lmas_status status;

    *out = c->n_pools;
    if (!run->record.has_seed)
        return LMAS_OK;
    status = find_like(out, c, run, strictly);
    return status == LMAS_OK && *out == c->n_pools ? find_like(out, c, run, nearly) : status;
}

/* ---- What they say ---- */

/* By how many runs of a pool a question is right: n_questions at [0] to [n_runs]. */
typedef struct histogram {
    size_t *n;
    size_t *n_right; /* by run of the pool, of the same questions */
    size_t n_runs;
    size_t n_questions;
} histogram;

static const uint8_t *marks_of(const lmi_record *record, bool is_compat)
{
    return is_compat ? record->compat : record->exact;
}

/* Add question `q`, if all runs of the pool have graded it. */
static void add_question(histogram *h, const lmi_comparison *c, size_t pool, bool is_compat,
                         size_t q)
{
    size_t n_right = 0;
    size_t i, k;

    for (i = c->pools[pool].first; i < c->n_runs; i++) {
        if (c->runs[i].pool != pool)
            continue;
        if (marks_of(&c->runs[i].record, is_compat)[q] < LMI_MARK_WRONG)
            return;
        n_right += marks_of(&c->runs[i].record, is_compat)[q] == LMI_MARK_RIGHT;
    }
    h->n[n_right]++;
    h->n_questions++;
    for (i = c->pools[pool].first, k = 0; i < c->n_runs; i++)
        if (c->runs[i].pool == pool)
            h->n_right[k++] += marks_of(&c->runs[i].record, is_compat)[q] == LMI_MARK_RIGHT;
}

/* Mean, deviation, lowest and highest of the shares of the runs. */
static void spread(lmi_pooled *out, const histogram *h)
{
    const double n = (double)h->n_questions;
    double squares = 0;
    size_t i;

    for (i = 0; i < h->n_runs; i++)
        out->n_right += h->n_right[i];
    out->mean = (double)out->n_right / (n * (double)h->n_runs);
    out->least = out->most = (double)h->n_right[0] / n;
    for (i = 0; i < h->n_runs; i++) {
        const double share = (double)h->n_right[i] / n;

        out->least = fmin(out->least, share);
        out->most = fmax(out->most, share);
        squares += (share - out->mean) * (share - out->mean);
    }
    out->deviation = h->n_runs > 1 ? sqrt(squares / (double)(h->n_runs - 1)) : NAN;
}

/* Wilson's interval for as many answers as the questions are worth: their number where each is
 * always right or always wrong, as with one seed, up to that of all answers where it is a matter of
 * luck. */
static lmi_interval interval_of(const lmi_pooled *pooled, const histogram *h)
{
    const double p = pooled->mean;
    const double n = (double)h->n_questions;
    const double most = n * (double)h->n_runs;
    double variance = 0;
    double worth;
    size_t r;

    for (r = 0; r <= h->n_runs; r++) {
        const double share = (double)r / (double)h->n_runs;

        variance += (double)h->n[r] * (share - p) * (share - p) / n;
    }
    worth = p <= 0 || p >= 1 ? n : variance > 0 ? n * p * (1 - p) / variance : most;
    return lmi_wilson_share(p, fmin(fmax(worth, n), most));
}

/* Of a question that r of R runs have right, k drawn of the R hold none that is right with the
 * chance (R-r)/R * (R-r-1)/(R-1) * ...; 1 less that, and the mean over questions. */
static double pass_at(const histogram *h, size_t k)
{
    double sum = 0;
    size_t r, i;

    for (r = 0; r <= h->n_runs; r++) {
        double none = 1;

        for (i = 0; i < k; i++)
            none *= h->n_runs - r > i ? (double)(h->n_runs - r - i) / (double)(h->n_runs - i) : 0;
        sum += (double)h->n[r] * (1 - none);
    }
    return sum / (double)h->n_questions;
}

static lmi_pooled pooled_of(const histogram *h)
{
    lmi_pooled out = {.n = h->n_questions,
                      .mean = NAN,
                      .deviation = NAN,
                      .least = NAN,
                      .most = NAN,
                      .interval = {NAN, NAN}};
    size_t k;

    if (!h->n_questions)
        return out;
    spread(&out, h);
    out.interval = interval_of(&out, h);
    out.n_pass = h->n_runs < LMI_PASS_MAX ? h->n_runs : LMI_PASS_MAX;
    for (k = 1; k <= out.n_pass; k++)
        out.pass[k - 1] = pass_at(h, k);
    return out;
}

static lmas_status pool_marks(lmi_pooled *out, const lmi_comparison *c, size_t pool, bool is_compat)
{
    const lmi_pool *p = &c->pools[pool];
    histogram h = {.n_runs = p->n_runs};
    lmas_status status = LMAS_OK;
    size_t q;

    h.n = lmi_new(p->n_runs + 1, sizeof(*h.n));
    h.n_right = lmi_new(p->n_runs, sizeof(*h.n_right));
    if (h.n && h.n_right) {
        for (q = 0; q < c->runs[p->first].record.n_rows; q++)
            add_question(&h, c, pool, is_compat, q);
        *out = pooled_of(&h);
    } else {
        status = lmi_fail(LMAS_E_NOMEM, "no memory for %zu seeds", p->n_runs);
    }
    lmi_free(h.n);
    lmi_free(h.n_right);
    return status;
}

/* ---- Costs ---- */

static void add_rate(lmi_rate *into, const lmi_rate *rate)
{
    into->n += rate->n;
    into->n_right += rate->n_right;
}

/* What one run adds to the means of its pool. */
static void add_figures(lmi_figures *into, const lmi_figures *f, double n_runs)
{
    add_rate(&into->exact, &f->exact);
    add_rate(&into->compat, &f->compat);
    add_rate(&into->grader, &f->grader);
    into->spoken += f->spoken / n_runs;
    into->total += f->total / n_runs;
    into->thoughts += f->thoughts / n_runs;
    into->wall_s += f->wall_s / n_runs;
    into->engine_s += f->engine_s / n_runs;
    into->read_s += f->read_s / n_runs;
    into->think_s += f->think_s / n_runs;
    into->speak_s += f->speak_s / n_runs;
    into->is_speedup_of_engine |= f->is_speedup_of_engine;
}

/* What the pool is measured against: the reference of its runs where that was asked the same
 * questions, else the first of that method that was. */
static size_t reference_of(const lmi_comparison *c, const lmi_pool *p)
{
    const lmi_run *first = &c->runs[p->first];
    const lmi_run *reference = &c->runs[first->reference];
    size_t i;

    if (lmi_same_questions(&first->record, &reference->record))
        return reference->pool;
    for (i = 0; i < c->n_pools; i++) {
        const lmi_record *other = &c->runs[c->pools[i].first].record;

        if (lmi_same_questions(&first->record, other) &&
            strcmp(other->method, reference->record.method) == 0)
            break;
    }
    return i;
}

/* The run whose place is the pool's measure: where its row has no reference, that of its task. */
static const lmi_run *measure_of(const lmi_comparison *c, const lmi_pool *p)
{
    const lmi_run *reference = &c->runs[c->runs[p->first].reference];

    return p->reference == c->n_pools || p->reference == reference->pool
               ? reference
               : &c->runs[c->pools[p->reference].first];
}

static bool is_apart(const lmi_run *a, const lmi_run *b)
{
    lmi_buf difference;
    bool is_other;

    if (a == b)
        return false;
    lmi_buf_init(&difference, LMI_CONFIG_MAX);
    lmi_site_difference(&difference, &a->record.site, &b->record.site);
    is_other = difference.len > 0 || a->record.site.is_mixed || b->record.site.is_mixed;
    lmi_buf_done(&difference);
    return is_other;
}

static void add_costs(lmi_comparison *c, size_t pool)
{
    lmi_pool *p = &c->pools[pool];
    const lmi_run *first = &c->runs[p->first];
    const lmi_run *measure;
    size_t i;

    p->reference = reference_of(c, p);
    measure = measure_of(c, p);
    for (i = p->first; i < c->n_runs; i++) {
        const lmi_run *run = &c->runs[i];

        if (run->pool != pool)
            continue;
        add_figures(&p->figures, &run->figures, (double)p->n_runs);
        p->n_errors += run->record.n_errors;
        p->n_cut += run->record.n_cut;
        p->n_circling += run->record.n_circling;
        p->is_elsewhere |= is_apart(measure, run) || is_apart(first, run);
    }
    p->figures.exact.share = p->exact.mean;
    p->figures.exact.interval = p->exact.interval;
    p->figures.grader.share =
        p->figures.grader.n ? (double)p->figures.grader.n_right / (double)p->figures.grader.n : NAN;
    p->figures.compat.share = p->compat.mean;
    p->figures.compat.interval = p->compat.interval;
}

/* By the means of both pools, so that a run more or less there counts as much as it should. */
static void set_speedup(const lmi_comparison *c, lmi_pool *p)
{
    const lmi_pool *theirs;

    p->figures.speedup = NAN;
    if (p->reference == c->n_pools)
        return;
    theirs = &c->pools[p->reference];
    p->figures.is_speedup_of_engine |= theirs->figures.is_speedup_of_engine;
    if (!p->is_elsewhere && !theirs->is_elsewhere)
        p->figures.speedup = lmi_speedup(&p->figures, &theirs->figures);
}

/* ---- All of it ---- */

/* "A: ", or of a pool "A and 2 more seeds: ", so that seeds need one note together. */
static void name_pool(lmi_buf *out, const lmi_comparison *c, const lmi_pool *p)
{
    lmi_buf_puts(out, c->runs[p->first].key);
    if (p->n_runs > 1)
        lmi_buf_printf(out, " and %zu more seed%s", p->n_runs - 1, p->n_runs == 2 ? "" : "s");
    lmi_buf_puts(out, ": ");
}

static void note_pool(lmi_comparison *c, const lmi_pool *p)
{
    const size_t n = p->exact.n;

    if (p->n_errors) {
        name_pool(&c->notes, c, p);
        lmi_buf_printf(&c->notes, "%zu question%s failed, counted as wrong\n", p->n_errors,
                       p->n_errors == 1 ? "" : "s");
    }
    if (p->n_cut) {
        name_pool(&c->notes, c, p);
        lmi_buf_printf(&c->notes,
                       "%zu answer%s cut at max_new_tokens, %zu of them while repeating itself\n",
                       p->n_cut, p->n_cut == 1 ? "" : "s", p->n_circling);
    }
    if (p->n_runs > 1 && n * p->n_runs < p->figures.exact.n) {
        name_pool(&c->notes, c, p);
        lmi_buf_printf(&c->notes, "told of the %zu questions that all have graded\n", n);
    }
}

static lmas_status work_out(lmi_comparison *c, size_t pool)
{
    lmi_pool *p = &c->pools[pool];
    lmas_status status = pool_marks(&p->exact, c, pool, false);

    if (status == LMAS_OK)
        status = pool_marks(&p->compat, c, pool, true);
    if (status == LMAS_OK)
        add_costs(c, pool);
    return status;
}

lmas_status lmi_pools_find(lmi_comparison *c)
{
    lmas_status status = LMAS_OK;
    size_t i;

    c->pools = lmi_new(c->n_runs, sizeof(*c->pools));
    if (!c->pools)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu runs", c->n_runs);
    for (i = 0; i < c->n_runs; i++)
        c->runs[i].pool = c->n_runs;
    for (i = 0; status == LMAS_OK && i < c->n_runs; i++) {
        size_t pool;

        status = find_pool(&pool, c, &c->runs[i]);
        if (status == LMAS_OK && pool == c->n_pools)
            c->pools[c->n_pools++].first = i;
        c->runs[i].pool = pool;
        c->pools[pool].n_runs++;
    }
    for (i = 0; status == LMAS_OK && i < c->n_pools; i++)
        status = work_out(c, i);
    for (i = 0; status == LMAS_OK && i < c->n_pools; i++) {
        set_speedup(c, &c->pools[i]);
        note_pool(c, &c->pools[i]);
    }
    return status;
}

/* estimate.c - see estimate.h. */
#include "cli/run/grid/estimate.h"

#include <string.h>

#include "cli/bench/measure.h"
#include "cli/show/term.h"

/* A measurement is over in a moment where one reads a hundred tokens a second. */
enum { READ_N = 64, STEP_N = 8, LANES_MOST = 4 };

lmas_status lmi_grid_measure(lmi_grid_rates *out, lmi_stage *stage)
{
    const uint32_t n_lanes = stage->n_at_once < LANES_MOST ? stage->n_at_once : LANES_MOST;
    const lmi_bench_test tests[] = {
        {.kind = LMI_BENCH_READ, .n = READ_N, .n_lanes = n_lanes},
        {.kind = LMI_BENCH_THINK, .n = STEP_N, .n_lanes = n_lanes, .depth = READ_N},
        {.kind = LMI_BENCH_SPEAK, .n = STEP_N, .n_lanes = n_lanes, .depth = READ_N},
    };
    double *const rates[] = {&out->read_s, &out->think_s, &out->speak_s};
    lmas_status status = LMAS_OK;
    size_t i;

    *out = (lmi_grid_rates){.are_measured = true};
    for (i = 0; status == LMAS_OK && i < 3; i++) {
        lmi_bench_result result = {0};
        lmi_bout bout;
        double ms = 0;

        status = lmi_bout_open(&bout, stage, &tests[i], &result);
        if (status == LMAS_OK)
            status = lmi_bout_repeat(&ms, &bout); /* finds cold caches */
        if (status == LMAS_OK)
            status = lmi_bout_repeat(&ms, &bout);
        lmi_bout_close(&bout);
        *rates[i] = ms / 1e3 / lmi_bench_units(&tests[i], n_lanes);
    }
    return status;
}

static void add_sums(lmi_grid_sums *to, const lmi_grid_sums *from)
{
    to->n += from->n;
    to->n_read += from->n_read;
    to->n_thought += from->n_thought;
    to->n_spoken += from->n_spoken;
    to->read_s += from->read_s;
    to->think_s += from->think_s;
    to->speak_s += from->speak_s;
    to->wall_s += from->wall_s;
}

static double share(double a, double b)
{
    return b > 0 ? a / b : 0;
}

/* Sums over the finished runs of a row; of its method; of all, and how many spoke in those. */
typedef struct known {
    lmi_grid_sums row, method, all;
    double n_speakers;
} known;

static known known_of(const lmi_grid *grid, size_t row)
{
    const char *method = grid->runs[grid->rows[row].first].method;
    known k = {0};
    size_t i;

    for (i = 0; i < grid->n; i++) {
        const lmi_grid_run *run = &grid->runs[i];

        if (!run->is_done)
            continue;
        add_sums(&k.all, &run->sums);
        k.n_speakers += run->sums.n * grid->rows[run->row].weight.n_speakers;
        if (strcmp(run->method, method) == 0)
            add_sums(&k.method, &run->sums);
        if (run->row == row)
            add_sums(&k.row, &run->sums);
    }
    return k;
}

/* Rates of what was done; what nobody did yet costs what was measured, or what is nearest to it. */
static lmi_grid_rates rates_of(const lmi_grid_sums *all, const lmi_grid_rates *measured)
{
    lmi_grid_rates r = {share(all->read_s, all->n_read), share(all->think_s, all->n_thought),
                        share(all->speak_s, all->n_spoken), false};

    if (all->n <= 0)
        return *measured;
    if (r.think_s <= 0)
        r.think_s = measured->think_s > 0 ? measured->think_s : r.speak_s;
    return r;
}

/* Tokens that a question of the row will have spoken: as others of its method had, else as much for
 * each that speaks as in all runs. */
static double spoken_of(const known *k, const lmi_run_weight *w)
{
    const double n = k->method.n > 0 ? share(k->method.n_spoken, k->method.n)
                                     : share(k->all.n_spoken, k->n_speakers) * w->n_speakers;

    return n < w->n_spoken_most ? n : w->n_spoken_most;
}

/* Seconds of a question of the row, from `*least` to what is returned. */
static double question_seconds(double *least, const lmi_grid *grid, size_t row,
                               const lmi_grid_rates *measured)
{
    const lmi_run_weight *w = &grid->rows[row].weight;
    const known k = known_of(grid, row);
    const lmi_grid_rates r = rates_of(&k.all, measured);
    const double base = w->n_read * r.read_s + w->n_thought * r.think_s;

    *least = base;
    if (k.row.n > 0)
        return *least = share(k.row.wall_s, k.row.n);
    if (k.all.n <= 0)
        return base + w->n_spoken_most * r.speak_s;
    return *least = base + spoken_of(&k, w) * r.speak_s;
}

lmi_grid_estimate lmi_grid_estimate_of(const lmi_grid *grid, const lmi_grid_rates *measured)
{
    lmi_grid_estimate e = {.n_runs = grid->n, .is_known = true};
    size_t r, i;

    for (i = 0; i < grid->n; i++)
        e.n_done += grid->runs[i].is_done;
    if (e.n_done == 0 && measured->read_s <= 0)
        e.is_known = false;
    for (r = 0; r < grid->n_rows; r++) {
        double least = 0;
        const double most = question_seconds(&least, grid, r, measured);

        for (i = 0; i < grid->n; i++) {
            const lmi_grid_run *run = &grid->runs[i];
            const double n =
                run->is_done || run->n_done > run->n ? 0 : (double)(run->n - run->n_done);

            e.least_s += run->row == r ? n * least : 0;
            e.most_s += run->row == r ? n * most : 0;
        }
    }
    return e;
}

void lmi_grid_describe(lmi_buf *out, const lmi_grid_estimate *e)
{
    char least[32], most[32];

    lmi_duration_text(least, e->least_s);
    lmi_duration_text(most, e->most_s);
    if (!e->is_known)
        lmi_buf_puts(out, "not known before the first run is done");
    else if (e->n_done)
        lmi_buf_printf(out, "about %s (from %zu run%s that %s done)", most, e->n_done,
                       e->n_done == 1 ? "" : "s", e->n_done == 1 ? "is" : "are");
    else
        lmi_buf_printf(out,
                       "from %s to %s, if every answer is as long as it may be (from a short "
                       "measurement on this model)",
                       least, most);
}

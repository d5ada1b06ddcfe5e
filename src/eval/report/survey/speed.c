/*
 * speed.c - seconds are set side by side only where they were measured alike.
 *
 * On another machine, with other threads or lanes, a run is as right and not as fast: then there is
 * no speed-up, and a note says what differs.
 */
#include <math.h>
#include <string.h>

#include "eval/report/compare.h"
#include "eval/report/format.h"

/* Longest difference of two places, in bytes. */
enum { DIFFERENCE_MAX = 32 * 1024 };

double lmi_speedup(const lmi_figures *figures, const lmi_figures *reference)
{
    const bool is_of_engine = figures->is_speedup_of_engine;
    const double mine = is_of_engine ? figures->engine_s : figures->wall_s;

    return mine > 0 ? (is_of_engine ? reference->engine_s : reference->wall_s) / mine : NAN;
}

/* Shards ran beside each other or one after the other, nobody knows: only the time in the engine
 * can be compared then. */
static void set_speedup(lmi_run *run, const lmi_run *reference)
{
    lmi_figures *f = &run->figures;

    f->is_speedup_of_engine = run->record.n_shards || reference->record.n_shards;
    f->speedup = lmi_same_questions(&run->record, &reference->record) && !run->is_elsewhere
                     ? lmi_speedup(f, &reference->figures)
                     : NAN;
}

static lmas_status compare_sites(lmi_comparison *c, lmi_run *run)
{
    const lmi_run *reference = &c->runs[run->reference];
    lmi_buf difference;
    lmas_status status;

    if (run == reference)
        return LMAS_OK;
    lmi_buf_init(&difference, DIFFERENCE_MAX);
    lmi_site_difference(&difference, &reference->record.site, &run->record.site);
    status = lmi_buf_status(&difference);
    if (difference.len) {
        lmi_buf_printf(&c->notes, "time of %s: ", run->key);
        lmi_plain(&c->notes, lmi_buf_text(&difference));
        lmi_buf_printf(&c->notes, ", so it is not compared with %s\n", reference->key);
    }
    run->is_elsewhere =
        difference.len || run->record.site.is_mixed || reference->record.site.is_mixed;
    lmi_buf_done(&difference);
    return status;
}

/* "A, B and C" of runs for which nothing tells on what they ran. */
static void note_unknown(lmi_comparison *c)
{
    size_t n = 0;
    size_t i, k;

    for (i = 0; i < c->n_runs; i++)
        n += !c->runs[i].record.site.has_machine;
    if (!n || c->n_runs == 1)
        return;
    for (i = 0, k = 0; i < c->n_runs; i++)
        if (!c->runs[i].record.site.has_machine) {
            lmi_buf_printf(&c->notes, "%s%s",
                           !k           ? ""
                           : k + 1 == n ? " and "
                                        : ", ",
                           c->runs[i].key);
            k++;
        }
    lmi_buf_puts(&c->notes,
                 ": the machine is not recorded, times are compared as if it were one\n");
}

lmas_status lmi_speeds_find(lmi_comparison *c)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < c->n_runs; i++) {
        lmi_run *run = &c->runs[i];

        if (run->record.site.is_mixed)
            lmi_buf_printf(&c->notes,
                           "time of %s: its shards ran with other threads, lanes or machines, so "
                           "it is compared with none\n",
                           run->key);
        status = compare_sites(c, run);
    }
    for (i = 0; i < c->n_runs; i++)
        set_speedup(&c->runs[i], &c->runs[c->runs[i].reference]);
    note_unknown(c);
    return status;
}

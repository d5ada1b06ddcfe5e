/*
 * csv.c - a line a pool, as RFC 4180 quotes it: what a spreadsheet or a data frame reads.
 *
 * The first column says of which kind a line is, so that numbers that were not measured here, and
 * folders that were left out, are never taken for results.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "eval/report/format.h"
#include "eval/report/survey/write.h"

/* ---- Fields ---- */

static void write_text(lmi_buf *out, const char *text)
{
    lmi_buf plain;
    const char *c;

    lmi_buf_init(&plain, out->max);
    lmi_plain(&plain, text ? text : "");
    if (!strpbrk(lmi_buf_text(&plain), ",\"")) {
        lmi_buf_printf(out, "%s,", lmi_buf_text(&plain));
    } else {
        lmi_buf_putc(out, '"');
        for (c = lmi_buf_text(&plain); *c; c++)
            lmi_buf_printf(out, *c == '"' ? "\"%c" : "%c", *c);
        lmi_buf_puts(out, "\",");
    }
    lmi_buf_done(&plain);
}

/* The last field of a line. */
static void write_last(lmi_buf *out, const char *text)
{
    write_text(out, text);
    if (out->status == LMAS_OK)
        out->len--;
    lmi_buf_putc(out, '\n');
}

static void write_real(lmi_buf *out, int decimals, double x)
{
    if (isfinite(x))
        lmi_buf_printf(out, "%.*f", decimals, x);
    lmi_buf_putc(out, ',');
}

static void write_count(lmi_buf *out, uint64_t n)
{
    lmi_buf_printf(out, "%llu,", (unsigned long long)n);
}

/* 0 is not known. */
static void write_known(lmi_buf *out, uint64_t n)
{
    if (n)
        write_count(out, n);
    else
        lmi_buf_putc(out, ',');
}

static void write_empty(lmi_buf *out, size_t n)
{
    while (n-- > 0)
        lmi_buf_putc(out, ',');
}

/* ---- Lines ---- */

/* Columns before the figures by a rule, of a rule without pass@k, of a grader, and those behind. */
enum { N_NAMES = 12, N_SHARES = 7, N_JUDGED = 2, N_COSTS = 17 };

static const char names_head[] =
    "kind,task,questions,data_sha256,column,method,team,model,latent_steps,runs,n_seeds,seeds,";
static const char costs_head[] = "grader_n,grader_mean,spoken,tokens,thoughts,wall_sec,engine_sec,"
                                 "total_sec,speedup,speedup_of,errors,cut,circling,"
                                 "started,threads,threads_batch,lanes,machine,";

static size_t n_pass_of(const lmi_comparison *c)
{
    size_t n = 1;
    size_t i;

    for (i = 0; i < c->n_pools; i++)
        n = c->pools[i].exact.n_pass > n ? c->pools[i].exact.n_pass : n;
    return n;
}

static void write_rule_head(lmi_buf *out, const char *rule, size_t n_pass)
{
    static const char *const keys[] = {"n",       "mean", "deviation", "lowest",
                                       "highest", "low",  "high"};
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        lmi_buf_printf(out, "%s_%s,", rule, keys[i]);
    for (i = 1; i <= n_pass; i++)
        lmi_buf_printf(out, "%s_pass@%zu,", rule, i);
}

static void write_pooled(lmi_buf *out, const lmi_pooled *p, size_t n_pass)
{
    const double shares[] = {p->mean, p->deviation,    p->least,
                             p->most, p->interval.low, p->interval.high};
    size_t i;

    write_count(out, p->n);
    for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++)
        write_real(out, 6, shares[i]);
    for (i = 0; i < n_pass; i++)
        write_real(out, 6, i < p->n_pass ? p->pass[i] : NAN);
}

/* What --latent_steps was, which most grids are over; of a method without thoughts nothing. */
static void write_steps(lmi_buf *out, const lmi_record *r)
{
    const bool is_latent = strcmp(r->method, lmas_method_name(LMAS_METHOD_LATENT_MAS)) == 0;
    yyjson_doc *doc = yyjson_read(lmi_buf_text(&r->config), r->config.len, 0);
    yyjson_val *params = yyjson_obj_get(yyjson_doc_get_root(doc), "params");
    yyjson_val *steps = is_latent ? yyjson_obj_get(params, "latent_steps") : NULL;

    if (yyjson_is_int(steps))
        lmi_buf_printf(out, "%lld,", (long long)yyjson_get_sint(steps));
    else
        write_text(out, yyjson_get_str(steps));
    yyjson_doc_free(doc);
}

/* The keys and the seeds of its runs, blanks between. */
static void write_runs(lmi_buf *out, const lmi_comparison *c, size_t pool)
{
    lmi_buf keys, seeds;
    size_t i;

    lmi_buf_init(&keys, out->max);
    lmi_buf_init(&seeds, out->max);
    for (i = c->pools[pool].first; i < c->n_runs; i++) {
        if (c->runs[i].pool != pool)
            continue;
        lmi_buf_printf(&keys, "%s%s", keys.len ? " " : "", c->runs[i].key);
        if (c->runs[i].record.has_seed)
            lmi_buf_printf(&seeds, "%s%llu", seeds.len ? " " : "",
                           (unsigned long long)c->runs[i].record.seed);
    }
    write_text(out, lmi_buf_text(&keys));
    write_count(out, c->pools[pool].n_runs);
    write_text(out, lmi_buf_text(&seeds));
    lmi_buf_done(&keys);
    lmi_buf_done(&seeds);
}

static void write_costs(lmi_buf *out, const lmi_comparison *c, const lmi_pool *p)
{
    const lmi_figures *f = &p->figures;
    const lmi_record *r = &c->runs[p->first].record;
    const double wall_s = p->is_elsewhere ? NAN : f->wall_s;
    lmi_buf machine;

    write_real(out, 4, f->spoken);
    write_real(out, 4, f->total);
    write_real(out, 4, f->thoughts);
    write_real(out, 6, wall_s);
    write_real(out, 6, p->is_elsewhere ? NAN : f->engine_s);
    write_real(out, 3, r->n == r->n_questions ? wall_s * (double)r->n : NAN);
    write_real(out, 4, f->speedup);
    write_text(out, f->is_speedup_of_engine ? "engine" : "wall");
    write_count(out, p->n_errors);
    write_count(out, p->n_cut);
    write_count(out, p->n_circling);
    write_text(out, r->started);
    write_known(out, r->site.n_threads);
    write_known(out, r->site.n_threads_batch);
    write_known(out, r->site.n_lanes);
    lmi_buf_init(&machine, out->max);
    lmi_site_describe(&machine, &r->site);
    write_text(out, lmi_buf_text(&machine));
    lmi_buf_done(&machine);
}

static void write_pool(lmi_buf *out, const lmi_comparison *c, const lmi_pool *p, size_t n_pass)
{
    const lmi_record *r = &c->runs[p->first].record;

    lmi_buf_puts(out, "measured,");
    write_text(out, r->task);
    write_count(out, r->n_questions);
    write_text(out, r->data_sha256);
    write_text(out, c->grid.columns[p->column].label);
    write_text(out, r->method);
    write_text(out, r->team);
    write_text(out, r->model);
    write_steps(out, r);
    write_runs(out, c, (size_t)(p - c->pools));
    write_pooled(out, &p->exact, n_pass);
    write_pooled(out, &p->compat, n_pass);
    write_known(out, p->figures.grader.n);
    write_real(out, 6, p->figures.grader.share);
    write_costs(out, c, p);
    lmi_buf_puts(out, "\n");
}

/* In the order of the table. */
static void write_measured(lmi_buf *out, const lmi_comparison *c, size_t n_pass)
{
    size_t row, column;

    for (row = 0; row < c->grid.n_rows; row++)
        for (column = 0; column < c->grid.n_columns; column++)
            if (lmi_survey_pool(c, row, column))
                write_pool(out, c, lmi_survey_pool(c, row, column), n_pass);
}

/* A published number: its accuracy is that of a rule which its source chose. */
static void write_reported(lmi_buf *out, const lmi_comparison *c, const lmi_reported *number,
                           size_t n_pass)
{
    lmi_buf source;

    lmi_buf_init(&source, out->max);
    lmi_reported_source(&source, number);
    lmi_buf_puts(out, "reported,");
    write_text(out, number->task);
    write_empty(out, 2);
    write_text(out, number->method);
    write_text(out, number->method);
    write_text(out, number->team);
    write_text(out, c->reference.model);
    write_empty(out, N_NAMES - 8 + 1);
    write_real(out, 6, number->accuracy);
    write_empty(out, N_SHARES - 2 + n_pass + N_SHARES + n_pass + N_JUDGED);
    write_real(out, 4, number->tokens);
    write_empty(out, 4);
    write_real(out, 3, number->seconds);
    write_empty(out, N_COSTS - 1 - 6);
    write_last(out, lmi_buf_text(&source));
    lmi_buf_done(&source);
}

static void write_notes(lmi_buf *out, const lmi_comparison *c, size_t n_pass)
{
    const char *note = lmi_buf_text(&c->notes);

    while (*note) {
        const size_t len = strcspn(note, "\n");
        char *text = lmi_strndup(note, len);

        lmi_buf_puts(out, "note,");
        write_empty(out, N_NAMES - 1 + 2 * (N_SHARES + n_pass) + N_JUDGED + N_COSTS - 1);
        write_last(out, text ? text : "");
        lmi_free(text);
        note += len + (note[len] ? 1 : 0);
    }
}

lmas_status lmi_report_csv(lmi_buf *out, const lmi_comparison *c)
{
    const size_t n_pass = n_pass_of(c);
    size_t i;

    lmi_buf_puts(out, names_head);
    write_rule_head(out, "exact", n_pass);
    write_rule_head(out, "compat", n_pass);
    lmi_buf_printf(out, "%snote\n", costs_head);
    write_measured(out, c, n_pass);
    for (i = 0; i < c->reference.n; i++)
        if (lmi_reported_here(c, &c->reference.numbers[i]))
            write_reported(out, c, &c->reference.numbers[i], n_pass);
    write_notes(out, c, n_pass);
    return lmi_buf_status(out);
}

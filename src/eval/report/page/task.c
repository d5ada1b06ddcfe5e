/* task.c - one task: its methods and runs in figures, pictures, what a control does, pairs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/page/part.h"
#include "eval/report/page/plot.h"
#include "eval/report/survey/write.h"

/* Digits of a hash; pairs that stand open, and the most that are all shown. */
enum { SHA_SHOWN = 12, PAIRS_OPEN = 12, PAIRS_MAX = 300 };

/* ---- Lines ---- */

void lmi_page_lines(lmi_buf *out, const lmi_buf *lines)
{
    const char *note = lmi_buf_text(lines);

    lmi_buf_puts(out, "<ul class=\"notes\">\n");
    while (*note) {
        const size_t len = strcspn(note, "\n");
        char *text = lmi_strndup(note, len);

        lmi_buf_puts(out, "<li>");
        lmi_html(out, text ? text : "");
        lmi_buf_puts(out, "</li>\n");
        lmi_free(text);
        note += len + (note[len] ? 1 : 0);
    }
    lmi_buf_puts(out, "</ul>\n");
}

/* ---- Figures ---- */

static void write_costs(lmi_buf *out, const lmi_figures *f)
{
    static const char *const columns[] = {"spoken", "tokens", "thoughts", "seconds", "engine s"};
    const double values[] = {f->spoken, f->total, f->thoughts, f->wall_s, f->engine_s};
    char text[LMI_NUMBER_SIZE];
    size_t k;

    for (k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
        lmi_number(text, values[k]);
        lmi_cell_text(out, columns[k], text);
    }
    lmi_number(text, f->speedup);
    lmi_cell_open(out, "speed-up");
    lmi_buf_printf(out, "%s%s%s", text, isnan(f->speedup) ? "" : "\xc3\x97",
                   f->is_speedup_of_engine && !isnan(f->speedup) ? " <small>engine</small>" : "");
    lmi_cell_close(out);
}

/* Texts that are there, with a dot between. */
static void write_list(lmi_buf *out, const char *const *texts, size_t n)
{
    bool is_first = true;
    size_t i;

    for (i = 0; i < n; i++) {
        if (!texts[i] || !*texts[i])
            continue;
        lmi_buf_puts(out, is_first ? "" : " \xc2\xb7 ");
        lmi_html(out, texts[i]);
        is_first = false;
    }
}

static void write_run(lmi_buf *out, const lmi_sheet *s, size_t i, bool has_grader)
{
    const lmi_run *run = &s->c->runs[i];
    const lmi_record *r = &run->record;
    const char *const names[] = {r->team, r->model, run->settings};

    lmi_row_open(out);
    lmi_run_tag(out, s, i);
    lmi_buf_puts(out, "<span>");
    lmi_html(out, r->method);
    lmi_buf_puts(out, "<small>");
    write_list(out, names, sizeof(names) / sizeof(names[0]));
    lmi_buf_puts(out, "</small></span>");
    lmi_row_head(out);
    lmi_cell_open(out, "questions");
    lmi_buf_printf(out, "%zu", r->n);
    if (r->n < r->n_questions)
        lmi_buf_printf(out, " <small>of %zu</small>", r->n_questions);
    lmi_cell_close(out);
    lmi_cell_rate(out, "exact, %", &run->figures.exact);
    lmi_cell_rate(out, "compat, %", &run->figures.compat);
    if (has_grader)
        lmi_cell_rate(out, "grader, %", &run->figures.grader);
    lmi_cell_count(out, "errors", r->n_errors);
    lmi_cell_count(out, "cut", r->n_cut);
    write_costs(out, &run->figures);
    lmi_row_close(out);
}

static void write_runs(lmi_buf *out, const lmi_sheet *s, size_t block)
{
    static const char *const columns[] = {"run",      "questions", "exact, %", "compat, %",
                                          "errors",   "cut",       "spoken",   "tokens",
                                          "thoughts", "seconds",   "engine s", "speed-up"};
    static const char *const graded[] = {
        "run",    "questions", "exact, %", "compat, %", "grader, %", "errors",  "cut",
        "spoken", "tokens",    "thoughts", "seconds",   "engine s",  "speed-up"};
    const bool has_grader = lmi_block_has_grader(s->c, block);
    size_t i, k;

    lmi_table_open(out, "wide", "runs", has_grader ? graded : columns,
                   has_grader ? sizeof(graded) / sizeof(graded[0])
                              : sizeof(columns) / sizeof(columns[0]));
    for (i = 0; i < s->n_pools; i++)
        for (k = 0; lmi_pool_block(s, s->pools[i]) == block && k < s->c->n_runs; k++)
            if (lmi_pool_has(s, s->pools[i], k))
                write_run(out, s, k, has_grader);
    lmi_table_close(out);
}

/* ---- Pools ---- */

static void write_pooled(lmi_buf *out, const char *column, const lmi_pooled *pooled)
{
    const lmi_rate rate = {pooled->n, pooled->n_right, pooled->mean, pooled->interval};
    char text[LMI_NUMBER_SIZE];

    lmi_cell_open(out, column);
    lmi_rate_html(out, &rate);
    if (!isnan(pooled->deviation)) {
        lmi_percent(text, pooled->deviation);
        lmi_buf_printf(out, " <small>\xc2\xb1 %s</small>", text);
    }
    lmi_cell_close(out);
}

static void write_pool(lmi_buf *out, const lmi_sheet *s, const lmi_pool *pool)
{
    const lmi_kind *kind = lmi_pool_kind(s, pool);
    const lmi_record *r = &s->c->runs[pool->first].record;
    const char *const names[] = {r->team, r->model};

    lmi_row_open(out);
    lmi_tag(out, kind);
    lmi_buf_puts(out, "<span>");
    lmi_html(out, kind->label);
    lmi_buf_puts(out, "<small>");
    write_list(out, names, sizeof(names) / sizeof(names[0]));
    lmi_buf_puts(out, "</small></span>");
    lmi_row_head(out);
    lmi_cell_count(out, "runs", pool->n_runs);
    lmi_cell_count(out, "questions", pool->exact.n);
    write_pooled(out, "exact, %", &pool->exact);
    write_pooled(out, "compat, %", &pool->compat);
    lmi_cell_count(out, "errors", pool->n_errors);
    lmi_cell_count(out, "cut", pool->n_cut);
    write_costs(out, &pool->figures);
    lmi_row_close(out);
}

/* "1: 43.3, 2: 50.0" */
static void write_pass(lmi_buf *out, const lmi_pooled *pooled)
{
    size_t shown[LMI_SHOWN_PASS];
    const size_t n = lmi_shown_pass(shown, pooled);
    char text[LMI_NUMBER_SIZE];
    size_t i;

    lmi_cell_open(out, "pass@k, %");
    for (i = 0; i < n; i++) {
        lmi_percent(text, pooled->pass[shown[i] - 1]);
        lmi_buf_printf(out, "%s%zu:&#160;%s", i ? ", " : "", shown[i], text);
    }
    lmi_cell_close(out);
}

static void write_seeds_of(lmi_buf *out, const lmi_sheet *s, const lmi_pool *pool, const char *rule,
                           const lmi_pooled *pooled)
{
    const double shares[] = {pooled->mean, pooled->deviation, pooled->least, pooled->most};
    static const char *const columns[] = {"mean, %", "\xc2\xb1", "lowest", "highest"};
    char text[LMI_NUMBER_SIZE];
    size_t i;

    lmi_row_open(out);
    lmi_tag(out, lmi_pool_kind(s, pool));
    lmi_buf_printf(out, "<span>%s</span>", rule);
    lmi_row_head(out);
    lmi_cell_count(out, "runs", pool->n_runs);
    lmi_cell_count(out, "common", pooled->n);
    for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        lmi_percent(text, shares[i]);
        lmi_cell_text(out, columns[i], text);
    }
    write_pass(out, pooled);
    lmi_row_close(out);
}

static void write_seeds(lmi_buf *out, const lmi_sheet *s, size_t block)
{
    static const char *const columns[] = {"method, rule", "runs",   "common",  "mean, %",
                                          "\xc2\xb1",     "lowest", "highest", "pass@k, %"};
    size_t i;

    lmi_buf_puts(out, "<details><summary>Seeds: spread and pass@k</summary>\n");
    lmi_table_open(out, "narrow", "seeds", columns, sizeof(columns) / sizeof(columns[0]));
    for (i = 0; i < s->n_pools; i++) {
        const lmi_pool *pool = s->pools[i];

        if (lmi_pool_block(s, pool) != block || pool->n_runs == 1)
            continue;
        write_seeds_of(out, s, pool, "exact", &pool->exact);
        write_seeds_of(out, s, pool, "compat", &pool->compat);
    }
    lmi_table_close(out);
    lmi_buf_puts(out, "</details>\n");
}

static void write_pools(lmi_buf *out, const lmi_sheet *s, size_t block)
{
    static const char *const columns[] = {
        "method", "runs",   "questions", "exact, %", "compat, %", "errors",  "cut",
        "spoken", "tokens", "thoughts",  "seconds",  "engine s",  "speed-up"};
    size_t n_runs = 0;
    size_t i;

    lmi_table_open(out, "wide", "methods", columns, sizeof(columns) / sizeof(columns[0]));
    for (i = 0; i < s->n_pools; i++)
        if (lmi_pool_block(s, s->pools[i]) == block) {
            write_pool(out, s, s->pools[i]);
            n_runs += s->pools[i]->n_runs;
        }
    lmi_table_close(out);
    write_seeds(out, s, block);
    lmi_buf_printf(out, "<details><summary>The %zu runs one by one</summary>\n", n_runs);
    write_runs(out, s, block);
    lmi_buf_puts(out, "</details>\n");
}

/* ---- Controls ---- */

static void write_control(lmi_buf *out, const lmi_sheet *s, const lmi_control_row *row)
{
    const lmi_figures *f = &s->c->runs[row->run].figures;
    const bool is_compared = row->control != LMAS_CONTROL_OFF && !row->pair.reason;
    char text[LMI_NUMBER_SIZE];

    lmi_row_open(out);
    lmi_run_tag(out, s, row->run);
    lmi_buf_printf(out, "<span>%s</span>", lmas_control_name(row->control));
    lmi_row_head(out);
    lmi_cell_count(out, "questions", f->exact.n);
    lmi_cell_count(out, "right", f->exact.n_right);
    lmi_cell_rate(out, "exact, %", &f->exact);
    snprintf(text, sizeof(text), is_compared ? "%+.1f" : "-", row->pair.points);
    lmi_cell_text(out, "difference", text);
    if (is_compared)
        lmi_cell_p(out, "p", row->pair.p);
    else
        lmi_cell_text(out, "p", "-");
    lmi_number(text, f->spoken);
    lmi_cell_text(out, "spoken", text);
    lmi_row_close(out);
}

static void write_controls(lmi_buf *out, const lmi_sheet *s, size_t block)
{
    static const char *const columns[] = {"memory",     "questions", "right", "exact, %",
                                          "difference", "p",         "spoken"};
    size_t i, k;

    for (i = 0; i < s->c->n_controls; i++) {
        const lmi_controls *table = &s->c->controls[i];

        if (s->c->runs[table->rows[0].run].block != block)
            continue;
        lmi_buf_puts(out, "<h3>What the memory carried</h3>\n");
        lmi_table_open(out, "narrow", "controls", columns, sizeof(columns) / sizeof(columns[0]));
        for (k = 0; k < table->n_rows; k++)
            write_control(out, s, &table->rows[k]);
        lmi_table_close(out);
        lmi_page_lines(out, &table->readings);
    }
}

/* ---- Pairs ---- */

static const char *const pair_columns[] = {"first, second", "in common", "both right", "only first",
                                           "only second",   "neither",   "difference", "p"};
enum { PAIR_COLUMNS = sizeof(pair_columns) / sizeof(pair_columns[0]) };

static void write_pair(lmi_buf *out, const lmi_sheet *s, const lmi_pair *pair)
{
    const size_t counts[] = {pair->n_common, pair->n_both, pair->n_only_a, pair->n_only_b,
                             pair->n_neither};
    char text[LMI_NUMBER_SIZE];
    size_t k;

    lmi_row_open(out);
    lmi_run_tag(out, s, pair->a);
    lmi_run_tag(out, s, pair->b);
    lmi_row_head(out);
    if (pair->reason) {
        lmi_buf_printf(out, "<td role=\"cell\" colspan=\"%d\" class=\"why\">not tested: %s</td>",
                       PAIR_COLUMNS - 1, pair->reason);
        lmi_row_close(out);
        return;
    }
    for (k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
        lmi_cell_count(out, pair_columns[k + 1], counts[k]);
    snprintf(text, sizeof(text), "%+.1f", pair->points);
    lmi_cell_text(out, "difference", text);
    lmi_cell_p(out, "p", pair->p);
    lmi_row_close(out);
}

static size_t count_pairs(const lmi_sheet *s, size_t block)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < s->c->n_pairs; i++)
        n += s->c->runs[s->c->pairs[i].a].block == block;
    return n;
}

static bool has_reference(const lmi_sheet *s, const lmi_pair *pair)
{
    const size_t reference = s->c->runs[pair->a].reference;

    return pair->a == reference || pair->b == reference;
}

/* Many pairs are folded up; of very many those with the run that others are measured against. */
static void write_pairs(lmi_buf *out, const lmi_sheet *s, size_t block)
{
    const size_t n = count_pairs(s, block);
    const bool has_all = n <= PAIRS_MAX;
    size_t i;

    if (n == 0)
        return;
    lmi_buf_printf(out,
                   "<h3>The same questions</h3>\n<details%s><summary>%zu pair%s of runs"
                   "</summary>\n",
                   n <= PAIRS_OPEN ? " open=\"open\"" : "", n, n == 1 ? "" : "s");
    if (!has_all)
        lmi_buf_printf(out,
                       "<p class=\"left-out\">Those with run %s; the others are not here, to keep "
                       "this page small: <code>latentmas report RUN... --json</code></p>\n",
                       lmi_block_reference(s->c, block)->key);
    lmi_table_open(out, "narrow", "pairs of runs", pair_columns, PAIR_COLUMNS);
    for (i = 0; i < s->c->n_pairs; i++)
        if (s->c->runs[s->c->pairs[i].a].block == block &&
            (has_all || has_reference(s, &s->c->pairs[i])))
            write_pair(out, s, &s->c->pairs[i]);
    lmi_table_close(out);
    lmi_buf_puts(out, "</details>\n");
}

/* ---- Pictures ---- */

static void write_pictures(lmi_buf *out, const lmi_sheet *s, size_t block)
{
    if (lmi_plot_has_points(s, block)) {
        lmi_buf_puts(out, "<div class=\"plots\">\n");
        lmi_plot_scatter(out, s, block, LMI_COST_SPOKEN);
        lmi_plot_scatter(out, s, block, LMI_COST_TOKENS);
        lmi_plot_scatter(out, s, block, LMI_COST_SECONDS);
        lmi_buf_puts(out, "</div>\n");
    }
    if (!lmi_plot_has_agents(s, block))
        return;
    lmi_buf_puts(out,
                 "<h3>Agents</h3>\n<p class=\"phases\"><span><i class=\"read\"></i>read</span> "
                 "<span><i class=\"think\"></i>thought</span> "
                 "<span><i class=\"speak\"></i>spoken</span></p>\n"
                 "<div class=\"plots two\">\n");
    lmi_plot_agents(out, s, block, LMI_COST_SECONDS);
    lmi_plot_agents(out, s, block, LMI_COST_TOKENS);
    lmi_buf_puts(out, "</div>\n");
}

/* ---- The task ---- */

void lmi_page_task(lmi_buf *out, const lmi_sheet *s, size_t block)
{
    const lmi_record *r = &lmi_block_reference(s->c, block)->record;

    lmi_buf_printf(out, "<section id=\"task-%zu\">\n<h2>", block);
    lmi_html(out, r->task);
    lmi_buf_printf(out, " <small>%zu question%s, data ", r->n_questions,
                   r->n_questions == 1 ? "" : "s");
    lmi_cut(out, r->data_sha256, SHA_SHOWN + 3, false);
    lmi_buf_puts(out, "</small></h2>\n");
    if (lmi_sheet_has_pools(s, block))
        write_pools(out, s, block);
    else
        write_runs(out, s, block);
    write_controls(out, s, block);
    write_pictures(out, s, block);
    write_pairs(out, s, block);
    lmi_buf_puts(out, "</section>\n");
}

/* markdown.c - a comparison as the tables that GitHub renders, two a task. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/survey/write.h"
#include "eval/report/write.h"

/* "40.0 [16.8, 68.7]" */
static void write_rate(lmi_buf *out, const lmi_rate *rate)
{
    char share[LMI_NUMBER_SIZE], low[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE];

    lmi_percent(share, rate->share);
    lmi_percent(low, rate->interval.low);
    lmi_percent(high, rate->interval.high);
    if (rate->n)
        lmi_buf_printf(out, " %s [%s, %s] |", share, low, high);
    else
        lmi_buf_puts(out, " - |");
}

static void write_number(lmi_buf *out, double x)
{
    char text[LMI_NUMBER_SIZE];

    lmi_number(text, x);
    lmi_buf_printf(out, " %s |", text);
}

static void write_name(lmi_buf *out, const lmi_run *run)
{
    const lmi_record *r = &run->record;
    const char *const names[] = {r->method, r->team, r->model, run->settings};
    size_t i;

    lmi_buf_printf(out, "| %s |", run->key);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        lmi_buf_putc(out, ' ');
        lmi_markdown(out, names[i]);
        lmi_buf_puts(out, " |");
    }
}

static void write_run(lmi_buf *out, const lmi_run *run, bool has_grader)
{
    const lmi_record *r = &run->record;
    const lmi_figures *f = &run->figures;
    const double values[] = {f->spoken, f->total,   f->thoughts, f->wall_s, f->engine_s,
                             f->read_s, f->think_s, f->speak_s,  f->speedup};
    size_t i;

    write_name(out, run);
    if (r->n == r->n_questions)
        lmi_buf_printf(out, " %zu |", r->n);
    else
        lmi_buf_printf(out, " %zu of %zu |", r->n, r->n_questions);
    write_rate(out, &f->exact);
    write_rate(out, &f->compat);
    if (has_grader)
        write_rate(out, &f->grader);
    lmi_buf_printf(out, " %zu | %zu |", r->n_errors, r->n_cut);
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        write_number(out, values[i]);
    lmi_buf_putc(out, '\n');
}

static void write_runs(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    const bool has_grader = lmi_block_has_grader(c, block);
    size_t i;

    lmi_buf_printf(
        out,
        "| | method | team | model | settings | n | exact %% [95 %%] | "
        "compat %% [95 %%] |%s errors | cut | spoken | tokens | thoughts | s | engine s | "
        "read s | think s | speak s | speed-up |\n"
        "|---|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|%s\n",
        has_grader ? " grader % [95 %] |" : "", has_grader ? "--:|" : "");
    for (i = 0; i < c->n_runs; i++)
        if (c->runs[i].block == block)
            write_run(out, &c->runs[i], has_grader);
}

/* When and on what. */
static void write_sites(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i;

    lmi_buf_puts(out, "\n| | started | threads | lanes | machine |\n|---|---|--:|--:|---|\n");
    for (i = 0; i < c->n_runs; i++) {
        const lmi_record *r = &c->runs[i].record;
        lmi_buf machine;

        if (c->runs[i].block != block)
            continue;
        lmi_buf_printf(out, "| %s | ", c->runs[i].key);
        lmi_markdown(out, r->started ? r->started : "-");
        lmi_buf_printf(out, " | %llu | %llu | ", (unsigned long long)r->site.n_threads,
                       (unsigned long long)r->site.n_lanes);
        lmi_buf_init(&machine, out->max);
        lmi_site_describe(&machine, &r->site);
        lmi_markdown(out, lmi_buf_text(&machine));
        lmi_buf_puts(out, r->site.is_mixed ? ", and others |\n" : " |\n");
        lmi_buf_done(&machine);
    }
}

static void write_p(lmi_buf *out, double p)
{
    char text[LMI_NUMBER_SIZE];

    lmi_p_value(text, p);
    lmi_buf_printf(out, " %s%s |", *text == '<' ? "&lt;" : "", *text == '<' ? text + 1 : text);
}

/* A list of lines that come as notes do. */
static void write_lines(lmi_buf *out, const lmi_buf *lines)
{
    const char *note = lmi_buf_text(lines);

    while (*note) {
        const size_t len = strcspn(note, "\n");
        char *text = lmi_strndup(note, len);

        lmi_buf_puts(out, "- ");
        lmi_markdown(out, text ? text : "");
        lmi_buf_putc(out, '\n');
        lmi_free(text);
        note += len + (note[len] ? 1 : 0);
    }
}

static void write_control(lmi_buf *out, const lmi_comparison *c, const lmi_control_row *row)
{
    const lmi_run *run = &c->runs[row->run];
    const bool is_off = row->control == LMAS_CONTROL_OFF;

    lmi_buf_printf(out, "| %s | %s | %zu | %zu |", run->key, lmas_control_name(row->control),
                   run->figures.exact.n, run->figures.exact.n_right);
    write_rate(out, &run->figures.exact);
    if (is_off || row->pair.reason)
        lmi_buf_puts(out, " - | - |");
    else {
        lmi_buf_printf(out, " %+.1f |", row->pair.points);
        write_p(out, row->pair.p);
    }
    write_number(out, run->figures.spoken);
    lmi_buf_putc(out, '\n');
}

static void write_controls(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i, k;

    for (i = 0; i < c->n_controls; i++) {
        const lmi_controls *table = &c->controls[i];

        if (c->runs[table->rows[0].run].block != block)
            continue;
        lmi_buf_puts(out, "\n| | memory | questions | right | exact % [95 %] | difference | p | "
                          "spoken |\n|---|---|--:|--:|--:|--:|--:|--:|\n");
        for (k = 0; k < table->n_rows; k++)
            write_control(out, c, &table->rows[k]);
        lmi_buf_putc(out, '\n');
        write_lines(out, &table->readings);
    }
}

static void write_pair(lmi_buf *out, const lmi_comparison *c, const lmi_pair *pair)
{
    lmi_buf_printf(out, "| %s, %s |", c->runs[pair->a].key, c->runs[pair->b].key);
    if (pair->reason) {
        lmi_buf_printf(out, " - | - | - | - | - | - | not tested: %s |\n", pair->reason);
        return;
    }
    lmi_buf_printf(out, " %zu | %zu | %zu | %zu | %zu | %+.1f |", pair->n_common, pair->n_both,
                   pair->n_only_a, pair->n_only_b, pair->n_neither, pair->points);
    write_p(out, pair->p);
    lmi_buf_putc(out, '\n');
}

static void write_pairs(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    bool is_first = true;
    size_t i;

    for (i = 0; i < c->n_pairs; i++) {
        if (c->runs[c->pairs[i].a].block != block)
            continue;
        if (is_first)
            lmi_buf_puts(out, "\n| pair | common | both | only first | only second | neither | "
                              "difference | p |\n|---|--:|--:|--:|--:|--:|--:|--:|\n");
        is_first = false;
        write_pair(out, c, &c->pairs[i]);
    }
}

lmas_status lmi_report_markdown(lmi_buf *out, const lmi_comparison *comparison)
{
    size_t block;

    lmi_survey_markdown(out, comparison);
    lmi_reference_markdown(out, comparison);
    for (block = 0; block < comparison->n_blocks; block++) {
        const lmi_record *r = &lmi_block_reference(comparison, block)->record;

        lmi_buf_puts(out, "## ");
        lmi_markdown(out, r->task);
        lmi_buf_printf(out, "\n\n%zu questions, data SHA-256 ", r->n_questions);
        lmi_markdown(out, r->data_sha256);
        lmi_buf_puts(out, "\n\n");
        write_runs(out, comparison, block);
        write_sites(out, comparison, block);
        write_controls(out, comparison, block);
        write_pairs(out, comparison, block);
        lmi_buf_putc(out, '\n');
    }
    write_lines(out, &comparison->notes);
    lmi_buf_puts(out, "\nTokens (read and spoken), thoughts and seconds are per question. "
                      "Intervals are Wilson's; p is of McNemar's exact test, two-sided, not "
                      "corrected for the number of pairs.\n");
    if (comparison->n_controls)
        lmi_buf_puts(out, "Memory: what agents inherit in place of the working memory "
                          "(`--control`), against the run that is off, by the same test.\n");
    return lmi_buf_status(out);
}

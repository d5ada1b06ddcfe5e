/*
 * text.c - a comparison for the terminal: four narrow tables a task instead of a wide one.
 *
 * Every row starts with the run's letter, so that a table need not repeat what a run is, and all
 * fits 100 columns.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/survey/write.h"
#include "eval/report/write.h"

/* Columns of what runs are called; the folder takes the rest of the line. */
enum { METHOD_WIDTH = 12, TEAM_WIDTH = 16, MODEL_WIDTH = 24, FOLDER_WIDTH = 36, LINE_WIDTH = 98 };

/* And of where they ran. */
enum { STARTED_WIDTH = 20, MACHINE_WIDTH = 56 };

/* What the columns mean, for whoever sees them the first time. */
static const char legend[] =
    "\n"
    "spoken, tokens (read and spoken), thoughts, s (of the run's wall clock), engine s (read, "
    "think\n"
    "and speak) are per question. 95 %: Wilson's interval. p: McNemar's exact test, two-sided, "
    "not\n"
    "corrected for the number of pairs; difference: percent points of the second over the first.\n";

static const char memory_legend[] =
    "memory: what agents inherit in place of the working memory (--control), against the run that\n"
    "is off, by the same test.\n";

static void write_heading(lmi_buf *out, const lmi_run *reference)
{
    const lmi_record *r = &reference->record;

    lmi_plain(out, r->task);
    lmi_buf_printf(out, ", %zu question%s", r->n_questions, r->n_questions == 1 ? "" : "s");
    lmi_buf_puts(out, " (data ");
    lmi_cut(out, r->data_sha256, 15, false);
    lmi_buf_puts(out, ")\n");
}

static void write_names(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i;

    lmi_buf_printf(out, "\n    %-*s  %-*s  %-*s  folder\n", METHOD_WIDTH, "method", TEAM_WIDTH,
                   "team", MODEL_WIDTH, "model");
    for (i = 0; i < c->n_runs; i++) {
        const lmi_run *run = &c->runs[i];
        const lmi_record *r = &run->record;

        if (run->block != block)
            continue;
        lmi_buf_printf(out, "%-2s  ", run->key);
        lmi_column(out, r->method, METHOD_WIDTH);
        lmi_buf_puts(out, "  ");
        lmi_column(out, r->team, TEAM_WIDTH);
        lmi_buf_puts(out, "  ");
        lmi_column(out, r->model, MODEL_WIDTH);
        lmi_buf_puts(out, "  ");
        lmi_cut(out, r->folders[0].path, FOLDER_WIDTH - (r->n_folders > 1 ? 14 : 0), true);
        if (r->n_folders > 1)
            lmi_buf_printf(out, " and %zu more", r->n_folders - 1);
        lmi_buf_putc(out, '\n');
        if (*run->settings) {
            lmi_buf_puts(out, "    ");
            lmi_cut(out, run->settings, LINE_WIDTH - 4, false);
            lmi_buf_putc(out, '\n');
        }
    }
}

/* " 40.0  16.8 - 68.7" */
static void write_rate(lmi_buf *out, const lmi_rate *rate)
{
    char share[LMI_NUMBER_SIZE], low[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE];

    lmi_percent(share, rate->share);
    lmi_percent(low, rate->interval.low);
    lmi_percent(high, rate->interval.high);
    if (rate->n)
        lmi_buf_printf(out, "  %7s  %5s - %5s", share, low, high);
    else
        lmi_buf_printf(out, "  %7s  %13s", "-", "-");
}

static void write_answers(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i;

    lmi_buf_printf(out, "\n    %17s  %7s  %13s  %7s  %13s  %6s  %5s\n", "questions", "exact %",
                   "95 %", "compat", "95 %", "errors", "cut");
    for (i = 0; i < c->n_runs; i++) {
        const lmi_run *run = &c->runs[i];
        const lmi_record *r = &run->record;
        char n[64];

        if (run->block != block)
            continue;
        if (r->n == r->n_questions)
            snprintf(n, sizeof(n), "%zu", r->n);
        else
            snprintf(n, sizeof(n), "%zu of %zu", r->n, r->n_questions);
        lmi_buf_printf(out, "%-2s  %17s", run->key, n);
        write_rate(out, &run->figures.exact);
        write_rate(out, &run->figures.compat);
        lmi_buf_printf(out, "  %6zu  %5zu\n", r->n_errors, r->n_cut);
    }
}

/* What judges of the user's say, where there are some. */
static void write_graders(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    bool is_first = true;
    size_t i;

    for (i = 0; i < c->n_runs; i++) {
        const lmi_run *run = &c->runs[i];
        const lmi_record *r = &run->record;

        if (run->block != block || !lmi_record_has_grader(r))
            continue;
        if (is_first)
            lmi_buf_printf(out, "\n    %17s  %8s  %13s  %7s  %6s\n", "judged", "grader %", "95 %",
                           "right", "failed");
        is_first = false;
        lmi_buf_printf(out, "%-2s  %17zu ", run->key, r->grader_tally.n);
        write_rate(out, &run->figures.grader);
        lmi_buf_printf(out, "  %7zu  %6zu\n", r->grader_tally.n_right, r->n_grader_failed);
    }
}

/* Part of a sum as whole percent. */
static void write_share(lmi_buf *out, double part, double sum)
{
    if (sum > 0)
        lmi_buf_printf(out, "  %5.0f %%", part / sum * 100);
    else
        lmi_buf_printf(out, "  %7s", "-");
}

static void write_cost(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i, k;

    lmi_buf_printf(out, "\n    %8s  %8s  %8s  %8s  %8s  %8s  %7s  %7s  %7s\n", "spoken", "tokens",
                   "thoughts", "s", "engine s", "speed-up", "read", "think", "speak");
    for (i = 0; i < c->n_runs; i++) {
        const lmi_run *run = &c->runs[i];
        const lmi_figures *f = &run->figures;
        const double values[] = {f->spoken, f->total,    f->thoughts,
                                 f->wall_s, f->engine_s, f->speedup};
        char text[LMI_NUMBER_SIZE];

        if (run->block != block)
            continue;
        lmi_buf_printf(out, "%-2s", run->key);
        for (k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
            lmi_number(text, values[k]);
            lmi_buf_printf(out, "  %8s", text);
        }
        write_share(out, f->read_s, f->engine_s);
        write_share(out, f->think_s, f->engine_s);
        write_share(out, f->speak_s, f->engine_s);
        lmi_buf_putc(out, '\n');
    }
}

/* 0 is not known. */
static void write_known(lmi_buf *out, int width, uint64_t n)
{
    if (n)
        lmi_buf_printf(out, "  %*llu", width, (unsigned long long)n);
    else
        lmi_buf_printf(out, "  %*s", width, "-");
}

/* The first run of the task on the same machine. */
static size_t find_machine(const lmi_comparison *c, size_t run)
{
    size_t i;

    for (i = 0; i < run; i++)
        if (c->runs[i].block == c->runs[run].block &&
            lmi_site_is_machine(&c->runs[i].record.site, &c->runs[run].record.site))
            break;
    return i;
}

/* In the rest of the line, or below where it is longer; told once. */
static void write_machine(lmi_buf *out, const lmi_comparison *c, size_t run)
{
    const lmi_site *site = &c->runs[run].record.site;
    const size_t first = find_machine(c, run);
    lmi_buf machine;

    lmi_buf_init(&machine, out->max);
    if (first < run && site->has_machine)
        lmi_buf_printf(&machine, "as %s", c->runs[first].key);
    else
        lmi_site_describe(&machine, site);
    lmi_buf_puts(&machine, site->is_mixed ? ", and others" : "");
    lmi_buf_puts(out, lmi_width(lmi_buf_text(&machine)) > MACHINE_WIDTH ? "\n    " : "  ");
    lmi_cut(out, lmi_buf_text(&machine), LINE_WIDTH - 4, false);
    lmi_buf_putc(out, '\n');
    lmi_buf_done(&machine);
}

/* When and on what. */
static void write_sites(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i;

    lmi_buf_printf(out, "\n    %-*s  %7s  %5s  machine\n", STARTED_WIDTH, "started", "threads",
                   "lanes");
    for (i = 0; i < c->n_runs; i++) {
        const lmi_record *r = &c->runs[i].record;

        if (c->runs[i].block != block)
            continue;
        lmi_buf_printf(out, "%-2s  ", c->runs[i].key);
        lmi_column(out, r->started ? r->started : "-", STARTED_WIDTH);
        write_known(out, 7, r->site.n_threads);
        write_known(out, 5, r->site.n_lanes);
        write_machine(out, c, i);
    }
}

static void write_note(lmi_buf *out, const char *note, size_t len);

static void write_lines(lmi_buf *out, const lmi_buf *lines)
{
    const char *line = lmi_buf_text(lines);

    while (*line) {
        const size_t len = strcspn(line, "\n");

        write_note(out, line, len);
        line += len + (line[len] ? 1 : 0);
    }
}

static void write_control(lmi_buf *out, const lmi_comparison *c, const lmi_control_row *row)
{
    const lmi_run *run = &c->runs[row->run];
    const lmi_rate *exact = &run->figures.exact;
    const bool is_off = row->control == LMAS_CONTROL_OFF;
    char text[LMI_NUMBER_SIZE];

    lmi_buf_printf(out, "%-2s  %-10s  %9zu  %7zu", run->key, lmas_control_name(row->control),
                   exact->n, exact->n_right);
    write_rate(out, exact);
    lmi_p_value(text, row->pair.p);
    if (is_off || row->pair.reason)
        lmi_buf_printf(out, "  %10s  %8s", "-", "-");
    else
        lmi_buf_printf(out, "  %+10.1f  %8s", row->pair.points, text);
    lmi_number(text, run->figures.spoken);
    lmi_buf_printf(out, "  %8s\n", text);
}

static void write_controls(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i, k;

    for (i = 0; i < c->n_controls; i++) {
        const lmi_controls *table = &c->controls[i];

        if (c->runs[table->rows[0].run].block != block)
            continue;
        lmi_buf_printf(out, "\n    %-10s  %9s  %7s  %7s  %13s  %10s  %8s  %8s\n", "memory",
                       "questions", "right", "exact %", "95 %", "difference", "p", "spoken");
        for (k = 0; k < table->n_rows; k++)
            write_control(out, c, &table->rows[k]);
        lmi_buf_putc(out, '\n');
        write_lines(out, &table->readings);
    }
}

static void write_pair(lmi_buf *out, const lmi_comparison *c, const lmi_pair *pair)
{
    char names[16], p[LMI_NUMBER_SIZE];

    snprintf(names, sizeof(names), "%s, %s", c->runs[pair->a].key, c->runs[pair->b].key);
    if (pair->reason) {
        lmi_buf_printf(out, "%-8s  not tested: %s\n", names, pair->reason);
        return;
    }
    lmi_p_value(p, pair->p);
    lmi_buf_printf(out, "%-8s  %8zu  %8zu  %10zu  %11zu  %8zu  %+10.1f  %8s\n", names,
                   pair->n_common, pair->n_both, pair->n_only_a, pair->n_only_b, pair->n_neither,
                   pair->points, p);
}

static void write_pairs(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    bool is_first = true;
    size_t i;

    for (i = 0; i < c->n_pairs; i++) {
        if (c->runs[c->pairs[i].a].block != block)
            continue;
        if (is_first)
            lmi_buf_printf(out, "\n%-8s  %8s  %8s  %10s  %11s  %8s  %10s  %8s\n", "pair", "common",
                           "both", "only first", "only second", "neither", "difference", "p");
        is_first = false;
        write_pair(out, c, &c->pairs[i]);
    }
}

/* A note may be longer than a line: it goes on, indented. */
static void write_note(lmi_buf *out, const char *note, size_t len)
{
    size_t column = 0;

    while (len) {
        const size_t word = strcspn(note, " \n") < len ? strcspn(note, " \n") : len;
        char *text = lmi_strndup(note, word);
        const size_t width = text ? lmi_width(text) : 0;

        if (column && column + 1 + width > LINE_WIDTH) {
            lmi_buf_puts(out, "\n   ");
            column = 3;
        }
        lmi_buf_printf(out, "%s%s", column ? " " : "", text ? text : "");
        column += width + (column ? 1 : 0);
        lmi_free(text);
        note += word + (word < len ? 1 : 0);
        len -= word + (word < len ? 1 : 0);
    }
    lmi_buf_putc(out, '\n');
}

static void write_notes(lmi_buf *out, const lmi_comparison *c)
{
    lmi_buf_putc(out, '\n');
    write_lines(out, &c->notes);
    lmi_buf_puts(out, legend);
    if (c->n_controls)
        lmi_buf_puts(out, memory_legend);
}

lmas_status lmi_report_text(lmi_buf *out, const lmi_comparison *comparison)
{
    size_t block;

    lmi_survey_text(out, comparison);
    lmi_reference_text(out, comparison);
    for (block = 0; block < comparison->n_blocks; block++) {
        if (block)
            lmi_buf_putc(out, '\n');
        write_heading(out, lmi_block_reference(comparison, block));
        write_names(out, comparison, block);
        write_answers(out, comparison, block);
        write_graders(out, comparison, block);
        write_cost(out, comparison, block);
        write_sites(out, comparison, block);
        write_controls(out, comparison, block);
        write_pairs(out, comparison, block);
    }
    write_notes(out, comparison);
    return lmi_buf_status(out);
}

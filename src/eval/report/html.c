/*
 * html.c - a comparison as one page that stands alone.
 *
 * No script, no font, no picture from elsewhere: style and SVG are within, and the page's own
 * policy forbids the rest. It is well-formed XML too, so that a test can read it strictly.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/plot.h"
#include "eval/report/write.h"

/* Longest config that is shown, in bytes. */
enum { CONFIG_SHOWN_MAX = 64 * 1024, COLOURS = 7 };

static void write_head(lmi_buf *out)
{
    size_t i;

    lmi_buf_puts(out, "<!DOCTYPE html>\n"
                      "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                      "<meta http-equiv=\"Content-Security-Policy\" "
                      "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                      "<title>latentmas report</title>\n<style>\n");
    for (i = 0; lmi_report_style[i]; i++)
        lmi_buf_puts(out, lmi_report_style[i]);
    lmi_buf_puts(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void write_key(lmi_buf *out, const lmi_comparison *c, size_t run)
{
    lmi_buf_printf(out, "<b class=\"key c%zu\">%s</b>", run % COLOURS, c->runs[run].key);
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

/* A list of lines that come as notes do. */
static void write_lines(lmi_buf *out, const lmi_buf *lines)
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

static void write_p(lmi_buf *out, double p)
{
    char text[LMI_NUMBER_SIZE];

    lmi_p_value(text, p);
    lmi_buf_puts(out, p < 0.05 ? "<td><strong>" : "<td>");
    lmi_html(out, text);
    lmi_buf_puts(out, p < 0.05 ? "</strong></td>" : "</td>");
}

/* ---- Summary ---- */

static void write_rate(lmi_buf *out, const lmi_rate *rate)
{
    char share[LMI_NUMBER_SIZE], low[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE];

    lmi_percent(share, rate->share);
    lmi_percent(low, rate->interval.low);
    lmi_percent(high, rate->interval.high);
    if (rate->n)
        lmi_buf_printf(out, "<td><strong>%s</strong><small>%s to %s</small></td>", share, low,
                       high);
    else
        lmi_buf_puts(out, "<td>-</td>");
}

static void write_run(lmi_buf *out, const lmi_comparison *c, size_t i)
{
    const lmi_run *run = &c->runs[i];
    const lmi_record *r = &run->record;
    const lmi_figures *f = &run->figures;
    const char *const names[] = {r->team, r->model, run->settings};
    const double values[] = {f->spoken, f->total, f->thoughts, f->wall_s, f->engine_s};
    char text[LMI_NUMBER_SIZE];
    size_t k;

    lmi_buf_puts(out, "<tr><th scope=\"row\">");
    write_key(out, c, i);
    lmi_buf_puts(out, "<span>");
    lmi_html(out, r->method);
    lmi_buf_puts(out, "<small>");
    write_list(out, names, sizeof(names) / sizeof(names[0]));
    lmi_buf_printf(out, "</small></span></th><td>%zu", r->n);
    if (r->n < r->n_questions)
        lmi_buf_printf(out, "<small>of %zu</small>", r->n_questions);
    lmi_buf_puts(out, "</td>");
    write_rate(out, &f->exact);
    write_rate(out, &f->compat);
    if (lmi_block_has_grader(c, run->block))
        write_rate(out, &f->grader);
    lmi_buf_printf(out, "<td>%zu</td>", r->n_errors);
    for (k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
        lmi_number(text, values[k]);
        lmi_buf_printf(out, "<td>%s</td>", text);
    }
    lmi_number(text, f->speedup);
    lmi_buf_printf(out, "<td>%s%s%s</td></tr>\n", text, isnan(f->speedup) ? "" : "\xc3\x97",
                   f->is_speedup_of_engine && !isnan(f->speedup) ? "<small>engine</small>" : "");
}

static void write_summary(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i;

    lmi_buf_puts(out, "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">run</th>"
                      "<th scope=\"col\">questions</th><th scope=\"col\">exact, %</th>"
                      "<th scope=\"col\">compat, %</th>");
    if (lmi_block_has_grader(c, block))
        lmi_buf_puts(out, "<th scope=\"col\">grader, %</th>");
    lmi_buf_puts(out,
                 "<th scope=\"col\">errors</th>"
                 "<th scope=\"col\">spoken</th><th scope=\"col\">tokens</th>"
                 "<th scope=\"col\">thoughts</th><th scope=\"col\">seconds</th>"
                 "<th scope=\"col\">engine s</th><th scope=\"col\">speed-up</th></tr></thead>\n"
                 "<tbody>\n");
    for (i = 0; i < c->n_runs; i++)
        if (c->runs[i].block == block)
            write_run(out, c, i);
    lmi_buf_puts(out, "</tbody></table></div>\n");
}

/* ---- Controls ---- */

static void write_control(lmi_buf *out, const lmi_comparison *c, const lmi_control_row *row)
{
    const lmi_figures *f = &c->runs[row->run].figures;
    const bool is_off = row->control == LMAS_CONTROL_OFF;
    char text[LMI_NUMBER_SIZE];

    lmi_buf_puts(out, "<tr><th scope=\"row\">");
    write_key(out, c, row->run);
    lmi_buf_printf(out, "<span>%s</span></th><td>%zu</td><td>%zu</td>",
                   lmas_control_name(row->control), f->exact.n, f->exact.n_right);
    write_rate(out, &f->exact);
    if (is_off || row->pair.reason)
        lmi_buf_puts(out, "<td>-</td><td>-</td>");
    else {
        lmi_buf_printf(out, "<td>%+.1f</td>", row->pair.points);
        write_p(out, row->pair.p);
    }
    lmi_number(text, f->spoken);
    lmi_buf_printf(out, "<td>%s</td></tr>\n", text);
}

static void write_controls(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    size_t i, k;

    for (i = 0; i < c->n_controls; i++) {
        const lmi_controls *table = &c->controls[i];

        if (c->runs[table->rows[0].run].block != block)
            continue;
        lmi_buf_puts(out, "<h3>What the memory carried</h3>\n<div class=\"scroll\"><table>\n"
                          "<thead><tr><th scope=\"col\">memory</th>"
                          "<th scope=\"col\">questions</th><th scope=\"col\">right</th>"
                          "<th scope=\"col\">exact, %</th><th scope=\"col\">difference</th>"
                          "<th scope=\"col\">p</th><th scope=\"col\">spoken</th></tr></thead>\n"
                          "<tbody>\n");
        for (k = 0; k < table->n_rows; k++)
            write_control(out, c, &table->rows[k]);
        lmi_buf_puts(out, "</tbody></table></div>\n");
        write_lines(out, &table->readings);
    }
}

/* ---- Pairs ---- */

static void write_pair(lmi_buf *out, const lmi_comparison *c, const lmi_pair *pair)
{
    lmi_buf_puts(out, "<tr><th scope=\"row\">");
    write_key(out, c, pair->a);
    write_key(out, c, pair->b);
    lmi_buf_puts(out, "</th>");
    if (pair->reason) {
        lmi_buf_printf(out, "<td colspan=\"7\" class=\"why\">not tested: %s</td></tr>\n",
                       pair->reason);
        return;
    }
    lmi_buf_printf(out,
                   "<td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%+.1f</td>",
                   pair->n_common, pair->n_both, pair->n_only_a, pair->n_only_b, pair->n_neither,
                   pair->points);
    write_p(out, pair->p);
    lmi_buf_puts(out, "</tr>\n");
}

static void write_pairs(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    bool is_first = true;
    size_t i;

    for (i = 0; i < c->n_pairs; i++) {
        if (c->runs[c->pairs[i].a].block != block)
            continue;
        if (is_first)
            lmi_buf_puts(
                out, "<h3>The same questions</h3>\n<div class=\"scroll\"><table class=\"pairs\">"
                     "\n<thead><tr><th scope=\"col\">first, second</th>"
                     "<th scope=\"col\">in common</th><th scope=\"col\">both right</th>"
                     "<th scope=\"col\">only first</th><th scope=\"col\">only second</th>"
                     "<th scope=\"col\">neither</th><th scope=\"col\">difference</th>"
                     "<th scope=\"col\">p</th></tr></thead>\n<tbody>\n");
        is_first = false;
        write_pair(out, c, &c->pairs[i]);
    }
    if (!is_first)
        lmi_buf_puts(out, "</tbody></table></div>\n");
}

/* ---- Pictures ---- */

static void write_pictures(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    if (lmi_plot_has_points(c, block)) {
        lmi_buf_puts(out, "<div class=\"plots\">\n");
        lmi_plot_scatter(out, c, block, LMI_COST_SPOKEN);
        lmi_plot_scatter(out, c, block, LMI_COST_TOKENS);
        lmi_plot_scatter(out, c, block, LMI_COST_SECONDS);
        lmi_buf_puts(out, "</div>\n");
    }
    if (!lmi_plot_has_agents(c, block))
        return;
    lmi_buf_puts(out, "<h3>Agents</h3>\n<p class=\"legend\"><i class=\"read\"></i>read "
                      "<i class=\"think\"></i>thought <i class=\"speak\"></i>spoken</p>\n"
                      "<div class=\"plots two\">\n");
    lmi_plot_agents(out, c, block, LMI_COST_SECONDS);
    lmi_plot_agents(out, c, block, LMI_COST_TOKENS);
    lmi_buf_puts(out, "</div>\n");
}

/* ---- Notes and settings ---- */

static void write_notes(lmi_buf *out, const lmi_comparison *c)
{
    if (!*lmi_buf_text(&c->notes))
        return;
    lmi_buf_puts(out, "<h2>Notes</h2>\n");
    write_lines(out, &c->notes);
}

static void write_config(lmi_buf *out, const lmi_comparison *c, size_t i)
{
    const lmi_record *r = &c->runs[i].record;
    const size_t len = r->config.len < CONFIG_SHOWN_MAX ? r->config.len : CONFIG_SHOWN_MAX;
    char *text = lmi_strndup(lmi_buf_text(&r->config), len);
    size_t k;

    lmi_buf_puts(out, "<details><summary>");
    write_key(out, c, i);
    lmi_html(out, r->task);
    lmi_buf_puts(out, ", ");
    lmi_html(out, r->method);
    lmi_buf_puts(out, "</summary>\n<p>");
    for (k = 0; k < r->n_folders; k++) {
        lmi_buf_puts(out, k ? "<br/>" : "");
        lmi_html(out, r->folders[k].path);
    }
    lmi_buf_puts(out, "</p>\n<pre>");
    lmi_html(out, text ? text : "");
    lmi_buf_puts(out, len < r->config.len ? "\n..." : "");
    lmi_buf_puts(out, "</pre></details>\n");
    lmi_free(text);
}

static void write_block(lmi_buf *out, const lmi_comparison *c, size_t block)
{
    const lmi_record *r = &lmi_block_reference(c, block)->record;
    char sha[16];

    snprintf(sha, sizeof(sha), "%.12s", r->data_sha256);
    lmi_buf_puts(out, "<section>\n<h2>");
    lmi_html(out, r->task);
    lmi_buf_printf(out, "<small>%zu question%s, data ", r->n_questions,
                   r->n_questions == 1 ? "" : "s");
    lmi_html(out, sha);
    lmi_buf_puts(out, "</small></h2>\n");
    write_summary(out, c, block);
    write_controls(out, c, block);
    write_pictures(out, c, block);
    write_pairs(out, c, block);
    lmi_buf_puts(out, "</section>\n");
}

lmas_status lmi_report_html(lmi_buf *out, const lmi_comparison *comparison)
{
    size_t i;

    write_head(out);
    lmi_buf_puts(out, "<h1>latentmas report</h1>\n");
    for (i = 0; i < comparison->n_blocks; i++)
        write_block(out, comparison, i);
    write_notes(out, comparison);
    lmi_buf_puts(out, "<h2>Settings</h2>\n");
    for (i = 0; i < comparison->n_runs; i++)
        write_config(out, comparison, i);
    lmi_buf_printf(
        out,
        "<footer><p>Tokens (read and spoken), thoughts and seconds are per question. "
        "Seconds are of the run's wall clock, with many questions at once; engine "
        "seconds are the sum of reading, thinking and speaking. Intervals are "
        "Wilson's, 95 %%. p is of McNemar's exact test, two-sided and not corrected "
        "for the number of pairs; below 0.05 it is bold. Hollow points: incomplete, or "
        "over other data than the reference. Memory: what agents inherit in place of the "
        "working memory (--control), against the run that is off.</p><p>latentmas %s</p></footer>\n"
        "</main>\n</body>\n</html>\n",
        lmas_version());
    return lmi_buf_status(out);
}

/*
 * page.c - a comparison as one page that stands alone.
 *
 * Tables and pictures are there as they are; the questions are drawn by the page's script, from
 * JSON within (eval/inspect/web.h). No font, no picture from elsewhere: the page's own policy
 * forbids it. It is well-formed XML too, so that a test can read it strictly.
 */
#include <stdio.h>
#include <string.h>

#include "eval/inspect/page.h"
#include "eval/report/format.h"
#include "eval/report/page/part.h"

static const char FOOT[] =
    "<footer><p>Tokens (read and spoken), thoughts and seconds are per question. Seconds are "
    "of the run's wall clock, with many questions at once; engine seconds are the sum of "
    "reading, thinking and speaking; a speed-up is told where machine, threads and lanes are "
    "the reference's. Intervals are 95 %: Wilson's of one run; of several seeds with the "
    "question as the unit. \xc2\xb1 is the standard deviation over seeds, pass@k the chance that "
    "one of k answers is right, and a share with a * is not of all questions. p is of "
    "McNemar's exact test, two-sided and not corrected for the number of pairs; below 0.05 it "
    "is bold. Pictures of accuracy have the same axes in all tasks; small dots are single "
    "seeds; hollow marks are incomplete, or over other data than the reference. Memory: what "
    "agents inherit in place of the working memory (--control), against the run that is "
    "off.</p>";

static void write_link(lmi_buf *out, const char *id, const char *name)
{
    lmi_buf_printf(out, "<li><a href=\"#%s\">", id);
    lmi_html(out, name);
    lmi_buf_puts(out, "</a></li>\n");
}

static void write_contents(lmi_buf *out, const lmi_sheet *s)
{
    char id[32];
    size_t i;

    lmi_buf_puts(out, "<nav aria-label=\"Contents\"><ul>\n");
    write_link(out, "grid", "Tasks by methods");
    if (lmi_reference_is_here(s->c))
        write_link(out, "reported", "Published numbers");
    for (i = 0; i < s->c->n_blocks; i++) {
        snprintf(id, sizeof(id), "task-%zu", i);
        write_link(out, id, lmi_block_reference(s->c, i)->record.task);
    }
    if (*lmi_buf_text(&s->c->notes))
        write_link(out, "notes", "Notes");
    write_link(out, "settings", "Settings");
    write_link(out, "questions", "Questions");
    lmi_buf_puts(out, "</ul></nav>\n");
}

/* How many runs a kind has. */
static size_t count_runs(const lmi_sheet *s, size_t kind)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < s->n_pools; i++)
        n += s->pools[i]->column == kind ? s->pools[i]->n_runs : 0;
    return n;
}

/* The signs, which the script takes from here too. */
static void write_legend(lmi_buf *out, const lmi_sheet *s)
{
    size_t i;

    lmi_buf_puts(out, "<ul class=\"signs\" id=\"signs\" aria-label=\"Methods\">\n");
    for (i = 0; i < s->n_kinds; i++) {
        const size_t n = count_runs(s, i);

        lmi_buf_puts(out, "<li>");
        lmi_tag(out, &s->kinds[i]);
        lmi_html(out, s->kinds[i].label);
        lmi_buf_printf(out, " <small>%zu run%s</small></li>\n", n, n == 1 ? "" : "s");
    }
    lmi_buf_puts(out, "</ul>\n");
}

/* "39 runs, 4 tasks, of Qwen3 4B and others" */
static void write_size(lmi_buf *out, const lmi_sheet *s)
{
    const char *model = s->c->n_runs ? s->c->runs[0].record.model : "";
    bool has_others = false;
    size_t i;

    for (i = 0; i < s->c->n_runs; i++)
        has_others |= strcmp(s->c->runs[i].record.model, model) != 0;
    lmi_buf_printf(out, "<p class=\"soft\">%zu run%s, %zu task%s, of ", s->c->n_runs,
                   s->c->n_runs == 1 ? "" : "s", s->c->n_blocks, s->c->n_blocks == 1 ? "" : "s");
    lmi_html(out, model);
    lmi_buf_puts(out, has_others ? " and others</p>\n" : "</p>\n");
}

static void write_head(lmi_buf *out, const lmi_sheet *s)
{
    lmi_buf_puts(out, "<header>\n<h1>latentmas <span>report</span></h1>\n");
    write_size(out, s);
    write_contents(out, s);
    lmi_buf_puts(out, "</header>\n<main id=\"main\" tabindex=\"-1\">\n");
    write_legend(out, s);
}

static void write_notes(lmi_buf *out, const lmi_sheet *s)
{
    if (!*lmi_buf_text(&s->c->notes))
        return;
    lmi_buf_puts(out, "<section id=\"notes\">\n<h2>Notes</h2>\n");
    lmi_page_lines(out, &s->c->notes);
    lmi_buf_puts(out, "</section>\n");
}

static void write_body(lmi_buf *out, const lmi_sheet *s)
{
    size_t i;

    write_head(out, s);
    lmi_page_grid(out, s);
    lmi_page_beside(out, s);
    for (i = 0; i < s->c->n_blocks; i++)
        lmi_page_task(out, s, i);
    write_notes(out, s);
    lmi_page_settings(out, s);
    lmi_buf_puts(out,
                 "<section id=\"questions\">\n<h2>Questions</h2>\n<div id=\"answers\">"
                 "<noscript><p>This part is drawn with JavaScript, which is switched off here. "
                 "<code>latentmas show RUN</code> shows the same.</p></noscript></div>\n"
                 "</section>\n</main>\n");
    lmi_buf_puts(out, FOOT);
    lmi_buf_printf(out, "<p>latentmas %s</p></footer>\n", lmas_version());
}

static lmas_status write_page(lmi_buf *out, const lmi_sheet *s, lmi_web_data *data)
{
    lmas_status status = lmi_page_questions(data, s);
    lmi_buf body;

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&body, out->max);
    write_body(&body, s);
    status = lmi_buf_status(&body);
    if (status == LMAS_OK)
        lmi_web_fill(out, lmi_web_report, data, lmi_buf_text(&body));
    lmi_buf_done(&body);
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

lmas_status lmi_report_html(lmi_buf *out, const lmi_comparison *comparison)
{
    lmi_web_data data;
    lmi_sheet sheet;
    lmas_status status = lmi_sheet_init(&sheet, comparison);

    if (status != LMAS_OK)
        return status;
    status = lmi_web_begin(&data, LMI_REPORT_MAX);
    if (status == LMAS_OK) {
        status = write_page(out, &sheet, &data);
        lmi_web_done(&data);
    }
    lmi_sheet_done(&sheet);
    return status;
}

/*
 * settings.c - what all runs have in common, once; what differs, by task where it is the task's
 * own, else by method; where each ran.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/page/part.h"

/* Most methods side by side, most values of a cell, longest config that is shown and all of them
 * together, in bytes; the most runs whose table stands open. */
enum {
    ABREAST = 7,
    VALUES_MAX = 6,
    CONFIG_SHOWN_MAX = 64 * 1024,
    CONFIGS_SHOWN_MAX = 4 * 1024 * 1024,
    OPEN_MAX = 16
};

/* What the table of runs has, and what is each run's own. */
static bool is_told_elsewhere(const char *name)
{
    static const char *const told[] = {
        "started", "command", "task", "method", "shard", "engine.n_lanes", "engine.n_threads"};
    size_t i;

    for (i = 0; i < sizeof(told) / sizeof(told[0]); i++)
        if (strcmp(name, told[i]) == 0)
            return true;
    return strncmp(name, "shard.", strlen("shard.")) == 0 ||
           strncmp(name, "machine.", strlen("machine.")) == 0;
}

static bool is_common(const lmi_sheet *s, size_t row)
{
    size_t i;

    for (i = 1; i < s->c->n_runs; i++)
        if (!lmi_facts_same(&s->facts, row, 0, i))
            return false;
    return true;
}

/* Whether all runs of each task say the same. */
static bool is_of_task(const lmi_sheet *s, size_t row)
{
    size_t i;

    for (i = 0; i < s->c->n_runs; i++)
        if (!lmi_facts_same(&s->facts, row, s->c->runs[i].reference, i))
            return false;
    return s->c->n_blocks > 1;
}

/* ---- In common ---- */

static void write_common(lmi_buf *out, const lmi_sheet *s)
{
    size_t row;

    lmi_buf_printf(out, "<h3>The same in %s</h3>\n<dl class=\"facts-list\">\n",
                   s->c->n_runs == 1 ? "this run" : "all runs");
    for (row = 0; row < s->facts.n; row++) {
        if (is_told_elsewhere(s->facts.names[row]) || !is_common(s, row))
            continue;
        lmi_buf_puts(out, "<div><dt>");
        lmi_html(out, s->facts.names[row]);
        lmi_buf_puts(out, "</dt><dd>");
        lmi_fact_html(out, s->facts.values[row][0]);
        lmi_buf_puts(out, "</dd></div>\n");
    }
    lmi_buf_puts(out, "</dl>\n");
}

/* ---- Differences ---- */

/* Whether a run before `run` of its kind says the same. */
static bool is_repeated(const lmi_sheet *s, size_t row, size_t run)
{
    size_t i;

    for (i = 0; i < run; i++)
        if (lmi_run_kind(s, i) == lmi_run_kind(s, run) && lmi_facts_same(&s->facts, row, i, run))
            return true;
    return false;
}

/* The values that the runs of a kind have, each once. */
static void write_values(lmi_buf *out, const lmi_sheet *s, size_t row, const lmi_kind *kind)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < s->c->n_runs; i++) {
        if (lmi_run_kind(s, i) != kind || is_repeated(s, row, i) || n++ >= VALUES_MAX)
            continue;
        lmi_buf_puts(out, n > 1 ? " \xc2\xb7 " : "");
        lmi_fact_html(out, s->facts.values[row][i]);
    }
    if (n > VALUES_MAX)
        lmi_buf_printf(out, " and %zu more", n - VALUES_MAX);
}

static void write_difference(lmi_buf *out, const lmi_sheet *s, size_t row)
{
    size_t i;

    lmi_row_open(out);
    lmi_html(out, s->facts.names[row]);
    lmi_row_head(out);
    for (i = 0; i < s->n_kinds; i++) {
        lmi_buf_puts(out, "<td role=\"cell\"><div class=\"h\" aria-hidden=\"true\">");
        lmi_tag(out, &s->kinds[i]);
        lmi_buf_puts(out, "</div><div>");
        write_values(out, s, row, &s->kinds[i]);
        lmi_buf_puts(out, "</div></td>");
    }
    lmi_row_close(out);
}

static void open_differences(lmi_buf *out, const lmi_sheet *s)
{
    size_t i;

    lmi_buf_printf(out,
                   "<h3>What differs, by method</h3>\n<table role=\"table\" "
                   "class=\"differs%s\" aria-label=\"settings that differ\">\n"
                   "<thead role=\"rowgroup\"><tr role=\"row\">"
                   "<th scope=\"col\" role=\"columnheader\">setting</th>",
                   s->n_kinds > ABREAST ? " many" : "");
    for (i = 0; i < s->n_kinds; i++) {
        lmi_buf_puts(out, "<th scope=\"col\" role=\"columnheader\">");
        lmi_tag(out, &s->kinds[i]);
        lmi_html(out, s->kinds[i].label);
        lmi_buf_puts(out, "</th>");
    }
    lmi_buf_puts(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

static void write_differences(lmi_buf *out, const lmi_sheet *s)
{
    bool is_first = true;
    size_t row;

    for (row = 0; row < s->facts.n; row++) {
        if (is_told_elsewhere(s->facts.names[row]) || is_common(s, row) || is_of_task(s, row))
            continue;
        if (is_first)
            open_differences(out, s);
        is_first = false;
        write_difference(out, s, row);
    }
    if (!is_first)
        lmi_table_close(out);
}

/* ---- By task ---- */

static void write_of_task(lmi_buf *out, const lmi_sheet *s, size_t block, const size_t *rows,
                          size_t n)
{
    const lmi_run *reference = lmi_block_reference(s->c, block);
    size_t i;

    lmi_row_open(out);
    lmi_html(out, reference->record.task);
    lmi_row_head(out);
    for (i = 0; i < n; i++) {
        lmi_cell_open(out, s->facts.names[rows[i]]);
        lmi_fact_html(out, s->facts.values[rows[i]][reference - s->c->runs]);
        lmi_cell_close(out);
    }
    lmi_row_close(out);
}

static void write_tasks(lmi_buf *out, const lmi_sheet *s)
{
    const char *columns[LMI_FACTS_MAX + 1] = {"task"};
    size_t rows[LMI_FACTS_MAX];
    size_t n = 0;
    size_t i;

    for (i = 0; i < s->facts.n; i++)
        if (!is_told_elsewhere(s->facts.names[i]) && !is_common(s, i) && is_of_task(s, i)) {
            columns[n + 1] = s->facts.names[i];
            rows[n++] = i;
        }
    if (n == 0)
        return;
    lmi_buf_puts(out, "<h3>What differs, by task</h3>\n");
    lmi_table_open(out, n > ABREAST ? "narrow always" : "narrow", "settings of tasks", columns,
                   n + 1);
    for (i = 0; i < s->c->n_blocks; i++)
        write_of_task(out, s, i, rows, n);
    lmi_table_close(out);
}

/* ---- When and where ---- */

static void write_place(lmi_buf *out, const lmi_sheet *s, size_t run)
{
    const lmi_record *r = &s->c->runs[run].record;
    const char *const values[] = {lmi_facts_at(&s->facts, "engine.n_threads", run),
                                  lmi_facts_at(&s->facts, "engine.n_lanes", run)};
    static const char *const columns[] = {"threads", "lanes"};
    lmi_buf machine;
    size_t i;

    lmi_buf_init(&machine, out->max);
    lmi_site_describe(&machine, &r->site);
    lmi_row_open(out);
    lmi_run_tag(out, s, run);
    lmi_row_head(out);
    lmi_cell_text(out, "task", r->task);
    lmi_cell_text(out, "started", r->started ? r->started : "-");
    lmi_cell_text(out, "machine", lmi_buf_text(&machine));
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        lmi_cell_text(out, columns[i], values[i] ? values[i] : "-");
    lmi_cell_open(out, "folder");
    for (i = 0; i < r->n_folders; i++) {
        lmi_buf_puts(out, i ? "<br/>" : "");
        lmi_html(out, r->folders[i].path);
    }
    lmi_cell_close(out);
    lmi_row_close(out);
    lmi_buf_done(&machine);
}

static void write_places(lmi_buf *out, const lmi_sheet *s)
{
    static const char *const columns[] = {"run",     "task",  "started", "machine",
                                          "threads", "lanes", "folder"};
    size_t i, k;

    lmi_buf_printf(out, "<h3>When and where</h3>\n<details%s><summary>%zu run%s</summary>\n",
                   s->c->n_runs <= OPEN_MAX ? " open=\"open\"" : "", s->c->n_runs,
                   s->c->n_runs == 1 ? "" : "s");
    lmi_table_open(out, "wide places", "when and where runs took place", columns,
                   sizeof(columns) / sizeof(columns[0]));
    for (i = 0; i < s->n_pools; i++)
        for (k = 0; k < s->c->n_runs; k++)
            if (lmi_pool_has(s, s->pools[i], k))
                write_place(out, s, k);
    lmi_table_close(out);
    lmi_buf_puts(out, "</details>\n");
}

/* ---- Whole configs ---- */

static void write_config(lmi_buf *out, const lmi_sheet *s, size_t run)
{
    const lmi_record *r = &s->c->runs[run].record;
    const size_t len = r->config.len < CONFIG_SHOWN_MAX ? r->config.len : CONFIG_SHOWN_MAX;
    char *text = lmi_strndup(lmi_buf_text(&r->config), len);

    lmi_buf_puts(out, "<details class=\"config\"><summary>");
    lmi_run_tag(out, s, run);
    lmi_html(out, r->folders[0].path);
    lmi_buf_puts(out, "</summary>\n<pre tabindex=\"0\">");
    lmi_html(out, text ? text : "");
    lmi_buf_puts(out, len < r->config.len ? "\n..." : "");
    lmi_buf_puts(out, "</pre></details>\n");
    lmi_free(text);
}

static void write_configs(lmi_buf *out, const lmi_sheet *s)
{
    size_t sum = 0;
    size_t i;

    lmi_buf_puts(out, "<h3>Each run's config.json</h3>\n<details><summary>As written when the run "
                      "began</summary>\n");
    for (i = 0; i < s->c->n_runs && sum <= CONFIGS_SHOWN_MAX; i++) {
        write_config(out, s, i);
        sum += s->c->runs[i].record.config.len;
    }
    if (i < s->c->n_runs)
        lmi_buf_printf(out,
                       "<p class=\"soft\">%zu more are not here: each lies in its run's "
                       "folder.</p>\n",
                       s->c->n_runs - i);
    lmi_buf_puts(out, "</details>\n");
}

void lmi_page_settings(lmi_buf *out, const lmi_sheet *s)
{
    lmi_buf_puts(out, "<section id=\"settings\">\n<h2>Settings</h2>\n");
    write_differences(out, s);
    write_tasks(out, s);
    write_common(out, s);
    write_places(out, s);
    write_configs(out, s);
    lmi_buf_puts(out, "</section>\n");
}

/*
 * latex.c - the grid as a table of booktabs: for each task accuracy, tokens and seconds, methods
 * across.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/survey/write.h"

/* What a task takes a line for. */
static const struct {
    lmi_metric metric;
    const char *name;
} lines[] = {{LMI_METRIC_EXACT, "exact, \\%"},   {LMI_METRIC_COMPAT, "compat, \\%"},
             {LMI_METRIC_GRADER, "grader, \\%"}, {LMI_METRIC_SPOKEN, "tokens spoken"},
             {LMI_METRIC_SECONDS, "seconds"},    {LMI_METRIC_SPEEDUP, "speed-up"}};

/* Nothing of `text` is a command. */
static void write_text(lmi_buf *out, const char *text)
{
    lmi_buf plain;
    const char *c;

    lmi_buf_init(&plain, out->max);
    lmi_plain(&plain, text);
    for (c = lmi_buf_text(&plain); *c; c++)
        if (strchr("&%$#_{}", *c))
            lmi_buf_printf(out, "\\%c", *c);
        else if (strchr("<>|\"", *c))
            lmi_buf_printf(out, "\\char%d{}", *c);
        else if (*c == '\\')
            lmi_buf_puts(out, "\\textbackslash{}");
        else if (*c == '~' || *c == '^')
            lmi_buf_printf(out, "\\%c{}", *c);
        else
            lmi_buf_putc(out, *c);
    lmi_buf_done(&plain);
}

static const lmi_signs signs = {" $\\pm$ ", "$^*$"};

/* A figure; "-" is a dash that says there is none. */
static void write_cell(lmi_buf *out, const lmi_comparison *c, size_t row, size_t column,
                       lmi_metric metric)
{
    char cell[LMI_CELL_SIZE];

    lmi_survey_cell(cell, c, row, column, metric, &signs);
    lmi_buf_printf(out, " & %s", strcmp(cell, "-") == 0 ? "--" : cell);
}

static void write_task(lmi_buf *out, const lmi_comparison *c, size_t row)
{
    lmi_buf name;

    lmi_buf_init(&name, out->max);
    lmi_survey_row_name(&name, c, row);
    write_text(out, lmi_buf_text(&name));
    lmi_buf_done(&name);
}

static void write_row(lmi_buf *out, const lmi_comparison *c, size_t row)
{
    const lmi_record *r = row < c->grid.n_rows ? &c->runs[c->grid.rows[row]].record : NULL;
    size_t i, k;

    lmi_buf_puts(out, row ? "\\midrule\n" : "");
    for (k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
        if ((!r && lines[k].metric == LMI_METRIC_SPEEDUP) || !lmi_survey_has(c, lines[k].metric))
            continue;
        if (!k && r) {
            write_task(out, c, row);
            lmi_buf_printf(out, " & %zu", r->n_questions);
        } else {
            lmi_buf_puts(out, !k ? "average &" : " &");
        }
        lmi_buf_printf(out, " & %s", lines[k].name);
        for (i = 0; i < c->grid.n_columns; i++)
            write_cell(out, c, row, i, lines[k].metric);
        lmi_buf_puts(out, " \\\\\n");
    }
}

/* The method that a task's speed-ups are over, on a line each where tasks differ. */
static void write_measure(lmi_buf *out, const lmi_comparison *c)
{
    const char *first = lmi_block_reference(c, 0)->record.method;
    bool is_one = true;
    size_t i;

    for (i = 1; i < c->n_blocks; i++)
        is_one &= strcmp(lmi_block_reference(c, i)->record.method, first) == 0;
    for (i = 0; i < (is_one ? 1 : c->n_blocks); i++) {
        const lmi_record *r = &lmi_block_reference(c, i)->record;

        lmi_buf_puts(out, "% speed-up");
        if (!is_one) {
            lmi_buf_puts(out, " of ");
            lmi_plain(out, r->task);
        }
        lmi_buf_puts(out, ": against ");
        lmi_plain(out, r->method);
        lmi_buf_putc(out, '\n');
    }
}

/* What the figures are, as comments. */
static void write_legend(lmi_buf *out, const lmi_comparison *c)
{
    lmi_buf_printf(out,
                   "%% \\usepackage{booktabs}\n"
                   "%% tokens and seconds are per question; $\\pm$: sample standard deviation over "
                   "seeds%s\n",
                   lmi_survey_has_partial(c) ? "; $^*$: of a part of the questions" : "");
    write_measure(out, c);
}

/* Notes are comments: they are of one line each. */
static void write_notes(lmi_buf *out, const lmi_comparison *c)
{
    const char *note = lmi_buf_text(&c->notes);

    while (*note) {
        const size_t len = strcspn(note, "\n");

        lmi_buf_puts(out, "% ");
        lmi_buf_append(out, note, len);
        lmi_buf_putc(out, '\n');
        note += len + (note[len] ? 1 : 0);
    }
}

/* A figure of the published table, "--" where it is not told. */
static void write_reported_cell(lmi_buf *out, const char *text)
{
    lmi_buf_printf(out, " & %s", strcmp(text, "-") == 0 ? "--" : text);
}

static void write_reported(lmi_buf *out, const lmi_comparison *c, const lmi_reported *number)
{
    const lmi_beside f = lmi_beside_of(c, number, signs.partial);

    write_text(out, number->task);
    lmi_buf_puts(out, " & ");
    write_text(out, number->method);
    write_reported_cell(out, f.texts[0]);
    write_reported_cell(out, f.texts[1]);
    write_reported_cell(out, f.texts[2]);
    write_reported_cell(out, f.texts[3]);
    lmi_buf_puts(out, " \\\\\n");
}

/* Over the numbers of one source: its name is long. */
static void write_source(lmi_buf *out, const lmi_reported *number, bool is_first)
{
    lmi_buf source;

    lmi_buf_init(&source, out->max);
    lmi_reported_source(&source, number);
    lmi_buf_printf(out, "%s\\multicolumn{6}{l}{", is_first ? "" : "\\midrule\n");
    write_text(out, lmi_buf_text(&source));
    lmi_buf_puts(out, "} \\\\\n");
    lmi_buf_done(&source);
}

static void write_reference(lmi_buf *out, const lmi_comparison *c)
{
    const lmi_reported *last = NULL;
    size_t i;

    if (!lmi_reference_is_here(c))
        return;
    lmi_buf_printf(out, "%% published numbers, not measured here; seconds are of the whole set%s\n",
                   lmi_beside_has_part(c) ? "; $^*$: of a part of it" : "");
    lmi_buf_puts(out,
                 "\\begin{tabular}{llrrrr}\n\\toprule\ntask & method & reported, \\% & tokens & "
                 "seconds & here, exact, \\% \\\\\n\\midrule\n");
    for (i = 0; i < c->reference.n; i++) {
        const lmi_reported *number = &c->reference.numbers[i];

        if (!lmi_reported_here(c, number))
            continue;
        if (!last || number->source != last->source || number->setting != last->setting)
            write_source(out, number, !last);
        last = number;
        write_reported(out, c, number);
    }
    lmi_buf_puts(out, "\\bottomrule\n\\end{tabular}\n");
}

lmas_status lmi_report_latex(lmi_buf *out, const lmi_comparison *c)
{
    size_t i;

    write_legend(out, c);
    write_notes(out, c);
    lmi_buf_puts(out, "\\begin{tabular}{lrl");
    for (i = 0; i < c->grid.n_columns; i++)
        lmi_buf_putc(out, 'r');
    lmi_buf_puts(out, "}\n\\toprule\ntask & n &");
    for (i = 0; i < c->grid.n_columns; i++) {
        lmi_buf_puts(out, " & ");
        write_text(out, c->grid.columns[i].label);
    }
    lmi_buf_puts(out, " \\\\\n\\midrule\n");
    for (i = 0; i < lmi_survey_height(c); i++)
        write_row(out, c, i);
    lmi_buf_puts(out, "\\bottomrule\n\\end{tabular}\n");
    write_reference(out, c);
    return lmi_buf_status(out);
}

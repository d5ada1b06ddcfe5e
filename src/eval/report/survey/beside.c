/*
 * beside.c - published numbers beside those of runs, as text and as a table for GitHub.
 *
 * Beside each stands what was measured here for the same task, method and team: the first such
 * column of the grid. Nothing is worked out of the two, since model, settings and machine are
 * whatever they are.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/survey/write.h"

enum { TASK_WIDTH = 16, METHOD_WIDTH = 12 };

bool lmi_reported_here(const lmi_comparison *c, const lmi_reported *number)
{
    size_t i;

    for (i = 0; i < c->grid.n_rows; i++)
        if (strcmp(c->runs[c->grid.rows[i]].record.task, number->task) == 0)
            return true;
    return false;
}

bool lmi_reference_is_here(const lmi_comparison *c)
{
    size_t i;

    for (i = 0; i < c->reference.n; i++)
        if (lmi_reported_here(c, &c->reference.numbers[i]))
            return true;
    return false;
}

/* Append `name`, unless it is in the list already. */
static void list_once(lmi_buf *out, const char *name)
{
    const size_t len = strlen(name);
    const char *found = lmi_buf_text(out);

    while ((found = strstr(found, name)) != NULL) {
        const bool is_start = found == lmi_buf_text(out) || found[-1] == ' ';

        if (is_start && (found[len] == ',' || !found[len]))
            return;
        found += len;
    }
    lmi_buf_printf(out, "%s%s", out->len ? ", " : "", name);
}

void lmi_reference_note(lmi_comparison *c)
{
    lmi_buf ours, theirs;
    size_t i;

    if (!c->reference.name || lmi_reference_is_here(c))
        return;
    lmi_buf_init(&ours, c->notes.max);
    lmi_buf_init(&theirs, c->notes.max);
    for (i = 0; i < c->grid.n_rows; i++)
        list_once(&ours, c->runs[c->grid.rows[i]].record.task);
    for (i = 0; i < c->reference.n; i++)
        list_once(&theirs, c->reference.numbers[i].task);
    lmi_buf_puts(&c->notes, "none of these tasks (");
    lmi_plain(&c->notes, lmi_buf_text(&ours));
    lmi_buf_printf(&c->notes, ") has published numbers of %s: they are of %s\n", c->reference.name,
                   lmi_buf_text(&theirs));
    lmi_buf_done(&ours);
    lmi_buf_done(&theirs);
}

/* A baseline has one agent, whatever the team of its run is called. */
const lmi_pool *lmi_reported_beside(const lmi_comparison *c, const lmi_reported *number)
{
    const bool has_team =
        number->team && strcmp(number->method, lmas_method_name(LMAS_METHOD_BASELINE)) != 0;
    const lmi_pool *found = NULL;
    size_t i;

    for (i = 0; i < c->n_pools; i++) {
        const lmi_record *r = &c->runs[c->pools[i].first].record;

        if (strcmp(r->task, number->task) == 0 && strcmp(r->method, number->method) == 0 &&
            (!has_team || strcmp(r->team, number->team) == 0) &&
            (!found || c->pools[i].column < found->column))
            found = &c->pools[i];
    }
    return found;
}

bool lmi_pool_is_whole(const lmi_comparison *c, const lmi_pool *pool)
{
    const lmi_record *r = &c->runs[pool->first].record;
    const lmi_task *task = lmi_task_find(r->task);

    return task && r->n_questions == task->source.n_rows && pool->exact.n == r->n_questions;
}

bool lmi_beside_has_part(const lmi_comparison *c)
{
    size_t i;

    for (i = 0; i < c->reference.n; i++) {
        const lmi_pool *p = lmi_reported_beside(c, &c->reference.numbers[i]);

        if (p && !lmi_pool_is_whole(c, p))
            return true;
    }
    return false;
}

lmi_beside lmi_beside_of(const lmi_comparison *c, const lmi_reported *number, const char *partial)
{
    const lmi_pool *p = lmi_reported_beside(c, number);
    const bool is_whole = p && lmi_pool_is_whole(c, p);
    const double n = p ? (double)c->runs[p->first].record.n_questions : NAN;
    char share[LMI_NUMBER_SIZE / 2];
    lmi_beside f;

    lmi_percent(f.texts[0], number->accuracy);
    lmi_number(f.texts[1], number->tokens);
    lmi_number(f.texts[2], number->seconds);
    lmi_percent(f.texts[3], p ? p->exact.mean : NAN);
    if (p && !is_whole && p->exact.n) {
        snprintf(share, sizeof(share), "%.15s", f.texts[3]);
        snprintf(f.texts[3], sizeof(f.texts[3]), "%s%s", share, partial);
    }
    lmi_number(f.texts[4], p ? p->figures.spoken : NAN);
    lmi_number(f.texts[5], is_whole ? p->figures.wall_s * n : NAN);
    if (p)
        snprintf(f.texts[6], sizeof(f.texts[6]), "%.0f", n);
    else
        snprintf(f.texts[6], sizeof(f.texts[6]), "-");
    return f;
}

/* "the paper of LatentMAS, Table 1, sequential (mean of 3 runs)" */
void lmi_reported_source(lmi_buf *out, const lmi_reported *number)
{
    lmi_buf_printf(out, "%s%s%s (%s)", number->source, number->team ? ", " : "",
                   number->team ? number->team : "", number->setting);
}

static void write_number(lmi_buf *out, const lmi_comparison *c, const lmi_reported *number)
{
    const lmi_beside f = lmi_beside_of(c, number, "*");
    size_t i;

    lmi_column(out, number->task, TASK_WIDTH);
    lmi_column(out, number->method, METHOD_WIDTH);
    for (i = 0; i < 6; i++)
        lmi_buf_printf(out, "%s  %8s", i == 3 ? "  " : "", f.texts[i]);
    lmi_buf_printf(out, "  %6s\n", f.texts[6]);
}

/* Whose numbers, on two lines since names are long, and the columns. */
static void write_head(lmi_buf *out, const lmi_reported *number)
{
    lmi_buf_printf(out, "%s\n%s%s%s\n", number->source, number->team ? number->team : "",
                   number->team ? ", " : "", number->setting);
    lmi_buf_printf(out, "%-*s%-*s  %8s  %8s  %8s    %8s  %8s  %8s  %6s\n", TASK_WIDTH, "",
                   METHOD_WIDTH, "", "reported", "tokens", "s in all", "here", "spoken", "s in all",
                   "n");
}

void lmi_reference_text(lmi_buf *out, const lmi_comparison *c)
{
    const lmi_reference *r = &c->reference;
    const lmi_reported *last = NULL;
    size_t i;

    if (!lmi_reference_is_here(c))
        return;
    lmi_buf_printf(
        out,
        "%s as others report it: published numbers, NOT measured here, seconds of their machines\n",
        r->model);
    lmi_buf_puts(out, lmi_beside_has_part(c) ? "*: " LMI_BESIDE_PART "\n" : "");
    for (i = 0; i < r->n; i++) {
        if (!lmi_reported_here(c, &r->numbers[i]))
            continue;
        if (!last || r->numbers[i].source != last->source) {
            lmi_buf_putc(out, '\n');
            write_head(out, &r->numbers[i]);
        }
        last = &r->numbers[i];
        write_number(out, c, last);
    }
    lmi_buf_putc(out, '\n');
}

void lmi_reference_markdown(lmi_buf *out, const lmi_comparison *c)
{
    const lmi_reference *r = &c->reference;
    size_t i, k;

    if (!lmi_reference_is_here(c))
        return;
    lmi_buf_printf(out,
                   "## %s as others report it\n\nPublished numbers, **not measured here**, and ",
                   r->model);
    lmi_buf_printf(out, "what was.%s\n\n",
                   lmi_beside_has_part(c) ? " \\*: " LMI_BESIDE_PART "." : "");
    lmi_buf_puts(out,
                 "| source | task | method | reported % | tokens | s in all | "
                 "here % | spoken | s in all | n |\n|---|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
    for (i = 0; i < r->n; i++) {
        const lmi_beside f = lmi_beside_of(c, &r->numbers[i], "\\*");

        if (!lmi_reported_here(c, &r->numbers[i]))
            continue;
        lmi_buf_puts(out, "| ");
        lmi_reported_source(out, &r->numbers[i]);
        lmi_buf_printf(out, " | %s | %s |", r->numbers[i].task, r->numbers[i].method);
        for (k = 0; k < 7; k++)
            lmi_buf_printf(out, " %s |", f.texts[k]);
        lmi_buf_putc(out, '\n');
    }
    lmi_buf_putc(out, '\n');
}

/*
 * compare_controls.c - runs that differ by --control alone: what the memory carried.
 *
 * Each of them is paired with the run without a control, and what that pair says is put in words:
 * by McNemar's test where it says something, with reserve where it does not. Where taking all
 * memory away changes nothing, nothing that other controls leave unchanged means anything.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/config.h"
#include "eval/report/compare.h"
#include "eval/report/format.h"

/* Longest text of all readings of a table, in bytes; what methods have that hand on no memory. */
enum { READINGS_MAX = 64 * 1024, NO_CONTROL = -1 };

/* Two runs that no test parts are alike within so many percent points. */
#define POINTS_ALIKE 5.0

/* ---- Which runs stand together ---- */

/* What a run's agents inherited; NO_CONTROL of methods that have none. */
static lmas_status read_control(int *out, const lmi_record *record)
{
    yyjson_doc *doc = yyjson_read(lmi_buf_text(&record->config), record->config.len, 0);
    yyjson_val *params = yyjson_obj_get(yyjson_doc_get_root(doc), "params");
    const char *name = yyjson_get_str(yyjson_obj_get(params, "control"));
    lmas_control control;

    if (!doc)
        return lmi_fail(LMAS_E_NOMEM, "no memory for settings");
    *out = NO_CONTROL;
    if (strcmp(record->method, lmas_method_name(LMAS_METHOD_LATENT_MAS)) == 0 &&
        lmas_control_parse(&control, name ? name : lmi_config_unsaid("control")))
        *out = (int)control;
    yyjson_doc_free(doc);
    return LMAS_OK;
}

/* The run without a control that is like `run` but for what is spared; `c->n_runs` if none is. */
static lmas_status find_like(size_t *out, const lmi_comparison *c, const int *controls, size_t run,
                             const char *const *spared)
{
    const lmi_record *mine = &c->runs[run].record;
    lmas_status status = LMAS_OK;
    lmi_buf difference;
    size_t i;

    lmi_buf_init(&difference, LMI_ERROR_MAX);
    *out = c->n_runs;
    for (i = 0; status == LMAS_OK && i < c->n_runs && *out == c->n_runs; i++) {
        const lmi_record *other = &c->runs[i].record;

        if (controls[i] != LMAS_CONTROL_OFF)
            continue;
        lmi_buf_clear(&difference);
        status = lmi_config_difference_but(&difference, other->folders[0].path, &other->config,
                                           &mine->config, spared);
        if (status == LMAS_OK && !difference.len)
            *out = i;
    }
    lmi_buf_done(&difference);
    return status;
}

/* A run lowers max_new_tokens to what its longest question leaves room for, and that depends on
 * the control: so runs that differ by it too stand together where no others do. */
static lmas_status find_off(size_t *out, const lmi_comparison *c, const int *controls, size_t run)
{
    static const char *const strictly[] = {"control", NULL};
    static const char *const nearly[] = {"control", "max_new_tokens", NULL};
    lmas_status status = find_like(out, c, controls, run, strictly);

    if (status == LMAS_OK && *out == c->n_runs)
        status = find_like(out, c, controls, run, nearly);
    return status;
}

static lmi_controls *table_of(lmi_comparison *c, size_t off)
{
    lmi_controls *table;
    size_t i;

    for (i = 0; i < c->n_controls; i++)
        if (c->controls[i].rows[0].run == off)
            return &c->controls[i];
    table = &c->controls[c->n_controls++];
    table->rows[table->n_rows++] = (lmi_control_row){.run = off, .pair = lmi_pair_of(c, off, off)};
    lmi_buf_init(&table->readings, READINGS_MAX);
    return table;
}

/* Behind those of the same control, in the order that the library lists controls in. */
static void add_row(lmi_comparison *c, size_t off, size_t run, lmas_control control)
{
    lmi_controls *table = table_of(c, off);
    size_t i = table->n_rows++;

    for (; i > 1 && table->rows[i - 1].control > control; i--)
        table->rows[i] = table->rows[i - 1];
    table->rows[i] =
        (lmi_control_row){.run = run, .control = control, .pair = lmi_pair_of(c, off, run)};
}

/* ---- What they say ---- */

typedef enum verdict { ALIKE, UNCLEAR, LESS, NOTHING, MORE, N_VERDICTS } verdict;

static verdict verdict_of(const lmi_pair *pair)
{
    if (pair->p < 0.05 && pair->points > 0)
        return MORE;
    if (pair->p < 0.05)
        return pair->n_both + pair->n_only_b ? LESS : NOTHING;
    return pair->points > POINTS_ALIKE || pair->points < -POINTS_ALIKE ? UNCLEAR : ALIKE;
}

/* What follows, by control; UNCLEAR says the same of all. */
static const char *const conclusions[][N_VERDICTS] = {
    [LMAS_CONTROL_NO_MEMORY] = {[ALIKE] = "these questions do not show what the memory is worth",
                                [LESS] = "what is lost is what the memory carries",
                                [NOTHING] = "the memory is all there is",
                                [MORE] = "the memory is in the way"},
    [LMAS_CONTROL_PROMPTS] = {[ALIKE] = "what thoughts add to the cells of prompts does not show",
                              [LESS] = "what is lost is what thoughts carry",
                              [NOTHING] = "cells of prompts alone carry nothing",
                              [MORE] = "thoughts are in the way"},
    [LMAS_CONTROL_THOUGHTS] = {[ALIKE] = "what prompts add to the cells of thoughts does not show",
                               [LESS] = "what is lost is what the cells of prompts carry",
                               [NOTHING] = "cells of thoughts alone carry nothing",
                               [MORE] = "the cells of prompts are in the way"},
    [LMAS_CONTROL_RANDOM] = {[ALIKE] = "noise does as well, so what the cells hold does not show",
                             [LESS] = "what is lost is what the cells hold",
                             [NOTHING] = "that there are cells does nothing, what they hold does",
                             [MORE] = "what the cells hold is in the way"},
    [LMAS_CONTROL_ZERO] = {[ALIKE] = "empty cells do as well, so what they hold does not show",
                           [LESS] = "what is lost is what the cells hold",
                           [NOTHING] = "that there are cells does nothing, what they hold does",
                           [MORE] = "what the cells hold is in the way"},
    [LMAS_CONTROL_TEXT] = {[ALIKE] = "text carries as much",
                           [LESS] = "text carries less",
                           [NOTHING] = "text carries nothing",
                           [MORE] = "text carries more"},
    [LMAS_CONTROL_SHUFFLED] = {[ALIKE] = "that the memory is of this question does not show",
                               [LESS] = "what is lost is what the memory holds of this question",
                               [NOTHING] = "memory of another question carries nothing",
                               [MORE] = "the memory of this question is in the way"},
    [LMAS_CONTROL_WRONG_TASK] = {[ALIKE] = "that the memory is of this task does not show",
                                 [LESS] = "what is lost is what the memory holds of this task",
                                 [NOTHING] = "memory of another task carries nothing",
                                 [MORE] = "the memory of this task is in the way"},
};

/* The verdict on the first run under `control`; N_VERDICTS where there is none, or no test. */
static verdict verdict_on(const lmi_controls *table, lmas_control control)
{
    size_t i;

    for (i = 1; i < table->n_rows; i++)
        if (table->rows[i].control == control && !table->rows[i].pair.reason)
            return verdict_of(&table->rows[i].pair);
    return N_VERDICTS;
}

static const char *conclusion_of(const lmi_controls *table, const lmi_control_row *row)
{
    const verdict found = verdict_of(&row->pair);
    const verdict none = verdict_on(table, LMAS_CONTROL_NO_MEMORY);

    if (found == UNCLEAR)
        return "that may be luck, more questions would tell";
    if (found == ALIKE && row->control != LMAS_CONTROL_NO_MEMORY &&
        (none == ALIKE || none == UNCLEAR || none == MORE))
        return "which says nothing where no memory does as well";
    if (found == NOTHING && row->control == LMAS_CONTROL_THOUGHTS &&
        verdict_on(table, LMAS_CONTROL_PROMPTS) == ALIKE)
        return "it is the cells of prompts that carry it";
    return conclusions[row->control][found];
}

/* "B, none: 0 of 20 right in place of 19: the memory is all there is" */
static void read_row(lmi_controls *table, const lmi_comparison *c, const lmi_control_row *row)
{
    const lmi_run *run = &c->runs[row->run];
    const lmi_pair *pair = &row->pair;
    char mine[LMI_NUMBER_SIZE], theirs[LMI_NUMBER_SIZE];

    if (pair->reason)
        return;
    lmi_number(mine, run->figures.spoken);
    lmi_number(theirs, c->runs[pair->a].figures.spoken);
    lmi_buf_printf(&table->readings, "%s, %s: %zu of %zu right in place of %zu", run->key,
                   lmas_control_name(row->control), pair->n_both + pair->n_only_b, pair->n_common,
                   pair->n_both + pair->n_only_a);
    if (row->control == LMAS_CONTROL_TEXT)
        lmi_buf_printf(&table->readings, ", %s tokens spoken in place of %s", mine, theirs);
    lmi_buf_printf(&table->readings, ": %s\n", conclusion_of(table, row));
}

/* ---- All of it ---- */

static lmas_status place_run(lmi_comparison *c, const int *controls, size_t run)
{
    size_t off;
    const lmas_status status = find_off(&off, c, controls, run);

    if (status == LMAS_OK && off < c->n_runs)
        add_row(c, off, run, (lmas_control)controls[run]);
    return status;
}

lmas_status lmi_controls_find(lmi_comparison *c)
{
    int controls[LMI_RUNS_MAX];
    lmas_status status = LMAS_OK;
    size_t i, k;

    c->controls = lmi_new(c->n_runs, sizeof(*c->controls));
    if (!c->controls)
        return lmi_fail(LMAS_E_NOMEM, "no memory for controls of %zu runs", c->n_runs);
    for (i = 0; status == LMAS_OK && i < c->n_runs; i++)
        status = read_control(&controls[i], &c->runs[i].record);
    for (i = 0; status == LMAS_OK && i < c->n_runs; i++)
        if (controls[i] > LMAS_CONTROL_OFF)
            status = place_run(c, controls, i);
    for (i = 0; status == LMAS_OK && i < c->n_controls; i++) {
        for (k = 1; k < c->controls[i].n_rows; k++)
            read_row(&c->controls[i], c, &c->controls[i].rows[k]);
        status = lmi_buf_status(&c->controls[i].readings);
    }
    return status;
}

bool lmi_controls_share(const lmi_comparison *c, size_t a, size_t b)
{
    size_t i, k;

    for (i = 0; i < c->n_controls; i++) {
        size_t n = 0;

        for (k = 1; k < c->controls[i].n_rows; k++)
            n += c->controls[i].rows[k].run == a || c->controls[i].rows[k].run == b;
        if (n == 2)
            return true;
    }
    return false;
}

/*
 * survey.c - pools laid out as the tables of the paper: questions down, ways to answer them across.
 *
 * A row is one set of questions, not one task: shares over other data, or over fewer of the
 * questions, do not stand beside each other. Two pools that would share a cell differ in what a
 * column does not tell (their version, say), and the second gets a column of its own.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/config.h"
#include "eval/report/compare.h"
#include "eval/report/format.h"

/* Longest label of a column, and longest value in it, in bytes. */
enum { LABEL_MAX = 1024, VALUE_MAX = 40 };

/* What a column tells, and what in it does not count: of methods that hand on no memory, nor does
 * what shapes memory. */
static const char *const column_sections[] = {"method", "params", "model", "team", NULL};
static const char *const spared[] = {"seed", "max_new_tokens", "date", "ctx_size", NULL};
static const char *const spared_of_text[] = {
    "seed",         "max_new_tokens", "date", "ctx_size", "latent_steps", "latent_steps_max",
    "rest_entropy", "realignment",    "keep", NULL};

static const char *const metric_names[] = {
    [LMI_METRIC_EXACT] = "exact %",
    [LMI_METRIC_COMPAT] = "compat %",
    [LMI_METRIC_GRADER] = "grader %",
    [LMI_METRIC_SPOKEN] = "tokens spoken, a question",
    [LMI_METRIC_TOKENS] = "tokens read and spoken, a question",
    [LMI_METRIC_SECONDS] = "seconds, a question",
    [LMI_METRIC_SPEEDUP] = "speed-up",
};

const char *lmi_metric_name(lmi_metric metric)
{
    return metric_names[metric];
}

bool lmi_survey_has(const lmi_comparison *c, lmi_metric metric)
{
    bool has_grader = false;
    size_t i;

    for (i = 0; i < c->n_blocks; i++)
        has_grader |= lmi_block_has_grader(c, i);
    return metric != LMI_METRIC_GRADER || has_grader;
}

void lmi_survey_done(lmi_survey *grid)
{
    size_t i;

    for (i = 0; i < grid->n_columns; i++)
        lmi_free(grid->columns[i].label);
    lmi_free(grid->columns);
    lmi_free(grid->rows);
    lmi_free(grid->cells);
    *grid = (lmi_survey){0};
}

/* ---- Rows ---- */

bool lmi_same_questions(const lmi_record *a, const lmi_record *b)
{
    return strcmp(a->task, b->task) == 0 && strcmp(a->data_sha256, b->data_sha256) == 0 &&
           a->n_questions == b->n_questions;
}

static size_t row_of(lmi_comparison *c, const lmi_pool *pool)
{
    size_t i;

    for (i = 0; i < c->grid.n_rows; i++)
        if (lmi_same_questions(&c->runs[c->grid.rows[i]].record, &c->runs[pool->first].record))
            return i;
    c->grid.rows[i] = pool->first;
    c->grid.n_rows++;
    return i;
}

/* Of several rows of a task, those over other data tell which. */
void lmi_survey_row_name(lmi_buf *out, const lmi_comparison *c, size_t row)
{
    const lmi_record *mine = &c->runs[c->grid.rows[row]].record;
    size_t i;

    lmi_plain(out, mine->task);
    for (i = 0; i < c->grid.n_rows; i++) {
        const lmi_record *other = &c->runs[c->grid.rows[i]].record;

        if (strcmp(mine->task, other->task) != 0 ||
            strcmp(mine->data_sha256, other->data_sha256) == 0)
            continue;
        lmi_buf_puts(out, " ");
        lmi_cut(out, mine->data_sha256, 9, false);
        return;
    }
}

/* ---- Columns ---- */

static const char *const *spared_by(const char *method)
{
    const bool is_latent = strcmp(method, lmas_method_name(LMAS_METHOD_LATENT_MAS)) == 0;

    return is_latent ? spared : spared_of_text;
}

/* Whether another pool of the row is in the column already. */
static bool is_taken(const lmi_comparison *c, size_t n_placed, size_t row, size_t column)
{
    size_t i;

    for (i = 0; i < n_placed; i++)
        if (c->pools[i].row == row && c->pools[i].column == column)
            return true;
    return false;
}

static lmas_status answers_alike(bool *out, const lmi_record *a, const lmi_record *b)
{
    lmi_buf difference;
    lmas_status status = LMAS_OK;

    *out = false;
    if (strcmp(a->method, b->method) != 0 || strcmp(a->fingerprint, b->fingerprint) != 0)
        return LMAS_OK;
    lmi_buf_init(&difference, LMI_ERROR_MAX);
    status = lmi_config_difference_in(&difference, a->folders[0].path, &a->config, &b->config,
                                      column_sections, spared_by(a->method));
    *out = !difference.len;
    lmi_buf_done(&difference);
    return status;
}

static lmas_status place_pool(lmi_comparison *c, size_t i)
{
    lmi_pool *pool = &c->pools[i];
    lmi_survey *grid = &c->grid;
    lmas_status status = LMAS_OK;
    bool is_alike = false;
    size_t column;

    pool->row = row_of(c, pool);
    for (column = 0; status == LMAS_OK && column < grid->n_columns; column++) {
        if (is_taken(c, i, pool->row, column))
            continue;
        status = answers_alike(&is_alike, &c->runs[grid->columns[column].run].record,
                               &c->runs[pool->first].record);
        if (is_alike)
            break;
    }
    if (column == grid->n_columns)
        grid->columns[grid->n_columns++].run = pool->first;
    pool->column = column;
    return status;
}

/* ---- The order of columns: the paper's methods, and as they came ---- */

static int rank_of(const lmi_comparison *c, size_t column)
{
    static const lmas_method order[] = {LMAS_METHOD_BASELINE, LMAS_METHOD_TEXT_MAS,
                                        LMAS_METHOD_LATENT_MAS};
    const char *method = c->runs[c->grid.columns[column].run].record.method;
    int i;

    for (i = 0; i < 3 && strcmp(method, lmas_method_name(order[i])) != 0; i++)
        continue;
    return i;
}

static void swap_columns(lmi_comparison *c, size_t a, size_t b)
{
    const lmi_way column = c->grid.columns[a];
    size_t i;

    c->grid.columns[a] = c->grid.columns[b];
    c->grid.columns[b] = column;
    for (i = 0; i < c->n_pools; i++)
        if (c->pools[i].column == a || c->pools[i].column == b)
            c->pools[i].column = c->pools[i].column == a ? b : a;
}

static void sort_columns(lmi_comparison *c)
{
    size_t i, k;

    for (i = 1; i < c->grid.n_columns; i++)
        for (k = i; k > 0 && rank_of(c, k) < rank_of(c, k - 1); k--)
            swap_columns(c, k, k - 1);
}

/* ---- What columns are called ---- */

/* The parameters of each column. */
typedef struct params {
    yyjson_doc **docs;
    size_t n;
} params;

static yyjson_val *param_of(const params *p, size_t column, const char *key)
{
    yyjson_val *root = yyjson_doc_get_root(p->docs[column]);

    return yyjson_obj_get(yyjson_obj_get(root, "params"), key);
}

static const lmi_record *record_of(const lmi_comparison *c, size_t column)
{
    return &c->runs[c->grid.columns[column].run].record;
}

static bool is_spared(const char *method, const char *key)
{
    const char *const *names = spared_by(method);

    while (*names && strcmp(*names, key) != 0)
        names++;
    return *names != NULL;
}

/* Whether another column of the method has `key` differently, as far as it says. */
static bool is_varied(const lmi_comparison *c, const params *p, size_t column, const char *key,
                      yyjson_val *val)
{
    const char *method = record_of(c, column)->method;
    size_t i;

    for (i = 0; i < p->n; i++)
        if (strcmp(record_of(c, i)->method, method) == 0 &&
            !lmi_setting_same(key, val, param_of(p, i, key)))
            return true;
    return false;
}

static void add_param(lmi_buf *out, const char *key, yyjson_val *val)
{
    const bool is_steps = strcmp(key, "latent_steps") == 0;

    lmi_buf_puts(out, is_steps ? ", " : "");
    if (!is_steps)
        lmi_buf_printf(out, ", %s ", key);
    lmi_setting_write(out, key, val);
    lmi_buf_puts(out, is_steps ? " steps" : "");
}

static bool is_team_varied(const lmi_comparison *c, size_t column)
{
    const lmi_record *mine = record_of(c, column);
    size_t i;

    for (i = 0; i < c->grid.n_columns; i++)
        if (strcmp(record_of(c, i)->method, mine->method) == 0 &&
            strcmp(record_of(c, i)->team, mine->team) != 0)
            return true;
    return false;
}

/* Two quantisations of a model have one name. */
static const char *model_to_tell(const lmi_comparison *c, size_t column)
{
    const lmi_record *mine = record_of(c, column);
    const char *told = NULL;
    size_t i;

    for (i = 0; i < c->grid.n_columns; i++) {
        const lmi_record *other = record_of(c, i);

        if (strcmp(mine->fingerprint, other->fingerprint) == 0)
            continue;
        if (strcmp(mine->model, other->model) == 0)
            return mine->model_detail ? mine->model_detail : mine->fingerprint;
        told = mine->model;
    }
    return told;
}

/* Columns that are told alike all the same are numbered. */
static void number_label(lmi_buf *label, const lmi_comparison *c, size_t column)
{
    const size_t len = label->len;
    size_t n = 1;
    size_t i;

    for (i = 0; i < column; i++)
        n += strncmp(c->grid.columns[i].label, lmi_buf_text(label), len) == 0 &&
             (!c->grid.columns[i].label[len] ||
              strncmp(c->grid.columns[i].label + len, " (", 2) == 0);
    if (n > 1)
        lmi_buf_printf(label, " (%zu)", n);
}

static lmas_status name_column(lmi_comparison *c, const params *p, size_t column)
{
    const lmi_record *r = record_of(c, column);
    const char *model = model_to_tell(c, column);
    lmi_buf raw, label;
    size_t i, max;
    yyjson_val *key, *val;

    lmi_buf_init(&raw, LABEL_MAX);
    lmi_buf_init(&label, 4 * (size_t)LABEL_MAX);
    lmi_buf_printf(&raw, "%.*s", 2 * VALUE_MAX, r->method);
    if (is_team_varied(c, column))
        lmi_buf_printf(&raw, ", %.*s", VALUE_MAX, r->team);
    if (model)
        lmi_buf_printf(&raw, ", %.*s", VALUE_MAX, model);
    yyjson_obj_foreach(yyjson_obj_get(yyjson_doc_get_root(p->docs[column]), "params"), i, max, key,
                       val)
    {
        const char *name = yyjson_get_str(key);

        if (!is_spared(r->method, name) && is_varied(c, p, column, name, val))
            add_param(&raw, name, val);
    }
    lmi_plain(&label, lmi_buf_text(&raw)); /* cut where it is too long: nobody reads that far */
    number_label(&label, c, column);
    lmi_buf_done(&raw);
    c->grid.columns[column].label = lmi_buf_steal(&label);
    return c->grid.columns[column].label ? LMAS_OK
                                         : lmi_fail(LMAS_E_NOMEM, "no memory for a column");
}

static lmas_status name_columns(lmi_comparison *c)
{
    params p = {.n = c->grid.n_columns};
    lmas_status status = LMAS_OK;
    size_t i;

    p.docs = lmi_new(p.n, sizeof(yyjson_doc *));
    if (!p.docs)
        return lmi_fail(LMAS_E_NOMEM, "no memory for columns");
    for (i = 0; status == LMAS_OK && i < p.n; i++) {
        const lmi_buf *config = &record_of(c, i)->config;

        p.docs[i] = yyjson_read(lmi_buf_text(config), config->len, 0);
        if (!p.docs[i])
            status = lmi_fail(LMAS_E_NOMEM, "no memory for columns");
    }
    for (i = 0; status == LMAS_OK && i < p.n; i++)
        status = name_column(c, &p, i);
    for (i = 0; i < p.n; i++)
        yyjson_doc_free(p.docs[i]);
    lmi_free(p.docs);
    return status;
}

/* ---- All of it ---- */

static lmas_status fill_cells(lmi_comparison *c)
{
    lmi_survey *grid = &c->grid;
    const size_t n = grid->n_rows * grid->n_columns;
    size_t i;

    grid->cells = lmi_new(n, sizeof(*grid->cells));
    if (!grid->cells)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a table");
    for (i = 0; i < n; i++)
        grid->cells[i] = LMI_NO_POOL;
    for (i = 0; i < c->n_pools; i++) {
        grid->cells[c->pools[i].row * grid->n_columns + c->pools[i].column] = (int)i;
        grid->is_first |= c->pools[i].n_runs > 1;
    }
    grid->is_first |= c->n_blocks > 1;
    grid->has_average = grid->n_rows > 1 && c->n_pools == n;
    if (grid->is_first && grid->n_rows > 1 && !grid->has_average)
        lmi_buf_puts(&c->notes, "no averages over tasks: not every method has answered all\n");
    return LMAS_OK;
}

lmas_status lmi_survey_find(lmi_comparison *c)
{
    lmas_status status = LMAS_OK;
    size_t i;

    c->grid.rows = lmi_new(c->n_pools, sizeof(*c->grid.rows));
    c->grid.columns = lmi_new(c->n_pools, sizeof(*c->grid.columns));
    if (!c->grid.rows || !c->grid.columns)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a table of %zu runs", c->n_runs);
    for (i = 0; status == LMAS_OK && i < c->n_pools; i++)
        status = place_pool(c, i);
    sort_columns(c);
    if (status == LMAS_OK)
        status = name_columns(c);
    return status == LMAS_OK ? fill_cells(c) : status;
}

const lmi_pool *lmi_survey_pool(const lmi_comparison *c, size_t row, size_t column)
{
    const int pool = c->grid.cells[row * c->grid.n_columns + column];

    return pool == LMI_NO_POOL ? NULL : &c->pools[pool];
}

static double figure_of(const lmi_pool *pool, lmi_metric metric)
{
    const lmi_figures *f = &pool->figures;
    const double figures[] = {
        [LMI_METRIC_EXACT] = pool->exact.mean, [LMI_METRIC_COMPAT] = pool->compat.mean,
        [LMI_METRIC_GRADER] = f->grader.share, [LMI_METRIC_SPOKEN] = f->spoken,
        [LMI_METRIC_TOKENS] = f->total,        [LMI_METRIC_SECONDS] = f->wall_s,
        [LMI_METRIC_SPEEDUP] = f->speedup,
    };

    return metric == LMI_METRIC_SECONDS && pool->is_elsewhere ? NAN : figures[metric];
}

/* Speed-ups are ratios: their mean would say nothing. */
double lmi_survey_figure(const lmi_comparison *c, size_t row, size_t column, lmi_metric metric)
{
    const lmi_pool *pool;
    double sum = 0;
    size_t i;

    if (row < c->grid.n_rows) {
        pool = lmi_survey_pool(c, row, column);
        return pool ? figure_of(pool, metric) : NAN;
    }
    if (!c->grid.has_average || metric == LMI_METRIC_SPEEDUP)
        return NAN;
    for (i = 0; i < c->grid.n_rows; i++)
        sum += lmi_survey_figure(c, i, column, metric);
    return sum / (double)c->grid.n_rows;
}

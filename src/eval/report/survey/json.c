/* json.c - pools and the grid as JSON: all figures in full, pools by their number. */
#include <math.h>

#include "base/json.h"
#include "eval/report/survey/write.h"

static void add_pooled(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                       const lmi_pooled *p)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, object, key);
    yyjson_mut_val *pass;
    size_t k;

    yyjson_mut_obj_add_uint(doc, o, "n", p->n);
    yyjson_mut_obj_add_uint(doc, o, "right", p->n_right);
    lmi_json_add_real(doc, o, "mean", p->mean);
    lmi_json_add_real(doc, o, "deviation", p->deviation);
    lmi_json_add_real(doc, o, "lowest", p->least);
    lmi_json_add_real(doc, o, "highest", p->most);
    lmi_json_add_real(doc, o, "low", p->interval.low);
    lmi_json_add_real(doc, o, "high", p->interval.high);
    pass = yyjson_mut_obj_add_arr(doc, o, "pass_at");
    for (k = 0; k < p->n_pass; k++)
        yyjson_mut_arr_add_real(doc, pass, p->pass[k]);
}

/* Of all verdicts of a judge of the user's. */
static void add_grader(yyjson_mut_doc *doc, yyjson_mut_val *object, const lmi_rate *rate)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, object, "grader");

    yyjson_mut_obj_add_uint(doc, o, "n", rate->n);
    yyjson_mut_obj_add_uint(doc, o, "right", rate->n_right);
    lmi_json_add_real(doc, o, "mean", rate->share);
}

static void add_costs(yyjson_mut_doc *doc, yyjson_mut_val *object, const lmi_pool *p)
{
    const lmi_figures *f = &p->figures;
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, object, "per_question");

    lmi_json_add_real(doc, o, "spoken", f->spoken);
    lmi_json_add_real(doc, o, "tokens", f->total);
    lmi_json_add_real(doc, o, "thoughts", f->thoughts);
    lmi_json_add_real(doc, o, "wall_sec", p->is_elsewhere ? NAN : f->wall_s);
    lmi_json_add_real(doc, o, "engine_sec", p->is_elsewhere ? NAN : f->engine_s);
    lmi_json_add_real(doc, object, "speedup", f->speedup);
    yyjson_mut_obj_add_uint(doc, object, "errors", p->n_errors);
    yyjson_mut_obj_add_uint(doc, object, "cut", p->n_cut);
    yyjson_mut_obj_add_uint(doc, object, "circling", p->n_circling);
}

static void add_pool(yyjson_mut_doc *doc, yyjson_mut_val *pools, const lmi_comparison *c,
                     size_t pool)
{
    const lmi_pool *p = &c->pools[pool];
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, pools);
    yyjson_mut_val *runs = yyjson_mut_obj_add_arr(doc, o, "runs");
    yyjson_mut_val *seeds = yyjson_mut_obj_add_arr(doc, o, "seeds");
    size_t i;

    for (i = p->first; i < c->n_runs; i++) {
        if (c->runs[i].pool != pool)
            continue;
        yyjson_mut_arr_add_str(doc, runs, c->runs[i].key);
        if (c->runs[i].record.has_seed)
            yyjson_mut_arr_add_uint(doc, seeds, c->runs[i].record.seed);
    }
    lmi_json_add_text(doc, o, "task", c->runs[p->first].record.task);
    lmi_json_add_text(doc, o, "column", c->grid.columns[p->column].label);
    yyjson_mut_obj_add_uint(doc, o, "n_questions", c->runs[p->first].record.n_questions);
    add_pooled(doc, o, "exact", &p->exact);
    add_pooled(doc, o, "compat", &p->compat);
    if (p->figures.grader.n)
        add_grader(doc, o, &p->figures.grader);
    add_costs(doc, o, p);
}

static void add_row(yyjson_mut_doc *doc, yyjson_mut_val *rows, const lmi_comparison *c, size_t row)
{
    const lmi_record *r = &c->runs[c->grid.rows[row]].record;
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, rows);
    yyjson_mut_val *cells;
    size_t i;

    lmi_json_add_text(doc, o, "task", r->task);
    yyjson_mut_obj_add_uint(doc, o, "n_questions", r->n_questions);
    lmi_json_add_text(doc, o, "data_sha256", r->data_sha256);
    cells = yyjson_mut_obj_add_arr(doc, o, "pools");
    for (i = 0; i < c->grid.n_columns; i++) {
        const int pool = c->grid.cells[row * c->grid.n_columns + i];

        if (pool == LMI_NO_POOL)
            yyjson_mut_arr_add_null(doc, cells);
        else
            yyjson_mut_arr_add_int(doc, cells, pool);
    }
}

/* Of each column; an empty list where a method lacks a task, or there is but one. */
static void add_averages(yyjson_mut_doc *doc, yyjson_mut_val *grid, const lmi_comparison *c)
{
    static const char *const keys[] = {"exact", "compat", "grader", "spoken", "tokens", "wall_sec"};
    yyjson_mut_val *averages = yyjson_mut_obj_add_arr(doc, grid, "averages");
    size_t i, k;

    for (i = 0; c->grid.has_average && i < c->grid.n_columns; i++) {
        yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, averages);

        for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
            if (lmi_survey_has(c, (lmi_metric)k))
                lmi_json_add_real(doc, o, keys[k],
                                  lmi_survey_figure(c, c->grid.n_rows, i, (lmi_metric)k));
    }
}

/* What others published; nothing of it was measured here. */
static void add_reference(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_comparison *c)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, root, "reference");
    yyjson_mut_val *numbers;
    size_t i;

    lmi_json_add_text(doc, o, "name", c->reference.name);
    lmi_json_add_text(doc, o, "model", c->reference.model);
    yyjson_mut_obj_add_bool(doc, o, "is_measured_here", false);
    numbers = yyjson_mut_obj_add_arr(doc, o, "numbers");
    for (i = 0; i < c->reference.n; i++) {
        const lmi_reported *number = &c->reference.numbers[i];
        const lmi_pool *beside = lmi_reported_beside(c, number);
        yyjson_mut_val *item;

        if (!lmi_reported_here(c, number))
            continue;
        item = yyjson_mut_arr_add_obj(doc, numbers);
        lmi_json_add_text(doc, item, "source", number->source);
        lmi_json_add_text(doc, item, "setting", number->setting);
        lmi_json_add_text(doc, item, "team", number->team);
        lmi_json_add_text(doc, item, "task", number->task);
        lmi_json_add_text(doc, item, "method", number->method);
        lmi_json_add_real(doc, item, "accuracy", number->accuracy);
        lmi_json_add_real(doc, item, "spoken", number->tokens);
        lmi_json_add_real(doc, item, "total_sec", number->seconds);
        if (beside) {
            yyjson_mut_obj_add_int(doc, item, "pool", beside - c->pools);
            yyjson_mut_obj_add_bool(doc, item, "is_of_all_questions", lmi_pool_is_whole(c, beside));
        }
    }
}

void lmi_survey_json(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_comparison *c)
{
    yyjson_mut_val *pools = yyjson_mut_obj_add_arr(doc, root, "pools");
    yyjson_mut_val *grid = yyjson_mut_obj_add_obj(doc, root, "grid");
    yyjson_mut_val *columns = yyjson_mut_obj_add_arr(doc, grid, "columns");
    yyjson_mut_val *rows = yyjson_mut_obj_add_arr(doc, grid, "rows");
    size_t i;

    for (i = 0; i < c->n_pools; i++)
        add_pool(doc, pools, c, i);
    for (i = 0; i < c->grid.n_columns; i++)
        yyjson_mut_arr_add_str(doc, columns, c->grid.columns[i].label);
    for (i = 0; i < c->grid.n_rows; i++)
        add_row(doc, rows, c, i);
    add_averages(doc, grid, c);
    if (c->reference.name)
        add_reference(doc, root, c);
}

/* summary.c - the last line of a run: the reference's keys first, so that its scripts read it. */
#include "base/json.h"
#include "eval/run.h"
#include "eval/stats.h"

/* To four decimals, as the reference rounds its seconds. */
static double seconds(double ms)
{
    return (double)(int64_t)(ms * 10 + 0.5) / 1e4;
}

/* A share of right answers; null where nothing could be graded. */
static void add_accuracy(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, size_t n_right,
                         size_t n_graded)
{
    if (n_graded)
        yyjson_mut_obj_add_real(doc, root, key, (double)n_right / (double)n_graded);
    else
        yyjson_mut_obj_add_null(doc, root, key);
}

static void add_interval(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, size_t n_right,
                         size_t n_graded)
{
    const lmi_interval interval = lmi_wilson(n_right, n_graded);
    yyjson_mut_val *ends = yyjson_mut_obj_add_arr(doc, root, key);

    yyjson_mut_arr_add_real(doc, ends, interval.low);
    yyjson_mut_arr_add_real(doc, ends, interval.high);
}

/* What the reference prints. */
static void add_reference(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup,
                          const lmi_totals *totals)
{
    const double n = totals->n ? (double)totals->n : 1;

    yyjson_mut_obj_add_str(doc, root, "method", lmas_method_name(setup->solver_params->method));
    yyjson_mut_obj_add_str(doc, root, "model", lmas_model_describe(setup->model)->path);
    yyjson_mut_obj_add_str(doc, root, "split", setup->split);
    yyjson_mut_obj_add_uint(doc, root, "seed", setup->solver_params->sampling.seed);
    yyjson_mut_obj_add_uint(doc, root, "max_samples", setup->n);
    add_accuracy(doc, root, "accuracy", totals->n_correct, totals->n_graded);
    yyjson_mut_obj_add_uint(doc, root, "correct", totals->n_correct);
    yyjson_mut_obj_add_real(doc, root, "total_time_sec", seconds(totals->run_ms));
    yyjson_mut_obj_add_real(doc, root, "time_per_sample_sec", seconds(totals->run_ms / n));
}

/* Of what was inherited: in cells, and in bytes of an f16 cache. */
static void add_cells(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup,
                      const lmi_totals *totals)
{
    const uint64_t cell_size = lmas_model_describe(setup->model)->cell_size;

    yyjson_mut_obj_add_uint(doc, root, "cells_kept", totals->n_kept);
    yyjson_mut_obj_add_uint(doc, root, "cells_dropped", totals->n_dropped);
    yyjson_mut_obj_add_uint(doc, root, "bytes_kept", totals->n_kept * cell_size);
    yyjson_mut_obj_add_uint(doc, root, "bytes_dropped", totals->n_dropped * cell_size);
}

/* Of a judge of the user's, where there was one. */
static void add_grader(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_totals *totals)
{
    const size_t n = totals->n_grader;

    if (!n && !totals->n_grader_failed)
        return;
    add_accuracy(doc, root, "accuracy_grader", totals->n_correct_grader, n);
    add_interval(doc, root, "accuracy_grader_interval", totals->n_correct_grader, n);
    yyjson_mut_obj_add_uint(doc, root, "correct_grader", totals->n_correct_grader);
    yyjson_mut_obj_add_uint(doc, root, "n_grader", n);
    yyjson_mut_obj_add_uint(doc, root, "grader_failed", totals->n_grader_failed);
}

static void add_ours(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup,
                     const lmi_totals *totals, const char *folder)
{
    yyjson_mut_obj_add_str(doc, root, "task", setup->data->task->name);
    yyjson_mut_obj_add_str(doc, root, "team", lmas_team_name(setup->team));
    lmi_json_add_text(doc, root, "control", lmas_control_name(setup->solver_params->control));
    add_interval(doc, root, "accuracy_interval", totals->n_correct, totals->n_graded);
    add_accuracy(doc, root, "accuracy_compat", totals->n_correct_compat, totals->n_graded);
    add_interval(doc, root, "accuracy_compat_interval", totals->n_correct_compat, totals->n_graded);
    yyjson_mut_obj_add_uint(doc, root, "correct_compat", totals->n_correct_compat);
    yyjson_mut_obj_add_uint(doc, root, "n", totals->n);
    yyjson_mut_obj_add_uint(doc, root, "n_graded", totals->n_graded);
    yyjson_mut_obj_add_uint(doc, root, "errors", totals->n_errors);
    if (totals->n_conflicts)
        yyjson_mut_obj_add_uint(doc, root, "conflicts", totals->n_conflicts);
    add_grader(doc, root, totals);
    yyjson_mut_obj_add_uint(doc, root, "cut", totals->n_cut);
    yyjson_mut_obj_add_uint(doc, root, "circling", totals->n_circling);
    yyjson_mut_obj_add_uint(doc, root, "tokens_read", totals->n_read);
    yyjson_mut_obj_add_uint(doc, root, "tokens_shared", lmi_totals_spared(totals));
    if (totals->n_dropped)
        add_cells(doc, root, setup, totals);
    yyjson_mut_obj_add_uint(doc, root, "thoughts", totals->n_thought);
    yyjson_mut_obj_add_uint(doc, root, "thoughts_at_rest", totals->n_at_rest);
    yyjson_mut_obj_add_uint(doc, root, "tokens_spoken", totals->n_spoken);
    yyjson_mut_obj_add_real(doc, root, "read_sec", seconds(totals->read_ms));
    yyjson_mut_obj_add_real(doc, root, "think_sec", seconds(totals->think_ms));
    yyjson_mut_obj_add_real(doc, root, "speak_sec", seconds(totals->speak_ms));
    yyjson_mut_obj_add_str(doc, root, "run", folder);
}

/* Put a value in the place of the one at `key`; where there is none, behind `before`. */
static void put(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, yyjson_mut_val *val,
                const char *before)
{
    yyjson_mut_val *name = yyjson_mut_str(doc, key);
    yyjson_mut_obj_iter iter = yyjson_mut_obj_iter_with(root);
    yyjson_mut_val *at;
    size_t i = 0;
    bool is_put = yyjson_mut_obj_get(root, key) && yyjson_mut_obj_replace(root, name, val);

    while (!is_put && (at = yyjson_mut_obj_iter_next(&iter)) != NULL) {
        i++;
        if (yyjson_mut_equals_str(at, before))
            is_put = yyjson_mut_obj_insert(root, name, val, i);
    }
    if (!is_put)
        yyjson_mut_obj_add(root, name, val);
}

/* The keys that grading fills, in an object of their own. */
static yyjson_mut_val *make_verdicts(yyjson_mut_doc *doc, const lmi_totals *totals)
{
    yyjson_mut_val *o = yyjson_mut_obj(doc);

    add_accuracy(doc, o, "accuracy", totals->n_correct, totals->n_graded);
    yyjson_mut_obj_add_uint(doc, o, "correct", totals->n_correct);
    add_interval(doc, o, "accuracy_interval", totals->n_correct, totals->n_graded);
    add_accuracy(doc, o, "accuracy_compat", totals->n_correct_compat, totals->n_graded);
    add_interval(doc, o, "accuracy_compat_interval", totals->n_correct_compat, totals->n_graded);
    yyjson_mut_obj_add_uint(doc, o, "correct_compat", totals->n_correct_compat);
    yyjson_mut_obj_add_uint(doc, o, "n_graded", totals->n_graded);
    if (totals->n_conflicts)
        yyjson_mut_obj_add_uint(doc, o, "conflicts", totals->n_conflicts);
    add_grader(doc, o, totals);
    return o;
}

void lmi_summary_regrade(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_totals *totals)
{
    yyjson_mut_obj_iter iter = yyjson_mut_obj_iter_with(make_verdicts(doc, totals));
    const char *before = "errors"; /* what the summary of a run has there */
    yyjson_mut_val *key;

    if (!totals->n_conflicts)
        (void)yyjson_mut_obj_remove_key(root, "conflicts");
    while ((key = yyjson_mut_obj_iter_next(&iter)) != NULL) {
        const char *name = yyjson_mut_get_str(key);
        const bool is_new = !yyjson_mut_obj_get(root, name);

        put(doc, root, name, yyjson_mut_val_mut_copy(doc, yyjson_mut_obj_iter_get_val(key)),
            before);
        if (is_new)
            before = name;
    }
}

lmas_status lmi_summary_write(lmi_buf *out, const lmi_setup *setup, const lmi_totals *totals,
                              const char *folder, bool is_pretty)
{
    const yyjson_write_flag flags =
        YYJSON_WRITE_NEWLINE_AT_END | (is_pretty ? YYJSON_WRITE_PRETTY : 0);
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, "the summary");

    if (status != LMAS_OK)
        return status;
    add_reference(doc, root, setup, totals);
    add_ours(doc, root, setup, totals, folder);
    return lmi_json_write(out, doc, flags, "the summary");
}

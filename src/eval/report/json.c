/* json.c - a comparison as one JSON object; what cannot be told is null. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "eval/report/survey/write.h"
#include "eval/report/write.h"

/* A document that grows. Texts are copied into it, made valid where they are paths. */
typedef struct writer {
    yyjson_mut_doc *doc;
    lmi_buf valid;
} writer;

static void add_text(writer *w, yyjson_mut_val *object, const char *key, const char *text)
{
    lmi_buf_clear(&w->valid);
    if (text)
        lmi_utf8_append(&w->valid, text, strlen(text));
    if (text)
        yyjson_mut_obj_add_strcpy(w->doc, object, key, lmi_buf_text(&w->valid));
    else
        yyjson_mut_obj_add_null(w->doc, object, key);
}

static void add_rate(writer *w, yyjson_mut_val *object, const char *key, const lmi_rate *rate)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(w->doc, object, key);

    yyjson_mut_obj_add_uint(w->doc, o, "n", rate->n);
    yyjson_mut_obj_add_uint(w->doc, o, "right", rate->n_right);
    lmi_json_add_real(w->doc, o, "accuracy", rate->share);
    lmi_json_add_real(w->doc, o, "low", rate->n ? rate->interval.low : NAN);
    lmi_json_add_real(w->doc, o, "high", rate->n ? rate->interval.high : NAN);
    lmi_json_add_real(w->doc, o, "stderr", lmi_stderr(rate->n_right, rate->n));
}

static void add_work(writer *w, yyjson_mut_val *o, const lmi_work *work)
{
    yyjson_mut_obj_add_uint(w->doc, o, "n_read", work->n_read);
    yyjson_mut_obj_add_uint(w->doc, o, "n_thought", work->n_thought);
    yyjson_mut_obj_add_uint(w->doc, o, "n_spoken", work->n_spoken);
    yyjson_mut_obj_add_real(w->doc, o, "read_ms", work->read_ms);
    yyjson_mut_obj_add_real(w->doc, o, "think_ms", work->think_ms);
    yyjson_mut_obj_add_real(w->doc, o, "speak_ms", work->speak_ms);
}

static void add_figures(writer *w, yyjson_mut_val *object, const lmi_figures *f)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(w->doc, object, "per_question");

    lmi_json_add_real(w->doc, o, "spoken", f->spoken);
    lmi_json_add_real(w->doc, o, "tokens", f->total);
    lmi_json_add_real(w->doc, o, "thoughts", f->thoughts);
    lmi_json_add_real(w->doc, o, "wall_sec", f->wall_s);
    lmi_json_add_real(w->doc, o, "engine_sec", f->engine_s);
    lmi_json_add_real(w->doc, o, "read_sec", f->read_s);
    lmi_json_add_real(w->doc, o, "think_sec", f->think_s);
    lmi_json_add_real(w->doc, o, "speak_sec", f->speak_s);
    lmi_json_add_real(w->doc, object, "speedup", f->speedup);
    yyjson_mut_obj_add_str(w->doc, object, "speedup_of",
                           f->is_speedup_of_engine ? "engine" : "wall");
}

static void add_agents(writer *w, yyjson_mut_val *object, const lmi_record *r)
{
    yyjson_mut_val *agents = yyjson_mut_obj_add_arr(w->doc, object, "agents");
    size_t i;

    for (i = 0; i < r->n_agents; i++) {
        yyjson_mut_val *agent = yyjson_mut_arr_add_obj(w->doc, agents);

        add_text(w, agent, "name", r->agents[i].name);
        add_work(w, agent, &r->agents[i].work);
    }
}

/* What is not recorded is null. */
static void add_site(writer *w, yyjson_mut_val *object, const lmi_site *site)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(w->doc, object, "site");

    add_text(w, o, "processor", site->has_machine ? site->processor : NULL);
    add_text(w, o, "system", site->has_machine ? site->system : NULL);
    add_text(w, o, "devices", site->has_machine ? site->devices : NULL);
    yyjson_mut_obj_add_uint(w->doc, o, "cores", site->n_cores);
    yyjson_mut_obj_add_uint(w->doc, o, "memory", site->memory);
    yyjson_mut_obj_add_uint(w->doc, o, "threads", site->n_threads);
    yyjson_mut_obj_add_uint(w->doc, o, "threads_batch", site->n_threads_batch);
    yyjson_mut_obj_add_uint(w->doc, o, "lanes", site->n_lanes);
    yyjson_mut_obj_add_bool(w->doc, o, "is_mixed", site->is_mixed);
}

static void add_origin(writer *w, yyjson_mut_val *o, const lmi_record *r)
{
    yyjson_mut_val *folders = yyjson_mut_obj_add_arr(w->doc, o, "folders");
    yyjson_mut_val *shards = yyjson_mut_obj_add_arr(w->doc, o, "shards");
    size_t i;

    for (i = 0; i < r->n_folders; i++) {
        lmi_buf_clear(&w->valid);
        lmi_utf8_append(&w->valid, r->folders[i].path, strlen(r->folders[i].path));
        yyjson_mut_arr_add_strcpy(w->doc, folders, lmi_buf_text(&w->valid));
        if (r->n_shards)
            yyjson_mut_arr_add_uint(w->doc, shards, r->folders[i].shard);
    }
    yyjson_mut_obj_add_uint(w->doc, o, "n_shards", r->n_shards);
    add_text(w, o, "started", r->started);
    if (r->has_seed)
        yyjson_mut_obj_add_uint(w->doc, o, "seed", r->seed);
    add_site(w, o, &r->site);
    add_text(w, o, "model_path", r->model_path);
    add_text(w, o, "data_path", r->data_path);
}

static void add_run(writer *w, yyjson_mut_val *runs, const lmi_comparison *c, const lmi_run *run)
{
    const lmi_record *r = &run->record;
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(w->doc, runs);

    add_text(w, o, "key", run->key);
    add_text(w, o, "task", r->task);
    add_text(w, o, "method", r->method);
    add_text(w, o, "team", r->team);
    add_text(w, o, "model", r->model);
    add_text(w, o, "model_description", r->model_detail);
    add_text(w, o, "model_fingerprint", r->fingerprint);
    add_text(w, o, "data_sha256", r->data_sha256);
    add_text(w, o, "settings", run->settings);
    add_text(w, o, "reference", c->runs[run->reference].key);
    yyjson_mut_obj_add_uint(w->doc, o, "n", r->n);
    yyjson_mut_obj_add_uint(w->doc, o, "n_questions", r->n_questions);
    yyjson_mut_obj_add_bool(w->doc, o, "is_complete", r->n == r->n_questions);
    yyjson_mut_obj_add_uint(w->doc, o, "errors", r->n_errors);
    yyjson_mut_obj_add_uint(w->doc, o, "cut", r->n_cut);
    yyjson_mut_obj_add_uint(w->doc, o, "circling", r->n_circling);
    yyjson_mut_obj_add_uint(w->doc, o, "pool", run->pool);
    yyjson_mut_obj_add_bool(w->doc, o, "is_elsewhere", run->is_elsewhere);
    if (r->n_conflicts)
        yyjson_mut_obj_add_uint(w->doc, o, "conflicts", r->n_conflicts);
    add_rate(w, o, "exact", &run->figures.exact);
    add_rate(w, o, "compat", &run->figures.compat);
    if (lmi_record_has_grader(r)) {
        add_rate(w, o, "grader", &run->figures.grader);
        yyjson_mut_obj_add_uint(w->doc, o, "grader_failed", r->n_grader_failed);
    }
    add_text(w, o, "graded_by", lmi_record_graded_by(r));
    add_work(w, o, &r->work);
    yyjson_mut_obj_add_real(w->doc, o, "wall_ms", r->wall_ms);
    add_figures(w, o, &run->figures);
    add_agents(w, o, r);
    add_origin(w, o, r);
}

static void add_pair(writer *w, yyjson_mut_val *pairs, const lmi_comparison *c,
                     const lmi_pair *pair)
{
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(w->doc, pairs);

    add_text(w, o, "first", c->runs[pair->a].key);
    add_text(w, o, "second", c->runs[pair->b].key);
    add_text(w, o, "not_tested", pair->reason);
    yyjson_mut_obj_add_uint(w->doc, o, "n_common", pair->n_common);
    yyjson_mut_obj_add_uint(w->doc, o, "both", pair->n_both);
    yyjson_mut_obj_add_uint(w->doc, o, "only_first", pair->n_only_a);
    yyjson_mut_obj_add_uint(w->doc, o, "only_second", pair->n_only_b);
    yyjson_mut_obj_add_uint(w->doc, o, "neither", pair->n_neither);
    lmi_json_add_real(w->doc, o, "p", pair->p);
}

static void add_lines(writer *w, yyjson_mut_val *object, const char *key, const lmi_buf *lines)
{
    yyjson_mut_val *notes = yyjson_mut_obj_add_arr(w->doc, object, key);
    const char *note = lmi_buf_text(lines);

    while (*note) {
        const size_t len = strcspn(note, "\n");

        yyjson_mut_arr_add_strncpy(w->doc, notes, note, len);
        note += len + (note[len] ? 1 : 0);
    }
}

static void add_control(writer *w, yyjson_mut_val *rows, const lmi_comparison *c,
                        const lmi_control_row *row)
{
    const lmi_run *run = &c->runs[row->run];
    const bool is_off = row->control == LMAS_CONTROL_OFF;
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(w->doc, rows);

    add_text(w, o, "run", run->key);
    add_text(w, o, "control", lmas_control_name(row->control));
    add_rate(w, o, "exact", &run->figures.exact);
    add_text(w, o, "not_tested", row->pair.reason);
    lmi_json_add_real(w->doc, o, "points", is_off ? NAN : row->pair.points);
    lmi_json_add_real(w->doc, o, "p", is_off ? NAN : row->pair.p);
    lmi_json_add_real(w->doc, o, "spoken", run->figures.spoken);
}

static void add_controls(writer *w, yyjson_mut_val *root, const lmi_comparison *c)
{
    yyjson_mut_val *tables = yyjson_mut_obj_add_arr(w->doc, root, "controls");
    size_t i, k;

    for (i = 0; i < c->n_controls; i++) {
        const lmi_controls *table = &c->controls[i];
        yyjson_mut_val *o = yyjson_mut_arr_add_obj(w->doc, tables);
        yyjson_mut_val *rows = yyjson_mut_obj_add_arr(w->doc, o, "runs");

        for (k = 0; k < table->n_rows; k++)
            add_control(w, rows, c, &table->rows[k]);
        add_lines(w, o, "readings", &table->readings);
    }
}

lmas_status lmi_report_json(lmi_buf *out, const lmi_comparison *comparison)
{
    writer w;
    yyjson_mut_val *root, *runs, *pairs;
    size_t i;
    const lmas_status status = lmi_json_new(&w.doc, &root, "the report");

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&w.valid, LMI_REPORT_MAX);
    add_text(&w, root, "latentmas", lmas_version());
    runs = yyjson_mut_obj_add_arr(w.doc, root, "runs");
    for (i = 0; i < comparison->n_runs; i++)
        add_run(&w, runs, comparison, &comparison->runs[i]);
    add_controls(&w, root, comparison);
    pairs = yyjson_mut_obj_add_arr(w.doc, root, "pairs");
    for (i = 0; i < comparison->n_pairs; i++)
        add_pair(&w, pairs, comparison, &comparison->pairs[i]);
    lmi_survey_json(w.doc, root, comparison);
    add_lines(&w, root, "notes", &comparison->notes);
    lmi_buf_done(&w.valid);
    return lmi_json_write(out, w.doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END,
                          "the report");
}

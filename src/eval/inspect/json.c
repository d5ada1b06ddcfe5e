/* json.c - a question as a line of JSON: keys of samples.jsonl, and what is worked out of them. */
#include <math.h>

#include "eval/inspect/write.h"

/* What messages call it. */
static const char WHAT[] = "a question of a run";

static void add_real(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, double x)
{
    if (isfinite(x))
        yyjson_mut_obj_add_float(doc, o, key, (float)x);
}

static void add_correct(yyjson_mut_doc *doc, yyjson_mut_val *o, lmi_mark mark)
{
    if (mark == LMI_MARK_UNGRADED)
        yyjson_mut_obj_add_null(doc, o, "correct");
    else
        yyjson_mut_obj_add_bool(doc, o, "correct", mark == LMI_MARK_RIGHT);
}

/* ---- The working memory ---- */

static void add_near(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, const lmas_near *near,
                     uint32_t n)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, o, key);
    uint32_t i;

    for (i = 0; i < n && near[i].token >= 0; i++) {
        yyjson_mut_val *pair = yyjson_mut_arr_add_arr(doc, list);

        yyjson_mut_arr_add_str(doc, pair, near[i].text);
        yyjson_mut_arr_add_float(doc, pair, near[i].score);
    }
}

static void add_thoughts(yyjson_mut_doc *doc, yyjson_mut_val *o, const lmas_agent_trace *agent)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, o, "thoughts");
    uint32_t i;

    for (i = 0; i < agent->n_thought; i++) {
        const lmas_thought *t = &agent->thoughts[i];
        yyjson_mut_val *thought = yyjson_mut_arr_add_obj(doc, list);

        yyjson_mut_obj_add_uint(doc, thought, "pos",
                                (uint64_t)agent->pos_begin + agent->n_read + i);
        add_real(doc, thought, "norm", (double)t->norm);
        add_real(doc, thought, "entropy", (double)t->entropy);
        add_real(doc, thought, "cosine_before", (double)t->cosine_before);
        add_real(doc, thought, "cosine_prompt", (double)t->cosine_prompt);
        add_near(doc, thought, "head", t->head, t->n_near);
        add_near(doc, thought, "input", t->input, t->n_near);
    }
}

static void add_segments(yyjson_mut_doc *doc, yyjson_mut_val *o, const lmas_agent_trace *agent,
                         uint64_t cell_size)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, o, "segments");
    lmi_segment segments[LMI_SEGMENT_KINDS];
    const size_t n = lmi_segments(segments, agent);
    size_t i;

    for (i = 0; i < n; i++) {
        const lmi_segment *s = &segments[i];
        yyjson_mut_val *segment = yyjson_mut_arr_add_obj(doc, list);

        yyjson_mut_obj_add_str(doc, segment, "what", lmi_segment_name(s->kind));
        yyjson_mut_obj_add_uint(doc, segment, "pos_begin", s->pos_begin);
        yyjson_mut_obj_add_uint(doc, segment, "pos_end", s->pos_end);
        yyjson_mut_obj_add_uint(doc, segment, "n_cells", s->n_cells);
        if (cell_size)
            yyjson_mut_obj_add_uint(doc, segment, "size", s->n_cells * cell_size);
    }
}

/* ---- Turns, runs, the question ---- */

static void add_agent(yyjson_mut_doc *doc, yyjson_mut_val *agents, const lmas_agent_trace *agent)
{
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, agents);

    yyjson_mut_obj_add_str(doc, o, "name", agent->name);
    yyjson_mut_obj_add_uint(doc, o, "round", agent->round);
    yyjson_mut_obj_add_str(doc, o, "input", agent->input);
    yyjson_mut_obj_add_str(doc, o, "output", agent->output);
    if (agent->probe)
        yyjson_mut_obj_add_str(doc, o, "probe", agent->probe);
    if (agent->model)
        yyjson_mut_obj_add_str(doc, o, "model", agent->model);
    if (agent->crossing)
        yyjson_mut_obj_add_str(doc, o, "crossing", agent->crossing);
    yyjson_mut_obj_add_uint(doc, o, "n_read", agent->n_read);
    yyjson_mut_obj_add_uint(doc, o, "n_thought", agent->n_thought);
    yyjson_mut_obj_add_uint(doc, o, "n_spoken", agent->n_spoken);
    yyjson_mut_obj_add_uint(doc, o, "n_kept", agent->n_kept);
    yyjson_mut_obj_add_uint(doc, o, "n_dropped", agent->n_dropped);
    yyjson_mut_obj_add_uint(doc, o, "pos_begin", agent->pos_begin);
    yyjson_mut_obj_add_uint(doc, o, "pos_end", agent->pos_end);
}

static void add_grader(yyjson_mut_doc *doc, yyjson_mut_val *o, const lmi_exhibit *view)
{
    yyjson_mut_val *grader = yyjson_mut_obj_add_obj(doc, o, "grader");

    add_correct(doc, grader, view->grader);
    lmi_json_add_text(doc, grader, "prediction", view->prediction_grader);
    lmi_json_add_text(doc, grader, "why", view->why);
    if (view->grader_error)
        lmi_json_add_text(doc, grader, "error", view->grader_error);
}

static void add_verdicts(yyjson_mut_doc *doc, yyjson_mut_val *o, const lmi_exhibit *view)
{
    const lmi_exhibit_from from = lmi_exhibit_explain(view);
    yyjson_mut_val *compat;

    lmi_json_add_text(doc, o, "prediction", view->prediction);
    add_correct(doc, o, view->exact);
    if (from.exact)
        lmi_json_add_text(doc, o, "from", from.exact);
    compat = yyjson_mut_obj_add_obj(doc, o, "compat");
    lmi_json_add_text(doc, compat, "prediction", view->prediction_compat);
    add_correct(doc, compat, view->compat);
    if (from.compat)
        lmi_json_add_text(doc, compat, "from", from.compat);
    if (yyjson_obj_get(lmi_json_root(&view->line), "grader"))
        add_grader(doc, o, view);
    yyjson_mut_obj_add_str(doc, o, "status", view->state);
    if (*view->result.error)
        yyjson_mut_obj_add_str(doc, o, "error", view->result.error);
    if (view->ending)
        yyjson_mut_obj_add_str(doc, o, "ending", view->ending);
}

static void add_run(yyjson_mut_doc *doc, yyjson_mut_val *runs, const lmi_exhibit *view,
                    const char *folder, uint64_t cell_size, bool has_memory)
{
    const lmas_result *r = &view->result;
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, runs);
    yyjson_mut_val *agents;
    size_t i;

    yyjson_mut_obj_add_str(doc, o, "run", folder);
    add_verdicts(doc, o, view);
    yyjson_mut_obj_add_uint(doc, o, "n_read", r->n_read);
    yyjson_mut_obj_add_uint(doc, o, "n_thought", r->n_thought);
    yyjson_mut_obj_add_uint(doc, o, "n_spoken", r->n_spoken);
    yyjson_mut_obj_add_str(doc, o, "text", r->text);
    agents = yyjson_mut_obj_add_arr(doc, o, "agents");
    for (i = 0; i < r->n_agents; i++) {
        add_agent(doc, agents, &r->agents[i]);
        if (has_memory)
            add_segments(doc, yyjson_mut_arr_get_last(agents), &r->agents[i], cell_size);
        if (has_memory && r->agents[i].thoughts)
            add_thoughts(doc, yyjson_mut_arr_get_last(agents), &r->agents[i]);
    }
}

lmas_status lmi_shown_json(lmi_buf *out, const lmi_viewer *viewer, const lmi_shown *row,
                           bool has_memory)
{
    const lmi_exhibit *any = lmi_shown_any(row);
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *runs;
    size_t i;
    const lmas_status status = lmi_json_new(&doc, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_uint(doc, root, "index", row->index);
    if (*any->id)
        yyjson_mut_obj_add_str(doc, root, "id", any->id);
    yyjson_mut_obj_add_str(doc, root, "question", any->question);
    lmi_json_add_text(doc, root, "gold", any->gold);
    runs = yyjson_mut_obj_add_arr(doc, root, "runs");
    for (i = 0; i < row->n_runs; i++)
        if (row->has[i])
            add_run(doc, runs, &row->views[i], viewer->records[i].folders[0].path,
                    viewer->cell_size[i], has_memory);
    return lmi_json_write(out, doc, YYJSON_WRITE_NEWLINE_AT_END, WHAT);
}

/* sample.c - a result as a line of JSON, and back to the numbers that totals need. */
#include "eval/sample.h"

#include <string.h>

#include "base/mem.h"

void lmi_totals_add(lmi_totals *totals, const lmi_score *score)
{
    totals->n++;
    totals->n_correct += score->is_correct ? 1 : 0;
    totals->n_errors += score->has_failed ? 1 : 0;
    totals->n_read += score->n_read;
    totals->n_thought += score->n_thought;
    totals->n_spoken += score->n_spoken;
    totals->read_ms += score->read_ms;
    totals->think_ms += score->think_ms;
    totals->speak_ms += score->speak_ms;
    if (score->run_ms > totals->run_ms)
        totals->run_ms = score->run_ms;
}

/* Milliseconds to the microsecond: more digits say nothing and lengthen every line. */
static double round_ms(double ms)
{
    const double max = 1e15;

    return ms > -max && ms < max ? (double)(int64_t)(ms * 1e3 + (ms < 0 ? -0.5 : 0.5)) / 1e3 : 0;
}

static void add_ms(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, double ms)
{
    yyjson_mut_obj_add_real(doc, object, key, round_ms(ms));
}

static void add_agents(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_result *result)
{
    yyjson_mut_val *agents = yyjson_mut_obj_add_arr(doc, root, "agents");
    size_t i;

    for (i = 0; i < result->n_agents; i++) {
        const lmas_agent_trace *trace = &result->agents[i];
        yyjson_mut_val *agent = yyjson_mut_arr_add_obj(doc, agents);

        yyjson_mut_obj_add_str(doc, agent, "name", trace->name);
        yyjson_mut_obj_add_str(doc, agent, "input", trace->input);
        yyjson_mut_obj_add_str(doc, agent, "output", trace->output);
        yyjson_mut_obj_add_uint(doc, agent, "n_read", trace->n_read);
        yyjson_mut_obj_add_uint(doc, agent, "n_thought", trace->n_thought);
        yyjson_mut_obj_add_uint(doc, agent, "n_spoken", trace->n_spoken);
        add_ms(doc, agent, "read_ms", trace->read_ms);
        add_ms(doc, agent, "think_ms", trace->think_ms);
        add_ms(doc, agent, "speak_ms", trace->speak_ms);
        yyjson_mut_obj_add_uint(doc, agent, "pos_begin", trace->pos_begin);
        yyjson_mut_obj_add_uint(doc, agent, "pos_end", trace->pos_end);
        yyjson_mut_obj_add_bool(doc, agent, "is_cut", trace->is_cut);
    }
}

static void add_result(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_result *result)
{
    yyjson_mut_obj_add_str(doc, root, "text", result->text);
    yyjson_mut_obj_add_str(doc, root, "status", lmas_status_name(result->status));
    if (result->status != LMAS_OK)
        yyjson_mut_obj_add_str(doc, root, "error", result->error);
    yyjson_mut_obj_add_uint(doc, root, "n_read", result->n_read);
    yyjson_mut_obj_add_uint(doc, root, "n_thought", result->n_thought);
    yyjson_mut_obj_add_uint(doc, root, "n_spoken", result->n_spoken);
    add_ms(doc, root, "read_ms", result->read_ms);
    add_ms(doc, root, "think_ms", result->think_ms);
    add_ms(doc, root, "speak_ms", result->speak_ms);
    add_ms(doc, root, "elapsed_ms", result->elapsed_ms);
}

static lmas_status append_json(lmi_buf *out, yyjson_mut_doc *doc, uint64_t index)
{
    yyjson_write_err error;
    size_t len = 0;
    char *text = yyjson_mut_write_opts(doc, YYJSON_WRITE_NEWLINE_AT_END, NULL, &len, &error);

    if (!text)
        return lmi_fail(LMAS_E_NOMEM, "cannot write the sample of question %llu as JSON: %s",
                        (unsigned long long)index, error.msg);
    lmi_buf_append(out, text, len);
    lmi_free(text);
    return lmi_buf_status(out);
}

lmas_status lmi_sample_write(lmi_buf *line, lmi_score *score, const lmi_task *task,
                             const lmi_item *item, const lmas_result *result, double run_ms)
{
    const bool has_failed = result->status != LMAS_OK;
    char *prediction = NULL;
    bool is_correct;
    yyjson_mut_doc *doc = NULL;
    yyjson_mut_val *root;
    lmas_status status = has_failed ? LMAS_OK : task->extract(&prediction, result->text);

    if (status != LMAS_OK)
        return status;
    doc = yyjson_mut_doc_new(NULL);
    if (!doc) {
        status = lmi_fail(LMAS_E_NOMEM, "no memory for a sample");
        goto done;
    }
    is_correct = task->is_correct(prediction, item->gold);
    root = yyjson_mut_obj(doc);
    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_uint(doc, root, "index", result->id);
    yyjson_mut_obj_add_str(doc, root, "question", item->question);
    yyjson_mut_obj_add_str(doc, root, "gold", item->gold);
    if (prediction)
        yyjson_mut_obj_add_str(doc, root, "prediction", prediction);
    else
        yyjson_mut_obj_add_null(doc, root, "prediction");
    yyjson_mut_obj_add_bool(doc, root, "correct", is_correct);
    add_result(doc, root, result);
    add_agents(doc, root, result);
    add_ms(doc, root, "run_ms", run_ms);
    status = append_json(line, doc, result->id);
    if (status == LMAS_OK)
        *score = (lmi_score){result->id,      is_correct,        has_failed,
                             result->n_read,  result->n_thought, result->n_spoken,
                             result->read_ms, result->think_ms,  result->speak_ms,
                             run_ms};
done:
    yyjson_mut_doc_free(doc);
    lmi_free(prediction);
    return status;
}

static bool read_uint(uint64_t *out, yyjson_val *root, const char *key)
{
    yyjson_val *val = yyjson_obj_get(root, key);

    if (!yyjson_is_uint(val))
        return false;
    *out = yyjson_get_uint(val);
    return true;
}

static bool read_real(double *out, yyjson_val *root, const char *key)
{
    yyjson_val *val = yyjson_obj_get(root, key);

    if (!yyjson_is_num(val))
        return false;
    *out = yyjson_get_num(val);
    return true;
}

lmas_status lmi_sample_read(lmi_score *out, const lmi_json *line)
{
    yyjson_val *root = lmi_json_root(line);
    yyjson_val *correct = yyjson_obj_get(root, "correct");
    const char *state = yyjson_get_str(yyjson_obj_get(root, "status"));
    lmi_score s = {0};

    if (!yyjson_is_bool(correct) || !state || !read_uint(&s.index, root, "index") ||
        !read_uint(&s.n_read, root, "n_read") || !read_uint(&s.n_thought, root, "n_thought") ||
        !read_uint(&s.n_spoken, root, "n_spoken") || !read_real(&s.read_ms, root, "read_ms") ||
        !read_real(&s.think_ms, root, "think_ms") || !read_real(&s.speak_ms, root, "speak_ms") ||
        !read_real(&s.run_ms, root, "run_ms"))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: this is no line of a run: cut the file before it, and the "
                        "questions from here on will be asked again",
                        line->label, line->first_line);
    s.is_correct = yyjson_get_bool(correct);
    s.has_failed = strcmp(state, lmas_status_name(LMAS_OK)) != 0;
    *out = s;
    return LMAS_OK;
}

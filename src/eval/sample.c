/*
 * sample.c - a result as a line of JSON, and back to the numbers that totals need.
 *
 * The line is two JSON objects joined: what grading says, then what the result said.
 */
#include "eval/sample.h"

#include <string.h>

#include "base/mem.h"

/* What messages call it. */
#define SAMPLE "a sample"

void lmi_totals_add(lmi_totals *totals, const lmi_score *score)
{
    totals->n++;
    totals->n_graded += score->has_gold ? 1 : 0;
    totals->n_correct += score->is_correct ? 1 : 0;
    totals->n_correct_compat += score->is_correct_compat ? 1 : 0;
    totals->n_grader += score->has_grader ? 1 : 0;
    totals->n_correct_grader += score->is_correct_grader ? 1 : 0;
    totals->n_grader_failed += score->has_grader_failed ? 1 : 0;
    totals->n_errors += score->has_failed ? 1 : 0;
    totals->n_conflicts += score->has_conflict ? 1 : 0;
    totals->n_cut += score->is_cut ? 1 : 0;
    totals->n_circling += score->is_circling ? 1 : 0;
    totals->n_at_rest += score->n_at_rest;
    totals->n_read += score->n_read;
    totals->n_thought += score->n_thought;
    totals->n_spoken += score->n_spoken;
    totals->n_shared += score->n_shared;
    if (score->n_shared > totals->n_shared_once)
        totals->n_shared_once = score->n_shared;
    totals->n_kept += score->n_kept;
    totals->n_dropped += score->n_dropped;
    totals->read_ms += score->read_ms;
    totals->think_ms += score->think_ms;
    totals->speak_ms += score->speak_ms;
    if (score->run_ms > totals->run_ms)
        totals->run_ms = score->run_ms;
}

uint64_t lmi_totals_spared(const lmi_totals *totals)
{
    return totals->n_shared - totals->n_shared_once;
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

static void add_near(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                     const lmas_near *near, uint32_t n)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, object, key);
    uint32_t i;

    for (i = 0; i < n && near[i].token >= 0; i++) {
        yyjson_mut_val *pair = yyjson_mut_arr_add_arr(doc, list);

        yyjson_mut_arr_add_str(doc, pair, near[i].text);
        yyjson_mut_arr_add_float(doc, pair, near[i].score);
    }
}

/* What each thought was like, where somebody asked. */
static void add_thoughts(yyjson_mut_doc *doc, yyjson_mut_val *agent, const lmas_agent_trace *trace)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, agent, "thoughts");
    uint32_t i;

    for (i = 0; i < trace->n_thought; i++) {
        const lmas_thought *t = &trace->thoughts[i];
        yyjson_mut_val *thought = yyjson_mut_arr_add_obj(doc, list);

        yyjson_mut_obj_add_float(doc, thought, "norm", t->norm);
        yyjson_mut_obj_add_float(doc, thought, "entropy", t->entropy);
        if (i > 0)
            yyjson_mut_obj_add_float(doc, thought, "cosine_before", t->cosine_before);
        yyjson_mut_obj_add_float(doc, thought, "cosine_prompt", t->cosine_prompt);
        add_near(doc, thought, "head", t->head, t->n_near);
        add_near(doc, thought, "input", t->input, t->n_near);
    }
}

/* Of an agent on another model, or behind a server. */
static void add_elsewhere(yyjson_mut_doc *doc, yyjson_mut_val *agent, const lmas_agent_trace *trace)
{
    if (trace->model)
        yyjson_mut_obj_add_str(doc, agent, "model", trace->model);
    if (trace->crossing)
        yyjson_mut_obj_add_str(doc, agent, "crossing", trace->crossing);
    if (trace->remote_ms > 0)
        add_ms(doc, agent, "remote_ms", trace->remote_ms);
}

static void add_agents(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_result *result)
{
    yyjson_mut_val *agents = yyjson_mut_obj_add_arr(doc, root, "agents");
    size_t i;

    for (i = 0; i < result->n_agents; i++) {
        const lmas_agent_trace *trace = &result->agents[i];
        yyjson_mut_val *agent = yyjson_mut_arr_add_obj(doc, agents);

        yyjson_mut_obj_add_str(doc, agent, "name", trace->name);
        yyjson_mut_obj_add_uint(doc, agent, "round", trace->round);
        yyjson_mut_obj_add_str(doc, agent, "input", trace->input);
        yyjson_mut_obj_add_str(doc, agent, "output", trace->output);
        yyjson_mut_obj_add_uint(doc, agent, "n_read", trace->n_read);
        yyjson_mut_obj_add_uint(doc, agent, "n_shared", trace->n_shared);
        yyjson_mut_obj_add_uint(doc, agent, "n_thought", trace->n_thought);
        yyjson_mut_obj_add_uint(doc, agent, "n_to_rest", trace->n_to_rest);
        yyjson_mut_obj_add_uint(doc, agent, "n_spoken", trace->n_spoken);
        yyjson_mut_obj_add_uint(doc, agent, "n_kept", trace->n_kept);
        yyjson_mut_obj_add_uint(doc, agent, "n_dropped", trace->n_dropped);
        yyjson_mut_obj_add_uint(doc, agent, "kept_size", trace->kept_size);
        yyjson_mut_obj_add_uint(doc, agent, "dropped_size", trace->dropped_size);
        add_ms(doc, agent, "read_ms", trace->read_ms);
        add_ms(doc, agent, "think_ms", trace->think_ms);
        add_ms(doc, agent, "speak_ms", trace->speak_ms);
        yyjson_mut_obj_add_uint(doc, agent, "pos_begin", trace->pos_begin);
        yyjson_mut_obj_add_uint(doc, agent, "pos_end", trace->pos_end);
        yyjson_mut_obj_add_bool(doc, agent, "is_cut", trace->is_cut);
        yyjson_mut_obj_add_bool(doc, agent, "is_circling", trace->is_circling);
        if (trace->probe)
            yyjson_mut_obj_add_str(doc, agent, "probe", trace->probe);
        add_elsewhere(doc, agent, trace);
        if (trace->thoughts)
            add_thoughts(doc, agent, trace);
    }
}

/* Thoughts of all agents that came after they were at rest. */
static uint64_t count_at_rest(const lmas_result *result)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < result->n_agents; i++)
        if (result->agents[i].n_to_rest > 0)
            n += result->agents[i].n_thought - result->agents[i].n_to_rest;
    return n;
}

static void add_result(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_result *result)
{
    yyjson_mut_obj_add_str(doc, root, "text", result->text);
    if (result->marked)
        yyjson_mut_obj_add_str(doc, root, "marked", result->marked);
    yyjson_mut_obj_add_str(doc, root, "status", lmas_status_name(result->status));
    if (result->status != LMAS_OK)
        yyjson_mut_obj_add_str(doc, root, "error", result->error);
    yyjson_mut_obj_add_uint(doc, root, "n_read", result->n_read);
    yyjson_mut_obj_add_uint(doc, root, "n_shared", result->n_shared);
    yyjson_mut_obj_add_uint(doc, root, "n_thought", result->n_thought);
    yyjson_mut_obj_add_uint(doc, root, "n_spoken", result->n_spoken);
    yyjson_mut_obj_add_uint(doc, root, "n_at_rest", count_at_rest(result));
    yyjson_mut_obj_add_uint(doc, root, "n_kept", result->n_kept);
    yyjson_mut_obj_add_uint(doc, root, "n_dropped", result->n_dropped);
    add_ms(doc, root, "read_ms", result->read_ms);
    add_ms(doc, root, "think_ms", result->think_ms);
    add_ms(doc, root, "speak_ms", result->speak_ms);
    add_ms(doc, root, "elapsed_ms", result->elapsed_ms);
}

/* The numbers of a result. */
static lmi_score score_of(const lmas_result *result)
{
    const lmas_agent_trace *last = result->n_agents ? &result->agents[result->n_agents - 1] : NULL;
    const bool is_answer = result->status == LMAS_OK && last;

    return (lmi_score){.index = result->id,
                       .has_failed = result->status != LMAS_OK,
                       .is_cut = is_answer && last->is_cut,
                       .is_circling = is_answer && last->is_circling,
                       .n_at_rest = count_at_rest(result),
                       .n_read = result->n_read,
                       .n_thought = result->n_thought,
                       .n_spoken = result->n_spoken,
                       .n_shared = result->n_shared,
                       .n_kept = result->n_kept,
                       .n_dropped = result->n_dropped,
                       .read_ms = result->read_ms,
                       .think_ms = result->think_ms,
                       .speak_ms = result->speak_ms};
}

lmas_status lmi_sample_init(lmi_sample *out, const lmi_dataset *data, const lmas_result *result)
{
    const bool has_gold = data->items[result->id].gold || data->items[result->id].tests;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_buf rest;
    lmas_status status = lmi_json_new(&doc, &root, SAMPLE);

    if (status != LMAS_OK)
        return status;
    add_result(doc, root, result);
    add_agents(doc, root, result);
    lmi_buf_init(&rest, LMI_SAMPLE_MAX);
    status = lmi_json_write(&rest, doc, 0, SAMPLE);
    if (status != LMAS_OK) {
        lmi_buf_done(&rest);
        return status;
    }
    *out = (lmi_sample){.data = data, .rest = lmi_buf_steal(&rest), .score = score_of(result)};
    out->score.has_gold = has_gold;
    return LMAS_OK;
}

void lmi_sample_done(lmi_sample *sample)
{
    lmi_grade_done(&sample->grade);
    lmi_free(sample->trial.detail);
    lmi_free(sample->trial_compat.detail);
    lmi_free(sample->rest);
    *sample = (lmi_sample){0};
}

static void add_correct(yyjson_mut_doc *doc, yyjson_mut_val *object, const lmi_sample *sample,
                        bool is_correct)
{
    if (sample->score.has_gold)
        yyjson_mut_obj_add_bool(doc, object, "correct", is_correct);
    else
        yyjson_mut_obj_add_null(doc, object, "correct");
}

static void add_trial(yyjson_mut_doc *doc, yyjson_mut_val *object, const lmi_trial *trial)
{
    if (!trial->ending)
        return;
    yyjson_mut_obj_add_str(doc, object, "ending", trial->ending);
    yyjson_mut_obj_add_str(doc, object, "detail", trial->detail);
    add_ms(doc, object, "wall_ms", trial->wall_ms);
}

static void add_grade(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_sample *sample)
{
    const lmi_item *item = &sample->data->items[sample->score.index];
    const lmi_grade *grade = &sample->grade;
    yyjson_mut_val *compat, *code;

    yyjson_mut_obj_add_uint(doc, root, "index", sample->score.index);
    yyjson_mut_obj_add_str(doc, root, "id", item->id);
    yyjson_mut_obj_add_str(doc, root, "question", item->question);
    lmi_json_add_text(doc, root, "gold", item->gold);
    lmi_json_add_text(doc, root, "prediction", grade->exact);
    add_correct(doc, root, sample, grade->is_exact_right);
    if (grade->has_conflict)
        yyjson_mut_obj_add_bool(doc, root, "conflict", true);
    compat = yyjson_mut_obj_add_obj(doc, root, "compat");
    lmi_json_add_text(doc, compat, "gold", item->gold_compat);
    lmi_json_add_text(doc, compat, "prediction", grade->compat);
    add_correct(doc, compat, sample, grade->is_compat_right);
    add_trial(doc, compat, &sample->trial_compat);
    if (!sample->sandbox)
        return;
    code = yyjson_mut_obj_add_obj(doc, root, "code");
    yyjson_mut_obj_add_str(doc, code, "sandbox", sample->sandbox);
    add_trial(doc, code, &sample->trial);
}

lmas_status lmi_sample_write(lmi_buf *line, lmi_sample *sample, double run_ms)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status = lmi_json_new(&doc, &root, SAMPLE);

    if (status != LMAS_OK)
        return status;
    sample->score.is_correct = sample->score.has_gold && sample->grade.is_exact_right;
    sample->score.is_correct_compat = sample->score.has_gold && sample->grade.is_compat_right;
    sample->score.has_conflict = sample->grade.has_conflict;
    sample->score.run_ms = round_ms(run_ms);
    add_grade(doc, root, sample);
    add_ms(doc, root, "run_ms", run_ms);
    status = lmi_json_write(line, doc, 0, SAMPLE);
    if (status != LMAS_OK)
        return status;
    line->data[line->len - 1] = ','; /* its brace: the object goes on */
    lmi_buf_puts(line, sample->rest + 1);
    lmi_buf_putc(line, '\n');
    return lmi_buf_status(line);
}

bool lmi_sample_count(uint64_t *out, yyjson_val *object, const char *key)
{
    yyjson_val *val = yyjson_obj_get(object, key);

    if (!yyjson_is_uint(val) || yyjson_get_uint(val) > LMI_COUNT_MAX)
        return false;
    *out = yyjson_get_uint(val);
    return true;
}

bool lmi_sample_ms(double *out, yyjson_val *object, const char *key)
{
    yyjson_val *val = yyjson_obj_get(object, key);
    const double ms = yyjson_get_num(val);

    if (!yyjson_is_num(val) || !(ms >= 0 && ms <= LMI_MS_MAX))
        return false;
    *out = ms;
    return true;
}

/* A number that lines of older versions do not have. */
static bool read_newer(uint64_t *out, yyjson_val *root, const char *key)
{
    return !yyjson_obj_get(root, key) || lmi_sample_count(out, root, key);
}

static bool read_numbers(lmi_score *out, yyjson_val *root)
{
    return lmi_sample_count(&out->index, root, "index") &&
           lmi_sample_count(&out->n_read, root, "n_read") &&
           lmi_sample_count(&out->n_thought, root, "n_thought") &&
           lmi_sample_count(&out->n_spoken, root, "n_spoken") &&
           lmi_sample_ms(&out->read_ms, root, "read_ms") &&
           lmi_sample_ms(&out->think_ms, root, "think_ms") &&
           lmi_sample_ms(&out->speak_ms, root, "speak_ms") &&
           lmi_sample_ms(&out->run_ms, root, "run_ms") &&
           read_newer(&out->n_shared, root, "n_shared") &&
           read_newer(&out->n_at_rest, root, "n_at_rest") &&
           read_newer(&out->n_kept, root, "n_kept") &&
           read_newer(&out->n_dropped, root, "n_dropped") &&
           !yyjson_obj_get(root, "n_kept") == !yyjson_obj_get(root, "n_dropped");
}

/* Of an agent no more is needed here than of a report, and no less. */
static bool is_agent(yyjson_val *agent)
{
    lmi_score s = {0};

    return yyjson_is_str(yyjson_obj_get(agent, "name")) &&
           lmi_sample_count(&s.n_read, agent, "n_read") &&
           lmi_sample_count(&s.n_thought, agent, "n_thought") &&
           lmi_sample_count(&s.n_spoken, agent, "n_spoken") &&
           lmi_sample_ms(&s.read_ms, agent, "read_ms") &&
           lmi_sample_ms(&s.think_ms, agent, "think_ms") &&
           lmi_sample_ms(&s.speak_ms, agent, "speak_ms") &&
           read_newer(&s.n_kept, agent, "n_kept") && read_newer(&s.n_dropped, agent, "n_dropped") &&
           !yyjson_obj_get(agent, "n_kept") == !yyjson_obj_get(agent, "n_dropped");
}

static bool has_agents(yyjson_val *root)
{
    size_t i, max;
    yyjson_val *agent;

    yyjson_arr_foreach(yyjson_obj_get(root, "agents"), i, max,
                       agent) if (!is_agent(agent)) return false;
    return true;
}

/* true, false, or null for a question that has no gold. */
static bool read_correct(bool *correct, bool *has_gold, yyjson_val *object)
{
    yyjson_val *val = yyjson_obj_get(object, "correct");

    *has_gold = yyjson_is_bool(val);
    *correct = yyjson_is_true(val);
    return *has_gold || yyjson_is_null(val);
}

void lmi_sample_ending(bool *is_cut, bool *is_circling, yyjson_val *root)
{
    yyjson_val *last = yyjson_arr_get_last(yyjson_obj_get(root, "agents"));

    *is_cut = yyjson_is_true(yyjson_obj_get(last, "is_cut"));
    *is_circling = yyjson_is_true(yyjson_obj_get(last, "is_circling"));
}

/* Most lines have none. */
static bool read_grader(lmi_score *out, yyjson_val *grader)
{
    out->has_grader_failed = yyjson_obj_get(grader, "error") != NULL;
    return !grader || read_correct(&out->is_correct_grader, &out->has_grader, grader);
}

static bool read_grades(lmi_score *out, yyjson_val *root)
{
    bool ignored;

    return read_correct(&out->is_correct, &out->has_gold, root) &&
           read_correct(&out->is_correct_compat, &ignored, yyjson_obj_get(root, "compat")) &&
           read_grader(out, yyjson_obj_get(root, "grader"));
}

lmas_status lmi_sample_next(bool *has_line, lmi_json *out, lmi_lines *lines)
{
    const lmas_status status = lmi_lines_next(has_line, lines);

    *has_line = status == LMAS_OK && *has_line && lines->is_whole;
    if (!*has_line)
        return status;
    return lmi_json_parse_line(out, lines->path, lines->number, lmi_buf_text(&lines->text),
                               lines->text.len);
}

lmas_status lmi_sample_read(lmi_score *out, const lmi_json *line)
{
    yyjson_val *root = lmi_json_root(line);
    const char *state = yyjson_get_str(yyjson_obj_get(root, "status"));
    lmi_score s = {0};

    if (!read_grades(&s, root) || !state || !read_numbers(&s, root) || !has_agents(root))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: this is no line of a run: cut the file before it, and the "
                        "questions from here on will be asked again",
                        line->label, line->first_line);
    s.has_conflict = yyjson_is_true(yyjson_obj_get(root, "conflict"));
    s.has_failed = strcmp(state, lmas_status_name(LMAS_OK)) != 0;
    if (!s.has_failed)
        lmi_sample_ending(&s.is_cut, &s.is_circling, root);
    *out = s;
    return LMAS_OK;
}

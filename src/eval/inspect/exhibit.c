/* exhibit.c - a line of JSON into the result that it was made of, within stated limits. */
#include "eval/inspect/exhibit.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "eval/sample.h"

const char *lmi_segment_name(lmi_segment_kind kind)
{
    static const char *const names[] = {"inherited", "prompt", "thoughts", "text"};

    return names[kind];
}

/* Cells of what was inherited, up to `n` of them; lines of older versions do not count them. */
static uint32_t inherited_cells(const lmas_agent_trace *agent, uint32_t n)
{
    const bool is_counted = agent->n_kept > 0 || agent->n_dropped > 0;

    return is_counted && agent->n_kept < n ? agent->n_kept : n;
}

/* An agent reads, then thinks, then speaks; one that was stopped did not come to all of it. */
size_t lmi_segments(lmi_segment out[LMI_SEGMENT_KINDS], const lmas_agent_trace *agent)
{
    const uint64_t prompt_end = (uint64_t)agent->pos_begin + agent->n_read;
    const uint64_t ends[] = {agent->pos_begin, prompt_end, prompt_end + agent->n_thought,
                             agent->pos_end};
    uint32_t pos = 0;
    size_t n = 0;
    int kind;

    for (kind = 0; kind < LMI_SEGMENT_KINDS; kind++) {
        const bool is_within = kind == LMI_SEGMENT_INHERITED || ends[kind] < agent->pos_end;
        const uint32_t end = is_within ? (uint32_t)ends[kind] : agent->pos_end;

        if (end > pos)
            out[n++] = (lmi_segment){(lmi_segment_kind)kind, pos, end,
                                     kind == LMI_SEGMENT_INHERITED ? inherited_cells(agent, end)
                                                                   : end - pos};
        pos = end > pos ? end : pos;
    }
    return n;
}

/* ---- Single values ---- */

/* A text, or `unsaid` where there is none. */
static bool read_text(const char **out, yyjson_val *object, const char *key, const char *unsaid)
{
    yyjson_val *val = yyjson_obj_get(object, key);

    *out = yyjson_is_str(val) ? yyjson_get_str(val) : unsaid;
    return !val || yyjson_is_null(val) ||
           (yyjson_is_str(val) && strlen(yyjson_get_str(val)) == yyjson_get_len(val));
}

static bool read_count(uint32_t *out, yyjson_val *object, const char *key)
{
    uint64_t n = 0;

    if (yyjson_obj_get(object, key) && !lmi_sample_count(&n, object, key))
        return false;
    *out = (uint32_t)n;
    return n <= UINT32_MAX;
}

static bool read_ms(double *out, yyjson_val *object, const char *key)
{
    *out = 0;
    return !yyjson_obj_get(object, key) || lmi_sample_ms(out, object, key);
}

/* A number of a thought, NAN where there is none. */
static bool read_real(float *out, yyjson_val *object, const char *key)
{
    yyjson_val *val = yyjson_obj_get(object, key);
    const double x = yyjson_get_num(val);

    *out = val ? (float)x : NAN;
    return !val || (yyjson_is_num(val) && fabs(x) <= 1e30);
}

static lmi_mark read_mark(yyjson_val *object)
{
    yyjson_val *correct = yyjson_obj_get(object, "correct");

    return yyjson_is_bool(correct) ? yyjson_get_bool(correct) ? LMI_MARK_RIGHT : LMI_MARK_WRONG
                                   : LMI_MARK_UNGRADED;
}

/* ---- Thoughts ---- */

/* The tokens near to a thought: pairs of text and score, of which there is room for `n`. */
static bool read_near(lmas_near *out, size_t n, yyjson_val *list)
{
    size_t i;

    for (i = 0; i < n; i++) {
        yyjson_val *pair = yyjson_arr_get(list, i);
        yyjson_val *text = yyjson_arr_get(pair, 0);
        yyjson_val *score = yyjson_arr_get(pair, 1);

        out[i] = (lmas_near){yyjson_get_str(text), pair ? 0 : -1, (float)yyjson_get_num(score)};
        if (pair && (!yyjson_is_str(text) || !yyjson_is_num(score)))
            return false;
    }
    return true;
}

/* The longest list of tokens in `thoughts`. */
static size_t longest_near(yyjson_val *thoughts)
{
    size_t longest = 0;
    size_t i, max;
    yyjson_val *thought;

    yyjson_arr_foreach(thoughts, i, max, thought)
    {
        const size_t head = yyjson_arr_size(yyjson_obj_get(thought, "head"));
        const size_t input = yyjson_arr_size(yyjson_obj_get(thought, "input"));

        longest = head > longest ? head : longest;
        longest = input > longest ? input : longest;
    }
    return longest;
}

static bool read_thought(lmas_thought *out, lmas_near *near, size_t n_near, yyjson_val *val)
{
    *out = (lmas_thought){.head = near, .input = near + n_near, .n_near = (uint32_t)n_near};
    return yyjson_is_obj(val) && read_real(&out->norm, val, "norm") &&
           read_real(&out->entropy, val, "entropy") &&
           read_real(&out->cosine_before, val, "cosine_before") &&
           read_real(&out->cosine_prompt, val, "cosine_prompt") &&
           read_near(near, n_near, yyjson_obj_get(val, "head")) &&
           read_near(near + n_near, n_near, yyjson_obj_get(val, "input"));
}

static lmas_status refuse(const lmi_json *line, const char *what)
{
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: this is no line of a run: %s", line->label,
                    line->first_line, what);
}

static lmas_status read_thoughts(lmas_agent_trace *agent, const lmi_json *line, yyjson_val *list)
{
    const size_t n = yyjson_arr_size(list);
    const size_t n_near = longest_near(list);
    lmas_thought *thoughts;
    lmas_near *near;
    size_t i;

    if (n == 0)
        return LMAS_OK;
    if (n != agent->n_thought || n > LMAS_LATENT_STEPS_MAX || n_near > LMAS_NEAR_MAX)
        return refuse(line, "an agent with other thoughts than it had, or with too many");
    thoughts = lmi_new(n, sizeof(*thoughts));
    near = lmi_new(n * n_near * 2, sizeof(*near));
    if (!thoughts || !near) {
        lmi_free(thoughts);
        lmi_free(near);
        return lmi_fail(LMAS_E_NOMEM, "no memory for thoughts");
    }
    thoughts[0].head = near; /* all lists are one block */
    agent->thoughts = thoughts;
    for (i = 0; i < n; i++)
        if (!read_thought(&thoughts[i], near + i * n_near * 2, n_near, yyjson_arr_get(list, i)))
            return refuse(line, "a thought that is none");
    return LMAS_OK;
}

/* ---- Agents ---- */

static bool read_counts(lmas_agent_trace *out, yyjson_val *val)
{
    uint32_t *const at[] = {&out->round,     &out->n_to_rest, &out->n_read, &out->n_thought,
                            &out->n_spoken,  &out->n_shared,  &out->n_kept, &out->n_dropped,
                            &out->pos_begin, &out->pos_end};
    static const char *const keys[] = {"round",     "n_to_rest", "n_read", "n_thought",
                                       "n_spoken",  "n_shared",  "n_kept", "n_dropped",
                                       "pos_begin", "pos_end"};
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (!read_count(at[i], val, keys[i]))
            return false;
    return true;
}

static bool read_numbers(lmas_agent_trace *out, yyjson_val *val)
{
    yyjson_val *kept = yyjson_obj_get(val, "kept_size");

    out->kept_size = yyjson_get_uint(kept);
    out->dropped_size = yyjson_get_uint(yyjson_obj_get(val, "dropped_size"));
    out->is_cut = yyjson_is_true(yyjson_obj_get(val, "is_cut"));
    out->is_circling = yyjson_is_true(yyjson_obj_get(val, "is_circling"));
    return read_counts(out, val) && read_ms(&out->read_ms, val, "read_ms") &&
           read_ms(&out->think_ms, val, "think_ms") && read_ms(&out->speak_ms, val, "speak_ms");
}

static lmas_status read_agent(lmas_agent_trace *out, const lmi_json *line, yyjson_val *val)
{
    if (!read_text(&out->name, val, "name", "") || !read_text(&out->input, val, "input", "") ||
        !read_text(&out->output, val, "output", "") ||
        !read_text(&out->probe, val, "probe", NULL) ||
        !read_text(&out->model, val, "model", NULL) ||
        !read_text(&out->crossing, val, "crossing", NULL))
        return refuse(line, "an agent whose name, input, output, probe, model or crossing is no "
                            "text");
    if (!read_numbers(out, val))
        return refuse(line, "an agent with a number out of range");
    return read_thoughts(out, line, yyjson_obj_get(val, "thoughts"));
}

static lmas_status read_agents(lmi_exhibit *view)
{
    yyjson_val *list = yyjson_obj_get(lmi_json_root(&view->line), "agents");
    const size_t n = yyjson_arr_size(list);
    lmas_agent_trace *agents;
    lmas_status status = LMAS_OK;
    size_t i;

    if (n > LMI_EXHIBIT_TURNS_MAX)
        return refuse(&view->line, "more turns than a team can take");
    agents = lmi_new(n, sizeof(*agents));
    if (!agents)
        return lmi_fail(LMAS_E_NOMEM, "no memory for agents");
    view->result.agents = agents;
    view->result.n_agents = n;
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = read_agent(&agents[i], &view->line, yyjson_arr_get(list, i));
    return status;
}

/* ---- The question ---- */

static bool read_texts(lmi_exhibit *view, yyjson_val *root)
{
    yyjson_val *compat = yyjson_obj_get(root, "compat");
    yyjson_val *code = yyjson_obj_get(root, "code");
    yyjson_val *grader = yyjson_obj_get(root, "grader");

    return read_text(&view->id, root, "id", "") &&
           read_text(&view->question, root, "question", "") &&
           read_text(&view->state, root, "status", "") &&
           read_text(&view->gold, root, "gold", NULL) &&
           read_text(&view->prediction, root, "prediction", NULL) &&
           read_text(&view->gold_compat, compat, "gold", NULL) &&
           read_text(&view->prediction_compat, compat, "prediction", NULL) &&
           read_text(&view->prediction_grader, grader, "prediction", NULL) &&
           read_text(&view->why, grader, "why", NULL) &&
           read_text(&view->grader_error, grader, "error", NULL) &&
           read_text(&view->ending, code, "ending", NULL) &&
           read_text(&view->detail, code, "detail", NULL) &&
           read_text(&view->result.text, root, "text", "") &&
           read_text(&view->result.error, root, "error", "");
}

static bool read_sums(lmas_result *out, yyjson_val *root)
{
    return lmi_sample_count(&out->id, root, "index") &&
           lmi_sample_count(&out->n_read, root, "n_read") &&
           lmi_sample_count(&out->n_thought, root, "n_thought") &&
           lmi_sample_count(&out->n_spoken, root, "n_spoken") &&
           read_ms(&out->read_ms, root, "read_ms") && read_ms(&out->think_ms, root, "think_ms") &&
           read_ms(&out->speak_ms, root, "speak_ms") &&
           read_ms(&out->elapsed_ms, root, "elapsed_ms");
}

lmas_status lmi_exhibit_init(lmi_exhibit *out, lmi_json *line)
{
    yyjson_val *root = lmi_json_root(line);
    lmi_exhibit view = {.line = *line};
    lmas_status status = LMAS_OK;

    if (!read_texts(&view, root))
        status = refuse(line, "what must be a text is none");
    else if (!read_sums(&view.result, root))
        status = refuse(line, "a number is missing or out of range");
    view.exact = read_mark(root);
    view.compat = read_mark(yyjson_obj_get(root, "compat"));
    view.grader = read_mark(yyjson_obj_get(root, "grader"));
    if (status == LMAS_OK)
        status = read_agents(&view);
    if (status == LMAS_OK) {
        *out = view;
        *line = (lmi_json){0};
        return LMAS_OK;
    }
    view.line = (lmi_json){0};
    lmi_exhibit_done(&view);
    return status;
}

void lmi_exhibit_done(lmi_exhibit *view)
{
    const lmas_agent_trace *agents = view->result.agents;
    size_t i;

    for (i = 0; i < view->result.n_agents; i++) {
        if (agents[i].thoughts)
            lmi_free((void *)agents[i].thoughts[0].head);
        lmi_free((void *)agents[i].thoughts);
    }
    lmi_free((void *)agents);
    lmi_json_done(&view->line);
    *view = (lmi_exhibit){0};
}

bool lmi_exhibit_has_thoughts(const lmi_exhibit *view)
{
    size_t i;

    for (i = 0; i < view->result.n_agents; i++)
        if (view->result.agents[i].thoughts)
            return true;
    return false;
}

static const char *if_same(const char *from, const char *now, const char *then)
{
    return now && then && strcmp(now, then) == 0 ? from : NULL;
}

lmi_exhibit_from lmi_exhibit_explain(const lmi_exhibit *view)
{
    const char *marked = yyjson_get_str(yyjson_obj_get(lmi_json_root(&view->line), "marked"));
    lmi_exhibit_from from = {0};
    lmi_gold gold = {.exact = view->gold, .compat = view->gold_compat};
    lmi_grade grade;

    if (!view->task || view->task->grade == LMI_GRADE_CODE || lmi_exhibit_has_failed(view))
        return from;
    gold.kind = view->task->grade;
    if (lmi_grade_said(&grade, &gold, view->result.text, marked) != LMAS_OK)
        return from;
    from.exact = if_same(grade.exact_from, grade.exact, view->prediction);
    from.compat = if_same(grade.compat_from, grade.compat, view->prediction_compat);
    lmi_grade_done(&grade);
    return from;
}

bool lmi_exhibit_has_failed(const lmi_exhibit *view)
{
    return strcmp(view->state, lmas_status_name(LMAS_OK)) != 0;
}

bool lmi_exhibit_is_cut(const lmi_exhibit *view)
{
    const size_t n = view->result.n_agents;

    return n > 0 && !lmi_exhibit_has_failed(view) && view->result.agents[n - 1].is_cut;
}

uint64_t lmi_exhibit_cell_size(const lmi_exhibit *view)
{
    size_t i;

    for (i = 0; i < view->result.n_agents; i++)
        if (view->result.agents[i].n_kept > 0)
            return view->result.agents[i].kept_size / view->result.agents[i].n_kept;
    return 0;
}

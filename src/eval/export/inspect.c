/*
 * export_inspect.c - a run as a log of inspect: one JSON file that its viewer lists and shows.
 *
 * Our two graders are two of its scorers; a team is its plan, an agent a step of it; what an
 * agent read is a user's message, what it spoke an assistant's. An agent that only thought has no
 * message of its own: its thoughts are counted beside what it read. The head of the log comes
 * first, then a sample a line, so nothing but one sample is in memory. Dates and ids are the
 * run's, so exporting a run twice gives the same file.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/sha256.h"
#include "eval/config.h"
#include "eval/export/file.h"
#include "eval/stats.h"

/* Longest head of a log, in bytes: little more than the config that it repeats in part. */
#define HEAD_MAX (4 * LMI_CONFIG_MAX)

/* Ids are digits of the config's hash, as long as inspect's own nearly are. */
enum { ID_LEN = 21, DATE_SIZE = 64 };

/* An export under way. */
typedef struct writer {
    const lmi_record *record;
    lmi_json config;
    time_t started;
    char digest[LMI_SHA256_SIZE]; /* of the config */
    lmi_buf model;                /* "latentmas/NAME": a provider and its model */
} writer;

/* ---- Parts ---- */

static void set_identity(writer *w)
{
    const char *started = w->record->started;
    struct tm tm = {0};
    lmi_sha256 hash;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, lmi_buf_text(&w->record->config), w->record->config.len);
    lmi_sha256_done(w->digest, &hash);
    if (!started || !strptime(started, "%Y-%m-%dT%H:%M:%SZ", &tm))
        tm = (struct tm){.tm_year = 70, .tm_mday = 1};
    w->started = timegm(&tm);
    lmi_buf_printf(&w->model, "latentmas/%s", w->record->model);
}

static void add_date(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, time_t when)
{
    char text[DATE_SIZE];
    struct tm tm;

    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S+00:00", gmtime_r(&when, &tm));
    yyjson_mut_obj_add_strcpy(doc, o, key, text);
}

/* A text of the run's, or an empty one: inspect wants one in these places. */
static void add_text(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, yyjson_val *val)
{
    yyjson_mut_obj_add_strn(doc, o, key, yyjson_is_str(val) ? yyjson_get_str(val) : "",
                            yyjson_get_len(val));
}

static void add_copy(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, yyjson_val *val)
{
    if (val)
        yyjson_mut_obj_add_val(doc, o, key, yyjson_val_mut_copy(doc, val));
}

static void add_usage(yyjson_mut_doc *doc, yyjson_mut_val *o, const writer *w, uint64_t n_read,
                      uint64_t n_spoken)
{
    yyjson_mut_val *by_model = yyjson_mut_obj_add_obj(doc, o, "model_usage");
    yyjson_mut_val *usage = yyjson_mut_obj_add_obj(doc, by_model, lmi_buf_text(&w->model));

    yyjson_mut_obj_add_uint(doc, usage, "input_tokens", n_read);
    yyjson_mut_obj_add_uint(doc, usage, "output_tokens", n_spoken);
    yyjson_mut_obj_add_uint(doc, usage, "total_tokens", n_read + n_spoken);
}

/* ---- The head ---- */

static void add_ids(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *eval)
{
    static const char *const keys[] = {"eval_id", "run_id", "task_id"};
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        yyjson_mut_obj_add_strn(doc, eval, keys[i], w->digest + i * ID_LEN, ID_LEN);
}

/* How the text was drawn, in inspect's words. */
static void add_generation(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *eval)
{
    static const char *const names[][2] = {{"max_new_tokens", "max_tokens"},
                                           {"temperature", "temperature"},
                                           {"top_p", "top_p"},
                                           {"top_k", "top_k"},
                                           {"seed", "seed"}};
    yyjson_val *params = yyjson_obj_get(lmi_json_root(&w->config), "params");
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, eval, "model_generate_config");
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        add_copy(doc, o, names[i][1], yyjson_obj_get(params, names[i][0]));
}

static void add_model(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *eval)
{
    const lmi_record *r = w->record;
    yyjson_val *params = yyjson_obj_get(lmi_json_root(&w->config), "params");
    yyjson_mut_val *args;

    yyjson_mut_obj_add_str(doc, eval, "model", lmi_buf_text(&w->model));
    add_generation(w, doc, eval);
    args = yyjson_mut_obj_add_obj(doc, eval, "model_args");
    yyjson_mut_obj_add_str(doc, args, "method", r->method);
    yyjson_mut_obj_add_str(doc, args, "team", r->team);
    yyjson_mut_obj_add_str(doc, args, "fingerprint", r->fingerprint);
    add_copy(doc, args, "latent_steps", yyjson_obj_get(params, "latent_steps"));
    add_copy(doc, args, "control", yyjson_obj_get(params, "control"));
    add_copy(doc, args, "first_agent_text", yyjson_obj_get(params, "first_agent_text"));
}

/* All of the config that shaped the run, under inspect's "metadata". */
static void add_settings(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *eval)
{
    static const char *const sections[] = {"params", "engine", "data", "team"};
    yyjson_val *ours = lmi_json_root(&w->config);
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, eval, "metadata");
    size_t i;

    for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
        add_copy(doc, o, sections[i], yyjson_obj_get(ours, sections[i]));
    add_copy(doc, eval, "packages", yyjson_obj_get(ours, "versions"));
}

static void add_eval(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    const lmi_record *r = w->record;
    yyjson_mut_val *eval = yyjson_mut_obj_add_obj(doc, root, "eval");
    yyjson_mut_val *dataset;

    add_ids(w, doc, eval);
    add_date(doc, eval, "created", w->started);
    yyjson_mut_obj_add_str(doc, eval, "task", r->task);
    yyjson_mut_obj_add_str(doc, eval, "solver", r->method);
    dataset = yyjson_mut_obj_add_obj(doc, eval, "dataset");
    yyjson_mut_obj_add_str(doc, dataset, "name", r->task);
    yyjson_mut_obj_add_str(doc, dataset, "location", r->data_path);
    yyjson_mut_obj_add_uint(doc, dataset, "samples", r->n_questions);
    add_model(w, doc, eval);
    yyjson_mut_obj_add_int(doc, yyjson_mut_obj_add_obj(doc, eval, "config"), "epochs", 1);
    add_settings(w, doc, eval);
}

/* The agents in the order they work. */
static void add_plan(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    yyjson_mut_val *plan = yyjson_mut_obj_add_obj(doc, root, "plan");
    yyjson_mut_val *steps;
    size_t i;

    yyjson_mut_obj_add_str(doc, plan, "name", w->record->team);
    steps = yyjson_mut_obj_add_arr(doc, plan, "steps");
    for (i = 0; i < w->record->n_agents; i++)
        yyjson_mut_obj_add_str(doc, yyjson_mut_arr_add_obj(doc, steps), "solver",
                               w->record->agents[i].name);
}

static void add_metric(yyjson_mut_doc *doc, yyjson_mut_val *metrics, const char *name, double value)
{
    yyjson_mut_val *metric;

    if (isnan(value))
        return;
    metric = yyjson_mut_obj_add_obj(doc, metrics, name);
    yyjson_mut_obj_add_str(doc, metric, "name", name);
    yyjson_mut_obj_add_real(doc, metric, "value", value);
}

static void add_score(yyjson_mut_doc *doc, yyjson_mut_val *scores, const char *scorer,
                      const lmi_tally *tally, size_t n_lines)
{
    yyjson_mut_val *score, *metrics;

    if (!tally->n)
        return;
    score = yyjson_mut_arr_add_obj(doc, scores);
    yyjson_mut_obj_add_str(doc, score, "name", scorer);
    yyjson_mut_obj_add_str(doc, score, "scorer", scorer);
    yyjson_mut_obj_add_uint(doc, score, "scored_samples", tally->n);
    yyjson_mut_obj_add_uint(doc, score, "unscored_samples", n_lines - tally->n);
    metrics = yyjson_mut_obj_add_obj(doc, score, "metrics");
    add_metric(doc, metrics, "accuracy", (double)tally->n_right / (double)tally->n);
    add_metric(doc, metrics, "stderr", lmi_stderr(tally->n_right, tally->n));
}

static void add_results(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    const lmi_record *r = w->record;
    yyjson_mut_val *results = yyjson_mut_obj_add_obj(doc, root, "results");
    yyjson_mut_val *scores;

    yyjson_mut_obj_add_uint(doc, results, "total_samples", r->n_questions);
    yyjson_mut_obj_add_uint(doc, results, "completed_samples", r->n - r->n_errors);
    scores = yyjson_mut_obj_add_arr(doc, results, "scores");
    add_score(doc, scores, "exact", &r->exact_tally, r->n);
    add_score(doc, scores, "compat", &r->compat_tally, r->n);
}

static void add_stats(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    const lmi_record *r = w->record;
    yyjson_mut_val *stats = yyjson_mut_obj_add_obj(doc, root, "stats");

    add_date(doc, stats, "started_at", w->started);
    add_date(doc, stats, "completed_at", w->started + (time_t)(r->wall_ms / 1e3));
    add_usage(doc, stats, w, r->work.n_read, r->work.n_spoken);
}

/* The head without its closing brace, then the samples as one more member. */
static lmas_status write_head(writer *w, lmi_sink *sink)
{
    static const char samples[] = ",\n\"samples\": [\n";
    const lmi_record *r = w->record;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_buf text;
    lmas_status status = lmi_json_new(&doc, &root, "the log");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_int(doc, root, "version", 2);
    yyjson_mut_obj_add_str(doc, root, "status", r->n < r->n_questions ? "started" : "success");
    add_eval(w, doc, root);
    add_plan(w, doc, root);
    add_results(w, doc, root);
    add_stats(w, doc, root);
    lmi_buf_init(&text, HEAD_MAX);
    status = lmi_json_write(&text, doc, YYJSON_WRITE_PRETTY_TWO_SPACES, "the log");
    if (status == LMAS_OK)
        status = lmi_sink_add(sink, lmi_buf_text(&text), text.len - strlen("\n}"));
    if (status == LMAS_OK)
        status = lmi_sink_add(sink, samples, strlen(samples));
    lmi_buf_done(&text);
    return status;
}

/* ---- Samples ---- */

static yyjson_mut_val *add_message(yyjson_mut_doc *doc, yyjson_mut_val *messages, const char *role,
                                   const char *source, yyjson_val *text)
{
    yyjson_mut_val *message = yyjson_mut_arr_add_obj(doc, messages);

    yyjson_mut_obj_add_str(doc, message, "role", role);
    yyjson_mut_obj_add_str(doc, message, "source", source);
    add_text(doc, message, "content", text);
    return message;
}

static void add_messages(yyjson_mut_doc *doc, yyjson_mut_val *o, yyjson_val *root)
{
    static const char *const keys[] = {"name",     "n_read",    "n_shared", "n_thought",
                                       "n_spoken", "pos_begin", "pos_end",  "is_cut"};
    yyjson_mut_val *messages = yyjson_mut_obj_add_arr(doc, o, "messages");
    yyjson_val *agent;
    size_t i, k, n;

    yyjson_arr_foreach(yyjson_obj_get(root, "agents"), i, n, agent)
    {
        yyjson_val *output = yyjson_obj_get(agent, "output");
        yyjson_mut_val *message =
            add_message(doc, messages, "user", "input", yyjson_obj_get(agent, "input"));
        yyjson_mut_val *metadata = yyjson_mut_obj_add_obj(doc, message, "metadata");

        for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
            add_copy(doc, metadata, keys[k], yyjson_obj_get(agent, keys[k]));
        if (yyjson_get_len(output))
            add_message(doc, messages, "assistant", "generate", output);
    }
}

static void add_output(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *o, yyjson_val *root)
{
    yyjson_val *last = yyjson_arr_get_last(yyjson_obj_get(root, "agents"));
    const bool is_cut = yyjson_is_true(yyjson_obj_get(last, "is_cut"));
    yyjson_val *text = yyjson_obj_get(root, "text");
    yyjson_mut_val *output = yyjson_mut_obj_add_obj(doc, o, "output");
    yyjson_mut_val *choices, *choice, *message;

    yyjson_mut_obj_add_str(doc, output, "model", lmi_buf_text(&w->model));
    choices = yyjson_mut_obj_add_arr(doc, output, "choices");
    choice = yyjson_mut_arr_add_obj(doc, choices);
    message = yyjson_mut_obj_add_obj(doc, choice, "message");
    yyjson_mut_obj_add_str(doc, message, "role", "assistant");
    yyjson_mut_obj_add_str(doc, message, "source", "generate");
    add_text(doc, message, "content", text);
    yyjson_mut_obj_add_str(doc, choice, "stop_reason", is_cut ? "max_tokens" : "stop");
    add_text(doc, output, "completion", text);
}

/* One grader's verdict, where it gave one; of a program, its last words besides. */
static void add_verdict(yyjson_mut_doc *doc, yyjson_mut_val *scores, const char *scorer,
                        yyjson_val *graded, yyjson_val *code)
{
    yyjson_val *correct = yyjson_obj_get(graded, "correct");
    yyjson_val *prediction = yyjson_obj_get(graded, "prediction");
    yyjson_val *detail = yyjson_obj_get(code, "detail");
    yyjson_mut_val *score;

    if (!yyjson_is_bool(correct))
        return;
    score = yyjson_mut_obj_add_obj(doc, scores, scorer);
    yyjson_mut_obj_add_str(doc, score, "value", yyjson_get_bool(correct) ? "C" : "I");
    if (yyjson_is_str(prediction))
        add_text(doc, score, "answer", prediction);
    if (yyjson_is_str(detail))
        add_text(doc, score, "explanation", detail);
}

static void add_error(yyjson_mut_doc *doc, yyjson_mut_val *o, yyjson_val *root)
{
    yyjson_val *status = yyjson_obj_get(root, "status");
    yyjson_mut_val *error;

    if (!yyjson_is_str(status) || yyjson_equals_str(status, "ok"))
        return;
    error = yyjson_mut_obj_add_obj(doc, o, "error");
    add_text(doc, error, "message",
             yyjson_is_str(yyjson_obj_get(root, "error")) ? yyjson_obj_get(root, "error") : status);
    yyjson_mut_obj_add_str(doc, error, "traceback", "");
    yyjson_mut_obj_add_str(doc, error, "traceback_ansi", "");
}

static void add_times(yyjson_mut_doc *doc, yyjson_mut_val *o, yyjson_val *root)
{
    static const char *const phases[] = {"read_ms", "think_ms", "speak_ms"};
    double working = 0;
    size_t i;

    for (i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
        working += yyjson_get_num(yyjson_obj_get(root, phases[i]));
    yyjson_mut_obj_add_real(doc, o, "total_time",
                            yyjson_get_num(yyjson_obj_get(root, "elapsed_ms")) / 1e3);
    yyjson_mut_obj_add_real(doc, o, "working_time", working / 1e3);
}

static void fill_sample(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *o, yyjson_val *root)
{
    static const char *const extras[] = {"id", "n_thought", "n_shared", "code"};
    yyjson_val *code = yyjson_obj_get(root, "code");
    yyjson_mut_val *scores, *metadata;
    size_t i;

    add_copy(doc, o, "id", yyjson_obj_get(root, "index"));
    yyjson_mut_obj_add_int(doc, o, "epoch", 1);
    add_text(doc, o, "input", yyjson_obj_get(root, "question"));
    add_text(doc, o, "target", yyjson_obj_get(root, "gold"));
    add_messages(doc, o, root);
    add_output(w, doc, o, root);
    scores = yyjson_mut_obj_add_obj(doc, o, "scores");
    add_verdict(doc, scores, "exact", root, code);
    add_verdict(doc, scores, "compat", yyjson_obj_get(root, "compat"), NULL);
    metadata = yyjson_mut_obj_add_obj(doc, o, "metadata");
    for (i = 0; i < sizeof(extras) / sizeof(extras[0]); i++)
        add_copy(doc, metadata, extras[i], yyjson_obj_get(root, extras[i]));
    add_usage(doc, o, w, yyjson_get_uint(yyjson_obj_get(root, "n_read")),
              yyjson_get_uint(yyjson_obj_get(root, "n_spoken")));
    add_times(doc, o, root);
    add_error(doc, o, root);
}

static lmas_status write_sample(writer *w, lmi_sink *sink, const lmi_json *line, bool is_first)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *o;
    lmas_status status = lmi_sink_add(sink, ",", is_first ? 0 : 1);

    if (status == LMAS_OK)
        status = lmi_json_new(&doc, &o, "a sample");
    if (status != LMAS_OK)
        return status;
    fill_sample(w, doc, o, lmi_json_root(line));
    return lmi_export_line(sink, doc, "a sample");
}

static lmas_status write_samples(writer *w, lmi_sink *sink)
{
    bool has_line = true, is_first = true;
    lmi_samples samples;
    lmas_status status = lmi_samples_open(&samples, w->record);

    if (status != LMAS_OK)
        return status;
    while (status == LMAS_OK && has_line) {
        lmi_json line = {0};

        status = lmi_samples_next(&has_line, &line, &samples);
        if (status == LMAS_OK && has_line)
            status = write_sample(w, sink, &line, is_first);
        is_first = false;
        lmi_json_done(&line);
    }
    lmi_samples_done(&samples);
    return status;
}

/* ---- The file ---- */

static lmas_status write_log(writer *w, const char *path)
{
    static const char end[] = "]}\n";
    lmi_sink sink;
    lmas_status status = lmi_sink_open(&sink, path);

    if (status != LMAS_OK)
        return status;
    status = write_head(w, &sink);
    if (status == LMAS_OK)
        status = write_samples(w, &sink);
    if (status == LMAS_OK)
        status = lmi_sink_add(&sink, end, strlen(end));
    return lmi_sink_finish(&sink, status);
}

/* inspect lists a log only where its name opens with a date, and reads task and id out of the
 * rest, which underscores part. */
static lmas_status name_log(char path[LMI_PATH_MAX], const writer *w, const char *dir)
{
    char date[DATE_SIZE], task[DATE_SIZE];
    struct tm tm;
    size_t i;
    int n;

    strftime(date, sizeof(date), "%Y-%m-%dT%H-%M-%S+00-00", gmtime_r(&w->started, &tm));
    snprintf(task, sizeof(task), "%s", w->record->task);
    for (i = 0; task[i]; i++)
        if (strchr("_/:+\\", task[i]) || (unsigned char)task[i] < 0x20)
            task[i] = '-';
    n = snprintf(path, LMI_PATH_MAX, "%s/%s_%s_%.*s.json", dir, date, task, ID_LEN,
                 w->digest + (size_t)2 * ID_LEN);
    if (n >= LMI_PATH_MAX)
        return lmi_fail(LMAS_E_INVALID, "path longer than %d bytes under %s", LMI_PATH_MAX, dir);
    return LMAS_OK;
}

lmas_status lmi_export_inspect(lmi_export *export, const lmi_record *record, const char *dir)
{
    writer w = {.record = record};
    char path[LMI_PATH_MAX];
    lmas_status status =
        lmi_json_parse(&w.config, "config.json", lmi_buf_text(&record->config), record->config.len);

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&w.model, LMI_PATH_MAX);
    set_identity(&w);
    status = name_log(path, &w, dir);
    if (status == LMAS_OK)
        status = lmi_export_check(export, path);
    if (status == LMAS_OK)
        status = lmi_dir_make(dir);
    if (status == LMAS_OK)
        status = write_log(&w, path);
    if (status == LMAS_OK)
        lmi_buf_printf(&export->written, "%s\n", path);
    lmi_buf_done(&w.model);
    lmi_json_done(&w.config);
    return status;
}

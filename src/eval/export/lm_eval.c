/*
 * lm_eval.c - a run in the files that lm-evaluation-harness leaves with --log_samples.
 *
 * Our two graders are two of its filters: each has its score in the results, and each question
 * its line per filter. All lines of one filter come before those of the next, as there. Dates
 * are those of the run, so exporting a run twice gives the same files.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "eval/config.h"
#include "eval/export/file.h"
#include "eval/stats.h"

/* Longest results file, in bytes: little more than the config that it repeats in part. */
#define RESULTS_MAX (4 * LMI_CONFIG_MAX)

typedef enum filter { FILTER_EXACT, FILTER_COMPAT, N_FILTERS } filter;
static const char *const filter_names[N_FILTERS] = {"exact", "compat"};

/* Tasks that the harness calls otherwise. */
static const struct {
    const char *ours, *theirs;
} task_names[] = {
    {"aime2024", "aime24"},      {"aime2025", "aime25"},
    {"mbppplus", "mbpp_plus"},   {"humanevalplus", "humaneval_plus"},
    {"medqa", "medqa_4options"}, {"gpqa", "gpqa_diamond_cot_zeroshot"},
};

/* An export under way. */
typedef struct writer {
    const lmi_record *record;
    lmi_json config;
    const char *task;     /* the harness's name */
    char date[64];        /* of file names */
    double started;       /* seconds since 1970 */
    lmi_sha256 task_hash; /* of the hashes of all lines */
    lmi_buf model_dir;    /* the model's name as a folder's */
} writer;

static const char *task_name(const char *ours)
{
    size_t i;

    for (i = 0; i < sizeof(task_names) / sizeof(task_names[0]); i++)
        if (strcmp(task_names[i].ours, ours) == 0)
            return task_names[i].theirs;
    return ours;
}

/* The harness turns each run of what file names may not hold into two underscores. Control
 * characters go as well, and a name of dots alone would lead elsewhere. */
static void sanitise(lmi_buf *out, const char *name)
{
    bool was_bad = false;

    for (; *name; name++) {
        const bool is_bad = strchr("\"<>:/|\\?*[]", *name) != NULL || (unsigned char)*name < 0x20;

        if (!is_bad)
            lmi_buf_putc(out, *name);
        else if (!was_bad)
            lmi_buf_puts(out, "__");
        was_bad = is_bad;
    }
    if (!out->len || strspn(lmi_buf_text(out), ".") == out->len)
        lmi_buf_puts(out, "__");
}

/* "2026-11-24T07:55:54Z" as seconds, and as the harness writes times into file names. Runs of
 * one model may start in the same second: digits of the config's hash, where the harness has
 * microseconds, keep them apart. */
static void set_date(writer *w)
{
    char digest[LMI_SHA256_SIZE];
    unsigned micros = 0;
    struct tm tm = {0};
    lmi_sha256 hash;
    const char *started = w->record->started;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, lmi_buf_text(&w->record->config), w->record->config.len);
    lmi_sha256_done(digest, &hash);
    sscanf(digest, "%5x", &micros);
    if (!started || !strptime(started, "%Y-%m-%dT%H:%M:%SZ", &tm))
        tm = (struct tm){.tm_year = 70, .tm_mday = 1};
    w->started = (double)timegm(&tm);
    snprintf(w->date, sizeof(w->date), "%04d-%02d-%02dT%02d-%02d-%02d.%06u", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, micros % 1000000);
}

/* ---- Samples ---- */

static void hash_text(char out[LMI_SHA256_SIZE], const char *text, size_t len)
{
    lmi_sha256 hash;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, text, len);
    lmi_sha256_done(out, &hash);
}

/* The question as the harness's document, and the hash of its JSON with two blanks of indent. */
static yyjson_mut_val *make_doc(char hash[LMI_SHA256_SIZE], yyjson_mut_doc *doc, yyjson_val *root)
{
    static const char *const keys[] = {"id", "question", "gold"};
    yyjson_mut_val *object = yyjson_mut_obj(doc);
    char *text;
    size_t len = 0;
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        yyjson_val *val = yyjson_obj_get(root, keys[i]);

        if (val)
            yyjson_mut_obj_add_val(doc, object, keys[i], yyjson_val_mut_copy(doc, val));
    }
    text = yyjson_mut_val_write(object, YYJSON_WRITE_PRETTY_TWO_SPACES, &len);
    if (!text)
        lmi_json_lose(doc);
    hash_text(hash, text ? text : "", len);
    lmi_free(text);
    return object;
}

/* The prompt of the agent that spoke the answer, the last one; of a failed question, itself. */
static yyjson_val *prompt_of(yyjson_val *root)
{
    yyjson_val *agents = yyjson_obj_get(root, "agents");
    yyjson_val *input = yyjson_obj_get(yyjson_arr_get_last(agents), "input");

    return yyjson_is_str(input) ? input : yyjson_obj_get(root, "question");
}

/* How the text was drawn, in the harness's words. */
static yyjson_mut_val *make_generation(yyjson_mut_doc *doc, const writer *w)
{
    static const char *const names[][2] = {{"max_new_tokens", "max_gen_toks"},
                                           {"temperature", "temperature"},
                                           {"top_p", "top_p"},
                                           {"top_k", "top_k"},
                                           {"min_p", "min_p"},
                                           {"seed", "seed"}};
    yyjson_val *params = yyjson_obj_get(lmi_json_root(&w->config), "params");
    yyjson_val *temperature = yyjson_obj_get(params, "temperature");
    yyjson_mut_val *object = yyjson_mut_obj(doc);
    size_t i;

    yyjson_mut_obj_add_arr(doc, object, "until");
    yyjson_mut_obj_add_bool(doc, object, "do_sample", yyjson_get_num(temperature) > 0);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        yyjson_val *val = yyjson_obj_get(params, names[i][0]);

        if (val)
            yyjson_mut_obj_add_val(doc, object, names[i][1], yyjson_val_mut_copy(doc, val));
    }
    return object;
}

static void add_copy(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, yyjson_val *val)
{
    yyjson_mut_obj_add_strn(doc, object, key, yyjson_is_str(val) ? yyjson_get_str(val) : "",
                            yyjson_get_len(val));
}

static void add_nested(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, size_t depth,
                       yyjson_val *val, const char *fallback)
{
    yyjson_mut_val *array = yyjson_mut_obj_add_arr(doc, object, key);

    if (depth > 1)
        array = yyjson_mut_arr_add_arr(doc, array);
    if (yyjson_is_str(val))
        yyjson_mut_arr_add_strn(doc, array, yyjson_get_str(val), yyjson_get_len(val));
    else
        yyjson_mut_arr_add_str(doc, array, fallback);
}

static void add_hashes(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *o, yyjson_val *root,
                       yyjson_val *target, const char *doc_hash)
{
    char prompt_hash[LMI_SHA256_SIZE], target_hash[LMI_SHA256_SIZE];
    yyjson_val *prompt = prompt_of(root);

    hash_text(prompt_hash, yyjson_is_str(prompt) ? yyjson_get_str(prompt) : "",
              yyjson_get_len(prompt));
    hash_text(target_hash, yyjson_is_str(target) ? yyjson_get_str(target) : "",
              yyjson_get_len(target));
    yyjson_mut_obj_add_strcpy(doc, o, "doc_hash", doc_hash);
    yyjson_mut_obj_add_strcpy(doc, o, "prompt_hash", prompt_hash);
    yyjson_mut_obj_add_strcpy(doc, o, "target_hash", target_hash);
    lmi_sha256_add(&w->task_hash, doc_hash, strlen(doc_hash));
    lmi_sha256_add(&w->task_hash, prompt_hash, strlen(prompt_hash));
    lmi_sha256_add(&w->task_hash, target_hash, strlen(target_hash));
}

static void fill_sample(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *o, yyjson_val *root,
                        filter f)
{
    yyjson_val *compat = yyjson_obj_get(root, "compat");
    yyjson_val *graded = f == FILTER_EXACT ? root : compat;
    yyjson_val *target = yyjson_obj_get(graded, "gold");
    yyjson_val *correct = yyjson_obj_get(graded, "correct");
    char doc_hash[LMI_SHA256_SIZE];
    yyjson_mut_val *arguments, *first, *metrics;

    yyjson_mut_obj_add_val(doc, o, "doc_id",
                           yyjson_val_mut_copy(doc, yyjson_obj_get(root, "index")));
    yyjson_mut_obj_add_val(doc, o, "doc", make_doc(doc_hash, doc, root));
    add_copy(doc, o, "target", target);
    arguments = yyjson_mut_obj_add_obj(doc, o, "arguments");
    first = yyjson_mut_obj_add_obj(doc, arguments, "gen_args_0");
    add_copy(doc, first, "arg_0", prompt_of(root));
    yyjson_mut_obj_add_val(doc, first, "arg_1", make_generation(doc, w));
    add_nested(doc, o, "resps", 2, yyjson_obj_get(root, "text"), "");
    add_nested(doc, o, "filtered_resps", 1, yyjson_obj_get(graded, "prediction"), "[invalid]");
    yyjson_mut_obj_add_str(doc, o, "filter", filter_names[f]);
    metrics = yyjson_mut_obj_add_arr(doc, o, "metrics");
    if (yyjson_is_bool(correct))
        yyjson_mut_arr_add_str(doc, metrics, "exact_match");
    add_hashes(w, doc, o, root, target, doc_hash);
    if (yyjson_is_bool(correct))
        yyjson_mut_obj_add_real(doc, o, "exact_match", yyjson_get_bool(correct) ? 1 : 0);
}

static lmas_status write_sample(writer *w, lmi_sink *sink, const lmi_json *line, filter f)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *o;
    const lmas_status status = lmi_json_new(&doc, &o, "a sample");

    if (status != LMAS_OK)
        return status;
    fill_sample(w, doc, o, lmi_json_root(line), f);
    return lmi_export_line(sink, doc, "a sample");
}

/* All lines of one filter. Lines from before there was a compat grader have nothing for it. */
static lmas_status write_filter(writer *w, lmi_sink *sink, lmi_samples *samples, filter f)
{
    bool has_line = true;
    lmas_status status = LMAS_OK;

    samples->next = 0;
    while (status == LMAS_OK && has_line) {
        lmi_json line = {0};

        status = lmi_samples_next(&has_line, &line, samples);
        if (status == LMAS_OK && has_line &&
            (f == FILTER_EXACT || yyjson_is_obj(yyjson_obj_get(lmi_json_root(&line), "compat"))))
            status = write_sample(w, sink, &line, f);
        lmi_json_done(&line);
    }
    return status;
}

static lmas_status write_samples(writer *w, const char *path)
{
    lmi_samples samples;
    lmi_sink sink;
    lmas_status status = lmi_samples_open(&samples, w->record);

    if (status != LMAS_OK)
        return status;
    status = lmi_sink_open(&sink, path);
    if (status == LMAS_OK) {
        status = write_filter(w, &sink, &samples, FILTER_EXACT);
        if (status == LMAS_OK && w->record->compat_tally.n)
            status = write_filter(w, &sink, &samples, FILTER_COMPAT);
        status = lmi_sink_finish(&sink, status);
    }
    lmi_samples_done(&samples);
    return status;
}

/* ---- Results ---- */

static void add_score(yyjson_mut_doc *doc, yyjson_mut_val *o, const lmi_tally *tally, filter f)
{
    static const char *const keys[N_FILTERS] = {"exact_match,exact", "exact_match,compat"};
    static const char *const errors[N_FILTERS] = {"exact_match_stderr,exact",
                                                  "exact_match_stderr,compat"};
    const double error = lmi_stderr(tally->n_right, tally->n);

    if (!tally->n)
        return;
    yyjson_mut_obj_add_real(doc, o, keys[f], (double)tally->n_right / (double)tally->n);
    if (isnan(error))
        yyjson_mut_obj_add_str(doc, o, errors[f], "N/A");
    else
        yyjson_mut_obj_add_real(doc, o, errors[f], error);
}

static void add_results(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    const lmi_record *r = w->record;
    yyjson_mut_val *results = yyjson_mut_obj_add_obj(doc, root, "results");
    yyjson_mut_val *task = yyjson_mut_obj_add_obj(doc, results, w->task);
    yyjson_mut_val *subtasks = yyjson_mut_obj_add_obj(doc, root, "group_subtasks");

    yyjson_mut_obj_add_str(doc, task, "alias", w->task);
    add_score(doc, task, &r->exact_tally, FILTER_EXACT);
    add_score(doc, task, &r->compat_tally, FILTER_COMPAT);
    yyjson_mut_obj_add_arr(doc, subtasks, w->task);
}

/* Objects with one member, named like the task. */
static void add_by_task(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    const lmi_record *r = w->record;
    yyjson_mut_val *configs = yyjson_mut_obj_add_obj(doc, root, "configs");
    yyjson_mut_val *config = yyjson_mut_obj_add_obj(doc, configs, w->task);
    yyjson_mut_val *o;

    yyjson_mut_obj_add_str(doc, config, "task", w->task);
    yyjson_mut_obj_add_str(doc, config, "test_split", r->split ? r->split : "test");
    yyjson_mut_obj_add_str(doc, config, "output_type", "generate_until");
    yyjson_mut_obj_add_uint(doc, config, "num_fewshot", 0);
    yyjson_mut_obj_add_val(doc, config, "generation_kwargs", make_generation(doc, w));
    o = yyjson_mut_obj_add_obj(doc, root, "versions");
    yyjson_mut_obj_add_str(doc, o, w->task, lmas_version());
    o = yyjson_mut_obj_add_obj(doc, root, "n-shot");
    yyjson_mut_obj_add_uint(doc, o, w->task, 0);
    o = yyjson_mut_obj_add_obj(doc, root, "higher_is_better");
    yyjson_mut_obj_add_bool(doc, yyjson_mut_obj_add_obj(doc, o, w->task), "exact_match", true);
    o = yyjson_mut_obj_add_obj(doc, yyjson_mut_obj_add_obj(doc, root, "n-samples"), w->task);
    yyjson_mut_obj_add_uint(doc, o, "original", r->n_questions);
    yyjson_mut_obj_add_uint(doc, o, "effective", r->n);
}

/* What ran: the harness has one model with arguments, we have a method and a team besides. */
static void add_config(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    static const char *const sections[] = {"params", "engine", "versions", "data"};
    const lmi_record *r = w->record;
    yyjson_val *ours = lmi_json_root(&w->config);
    yyjson_val *seed = yyjson_obj_get(yyjson_obj_get(ours, "params"), "seed");
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, root, "config");
    yyjson_mut_val *args;
    size_t i;

    yyjson_mut_obj_add_str(doc, o, "model", "latentmas");
    args = yyjson_mut_obj_add_obj(doc, o, "model_args");
    yyjson_mut_obj_add_str(doc, args, "model", r->model);
    yyjson_mut_obj_add_str(doc, args, "method", r->method);
    yyjson_mut_obj_add_str(doc, args, "team", r->team);
    yyjson_mut_obj_add_str(doc, args, "fingerprint", r->fingerprint);
    yyjson_mut_obj_add_val(doc, o, "gen_kwargs", make_generation(doc, w));
    yyjson_mut_obj_add_val(doc, o, "random_seed", yyjson_val_mut_copy(doc, seed));
    for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        yyjson_val *val = yyjson_obj_get(ours, sections[i]);

        if (val)
            yyjson_mut_obj_add_val(doc, o, sections[i], yyjson_val_mut_copy(doc, val));
    }
}

static void add_identity(writer *w, yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    const lmi_record *r = w->record;
    yyjson_val *template =
        yyjson_obj_get(yyjson_obj_get(lmi_json_root(&w->config), "model"), "chat_template");
    char hash[LMI_SHA256_SIZE], seconds[64];
    yyjson_mut_val *hashes = yyjson_mut_obj_add_obj(doc, root, "task_hashes");

    lmi_sha256_done(hash, &w->task_hash);
    yyjson_mut_obj_add_strcpy(doc, hashes, w->task, hash);
    yyjson_mut_obj_add_str(doc, root, "model_source", "latentmas");
    yyjson_mut_obj_add_str(doc, root, "model_name", r->model);
    yyjson_mut_obj_add_str(doc, root, "model_name_sanitized", lmi_buf_text(&w->model_dir));
    yyjson_mut_obj_add_null(doc, root, "system_instruction");
    yyjson_mut_obj_add_null(doc, root, "system_instruction_sha");
    yyjson_mut_obj_add_bool(doc, root, "fewshot_as_multiturn", false);
    if (yyjson_is_str(template)) {
        hash_text(hash, yyjson_get_str(template), yyjson_get_len(template));
        add_copy(doc, root, "chat_template", template);
        yyjson_mut_obj_add_strcpy(doc, root, "chat_template_sha", hash);
    } else {
        yyjson_mut_obj_add_null(doc, root, "chat_template");
        yyjson_mut_obj_add_null(doc, root, "chat_template_sha");
    }
    snprintf(seconds, sizeof(seconds), "%.6f", r->wall_ms / 1e3);
    yyjson_mut_obj_add_real(doc, root, "start_time", w->started);
    yyjson_mut_obj_add_real(doc, root, "end_time", w->started + r->wall_ms / 1e3);
    yyjson_mut_obj_add_strcpy(doc, root, "total_evaluation_time_seconds", seconds);
}

static lmas_status write_results(writer *w, const char *path)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_buf text;
    lmas_status status = lmi_json_new(&doc, &root, "the results");

    if (status != LMAS_OK)
        return status;
    add_results(w, doc, root);
    add_by_task(w, doc, root);
    add_config(w, doc, root);
    yyjson_mut_obj_add_null(doc, root, "git_hash");
    yyjson_mut_obj_add_real(doc, root, "date", w->started);
    add_identity(w, doc, root);
    lmi_buf_init(&text, RESULTS_MAX);
    status = lmi_json_write(
        &text, doc, YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_NEWLINE_AT_END, "the results");
    if (status == LMAS_OK)
        status = lmi_file_write(path, lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    return status;
}

/* ---- Files ---- */

/* Both paths, checked before anything is written. */
static lmas_status name_files(char *results, char *samples, lmi_buf *folder, writer *w,
                              const char *dir)
{
    lmi_buf task;
    int n_results, n_samples;

    lmi_buf_init(&task, LMI_PATH_MAX);
    sanitise(&task, w->task);
    lmi_buf_printf(folder, "%s/%s", dir, lmi_buf_text(&w->model_dir));
    n_results =
        snprintf(results, LMI_PATH_MAX, "%s/results_%s.json", lmi_buf_text(folder), w->date);
    n_samples = snprintf(samples, LMI_PATH_MAX, "%s/samples_%s_%s.jsonl", lmi_buf_text(folder),
                         lmi_buf_text(&task), w->date);
    lmi_buf_done(&task);
    if (folder->status != LMAS_OK || n_results >= LMI_PATH_MAX || n_samples >= LMI_PATH_MAX)
        return lmi_fail(LMAS_E_INVALID, "path longer than %d bytes under %s", LMI_PATH_MAX, dir);
    return LMAS_OK;
}

static lmas_status write_files(lmi_export *export, writer *w, const char *dir)
{
    char results[LMI_PATH_MAX], samples[LMI_PATH_MAX];
    lmi_buf folder;
    lmas_status status;

    lmi_buf_init(&folder, LMI_PATH_MAX);
    status = name_files(results, samples, &folder, w, dir);
    if (status == LMAS_OK)
        status = lmi_export_check(export, results);
    if (status == LMAS_OK)
        status = lmi_export_check(export, samples);
    if (status == LMAS_OK)
        status = lmi_dir_make(lmi_buf_text(&folder));
    lmi_buf_done(&folder);
    /* Samples first: results hold the hash of their hashes. */
    if (status == LMAS_OK)
        status = write_samples(w, samples);
    if (status == LMAS_OK)
        status = write_results(w, results);
    if (status == LMAS_OK)
        lmi_buf_printf(&export->written, "%s\n%s\n", results, samples);
    return status;
}

lmas_status lmi_export_lm_eval(lmi_export *export, const lmi_record *record, const char *dir)
{
    writer w = {.record = record, .task = task_name(record->task)};
    lmas_status status =
        lmi_json_parse(&w.config, "config.json", lmi_buf_text(&record->config), record->config.len);

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&w.model_dir, LMI_PATH_MAX);
    lmi_sha256_init(&w.task_hash);
    sanitise(&w.model_dir, record->model);
    set_date(&w);
    status = write_files(export, &w, dir);
    lmi_buf_done(&w.model_dir);
    lmi_json_done(&w.config);
    return status;
}

/* folder.c - grid.json, and looks at the folders beside it. */
#include "cli/run/grid/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "eval/record.h"

#define GRID_MAX ((size_t)64 * 1024 * 1024) /* longest grid.json, in bytes */
enum { SUMMARY_MAX = 1024 * 1024, SAME_NAME_MAX = 100 };

bool lmi_grid_is_folder(const char *path)
{
    char *file = NULL;
    const bool is_there =
        lmi_path_join(&file, path, "grid.json") == LMAS_OK && lmi_file_exists(file);

    lmi_free(file);
    return is_there;
}

lmas_status lmi_grid_run_path(char **out, const lmi_grid_run *run, const char *path)
{
    return lmi_path_join(out, path, run->name);
}

lmas_status lmi_grid_new_path(char **out)
{
    char now[32], path[64];
    int i;

    lmi_utc_compact(now);
    snprintf(path, sizeof(path), "runs/%s-grid", now);
    for (i = 2; i <= SAME_NAME_MAX && lmi_file_exists(path); i++)
        snprintf(path, sizeof(path), "runs/%s-grid-%d", now, i);
    *out = lmi_strdup(path);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a path");
}

/* The lock goes with the process, however it ends. Where folders cannot be locked, each run still
 * is. */
lmas_status lmi_grid_lock(const char *path)
{
    const lmas_status status = lmi_dir_make(path);
    const int fd = status == LMAS_OK ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (status != LMAS_OK)
        return status;
    if (fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot open %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(fd);
        return lmi_fail(LMAS_E_IO, "%s is in use: another latentmas works on these runs", path);
    }
    return LMAS_OK;
}

/* ---- Reading ---- */

/* A text, or a number as it is written; NULL for null or nothing. */
static lmas_status take_text(char **out, lmi_grid *grid, const lmi_json *json, yyjson_val *object,
                             const char *key)
{
    yyjson_val *val = yyjson_obj_get(object, key);
    char *text;
    size_t len;

    *out = NULL;
    if (!val || yyjson_is_null(val))
        return LMAS_OK;
    if (!yyjson_is_str(val) && !yyjson_is_num(val))
        return lmi_fail(LMAS_E_FORMAT, "%s: %s: expected a text or a number, found %s", json->label,
                        key, lmi_json_type(val));
    text = yyjson_is_num(val) ? yyjson_val_write(val, 0, &len) : NULL;
    *out = text ? lmi_grid_text(grid, text, len)
                : lmi_grid_text(grid, yyjson_get_str(val), yyjson_get_len(val));
    lmi_free(text);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for %s", json->label);
}

static lmas_status take_words(char ***out, size_t *n_out, lmi_grid *grid, const lmi_json *json,
                              yyjson_val *list)
{
    size_t i, n;
    yyjson_val *word;

    if (!yyjson_is_arr(list) || yyjson_arr_size(list) > LMI_GRID_WORDS_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s: expected a list of at most %d words", json->label,
                        LMI_GRID_WORDS_MAX);
    *out = lmi_new(yyjson_arr_size(list), sizeof(**out));
    if (!*out)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
    yyjson_arr_foreach(list, i, n, word)
    {
        const char *text = yyjson_get_str(word);

        if (!text || strlen(text) != yyjson_get_len(word))
            return lmi_fail(LMAS_E_FORMAT, "%s: expected words of a command line, found %s",
                            json->label, lmi_json_type(word));
        (*out)[i] = lmi_grid_text(grid, text, yyjson_get_len(word));
        if (!(*out)[i])
            return lmi_fail(LMAS_E_NOMEM, "no memory for a command line");
        ++*n_out;
    }
    return LMAS_OK;
}

/* A name that leads nowhere else. */
static bool is_name(const char *name)
{
    return name && *name && *name != '.' && !strchr(name, '/') && strlen(name) < LMI_GRID_NAME_MAX;
}

static lmas_status take_run(lmi_grid *grid, const lmi_json *json, yyjson_val *val)
{
    lmi_grid_run *run = grid->n < LMI_GRID_RUNS_MAX ? lmi_grid_add(grid) : NULL;
    lmas_status status;

    if (!run)
        return lmi_fail(LMAS_E_FORMAT, "%s: more than %d runs", json->label, LMI_GRID_RUNS_MAX);
    status = take_text(&run->name, grid, json, val, "name");
    if (status == LMAS_OK)
        status = take_text(&run->task, grid, json, val, "task");
    if (status == LMAS_OK)
        status = take_text(&run->method, grid, json, val, "method");
    if (status == LMAS_OK)
        status = take_text(&run->steps, grid, json, val, "latent_steps");
    if (status == LMAS_OK)
        status = take_text(&run->seed, grid, json, val, "seed");
    if (status == LMAS_OK && (!is_name(run->name) || !run->task || !run->method || !run->seed))
        status =
            lmi_fail(LMAS_E_FORMAT, "%s: run %zu: expected a name, a task, a method and a seed",
                     json->label, grid->n);
    if (status != LMAS_OK)
        return status;
    run->n = yyjson_get_uint(yyjson_obj_get(val, "questions"));
    return take_words(&run->words, &run->n_words, grid, json, yyjson_obj_get(val, "command"));
}

static lmas_status take_grid(lmi_grid *out, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json);
    const char *started = yyjson_get_str(yyjson_obj_get(root, "started"));
    yyjson_val *runs = yyjson_obj_get(root, "runs");
    lmas_status status =
        take_words(&out->flags, &out->n_flags, out, json, yyjson_obj_get(root, "flags"));
    size_t i, n;
    yyjson_val *val;

    snprintf(out->started, sizeof(out->started), "%s", started ? started : "");
    if (status == LMAS_OK && yyjson_arr_size(runs) == 0)
        status =
            lmi_fail(LMAS_E_FORMAT, "%s: no \"runs\", this is no grid of latentmas", json->label);
    yyjson_arr_foreach(runs, i, n, val)
    {
        if (status == LMAS_OK)
            status = take_run(out, json, val);
    }
    return status == LMAS_OK ? lmi_grid_find_rows(out) : status;
}

lmas_status lmi_grid_read(lmi_grid *out, const lmi_opt_group *groups, const char *path)
{
    char *file = NULL;
    lmi_json json;
    lmi_buf text;
    lmas_status status = lmi_path_join(&file, path, "grid.json");

    *out = (lmi_grid){.groups = groups};
    lmi_buf_init(&text, GRID_MAX);
    if (status == LMAS_OK)
        status = lmi_file_read(&text, file);
    if (status == LMAS_OK)
        status = lmi_json_parse(&json, file, lmi_buf_text(&text), text.len);
    if (status == LMAS_OK) {
        status = take_grid(out, &json);
        lmi_json_done(&json);
    }
    lmi_buf_done(&text);
    lmi_free(file);
    return status;
}

/* ---- Writing ---- */

static void add_words(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, char **words,
                      size_t n)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, object, key);
    size_t i;

    for (i = 0; i < n; i++)
        yyjson_mut_arr_add_str(doc, list, words[i]);
}

/* A number where it is one; so "auto" is a text. */
static void add_number(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                       const char *text)
{
    char *end = NULL;
    const unsigned long long n = text ? strtoull(text, &end, 10) : 0;

    if (text && *text && !*end)
        yyjson_mut_obj_add_uint(doc, object, key, n);
    else
        lmi_json_add_text(doc, object, key, text);
}

static void add_run(yyjson_mut_doc *doc, yyjson_mut_val *list, const lmi_grid_run *run)
{
    yyjson_mut_val *object = yyjson_mut_arr_add_obj(doc, list);

    yyjson_mut_obj_add_str(doc, object, "name", run->name);
    yyjson_mut_obj_add_str(doc, object, "task", run->task);
    yyjson_mut_obj_add_str(doc, object, "method", run->method);
    add_number(doc, object, "latent_steps", run->steps);
    add_number(doc, object, "seed", run->seed);
    yyjson_mut_obj_add_uint(doc, object, "questions", run->n);
    add_words(doc, object, "command", run->words, run->n_words);
}

static lmas_status write_text(lmi_buf *out, const lmi_grid *grid, const lmi_grid *before)
{
    const lmi_grid *first = before->n ? before : grid;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *object;
    lmas_status status = lmi_json_new(&doc, &root, "the plan");
    size_t i;

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, "started", first->started);
    object = yyjson_mut_obj_add_obj(doc, root, "versions");
    yyjson_mut_obj_add_str(doc, object, "latentmas", lmas_version());
    yyjson_mut_obj_add_str(doc, object, "libllama", lmas_engine_version());
    add_words(doc, root, "flags", first->flags, first->n_flags);
    object = yyjson_mut_obj_add_arr(doc, root, "runs");
    for (i = 0; i < before->n; i++)
        if (!lmi_grid_find(grid, before->runs[i].name))
            add_run(doc, object, &before->runs[i]);
    for (i = 0; i < grid->n; i++)
        add_run(doc, object, &grid->runs[i]);
    return lmi_json_write(out, doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END, "the plan");
}

lmas_status lmi_grid_write(const lmi_grid *grid, const lmi_grid *before, const char *path)
{
    char *file = NULL;
    lmi_buf text;
    lmas_status status = lmi_path_join(&file, path, "grid.json");

    lmi_buf_init(&text, GRID_MAX);
    if (status == LMAS_OK)
        status = write_text(&text, grid, before);
    if (status == LMAS_OK)
        status = lmi_file_write(file, lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    lmi_free(file);
    return status;
}

/* ---- How far a run is ---- */

static double number_of(yyjson_val *root, const char *key)
{
    return yyjson_get_num(yyjson_obj_get(root, key));
}

static bool has_grader(const lmi_grid *grid)
{
    size_t i = 0;

    while (i < grid->n_flags && strcmp(grid->flags[i], "--grader") != 0 &&
           strncmp(grid->flags[i], "--grader=", strlen("--grader=")) != 0)
        i++;
    return i < grid->n_flags;
}

/* The user's judge is asked when all lines are there: it has seen them, and failed none. */
static bool is_judged(yyjson_val *root)
{
    return yyjson_obj_get(root, "n_grader") && number_of(root, "grader_failed") == 0;
}

static lmas_status take_summary(lmi_grid *grid, lmi_grid_run *run, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json);
    size_t len = 0;
    char *line;

    run->sums = (lmi_grid_sums){.n = number_of(root, "n"),
                                .n_read = number_of(root, "tokens_read"),
                                .n_thought = number_of(root, "thoughts"),
                                .n_spoken = number_of(root, "tokens_spoken"),
                                .read_s = number_of(root, "read_sec"),
                                .think_s = number_of(root, "think_sec"),
                                .speak_s = number_of(root, "speak_sec"),
                                .wall_s = number_of(root, "total_time_sec"),
                                .n_failed = number_of(root, "errors")};
    run->is_done = run->n > 0 && run->n_done >= run->n && run->sums.n >= (double)run->n &&
                   (!has_grader(grid) || is_judged(root));
    line = run->is_done ? yyjson_write(json->doc, 0, &len) : NULL;
    run->summary = line ? lmi_grid_text(grid, line, len) : NULL;
    lmi_free(line);
    return run->summary || !run->is_done ? LMAS_OK
                                         : lmi_fail(LMAS_E_NOMEM, "no memory for a summary");
}

static lmas_status read_summary(lmi_grid *grid, lmi_grid_run *run, const char *path)
{
    lmi_json json;
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, SUMMARY_MAX);
    status = lmi_file_read(&text, path);
    if (status == LMAS_OK)
        status = lmi_json_parse(&json, path, lmi_buf_text(&text), text.len);
    if (status == LMAS_OK) {
        status = take_summary(grid, run, &json);
        lmi_json_done(&json);
    }
    lmi_buf_done(&text);
    return status;
}

/* Whole lines. What is not there has none. */
static lmas_status count_lines(size_t *out, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool has_line = true;
    lmi_lines lines;
    lmas_status status;

    *out = 0;
    if (fd < 0)
        return LMAS_OK;
    status = lmi_lines_init(&lines, fd, path, LMI_RECORD_LINE_MAX);
    if (status == LMAS_OK) {
        while (status == LMAS_OK && has_line) {
            status = lmi_lines_next(&has_line, &lines);
            *out += status == LMAS_OK && has_line && lines.is_whole;
        }
        lmi_lines_done(&lines);
    }
    close(fd);
    return status;
}

lmas_status lmi_grid_look(lmi_grid *grid, size_t i, const char *path)
{
    lmi_grid_run *run = &grid->runs[i];
    char *folder = NULL, *config = NULL, *summary = NULL, *samples = NULL;
    lmas_status status = lmi_grid_run_path(&folder, run, path);

    if (status == LMAS_OK)
        status = lmi_path_join(&config, folder, "config.json");
    if (status == LMAS_OK)
        status = lmi_path_join(&summary, folder, "summary.json");
    if (status == LMAS_OK)
        status = lmi_path_join(&samples, folder, "samples.jsonl");
    run->has_begun = status == LMAS_OK && lmi_file_exists(config);
    run->is_done = false;
    if (status == LMAS_OK && run->has_begun)
        status = count_lines(&run->n_done, samples);
    if (status == LMAS_OK && run->has_begun && lmi_file_exists(summary))
        status = read_summary(grid, run, summary);
    if (status == LMAS_E_FORMAT) /* a summary that cannot be read is none: the run is taken up */
        status = LMAS_OK;
    lmi_free(folder);
    lmi_free(config);
    lmi_free(summary);
    lmi_free(samples);
    return status;
}

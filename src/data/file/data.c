/*
 * data.c - "data" of a task file: where its rows are.
 *
 *     {"hf": "openai/gsm8k", "config": "main", "split": "test", "rows": 1319}
 *     {"hf": "evalplus/humanevalplus", "path": "test.jsonl", "rows": 164}
 *     {"github": "Gen-Verse/LatentMAS", "path": "main/data/medqa.json", "rows": 300}
 *     {"file": "rows.jsonl"}
 *     {"program": "src/data/demo.jsonl", "rows": 400}
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "data/file/builtin.h"
#include "data/file/file.h"

static const char WHERE[] = "data";

/* Rows that are in the program, by the name of their file. */
static const struct {
    const char *path, *text;
} own[] = {
    {"src/data/demo.jsonl", lmi_demo_jsonl},
    {"src/data/demo_secret.jsonl", lmi_demo_secret_jsonl},
    {"src/data/demo_split.jsonl", lmi_demo_split_jsonl},
};
enum { N_OWN = sizeof(own) / sizeof(own[0]) };

static lmas_status read_text(const char **out, const lmi_task *task, yyjson_val *data,
                             const char *key)
{
    return lmi_task_text(out, task, data, WHERE, key, LMI_TASK_PLACE_MAX);
}

/* How many rows were published: where it is said, a fetch must find as many. */
static lmas_status read_rows(lmi_task *task, yyjson_val *data)
{
    size_t line;
    yyjson_val *rows = lmi_json_member(&line, &task->json, data, "rows");

    if (!rows)
        return LMAS_OK;
    if (!yyjson_is_uint(rows) || yyjson_get_uint(rows) < 1 ||
        yyjson_get_uint(rows) > LMI_TASK_ROWS_MAX)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"rows\" in data must be a whole number from 1 to %d, found %s",
                        task->json.label, line, LMI_TASK_ROWS_MAX,
                        yyjson_is_num(rows) ? "another number" : lmi_json_type(rows));
    task->source.n_rows = (size_t)yyjson_get_uint(rows);
    return LMAS_OK;
}

/* A published file, which is counted by what its name says it holds. */
static lmas_status read_path(lmi_task *task, yyjson_val *data)
{
    const lmas_status status = read_text(&task->source.path, task, data, "path");
    const char *dot = status == LMAS_OK ? strrchr(task->source.path, '.') : NULL;
    size_t line;

    if (status != LMAS_OK || (dot && (strcmp(dot, ".jsonl") == 0 || strcmp(dot, ".json") == 0)))
        return status;
    (void)lmi_json_member(&line, &task->json, data, "path");
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: \"path\" in data must end in .jsonl (a row a line) or .json (an "
                    "array of rows), found \"%s\"",
                    task->json.label, line, task->source.path);
}

static lmas_status read_pages(lmi_task *task, yyjson_val *data)
{
    lmi_source *source = &task->source;
    lmas_status status = LMAS_OK;

    source->config = "default";
    source->split = "test";
    if (yyjson_obj_get(data, "config"))
        status = read_text(&source->config, task, data, "config");
    if (status == LMAS_OK && yyjson_obj_get(data, "split"))
        status = read_text(&source->split, task, data, "split");
    return status;
}

static lmas_status read_hf(lmi_task *task, yyjson_val *data)
{
    static const char *const paged[] = {"hf", "config", "split", "rows", NULL};
    static const char *const whole[] = {"hf", "path", "rows", NULL};
    const bool is_file = yyjson_obj_get(data, "path") != NULL;
    lmas_status status = lmi_task_object(&data, task, WHERE, is_file ? whole : paged);

    task->source.kind = is_file ? LMI_SOURCE_FILE : LMI_SOURCE_ROWS;
    if (status == LMAS_OK)
        status = read_text(&task->source.repo, task, data, "hf");
    if (status == LMAS_OK)
        status = is_file ? read_path(task, data) : read_pages(task, data);
    return status == LMAS_OK ? read_rows(task, data) : status;
}

static lmas_status read_github(lmi_task *task, yyjson_val *data)
{
    static const char *const keys[] = {"github", "path", "rows", NULL};
    lmas_status status = lmi_task_object(&data, task, WHERE, keys);

    task->source.kind = LMI_SOURCE_RAW;
    if (status == LMAS_OK)
        status = read_text(&task->source.repo, task, data, "github");
    if (status == LMAS_OK)
        status = read_path(task, data);
    return status == LMAS_OK ? read_rows(task, data) : status;
}

/* A file beside the task's. */
static lmas_status read_file(lmi_task *task, yyjson_val *data, const char *folder)
{
    static const char *const keys[] = {"file", NULL};
    const char *path;
    lmas_status status = lmi_task_object(&data, task, WHERE, keys);

    if (status == LMAS_OK)
        status = read_text(&path, task, data, "file");
    if (status != LMAS_OK)
        return status;
    task->source.kind = LMI_SOURCE_BESIDE;
    task->source.path = path;
    if (!folder || path[0] == '/')
        return LMAS_OK;
    status = lmi_path_join(&task->place, folder, path);
    task->source.path = task->place;
    return status;
}

static lmas_status read_own(lmi_task *task, yyjson_val *data)
{
    static const char *const keys[] = {"program", "rows", NULL};
    lmi_source *source = &task->source;
    size_t line, i;
    lmas_status status = lmi_task_object(&data, task, WHERE, keys);

    if (status == LMAS_OK)
        status = read_text(&source->path, task, data, "program");
    if (status != LMAS_OK)
        return status;
    for (i = 0; i < N_OWN && strcmp(own[i].path, source->path) != 0; i++)
        ;
    (void)lmi_json_member(&line, &task->json, data, "program");
    if (i == N_OWN)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"program\" in data must name rows that the program has, such as "
                        "\"%s\", found \"%s\"",
                        task->json.label, line, own[0].path, source->path);
    source->kind = LMI_SOURCE_OWN;
    source->repo = "latentmas";
    source->own = own[i].text;
    return read_rows(task, data);
}

/* Rows of two tasks of one name are cached apart, unless they are the same rows. */
static void set_mark(lmi_task *task)
{
    const lmi_source *s = &task->source;
    const char *const parts[] = {s->repo, s->config, s->split, s->path};
    char digits[LMI_SHA256_SIZE];
    lmi_sha256 hash;
    size_t i;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, &s->kind, sizeof(s->kind));
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i])
            lmi_sha256_add(&hash, parts[i], strlen(parts[i]) + 1);
    lmi_sha256_done(digits, &hash);
    snprintf(task->mark, sizeof(task->mark), "-%.12s", digits);
    task->source.mark = task->mark;
}

static lmas_status read_source(lmi_task *task, yyjson_val *data, const char *folder)
{
    size_t line;

    if (yyjson_obj_get(data, "hf"))
        return read_hf(task, data);
    if (yyjson_obj_get(data, "github"))
        return read_github(task, data);
    if (yyjson_obj_get(data, "file"))
        return read_file(task, data, folder);
    if (yyjson_obj_get(data, "program"))
        return read_own(task, data);
    (void)lmi_json_member(&line, &task->json, lmi_json_root(&task->json), WHERE);
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"data\" must have \"hf\", \"github\" or \"file\"",
                    task->json.label, line);
}

lmas_status lmi_task_read_data(lmi_task *task, const char *folder)
{
    static const char *const any[] = {"hf",     "config",  "split", "path", "rows",
                                      "github", "program", "file",  NULL};
    yyjson_val *data;
    lmas_status status;

    task->source.mark = "";
    if (!yyjson_obj_get(lmi_json_root(&task->json), WHERE))
        return LMAS_OK;
    status = lmi_task_object(&data, task, WHERE, any);
    if (status == LMAS_OK)
        status = read_source(task, data, folder);
    if (status == LMAS_OK)
        set_mark(task);
    return status;
}

/*
 * record.c - config.json into fields, samples.jsonl into sums.
 *
 * A line is believed only within stated limits, so no folder makes a sum overflow or an average
 * a NAN; what a line says that a report does not need is not looked at.
 */
#include "eval/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "eval/config.h"
#include "eval/folder/runfolder.h"
#include "eval/sample.h"

void lmi_record_done(lmi_record *record)
{
    char *const texts[] = {record->task,        record->task_source, record->split,
                           record->method,      record->team,        record->started,
                           record->model,       record->model_path,  record->model_detail,
                           record->fingerprint, record->data_sha256, record->data_path,
                           record->version,     record->graded_again};
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        lmi_free(texts[i]);
    for (i = 0; i < record->n_folders; i++)
        lmi_free(record->folders[i].path);
    lmi_free(record->folders);
    for (i = 0; i < record->n_agents; i++)
        lmi_free(record->agents[i].name);
    lmi_buf_done(&record->config);
    lmi_site_done(&record->site);
    lmi_free(record->exact);
    lmi_free(record->compat);
    *record = (lmi_record){0};
}

/* Of a plain file: a pipe would be waited for. `*fd` is -1 where that fails. */
static lmas_status open_plain(int *fd, const char *path)
{
    struct stat st;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot open %s", path);
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
        return LMAS_OK;
    close(*fd);
    *fd = -1;
    return lmi_fail(LMAS_E_IO, "%s is no plain file", path);
}

/* ---- config.json ---- */

typedef struct field {
    size_t offset;
    const char *section; /* NULL: the text stands at the top */
    const char *key;
    bool is_needed;
} field;

#define AT(name) offsetof(lmi_record, name)
static const field fields[] = {
    {AT(task), NULL, "task", true},
    {AT(task_source), NULL, "task_source", false},
    {AT(split), NULL, "split", false},
    {AT(method), NULL, "method", true},
    {AT(started), NULL, "started", false},
    {AT(team), "team", "name", true},
    {AT(model), "model", "name", false},
    {AT(model_detail), "model", "description", false},
    {AT(fingerprint), "model", "fingerprint", true},
    {AT(model_path), "paths", "model", false},
    {AT(data_sha256), "data", "sha256", true},
    {AT(data_path), "paths", "data", false},
    {AT(version), "versions", "latentmas", false},
    {AT(graded_again), "graded_by", "latentmas", false},
};
#undef AT

static lmas_status take_field(lmi_record *record, const lmi_json *json, const field *f)
{
    yyjson_val *root = lmi_json_root(json);
    yyjson_val *val = yyjson_obj_get(f->section ? yyjson_obj_get(root, f->section) : root, f->key);
    char **text = (char **)((char *)record + f->offset);

    if (!yyjson_is_str(val) || !*yyjson_get_str(val))
        return !f->is_needed
                   ? LMAS_OK
                   : lmi_fail(LMAS_E_FORMAT,
                              "%s: expected a text at \"%s%s%s\", found %s: this is no "
                              "run of latentmas",
                              json->label, f->section ? f->section : "", f->section ? "." : "",
                              f->key, val ? lmi_json_type(val) : "nothing");
    *text = lmi_strdup(yyjson_get_str(val));
    if (!*text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a run");
    return LMAS_OK;
}

/* A whole number from 1 to `max`. */
static lmas_status take_size(size_t *out, const lmi_json *json, const char *section,
                             const char *key, uint64_t max)
{
    yyjson_val *object = yyjson_obj_get(lmi_json_root(json), section);
    yyjson_val *val = yyjson_obj_get(object, key);

    if (!yyjson_is_uint(val) || yyjson_get_uint(val) < 1 || yyjson_get_uint(val) > max)
        return lmi_fail(LMAS_E_FORMAT, "%s: \"%s.%s\" must be a whole number from 1 to %llu",
                        json->label, section, key, (unsigned long long)max);
    *out = (size_t)yyjson_get_uint(val);
    return LMAS_OK;
}

static lmas_status take_shard(lmi_record *record, const lmi_json *json)
{
    yyjson_val *shard = yyjson_obj_get(lmi_json_root(json), "shard");
    lmas_status status;

    if (!shard || yyjson_is_null(shard))
        return LMAS_OK;
    status = take_size(&record->n_shards, json, "shard", "count", LMI_RECORD_SHARDS_MAX);
    return status == LMAS_OK
               ? take_size(&record->folders[0].shard, json, "shard", "index", record->n_shards)
               : status;
}

/* A model without a name of its own goes by its file's, else by its fingerprint. */
static lmas_status name_model(lmi_record *record)
{
    const char *path = record->model_path;
    const char *slash = path ? strrchr(path, '/') : NULL;

    if (record->model)
        return LMAS_OK;
    record->model = slash && slash[1] ? lmi_strdup(slash + 1)
                    : path            ? lmi_strdup(path)
                           : lmi_strndup(record->fingerprint, strnlen(record->fingerprint, 12));
    return record->model ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a name");
}

/* Where rows were picked, any of the file may be among them; else they are the first. */
static lmas_status take_rows(lmi_record *record, const lmi_json *json)
{
    yyjson_val *data = yyjson_obj_get(lmi_json_root(json), "data");
    lmas_status status =
        take_size(&record->n_questions, json, "data", "questions", LMI_RECORD_QUESTIONS_MAX);

    record->n_rows = record->n_questions;
    if (status == LMAS_OK &&
        (yyjson_is_str(yyjson_obj_get(data, "ids")) || yyjson_obj_get(data, "shuffle")))
        status = take_size(&record->n_rows, json, "data", "rows", LMI_RECORD_QUESTIONS_MAX);
    return status;
}

static void take_seed(lmi_record *record, yyjson_val *root)
{
    yyjson_val *seed = yyjson_obj_get(yyjson_obj_get(root, "params"), "seed");

    record->has_seed = yyjson_is_uint(seed);
    record->seed = yyjson_get_uint(seed);
}

static lmas_status take_config(lmi_record *record, const lmi_json *json)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < sizeof(fields) / sizeof(fields[0]); i++)
        status = take_field(record, json, &fields[i]);
    if (status == LMAS_OK)
        status = take_rows(record, json);
    if (status == LMAS_OK)
        status = take_shard(record, json);
    if (status == LMAS_OK)
        status = lmi_site_read(&record->site, lmi_json_root(json));
    take_seed(record, lmi_json_root(json));
    return status == LMAS_OK ? name_model(record) : status;
}

static lmas_status read_config(lmi_record *record, const char *folder)
{
    char *path = NULL;
    lmi_json json = {0};
    int fd = -1;
    lmas_status status = lmi_path_join(&path, folder, "config.json");

    if (status == LMAS_OK && !lmi_file_exists(path))
        status = lmi_fail(LMAS_E_IO, "%s holds no run: %s", folder,
                          lmi_runfolder_lost_config(folder)
                              ? "it has samples.jsonl and no config.json: put the config.json of "
                                "this run back"
                          : lmi_is_dir(folder)      ? "it has no config.json"
                          : lmi_file_exists(folder) ? "it is no folder"
                                                    : "there is no such folder");
    if (status == LMAS_OK)
        status = open_plain(&fd, path);
    if (fd >= 0)
        close(fd);
    if (status == LMAS_OK)
        status = lmi_file_read(&record->config, path);
    if (status == LMAS_OK)
        status = lmi_json_parse(&json, path, lmi_buf_text(&record->config), record->config.len);
    if (status == LMAS_OK)
        status = take_config(record, &json);
    lmi_json_done(&json);
    lmi_free(path);
    return status;
}

/* ---- samples.jsonl ---- */

static bool read_work(lmi_work *out, yyjson_val *object)
{
    const bool has_kept = yyjson_obj_get(object, "n_kept") != NULL; /* lines of 0.3 have none */

    out->n_kept = out->n_dropped = 0;
    if (has_kept && !(lmi_sample_count(&out->n_kept, object, "n_kept") &&
                      lmi_sample_count(&out->n_dropped, object, "n_dropped")))
        return false;
    return lmi_sample_count(&out->n_read, object, "n_read") &&
           lmi_sample_count(&out->n_thought, object, "n_thought") &&
           lmi_sample_count(&out->n_spoken, object, "n_spoken") &&
           lmi_sample_ms(&out->read_ms, object, "read_ms") &&
           lmi_sample_ms(&out->think_ms, object, "think_ms") &&
           lmi_sample_ms(&out->speak_ms, object, "speak_ms");
}

static void add_work(lmi_work *into, const lmi_work *work)
{
    into->n_read += work->n_read;
    into->n_thought += work->n_thought;
    into->n_spoken += work->n_spoken;
    into->n_kept += work->n_kept;
    into->n_dropped += work->n_dropped;
    into->read_ms += work->read_ms;
    into->think_ms += work->think_ms;
    into->speak_ms += work->speak_ms;
}

/* true, false or null; `is_ok` tells whether it was one of them. A question without a gold has
 * null, and so has, for its compat mark, a line written before there was one. */
static lmi_mark read_mark(bool *is_ok, yyjson_val *object)
{
    yyjson_val *correct = yyjson_obj_get(object, "correct");

    *is_ok =
        !object || yyjson_is_null(object) || yyjson_is_bool(correct) || yyjson_is_null(correct);
    if (!yyjson_is_bool(correct))
        return LMI_MARK_UNGRADED;
    return yyjson_get_bool(correct) ? LMI_MARK_RIGHT : LMI_MARK_WRONG;
}

static void add_mark(lmi_tally *tally, lmi_mark mark)
{
    tally->n += mark == LMI_MARK_WRONG || mark == LMI_MARK_RIGHT;
    tally->n_right += mark == LMI_MARK_RIGHT;
}

static lmas_status add_agent(lmi_record *record, const char *name, const lmi_work *work)
{
    lmi_agent_work *agent;
    size_t i;

    for (i = 0; i < record->n_agents; i++)
        if (strcmp(record->agents[i].name, name) == 0) {
            add_work(&record->agents[i].work, work);
            return LMAS_OK;
        }
    if (record->n_agents == LMI_RECORD_AGENTS)
        return lmi_fail(LMAS_E_FORMAT, "a run of more than %d agents", LMI_RECORD_AGENTS);
    agent = &record->agents[record->n_agents];
    *agent = (lmi_agent_work){lmi_strdup(name), *work};
    if (!agent->name)
        return lmi_fail(LMAS_E_NOMEM, "no memory for an agent");
    record->n_agents++;
    return LMAS_OK;
}

static lmas_status refuse_line(const lmi_json *line, const char *what)
{
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: this is no line of a run: %s", line->label,
                    line->first_line, what);
}

static lmas_status take_agents(lmi_record *record, const lmi_json *line)
{
    yyjson_val *agents = yyjson_obj_get(lmi_json_root(line), "agents");
    size_t i, max;
    yyjson_val *agent;

    yyjson_arr_foreach(agents, i, max, agent)
    {
        const char *name = yyjson_get_str(yyjson_obj_get(agent, "name"));
        lmi_work work;

        if (!name || !read_work(&work, agent))
            return refuse_line(line, "an agent without a name or with a number out of range");
        if (add_agent(record, name, &work) != LMAS_OK)
            return refuse_line(line, "more agents than a team can have");
    }
    return LMAS_OK;
}

/* The index of a line: one of this run's, of this folder's shard, and not seen before. */
static lmas_status take_index(size_t *out, const lmi_record *record, const lmi_json *line)
{
    yyjson_val *val = yyjson_obj_get(lmi_json_root(line), "index");
    const uint64_t index = yyjson_get_uint(val);
    const uint64_t shard = record->n_shards ? index % record->n_shards + 1 : 0;

    if (!yyjson_is_uint(val))
        return refuse_line(line, "\"index\" must be a whole number");
    if (index >= record->n_rows)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: question %llu is none of this run, which has %zu",
                        line->label, line->first_line, (unsigned long long)index, record->n_rows);
    if (shard != record->folders[0].shard)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: question %llu is of shard %llu, found in shard %zu",
                        line->label, line->first_line, (unsigned long long)index,
                        (unsigned long long)shard, record->folders[0].shard);
    if (record->exact[index] != LMI_MARK_ABSENT)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: question %llu stands here twice", line->label,
                        line->first_line, (unsigned long long)index);
    *out = (size_t)index;
    return LMAS_OK;
}

/* What a judge of the user's says, where there is one. */
static bool count_grader(lmi_record *record, yyjson_val *grader)
{
    bool is_ok;
    const lmi_mark mark = read_mark(&is_ok, grader);

    add_mark(&record->grader_tally, mark);
    record->n_grader_failed += yyjson_obj_get(grader, "error") != NULL;
    return is_ok;
}

/* How the question ended. */
static void count_ending(lmi_record *record, yyjson_val *root, const char *state)
{
    bool is_cut, is_circling;

    if (strcmp(state, lmas_status_name(LMAS_OK)) != 0) {
        record->n_errors++;
        return;
    }
    lmi_sample_ending(&is_cut, &is_circling, root);
    record->n_cut += is_cut;
    record->n_circling += is_circling;
}

static lmas_status take_line(void *user, const lmi_json *line, const lmi_lines *at)
{
    lmi_record *record = user;
    yyjson_val *root = lmi_json_root(line);
    const char *state = yyjson_get_str(yyjson_obj_get(root, "status"));
    bool has_exact, has_compat;
    const lmi_mark exact = read_mark(&has_exact, root);
    const lmi_mark compat = read_mark(&has_compat, yyjson_obj_get(root, "compat"));
    lmi_work work;
    double run_ms;
    size_t index = 0;
    lmas_status status = take_index(&index, record, line);

    (void)at;
    if (status != LMAS_OK)
        return status;
    if (!has_exact || !has_compat || !count_grader(record, yyjson_obj_get(root, "grader")))
        return refuse_line(line, "\"correct\" must be true, false or null");
    if (!state)
        return refuse_line(line, "\"status\" must be a text");
    if (!read_work(&work, root) || !lmi_sample_ms(&run_ms, root, "run_ms"))
        return refuse_line(line, "a number is missing or out of range");
    status = take_agents(record, line);
    if (status != LMAS_OK)
        return status;
    add_work(&record->work, &work);
    add_mark(&record->exact_tally, exact);
    add_mark(&record->compat_tally, compat);
    record->exact[index] = (uint8_t)exact;
    record->compat[index] = (uint8_t)compat;
    record->n++;
    count_ending(record, root, state);
    record->n_conflicts += yyjson_is_true(yyjson_obj_get(root, "conflict"));
    record->n_code += yyjson_is_obj(yyjson_obj_get(root, "code"));
    if (run_ms > record->wall_ms)
        record->wall_ms = run_ms;
    return LMAS_OK;
}

/* Told of each whole line in turn, and of where it stands. */
typedef lmas_status (*line_fn)(void *user, const lmi_json *line, const lmi_lines *at);

static lmas_status read_lines(bool *has_half, int fd, const char *path, line_fn fn, void *user)
{
    lmi_lines lines;
    bool has_line = true;
    lmas_status status = lmi_lines_init(&lines, fd, path, LMI_RECORD_LINE_MAX);

    if (status != LMAS_OK)
        return status;
    while (status == LMAS_OK) {
        lmi_json line;

        status = lmi_sample_next(&has_line, &line, &lines);
        if (status != LMAS_OK || !has_line)
            break;
        status = fn(user, &line, &lines);
        lmi_json_done(&line);
    }
    *has_half = !lines.is_whole;
    lmi_lines_done(&lines);
    return status;
}

/* All lines of the samples in `folder`; `*has_half` tells whether the last has no end yet. */
static lmas_status each_line(bool *has_half, const char *folder, line_fn fn, void *user)
{
    char *path = NULL;
    int fd;
    lmas_status status = lmi_path_join(&path, folder, "samples.jsonl");

    if (status != LMAS_OK)
        return status;
    status = open_plain(&fd, path);
    if (status == LMAS_OK) {
        status = read_lines(has_half, fd, path, fn, user);
        close(fd);
    }
    lmi_free(path);
    return status;
}

static lmas_status read_samples(lmi_record *record, const char *folder)
{
    record->exact = lmi_new(record->n_rows, 1);
    record->compat = lmi_new(record->n_rows, 1);
    if (!record->exact || !record->compat)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu questions", record->n_rows);
    return each_line(&record->has_half_line, folder, take_line, record);
}

lmas_status lmi_record_open(lmi_record *out, const char *path)
{
    lmi_record record = {0};
    lmas_status status = LMAS_OK;

    lmi_buf_init(&record.config, LMI_CONFIG_MAX);
    record.folders = lmi_new(1, sizeof(*record.folders));
    if (record.folders)
        record.folders[0].path = lmi_strdup(path);
    if (!record.folders || !record.folders[0].path)
        status = lmi_fail(LMAS_E_NOMEM, "no memory for a run");
    else
        record.n_folders = 1;
    if (status == LMAS_OK)
        status = read_config(&record, path);
    if (status == LMAS_OK)
        status = read_samples(&record, path);
    if (status == LMAS_OK)
        *out = record;
    else
        lmi_record_done(&record);
    return status;
}

/* ---- Shards of one run ---- */

const lmi_task *lmi_record_task(const lmi_record *record)
{
    const lmi_task *task = NULL;

    return lmi_task_recorded(&task, record->folders[0].path, record->task, record->task_source) ==
                   LMAS_OK
               ? task
               : NULL;
}

bool lmi_record_has_grader(const lmi_record *record)
{
    return record->grader_tally.n > 0 || record->n_grader_failed > 0;
}

const char *lmi_record_graded_by(const lmi_record *record)
{
    if (record->graded_again)
        return record->graded_again;
    return record->version ? record->version : "";
}

lmas_status lmi_record_difference(lmi_buf *out, const lmi_record *a, const lmi_record *b)
{
    const char *a_by = lmi_record_graded_by(a);
    const char *b_by = lmi_record_graded_by(b);
    const lmas_status status =
        lmi_config_difference(out, a->folders[0].path, &a->config, &b->config);

    if (status == LMAS_OK && !out->len && strcmp(a_by, b_by) != 0)
        lmi_buf_printf(out, "it is graded by version %.32s, the other by %.32s: regrade both", a_by,
                       b_by);
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

static lmas_status move_folders(lmi_record *into, lmi_record *part)
{
    size_t capacity = into->n_folders;
    size_t i;

    if (!lmi_reserve((void **)&into->folders, &capacity, into->n_folders + part->n_folders,
                     sizeof(*into->folders)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for a run");
    for (i = 0; i < part->n_folders; i++)
        into->folders[into->n_folders++] = part->folders[i];
    part->n_folders = 0;
    return LMAS_OK;
}

static void note_place_of(lmi_record *into, const lmi_record *part)
{
    lmi_buf difference;

    lmi_buf_init(&difference, LMI_CONFIG_MAX);
    lmi_site_difference(&difference, &into->site, &part->site);
    into->site.is_mixed |= part->site.is_mixed || difference.len;
    lmi_buf_done(&difference);
}

lmas_status lmi_record_merge(lmi_record *into, lmi_record *part)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < part->n_agents; i++)
        status = add_agent(into, part->agents[i].name, &part->agents[i].work);
    if (status == LMAS_OK)
        status = move_folders(into, part);
    if (status != LMAS_OK)
        return status;
    for (i = 0; i < into->n_rows; i++)
        if (part->exact[i] != LMI_MARK_ABSENT) {
            into->exact[i] = part->exact[i];
            into->compat[i] = part->compat[i];
        }
    into->n += part->n;
    into->n_errors += part->n_errors;
    into->n_cut += part->n_cut;
    into->n_circling += part->n_circling;
    into->n_code += part->n_code;
    into->n_conflicts += part->n_conflicts;
    into->exact_tally.n += part->exact_tally.n;
    into->exact_tally.n_right += part->exact_tally.n_right;
    into->compat_tally.n += part->compat_tally.n;
    into->compat_tally.n_right += part->compat_tally.n_right;
    into->grader_tally.n += part->grader_tally.n;
    into->grader_tally.n_right += part->grader_tally.n_right;
    into->n_grader_failed += part->n_grader_failed;
    add_work(&into->work, &part->work);
    if (part->wall_ms > into->wall_ms)
        into->wall_ms = part->wall_ms;
    into->has_half_line |= part->has_half_line;
    note_place_of(into, part);
    lmi_record_done(part);
    return LMAS_OK;
}

/* ---- Where lines stand ---- */

typedef struct map {
    const lmi_record *record;
    size_t folder; /* being read */
    lmi_line_place *places;
} map;

/* What is in the line was checked when the record was opened. A question answered since then is
 * left out: the sums do not know it. */
static lmas_status note_place(void *user, const lmi_json *line, const lmi_lines *at)
{
    const map *m = user;
    const uint64_t index = yyjson_get_uint(yyjson_obj_get(lmi_json_root(line), "index"));

    if (index < m->record->n_rows && m->record->exact[index] != LMI_MARK_ABSENT)
        m->places[index] = (lmi_line_place){m->folder, at->number, at->offset, at->text.len};
    return LMAS_OK;
}

lmas_status lmi_record_places(lmi_line_place **out, const lmi_record *record)
{
    map m = {.record = record};
    bool has_half;
    lmas_status status = LMAS_OK;

    m.places = lmi_new(record->n_rows, sizeof(*m.places));
    if (!m.places)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu questions", record->n_rows);
    for (; status == LMAS_OK && m.folder < record->n_folders; m.folder++)
        status = each_line(&has_half, record->folders[m.folder].path, note_place, &m);
    if (status == LMAS_OK)
        *out = m.places;
    else
        lmi_free(m.places);
    return status;
}

/*
 * regrade.c - line after line to a judge, and out again in the order of the file.
 *
 * Programs end when they like. So lines wait in a queue until their verdict is there, and leave it
 * from its head: what was read first is written first.
 */
#include "eval/regrade/regrade.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "eval/config.h"
#include "eval/folder/draft.h"
#include "eval/folder/runfolder.h"
#include "eval/judge.h"
#include "eval/regrade/files.h"
#include "eval/regrade/line.h"

/* Lines that wait for a verdict, at most, and milliseconds until the caller hears again. */
enum { QUEUE_MAX = 64 };
#define WAIT_MS 100.0

/* A line under way. */
typedef struct entry {
    lmi_buf text; /* as it was, newline included; later as it goes out */
    lmi_json was;
    bool is_judged, is_asked;
    char *failure; /* of the grader, until it is known whether it does nothing else */
    struct entry *next;
} entry;

struct lmi_regrade {
    lmi_runfolder folder; /* locked; .path is NULL where it is only looked at */
    lmi_record record;
    lmi_json first; /* line */
    char version[64];
    char *grader; /* that saw the answers last; "" for none */
    double code_timeout;
    const lmi_regrade_params *params;
    lmi_judge *judge;
    lmi_draft draft;
    entry *head, **tail;
    size_t n_queued, n_unasked, n_done;
    bool has_same_grader; /* as before */
    bool has_said;        /* the grader gave a verdict */
    char *failure;
    lmi_regrade_outcome outcome;
};

/* ---- Opening ---- */

static lmas_status read_config(lmi_regrade *r)
{
    lmi_json json;
    const char *version, *grader;
    yyjson_val *sandbox;
    const lmi_buf *config = &r->record.config;
    const lmas_status status =
        lmi_json_parse(&json, "config.json", lmi_buf_text(config), config->len);

    if (status != LMAS_OK)
        return status;
    version = lmi_config_graded_by(lmi_json_root(&json));
    snprintf(r->version, sizeof(r->version), "%s", version ? version : "unknown");
    grader = lmi_config_grader(lmi_json_root(&json));
    r->grader = lmi_strdup(grader ? grader : "");
    sandbox = yyjson_obj_get(lmi_json_root(&json), "sandbox");
    r->code_timeout = yyjson_get_num(yyjson_obj_get(sandbox, "wall_sec"));
    lmi_json_done(&json);
    return r->grader ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a run");
}

static char *path_of_samples(const lmi_regrade *r)
{
    char *path = NULL;

    return lmi_path_join(&path, r->record.folders[0].path, "samples.jsonl") == LMAS_OK ? path
                                                                                       : NULL;
}

/* Each line of the samples goes to `take`, until it says that it has enough. */
static lmas_status each_line(lmi_regrade *r,
                             lmas_status (*take)(lmi_regrade *r, lmi_json *json,
                                                 const lmi_lines *at, bool *is_enough))
{
    char *path = path_of_samples(r);
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool has_line = true;
    bool is_enough = false;
    lmi_lines lines = {0};
    lmas_status status =
        fd >= 0 ? lmi_lines_init(&lines, fd, path, LMI_SAMPLE_MAX)
                : lmi_fail_errno(LMAS_E_IO, "cannot open %s", path ? path : "samples.jsonl");

    while (status == LMAS_OK && !is_enough) {
        lmi_json json = {0};

        status = lmi_sample_next(&has_line, &json, &lines);
        if (status != LMAS_OK || !has_line)
            break;
        status = take(r, &json, &lines, &is_enough);
        lmi_json_done(&json);
    }
    if (fd >= 0) {
        lmi_lines_done(&lines);
        close(fd);
    }
    lmi_free(path);
    return status;
}

static lmas_status keep_first(lmi_regrade *r, lmi_json *json, const lmi_lines *at, bool *is_enough)
{
    (void)at;
    r->first = *json;
    *json = (lmi_json){0};
    *is_enough = true;
    return LMAS_OK;
}

static lmas_status open_run(lmi_regrade *r, const char *folder, bool is_dry)
{
    lmas_status status = LMAS_OK;

    if (!is_dry && lmi_runfolder_holds_run(folder))
        status = lmi_runfolder_open(&r->folder, folder);
    if (status == LMAS_OK)
        status = lmi_record_open(&r->record, folder);
    if (status == LMAS_OK)
        status = read_config(r);
    return status == LMAS_OK ? each_line(r, keep_first) : status;
}

lmas_status lmi_regrade_open(lmi_regrade **out, const char *folder, bool is_dry)
{
    lmi_regrade *r = lmi_new(1, sizeof(*r));
    lmas_status status;

    if (!r)
        return lmi_fail(LMAS_E_NOMEM, "no memory to grade");
    *r = (lmi_regrade){.folder = {.fd = -1}, .draft = {.samples = {.fd = -1}}};
    r->tail = &r->head;
    status = open_run(r, folder, is_dry);
    if (status == LMAS_OK)
        *out = r;
    else
        lmi_regrade_done(r);
    return status;
}

static void free_entry(entry *e)
{
    lmi_buf_done(&e->text);
    lmi_json_done(&e->was);
    lmi_free(e->failure);
    lmi_free(e);
}

static void end_grading(lmi_regrade *r)
{
    lmi_judge_close(r->judge);
    r->judge = NULL;
    lmi_draft_done(&r->draft);
    while (r->head) {
        entry *e = r->head;

        r->head = e->next;
        free_entry(e);
    }
    r->tail = &r->head;
    r->n_queued = r->n_unasked = 0;
}

void lmi_regrade_done(lmi_regrade *r)
{
    if (!r)
        return;
    end_grading(r);
    lmi_json_done(&r->first);
    lmi_free(r->grader);
    lmi_free(r->failure);
    lmi_record_done(&r->record);
    if (r->folder.path)
        lmi_runfolder_done(&r->folder);
    lmi_free(r);
}

lmi_regrade_source lmi_regrade_asks(const lmi_regrade *r)
{
    yyjson_val *line = r->first.doc ? lmi_json_root(&r->first) : NULL;

    return (lmi_regrade_source){.record = &r->record,
                                .question = yyjson_get_str(yyjson_obj_get(line, "question")),
                                .gold = yyjson_get_str(yyjson_obj_get(line, "gold")),
                                .code_timeout = r->code_timeout};
}

lmas_status lmi_regrade_check(const lmi_regrade *r, const lmi_dataset *data)
{
    const char *folder = r->record.folders[0].path;

    if (strcmp(r->record.data_sha256, data->sha256) != 0)
        return lmi_fail(LMAS_E_INVALID,
                        "%s: %s holds other data than the run was asked (SHA-256 %.12s..., the "
                        "run's is %.12s...): name the run's file with --data",
                        folder, data->path, data->sha256, r->record.data_sha256);
    if (r->record.n_questions > data->n)
        return lmi_fail(LMAS_E_FORMAT, "%s: a run of %zu questions over data that hold %zu", folder,
                        r->record.n_questions, data->n);
    return LMAS_OK;
}

/* ---- Grading ---- */

static entry *find(const lmi_regrade *r, uint64_t index)
{
    entry *e = r->head;

    while (e && yyjson_get_uint(yyjson_obj_get(lmi_json_root(&e->was), "index")) != index)
        e = e->next;
    return e;
}

/* Add what one rule says of a line, before and now. */
static void count(lmi_regraded *out, yyjson_val *was, yyjson_val *is)
{
    const bool was_right = yyjson_is_true(yyjson_obj_get(was, "correct"));
    const bool is_right = yyjson_is_true(yyjson_obj_get(is, "correct"));
    const bool was_none = !yyjson_is_bool(yyjson_obj_get(was, "correct"));
    const bool is_none = !yyjson_is_bool(yyjson_obj_get(is, "correct"));

    out->n_before += was_right;
    out->n_now += is_right;
    out->n_to_right += is_right && !was_right;
    out->n_to_wrong += was_right && !is_right && !is_none;
    out->n_other += was_right == is_right && (was_none || !is_none) && !lmi_line_same_rule(was, is);
    out->n_none += is_none;
}

/* The line goes out with the verdicts of `line`, where they are others. */
static lmas_status take_rules(entry *e, lmi_buf *line)
{
    yyjson_val *was = lmi_json_root(&e->was);
    lmi_json now;
    lmas_status status =
        lmi_json_parse_line(&now, e->was.label, e->was.first_line, lmi_buf_text(line), line->len);

    if (status != LMAS_OK)
        return status;
    if (!lmi_line_same(was, lmi_json_root(&now))) {
        status = lmi_line_keep_question(line, was, lmi_json_root(&now));
        lmi_buf_done(&e->text);
        e->text = *line;
        lmi_buf_init(line, LMI_SAMPLE_MAX);
    }
    lmi_json_done(&now);
    return status;
}

static lmas_status take_verdict(void *user, lmi_sample *sample)
{
    lmi_regrade *r = user;
    entry *e = find(r, sample->score.index);
    lmi_buf line;
    lmas_status status;

    if (!e)
        return lmi_fail(LMAS_E_FORMAT, "a verdict on question %llu, which nobody asked for",
                        (unsigned long long)sample->score.index);
    lmi_buf_init(&line, LMI_SAMPLE_MAX);
    status = lmi_line_rewrite(&line, &e->was, sample, r->version);
    if (status == LMAS_OK)
        status = take_rules(e, &line);
    lmi_buf_done(&line);
    e->is_judged = status == LMAS_OK;
    return status;
}

/* ---- The grader ---- */

static lmas_status parse(lmi_json *out, const entry *e)
{
    return lmi_json_parse_line(out, e->was.label, e->was.first_line, lmi_buf_text(&e->text),
                               e->text.len);
}

static lmas_status set_grader(lmi_regrade *r, entry *e, const char *verdict)
{
    lmi_json now;
    lmas_status status = parse(&now, e);

    if (status != LMAS_OK)
        return status;
    status = lmi_line_set_grader(&e->text, lmi_json_root(&now), verdict, r->version);
    lmi_json_done(&now);
    return status;
}

/* Whether the grader is to see the answer. */
static bool is_to_ask(const lmi_regrade *r, const entry *e)
{
    yyjson_val *grader = yyjson_obj_get(lmi_json_root(&e->was), "grader");

    return r->params->has_grader_again || !r->has_same_grader || !grader ||
           yyjson_obj_get(grader, "error");
}

/* Add the question of `e`, where there is something to ask: an answer. */
static lmas_status add_question(lmi_buf *questions, entry *asked[], size_t *n, lmi_regrade *r,
                                entry *e)
{
    lmas_result answer = {0};
    lmi_json now;
    lmas_status status;

    if (e->is_asked || !is_to_ask(r, e))
        return LMAS_OK;
    e->is_asked = true;
    status = parse(&now, e);
    if (status != LMAS_OK)
        return status;
    status = lmi_line_result(&answer, &now);
    if (status == LMAS_OK && answer.status != LMAS_OK) {
        lmi_json_done(&now);
        return set_grader(r, e, LMI_GRADER_NO_ANSWER);
    }
    if (status == LMAS_OK)
        status =
            lmi_grader_question(questions, lmi_json_root(&now), &r->params->data->items[answer.id]);
    asked[(*n)++] = e;
    lmi_json_done(&now);
    return status;
}

/* Whether the answer has a verdict of a grader that did not fail. */
static bool has_verdict(const entry *e)
{
    yyjson_val *grader = yyjson_obj_get(lmi_json_root(&e->was), "grader");

    return grader && !yyjson_obj_get(grader, "error");
}

/* Count a failure and keep the reason of the first. */
static lmas_status note_failure(lmi_regrade *r, const char *error)
{
    r->outcome.n_failed++;
    if (!r->failure)
        r->failure = lmi_strdup(error);
    r->outcome.failure = r->failure;
    return r->failure ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a verdict");
}

/* Take a verdict over. A failure waits for the first verdict, if there will be any. */
static lmas_status take_said(lmi_regrade *r, entry *e, char *verdict)
{
    lmi_json json;
    const char *error;
    lmas_status status = lmi_json_parse(&json, "a verdict", verdict, strlen(verdict));

    if (status == LMAS_OK) {
        error = yyjson_get_str(yyjson_obj_get(lmi_json_root(&json), "error"));
        e->failure = error ? verdict : NULL;
        if (error)
            status = note_failure(r, error);
        else
            status = set_grader(r, e, verdict);
        r->has_said = r->has_said || !error;
        lmi_json_done(&json);
    }
    if (!e->failure)
        lmi_free(verdict);
    return status;
}

/* It is known now whether the grader only fails: then the verdicts of before stay. */
static lmas_status settle(lmi_regrade *r)
{
    lmas_status status = LMAS_OK;
    entry *e;

    for (e = r->head; status == LMAS_OK && e; e = e->next) {
        if (!e->failure)
            continue;
        if (!r->has_said && has_verdict(e))
            r->outcome.n_kept++;
        else
            status = set_grader(r, e, e->failure);
        lmi_free(e->failure);
        e->failure = NULL;
    }
    return status;
}

static lmas_status ask(lmi_regrade *r, entry *asked[], const lmi_buf *questions, size_t n)
{
    char *verdicts[LMI_GRADER_BATCH_MAX] = {0};
    lmas_status status =
        n > 0 ? lmi_grader_ask(verdicts, r->params->grader, questions, n) : LMAS_OK;
    size_t i;

    for (i = 0; i < n; i++) {
        if (status == LMAS_OK)
            status = take_said(r, asked[i], verdicts[i]);
        else
            lmi_free(verdicts[i]);
    }
    r->outcome.n_asked += n;
    return status;
}

/* All that wait: they have the verdicts of the rules. One that fails for long is asked no more. */
static lmas_status ask_grader(lmi_regrade *r, bool is_end)
{
    entry *asked[LMI_GRADER_BATCH_MAX];
    size_t n = 0;
    entry *e;
    lmi_buf questions;
    lmas_status status = LMAS_OK;

    lmi_buf_init(&questions, LMI_SAMPLE_MAX);
    for (e = r->head; status == LMAS_OK && e; e = e->next)
        status = add_question(&questions, asked, &n, r, e);
    if (status == LMAS_OK)
        status = ask(r, asked, &questions, n);
    lmi_buf_done(&questions);
    r->n_unasked = 0;
    if (r->has_said || is_end || r->params->grader->n_failed_in_a_row >= LMI_GRADER_FAILED_MAX)
        return status == LMAS_OK ? settle(r) : status;
    return status;
}

/* ---- Out again ---- */

/* What the line says, before and now. */
static lmas_status sum_up(lmi_regrade *r, yyjson_val *was, const lmi_json *now)
{
    lmi_regrade_outcome *o = &r->outcome;
    yyjson_val *is = lmi_json_root(now);
    lmi_score score;
    const lmas_status status = lmi_sample_read(&score, now);

    if (status != LMAS_OK)
        return status;
    count(&o->exact, was, is);
    count(&o->compat, yyjson_obj_get(was, "compat"), yyjson_obj_get(is, "compat"));
    count(&o->grader, yyjson_obj_get(was, "grader"), yyjson_obj_get(is, "grader"));
    lmi_totals_add(&o->totals, &score);
    if (lmi_line_same(was, is))
        return LMAS_OK;
    o->n_changed++;
    if (r->params->on_change)
        r->params->on_change(r->params->user, was, is);
    return LMAS_OK;
}

static lmas_status write_entry(lmi_regrade *r, entry *e)
{
    lmi_json now;
    lmas_status status = parse(&now, e);

    if (status != LMAS_OK)
        return status;
    status = sum_up(r, lmi_json_root(&e->was), &now);
    if (status == LMAS_OK && r->draft.path)
        status = lmi_draft_add(&r->draft, lmi_buf_text(&e->text), e->text.len);
    lmi_json_done(&now);
    return status;
}

/* Write what has its verdict, up to the first line that has not. */
static lmas_status write_judged(lmi_regrade *r)
{
    lmas_status status = LMAS_OK;

    while (status == LMAS_OK && r->head && r->head->is_judged && !r->head->failure) {
        entry *e = r->head;

        status = write_entry(r, e);
        r->head = e->next;
        if (!r->head)
            r->tail = &r->head;
        r->n_queued--;
        r->n_done++;
        free_entry(e);
    }
    return status;
}

static bool has_all(const lmi_regrade *r)
{
    const entry *e = r->head;

    while (e && e->is_judged)
        e = e->next;
    return !e;
}

/* Whether no more lines may wait: with a grader they are shown to it together. */
static bool is_full(const lmi_regrade *r)
{
    return r->params->grader ? r->n_unasked >= r->params->grader->n_batch
                             : r->n_queued >= QUEUE_MAX;
}

/* What can go out does: one by one, or with a grader when it has seen all that wait. */
static lmas_status let_out(lmi_regrade *r, bool is_end)
{
    lmas_status status = LMAS_OK;

    if (r->params->grader) {
        if (!has_all(r) || (!is_end && !is_full(r)))
            return LMAS_OK;
        status = ask_grader(r, is_end);
    }
    return status == LMAS_OK ? write_judged(r) : status;
}

static lmas_status look(lmi_regrade *r, double wait_ms, bool is_end)
{
    const lmi_regrade_params *p = r->params;
    lmas_status status;

    if (p->goes_on && !p->goes_on(p->user, r->n_done, r->record.n))
        return lmi_fail(LMAS_E_CANCELED, "stopped: nothing is written");
    status = r->judge ? lmi_judge_poll(r->judge, wait_ms) : LMAS_OK;
    return status == LMAS_OK ? let_out(r, is_end) : status;
}

/* Put a line behind the others. */
static entry *queue(lmi_regrade *r, lmi_json *json, const lmi_lines *at)
{
    entry *e = lmi_new(1, sizeof(*e));

    if (!e)
        return NULL;
    *e = (entry){.was = *json};
    *json = (lmi_json){0};
    lmi_buf_init(&e->text, LMI_SAMPLE_MAX + 1);
    lmi_buf_append(&e->text, lmi_buf_text(&at->text), at->text.len);
    lmi_buf_putc(&e->text, '\n');
    *r->tail = e;
    r->tail = &e->next;
    r->n_queued++;
    r->n_unasked++;
    return e;
}

/* What grew since the lines were checked is left as it is: only a run that is not locked grows. */
static lmas_status take_line(lmi_regrade *r, lmi_json *json, const lmi_lines *at, bool *is_enough)
{
    lmas_result result = {0};
    entry *e;
    lmas_status status = lmi_line_result(&result, json);

    if (status != LMAS_OK)
        return status;
    e = queue(r, json, at);
    if (!e)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a line");
    status = lmi_buf_status(&e->text);
    e->is_judged = r->params->is_grader_alone;
    if (status == LMAS_OK && !e->is_judged)
        status = lmi_judge_take(r->judge, &result);
    if (status == LMAS_OK)
        status = look(r, 0, false);
    while (status == LMAS_OK && is_full(r))
        status = look(r, WAIT_MS, false);
    *is_enough = r->n_done + r->n_queued >= r->record.n;
    return status;
}

static lmas_status grade_all(lmi_regrade *r)
{
    const lmi_regrade_params *p = r->params;
    lmas_status status = LMAS_OK;

    if (!p->is_grader_alone)
        status = lmi_judge_open(&r->judge, p->data, p->sandbox, take_verdict, r);
    if (status == LMAS_OK && r->folder.path)
        status = lmi_draft_open(&r->draft, r->folder.path);
    if (status == LMAS_OK && r->record.n > 0)
        status = each_line(r, take_line);
    while (status == LMAS_OK && r->n_queued > 0)
        status = look(r, WAIT_MS, true);
    return status;
}

/* ---- Writing ---- */

static lmas_status keep(lmi_regrade *r, const lmi_buf *config)
{
    lmi_buf summary;
    lmas_status status;

    if (!r->outcome.n_changed)
        return lmi_file_write(r->folder.config_path, lmi_buf_text(config), config->len);
    lmi_buf_init(&summary, LMI_CONFIG_MAX);
    status = lmi_regraded_summary(&summary, r->folder.path, &r->outcome.totals);
    if (status == LMAS_OK)
        status = lmi_draft_keep(&r->draft, config, summary.len ? &summary : NULL);
    lmi_buf_done(&summary);
    return status;
}

/* Where no verdict changes but another looked, the config says so: a run may go on under the
 * version that graded it last. */
static bool is_to_write(const lmi_regrade *r)
{
    const lmi_regrade_params *p = r->params;

    if (!r->folder.path)
        return false;
    return r->outcome.n_changed > 0 || (p->grader && !r->has_same_grader && !r->outcome.n_kept) ||
           (!p->is_grader_alone && strcmp(r->version, lmas_version()) != 0);
}

/* A run that shows its answers to its own grader is as its config says already; a grader whose
 * predecessor's verdicts stay is named nowhere. */
static lmas_status write_all(lmi_regrade *r)
{
    lmi_regrade_params params = *r->params;
    const lmi_buf *stored = &r->folder.config;
    lmi_buf config;
    lmas_status status = LMAS_OK;

    if (!is_to_write(r))
        return LMAS_OK;
    lmi_buf_init(&config, LMI_CONFIG_MAX);
    if (r->outcome.n_kept)
        params.grader = NULL;
    if (params.is_grader_alone)
        lmi_buf_append(&config, lmi_buf_text(stored), stored->len);
    else
        status = lmi_regraded_config(&config, r->folder.config_path, stored, &params);
    if (status == LMAS_OK)
        status = lmi_buf_status(&config);
    if (status == LMAS_OK)
        status = keep(r, &config);
    lmi_buf_done(&config);
    r->outcome.is_written = status == LMAS_OK;
    return status;
}

lmas_status lmi_regrade_run(lmi_regrade_outcome *out, lmi_regrade *r,
                            const lmi_regrade_params *params)
{
    lmas_status status;

    r->params = params;
    r->outcome = (lmi_regrade_outcome){.version = r->version, .n = r->record.n};
    r->has_same_grader = params->grader && strcmp(r->grader, params->grader->command) == 0;
    r->n_done = 0;
    r->has_said = false;
    lmi_free(r->failure);
    r->failure = NULL;
    status = grade_all(r);
    if (status == LMAS_OK)
        status = write_all(r);
    end_grading(r);
    if (status == LMAS_OK)
        *out = r->outcome;
    return status;
}

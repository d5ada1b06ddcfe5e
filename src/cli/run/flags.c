/* flags.c - from the flags of `run` to a data set and a sandbox. */
#include "cli/run/flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/fetch.h"
#include "cli/interrupt.h"
#include "cli/run/grid/paper.h"

/* Published solutions take up to 14 s on a slow core; the reference stops at 10, and so does the
 * compat verdict. */
#define TIMEOUT_DEFAULT 30.0

/* Longest row of a question of one's own, in bytes: six for each byte of it and of its gold. */
#define CUSTOM_ROW_MAX (16 * LMI_QUESTION_MAX)

enum {
    SAMPLES_MAX = 1 << 30,
    SEED_MAX = INT32_MAX,
    TIMEOUT_MAX = 3600,
    PARALLEL_MAX = 64,
    SHARDS_MAX = 100000
};
enum { GRADER_BATCH_DEFAULT = 16 };

static const char *task_name_at(size_t i)
{
    const lmi_task *task = lmi_task_at(i);

    return task ? task->name : NULL;
}

#define AT(field) offsetof(lmi_task_flags, field)
const lmi_opt lmi_task_opts[] = {
    {"--task", LMI_OPT_FILE, AT(task), "TASK", .word_at = task_name_at,
     .help = "what is asked and how it is graded: a task file FILE.json, or one of those that "
             "latentmas tasks describes",
     .is_axis = true, .all_at = lmi_paper_task_at},
    {"--data", LMI_OPT_FILE, AT(data), "FILE",
     .help = "the questions, in the task's published form: JSON lines or a JSON array, gzipped or "
             "not (default: the cache, filled where it is empty: latentmas data)"},
    {"--split", LMI_OPT_TEXT, AT(split), "NAME",
     .help = "what the summary calls the data; of the rows that are fetched, the published split"},
    {"--max_samples", LMI_OPT_INT, AT(max_samples), "N", .min = -1, .max = SAMPLES_MAX,
     .help = "the first N questions, -1 for all (default: all; the first 100 with "
             "--custom_prompt_file, as Science-LatentMAS has it)"},
    {"--ids", LMI_OPT_TEXT, AT(ids), "LIST",
     .help = "these questions, in this order: numbers of rows from 0, ranges such as 7-12, or ids "
             "of the data set such as HumanEval/3, a comma between"},
    {"--shuffle", LMI_OPT_INT, AT(shuffle), "SEED", .min = -1, .max = SEED_MAX,
     .help = "in an order that the seed decides: with --max_samples N questions taken from all of "
             "the data (-1: as they stand there)"},
    {"--shard", LMI_OPT_TEXT, AT(shard), "I/N",
     .help = "ask the I-th of N equal parts, from 1/N to N/N; latentmas report joins the folders"},
    {"--custom_question", LMI_OPT_TEXT, AT(custom_question), "TEXT",
     .help = "--task custom: one question of your own"},
    {"--custom_question_file", LMI_OPT_FILE, AT(custom_question_file), "FILE",
     .help = "the same from a file, which wins over the text"},
    {"--custom_gold", LMI_OPT_TEXT, AT(custom_gold), "TEXT",
     .help = "its right answer; without one it is asked and not graded"},
    {0},
};
#undef AT

#define AT(field) offsetof(lmi_code_flags, field)
const lmi_opt lmi_code_opts[] = {
    {"--allow-code --confirm_run_unsafe_code", LMI_OPT_ON, AT(is_allowed),
     .help = "run the Python that the model writes (so does HF_ALLOW_CODE_EVAL=1)"},
    {"--sandbox", LMI_OPT_WORD, AT(sandbox), "bwrap|none",
     .help = "bwrap: no network, none of your files; none: limits on time, memory and output only"},
    {"--python", LMI_OPT_FILE, AT(python), "FILE",
     .help = "the interpreter that runs programs (default: python3)"},
    {"--code_timeout", LMI_OPT_REAL, AT(timeout), "SECONDS", .min = 1, .max = TIMEOUT_MAX,
     .help = "longest time a program may take with its tests"},
    {"--code_parallel", LMI_OPT_INT, AT(n_parallel), "N", .min = 1, .max = PARALLEL_MAX,
     .help = "programs that run at once, beside the model"},
    {0},
};
#undef AT

#define AT(field) offsetof(lmi_grader_flags, field)
const lmi_opt lmi_grader_opts[] = {
    {"--grader", LMI_OPT_TEXT, AT(command), "CMD",
     .help = "a judge of your own: the shell runs CMD, which gets an answer a line as JSON (index, "
             "id, question, gold, options, text, prediction) and prints a line for each, "
             "{\"correct\": true|false|null, \"prediction\": TEXT, \"why\": TEXT}"},
    {"--grader_timeout", LMI_OPT_REAL, AT(timeout), "SECONDS", .min = 0.1, .max = TIMEOUT_MAX,
     .help = "longest time it may take for an answer"},
    {"--grader_batch", LMI_OPT_INT, AT(n_batch), "N", .min = 1, .max = LMI_GRADER_BATCH_MAX,
     .help = "answers that it is started for"},
    {0},
};
#undef AT

void lmi_grader_flags_init(lmi_grader_flags *flags)
{
    *flags = (lmi_grader_flags){.timeout = TIMEOUT_DEFAULT, .n_batch = GRADER_BATCH_DEFAULT};
}

static bool is_not_interrupted(void *user)
{
    (void)user;
    return !lmi_interrupted();
}

lmi_grader lmi_flags_grader(const lmi_grader_flags *flags)
{
    return (lmi_grader){.command = flags->command,
                        .wall_ms = flags->timeout * 1e3,
                        .n_batch = (size_t)flags->n_batch,
                        .goes_on = is_not_interrupted};
}

void lmi_task_flags_init(lmi_task_flags *flags)
{
    *flags = (lmi_task_flags){.task = "gsm8k", .max_samples = LMI_SAMPLES_NOT_GIVEN, .shuffle = -1};
}

void lmi_code_flags_init(lmi_code_flags *flags)
{
    const lmi_sandbox_params p = lmi_sandbox_params_default();

    *flags = (lmi_code_flags){.sandbox = lmi_sandbox_kind_name(p.kind),
                              .timeout = TIMEOUT_DEFAULT,
                              .n_parallel = p.n_parallel};
}

double lmi_code_timeout(double given, double before)
{
    if (given > 0)
        return given;
    return before >= 1 && before <= (double)TIMEOUT_MAX ? before : TIMEOUT_DEFAULT;
}

lmi_sandbox_params lmi_flags_sandbox(const lmi_code_flags *flags)
{
    lmi_sandbox_params p = lmi_sandbox_params_default();

    p.kind = strcmp(flags->sandbox, "none") == 0 ? LMI_SANDBOX_NONE : LMI_SANDBOX_BWRAP;
    p.wall_ms = flags->timeout * 1e3;
    p.n_parallel = (uint32_t)flags->n_parallel;
    p.python = flags->python;
    return p;
}

lmas_status lmi_sandbox_try(lmi_python *out, const lmi_sandbox_params *params,
                            const lmi_dataset *data, const size_t *rows, size_t n)
{
    lmi_sandbox *probe;
    lmas_status status = lmi_sandbox_open(&probe, params, NULL, NULL);
    size_t i;

    if (status != LMAS_OK)
        return status;
    *out = lmi_sandbox_python(probe);
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = lmi_sandbox_check_tests(probe, data->items[rows ? rows[i] : i].tests);
    lmi_sandbox_close(probe);
    return status;
}

/* Digits only, so that a sign or a space is not taken for part of a number. */
static bool parse_count(size_t *out, const char *text, size_t len)
{
    char digits[8];

    if (len == 0 || len >= sizeof(digits) || strspn(text, "0123456789") < len)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    *out = strtoul(digits, NULL, 10);
    return true;
}

lmas_status lmi_shard_parse(size_t *shard, size_t *n_shards, const char *text)
{
    const char *slash = strchr(text, '/');
    size_t i = 0;
    size_t n = 0;

    if (!slash || !parse_count(&i, text, (size_t)(slash - text)) ||
        !parse_count(&n, slash + 1, strlen(slash + 1)) || n == 0 || n > SHARDS_MAX || i == 0 ||
        i > n)
        return lmi_fail(LMAS_E_INVALID,
                        "--shard: expected I/N with I from 1 to N and N up to %d, found \"%s\"",
                        SHARDS_MAX, text);
    *shard = i;
    *n_shards = n;
    return LMAS_OK;
}

static bool is_custom(const lmi_task_flags *flags)
{
    return flags->custom_question || flags->custom_question_file;
}

/* The task that is named, or a message that names the flag. */
static lmas_status find_task(const lmi_task **out, const char *word)
{
    char message[LMI_ERROR_MAX];
    const lmas_status status = lmi_task_named(out, word);

    if (status != LMAS_E_INVALID)
        return status;
    snprintf(message, sizeof(message), "%s", lmas_last_error());
    return lmi_fail(status, "--task: %s", message);
}

/* Where rows are fetched the split must be the one that is published; the reference's default,
 * "test", stands for that. */
static lmas_status check_split(const lmi_task_flags *flags, const lmi_source *source)
{
    const char *published = source->split;
    const char *split = flags->split;

    if (!split || flags->data || strcmp(split, "test") == 0 || source->kind == LMI_SOURCE_BESIDE ||
        (published && strcmp(split, published) == 0))
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "--split %s: of %s only the split %s is fetched; name a file with --data FILE",
                    split, flags->task, published ? published : "test");
}

static lmas_status check_custom(const lmi_task_flags *flags)
{
    const bool is_custom_task = strcmp(flags->task, "custom") == 0;

    if ((is_custom(flags) || flags->custom_gold) && !is_custom_task)
        return lmi_fail(LMAS_E_INVALID, "--custom_question and its kin need --task custom");
    if (is_custom(flags) && flags->data)
        return lmi_fail(LMAS_E_INVALID,
                        "--custom_question and --data are both given, one expected");
    if (is_custom_task && !is_custom(flags) && !flags->data)
        return lmi_fail(LMAS_E_INVALID, "no question: give one with --custom_question TEXT, or a "
                                        "file of them with --data FILE");
    return LMAS_OK;
}

lmas_status lmi_task_flags_check(const lmi_task_flags *flags)
{
    const lmi_task *task = NULL;
    size_t ignored;
    lmas_status status = check_custom(flags);

    if (flags->max_samples == 0)
        return lmi_fail(LMAS_E_INVALID,
                        "--max_samples: expected -1 or a whole number from 1, found \"0\"");
    if (status == LMAS_OK)
        status = find_task(&task, flags->task);
    if (status == LMAS_OK)
        status = check_split(flags, &task->source);
    if (status != LMAS_OK)
        return status;
    return flags->shard ? lmi_shard_parse(&ignored, &ignored, flags->shard) : LMAS_OK;
}

lmas_status lmi_code_flags_check(const lmi_code_flags *flags, const lmi_task *task)
{
    const char *hf = getenv("HF_ALLOW_CODE_EVAL");

    if (task->grade != LMI_GRADE_CODE || flags->is_allowed || (hf && strcmp(hf, "1") == 0))
        return LMAS_OK;
    return lmi_fail(
        LMAS_E_INVALID,
        "task %s runs Python that others wrote, in a sandbox: allow it with --allow-code",
        task->name);
}

/* Fail unless the text of a flag can be a string of JSON without a NUL. */
static lmas_status check_text(const char *flag, const char *text, size_t len)
{
    if (memchr(text, '\0', len))
        return lmi_fail(LMAS_E_FORMAT, "%s: the text contains a NUL byte", flag);
    if (!lmi_utf8_is_valid(text, len))
        return lmi_fail(LMAS_E_FORMAT, "%s: the text is not valid UTF-8", flag);
    return LMAS_OK;
}

/* Append the question of the command line, which `flag` gives. */
static lmas_status read_custom(lmi_buf *out, const lmi_task_flags *flags, const char *flag)
{
    lmas_status status = LMAS_OK;

    if (flags->custom_question_file)
        status = lmi_file_read(out, flags->custom_question_file);
    else
        lmi_buf_puts(out, flags->custom_question);
    if (status == LMAS_OK)
        status = lmi_buf_status(out);
    return status == LMAS_OK ? check_text(flag, lmi_buf_text(out), out->len) : status;
}

/* Append the row of a question of one's own. */
static lmas_status write_custom(lmi_buf *row, const char *question, const char *gold)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status = gold ? check_text("--custom_gold", gold, strlen(gold)) : LMAS_OK;

    if (status == LMAS_OK)
        status = lmi_json_new(&doc, &root, "a question");
    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, "question", question);
    if (gold)
        yyjson_mut_obj_add_str(doc, root, "gold", gold);
    return lmi_json_write(row, doc, 0, "a question");
}

/* The question of the command line as a data file of one row. */
static lmas_status open_custom(lmi_dataset *out, lmi_buf *path, const lmi_task_flags *flags)
{
    lmi_buf question, row;
    lmas_status status;

    lmi_buf_puts(path,
                 flags->custom_question_file ? "--custom_question_file" : "--custom_question");
    lmi_buf_init(&question, LMI_QUESTION_MAX);
    lmi_buf_init(&row, CUSTOM_ROW_MAX);
    status = read_custom(&question, flags, lmi_buf_text(path));
    if (status == LMAS_OK)
        status = write_custom(&row, lmi_buf_text(&question), flags->custom_gold);
    if (status == LMAS_OK)
        status = lmi_dataset_parse(out, lmi_task_find("custom"), lmi_buf_text(path),
                                   lmi_buf_text(&row), row.len);
    lmi_buf_done(&question);
    lmi_buf_done(&row);
    return status;
}

/* Rows that come with the program need no cache. */
static lmas_status open_own(lmi_dataset *out, lmi_buf *path, const lmi_task *task)
{
    lmi_buf_puts(path, task->source.path);
    return lmi_dataset_parse(out, task, lmi_buf_text(path), task->source.own,
                             strlen(task->source.own));
}

/* The task's own rows, in the cache from now on. */
static lmas_status find_rows(lmi_buf *path, const lmi_task *task)
{
    lmas_status status = lmi_fetch_shown(task->name, &task->source, false);

    return status == LMAS_OK ? lmi_source_path(path, task->name, &task->source) : status;
}

lmas_status lmi_task_open_rows(lmi_dataset *out, lmi_buf *path, const lmi_task_flags *flags,
                               const lmi_task *task)
{
    lmas_status status = LMAS_OK;

    lmi_buf_init(path, LMI_PATH_MAX);
    if (is_custom(flags))
        return open_custom(out, path, flags);
    if (task->source.kind == LMI_SOURCE_OWN && !flags->data)
        return open_own(out, path, task);
    if (flags->data)
        lmi_buf_puts(path, flags->data);
    else
        status = find_rows(path, task);
    if (status == LMAS_OK)
        status = lmi_buf_status(path);
    return status == LMAS_OK ? lmi_dataset_open(out, task, lmi_buf_text(path)) : status;
}

lmas_status lmi_task_open(lmi_dataset *out, lmi_buf *path, const lmi_task_flags *flags)
{
    const lmi_task *task = NULL;
    lmas_status status;

    lmi_buf_init(path, LMI_PATH_MAX);
    status = find_task(&task, flags->task);
    return status == LMAS_OK ? lmi_task_open_rows(out, path, flags, task) : status;
}

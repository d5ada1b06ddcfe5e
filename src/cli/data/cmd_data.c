/* cmd_data.c - latentmas data: the published data sets, and the copies of them in the cache. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/data/check.h"
#include "cli/fetch.h"
#include "cli/flags.h"
#include "cli/interrupt.h"
#include "cli/show/term.h"
#include "cli/words.h"

typedef struct data_settings {
    lmi_general_flags general;
    bool is_anew;
    const char *file;
    lmi_code_flags code;
} data_settings;

static const lmi_opt data_opts[] = {
    {"--force", LMI_OPT_ON, offsetof(data_settings, is_anew),
     .help = "with get: fetch again what is there; it is replaced once the new rows are whole"},
    {"--data", LMI_OPT_FILE, offsetof(data_settings, file), "FILE",
     .help = "with check: look at this file instead of the one in the cache"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Data", data_opts, 0},
    {"Programs, with check", lmi_code_opts, offsetof(data_settings, code)},
    {"General", lmi_general_opts, 0},
    {0},
};

static bool is_published(const lmi_task *task)
{
    return task->source.kind != LMI_SOURCE_NONE;
}

static const char *published_at(size_t i)
{
    const lmi_task *task;
    size_t at;

    for (at = 0; (task = lmi_task_at(at)); at++)
        if (is_published(task) && i-- == 0)
            return task->name;
    return NULL;
}

/* All of them, and the word for all. */
static const char *gettable_at(size_t i)
{
    return i == 0 ? "all" : published_at(i - 1);
}

static const lmi_opt words[] = {
    {"list", LMI_OPT_ON, .help = "name the data sets, and which are in the cache"},
    {"get", LMI_OPT_FILE, 0, "TASK...", .word_at = gettable_at, .help = "fetch data sets"},
    {"path", LMI_OPT_FILE, 0, "TASK", .word_at = published_at, .help = "say where a data set lies"},
    {"check", LMI_OPT_FILE, 0, "TASK", .word_at = published_at,
     .help = "grade a data set's own answers"},
    {0},
};

/* "unknown task gsm9k, did you mean gsm8k?" */
static int refuse_task(const char *name)
{
    const lmi_task *task;
    lmi_nearest nearest;
    size_t i;

    lmi_nearest_init(&nearest, name, strlen(name));
    for (i = 0; (task = lmi_task_at(i)); i++)
        if (is_published(task))
            lmi_nearest_offer(&nearest, task->name, strlen(task->name));
    if (nearest.name)
        lmi_say("no data set is known for task %s, did you mean %s? (latentmas data lists all)",
                name, nearest.name);
    else
        lmi_say("no data set is known for task %s; latentmas data lists all", name);
    return LMI_EXIT_USAGE;
}

/* The task of that name, or file; where it has no data set to be had, NULL, which is said. */
static const lmi_task *find_task(int *code, const char *word)
{
    const lmi_task *task = NULL;
    const lmas_status status = lmi_task_named(&task, word);

    if (status == LMAS_OK && is_published(task))
        return task;
    *code =
        status == LMAS_OK || status == LMAS_E_INVALID ? refuse_task(word) : lmi_say_failure(status);
    return NULL;
}

/* ---- list ---- */

static lmas_status print_source(const lmi_task *task)
{
    const lmi_source *source = &task->source;
    lmas_status status;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_source_path(&path, task->name, source);
    if (status == LMAS_OK)
        printf("%-14s %5zu  %-6s  %s %s%s%s\n", task->name, source->n_rows,
               lmi_file_exists(lmi_buf_text(&path)) ? "yes" : "no", source->repo,
               source->path ? source->path : source->config, source->path ? "" : " ",
               source->path ? "" : source->split);
    lmi_buf_done(&path);
    return status;
}

static int list(void)
{
    const lmi_task *task;
    size_t i;

    printf("%-14s %5s  %-6s  %s\n", "task", "rows", "cached", "source");
    for (i = 0; (task = lmi_task_at(i)); i++) {
        const lmas_status status = is_published(task) ? print_source(task) : LMAS_OK;

        if (status != LMAS_OK)
            return lmi_say_failure(status);
    }
    return LMI_EXIT_OK;
}

/* ---- path and get ---- */

static lmas_status print_path(const lmi_task *task, bool must_exist)
{
    lmas_status status;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_source_path(&path, task->name, &task->source);
    if (status == LMAS_OK && must_exist && !lmi_file_exists(lmi_buf_text(&path)))
        status = lmi_fail(LMAS_E_IO, "%s is not in the cache; fetch it with: latentmas data get %s",
                          task->name, task->name);
    if (status == LMAS_OK) {
        puts(lmi_buf_text(&path));
        fflush(stdout); /* the next task may take long */
    }
    lmi_buf_done(&path);
    return status;
}

static int path_of(const char *name)
{
    int code = LMI_EXIT_OK;
    const lmi_task *task = find_task(&code, name);
    lmas_status status;

    if (!task)
        return code;
    status = print_path(task, true);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int get_one(const lmi_task *task, bool is_anew)
{
    lmas_status status = lmi_fetch_shown(task->name, &task->source, is_anew);

    if (status == LMAS_OK)
        status = print_path(task, false);
    if (status == LMAS_OK)
        return LMI_EXIT_OK;
    if (status == LMAS_E_CANCELED)
        lmi_say("%s: what was fetched is kept; the same command goes on from there", task->name);
    return lmi_say_failure(status);
}

/* One that fails does not keep the others from being fetched; an interrupt does. */
static int get_all(bool is_anew)
{
    int code = LMI_EXIT_OK;
    const lmi_task *task;
    size_t i;

    for (i = 0; code != LMI_EXIT_INTERRUPTED && (task = lmi_task_at(i)); i++) {
        const int one = is_published(task) ? get_one(task, is_anew) : LMI_EXIT_OK;

        code = one == LMI_EXIT_OK ? code : one;
    }
    return code;
}

/* The names are checked first: a slip in the last one shows before the first is fetched. */
static int get(const data_settings *s, char **tasks, size_t n)
{
    int code = LMI_EXIT_OK;
    size_t i;

    lmi_interrupt_install();
    if (n == 1 && strcmp(tasks[0], "all") == 0)
        return get_all(s->is_anew);
    for (i = 0; i < n; i++)
        if (!find_task(&code, tasks[i]))
            return code;
    for (i = 0; code != LMI_EXIT_INTERRUPTED && i < n; i++) {
        const int one = get_one(find_task(&code, tasks[i]), s->is_anew);

        code = one == LMI_EXIT_OK ? code : one;
    }
    return code;
}

static int check(const data_settings *s, const char *name)
{
    const lmi_task_flags flags = {.task = name, .data = s->file};
    int code = LMI_EXIT_OK;
    const lmi_task *task = lmi_task_find(name);

    task = task ? task : find_task(&code, name);
    return task ? lmi_data_check(task, &flags, &s->code) : code;
}

static void init(void *settings)
{
    data_settings *s = settings;

    *s = (data_settings){0};
    lmi_code_flags_init(&s->code);
}

static int run(void *settings, const lmi_args *args)
{
    const char *word = args->n_words ? args->words[0] : "list";

    if (strcmp(word, "list") == 0 && args->n_words <= 1)
        return list();
    if (strcmp(word, "path") == 0 && args->n_words == 2)
        return path_of(args->words[1]);
    if (strcmp(word, "get") == 0 && args->n_words >= 2)
        return get(settings, args->words + 1, args->n_words - 1);
    if (strcmp(word, "check") == 0 && args->n_words == 2)
        return check(settings, args->words[1]);
    lmi_say("data: expected list, get TASK..., path TASK or check TASK, found \"%s\"%s", word,
            args->n_words > 1 ? " and more" : "");
    return LMI_EXIT_USAGE;
}

const lmi_command lmi_cmd_data = {
    .name = "data",
    .summary = "list, fetch, find and check the published data sets",
    .usage = "[list]\n"
             "get TASK...|all [--force]\n"
             "path TASK\n"
             "check TASK [--data FILE]",
    .about =
        "Without words, lists the data sets, and which are in the cache. get fetches them and "
        "prints where each is; one that was cut off, in whatever way, goes on where it was. A data "
        "set is put into the cache only when all the published rows are there. path prints where "
        "one is. check grades a data set's own answers: all must be right; of code it runs the "
        "published solutions, in the sandbox, and the same with one operator changed, of which 95 "
        "% must fail; programs of a --data file, or of a task file, need --allow-code. A TASK is a "
        "name, or a task file FILE.json.",
    .examples = "fetch two data sets\n"
                "latentmas data get gsm8k medqa\n"
                "look at the first row of one\n"
                "head -n 1 \"$(latentmas data path gsm8k)\"\n"
                "run every published solution of a code task\n"
                "latentmas data check humanevalplus\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_data, lmi_env_hub, lmi_env_rows,
                    lmi_env_http, lmi_env_code, lmi_env_temporary},
    .files = {lmi_files_data, lmi_files_code},
    .see_also = "run tasks",
    .settings_size = sizeof(data_settings),
    .init = init,
    .run = run,
};

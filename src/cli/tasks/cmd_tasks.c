/* cmd_tasks.c - latentmas tasks: what run can evaluate, and a check for a task of one's own. */
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/show/term.h"
#include "cli/tasks/look.h"
#include "data/task.h"

typedef struct tasks_settings {
    lmi_general_flags general;
    bool is_json;
    const char *data;
} tasks_settings;

static const lmi_opt tasks_opts[] = {
    {"--json", LMI_OPT_ON, offsetof(tasks_settings, is_json), .help = "print JSON"},
    {"--data", LMI_OPT_FILE, offsetof(tasks_settings, data), "FILE",
     .help = "with check: show rows of this file"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Tasks", tasks_opts, 0},
    {"General", lmi_general_opts, 0},
    {0},
};

static const char *name_at(size_t i)
{
    const lmi_task *task = lmi_task_at(i);

    return task ? task->name : NULL;
}

static const lmi_opt words[] = {
    {"list", LMI_OPT_ON, .help = "name the tasks, what they ask for and how much"},
    {"show", LMI_OPT_WORD, 0, "NAME", .word_at = name_at, .help = "print the file of a task"},
    {"check", LMI_OPT_FILE, 0, "FILE", .word_at = name_at,
     .help = "say whether a file is a task, and show what its first rows become"},
    {0},
};

/* Append the path of the task's rows when they are in the cache, else nothing. */
static lmas_status append_cached(lmi_buf *out, const lmi_task *task, const lmi_source *source)
{
    const lmas_status status = lmi_source_path(out, task->name, source);

    if (status == LMAS_OK && !lmi_file_exists(lmi_buf_text(out)))
        lmi_buf_clear(out);
    return status;
}

/* ---- For people ---- */

static void print_table(void)
{
    const lmi_task *task;
    size_t i;

    printf("%-14s %-7s %9s  %s\n", "task", "answer", "questions", "what");
    for (i = 0; (task = lmi_task_at(i)); i++) {
        char n[32] = "";

        if (task->source.n_rows)
            snprintf(n, sizeof(n), "%zu", task->source.n_rows);
        printf("%-14s %-7s %9s  %s\n", task->name, lmi_task_kind_name(task), n, task->summary);
    }
}

/* ---- For programs ---- */

static lmas_status add_task(yyjson_mut_doc *doc, yyjson_mut_val *array, const lmi_task *task)
{
    const lmi_source *source = &task->source;
    yyjson_mut_val *object = yyjson_mut_arr_add_obj(doc, array);
    lmas_status status = LMAS_OK;
    lmi_buf path;

    yyjson_mut_obj_add_str(doc, object, "task", task->name);
    yyjson_mut_obj_add_str(doc, object, "answer", lmi_task_kind_name(task));
    yyjson_mut_obj_add_str(doc, object, "summary", task->summary);
    yyjson_mut_obj_add_str(doc, object, "row", task->row);
    if (source->kind == LMI_SOURCE_NONE)
        return LMAS_OK;
    yyjson_mut_obj_add_uint(doc, object, "n_rows", source->n_rows);
    yyjson_mut_obj_add_str(doc, object, "source", source->repo);
    lmi_buf_init(&path, LMI_PATH_MAX);
    status = append_cached(&path, task, source);
    if (status == LMAS_OK && path.len)
        yyjson_mut_obj_add_strcpy(doc, object, "path", lmi_buf_text(&path));
    lmi_buf_done(&path);
    return status;
}

static lmas_status print_json(void)
{
    static const char what[] = "the list of tasks";
    yyjson_mut_doc *doc;
    const lmi_task *task;
    yyjson_mut_val *array;
    lmas_status status = lmi_json_new(&doc, &array, what);
    size_t i;

    if (status != LMAS_OK)
        return status;
    array = yyjson_mut_arr(doc);
    yyjson_mut_doc_set_root(doc, array);
    for (i = 0; status == LMAS_OK && (task = lmi_task_at(i)); i++)
        status = add_task(doc, array, task);
    if (status == LMAS_OK)
        return lmi_print_json(doc, what);
    yyjson_mut_doc_free(doc);
    return status;
}

static int list(bool is_json)
{
    lmas_status status;

    if (!is_json) {
        print_table();
        return LMI_EXIT_OK;
    }
    status = print_json();
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int show(const char *name)
{
    const lmi_task *task = NULL;
    const lmas_status status = lmi_task_named(&task, name);

    if (status != LMAS_OK)
        return status == LMAS_E_INVALID ? lmi_say_misuse() : lmi_say_failure(status);
    fputs(task->text, stdout);
    return LMI_EXIT_OK;
}

static int run(void *settings, const lmi_args *args)
{
    const tasks_settings *s = settings;
    const char *word = args->n_words ? args->words[0] : "list";

    if (args->n_words <= 1 && strcmp(word, "list") == 0)
        return list(s->is_json);
    if (args->n_words == 2 && strcmp(word, "show") == 0)
        return show(args->words[1]);
    if (args->n_words == 2 && strcmp(word, "check") == 0)
        return lmi_tasks_check(args->words[1], s->data);
    lmi_say("tasks: expected list, show NAME or check FILE, found \"%s\"%s", word,
            args->n_words > 2   ? " and more than one word"
            : args->n_words < 2 ? " alone"
                                : "");
    return LMI_EXIT_USAGE;
}

const lmi_command lmi_cmd_tasks = {
    .name = "tasks",
    .summary = "list what run can evaluate, show one, check a task file",
    .usage = "[list] [--json]\n"
             "show NAME\n"
             "check FILE|NAME [--data FILE]",
    .about = "A task is a file: what kind of answer it asks for, where its rows are, and how a row "
             "becomes a question and its right answer. Without words, lists the tasks that come "
             "with the program, with how many questions each was published. With --json also what "
             "a row of its data holds, where it comes from, and where it is in the cache. show "
             "prints one, to start your own from. check says whether a file is a task, and if not, "
             "which line is wrong; where its rows are at hand, reads them all and shows the first.",
    .examples = "see all tasks\n"
                "latentmas tasks\n"
                "start a task of your own\n"
                "latentmas tasks show arc_easy > mine.json\n"
                "see whether it is right, and what its rows become\n"
                "latentmas tasks check mine.json\n"
                "run it\n"
                "latentmas run -m MODEL --task mine.json\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_cache, lmi_env_data},
    .files = {lmi_files_data},
    .see_also = "data run",
    .settings_size = sizeof(tasks_settings),
    .run = run,
};

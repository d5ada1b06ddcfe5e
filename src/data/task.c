/* task.c - the table of tasks. */
#include "data/task.h"

#include <string.h>

#include "data/own.h"

#define ROWS(repo, config, split, n) {LMI_SOURCE_ROWS, repo, config, split, NULL, n, NULL}
#define FILE_OF(repo, path, n)       {LMI_SOURCE_FILE, repo, NULL, NULL, path, n, NULL}
#define RAW(repo, path, n)           {LMI_SOURCE_RAW, repo, NULL, NULL, path, n, NULL}
#define OWN(text, path, n)           {LMI_SOURCE_OWN, "latentmas", NULL, NULL, path, n, text}

static const lmi_task tasks[] = {
    {
        .name = "gsm8k",
        .summary = "grade-school word problems",
        .row = "\"question\", \"answer\" (... #### 18), perhaps \"note\"",
        .grade = LMI_GRADE_NUMBER,
        .source = ROWS("openai/gsm8k", "main", "test", 1319),
        .read_row = lmi_item_read_gsm8k,
    },
    {
        .name = "aime2024",
        .summary = "competition mathematics, answers from 0 to 999",
        .row = "\"problem\", \"answer\"",
        .grade = LMI_GRADE_INTEGER,
        .source = ROWS("HuggingFaceH4/aime_2024", "default", "train", 30),
        .read_row = lmi_item_read_aime,
    },
    {
        .name = "aime2025",
        .summary = "competition mathematics, answers from 0 to 999",
        .row = "\"problem\", \"answer\"",
        .grade = LMI_GRADE_INTEGER,
        .source = ROWS("yentinglin/aime_2025", "default", "train", 30),
        .read_row = lmi_item_read_aime,
    },
    {
        .name = "gpqa",
        .summary = "graduate-level science (Diamond), four options",
        .row = "\"question\" (options inside), \"answer\" (a letter)",
        .grade = LMI_GRADE_CHOICE,
        .source = ROWS("fingertap/GPQA-Diamond", "default", "test", 198),
        .read_row = lmi_item_read_gpqa,
    },
    {
        .name = "arc_easy",
        .summary = "school science, the easier part, 3 to 5 options",
        .row = "\"question\", \"choices\" {\"text\", \"label\"}, \"answerKey\"",
        .grade = LMI_GRADE_CHOICE,
        .source = ROWS("allenai/ai2_arc", "ARC-Easy", "test", 2376),
        .read_row = lmi_item_read_arc,
    },
    {
        .name = "arc_challenge",
        .summary = "school science, the harder part, 3 to 5 options",
        .row = "\"question\", \"choices\" {\"text\", \"label\"}, \"answerKey\"",
        .grade = LMI_GRADE_CHOICE,
        .source = ROWS("allenai/ai2_arc", "ARC-Challenge", "test", 1172),
        .read_row = lmi_item_read_arc,
    },
    {
        .name = "mbppplus",
        .summary = "short Python programs, many tests",
        .row = "\"prompt\", \"code\", \"test\", \"test_list\"",
        .grade = LMI_GRADE_CODE,
        .source = ROWS("evalplus/mbppplus", "default", "test", 378),
        .read_row = lmi_item_read_mbppplus,
    },
    {
        .name = "humanevalplus",
        .summary = "Python functions to complete, many tests",
        .row = "\"task_id\", \"prompt\", \"canonical_solution\", \"entry_point\", \"test\"",
        .grade = LMI_GRADE_CODE,
        .source = FILE_OF("evalplus/humanevalplus", "test.jsonl", 164),
        .read_row = lmi_item_read_humanevalplus,
    },
    {
        .name = "medqa",
        .summary = "medical licensing questions",
        .row = "\"query\", \"options\", \"answer\" (the option's text)",
        .grade = LMI_GRADE_CHOICE,
        .source = RAW("Gen-Verse/LatentMAS", "main/data/medqa.json", 300),
        .read_row = lmi_item_read_medqa,
    },
    {
        .name = "winogrande",
        .summary = "which of two words fits the blank",
        .row = "\"sentence\", \"option1\", \"option2\", \"answer\" (1 or 2)",
        .grade = LMI_GRADE_CHOICE,
        .source = ROWS("allenai/winogrande", "winogrande_xl", "validation", 1267),
        .read_row = lmi_item_read_winogrande,
    },
    {
        .name = "demo",
        .summary = "word problems for the demo model, none of which it has seen",
        .row = "as of gsm8k",
        .grade = LMI_GRADE_NUMBER,
        .source = OWN(lmi_demo_jsonl, "src/data/demo.jsonl", 400),
        .read_row = lmi_item_read_gsm8k,
    },
    {
        .name = "demo_secret",
        .summary = "the same with a number that only {note} tells: for models/secret_team.json",
        .row = "as of gsm8k, and \"note\"",
        .grade = LMI_GRADE_NUMBER,
        .source = OWN(lmi_demo_secret_jsonl, "src/data/demo_secret.jsonl", 100),
        .read_row = lmi_item_read_gsm8k,
    },
    {
        .name = "demo_split",
        .summary = "the sum of two numbers that a reader each is told: for --team split-evidence",
        .row = "as of gsm8k, and \"note\" {\"first\", \"second\"}",
        .grade = LMI_GRADE_NUMBER,
        .source = OWN(lmi_demo_split_jsonl, "src/data/demo_split.jsonl", 100),
        .read_row = lmi_item_read_gsm8k,
    },
    {
        .name = "custom",
        .summary = "questions of your own: --custom_question, or --data",
        .row = "\"question\", and \"gold\" and \"note\" where there is one",
        .grade = LMI_GRADE_TEXT,
        .read_row = lmi_item_read_custom,
    },
};

const lmi_task *lmi_task_at(size_t i)
{
    return i < sizeof(tasks) / sizeof(tasks[0]) ? &tasks[i] : NULL;
}

const lmi_task *lmi_task_find(const char *name)
{
    const lmi_task *task;
    size_t i;

    for (i = 0; (task = lmi_task_at(i)); i++)
        if (strcmp(task->name, name) == 0)
            return task;
    return NULL;
}

lmas_answer_kind lmi_task_answer_kind(const lmi_task *task)
{
    switch (task->grade) {
    case LMI_GRADE_NUMBER:
    case LMI_GRADE_INTEGER:
        return LMAS_ANSWER_NUMBER;
    case LMI_GRADE_CHOICE:
        return LMAS_ANSWER_CHOICE;
    case LMI_GRADE_CODE:
        return LMAS_ANSWER_CODE;
    case LMI_GRADE_TEXT:
        break;
    }
    return LMAS_ANSWER_FREE;
}

const char *lmi_task_kind_name(const lmi_task *task)
{
    static const char *const names[] = {"number", "integer", "choice", "code", "text"};

    return names[task->grade];
}

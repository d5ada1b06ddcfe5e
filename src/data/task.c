/* task.c - the table of tasks. A new one is a row reader, a grader and a line here. */
#include "data/task.h"

#include <string.h>

#include "base/mem.h"
#include "grade/exact.h"

/* Characters of a wrong answer that a message shows. */
enum { SHOWN_LEN = 24 };

/* The end of a text, from the start of a character: what a message can show of it. */
static const char *tail(const char *text)
{
    const size_t len = strlen(text);
    const char *end = text + (len > SHOWN_LEN ? len - SHOWN_LEN : 0);

    while (((unsigned char)*end & 0xc0) == 0x80)
        end++;
    return end;
}

static lmas_status check_question(const lmi_json *row, const char *question)
{
    const size_t len = strlen(question);

    if (len == 0 || len > LMI_QUESTION_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: question of %zu bytes, from 1 to %zu expected",
                        row->label, row->first_line, len, LMI_QUESTION_MAX);
    return LMAS_OK;
}

/* {"question": "...", "answer": "reasoning #### 18"} */
static lmas_status read_gsm8k(lmi_item *out, const lmi_json *row)
{
    yyjson_val *root = lmi_json_root(row);
    const char *question = NULL;
    const char *answer = NULL;
    char *gold = NULL;
    lmas_status status = lmi_json_string(&question, row, root, "a row", "question", false);

    if (status == LMAS_OK)
        status = lmi_json_string(&answer, row, root, "a row", "answer", false);
    if (status == LMAS_OK)
        status = check_question(row, question);
    if (status == LMAS_OK)
        status = lmi_grade_gold(&gold, answer);
    if (status != LMAS_OK)
        return status;
    if (!gold)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"answer\" must end in \"#### NUMBER\", found \"%s\"", row->label,
                        row->first_line, tail(answer));
    *out = (lmi_item){.question = lmi_strdup(question), .gold = gold};
    if (out->question)
        return LMAS_OK;
    lmi_free(gold);
    return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
}

static const lmi_task tasks[] = {
    {"gsm8k", LMAS_ANSWER_NUMBER, read_gsm8k, lmi_grade_prediction, lmi_grade_same},
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

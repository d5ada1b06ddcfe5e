/*
 * eval_programs_test.c - every answer of tests/grade/programs.jsonl, through the judge.
 *
 * A row is what a model said, the tests behind it, perhaps what the question gave, and whether a
 * person would say that the answer is right. What is recorded as its program must be one: where the
 * answer is right, that text alone, with nothing around it, passes the tests as well.
 */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "eval/judge.h"

#define TABLE "tests/grade/programs.jsonl"

enum { ROWS_MAX = 200, LINE_LEN_MAX = 64 * 1024 };

typedef struct answer {
    char *text, *why;
    bool passes, is_right;
    char *program;
} answer;

static answer answers[ROWS_MAX];
static lmi_item items[ROWS_MAX];
static size_t n;

static char *copy_of(const lmi_json *row, const char *key)
{
    const char *text = yyjson_get_str(yyjson_obj_get(lmi_json_root(row), key));

    return text ? lmi_strdup(text) : NULL;
}

static void read_row(const lmi_json *row)
{
    assert_true(n < ROWS_MAX);
    answers[n] = (answer){
        .text = copy_of(row, "text"),
        .why = copy_of(row, "why"),
        .passes = yyjson_get_bool(yyjson_obj_get(lmi_json_root(row), "passes")),
    };
    items[n] = (lmi_item){.id = lmi_strdup("id"),
                          .question = lmi_strdup("q"),
                          .given = copy_of(row, "given"),
                          .tests = copy_of(row, "tests")};
    assert_non_null(answers[n].text);
    assert_non_null(items[n].tests);
    n++;
}

static int read_table(void **state)
{
    const int fd = open(TABLE, O_RDONLY | O_CLOEXEC);
    bool has_line = true;
    lmi_lines lines;

    (void)state;
    assert_true(fd >= 0);
    assert_ok(lmi_lines_init(&lines, fd, TABLE, LINE_LEN_MAX));
    for (;;) {
        lmi_json row;

        assert_ok(lmi_lines_next(&has_line, &lines));
        if (!has_line)
            break;
        assert_ok(lmi_json_parse_line(&row, TABLE, lines.number, lmi_buf_text(&lines.text),
                                      lines.text.len));
        read_row(&row);
        lmi_json_done(&row);
    }
    lmi_lines_done(&lines);
    close(fd);
    return 0;
}

static lmas_status note(void *user, lmi_sample *sample)
{
    answer *a = &answers[sample->score.index];

    (void)user;
    a->is_right = sample->grade.is_exact_right;
    lmi_free(a->program);
    a->program = sample->grade.exact ? lmi_strdup(sample->grade.exact) : NULL;
    return LMAS_OK;
}

static const char *text_of(const answer *a)
{
    return a->text;
}

static const char *program_of(const answer *a)
{
    return a->passes && a->program ? a->program : "";
}

/* Judge what `said` makes of each answer. */
static void judge_all(const char *(*said)(const answer *))
{
    const lmi_dataset data = {.task = lmi_task_find("humanevalplus"), .items = items, .n = n};
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_judge *judge;
    size_t i;

    params.wall_ms = 5e3;
    params.n_parallel = 4;
    assert_ok(lmi_judge_open(&judge, &data, &params, note, NULL));
    for (i = 0; i < n; i++) {
        lmi_buf text;
        lmas_result result = {.id = i, .error = ""};

        lmi_buf_init(&text, (size_t)2 * LINE_LEN_MAX);
        lmi_buf_puts(&text, said(&answers[i]));
        result.text = lmi_buf_text(&text);
        assert_ok(lmi_judge_take(judge, &result));
        lmi_buf_done(&text);
    }
    while (lmi_judge_n_open(judge) > 0)
        assert_ok(lmi_judge_poll(judge, 1000));
    lmi_judge_close(judge);
}

static size_t count_wrong(void)
{
    size_t n_wrong = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if (answers[i].is_right != answers[i].passes) {
            n_wrong++;
            print_error("# %s: graded as %s\n%s\n", answers[i].why,
                        answers[i].is_right ? "right" : "wrong",
                        answers[i].program ? answers[i].program : "(no program)");
        }
    return n_wrong;
}

static void test_answers_are_graded_as_a_person_would(void **state)
{
    (void)state;
    assert_true(n > 90);
    judge_all(text_of);
    assert_int_equal(count_wrong(), 0);
}

/* An export hands the recorded program on, with nothing of what the model said around it. */
static void test_recorded_programs_pass_by_themselves(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < n; i++) {
        lmi_free(items[i].given);
        items[i].given = NULL;
    }
    judge_all(program_of);
    assert_int_equal(count_wrong(), 0);
}

static int drop_table(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < n; i++) {
        lmi_item_done(&items[i]);
        lmi_free(answers[i].text);
        lmi_free(answers[i].why);
        lmi_free(answers[i].program);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_graded_as_a_person_would),
        cmocka_unit_test(test_recorded_programs_pass_by_themselves),
    };

    return cmocka_run_group_tests_name("eval: programs", tests, read_table, drop_table);
}

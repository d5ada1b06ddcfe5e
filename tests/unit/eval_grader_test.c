/* eval_grader_test.c - commands of the user's that judge answers: what they may print. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/regrade/grader.h"
#include "eval/regrade/line.h"

static bool always(void *user)
{
    (void)user;
    return true;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static lmi_grader grader_of(const char *command)
{
    return (lmi_grader){.command = command, .wall_ms = 10e3, .n_batch = 4, .goes_on = always};
}

/* `n` questions, a line each: {"index":0}. */
static void make_questions(lmi_buf *out, size_t n)
{
    size_t i;

    lmi_buf_init(out, 1 << 16);
    for (i = 0; i < n; i++)
        lmi_buf_printf(out, "{\"index\":%zu}\n", i);
}

/* What the command says of one answer; until the next call. */
static const char *said(const char *command)
{
    static char *verdict;
    lmi_grader grader = grader_of(command);
    lmi_buf questions;

    lmi_free(verdict);
    verdict = NULL;
    make_questions(&questions, 1);
    assert_ok(lmi_grader_ask(&verdict, &grader, &questions, 1));
    lmi_buf_done(&questions);
    assert_non_null(verdict);
    return verdict;
}

static void test_a_verdict_is_what_the_command_prints(void **state)
{
    (void)state;
    assert_string_equal(said("echo '{\"correct\":true,\"prediction\":\"18\",\"why\":\"so\"}'"),
                        "{\"correct\":true,\"prediction\":\"18\",\"why\":\"so\"}");
    assert_string_equal(said("echo '{\"correct\":false}'"),
                        "{\"correct\":false,\"prediction\":null,\"why\":null}");
    assert_string_equal(said("echo '{\"correct\":null,\"prediction\":18.5,\"more\":[1]}'"),
                        "{\"correct\":null,\"prediction\":\"18.5\",\"why\":null}");
    assert_string_equal(said("printf '{\"correct\":true}'"),
                        "{\"correct\":true,\"prediction\":null,\"why\":null}");
}

static void test_what_is_no_verdict_is_a_null_with_its_reason(void **state)
{
    static const char *const pairs[][2] = {
        {"echo nonsense", "what the grader printed:1:"},
        {"echo '[]'", "the grader printed an array, an object expected"},
        {"echo '{}'", "whose \\\"correct\\\" is missing, true, false or null expected"},
        {"echo '{\"correct\":1}'", "whose \\\"correct\\\" is a number"},
        {"echo '{\"correct\":true,\"why\":{}}'", "whose \\\"why\\\" is an object, a text expected"},
        {"true", "printed 0 lines, 1 expected"},
        {"echo 1; echo 2", "printed 2 lines, 1 expected"},
        {"echo bad >&2; exit 3", "ended with exit status 3: bad"},
        {"no-such-command-here", "ended with exit status 127"},
        {"kill -9 $$", "was killed by signal 9"},
        {"printf '\\377\\n'", "expected UTF-8 text"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const char *verdict = said(pairs[i][0]);

        if (!strstr(verdict, pairs[i][1]) ||
            strncmp(verdict, "{\"correct\":null,\"prediction\":null,\"error\":\"", 43) != 0)
            fail_msg("%s: %s", pairs[i][0], verdict);
    }
}

static void test_a_late_command_is_ended(void **state)
{
    lmi_grader grader = grader_of("sleep 60");
    char *verdict = NULL;
    lmi_buf questions;

    (void)state;
    grader.wall_ms = 100;
    make_questions(&questions, 1);
    assert_ok(lmi_grader_ask(&verdict, &grader, &questions, 1));
    assert_non_null(strstr(verdict, "took longer than its limit of 100 ms"));
    lmi_free(verdict);
    lmi_buf_done(&questions);
}

static void free_all(char **verdicts, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        lmi_free(verdicts[i]);
}

/* It is asked of four at a time, and ends at the third: the others get their verdicts alone. */
static void test_one_answer_costs_no_other_its_verdict(void **state)
{
    lmi_grader grader =
        grader_of("sed -e '/\"index\":2/q3' -e 's/.*\"index\":\\(.\\).*/{\"correct\":true,"
                  "\"why\":\"\\1\"}/'");
    char *verdicts[4] = {0};
    char want[64];
    lmi_buf questions;
    size_t i;

    (void)state;
    make_questions(&questions, 4);
    assert_ok(lmi_grader_ask(verdicts, &grader, &questions, 4));
    for (i = 0; i < 4; i++) {
        snprintf(want, sizeof(want), "{\"correct\":true,\"prediction\":null,\"why\":\"%zu\"}", i);
        if (i == 2)
            assert_non_null(strstr(verdicts[i], "ended with exit status 3"));
        else
            assert_string_equal(verdicts[i], want);
    }
    free_all(verdicts, 4);
    lmi_buf_done(&questions);
}

static void test_a_command_that_only_fails_is_left_alone_after_a_while(void **state)
{
    lmi_grader grader = grader_of("exit 1");
    char *verdicts[LMI_GRADER_BATCH_MAX] = {0};
    lmi_buf questions;

    (void)state;
    make_questions(&questions, LMI_GRADER_BATCH_MAX);
    assert_ok(lmi_grader_ask(verdicts, &grader, &questions, LMI_GRADER_BATCH_MAX));
    free_all(verdicts, LMI_GRADER_BATCH_MAX);
    assert_ok(lmi_grader_ask(verdicts, &grader, &questions, 1));
    assert_non_null(strstr(verdicts[0], "not asked: the grader failed 64 answers in a row"));
    lmi_free(verdicts[0]);
    lmi_buf_done(&questions);
}

static void test_who_asks_may_stop(void **state)
{
    lmi_grader grader = grader_of("sleep 60");
    char *verdicts[2] = {0};
    lmi_buf questions;

    (void)state;
    grader.goes_on = never;
    make_questions(&questions, 2);
    assert_int_equal(lmi_grader_ask(verdicts, &grader, &questions, 2), LMAS_E_CANCELED);
    assert_null(verdicts[0]);
    lmi_buf_done(&questions);
}

/* ---- In a line ---- */

/* The line `was` with a verdict in it; until the next call. */
static const char *with_grader(const char *was, const char *verdict)
{
    static lmi_buf line;
    lmi_json json;

    lmi_buf_done(&line);
    lmi_buf_init(&line, 1 << 16);
    lmi_buf_puts(&line, was);
    assert_ok(lmi_json_parse(&json, "line", was, strlen(was)));
    assert_ok(lmi_line_set_grader(&line, lmi_json_root(&json), verdict, "0.3.0"));
    lmi_json_done(&json);
    return lmi_buf_text(&line);
}

static void test_a_verdict_stands_behind_those_of_the_rules(void **state)
{
    (void)state;
    assert_string_equal(
        with_grader("{\"compat\":{},\"run_ms\":1,\"text\":\"t\"}\n", "{\"correct\":true}"),
        "{\"compat\":{},\"grader\":{\"correct\":true},\"run_ms\":1,\"text\":\"t\"}\n");
}

static void test_an_old_verdict_is_kept_and_a_failure_is_not(void **state)
{
    (void)state;
    assert_string_equal(
        with_grader("{\"grader\":{\"correct\":false},\"run_ms\":1}\n", "{\"correct\":true}"),
        "{\"grader\":{\"correct\":true},\"graded_before\":[{\"version\":\"0.3.0\",\"grader\":"
        "{\"correct\":false}}],\"run_ms\":1}\n");
    assert_string_equal(
        with_grader("{\"grader\":{\"correct\":null,\"error\":\"e\"},\"run_ms\":1}\n",
                    "{\"correct\":true}"),
        "{\"grader\":{\"correct\":true},\"run_ms\":1}\n");
    assert_string_equal(
        with_grader("{\"grader\":{\"correct\":true}, \"run_ms\":1}", "{\"correct\":true}"),
        "{\"grader\":{\"correct\":true}, \"run_ms\":1}");
}

static void test_graded_before_keeps_so_many(void **state)
{
    static char line[1 << 16];
    char verdict[64];
    const char *at;
    size_t i, n = 0;

    (void)state;
    snprintf(line, sizeof(line), "{\"run_ms\":1}\n");
    for (i = 0; i < LMI_GRADED_BEFORE_MAX + 5; i++) {
        snprintf(verdict, sizeof(verdict), "{\"correct\":true,\"why\":\"%zu\"}", i);
        snprintf(line, sizeof(line), "%s", with_grader(line, verdict));
    }
    for (at = line; (at = strstr(at, "\"version\"")) != NULL; at++)
        n++;
    assert_int_equal(n, LMI_GRADED_BEFORE_MAX);
    assert_null(strstr(line, "\"why\":\"3\""));
    assert_non_null(strstr(line, "\"why\":\"4\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_verdict_is_what_the_command_prints),
        cmocka_unit_test(test_what_is_no_verdict_is_a_null_with_its_reason),
        cmocka_unit_test(test_a_late_command_is_ended),
        cmocka_unit_test(test_one_answer_costs_no_other_its_verdict),
        cmocka_unit_test(test_a_command_that_only_fails_is_left_alone_after_a_while),
        cmocka_unit_test(test_who_asks_may_stop),
        cmocka_unit_test(test_a_verdict_stands_behind_those_of_the_rules),
        cmocka_unit_test(test_an_old_verdict_is_kept_and_a_failure_is_not),
        cmocka_unit_test(test_graded_before_keeps_so_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

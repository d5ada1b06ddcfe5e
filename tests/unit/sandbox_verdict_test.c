/* sandbox_verdict_test.c - nothing that a program can say is taken for the token. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "sandbox/verdict.h"
#include "support.h"

static const char secret[] = "0123456789abcdefFEDCBA9876543210";

static lmi_finding judge(const char *said, size_t len, lmi_end end)
{
    lmi_token token;
    lmi_finding out;

    memcpy(token.bytes, secret, sizeof(token.bytes));
    end.said = said;
    end.n_said = len;
    end.wall_ms = 100;
    lmi_find_ending(&out, &end, &token);
    assert_true(lmi_utf8_is_valid(out.detail, strlen(out.detail)));
    assert_null(strchr(out.detail, '\n'));
    return out;
}

static lmi_finding judge_text(const char *said)
{
    return judge(said, strlen(said), (lmi_end){0});
}

static void test_only_the_token_alone_behind_the_start_passes(void **state)
{
    static const struct {
        const char *said;
        lmi_ending ending;
    } cases[] = {
        {"ready\nrun 3\n0123456789abcdefFEDCBA9876543210", LMI_ENDING_PASSED},
        {"ready\nrun 3\n0123456789abcdefFEDCBA9876543210\n", LMI_ENDING_EXITED},
        {"ready\nrun 3\n0123456789abcdefFEDCBA987654321", LMI_ENDING_EXITED},
        {"ready\nrun 3\n0123456789abcdefFEDCBA9876543211", LMI_ENDING_EXITED},
        {"ready\nrun 3\nrun 3\n0123456789abcdefFEDCBA9876543210", LMI_ENDING_EXITED},
        {"ready\nrun 3\nfailed 0123456789abcdefFEDCBA9876543210", LMI_ENDING_FAILED},
        {"ready\n0123456789abcdefFEDCBA9876543210", LMI_ENDING_EXITED},
        {"0123456789abcdefFEDCBA9876543210", LMI_ENDING_BROKEN},
        {"ready\nrun x\n0123456789abcdefFEDCBA9876543210", LMI_ENDING_EXITED},
        {"ready\nrun 99999999999999999999999999999999999999999999", LMI_ENDING_EXITED},
        {"ready\nrun 3", LMI_ENDING_EXITED},
        {"ready\nrun ", LMI_ENDING_EXITED},
        {"ready\n", LMI_ENDING_EXITED},
        {"", LMI_ENDING_BROKEN},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const lmi_finding judged = judge_text(cases[i].said);

        if (judged.ending != cases[i].ending)
            fail_msg("\"%s\" is judged %s", cases[i].said, lmi_ending_name(judged.ending));
    }
}

static void test_words_of_the_driver_become_endings(void **state)
{
    lmi_finding judged = judge_text("ready\nrun 7\nfailed KeyError: 'a'\n");

    (void)state;
    assert_int_equal(judged.ending, LMI_ENDING_FAILED);
    assert_int_equal(judged.candidate, 7);
    assert_string_equal(judged.detail, "KeyError: 'a'");
    judged = judge_text("ready\nrun 0\nexited SystemExit: 0\n");
    assert_int_equal(judged.ending, LMI_ENDING_EXITED);
    assert_string_equal(judged.detail, "SystemExit: 0");
    assert_int_equal(judge_text("ready\nnone\n").ending, LMI_ENDING_NO_CODE);
    assert_int_equal(judge_text("ready\nrun 0\nsame\n").ending, LMI_ENDING_NOT_MUTATED);
}

static void test_a_program_of_pieces_is_told_in_the_line_of_its_candidate(void **state)
{
    lmi_finding judged =
        judge_text("ready\nrun 1 2 0 12 0 1 4 9 -4\n0123456789abcdefFEDCBA9876543210");

    (void)state;
    assert_int_equal(judged.ending, LMI_ENDING_PASSED);
    assert_int_equal(judged.candidate, 1);
    assert_int_equal(judged.n_pieces, 2);
    assert_int_equal(judged.pieces[0].text, 2);
    assert_int_equal(judged.pieces[0].n, 12);
    assert_int_equal(judged.pieces[1].first, 4);
    assert_int_equal(judged.pieces[1].shift, -4);
    assert_int_equal(judge_text("ready\nrun 0\n").n_pieces, 0);
}

static void test_a_line_of_pieces_that_is_none_says_nothing(void **state)
{
    static const char *const lines[] = {
        "1 2",         "1 2 0 12",    "1 2 0 12 ",    "1 2 0 12 x",    "1  2 0 12 0",
        "1 2 0 12 0 ", "1 -2 0 12 0", "1 2 0 12 --1", "1 2 0 12 1001", "1 2 0 12 0 3 4",
    };
    char said[4096];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        snprintf(said, sizeof(said), "ready\nrun %s\n%s", lines[i], secret);
        assert_int_equal(judge_text(said).ending, LMI_ENDING_EXITED);
        assert_int_equal(judge_text(said).candidate, 0);
        assert_int_equal(judge_text(said).n_pieces, 0);
    }
    snprintf(said, sizeof(said), "ready\nrun 0");
    for (i = 0; i <= LMI_PIECES_MAX; i++)
        snprintf(said + strlen(said), sizeof(said) - strlen(said), " 0 0 1 0");
    snprintf(said + strlen(said), sizeof(said) - strlen(said), "\n%s", secret);
    assert_int_equal(judge_text(said).ending, LMI_ENDING_EXITED);
    assert_int_equal(judge_text(said).n_pieces, 0);
}

static void test_a_silent_end_is_told_by_how_the_process_ended(void **state)
{
    static const char said[] = "ready\nrun 0\n";
    static const struct {
        lmi_end end;
        lmi_ending ending;
        const char *detail;
    } cases[] = {
        {{.exit_status = 3}, LMI_ENDING_EXITED, "exit status 3 before the last test"},
        {{.exit_status = 137}, LMI_ENDING_KILLED, "signal 9"},
        {{.signal_number = 11}, LMI_ENDING_KILLED, "signal 11"},
        {{.signal_number = 14, .is_late = true}, LMI_ENDING_TIMED_OUT, "longer than 100 ms"},
        {{.signal_number = 9, .is_too_big = true},
         LMI_ENDING_KILLED,
         "its processes together used too much memory"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const lmi_finding judged = judge(said, sizeof(said) - 1, cases[i].end);

        assert_int_equal(judged.ending, cases[i].ending);
        assert_string_equal(judged.detail, cases[i].detail);
    }
}

static void test_an_end_before_the_start_blames_the_sandbox(void **state)
{
    lmi_finding judged =
        judge("", 0, (lmi_end){.exit_status = 1, .output = "no\xffwall", .n_output = 7});

    (void)state;
    assert_int_equal(judged.ending, LMI_ENDING_BROKEN);
    assert_string_equal(judged.detail, "no\xef\xbf\xbdwall");
    judged = judge("", 0, (lmi_end){.signal_number = 14, .is_late = true});
    assert_int_equal(judged.ending, LMI_ENDING_BROKEN);
    assert_string_equal(judged.detail, "it had not started after 100 ms");
    judged = judge("", 0, (lmi_end){.exit_status = 127});
    assert_string_equal(judged.detail, "it did not start: exit status 127");
}

static void test_a_detail_is_cut_between_characters_and_has_no_controls(void **state)
{
    static const char euro[3] = {'\xe2', '\x82', '\xac'};
    char said[LMI_VERDICT_MAX];
    lmi_finding judged;
    size_t len = (size_t)snprintf(said, sizeof(said), "ready\nrun 0\nfailed a\x1b[31m\t");

    (void)state;
    while (len + 3 < sizeof(said)) {
        memcpy(said + len, euro, sizeof(euro));
        len += 3;
    }
    judged = judge(said, len, (lmi_end){0});
    assert_int_equal(judged.ending, LMI_ENDING_FAILED);
    assert_memory_equal(judged.detail, "a?[31m?\xe2\x82\xac", 10);
    assert_true(strlen(judged.detail) <= LMI_DETAIL_MAX);
    assert_true(strlen(judged.detail) > LMI_DETAIL_MAX - 3);
}

static void test_every_ending_has_a_name(void **state)
{
    int i;

    (void)state;
    assert_string_equal(lmi_ending_name(LMI_ENDING_PASSED), "passed");
    for (i = 0; i <= LMI_ENDING_BROKEN; i++)
        assert_string_not_equal(lmi_ending_name((lmi_ending)i), "unknown");
    assert_string_equal(lmi_ending_name((lmi_ending)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_the_token_alone_behind_the_start_passes),
        cmocka_unit_test(test_words_of_the_driver_become_endings),
        cmocka_unit_test(test_a_program_of_pieces_is_told_in_the_line_of_its_candidate),
        cmocka_unit_test(test_a_line_of_pieces_that_is_none_says_nothing),
        cmocka_unit_test(test_a_silent_end_is_told_by_how_the_process_ended),
        cmocka_unit_test(test_an_end_before_the_start_blames_the_sandbox),
        cmocka_unit_test(test_a_detail_is_cut_between_characters_and_has_no_controls),
        cmocka_unit_test(test_every_ending_has_a_name),
    };

    return cmocka_run_group_tests_name("sandbox: verdicts", tests, NULL, NULL);
}

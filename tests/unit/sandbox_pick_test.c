/* sandbox_pick_test.c - which candidate is run, what is added to it, what is left out. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "support.h"

/* What came of the last program. */
typedef struct outcome {
    lmi_ending ending;
    size_t candidate;
    char *text;
} outcome;

static outcome got;
static lmi_program asked;

static void take(void *user, const lmi_verdict *verdict)
{
    (void)user;
    lmi_free(got.text);
    got = (outcome){.ending = verdict->ending, .candidate = verdict->candidate};
    if (verdict->ending != LMI_ENDING_NO_CODE && verdict->ending != LMI_ENDING_NOT_MUTATED)
        assert_ok(lmi_program_text(&got.text, &asked, verdict));
}

static lmi_sandbox *sandbox;

static int open_sandbox(void **state)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();

    (void)state;
    params.kind = LMI_SANDBOX_NONE;
    params.wall_ms = 5e3;
    asked = (lmi_program){.candidates = (const char *const[]){"import numpy"}, .n_candidates = 1};
    assert_ok(lmi_sandbox_open(&sandbox, &params, take, NULL));
    return 0;
}

static int close_sandbox(void **state)
{
    (void)state;
    lmi_sandbox_close(sandbox);
    lmi_free(got.text);
    return 0;
}

static void run(const lmi_program *program)
{
    asked = *program;
    assert_ok(lmi_sandbox_submit(sandbox, program));
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
}

static void test_the_candidate_that_defines_what_is_tested_is_run(void **state)
{
    static const char *const candidates[] = {"f(2)", "def g(x):\n    return x", "tests = 7",
                                             "def f(x):\n    return g(x) + 1\n\nassert f(1) == 9"};
    lmi_program program = {
        .candidates = candidates, .n_candidates = 4, .tests = "import math\nassert f(1) == 2"};

    (void)state;
    run(&program);
    assert_int_equal(got.candidate, 3);
    assert_int_equal(got.ending, LMI_ENDING_FAILED); /* by its own test */
    program.is_bare = true;
    run(&program);
    assert_int_equal(got.ending, LMI_ENDING_PASSED);
    assert_string_equal(got.text, "def g(x):\n    return x\ndef f(x):\n    return g(x) + 1");
}

static void test_a_program_goes_on_from_what_is_given(void **state)
{
    static const char *const body = "y = h(x)\nreturn y";
    const lmi_program program = {.candidates = &body,
                                 .n_candidates = 1,
                                 .given = "def h(x):\n    return x * 2\n\ndef f(x):\n    'doc'\n",
                                 .tests = "assert f(3) == 6"};

    (void)state;
    run(&program);
    assert_int_equal(got.ending, LMI_ENDING_PASSED);
    assert_string_equal(got.text, "def h(x):\n    return x * 2\n\ndef f(x):\n    'doc'\n\n"
                                  "    y = h(x)\n    return y");
}

static void test_what_is_given_stays_out_where_nothing_lacks_it(void **state)
{
    static const char *const whole = "def f(x):\n    return x * 2";
    const lmi_program program = {.candidates = &whole,
                                 .n_candidates = 1,
                                 .given = "raise SystemExit\n",
                                 .tests = "assert f(3) == 6"};

    (void)state;
    run(&program);
    assert_int_equal(got.ending, LMI_ENDING_PASSED);
    assert_string_equal(got.text, whole);
}

/* A candidate whose f(1) is to be 2, without what it need not have. */
static void run_bare(const char *text)
{
    const lmi_program program = {
        .candidates = &text, .n_candidates = 1, .tests = "assert f(1) == 2", .is_bare = true};

    run(&program);
}

static void test_with_nothing_to_leave_out_a_program_is_not_run_again(void **state)
{
    static const char *const texts[] = {
        "'''A module.'''\ndef f(x):\n    return x",
        "def f(x):\n    return x\nif __name__ == '__main__':\n    f(int(input()))",
        "import math\nX = 1\ndef f(x):\n    return x * X",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        run_bare(texts[i]);
        assert_int_equal(got.ending, LMI_ENDING_NOT_MUTATED);
    }
}

/* What sets up what a definition needs is no example. */
static void test_what_definitions_need_is_never_left_out(void **state)
{
    static const char *const texts[] = {
        "V = []\nfor i in range(9):\n    V.append(i)\ndef f(x):\n    return V[x + 1]\nassert 0",
        "V = {}\ndef fill():\n    V[1] = 2\nfill()\ndef f(x):\n    return V[x]\nassert 0",
        "V = 0\ndef fill():\n    global V\n    V = 1\nfill()\ndef f(x):\n    return x + V\nassert "
        "0",
        "V = 3\nV -= 2\ndef f(x):\n    return x + V\nassert 0",
        "def g(x):\n    return x + 1\nf = g\nassert 0",
        "globals()['V'] = 1\ndef f(x):\n    return x + V\nassert 0",
        "class C:\n    pass\nc = C()\nc.v = 1\ndef f(x):\n    return x + c.v\nassert 0",
        "import sys\nsys.setrecursionlimit(1234)\ndef f(x):\n    return x + "
        "(sys.getrecursionlimit() == 1234)\nassert 0",
        "def keep(g):\n    T[g.__name__] = g\n    return g\nT = {}\n@keep\ndef one(x):\n    return "
        "x + 1\ndef f(x):\n    return T['one'](x)\nassert 0",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        run_bare(texts[i]);
        if (got.ending != LMI_ENDING_PASSED)
            fail_msg("%s\nended: %s\n%s", texts[i], lmi_ending_name(got.ending),
                     got.text ? got.text : "");
    }
}

/* Candidates that would kill the picking, were they looked at needlessly; and endless ones. */
static void test_candidates_of_any_shape_are_picked_from(void **state)
{
    static const char good[] = "def f(x):\n    return x + 1";
    lmi_buf deep, prose;
    const char *candidates[] = {good, NULL};
    lmi_program program = {
        .candidates = candidates, .n_candidates = 2, .tests = "assert f(1) == 2"};
    size_t i;

    (void)state;
    lmi_buf_init(&deep, 1 << 20);
    lmi_buf_init(&prose, 1 << 20);
    for (i = 0; i < 200000; i++)
        lmi_buf_putc(&deep, '(');
    for (i = 0; i < 50000; i++)
        lmi_buf_puts(&prose, "x = (1\n\n");
    candidates[1] = lmi_buf_text(&deep);
    run(&program);
    assert_int_equal(got.ending, LMI_ENDING_PASSED);
    candidates[0] = lmi_buf_text(&prose);
    candidates[1] = good;
    run(&program);
    assert_int_equal(got.ending, LMI_ENDING_PASSED);
    lmi_buf_done(&deep);
    lmi_buf_done(&prose);
}

static void test_tests_that_are_no_python_fail_with_the_first_candidate(void **state)
{
    static const char *const candidates[] = {"not a program", "x = 1", "x = 2"};
    const lmi_program program = {
        .candidates = candidates, .n_candidates = 3, .tests = "this is no test"};

    (void)state;
    run(&program);
    assert_int_equal(got.ending, LMI_ENDING_FAILED);
    assert_int_equal(got.candidate, 1);
}

static void test_pieces_of_nobodys_text_are_refused(void **state)
{
    static const char *const texts[] = {"a\nb", "c"};
    static const lmi_piece pieces[] = {
        {2, 0, 1, 0}, {0, 0, 3, 0}, {0, 2, 1, 0}, {1, 7, 1, 0}, {3, 0, 1, 0}};
    const lmi_program program = {.candidates = texts, .n_candidates = 2, .tests = ""};
    char *text = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        const lmi_verdict verdict = {.pieces = &pieces[i], .n_pieces = 1};

        assert_fails(LMAS_E_FORMAT, "has lines that nobody sent",
                     lmi_program_text(&text, &program, &verdict));
    }
    assert_fails(LMAS_E_FORMAT, "nobody sent",
                 lmi_program_text(&text, &program, &(lmi_verdict){.candidate = 2}));
    assert_null(text);
}

static void test_pieces_are_shifted_as_they_say(void **state)
{
    static const char *const texts[] = {">>> a\n\n... b\n..", "c"};
    static const lmi_piece pieces[] = {{0, 0, 4, -4}, {1, 0, 1, 4}, {0, 1, 1, 9}};
    const lmi_program program = {.candidates = texts, .n_candidates = 2, .tests = ""};
    const lmi_verdict verdict = {.pieces = pieces, .n_pieces = 3};
    char *text = NULL;

    (void)state;
    assert_ok(lmi_program_text(&text, &program, &verdict));
    assert_string_equal(text, "a\n\nb\n\n    c\n");
    lmi_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_candidate_that_defines_what_is_tested_is_run),
        cmocka_unit_test(test_a_program_goes_on_from_what_is_given),
        cmocka_unit_test(test_what_is_given_stays_out_where_nothing_lacks_it),
        cmocka_unit_test(test_with_nothing_to_leave_out_a_program_is_not_run_again),
        cmocka_unit_test(test_what_definitions_need_is_never_left_out),
        cmocka_unit_test(test_candidates_of_any_shape_are_picked_from),
        cmocka_unit_test(test_tests_that_are_no_python_fail_with_the_first_candidate),
        cmocka_unit_test(test_pieces_of_nobodys_text_are_refused),
        cmocka_unit_test(test_pieces_are_shifted_as_they_say),
    };

    return cmocka_run_group_tests_name("sandbox: pick", tests, open_sandbox, close_sandbox);
}

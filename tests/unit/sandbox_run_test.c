/*
 * sandbox_run_test.c - programs of every ending, by both kinds of sandbox; queues; refusals.
 *
 * Without bubblewrap, or where the system forbids it, the claims about it are skipped.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "process/tree.h"
#include "sandbox/driver.h"
#include "sandbox/limits.h"
#include "sandbox/sandbox.h"
#include "support.h"

enum { WALL_MS = 3000, N_MANY = 50, ARG_MAX_BYTES = 128 * 1024 };

/* What came of the programs, by id. */
typedef struct results {
    lmi_ending ending[N_MANY];
    char detail[N_MANY][300];
    size_t candidate[N_MANY];
    size_t n_verdicts[N_MANY];
    size_t n;
} results;

static results got;

static void take(void *user, const lmi_verdict *verdict)
{
    results *r = user;
    const size_t i = verdict->id % N_MANY;

    assert_int_equal(verdict->id, i);
    r->ending[i] = verdict->ending;
    r->candidate[i] = verdict->candidate;
    snprintf(r->detail[i], sizeof(r->detail[0]), "%s", verdict->detail);
    r->n_verdicts[i]++;
    r->n++;
}

static lmi_sandbox_params params_of(lmi_sandbox_kind kind)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();

    params.kind = kind;
    params.wall_ms = WALL_MS;
    return params;
}

/* NULL, and the test is skipped, where only bubblewrap is refused by the system. */
static lmi_sandbox *open_with(const lmi_sandbox_params *params)
{
    lmi_sandbox *sandbox = NULL;
    const lmas_status status = lmi_sandbox_open(&sandbox, params, take, &got);

    memset(&got, 0, sizeof(got));
    if (status != LMAS_OK && params->kind == LMI_SANDBOX_BWRAP) {
        print_message("# no sandbox here: %s\n", lmas_last_error());
        skip();
    }
    assert_ok(status);
    return sandbox;
}

static lmi_sandbox *open_kind(lmi_sandbox_kind kind)
{
    const lmi_sandbox_params params = params_of(kind);

    return open_with(&params);
}

static void submit(lmi_sandbox *sandbox, uint64_t id, const char *text, const char *tests)
{
    const lmi_program program = {.id = id, .candidates = &text, .n_candidates = 1, .tests = tests};

    assert_ok(lmi_sandbox_submit(sandbox, &program));
}

static void finish(lmi_sandbox *sandbox)
{
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
}

/* Run one program and expect its end. */
static void expect(lmi_sandbox *sandbox, const char *text, const char *tests, lmi_ending ending,
                   const char *detail)
{
    submit(sandbox, 0, text, tests);
    finish(sandbox);
    if (got.ending[0] != ending || !strstr(got.detail[0], detail))
        fail_msg("%s\nended: %s, \"%s\"", text, lmi_ending_name(got.ending[0]), got.detail[0]);
}

static size_t n_marked(void)
{
    char mark[64];

    snprintf(mark, sizeof(mark), "LATENTMAS_PROGRAM=%d-", (int)getpid());
    return lmi_tree_n_marked(mark);
}

static void pause_ms(long ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

static void assert_nothing_is_left(void)
{
    const double until = lmi_now_ms() + 3000;

    while (n_marked() > 0 && lmi_now_ms() < until)
        pause_ms(10);
    assert_int_equal(n_marked(), 0);
}

static const struct {
    const char *text, *tests;
    lmi_ending ending;
    const char *detail;
} endings[] = {
    {"def f(x):\n    return x + 1\n", "assert f(1) == 2", LMI_ENDING_PASSED, ""},
    {"def f(x):\n    return x + 2\n", "assert f(1) == 2, 'no'", LMI_ENDING_FAILED,
     "AssertionError: no"},
    {"x = 1", "def check(x):\n  assert x == 1\ncheck(x)", LMI_ENDING_PASSED, ""},
    {"x = 1", "assert __name__ == 'builtins'", LMI_ENDING_PASSED, ""},
    {"x = 1", "this is no test", LMI_ENDING_FAILED, "SyntaxError"},
    {"x = 1", "raise KeyError('a\\nb')", LMI_ENDING_FAILED, "KeyError: 'a\\nb'"},
    {"x = 1", "raise ValueError('a\\nb\\x1b')", LMI_ENDING_FAILED, "ValueError: a b?"},
    {"x = 1", "raise ValueError('\\ud800')", LMI_ENDING_FAILED, "ValueError: ?"},
    {"import sys; sys.exit(0)", "", LMI_ENDING_EXITED, "SystemExit: 0"},
    {"import os; os._exit(3)", "", LMI_ENDING_EXITED, "exit status 3"},
    {"import os; os.abort()", "", LMI_ENDING_KILLED, "signal"},
    {"while True: pass", "", LMI_ENDING_TIMED_OUT, "longer than 3000 ms"},
    {"x = bytearray(1 << 40)", "", LMI_ENDING_FAILED, "MemoryError"},
    {"def f(: pass", "", LMI_ENDING_NO_CODE, ""},
    {"return 1", "", LMI_ENDING_NO_CODE, ""},
    {"x = '\xff'", "", LMI_ENDING_NO_CODE, ""},
    {" \n\t", "", LMI_ENDING_NO_CODE, ""},
    {"print('x' * 100000, flush=True)", "", LMI_ENDING_PASSED, ""},
    {"try:\n    input()\nexcept EOFError:\n    x = 1", "assert x", LMI_ENDING_PASSED, ""},
    {"import os\nif os.fork() == 0:\n    raise ValueError\nos.wait()", "", LMI_ENDING_PASSED, ""},
    {"from typing import *\nfrom collections import namedtuple\nimport logging, warnings\n"
     "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\n"
     "N = namedtuple('N', 'a b')\nlogging.warning('x')\nwarnings.warn('x')\n",
     "assert A(1) == A(1) and N(1, 2).b == 2", LMI_ENDING_PASSED, ""},
    {"import asyncio\nasync def f():\n    return 1\nx = asyncio.run(f())", "assert x == 1",
     LMI_ENDING_PASSED, ""},
    {"import threading\nx = []\nt = threading.Thread(target=x.append, args=(1,))\n"
     "t.start()\nt.join()",
     "assert x == [1]", LMI_ENDING_PASSED, ""},
};

static void run_endings(lmi_sandbox_kind kind)
{
    lmi_sandbox *sandbox = open_kind(kind);
    size_t i;

    for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        expect(sandbox, endings[i].text, endings[i].tests, endings[i].ending, endings[i].detail);
    lmi_sandbox_close(sandbox);
    assert_nothing_is_left();
}

static void test_programs_end_as_they_should_with_bubblewrap(void **state)
{
    (void)state;
    run_endings(LMI_SANDBOX_BWRAP);
}

static void test_programs_end_as_they_should_without_walls(void **state)
{
    (void)state;
    run_endings(LMI_SANDBOX_NONE);
}

static void test_the_first_candidate_that_is_python_is_run(void **state)
{
    static const char *const candidates[] = {"", "  \n", "Here is the code:", "x = 3", "x = 4"};
    const lmi_program program = {
        .id = 1, .candidates = candidates, .n_candidates = 5, .tests = "assert x == 3"};
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_NONE);

    (void)state;
    assert_ok(lmi_sandbox_submit(sandbox, &program));
    finish(sandbox);
    assert_int_equal(got.ending[1], LMI_ENDING_PASSED);
    assert_int_equal(got.candidate[1], 3);
    lmi_sandbox_close(sandbox);
}

static void test_a_mutant_has_one_operator_changed(void **state)
{
    static const struct {
        const char *text, *tests;
    } cases[] = {
        {"def f(x):\n    return 1 + x", "assert f(2) == -1"},
        {"def f(x):\n    return 1 < x == 2", "assert f(3) and not f(2)"}, /* the last one */
        {"def f(x):\n    y = 7\n    y -= x\n    return y * 2", "assert f(2) == 18"},
        {"def f(x):\n    return 2 ** x", "assert f(3) == 6"},
        {"def f(x, y):\n    return x and y", "assert f(1, 2) == 1"},
        {"def f(x):\n    return not x", "assert f(True) is True"},
        {"def f(x):\n    return -x", "assert f(2) == 2"},
        {"def f(x):\n    return x in 'abc'", "assert f('d')"},
    };
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_NONE);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const lmi_program program = {.id = i,
                                     .candidates = &cases[i].text,
                                     .n_candidates = 1,
                                     .tests = cases[i].tests,
                                     .is_mutated = true};

        assert_ok(lmi_sandbox_submit(sandbox, &program));
    }
    finish(sandbox);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (got.ending[i] != LMI_ENDING_PASSED)
            fail_msg("%s: %s %s", cases[i].text, lmi_ending_name(got.ending[i]), got.detail[i]);
    lmi_sandbox_close(sandbox);
}

static void test_without_an_operator_there_is_no_mutant(void **state)
{
    static const char *const text = "def f(x):\n    return sorted(x)";
    const lmi_program program = {
        .candidates = &text, .n_candidates = 1, .tests = "assert 1", .is_mutated = true};
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_NONE);

    (void)state;
    assert_ok(lmi_sandbox_submit(sandbox, &program));
    finish(sandbox);
    assert_int_equal(got.ending[0], LMI_ENDING_NOT_MUTATED);
    lmi_sandbox_close(sandbox);
}

static void test_fifty_programs_get_one_verdict_each(void **state)
{
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_BWRAP);
    char text[64];
    size_t i;

    (void)state;
    for (i = 0; i < N_MANY; i++) {
        snprintf(text, sizeof(text), "x = %zu %% 3", i);
        submit(sandbox, i, text, "assert x");
    }
    assert_int_equal(lmi_sandbox_n_open(sandbox), N_MANY);
    finish(sandbox);
    assert_int_equal(got.n, N_MANY);
    for (i = 0; i < N_MANY; i++) {
        assert_int_equal(got.n_verdicts[i], 1);
        assert_int_equal(got.ending[i], i % 3 ? LMI_ENDING_PASSED : LMI_ENDING_FAILED);
    }
    lmi_sandbox_close(sandbox);
}

static void test_closing_kills_what_runs_and_forgets_what_waits(void **state)
{
    static const char sleeper[] = "import os, time\nif os.fork() == 0:\n    os.setsid()\n"
                                  "time.sleep(60)";
    int kind;

    (void)state;
    for (kind = LMI_SANDBOX_BWRAP; kind <= LMI_SANDBOX_NONE; kind++) {
        lmi_sandbox *sandbox = open_kind((lmi_sandbox_kind)kind);
        size_t i;

        for (i = 0; i < 10; i++)
            submit(sandbox, i, sleeper, "");
        assert_ok(lmi_sandbox_poll(sandbox, 300));
        assert_true(n_marked() > 0);
        lmi_sandbox_close(sandbox);
        assert_int_equal(got.n, 0);
        assert_nothing_is_left();
    }
}

static void test_a_poll_of_no_time_returns_at_once(void **state)
{
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_NONE);
    const double begin = lmi_now_ms();

    (void)state;
    assert_ok(lmi_sandbox_poll(sandbox, 1e9)); /* nothing to wait for */
    submit(sandbox, 0, "import time; time.sleep(60)", "");
    assert_ok(lmi_sandbox_poll(sandbox, 0));
    assert_ok(lmi_sandbox_poll(sandbox, -1));
    assert_true(lmi_now_ms() - begin < 1000);
    assert_int_equal(got.n, 0);
    lmi_sandbox_close(sandbox);
}

static void test_the_wall_clock_stops_a_program_while_the_host_is_busy(void **state)
{
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_BWRAP);

    (void)state;
    submit(sandbox, 0, "import time; time.sleep(60)", "");
    submit(sandbox, 1, "x = 1", "assert x");
    pause_ms(WALL_MS + 500); /* the host does something else */
    assert_nothing_is_left();
    finish(sandbox);
    assert_int_equal(got.ending[0], LMI_ENDING_TIMED_OUT);
    assert_int_equal(got.ending[1], LMI_ENDING_PASSED);
    lmi_sandbox_close(sandbox);
}

static void test_output_that_nobody_reads_does_not_stop_a_program(void **state)
{
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_BWRAP);

    (void)state;
    submit(sandbox, 0, "print('x' * (8 << 20), flush=True)", "");
    pause_ms(WALL_MS + 500);
    finish(sandbox);
    assert_string_equal(got.detail[0], "");
    assert_int_equal(got.ending[0], LMI_ENDING_PASSED);
    lmi_sandbox_close(sandbox);
}

static void test_the_memory_of_all_its_processes_counts(void **state)
{
    lmi_sandbox_params params = params_of(LMI_SANDBOX_BWRAP);
    lmi_sandbox *sandbox;

    (void)state;
    params.memory_size = 256 * LMI_MIB;
    params.wall_ms = 10000;
    sandbox = open_with(&params);
    expect(sandbox,
           "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n"
           "        x = b'x' * (80 << 20)\n        time.sleep(60)\ntime.sleep(60)",
           "", LMI_ENDING_KILLED, "too much memory");
    lmi_sandbox_close(sandbox);
    assert_nothing_is_left();
}

static void test_descriptors_leak_neither_way(void **state)
{
    static const char *const counting =
        "import os\nopened = []\nfor fd in range(64):\n    try:\n        os.fstat(fd)\n"
        "        opened.append(fd)\n    except OSError:\n        pass\n";
    const size_t before = support_count_fds();
    const int stray = open("/dev/null", O_RDONLY); /* as a careless library would leave it */
    int kind;

    (void)state;
    for (kind = LMI_SANDBOX_BWRAP; kind <= LMI_SANDBOX_NONE; kind++) {
        lmi_sandbox *sandbox = open_kind((lmi_sandbox_kind)kind);

        expect(sandbox, counting, "assert opened == [0, 1, 2, 3, 4], opened", LMI_ENDING_PASSED,
               "");
        lmi_sandbox_close(sandbox);
    }
    close(stray);
    assert_int_equal(support_count_fds(), before);
}

static void test_every_run_of_a_program_is_the_same(void **state)
{
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_BWRAP);
    char tests[64];

    (void)state;
    expect(sandbox, "x = hash('latentmas')", "raise KeyError(x)", LMI_ENDING_FAILED, "KeyError: ");
    snprintf(tests, sizeof(tests), "assert x == %.30s", got.detail[0] + strlen("KeyError: "));
    expect(sandbox, "x = hash('latentmas')", tests, LMI_ENDING_PASSED, "");
    lmi_sandbox_close(sandbox);
}

static void test_without_walls_no_process_and_no_file_stays_behind(void **state)
{
    static const char stubborn[] =
        "import os, time\nopen('file', 'w').write('x')\nos.makedirs('a/b')\nos.chmod('a', 0)\n"
        "home = os.environ['HOME']\nassert os.getcwd() == os.environ['TMPDIR'] == home\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(60)\n    os._exit(0)\nos.wait()\n";
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_NONE);
    char path[300];

    (void)state;
    expect(sandbox, stubborn, "raise ValueError(home)", LMI_ENDING_FAILED, "ValueError: /");
    snprintf(path, sizeof(path), "%.290s", got.detail[0] + strlen("ValueError: "));
    assert_non_null(strstr(path, "/latentmas-program-"));
    assert_int_equal(access(path, F_OK), -1);
    lmi_sandbox_close(sandbox);
    assert_nothing_is_left();
}

static void test_numpy_works_inside(void **state)
{
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_BWRAP);

    (void)state;
    expect(sandbox, "import numpy as np\nx = np.arange(4.0)",
           "np.testing.assert_allclose(np.dot(x, x), 14)\n"
           "assert np.linalg.norm(x) ** 2 > 13.9",
           LMI_ENDING_PASSED, "");
    lmi_sandbox_close(sandbox);
}

/* A program in a folder of its own, and PATH with that folder in front. */
static const char *fake_program(const char *name, const char *script)
{
    const char *folder = support_folder();
    const char *path = support_file(folder, name, script, strlen(script));
    static char before[4096];
    char both[4096];

    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(path, 0755), 0);
    snprintf(before, sizeof(before), "%s", getenv("PATH"));
    snprintf(both, sizeof(both), "%s:%.3000s", folder, before);
    setenv("PATH", both, 1);
    return before;
}

static void test_without_bubblewrap_the_next_step_is_told(void **state)
{
    const lmi_sandbox_params params = params_of(LMI_SANDBOX_BWRAP);
    char before[4096];
    lmi_sandbox *sandbox = NULL;

    (void)state;
    if (access("/usr/bin/python3", X_OK) != 0)
        skip();
    snprintf(before, sizeof(before), "%s", getenv("PATH"));
    setenv("PATH", support_folder(), 1);
    assert_fails(LMAS_E_IO, "apt install python3", lmi_sandbox_open(&sandbox, &params, take, &got));
    setenv("PATH", before, 1);
    setenv("PATH", "", 1);
    fake_program("python3", "#!/bin/sh\nexit 1\n"); /* and nothing else is in PATH */
    assert_fails(LMAS_E_IO, "apt install bubblewrap, or run them unprotected with --sandbox none",
                 lmi_sandbox_open(&sandbox, &params, take, &got));
    assert_null(sandbox);
    setenv("PATH", before, 1);
}

static void test_where_walls_are_forbidden_the_next_step_is_told(void **state)
{
    const lmi_sandbox_params params = params_of(LMI_SANDBOX_BWRAP);
    lmi_sandbox *sandbox = NULL;
    const char *before =
        fake_program("bwrap", "#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n");

    (void)state;
    assert_fails(LMAS_E_IO, "(bwrap: No permissions): allow user namespaces",
                 lmi_sandbox_open(&sandbox, &params, take, &got));
    setenv("PATH", before, 1);
    assert_null(sandbox);
}

static void test_a_python_that_runs_nothing_is_refused(void **state)
{
    const lmi_sandbox_params params = params_of(LMI_SANDBOX_NONE);
    lmi_sandbox *sandbox = NULL;
    const char *before = fake_program("python3", "#!/bin/sh\nexit 3\n");

    (void)state;
    assert_fails(LMAS_E_IO, "does not run a program: it did not start: exit status 3",
                 lmi_sandbox_open(&sandbox, &params, take, &got));
    setenv("PATH", before, 1);
}

static void test_tests_that_need_numpy_are_refused_where_there_is_none(void **state)
{
    static const char *const text = "x = 1";
    const lmi_program program = {
        .candidates = &text, .n_candidates = 1, .tests = "import numpy as np\nassert x"};
    const char *before = fake_program("python3", "#!/bin/sh\nexec /usr/bin/python3 -S \"$@\"\n");
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_NONE);

    (void)state;
    assert_fails(LMAS_E_IO, "apt install python3-numpy", lmi_sandbox_submit(sandbox, &program));
    expect(sandbox, "x = 1", "assert x", LMI_ENDING_PASSED, "");
    lmi_sandbox_close(sandbox);
    setenv("PATH", before, 1);
}

static void test_a_sandbox_that_breaks_is_not_blamed_on_the_program(void **state)
{
    const char *flag = support_file(support_folder(), "works", "", 0);
    char path[300];
    char script[600];
    const char *before;
    lmi_sandbox *sandbox;

    (void)state;
    snprintf(path, sizeof(path), "%s", flag);
    *strrchr(path, '/') = '\0';
    assert_int_equal(chmod(path, 0755), 0);
    snprintf(path, sizeof(path), "%s", flag);
    snprintf(script, sizeof(script),
             "#!/bin/sh\n[ -e %s ] || { echo 'the wall fell' >&2; exit 1; }\n"
             "exec /usr/bin/python3 \"$@\"\n",
             path);
    before = fake_program("python3", script);
    sandbox = open_kind(LMI_SANDBOX_NONE);
    expect(sandbox, "x = 1", "assert x", LMI_ENDING_PASSED, "");
    assert_int_equal(unlink(path), 0);
    expect(sandbox, "x = 1", "assert x", LMI_ENDING_BROKEN, "the wall fell");
    lmi_sandbox_close(sandbox);
    setenv("PATH", before, 1);
}

static void test_bad_arguments_are_refused(void **state)
{
    lmi_sandbox_params params = params_of(LMI_SANDBOX_NONE);
    const lmi_program nothing = {.id = 7, .tests = ""};
    lmi_sandbox *sandbox = NULL;

    (void)state;
    params.n_parallel = 0;
    assert_fails(LMAS_E_INVALID, "must be 1 to 64, not 0",
                 lmi_sandbox_open(&sandbox, &params, take, &got));
    params.n_parallel = 65;
    assert_fails(LMAS_E_INVALID, "not 65", lmi_sandbox_open(&sandbox, &params, take, &got));
    params = params_of(LMI_SANDBOX_NONE);
    params.wall_ms = 0;
    assert_fails(LMAS_E_INVALID, "time of a program",
                 lmi_sandbox_open(&sandbox, &params, take, &got));
    params = params_of(LMI_SANDBOX_NONE);
    params.memory_size = 1;
    assert_fails(LMAS_E_INVALID, "memory of a program",
                 lmi_sandbox_open(&sandbox, &params, take, &got));
    memset(&params.kind, 9, sizeof(params.kind));
    assert_fails(LMAS_E_INVALID, "no such kind", lmi_sandbox_open(&sandbox, &params, take, &got));
    sandbox = open_kind(LMI_SANDBOX_NONE);
    assert_fails(LMAS_E_INVALID, "program 7 has no candidate",
                 lmi_sandbox_submit(sandbox, &nothing));
    lmi_sandbox_close(sandbox);
    lmi_sandbox_close(NULL);
}

static void test_a_program_that_is_too_long_is_refused(void **state)
{
    const size_t len = LMI_PROGRAM_SIZE_MAX + 1;
    char *text = lmi_new(len + 1, 1);
    const char *candidate = text;
    const lmi_program program = {.candidates = &candidate, .n_candidates = 1, .tests = ""};
    lmi_sandbox *sandbox = open_kind(LMI_SANDBOX_NONE);

    (void)state;
    assert_non_null(text);
    memset(text, '#', len);
    assert_fails(LMAS_E_INVALID, "is longer than", lmi_sandbox_submit(sandbox, &program));
    assert_int_equal(lmi_sandbox_n_open(sandbox), 0);
    lmi_sandbox_close(sandbox);
    lmi_free(text);
}

static void test_the_driver_fits_into_an_argument(void **state)
{
    (void)state;
    assert_true(strlen(lmi_driver_py) < ARG_MAX_BYTES);
    assert_memory_equal(lmi_driver_py, "# driver.py - ", 14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs_end_as_they_should_with_bubblewrap),
        cmocka_unit_test(test_programs_end_as_they_should_without_walls),
        cmocka_unit_test(test_the_first_candidate_that_is_python_is_run),
        cmocka_unit_test(test_a_mutant_has_one_operator_changed),
        cmocka_unit_test(test_without_an_operator_there_is_no_mutant),
        cmocka_unit_test(test_fifty_programs_get_one_verdict_each),
        cmocka_unit_test(test_closing_kills_what_runs_and_forgets_what_waits),
        cmocka_unit_test(test_a_poll_of_no_time_returns_at_once),
        cmocka_unit_test(test_the_wall_clock_stops_a_program_while_the_host_is_busy),
        cmocka_unit_test(test_output_that_nobody_reads_does_not_stop_a_program),
        cmocka_unit_test(test_the_memory_of_all_its_processes_counts),
        cmocka_unit_test(test_descriptors_leak_neither_way),
        cmocka_unit_test(test_every_run_of_a_program_is_the_same),
        cmocka_unit_test(test_without_walls_no_process_and_no_file_stays_behind),
        cmocka_unit_test(test_numpy_works_inside),
        cmocka_unit_test(test_without_bubblewrap_the_next_step_is_told),
        cmocka_unit_test(test_where_walls_are_forbidden_the_next_step_is_told),
        cmocka_unit_test(test_a_python_that_runs_nothing_is_refused),
        cmocka_unit_test(test_tests_that_need_numpy_are_refused_where_there_is_none),
        cmocka_unit_test(test_a_sandbox_that_breaks_is_not_blamed_on_the_program),
        cmocka_unit_test(test_bad_arguments_are_refused),
        cmocka_unit_test(test_a_program_that_is_too_long_is_refused),
        cmocka_unit_test(test_the_driver_fits_into_an_argument),
    };

    return cmocka_run_group_tests_name("sandbox: runs", tests, NULL, NULL);
}

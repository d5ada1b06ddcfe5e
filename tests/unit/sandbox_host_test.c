/*
 * sandbox_host_test.c - what the host brings: its Python, its open files, its own end.
 *
 * Without bubblewrap, or where the system forbids it, the claims about it are skipped.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "process/tree.h"
#include "process/walls/guard.h"
#include "sandbox/limits.h"
#include "sandbox/sandbox.h"
#include "support.h"

enum { GUARD_LOOKS = 20, EMPTY_LOOKS = 4, LIFE_MAX_US = 15000 };

#define GONE_MS 20000.0 /* a Python that starts on a busy machine takes seconds to find out */

/* How many hosts are killed, and sandboxes closed, each a little later in its life. */
static int n_lives(void)
{
    return support_is_whole() ? 40 : 8;
}

static lmi_ending ended;
static char detail[300];

static void take(void *user, const lmi_verdict *verdict)
{
    (void)user;
    ended = verdict->ending;
    snprintf(detail, sizeof(detail), "%s", verdict->detail);
}

/* NULL, and the test is skipped, where bubblewrap is refused by the system. */
static lmi_sandbox *open_walled(const char *python)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;

    params.python = python;
    if (lmi_sandbox_open(&sandbox, &params, take, NULL) == LMAS_OK)
        return sandbox;
    print_message("# no sandbox here: %s\n", lmas_last_error());
    skip();
    return NULL;
}

static void submit(lmi_sandbox *sandbox, const char *text, const char *tests)
{
    const lmi_program program = {.candidates = &text, .n_candidates = 1, .tests = tests};

    assert_ok(lmi_sandbox_submit(sandbox, &program));
}

static void expect(lmi_sandbox *sandbox, const char *text, const char *tests, lmi_ending ending)
{
    submit(sandbox, text, tests);
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
    if (ended != ending)
        fail_msg("%s\nended: %s, \"%s\"", text, lmi_ending_name(ended), detail);
}

/* ---- Ends ---------------------------------------------------------------------------------- */

static size_t n_marked(pid_t host)
{
    char mark[64];

    snprintf(mark, sizeof(mark), "LATENTMAS_PROGRAM=%d-", (int)host);
    return lmi_tree_n_marked(mark);
}

/* One look is not enough: between clone() and execve() a program bears no mark yet. */
static size_t n_left(pid_t host)
{
    const double until = lmi_now_ms() + GONE_MS;
    size_t n = 0;
    int n_empty = 0;

    while (n_empty < EMPTY_LOOKS && lmi_now_ms() < until) {
        n = n_marked(host);
        n_empty = n > 0 ? 0 : n_empty + 1;
        usleep(10000);
    }
    return n;
}

static void assert_nothing_is_left(void)
{
    const size_t n = n_left(getpid());

    if (n > 0)
        fail_msg("%zu processes outlive their sandbox", n);
}

/* A host that only starts programs, until it is killed. It tells when it begins. */
static void be_a_host(int told)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;
    int i;

    if (lmi_sandbox_open(&sandbox, &params, take, NULL) != LMAS_OK || write(told, "x", 1) != 1)
        _exit(1);
    for (i = 0; i < 4; i++)
        submit(sandbox, "import time; time.sleep(60)", "");
    while (lmi_sandbox_poll(sandbox, 1000) == LMAS_OK)
        ;
    _exit(1);
}

static pid_t start_host(void)
{
    int ends[2];
    char word;
    pid_t host;

    assert_int_equal(pipe(ends), 0);
    host = fork();
    assert_true(host >= 0);
    if (host == 0)
        be_a_host(ends[1]);
    close(ends[1]);
    assert_int_equal(read(ends[0], &word, 1), 1);
    close(ends[0]);
    return host;
}

static void test_nothing_outlives_a_host_that_is_killed_while_walls_are_built(void **state)
{
    const int n_hosts = n_lives();
    int i;

    (void)state;
    lmi_sandbox_close(open_walled(NULL)); /* or skip */
    for (i = 0; i < n_hosts; i++) {
        const pid_t host = start_host();
        size_t n;

        usleep((useconds_t)(i * LIFE_MAX_US / n_hosts));
        assert_int_equal(kill(host, SIGKILL), 0);
        assert_int_equal(waitpid(host, NULL, 0), host);
        n = n_left(host);
        if (n > 0)
            fail_msg("killed after %d us: %zu processes are left", i * LIFE_MAX_US / n_hosts, n);
    }
}

static bool has_ended(const lmi_guard *guard)
{
    siginfo_t info = {.si_pid = 0};

    assert_int_equal(waitid(P_PIDFD, (id_t)guard->pidfd, &info, WEXITED | WNOHANG | WNOWAIT), 0);
    return info.si_pid != 0;
}

static void test_the_guard_stays_until_it_is_told_that_all_is_well(void **state)
{
    lmi_guard guard;
    int i;

    (void)state;
    assert_ok(lmi_guard_start(&guard));
    for (i = 0; i < GUARD_LOOKS; i++) {
        usleep(10000);
        assert_false(has_ended(&guard));
    }
    lmi_guard_stop(&guard);
    assert_int_equal(guard.pidfd, -1);
}

static void test_nothing_outlives_a_sandbox_that_is_closed_while_walls_are_built(void **state)
{
    const int n_closed = n_lives();
    int i;

    (void)state;
    for (i = 0; i < n_closed; i++) {
        lmi_sandbox *sandbox = open_walled(NULL);

        submit(sandbox, "import time; time.sleep(60)", "");
        usleep((useconds_t)(i * LIFE_MAX_US / n_closed));
        lmi_sandbox_close(sandbox);
        assert_nothing_is_left();
    }
}

static void test_nothing_outlives_a_time_that_is_over_while_walls_are_built(void **state)
{
    lmi_sandbox *sandbox = open_walled(NULL);
    static const char *const text = "import time; time.sleep(60)";
    const int n_closed = n_lives();
    int i;

    (void)state;
    for (i = 0; i < n_closed; i++) {
        const lmi_program program = {
            .candidates = &text, .n_candidates = 1, .tests = "", .wall_ms = 1 + i / 4.0};

        assert_ok(lmi_sandbox_submit(sandbox, &program));
    }
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
    assert_nothing_is_left();
    lmi_sandbox_close(sandbox);
}

/* ---- Open files ---------------------------------------------------------------------------- */

static void test_too_few_open_files_are_named_with_the_number_that_is_needed(void **state)
{
    static const rlim_t few[] = {20, 40, 63};
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;
    struct rlimit before;
    char found[64];
    size_t i;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (i = 0; i < 2 * sizeof(few) / sizeof(few[0]); i++) {
        const struct rlimit limit = {.rlim_cur = few[i / 2], .rlim_max = before.rlim_max};

        params.kind = i % 2 ? LMI_SANDBOX_NONE : LMI_SANDBOX_BWRAP;
        snprintf(found, sizeof(found), "only %llu are allowed here: raise the limit with ulimit -n",
                 (unsigned long long)limit.rlim_cur);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_fails(LMAS_E_IO, found, lmi_sandbox_open(&sandbox, &params, take, NULL));
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    }
}

/* The number that the message names is one that works. */
static void test_as_many_open_files_as_are_needed_are_enough(void **state)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;
    struct rlimit before;
    struct rlimit limit;

    (void)state;
    params.kind = LMI_SANDBOX_NONE;
    params.n_parallel = 16;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = (struct rlimit){.rlim_cur = 8, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_fails(LMAS_E_IO, "running programs needs ",
                 lmi_sandbox_open(&sandbox, &params, take, NULL));
    limit.rlim_cur = strtoul(strstr(lmas_last_error(), "needs ") + strlen("needs "), NULL, 10);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_ok(lmi_sandbox_open(&sandbox, &params, take, NULL));
    expect(sandbox, "x = 1", "assert x", LMI_ENDING_PASSED);
    lmi_sandbox_close(sandbox);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* ---- Files that it makes --------------------------------------------------------------------- */

static void test_the_number_of_files_is_limited_and_named(void **state)
{
    lmi_sandbox *sandbox = open_walled(NULL);

    (void)state;
    expect(sandbox,
           "import os\nfor n in range(10 ** 7):\n    os.close(os.open('/tmp/%d' % n, os.O_CREAT))",
           "", LMI_ENDING_KILLED);
    assert_string_equal(detail, "it made more than 16384 files");
    lmi_sandbox_close(sandbox);
}

/* ---- Python --------------------------------------------------------------------------------- */

static void test_the_interpreter_is_told_with_its_version(void **state)
{
    lmi_sandbox *sandbox = open_walled(NULL);
    const lmi_python python = lmi_sandbox_python(sandbox);
    char tests[96];

    (void)state;
    assert_memory_equal(python.path, "/usr/", 5);
    snprintf(tests, sizeof(tests), "assert sys.version.startswith('%.31s')", python.version);
    assert_memory_equal(python.version, "3.", 2);
    expect(sandbox, "import sys", tests, LMI_ENDING_PASSED);
    lmi_sandbox_close(sandbox);
}

static void test_an_interpreter_that_is_none_is_refused(void **state)
{
    const char *folder = support_folder();
    const char *text = support_file(folder, "python", "#!/bin/sh\nexit 3\n", 18);
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;
    int kind;

    (void)state;
    for (kind = LMI_SANDBOX_BWRAP; kind <= LMI_SANDBOX_NONE; kind++) {
        params.kind = (lmi_sandbox_kind)kind;
        params.python = "/no/such/python3";
        assert_fails(LMAS_E_IO, "expected a program, found /no/such/python3",
                     lmi_sandbox_open(&sandbox, &params, take, NULL));
        params.python = "no-such-python";
        assert_fails(LMAS_E_IO, "found no-such-python, which is not in PATH",
                     lmi_sandbox_open(&sandbox, &params, take, NULL));
        params.python = "/usr";
        assert_fails(LMAS_E_IO, "found /usr", lmi_sandbox_open(&sandbox, &params, take, NULL));
        params.python = text; /* nobody may execute it */
        assert_fails(LMAS_E_IO, "expected a program, found ",
                     lmi_sandbox_open(&sandbox, &params, take, NULL));
    }
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(text, 0755), 0);
    assert_fails(LMAS_E_IO, "does not run a program: it did not start: exit status 3",
                 lmi_sandbox_open(&sandbox, &params, take, NULL));
    params.kind = LMI_SANDBOX_BWRAP;
    assert_fails(LMAS_E_IO, "expected FOLDER/bin/python3 with FOLDER/lib/python3.*/os.py",
                 lmi_sandbox_open(&sandbox, &params, take, NULL));
    params.python = "/usr/bin/true";
    assert_fails(LMAS_E_IO, "/usr/bin/true does not run a program in the sandbox: ",
                 lmi_sandbox_open(&sandbox, &params, take, NULL));
    assert_null(sandbox);
}

/* A virtual environment in a folder of its own; its python3 in `path`. */
static void make_venv(char *path, size_t size, const char *folder)
{
    char command[600];

    assert_int_equal(chmod(folder, 0755), 0);
    snprintf(command, sizeof(command), "/usr/bin/python3 -m venv --without-pip %s/venv", folder);
    if (system(command) != 0) {
        print_message("# no virtual environments here\n");
        skip();
    }
    snprintf(path, size, "%s/venv/bin/python3", folder);
}

static void test_an_interpreter_elsewhere_is_seen_with_its_folder_and_nothing_else(void **state)
{
    const char *folder = support_folder();
    const char *secret = support_file(folder, "secret", "secret\n", 7);
    char tests[700];
    char path[300];
    lmi_sandbox *sandbox;

    (void)state;
    make_venv(path, sizeof(path), folder);
    assert_int_equal(chmod(secret, 0644), 0);
    sandbox = open_walled(path);
    assert_string_equal(lmi_sandbox_python(sandbox).path, path);
    snprintf(tests, sizeof(tests),
             "assert sys.prefix == '%.290s'[:-12], sys.prefix\n"
             "assert not os.path.exists('%.290s')",
             path, secret);
    expect(sandbox, "import sys, os, json", tests, LMI_ENDING_PASSED);
    expect(sandbox, "import sys, os", "open(sys.prefix + '/x', 'w')", LMI_ENDING_FAILED);
    lmi_sandbox_close(sandbox);
}

static void test_an_interpreter_that_would_show_the_home_is_refused(void **state)
{
    const char *folder = support_folder();
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;
    char before[300];
    char home[300];
    char path[300];
    const char *interpreter;

    (void)state;
    snprintf(before, sizeof(before), "%s", getenv("HOME") ? getenv("HOME") : "");
    snprintf(home, sizeof(home), "mkdir -p %s/bin %s/lib/python3.9 && : >%s/lib/python3.9/os.py",
             folder, folder, folder);
    assert_int_equal(system(home), 0);
    interpreter = support_file(folder, "bin/python3", "#!/bin/sh\nexit 0\n", 18);
    snprintf(path, sizeof(path), "%s", interpreter);
    assert_int_equal(chmod(path, 0755), 0);
    params.python = path;
    setenv("HOME", folder, 1);
    assert_fails(LMAS_E_IO, "cannot be used in a sandbox",
                 lmi_sandbox_open(&sandbox, &params, take, NULL));
    setenv("HOME", before, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_outlives_a_host_that_is_killed_while_walls_are_built),
        cmocka_unit_test(test_the_guard_stays_until_it_is_told_that_all_is_well),
        cmocka_unit_test(test_nothing_outlives_a_sandbox_that_is_closed_while_walls_are_built),
        cmocka_unit_test(test_nothing_outlives_a_time_that_is_over_while_walls_are_built),
        cmocka_unit_test(test_too_few_open_files_are_named_with_the_number_that_is_needed),
        cmocka_unit_test(test_as_many_open_files_as_are_needed_are_enough),
        cmocka_unit_test(test_the_number_of_files_is_limited_and_named),
        cmocka_unit_test(test_the_interpreter_is_told_with_its_version),
        cmocka_unit_test(test_an_interpreter_that_is_none_is_refused),
        cmocka_unit_test(test_an_interpreter_elsewhere_is_seen_with_its_folder_and_nothing_else),
        cmocka_unit_test(test_an_interpreter_that_would_show_the_home_is_refused),
    };

    return cmocka_run_group_tests_name("sandbox: its host", tests, NULL, NULL);
}

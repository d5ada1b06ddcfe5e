/* process_tool_test.c - a tool's text or one line why there is none, and nothing left of it. */

#include "process_tools.h"

enum { BIG_SIZE = 10 * 1024 * 1024, N_IN_A_ROW = 100, N_BESIDE = 8 };

/* ---- Text ----------------------------------------------------------------------------------- */

static void test_a_tool_has_the_input_as_its_stdin_and_its_stdout_is_the_text(void **state)
{
    static const char *const cat[] = {"cat", NULL};
    const lmi_tool_params params = params_of(cat);

    (void)state;
    expect_text(&params, "{\"question\": \"wie viel?\"}\n\xc3\xa9",
                "{\"question\": \"wie viel?\"}\n\xc3\xa9");
    expect_text(&params, "", "");
}

static void test_arguments_environment_and_folder_reach_it(void **state)
{
    const char *folder = support_folder();
    const char *path = support_file(folder, "tool.sh", "#!/bin/sh\npwd\necho \"$1|$MINE\"\n", 31);
    const char *const argv[] = {"./tool.sh", "a b  c", NULL};
    lmi_tool_params params = params_of(argv);
    char real[4096];
    char want[4200];

    (void)state;
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(setenv("MINE", "x=y", 1), 0);
    assert_non_null(realpath(folder, real));
    snprintf(want, sizeof(want), "%s\na b  c|x=y\n", real);
    params.folder = folder;
    expect_text(&params, "", want);
}

static void test_a_tool_may_leave_ten_mebibytes_of_input_unread(void **state)
{
    const lmi_tool_params params = params_of(shell("head -c 3; exec <&-; echo ' done'"));
    char *input = malloc(BIG_SIZE + 1);

    (void)state;
    assert_non_null(input);
    memset(input, 'x', BIG_SIZE);
    input[BIG_SIZE] = '\0';
    expect_text(&params, input, "xxx done\n");
    free(input);
}

static void test_a_tool_that_reads_ten_mebibytes_has_all_of_them(void **state)
{
    const lmi_tool_params params = params_of(shell("wc -c"));
    char *input = malloc(BIG_SIZE + 1);

    (void)state;
    assert_non_null(input);
    memset(input, 'x', BIG_SIZE);
    input[BIG_SIZE] = '\0';
    expect_text(&params, input, "10485760\n");
    free(input);
}

static void test_as_much_as_may_be_printed_is_taken_whole(void **state)
{
    lmi_tool_params params = params_of(shell("printf 0123456789"));

    (void)state;
    params.output_size = 10;
    expect_text(&params, "", "0123456789");
    params.output_size = 9;
    expect_failure(&params, LMAS_E_IO, "the tool sh printed more than its limit of 9 bytes");
}

static void test_several_tools_run_beside_each_other(void **state)
{
    lmi_tool_params params = params_of(shell("sleep 0.5; echo x"));
    const double begin = lmi_now_ms();
    lmi_tool *tools[N_BESIDE];
    size_t i;

    (void)state;
    for (i = 0; i < N_BESIDE; i++)
        tools[i] = start(&params, "");
    for (i = 0; i < N_BESIDE; i++) {
        bool is_done = true;

        assert_true(lmi_tool_fd(tools[i]) >= 0);
        assert_ok(lmi_tool_poll(tools[i], &is_done));
        wait_for(tools[i]);
    }
    assert_ok(lmi_tools_wait(tools, N_BESIDE, END_MS)); /* there is none to wait for */
    assert_true(lmi_now_ms() - begin < 500.0 * (double)N_BESIDE);
    for (i = 0; i < N_BESIDE; i++)
        lmi_tool_free(tools[i]);
}

/* ---- Failures ------------------------------------------------------------------------------- */

static void test_a_tool_that_is_not_there_is_named(void **state)
{
    static const char *const none[] = {"no-such-tool", NULL};
    static const char *const path[] = {"./none.py", NULL};
    static const char *const folder[] = {"/usr", NULL};
    lmi_tool_params params = params_of(none);
    lmi_tool *tool = NULL;

    (void)state;
    assert_fails(LMAS_E_IO, "no program no-such-tool in PATH to run as a tool",
                 lmi_tool_start(&tool, &params, "", 0));
    params.argv = path;
    assert_fails(LMAS_E_IO, "/none.py as a tool: expected a file that may be executed, found none",
                 lmi_tool_start(&tool, &params, "", 0));
    params.argv = folder;
    assert_fails(LMAS_E_IO, "cannot run /usr as a tool: expected a file that may be executed",
                 lmi_tool_start(&tool, &params, "", 0));
    params = params_of(shell("true"));
    params.folder = "/no/such/folder";
    assert_fails(LMAS_E_IO, "cannot run a tool in the folder /no/such/folder: No such file",
                 lmi_tool_start(&tool, &params, "", 0));
    assert_null(tool);
}

static void test_a_tool_that_the_system_cannot_execute_is_named(void **state)
{
    const char *path = support_file(support_folder(), "tool",
                                    "\x7f"
                                    "ELF?",
                                    5);
    const char *argv[] = {path, NULL};
    lmi_tool_params params = params_of(argv);

    (void)state;
    assert_int_equal(chmod(path, 0755), 0);
    expect_failure(&params, LMAS_E_IO, "cannot be started: Exec format error");
    path = support_file(support_folder(), "tool", "#!/no/such/interpreter\n", 23);
    argv[0] = path;
    assert_int_equal(chmod(path, 0755), 0);
    expect_failure(&params, LMAS_E_IO, "cannot be started: No such file or directory");
}

static void test_limits_beyond_those_documented_are_refused(void **state)
{
    static const double times[] = {0, -1, 3600001, 0.5};
    const lmi_tool_params good = params_of(shell("true"));
    lmi_tool_params params;
    lmi_tool *tool = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        params = good;
        params.wall_ms = times[i];
        assert_fails(LMAS_E_INVALID, "time of a tool must be 1 to 3.6e+06 ms",
                     lmi_tool_start(&tool, &params, "", 0));
    }
    params = good;
    params.output_size = 0;
    assert_fails(LMAS_E_INVALID, "output of a tool must be 1 to 268435456 bytes, not 0",
                 lmi_tool_start(&tool, &params, "", 0));
    params = good;
    params.memory_size = 1;
    assert_fails(LMAS_E_INVALID, "memory of a tool must be 268435456 bytes or more",
                 lmi_tool_start(&tool, &params, "", 0));
    params = good;
    params.n_args = 0;
    assert_fails(LMAS_E_INVALID, "a tool must have a program",
                 lmi_tool_start(&tool, &params, "", 0));
    assert_null(tool);
}

static void test_an_exit_status_is_told_with_the_last_words_on_stderr(void **state)
{
    lmi_tool_params params =
        params_of(shell("echo first >&2; echo 'bad \033[1m input' >&2; exit 3"));

    (void)state;
    expect_failure(&params, LMAS_E_IO, "the tool sh ended with exit status 3: bad ?[1m input");
    params = params_of(shell("exit 200"));
    expect_failure(&params, LMAS_E_IO, "the tool sh ended with exit status 200");
    params = params_of(shell("seq 1 100000 >&2; printf 'last\\n\\n' >&2; exit 1"));
    expect_failure(&params, LMAS_E_IO, "the tool sh ended with exit status 1: last");
    params = params_of(shell("head -c 100000 /dev/zero | tr '\\0' y >&2; exit 1"));
    expect_failure(&params, LMAS_E_IO, "the tool sh ended with exit status 1: yyyy");
}

static void test_a_signal_is_told_with_its_name(void **state)
{
    const lmi_tool_params params = params_of(shell("kill -SEGV $$"));

    (void)state;
    expect_failure(&params, LMAS_E_IO, "the tool sh was killed by signal 11 (Segmentation fault)");
}

static void test_bytes_that_are_no_text_are_refused(void **state)
{
    lmi_tool_params params = params_of(shell("printf 'ab\\377c'"));

    (void)state;
    expect_failure(&params, LMAS_E_FORMAT,
                   "the tool sh printed bytes that are no UTF-8: expected UTF-8 text");
    params = params_of(shell("printf 'ab\\303'"));
    expect_failure(&params, LMAS_E_FORMAT, "no UTF-8");
    params = params_of(shell("printf 'a\\000b'"));
    expect_failure(&params, LMAS_E_FORMAT, "the tool sh printed a NUL byte: expected UTF-8 text");
}

static void test_a_tool_that_has_not_ended_has_no_text(void **state)
{
    const lmi_tool_params params = params_of(shell("sleep 60"));
    lmi_tool *tool = start(&params, "");
    const char *text = NULL;
    bool is_done = true;
    size_t n = 0;

    (void)state;
    assert_ok(lmi_tool_poll(tool, &is_done));
    assert_false(is_done);
    assert_fails(LMAS_E_INVALID, "the tool sh has not ended", lmi_tool_output(tool, &text, &n));
    lmi_tool_free(tool);
}

/* ---- Limits --------------------------------------------------------------------------------- */

static void test_a_tool_that_sleeps_beyond_its_time_is_ended(void **state)
{
    lmi_tool_params params = params_of(shell("sleep 60"));
    const double begin = lmi_now_ms();

    (void)state;
    params.wall_ms = 300;
    expect_failure(&params, LMAS_E_IO, "the tool sh took longer than its limit of 300 ms");
    assert_true(lmi_now_ms() - begin >= 300);
    assert_true(lmi_now_ms() - begin < END_MS);
}

static void test_the_time_is_kept_when_nobody_looks_and_the_tool_ignores_signals(void **state)
{
    lmi_tool_params params =
        params_of(shell("trap '' TERM ALRM INT HUP XCPU; while :; do sleep 0.1; done"));
    const char *marked = mark();
    lmi_tool *tool;

    (void)state;
    params.wall_ms = 3000;
    tool = start(&params, "");
    await_marked(marked, 2);
    assert_int_equal(n_left(marked), 0); /* without a look at the tool */
    lmi_tool_free(tool);
}

static void test_a_flood_on_stdout_is_ended_at_the_limit(void **state)
{
    const lmi_tool_params params = params_of(shell("yes"));
    const double begin = lmi_now_ms();

    (void)state;
    expect_failure(&params, LMAS_E_IO, "the tool sh printed more than its limit of 1048576 bytes");
    assert_true(lmi_now_ms() - begin < END_MS / 2);
}

static void test_memory_beyond_the_limit_fails_in_one_process(void **state)
{
    static const char *const argv[] = {"python3", "-c", "x = bytearray(1 << 30)", NULL};
    lmi_tool_params params = params_of(argv);

    (void)state;
    params.memory_size = 256 << 20;
    expect_failure(&params, LMAS_E_IO, "the tool python3 ended with exit status 1: MemoryError");
}

static void test_memory_beyond_the_limit_is_named_when_several_have_it_together(void **state)
{
    static const char *const argv[] = {"python3", "-c",
                                       "import os, time\n"
                                       "os.fork(); os.fork()\n"
                                       "x = bytearray(b'x') * (100 << 20)\n"
                                       "time.sleep(60)\n",
                                       NULL};
    lmi_tool_params params = params_of(argv);

    (void)state;
    params.memory_size = 256 << 20;
    expect_failure(&params, LMAS_E_IO,
                   "the tool python3 used more memory than its limit of 268435456 bytes");
}

/* ---- Ends ----------------------------------------------------------------------------------- */

static void test_what_a_tool_leaves_behind_ends_with_it(void **state)
{
    static const char *const scripts[] = {
        "sleep 60 & echo x",
        "setsid sleep 60 & echo x",
        "(setsid sh -c 'sleep 60 & sleep 60 &' &) ; sleep 0.2; echo x",
        "trap '' TERM HUP; (setsid setsid sleep 60 >/dev/null 2>&1 </dev/null &); echo x",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        const lmi_tool_params params = params_of(shell(scripts[i]));
        const char *marked = mark();

        expect_text(&params, "", "x\n");
        assert_int_equal(lmi_tree_n_marked(marked), 0); /* at once */
    }
}

/* Sleepers for so long, of which there are no others. */
static int n_sleepers(const char *seconds)
{
    char command[160];
    FILE *found;
    int n = -1;

    snprintf(command, sizeof(command),
             "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c 'sleep [%c]%s'",
             seconds[0], seconds + 1);
    found = popen(command, "r");
    assert_non_null(found);
    assert_int_equal(fscanf(found, "%d", &n), 1);
    pclose(found);
    return n;
}

static void test_what_has_a_session_and_an_environment_of_its_own_ends_too(void **state)
{
    lmi_tool_params params;
    char script[160];
    char seconds[32];

    (void)state;
    snprintf(seconds, sizeof(seconds), "61.%d", (int)getpid());
    snprintf(script, sizeof(script),
             "(setsid env -i sleep %s </dev/null >/dev/null 2>&1 &); echo x", seconds);
    params = params_of(shell(script));
    expect_text(&params, "", "x\n");
    assert_int_equal(n_sleepers(seconds), 0);
}

static void test_freeing_a_tool_ends_it_and_its_children_at_once(void **state)
{
    const lmi_tool_params params =
        params_of(shell("trap '' TERM HUP INT; sleep 60 & setsid sleep 60 & wait; sleep 60"));
    const char *marked = mark();
    lmi_tool *tool = start(&params, "");
    const double begin = lmi_now_ms();

    (void)state;
    await_marked(marked, 4); /* with its keeper */
    lmi_tool_free(tool);
    assert_int_equal(lmi_tree_n_marked(marked), 0);
    assert_true(lmi_now_ms() - begin < END_MS / 2);
    lmi_tool_free(NULL);
}

static void test_a_killed_host_takes_its_tool_and_its_children_with_it(void **state)
{
    const char *marked = mark();
    const pid_t host = fork();

    (void)state;
    if (host == 0)
        be_a_host(false);
    await_marked(marked, 4); /* the host's own environment is of its start */
    assert_int_equal(kill(host, SIGKILL), 0);
    assert_int_equal(waitpid(host, NULL, 0), host);
    assert_int_equal(n_left(marked), 0);
}

/* A host that is killed at any moment of a start. */
static void test_nothing_is_left_of_a_start_that_the_host_does_not_outlive(void **state)
{
    const char *marked = mark();
    int i;

    (void)state;
    for (i = 0; i < 20; i++) {
        const pid_t host = fork();

        if (host == 0)
            be_a_host(false);
        usleep((useconds_t)(i * 500));
        assert_int_equal(kill(host, SIGKILL), 0);
        assert_int_equal(waitpid(host, NULL, 0), host);
    }
    assert_int_equal(n_left(marked), 0);
}

static void test_a_hundred_in_a_row_leak_no_descriptor_and_leave_no_zombie(void **state)
{
    static const char *const none[] = {"no-such-tool", NULL};
    const lmi_tool_params good = params_of(shell("cat; exit 0"));
    const size_t n = support_count_fds();
    const lmi_tool_params bad = params_of(none);
    lmi_tool *tool = NULL;
    double begin;
    int i;

    (void)state;
    begin = lmi_now_ms();
    for (i = 0; i < N_IN_A_ROW; i++)
        expect_text(&good, "x", "x");
    print_message("# a tool: %.1f ms\n", (lmi_now_ms() - begin) / (double)N_IN_A_ROW);
    for (i = 0; i < N_IN_A_ROW; i++)
        assert_int_equal(lmi_tool_start(&tool, &bad, "", 0), LMAS_E_IO);
    for (i = 0; i < N_IN_A_ROW / 4; i++)
        lmi_tool_free(start(&good, "x"));
    assert_int_equal(support_count_fds(), n);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

static void test_a_tool_has_no_descriptor_but_its_three(void **state)
{
    const lmi_tool_params params = params_of(shell("exec ls /proc/self/fd"));
    const int open_here = dup(1); /* without close-on-exec */

    (void)state;
    expect_text(&params, "", "0\n1\n2\n3\n"); /* the last is the folder that ls reads */
    close(open_here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tool_has_the_input_as_its_stdin_and_its_stdout_is_the_text),
        cmocka_unit_test(test_arguments_environment_and_folder_reach_it),
        cmocka_unit_test(test_a_tool_may_leave_ten_mebibytes_of_input_unread),
        cmocka_unit_test(test_a_tool_that_reads_ten_mebibytes_has_all_of_them),
        cmocka_unit_test(test_as_much_as_may_be_printed_is_taken_whole),
        cmocka_unit_test(test_several_tools_run_beside_each_other),
        cmocka_unit_test(test_a_tool_that_is_not_there_is_named),
        cmocka_unit_test(test_a_tool_that_the_system_cannot_execute_is_named),
        cmocka_unit_test(test_limits_beyond_those_documented_are_refused),
        cmocka_unit_test(test_an_exit_status_is_told_with_the_last_words_on_stderr),
        cmocka_unit_test(test_a_signal_is_told_with_its_name),
        cmocka_unit_test(test_bytes_that_are_no_text_are_refused),
        cmocka_unit_test(test_a_tool_that_has_not_ended_has_no_text),
        cmocka_unit_test(test_a_tool_that_sleeps_beyond_its_time_is_ended),
        cmocka_unit_test(test_the_time_is_kept_when_nobody_looks_and_the_tool_ignores_signals),
        cmocka_unit_test(test_a_flood_on_stdout_is_ended_at_the_limit),
        cmocka_unit_test(test_memory_beyond_the_limit_fails_in_one_process),
        cmocka_unit_test(test_memory_beyond_the_limit_is_named_when_several_have_it_together),
        cmocka_unit_test(test_what_a_tool_leaves_behind_ends_with_it),
        cmocka_unit_test(test_what_has_a_session_and_an_environment_of_its_own_ends_too),
        cmocka_unit_test(test_freeing_a_tool_ends_it_and_its_children_at_once),
        cmocka_unit_test(test_a_killed_host_takes_its_tool_and_its_children_with_it),
        cmocka_unit_test(test_nothing_is_left_of_a_start_that_the_host_does_not_outlive),
        cmocka_unit_test(test_a_hundred_in_a_row_leak_no_descriptor_and_leave_no_zombie),
        cmocka_unit_test(test_a_tool_has_no_descriptor_but_its_three),
    };

    return cmocka_run_group_tests_name("process: tools", tests, NULL, NULL);
}

/*
 * process_walls_test.c - a sandboxed tool sees its folder and /usr, and ends as any other.
 *
 * Without bubblewrap, or where the system forbids it, the claims are skipped.
 */
#include "process_tools.h"

/* A folder that may be shown, with a file in it. */
static const char *open_folder(void)
{
    const char *folder = support_folder();

    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(support_file(folder, "data.txt", "42\n", 3), 0644), 0);
    return folder;
}

static void skip_without_walls(void)
{
    lmi_tool_params params = params_of(shell("true"));
    lmi_tool *tool = NULL;
    const char *text;
    size_t n;

    params.is_sandboxed = true;
    params.folder = open_folder();
    if (lmi_tool_start(&tool, &params, "", 0) == LMAS_OK) {
        wait_for(tool);
        if (lmi_tool_output(tool, &text, &n) == LMAS_OK) {
            lmi_tool_free(tool);
            return;
        }
        lmi_tool_free(tool);
    }
    print_message("# no walls here: %s\n", lmas_last_error());
    skip();
}

static void expect_walled(const char *script, const char *want)
{
    lmi_tool_params params = params_of(shell(script));

    params.is_sandboxed = true;
    params.folder = open_folder();
    expect_text(&params, "in", want);
}

static void test_a_sandboxed_tool_reads_its_folder_and_its_stdin(void **state)
{
    (void)state;
    skip_without_walls();
    expect_walled("cat data.txt; cat", "42\nin");
}

static void test_a_sandboxed_tool_lies_in_its_folder_or_in_usr(void **state)
{
    static const char script[] = "#!/bin/sh\ncat data.txt \"$@\"\n";
    static const char *const argv[] = {"./tool.sh", "-n", NULL};
    static const char *const other[] = {"/bin/../tmp/no", NULL};
    lmi_tool_params params = params_of(argv);
    lmi_tool *tool = NULL;

    (void)state;
    skip_without_walls();
    params.is_sandboxed = true;
    params.folder = open_folder();
    assert_int_equal(
        chmod(support_file(params.folder, "tool.sh", script, sizeof(script) - 1), 0755), 0);
    expect_text(&params, "", "     1\t42\n");
    params.argv = other;
    params.n_args = 1;
    assert_fails(LMAS_E_IO, "expected a file that may be executed",
                 lmi_tool_start(&tool, &params, "", 0));
}

static void test_a_sandboxed_tool_writes_to_tmp_and_not_to_its_folder(void **state)
{
    (void)state;
    skip_without_walls();
    expect_walled(
        "echo x >/tmp/x && cat /tmp/x; echo x 2>/dev/null >data.txt || echo no; cat data.txt",
        "x\nno\n42\n");
}

static void test_a_sandboxed_tool_sees_no_home_no_environment_and_no_network(void **state)
{
    static const char network[] =
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError as e:\n    print(type(e).__name__)\nprint(len(socket.if_nameindex()))\n";
    const char *const argv[] = {"python3", "-c", network, NULL};
    lmi_tool_params params = params_of(argv);
    char script[600];

    (void)state;
    skip_without_walls();
    assert_int_equal(setenv("MY_SECRET", "told", 1), 0);
    snprintf(script, sizeof(script),
             "ls '%s' >/dev/null 2>&1 || echo none; echo \"$HOME $MY_SECRET\"",
             getenv("HOME") ? getenv("HOME") : "/root");
    expect_walled(script, "none\n/tmp \n");
    params.is_sandboxed = true;
    params.folder = open_folder();
    expect_text(&params, "", "ConnectionRefusedError\n1\n"); /* its own loopback, and no other */
}

static void test_a_sandboxed_tool_fails_and_is_ended_as_any_other(void **state)
{
    lmi_tool_params params;

    (void)state;
    skip_without_walls();
    params = params_of(shell("echo bad >&2; exit 3"));
    params.is_sandboxed = true;
    params.folder = open_folder();
    expect_failure(&params, LMAS_E_IO, "the tool sh ended with exit status 3: bad");
    params = params_of(shell("sleep 60 & setsid sleep 60"));
    params.is_sandboxed = true;
    params.folder = open_folder();
    params.wall_ms = 400;
    expect_failure(&params, LMAS_E_IO, "the tool sh took longer than its limit of 400 ms");
}

static void test_a_killed_host_leaves_nothing_of_a_sandboxed_tool(void **state)
{
    int i;

    (void)state;
    skip_without_walls();
    for (i = 0; i < 20; i++) {
        const pid_t host = fork();
        char marked[64];

        if (host == 0)
            be_a_host(true);
        usleep((useconds_t)(i * 1000));
        assert_int_equal(kill(host, SIGKILL), 0);
        assert_int_equal(waitpid(host, NULL, 0), host);
        snprintf(marked, sizeof(marked), "LATENTMAS_PROGRAM=%d-", (int)host);
        assert_int_equal(n_left(marked), 0);
    }
}

static void test_a_folder_that_would_show_too_much_is_refused(void **state)
{
    static const char *const folders[] = {"/", "/tmp", "/usr", "/etc"};
    lmi_tool_params params = params_of(shell("true"));
    lmi_tool *tool = NULL;
    size_t i;

    (void)state;
    skip_without_walls();
    params.is_sandboxed = true;
    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        params.folder = folders[i];
        assert_fails(LMAS_E_IO, "a sandboxed tool would see all of ",
                     lmi_tool_start(&tool, &params, "", 0));
    }
    params.folder = getenv("HOME");
    if (params.folder && access(params.folder, F_OK) == 0)
        assert_fails(LMAS_E_IO, "into a folder of its own", lmi_tool_start(&tool, &params, "", 0));
}

static void test_a_closed_folder_is_named_where_root_is_the_host(void **state)
{
    lmi_tool_params params = params_of(shell("true"));
    lmi_tool *tool = NULL;

    (void)state;
    skip_without_walls();
    if (geteuid() != 0)
        skip();
    params.is_sandboxed = true;
    params.folder = open_folder();
    assert_int_equal(chmod(params.folder, 0700), 0);
    assert_fails(LMAS_E_IO, "is closed to the user ", lmi_tool_start(&tool, &params, "", 0));
}

/* A PATH without bubblewrap, and one whose bubblewrap is refused by the system. */
static void test_without_bubblewrap_the_next_step_is_told(void **state)
{
    static const char refused[] = "#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n";
    const char *folder = open_folder();
    lmi_tool_params params = params_of(shell("true"));
    lmi_tool *tool = NULL;
    char before[4096];

    (void)state;
    snprintf(before, sizeof(before), "%s", getenv("PATH"));
    params.is_sandboxed = true;
    params.folder = folder;
    assert_int_equal(setenv("PATH", folder, 1), 0);
    assert_fails(LMAS_E_IO,
                 "no bwrap in PATH to keep programs apart with: apt install bubblewrap, "
                 "or run the tool without a sandbox",
                 lmi_tool_start(&tool, &params, "", 0));
    assert_int_equal(chmod(support_file(folder, "bwrap", refused, sizeof(refused) - 1), 0755), 0);
    expect_failure(&params, LMAS_E_IO,
                   "/bwrap does not run the tool sh here: bwrap: No permissions; allow user "
                   "namespaces, or run it without a sandbox");
    assert_int_equal(setenv("PATH", before, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sandboxed_tool_reads_its_folder_and_its_stdin),
        cmocka_unit_test(test_a_sandboxed_tool_lies_in_its_folder_or_in_usr),
        cmocka_unit_test(test_a_sandboxed_tool_writes_to_tmp_and_not_to_its_folder),
        cmocka_unit_test(test_a_sandboxed_tool_sees_no_home_no_environment_and_no_network),
        cmocka_unit_test(test_a_sandboxed_tool_fails_and_is_ended_as_any_other),
        cmocka_unit_test(test_a_killed_host_leaves_nothing_of_a_sandboxed_tool),
        cmocka_unit_test(test_a_folder_that_would_show_too_much_is_refused),
        cmocka_unit_test(test_a_closed_folder_is_named_where_root_is_the_host),
        cmocka_unit_test(test_without_bubblewrap_the_next_step_is_told),
    };

    return cmocka_run_group_tests_name("process: tools behind walls", tests, NULL, NULL);
}

/* process_tools.h - what the tests of tools share: starting one, waiting, what is left of it. */
#ifndef LMI_TESTS_PROCESS_TOOLS_H
#define LMI_TESTS_PROCESS_TOOLS_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "process/tool.h"
#include "process/tree.h"
#include "support.h"

#define END_MS  20000.0
#define GONE_MS 10000.0

enum { ARGS_MAX = 8, EMPTY_LOOKS = 4 };

static inline lmi_tool_params params_of(const char *const *argv)
{
    lmi_tool_params params = {.argv = argv, .wall_ms = END_MS, .output_size = 1 << 20};

    while (argv[params.n_args])
        params.n_args++;
    return params;
}

static inline const char *const *shell(const char *script)
{
    static const char *argv[ARGS_MAX];

    argv[0] = "sh";
    argv[1] = "-c";
    argv[2] = script;
    argv[3] = NULL;
    return argv;
}

static inline lmi_tool *start(const lmi_tool_params *params, const char *input)
{
    lmi_tool *tool = NULL;

    assert_ok(lmi_tool_start(&tool, params, input, strlen(input)));
    return tool;
}

static inline void wait_for(lmi_tool *tool)
{
    const double until = lmi_now_ms() + END_MS;
    bool is_done = false;

    while (!is_done && lmi_now_ms() < until) {
        assert_ok(lmi_tools_wait(&tool, 1, 1000));
        assert_ok(lmi_tool_poll(tool, &is_done));
    }
    assert_true(is_done);
}

static inline void expect_text(const lmi_tool_params *params, const char *input, const char *want)
{
    lmi_tool *tool = start(params, input);
    const char *text = NULL;
    size_t n = 0;

    wait_for(tool);
    assert_ok(lmi_tool_output(tool, &text, &n));
    assert_string_equal(text, want);
    assert_int_equal(n, strlen(want));
    lmi_tool_free(tool);
}

static inline void expect_failure(const lmi_tool_params *params, lmas_status status,
                                  const char *line)
{
    lmi_tool *tool = start(params, "");
    const char *text = NULL;
    size_t n = 0;

    wait_for(tool);
    assert_fails(status, line, lmi_tool_output(tool, &text, &n));
    assert_fails(status, line, lmi_tool_output(tool, &text, &n)); /* the same each time */
    assert_null(strchr(lmas_last_error(), '\n'));
    lmi_tool_free(tool);
}

/* A mark for a tool's environment that no other test has, "NAME=value". */
static inline const char *mark(void)
{
    static char text[64];
    static int n;

    snprintf(text, sizeof(text), "LATENTMAS_TEST_TOOL=%d.%d.", (int)getpid(), n++);
    assert_int_equal(putenv(text), 0);
    return text;
}

/* Processes that bear the mark, when the time is over or none is seen in several looks: between
 * clone() and execve() a process bears no mark yet. */
static inline size_t n_left(const char *marked)
{
    const double until = lmi_now_ms() + GONE_MS;
    size_t n = 0;
    int n_empty = 0;

    while (n_empty < EMPTY_LOOKS && lmi_now_ms() < until) {
        n = lmi_tree_n_marked(marked);
        n_empty = n > 0 ? 0 : n_empty + 1;
        usleep(5000);
    }
    return n;
}

/* Seen together once is enough: in the middle of an execve() a process bears no mark. */
static inline void await_marked(const char *marked, size_t n)
{
    const double until = lmi_now_ms() + GONE_MS;
    size_t n_seen = 0;

    while (n_seen < n && lmi_now_ms() < until) {
        n_seen = lmi_tree_n_marked(marked);
        usleep(1000);
    }
    if (n_seen < n)
        fail_msg("%zu of %zu processes bear the mark", n_seen, n);
}

static inline _Noreturn void be_a_host(bool is_sandboxed)
{
    lmi_tool_params params =
        params_of(shell("trap '' TERM HUP INT; sleep 60 & setsid sleep 60 & wait; sleep 60"));
    lmi_tool *tool = NULL;

    params.is_sandboxed = is_sandboxed;
    params.folder = is_sandboxed ? "/usr/share" : NULL;
    if (lmi_tool_start(&tool, &params, "", 0) != LMAS_OK)
        _exit(1);
    pause();
    _exit(1);
}

#endif

/* double.h - the double of a server (server.py), started by a test and asked by it. */
#ifndef LMI_TESTS_REMOTE_DOUBLE_H
#define LMI_TESTS_REMOTE_DOUBLE_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "support.h"

#define DOUBLE_KEY "sk-the-key-of-the-test"

enum { DOUBLE_WIDTH = 64, DOUBLE_CTX = 1024 };

typedef struct double_server {
    pid_t pid;
    int alive; /* it ends when this is closed */
    char log[300];
    char port[16];
    char other[16];
} double_server;

static double_server doubled;
static const char *double_width = "64"; /* of the vectors that it takes */

/* Start it, with the tokens of the file `tokens`, NULL for none. False where there is no Python. */
static inline bool double_start(const char *folder, const char *tokens)
{
    int in[2], out[2];
    char said[64] = "";

    snprintf(doubled.log, sizeof(doubled.log), "%s/log", folder);
    if (pipe(in) != 0 || pipe(out) != 0)
        return false;
    doubled.pid = fork();
    if (doubled.pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execlp("python3", "python3", "tests/remote/server.py", doubled.log, "--width", double_width,
               tokens ? "--tokens" : NULL, tokens, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    doubled.alive = in[1];
    if (read(out[0], said, sizeof(said) - 1) <= 0)
        return false;
    close(out[0]);
    return sscanf(said, "%15s %15s", doubled.port, doubled.other) == 2;
}

/* The same in an environment without keys and proxies. Where there is no Python, `what` is skipped
 * in a line and the test ends. */
static inline void double_start_or_skip(const char *folder, const char *tokens, const char *what)
{
    static const char *const names[] = {"OPENAI_API_KEY", "LATENTMAS_API_KEY", "http_proxy",
                                        "all_proxy", "ALL_PROXY"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(*names); i++)
        unsetenv(names[i]);
    if (double_start(folder, tokens))
        return;
    printf("ok 1 - %s # SKIP no python3 here\n", what);
    exit(0);
}

static inline void double_stop(void)
{
    close(doubled.alive);
    waitpid(doubled.pid, NULL, 0);
}

/* Its URL for a kind and a fault, such as "vllm.cut-1"; lives for seven calls more. */
static inline const char *double_url(const char *part)
{
    static char urls[8][100];
    static int i;

    i = (i + 1) % 8;
    snprintf(urls[i], sizeof(urls[i]), "http://127.0.0.1:%s/%s", doubled.port, part);
    return urls[i];
}

/* Lines of its log that have `text`. */
static inline size_t double_count(const char *text)
{
    size_t n = 0;
    const char *at;
    lmi_buf log;

    lmi_buf_init(&log, (size_t)64 << 20);
    assert_ok(lmi_file_read(&log, doubled.log));
    for (at = lmi_buf_text(&log); (at = strstr(at, text)) != NULL; at++)
        n++;
    lmi_buf_done(&log);
    return n;
}

#endif

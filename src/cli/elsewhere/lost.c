/*
 * lost.c - handlers of two signals, while servers compute for us.
 *
 *   server gone -> send() -> SIGPIPE: not our own output's? -> go on, send() fails
 *                     '--> libggml: log line, abort() -> SIGABRT: over a server? line, _exit(1)
 *
 * Nothing is cleaned up: a run's lines stand in its file since they were written, and a kill leaves
 * no more behind. The handlers only read what was put together before.
 */
#include "cli/elsewhere/lost.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

enum { LINE_ROOM = 512, WAY_ROOM = 4400, END_ROOM = LINE_ROOM + WAY_ROOM + 128 };

/* How libggml's lines of the backend begin: the name of its source. */
static const char BACKEND[] = "ggml-rpc";

/* The thread that aborts is the one that logged why, and the one that handles the signal. */
static _Thread_local char last_error[LINE_ROOM];
static char way_on[WAY_ROOM];
static bool is_terminal;

/* "src/ggml-rpc/ggml-rpc.cpp:30: What happened" without the place. */
static const char *skip_place(const char *line)
{
    const char *at = strstr(line, ": ");

    return at ? at + 2 : line;
}

static void end(const char *line)
{
    static const char begin[] = "latentmas: a server of --rpc is lost (";
    static char text[END_ROOM];
    char *at = text;
    ssize_t n;

    if (is_terminal)
        *at++ = '\n'; /* a line of progress may stand there */
    at = stpcpy(at, begin);
    at = stpcpy(at, skip_place(line));
    at = stpcpy(at, ")");
    at = stpcpy(at, way_on);
    *at++ = '\n';
    n = write(STDERR_FILENO, text, (size_t)(at - text));
    (void)n;
    _exit(LMI_EXIT_FAILURE);
}

/* Two threads may find the server gone at once: the first ends both. */
static void handle_abort(int number)
{
    static volatile sig_atomic_t is_ending;
    ssize_t n;

    (void)number;
    if (is_ending)
        pause();
    if (strstr(last_error, BACKEND)) {
        is_ending = 1;
        end(last_error);
    }
    n = write(STDERR_FILENO, last_error, strlen(last_error));
    if (n > 0)
        n = write(STDERR_FILENO, "\n", 1);
    (void)n;
}

/* A pipe of ours that nobody reads ends the program as ever. */
static void handle_pipe(int number)
{
    struct pollfd ours[] = {{.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};

    if (poll(ours, 2, 0) <= 0 || !((ours[0].revents | ours[1].revents) & POLLERR))
        return;
    signal(number, SIG_DFL);
    raise(number);
}

void lmi_lost_watch(void)
{
    struct sigaction abort_action = {.sa_handler = handle_abort};
    struct sigaction pipe_action = {.sa_handler = handle_pipe, .sa_flags = SA_RESTART};
    struct sigaction before;

    is_terminal = isatty(STDERR_FILENO) == 1;
    sigemptyset(&abort_action.sa_mask);
    sigemptyset(&pipe_action.sa_mask);
    sigaction(SIGABRT, &abort_action, NULL);
    if (sigaction(SIGPIPE, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGPIPE, &pipe_action, NULL);
}

void lmi_lost_hear(lmas_log_level level, const char *line)
{
    if (level == LMAS_LOG_ERROR)
        snprintf(last_error, sizeof(last_error), "%s", line);
}

void lmi_lost_way_on(const char *words)
{
    snprintf(way_on, sizeof(way_on), "%s%s", words ? ": " : "", words ? words : "");
}

/*
 * keeper.c - the program that starts a tool, looks after it, and ends it with all that it started.
 *
 * Its one idea: it is the tool's parent and, as a "subreaper", becomes the parent of every process
 * below whose own parent ends. So nothing that the tool starts can leave, whatever its session or
 * environment, and when there is no child any more, nothing is left. It hears of the host's end by
 * the end of a pipe, which no thread and no signal can delay.
 *
 * It is no part of the library's own code: main() stands here, and no sanitizer.
 */
#include "process/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process/limits.h"
#include "process/tree.h"
#include "process/walls/inodes.h"

enum {
    CHUNK_SIZE = 64 * 1024,
    SWEEP_ROUNDS = 2000, /* of a millisecond: what cannot be killed is left then */
    DRAIN_MAX = 4096,    /* chunks */
    EXIT_BROKEN = 126,
};

typedef struct keeper {
    double deadline_ms; /* 0 for none */
    uint64_t output_size, memory_size;
    int n_fds; /* of ours that the tool may have: from LMI_KEEPER_SIGN on */
    pid_t self, tool;
    int output, errors; /* read ends; -1 when at their end */
    int children;       /* a signalfd */
    uint64_t n_printed;
    int *failure;   /* why the child did not become the tool: memory that both have */
    bool has_ended; /* the tool; its own children may be there */
    lmi_report report;
} keeper;

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The first reason stays. */
static void end_by(keeper *k, lmi_tool_ending ending, int number)
{
    if (k->report.ending != LMI_TOOL_LOST)
        return;
    k->report.ending = (int32_t)ending;
    k->report.number = number;
}

/* ---- The tool's start ----------------------------------------------------------------------- */

/* In the child, or does not return: what the tool has is its three usual descriptors, and with
 * walls those behind. `ends` are the write ends of its output and its errors. */
static void become_tool(const keeper *k, const int ends[2], char *const *argv)
{
    const bool is_walled = k->n_fds > LMI_KEEPER_SIGN;
    sigset_t none;

    sigemptyset(&none);
    if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != k->self ||
        dup2(ends[0], STDOUT_FILENO) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return;
    syscall(SYS_close_range, (unsigned)STDERR_FILENO + 1, (unsigned)LMI_KEEPER_LINE, 0U);
    syscall(SYS_close_range, (unsigned)(is_walled ? k->n_fds : LMI_KEEPER_LINE), ~0U, 0U);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(argv[0], argv + 1);
}

static bool start_tool(keeper *k, char *const *argv)
{
    int output[2];
    int errors[2];

    k->failure = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (k->failure == MAP_FAILED || pipe2(output, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0)
        return false;
    k->tool = fork();
    if (k->tool == 0) {
        become_tool(k, (const int[2]){output[1], errors[1]}, argv);
        *k->failure = errno;
        _exit(EXIT_BROKEN);
    }
    close(output[1]);
    close(errors[1]);
    close(LMI_KEEPER_INPUT);
    k->output = output[0];
    k->errors = errors[0];
    return k->tool > 0 && fcntl(k->output, F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(k->errors, F_SETFL, O_NONBLOCK) == 0;
}

/* ---- What it prints -------------------------------------------------------------------------- */

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, data, size);

        if (n < 0 && errno != EINTR)
            return false;
        data += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static void take_output(keeper *k, const char *data, size_t n)
{
    const uint64_t room = k->output_size - k->n_printed;
    const size_t kept = n < room ? n : (size_t)room;

    /* It may have ended before we have read all of it. */
    if (!write_all(LMI_KEEPER_OUTPUT, data, kept) || n > room)
        k->report.ending = LMI_TOOL_FLOODED;
    k->n_printed += kept;
}

/* The end of it stays. */
static void take_errors(keeper *k, const char *data, size_t n)
{
    char *errors = k->report.errors;
    const size_t added = n < LMI_ERRORS_KEPT ? n : LMI_ERRORS_KEPT;
    const size_t room = LMI_ERRORS_KEPT - added;
    const size_t old = k->report.n_errors < room ? (size_t)k->report.n_errors : room;

    memmove(errors, errors + (k->report.n_errors - old), old);
    memcpy(errors + old, data + (n - added), added);
    k->report.n_errors = old + added;
}

/* Take a piece of what there is; false when there is nothing now. */
static bool take_some(keeper *k, int *fd, void (*take)(keeper *k, const char *data, size_t n))
{
    static char chunk[CHUNK_SIZE];
    ssize_t n;

    if (*fd < 0)
        return false;
    n = read(*fd, chunk, sizeof(chunk));
    if (n > 0) {
        take(k, chunk, (size_t)n);
        return true;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    close(*fd);
    *fd = -1;
    return false;
}

/* ---- Its end -------------------------------------------------------------------------------- */

/* Who has ended. False when no process is left below. */
static bool reap(keeper *k)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != k->tool)
            continue;
        k->has_ended = true;
        if (*k->failure != 0)
            end_by(k, LMI_TOOL_NOT_STARTED, *k->failure);
        else if (WIFEXITED(status))
            end_by(k, LMI_TOOL_EXITED, WEXITSTATUS(status));
        else
            end_by(k, LMI_TOOL_SIGNALED, WTERMSIG(status));
    }
    return pid == 0;
}

/* Kill all that is below: a killed parent's children come to us, and are seen in the next round.
 * Where /proc does not tell them, the tool's own group is what we know. */
static void sweep(keeper *k)
{
    int round;

    for (round = 0; round < SWEEP_ROUNDS && reap(k); round++) {
        lmi_tree_kill(k->self);
        if (!k->has_ended && k->tool > 0)
            kill(-k->tool, SIGKILL);
        usleep(1000);
    }
}

/* ---- Meanwhile ------------------------------------------------------------------------------ */

static void look(keeper *k)
{
    if (k->memory_size && lmi_tree_memory(k->self) > k->memory_size)
        end_by(k, LMI_TOOL_TOO_BIG, 0);
    if (k->n_fds > LMI_KEEPER_SIGN && lmi_inodes_used(k->tool) > LMI_MAX_INODES)
        end_by(k, LMI_TOOL_CROWDED, 0);
    if (k->deadline_ms > 0 && now_ms() >= k->deadline_ms)
        end_by(k, LMI_TOOL_LATE, 0);
}

static int next_look(const keeper *k)
{
    const double left = k->deadline_ms > 0 ? k->deadline_ms - now_ms() : LMI_WATCH_MS;

    return left > LMI_WATCH_MS ? (int)LMI_WATCH_MS : left > 0 ? (int)left + 1 : 0;
}

/* Until it has ended, or must. False when the host is gone. */
static bool watch(keeper *k)
{
    double look_ms = now_ms() + LMI_WATCH_MS;

    while (k->report.ending == LMI_TOOL_LOST) {
        struct pollfd fds[] = {{.fd = LMI_KEEPER_LINE, .events = POLLIN},
                               {.fd = k->output, .events = POLLIN},
                               {.fd = k->errors, .events = POLLIN},
                               {.fd = k->children, .events = POLLIN}};
        struct signalfd_siginfo info;

        if (poll(fds, 4, next_look(k)) < 0 && errno != EINTR)
            return false;
        if (fds[0].revents)
            return false;
        take_some(k, &k->output, take_output);
        take_some(k, &k->errors, take_errors);
        while (read(k->children, &info, sizeof(info)) > 0)
            ;
        reap(k);
        if (now_ms() >= look_ms || (k->deadline_ms > 0 && now_ms() >= k->deadline_ms)) {
            look(k);
            look_ms = now_ms() + LMI_WATCH_MS;
        }
    }
    return true;
}

/* From the terminal, the tool or anybody else: only SIGKILL and the host end a keeper. */
static bool take_signals(keeper *k)
{
    sigset_t all;
    sigset_t child;

    sigfillset(&all);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    k->children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    return k->children >= 0 && signal(SIGPIPE, SIG_IGN) != SIG_ERR &&
           sigprocmask(SIG_SETMASK, &all, NULL) == 0 &&
           prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) == 0;
}

static void read_limits(keeper *k, char *const *limits)
{
    const uint64_t wall_ms = strtoull(limits[0], NULL, 10);

    k->deadline_ms = wall_ms > 0 ? now_ms() + (double)wall_ms : 0;
    k->output_size = strtoull(limits[1], NULL, 10);
    k->memory_size = strtoull(limits[2], NULL, 10);
    k->n_fds = (int)strtol(limits[3], NULL, 10);
}

/* What was printed before the end. All writers are dead, so it ends; the number is for those that
 * are none of ours. */
static void drain(keeper *k)
{
    int n;

    for (n = 0; n < DRAIN_MAX && k->report.ending != LMI_TOOL_FLOODED; n++)
        if (!take_some(k, &k->output, take_output))
            break;
    for (n = 0; n < DRAIN_MAX; n++)
        if (!take_some(k, &k->errors, take_errors))
            break;
}

int main(int argc, char **argv)
{
    static keeper k = {.output = -1, .errors = -1};

    if (argc <= LMI_KEEPER_N_LIMITS + 2)
        return EXIT_BROKEN;
    k.self = getpid();
    prctl(PR_SET_NAME, "latentmas-keep");
    read_limits(&k, argv + 1);
    if (!take_signals(&k) || !start_tool(&k, argv + 1 + LMI_KEEPER_N_LIMITS))
        end_by(&k, LMI_TOOL_NOT_STARTED, errno);
    else if (!watch(&k))
        k.output = k.errors = -1; /* there is nobody to read it */
    sweep(&k);
    drain(&k);
    return write_all(LMI_KEEPER_REPORT, (const char *)&k.report, sizeof(k.report)) ? 0
                                                                                   : EXIT_BROKEN;
}

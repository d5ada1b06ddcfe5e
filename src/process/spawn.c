/*
 * spawn.c - the few lines that run in the child, on borrowed memory.
 *
 * Between clone() and execve() the child shares the host's memory while the host's calling
 * thread sleeps. It makes system calls only: locks, buffers and the allocator may be in the
 * middle of something that another thread does.
 */
#include "process/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "process/limits.h"

enum {
    CHILD_STACK_SIZE = 64 * 1024,
    FIRST_FREE_FD = 32, /* copies of descriptors go above what the child is given */
    EXIT_NO_EXEC = 127,
    LAST_SIGNAL = 64,
    CORE_NONE = 1, /* too small for a file; and, as 0 would not, keeps collectors out of it */
};

/* What the child tells the host, which sees it: their memory is one. */
typedef struct child {
    const lmi_spawn *spawn;
    pid_t host;
    const char *step; /* that failed; NULL when none did */
    int error;
} child;

/* No limit is what the host has. */
static bool set_limit(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit now;

    if (soft == 0)
        return true;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
        return false;
    hard = hard < now.rlim_max ? hard : now.rlim_max;
    now = (struct rlimit){.rlim_cur = soft < hard ? soft : hard, .rlim_max = hard};
    return setrlimit((__rlimit_resource_t)resource, &now) == 0;
}

/* Processor time is per process, so it stops a loop whose process left everything else; the wall
 * clock is what a program usually meets first. */
static bool set_limits(const lmi_spawn *spawn)
{
    const rlim_t seconds = spawn->cpu_ms > 0 ? (rlim_t)ceil(spawn->cpu_ms / 1e3) + 1 : 0;
    const rlim_t stack = spawn->memory_size ? LMI_STACK_SIZE : 0;

    return set_limit(RLIMIT_CPU, seconds, seconds) &&
           set_limit(RLIMIT_AS, spawn->memory_size, spawn->memory_size) &&
           set_limit(RLIMIT_FSIZE, spawn->file_size, spawn->file_size) &&
           set_limit(RLIMIT_NOFILE, spawn->n_files, spawn->n_files) &&
           set_limit(RLIMIT_CORE, CORE_NONE, CORE_NONE) &&
           set_limit(RLIMIT_STACK, stack, spawn->memory_size);
}

/* The library's setresuid() would do this to every thread of the host. */
static bool drop_user(const lmi_spawn *spawn)
{
    const long id = (long)spawn->uid;

    return id == 0 ||
           (syscall(SYS_setgroups, 0L, NULL) == 0 && syscall(SYS_setresgid, id, id, id) == 0 &&
            syscall(SYS_setresuid, id, id, id) == 0);
}

static bool close_from(int first, unsigned last)
{
    return syscall(SYS_close_range, (unsigned)first, last, 0U) == 0;
}

/* In `*program`, what is executed, where it is a descriptor. */
static bool place_fds(int *program, const lmi_spawn *spawn)
{
    int copies[LMI_SPAWN_FDS_MAX];
    int i;

    for (i = 0; i < spawn->n_fds; i++) {
        copies[i] = fcntl(spawn->fds[i], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
        if (copies[i] < 0)
            return false;
    }
    for (i = 0; i < spawn->n_fds; i++)
        if (dup2(copies[i], i) < 0)
            return false;
    if (!spawn->program)
        return close_from(spawn->n_fds, ~0U);
    *program = fcntl(spawn->program, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
    return *program >= 0 && close_from(spawn->n_fds, (unsigned)*program - 1) &&
           close_from(*program + 1, ~0U);
}

/* When memory runs out, the kernel is to take this one and not the host. Not vital. */
static void offer_to_oom_killer(void)
{
    static const char worst[] = "1000";
    const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (write(fd, worst, sizeof(worst) - 1) < 0)
        errno = 0;
    close(fd);
}

/* Without a limit there is no clock: the timer below is never zero, and would ring at once. */
static bool start_clock(const lmi_spawn *spawn)
{
    const double ms = spawn->wall_ms;
    const struct itimerval timer = {
        .it_value = {.tv_sec = (time_t)(ms / 1e3),
                     .tv_usec = (suseconds_t)(1 + fmod(ms, 1e3) * 999)}};

    return ms <= 0 || setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

static void reset_signals(void)
{
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;
    int i;

    for (i = 1; i <= LAST_SIGNAL; i++)
        sigaction(i, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The name of the step that failed, or does not return.
 *
 * Who ends with the host is said after the change of user, which would undo it; and the host may
 * have ended before. bubblewrap is free: killed while it builds walls it would leave behind what it
 * started. It binds itself to the host when it has nearly done so, and guard.c knows the rest. A
 * program whose host ended still earlier finds nobody to say "ready" to, and ends. */
static const char *become(const child *c)
{
    const lmi_spawn *spawn = c->spawn;
    int program = -1;

    if (setsid() < 0)
        return "setsid";
    reset_signals();
    offer_to_oom_killer();
    if (!place_fds(&program, spawn))
        return "placing descriptors";
    if (!drop_user(spawn))
        return "changing the user";
    if (!spawn->is_free && prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
        return "giving up privileges";
    if (!spawn->is_free && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return "binding it to the host's life";
    if (getppid() != c->host)
        return "waiting for the host, which has ended,";
    if (chdir(spawn->folder ? spawn->folder : "/") != 0)
        return "changing the folder";
    if (!set_limits(spawn))
        return "setting limits";
    if (!start_clock(spawn))
        return "starting the clock";
    if (spawn->program)
        execveat(program, "", (char *const *)spawn->argv, (char *const *)spawn->envp,
                 AT_EMPTY_PATH);
    else
        execve(spawn->argv[0], (char *const *)spawn->argv, (char *const *)spawn->envp);
    return spawn->argv[0];
}

__attribute__((no_sanitize("address", "undefined"))) static int child_main(void *arg)
{
    child *c = arg;

    c->step = become(c);
    c->error = errno;
    _exit(EXIT_NO_EXEC);
}

static lmas_status check_child(const child *c, int pidfd)
{
    int signal_number;
    int exit_status;

    if (!c->step)
        return LMAS_OK;
    (void)lmi_spawn_wait(&signal_number, &exit_status, pidfd);
    close(pidfd);
    errno = c->error;
    return lmi_fail_errno(LMAS_E_IO, "cannot start a program: %s failed", c->step);
}

lmas_status lmi_spawn_start(pid_t *pid, int *pidfd, const lmi_spawn *spawn)
{
    child c = {.spawn = spawn, .host = getpid()};
    const int was_dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);
    char *stack = lmi_new(CHILD_STACK_SIZE, 1);
    sigset_t all;
    sigset_t before;
    int fd = -1;
    pid_t id;
    int error;
    lmas_status status;

    if (!stack)
        return lmi_fail(LMAS_E_NOMEM, "no memory to start a program");
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    id = clone(child_main, stack + CHILD_STACK_SIZE, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
               &c, &fd);
    error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    /* A change of user marks the memory, ours, as closed to debuggers. */
    if (was_dumpable == 1)
        prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
    lmi_free(stack);
    errno = error;
    if (id < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot start a program");
    status = check_child(&c, fd);
    if (status == LMAS_OK) {
        *pid = id;
        *pidfd = fd;
    }
    return status;
}

lmas_status lmi_spawn_wait(int *signal_number, int *exit_status, int pidfd)
{
    siginfo_t info;
    int rc;

    do
        rc = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
    while (rc != 0 && errno == EINTR);
    if (rc != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot learn how a program ended");
    *signal_number = info.si_code == CLD_EXITED ? 0 : info.si_status;
    *exit_status = info.si_code == CLD_EXITED ? info.si_status : 0;
    return LMAS_OK;
}

void lmi_spawn_kill(int pidfd)
{
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0U);
}

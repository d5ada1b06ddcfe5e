/*
 * guard.c - a line to a shell: a word means that all is well, silence that the host was killed.
 *
 * bubblewrap can be killed with its host between the start of the process that becomes the program
 * and the word to it to go on. That one then waits for ever, in a namespace of its own, bound to
 * nobody. No limit and no signal of the kernel's ends it, so somebody who is still there must.
 */
#include "process/walls/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process/find.h"
#include "process/limits.h"
#include "process/spawn.h"
#include "process/walls/walls.h"

/* More than one look: what is being started when the host ends is not there at the first. */
static const char script[] =
    "read -r word && exit\n"
    "for round in 1 2 3 4 5 6 7 8 9 10; do\n"
    "    for file in $(grep -lsz \"^" LMI_MARK_NAME "$1-\" /proc/[0-9]*/environ); do\n"
    "        file=${file#/proc/}\n"
    "        kill -9 \"${file%/*}\"\n"
    "    done\n"
    "    sleep 0.2\n"
    "done\n";

static const char all_is_well[] = "well\n";

static lmas_status start(lmi_guard *guard, int its_end, int nothing)
{
    static const char *const envp[] = {"PATH=" LMI_USUAL_PATH, NULL};
    char host[16];
    const char *const argv[] = {"/bin/sh", "-c", script, "latentmas-guard", host, NULL};
    const lmi_spawn spawn = {
        .argv = argv,
        .envp = envp,
        .fds = {its_end, nothing, nothing},
        .n_fds = 3,
        .memory_size = LMI_MEMORY_SIZE_MIN,
        .file_size = LMI_FILE_SIZE_MAX,
        .n_files = LMI_MAX_FILES,
        .is_free = true,
    };
    pid_t pid;

    snprintf(host, sizeof(host), "%d", (int)getpid());
    return lmi_spawn_start(&pid, &guard->pidfd, &spawn);
}

lmas_status lmi_guard_start(lmi_guard *out)
{
    lmi_guard guard = {.line = -1, .pidfd = -1};
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int ends[2];
    lmas_status status;

    *out = guard;
    if (nothing < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot open /dev/null");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        status = lmi_fail_errno(LMAS_E_IO, "cannot make a pair of sockets");
        close(nothing);
        return status;
    }
    guard.line = ends[0];
    status = start(&guard, ends[1], nothing);
    close(nothing);
    close(ends[1]);
    if (status == LMAS_OK)
        *out = guard;
    else
        close(guard.line);
    return status;
}

void lmi_guard_stop(lmi_guard *guard)
{
    int signal_number;
    int exit_status;

    if (guard->line < 0)
        return;
    if (send(guard->line, all_is_well, sizeof(all_is_well) - 1, MSG_NOSIGNAL) < 0)
        errno = 0; /* it was killed */
    close(guard->line);
    (void)lmi_spawn_wait(&signal_number, &exit_status, guard->pidfd);
    close(guard->pidfd);
    *guard = (lmi_guard){.line = -1, .pidfd = -1};
}

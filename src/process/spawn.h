/*
 * spawn.h - start one process with limits, from a host that may be big and have threads.
 *
 * The host's memory is not copied: the child borrows it, as after vfork(), until it executes
 * its program. So a model of any size costs nothing here.
 */
#ifndef LMI_PROCESS_SPAWN_H
#define LMI_PROCESS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

/* Descriptors a child can be given. */
enum { LMI_SPAWN_FDS_MAX = 8 };

typedef struct lmi_spawn {
    const char *const *argv; /* argv[0] is an absolute path, unless there is a `program` */
    int program;             /* descriptor of what is executed; 0 for none */
    const char *const *envp;
    const char *folder; /* where it starts; NULL for "/" */
    int fds[LMI_SPAWN_FDS_MAX];
    int n_fds;            /* it has fds[0] as 0, fds[1] as 1, ..., and no other */
    uid_t uid;            /* its user and group; 0 to stay who we are */
    double wall_ms;       /* SIGALRM afterwards, also when the host does not look; 0 for none */
    uint64_t memory_size; /* bytes of address space; this and those below: 0 for no limit of ours */
    uint64_t file_size;   /* bytes of a file that it writes */
    uint64_t n_files;     /* open at once */
    double cpu_ms;        /* of one process, over all its threads */
    bool is_free;         /* it may gain rights, and does not end with its host by our doing */
} lmi_spawn;

/* Start it. `*pidfd` becomes readable when it has ended; wait for it with lmi_spawn_wait(). It is
 * killed when the thread that started it ends, unless it is free. */
lmas_status lmi_spawn_start(pid_t *pid, int *pidfd, const lmi_spawn *spawn);

/* Wait for the end: the number of a signal in `*signal_number`, or 0 and the exit status. */
lmas_status lmi_spawn_wait(int *signal_number, int *exit_status, int pidfd);

/* Kill it; one that has ended already stays as it is. */
void lmi_spawn_kill(int pidfd);

#endif

/*
 * inodes.c - looking at a program's two file systems from outside.
 *
 * An empty file takes no room that a size could limit, but memory of the kernel's that no limit of
 * the program's counts. bubblewrap sets the size of a tmpfs and not the number of its files, and
 * nothing inside may mount. So the host counts, when it looks at the memory.
 */
#include "process/walls/inodes.h"

#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>

#include "process/limits.h"
#include "process/tree.h"

enum { PATH_SIZE = 64 };

/* Until the walls stand, a process sees the host's folders: those have other sizes. */
static size_t used_at(pid_t pid, const char *folder, size_t size)
{
    struct statfs at;
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "/proc/%d/root%s", (int)pid, folder);
    if (statfs(path, &at) != 0 || at.f_type != TMPFS_MAGIC ||
        (size_t)at.f_blocks * (size_t)at.f_bsize != size || at.f_ffree > at.f_files)
        return 0;
    return (size_t)(at.f_files - at.f_ffree);
}

size_t lmi_inodes_used(pid_t pid)
{
    const pid_t child = lmi_tree_child(pid);

    if (child == 0)
        return 0;
    return used_at(child, "/tmp", LMI_TMP_SIZE) + used_at(child, "/dev/shm", LMI_SHM_SIZE);
}

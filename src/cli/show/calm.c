/*
 * calm.c - how long a thread of libggml spins before it sleeps.
 *
 * Debian's libggml waits by GCC's OpenMP: some 300000 turns, milliseconds, before each sleep. A
 * thread that spins holds the core which the one it waits for needs, so on a busy machine two
 * threads took ten times as long as one. OpenMP reads its environment before main() and never
 * again; hence the second start, under the same process id.
 */
#include "cli/show/calm.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

/* About as long as waking a sleeper takes: on an idle machine next to all waits are shorter. */
static const char TURNS[] = "2000";

void lmi_calm_threads(char **argv)
{
    char path[LMI_PATH_MAX]; /* not /proc/self/exe itself, or the process is called exe */
    ssize_t len;

    if (getenv("GOMP_SPINCOUNT") || getenv("OMP_WAIT_POLICY"))
        return;
    len = readlink("/proc/self/exe", path, sizeof(path));
    if (len <= 0 || len == sizeof(path) || setenv("GOMP_SPINCOUNT", TURNS, 1) != 0)
        return;
    path[len] = '\0';
    execv(path, argv);
}

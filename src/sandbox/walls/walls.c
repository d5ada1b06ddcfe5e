/*
 * walls.c - bubblewrap's options, each with its reason.
 *
 * Inside there is /usr, and of a Python elsewhere its own folder, but nothing else of the system:
 * no /proc (which opens a door into a process's memory), no network, no other process. What can be
 * written is /tmp and /dev/shm, both in memory and small.
 */
#include "sandbox/walls/walls.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "sandbox/driver.h"
#include "sandbox/limits.h"
#include "sandbox/walls/filter.h"

static lmas_status find_programs(lmi_walls *walls, lmi_sandbox_kind kind, const char *python)
{
    const bool is_walled = kind == LMI_SANDBOX_BWRAP;
    const lmas_status status = lmi_python_find(&walls->python, python, is_walled);

    if (status != LMAS_OK || !is_walled)
        return status;
    walls->bwrap = lmi_program_find("bwrap");
    if (!walls->bwrap)
        return lmi_fail(LMAS_E_IO, "no bwrap in PATH to keep programs apart with: apt install "
                                   "bubblewrap, or run them unprotected with --sandbox none");
    return LMAS_OK;
}

typedef struct list {
    const char **items;
    size_t n;
} list;

/* Append texts up to a NULL. */
static void add(list *to, ...)
{
    const char *text;
    va_list args;

    va_start(args, to);
    while ((text = va_arg(args, const char *)) && to->n + 1 < LMI_ARGV_MAX)
        to->items[to->n++] = text;
    va_end(args);
    to->items[to->n] = NULL;
}

/* /lib and its like: a link into /usr on any system of these years, a folder on older ones. */
static void add_folder(list *argv, const char *path, const char *target)
{
    struct stat at;

    if (lstat(path, &at) != 0)
        return;
    if (S_ISLNK(at.st_mode))
        add(argv, "--symlink", target, path, NULL);
    else
        add(argv, "--ro-bind", path, path, NULL);
}

static void add_files(list *argv, const lmi_python_place *python)
{
    static char shm_size[24];
    static char tmp_size[24];
    size_t i;

    snprintf(shm_size, sizeof(shm_size), "%zu", LMI_SHM_SIZE);
    snprintf(tmp_size, sizeof(tmp_size), "%zu", LMI_TMP_SIZE);
    add(argv, "--ro-bind", "/usr", "/usr", NULL);
    add_folder(argv, "/lib", "usr/lib");
    add_folder(argv, "/lib64", "usr/lib64");
    add_folder(argv, "/bin", "usr/bin");
    /* Two files of our own, so that there is a "localhost" and a user with a name. Nobody can list
     * the folder. */
    add(argv, "--perms", "0111", "--dir", "/etc", NULL);
    add(argv, "--perms", "0444", "--file", "5", "/etc/hosts", NULL);
    add(argv, "--perms", "0444", "--file", "6", "/etc/passwd", NULL);
    /* numpy finds its libraries through these two. */
    add(argv, "--ro-bind-try", "/etc/alternatives", "/etc/alternatives", NULL);
    add(argv, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", NULL);
    add(argv, "--dev", "/dev", NULL);
    add(argv, "--size", shm_size, "--tmpfs", "/dev/shm", NULL);
    add(argv, "--size", tmp_size, "--tmpfs", "/tmp", NULL);
    for (i = 0; i < python->n_folders; i++) /* it may lie below /tmp */
        add(argv, "--ro-bind", python->folders[i], python->folders[i], NULL);
    /* Both are memory without a limit otherwise. */
    add(argv, "--remount-ro", "/dev", "--remount-ro", "/", NULL);
}

static void add_walls(list *argv, const lmi_walls *walls)
{
    add(argv, walls->bwrap, "--unshare-all", "--unshare-user", NULL);
    add(argv, "--disable-userns", "--cap-drop", "ALL", NULL);
    add(argv, "--die-with-parent", "--new-session", NULL);
    /* As the first of its namespace, it takes all others with it when it ends. */
    add(argv, "--as-pid-1", "--hostname", LMI_HOST_NAME, NULL);
    add_files(argv, &walls->python);
    if (walls->has_filter)
        add(argv, "--seccomp", "7", NULL);
    add(argv, "--chdir", "/tmp", NULL);
}

_Static_assert(LMI_FD_FILTER == 7, "the number stands in add_walls()");
_Static_assert(LMI_FD_HOSTS == 5 && LMI_FD_USERS == 6, "the numbers stand in add_files()");

lmas_status lmi_walls_init(lmi_walls *out, lmi_sandbox_kind kind, const char *python)
{
    lmi_walls walls = {0};
    list argv = {.items = walls.argv};
    lmas_status status = find_programs(&walls, kind, python);

    if (status != LMAS_OK) {
        lmi_walls_done(&walls);
        return status;
    }
    walls.has_filter = walls.bwrap && lmi_filter_is_known();
    if (walls.bwrap)
        add_walls(&argv, &walls);
    /* No folder of the user's, no files left behind. Not -I: that ignores PYTHONHASHSEED too. */
    add(&argv, walls.python.path, "-s", "-B", "-c", lmi_driver_py, NULL);
    *out = walls;
    return LMAS_OK;
}

void lmi_walls_done(lmi_walls *walls)
{
    lmi_free(walls->bwrap);
    lmi_python_place_done(&walls->python);
    *walls = (lmi_walls){0};
}

void lmi_env_init(lmi_env *out, const char *folder, const char *mark)
{
    size_t n = 0;

    *out = (lmi_env){0};
    snprintf(out->home, sizeof(out->home), "HOME=%s", folder);
    snprintf(out->tmp, sizeof(out->tmp), "TMPDIR=%s", folder);
    snprintf(out->mark, sizeof(out->mark), LMI_MARK_NAME "%s", mark);
    out->envp[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
    out->envp[n++] = "LANG=C.UTF-8";
    out->envp[n++] = "PYTHONHASHSEED=0"; /* sets in the same order each time */
    out->envp[n++] = "PYTHON_DISABLE_REMOTE_DEBUG=1";
    out->envp[n++] = "USER=" LMI_USER_NAME;
    out->envp[n++] = "LOGNAME=" LMI_USER_NAME;
    out->envp[n++] = "OPENBLAS_NUM_THREADS=1";
    out->envp[n++] = "OMP_NUM_THREADS=1";
    out->envp[n++] = out->home;
    out->envp[n++] = out->tmp;
    out->envp[n++] = out->mark;
    out->envp[n] = NULL;
}

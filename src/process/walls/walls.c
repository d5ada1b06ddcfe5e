/*
 * walls.c - bubblewrap's options, each with its reason.
 *
 * Inside there is /usr, and the folders that the caller names, but nothing else of the system:
 * no /proc (which opens a door into a process's memory), no network, no other process. What can be
 * written is /tmp and /dev/shm, both in memory and small.
 */
#include "process/walls/walls.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "process/find.h"
#include "process/limits.h"
#include "process/memfile.h"
#include "process/walls/filter.h"

void lmi_walls_add(lmi_walls *walls, ...)
{
    const char *text;
    va_list args;

    va_start(args, walls);
    while ((text = va_arg(args, const char *)) && walls->n_argv + 1 < LMI_ARGV_MAX)
        walls->argv[walls->n_argv++] = text;
    va_end(args);
    walls->argv[walls->n_argv] = NULL;
}

/* /lib and its like: a link into /usr on any system of these years, a folder on older ones. */
static void add_folder(lmi_walls *walls, const char *path, const char *target)
{
    struct stat at;

    if (lstat(path, &at) != 0)
        return;
    if (S_ISLNK(at.st_mode))
        lmi_walls_add(walls, "--symlink", target, path, NULL);
    else
        lmi_walls_add(walls, "--ro-bind", path, path, NULL);
}

static void add_files(lmi_walls *walls, const lmi_walls_params *params)
{
    static char shm_size[24];
    static char tmp_size[24];
    size_t i;

    snprintf(shm_size, sizeof(shm_size), "%zu", LMI_SHM_SIZE);
    snprintf(tmp_size, sizeof(tmp_size), "%zu", LMI_TMP_SIZE);
    lmi_walls_add(walls, "--ro-bind", "/usr", "/usr", NULL);
    add_folder(walls, "/lib", "usr/lib");
    add_folder(walls, "/lib64", "usr/lib64");
    add_folder(walls, "/bin", "usr/bin");
    /* Two files of our own, so that there is a "localhost" and a user with a name. Nobody can list
     * the folder. */
    lmi_walls_add(walls, "--perms", "0111", "--dir", "/etc", NULL);
    lmi_walls_add(walls, "--perms", "0444", "--file", "5", "/etc/hosts", NULL);
    lmi_walls_add(walls, "--perms", "0444", "--file", "6", "/etc/passwd", NULL);
    /* numpy finds its libraries through these two. */
    lmi_walls_add(walls, "--ro-bind-try", "/etc/alternatives", "/etc/alternatives", NULL);
    lmi_walls_add(walls, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", NULL);
    lmi_walls_add(walls, "--dev", "/dev", NULL);
    lmi_walls_add(walls, "--size", shm_size, "--tmpfs", "/dev/shm", NULL);
    lmi_walls_add(walls, "--size", tmp_size, "--tmpfs", "/tmp", NULL);
    for (i = 0; i < params->n_folders; i++) /* it may lie below /tmp */
        lmi_walls_add(walls, "--ro-bind", params->folders[i], params->folders[i], NULL);
    /* Both are memory without a limit otherwise. */
    lmi_walls_add(walls, "--remount-ro", "/dev", "--remount-ro", "/", NULL);
}

static void add_walls(lmi_walls *walls, const lmi_walls_params *params)
{
    lmi_walls_add(walls, walls->bwrap, "--unshare-all", "--unshare-user", NULL);
    lmi_walls_add(walls, "--disable-userns", "--cap-drop", "ALL", NULL);
    lmi_walls_add(walls, "--die-with-parent", "--new-session", NULL);
    /* As the first of its namespace, it takes all others with it when it ends. */
    lmi_walls_add(walls, "--as-pid-1", "--hostname", LMI_HOST_NAME, NULL);
    add_files(walls, params);
    if (walls->has_filter)
        lmi_walls_add(walls, "--seccomp", "7", NULL);
    lmi_walls_add(walls, "--chdir", params->start, NULL);
}

_Static_assert(LMI_FD_FILTER == 7, "the number stands in add_walls()");
_Static_assert(LMI_FD_HOSTS == 5 && LMI_FD_USERS == 6, "the numbers stand in add_files()");

lmas_status lmi_walls_init(lmi_walls *out, const lmi_walls_params *params)
{
    lmi_walls walls = {.bwrap = lmi_program_find("bwrap")};

    if (!walls.bwrap)
        return lmi_fail(LMAS_E_IO,
                        "no bwrap in PATH to keep programs apart with: apt install bubblewrap, or "
                        "%s",
                        params->otherwise);
    walls.has_filter = lmi_filter_is_known();
    add_walls(&walls, params);
    *out = walls;
    return LMAS_OK;
}

void lmi_walls_done(lmi_walls *walls)
{
    lmi_free(walls->bwrap);
    *walls = (lmi_walls){0};
}

static lmas_status put_text(int *fd, const char *name, const char *text)
{
    return lmi_memfile(fd, name, text, strlen(text), NULL, 0);
}

lmas_status lmi_walls_fds(int *fds, int *n_fds, const lmi_walls *walls, uid_t uid)
{
    char users[LMI_ENV_TEXT_MAX];
    lmas_status status = put_text(&fds[LMI_FD_HOSTS], "hosts",
                                  "127.0.0.1 localhost " LMI_HOST_NAME "\n::1 localhost\n");

    snprintf(users, sizeof(users), LMI_USER_NAME ":x:%u:%u:" LMI_USER_NAME ":/tmp:/bin/sh\n",
             uid ? uid : geteuid(), uid ? uid : getegid());
    if (status == LMAS_OK)
        status = put_text(&fds[LMI_FD_USERS], "users", users);
    if (status == LMAS_OK && walls->has_filter)
        status = lmi_filter_file(&fds[LMI_FD_FILTER]);
    *n_fds = walls->has_filter ? LMI_FD_FILTER + 1 : LMI_FD_FILTER;
    return status;
}

void lmi_env_add(lmi_env *env, const char *variable)
{
    if (env->n + 1 < LMI_ENVP_MAX)
        env->envp[env->n++] = variable;
}

void lmi_env_init(lmi_env *out, const char *folder, const char *mark)
{
    *out = (lmi_env){0};
    snprintf(out->home, sizeof(out->home), "HOME=%s", folder);
    snprintf(out->tmp, sizeof(out->tmp), "TMPDIR=%s", folder);
    snprintf(out->mark, sizeof(out->mark), LMI_MARK_NAME "%s", mark);
    lmi_env_add(out, "PATH=" LMI_USUAL_PATH);
    lmi_env_add(out, "LANG=C.UTF-8");
    lmi_env_add(out, "USER=" LMI_USER_NAME);
    lmi_env_add(out, "LOGNAME=" LMI_USER_NAME);
    lmi_env_add(out, "OPENBLAS_NUM_THREADS=1");
    lmi_env_add(out, "OMP_NUM_THREADS=1");
    lmi_env_add(out, out->home);
    lmi_env_add(out, out->tmp);
    lmi_env_add(out, out->mark);
}

/*
 * place.c - PATH, folders, and what may be shown of them behind walls.
 *
 * Behind walls the folder is seen, and no more than it: so it must be one that can be shown. And
 * when the host is root, the tool is somebody else, who must be able to go there.
 */
#include "process/place.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "process/find.h"
#include "process/keeper.h"
#include "process/limits.h"

/* Inside: a limit that the kernel counts there only, and a word that walls stand. The first is -p
 * in some shells and -u in others. */
static const char entry[] = "ulimit -p 64 2>/dev/null || ulimit -u 64 2>/dev/null\n"
                            "echo >&4\n"
                            "exec \"$@\" 4>&-\n";

_Static_assert(LMI_KEEPER_SIGN == 4 && LMI_MAX_PROCESSES == 64, "the numbers stand in entry");

/* ---- Finding -------------------------------------------------------------------------------- */

static lmas_status find_folder(lmi_place *place, const char *folder)
{
    char real[PATH_MAX];
    struct stat at;

    if (!realpath(folder ? folder : ".", real) || stat(real, &at) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot run a tool in the folder %s",
                              folder ? folder : ".");
    if (!S_ISDIR(at.st_mode))
        return lmi_fail(LMAS_E_IO, "cannot run a tool in %s: expected a folder, found a file",
                        real);
    place->folder = lmi_strdup(real);
    return place->folder ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a path");
}

static lmas_status find_path(lmi_place *place, const char *name, bool is_walled)
{
    if (!strchr(name, '/')) {
        place->path =
            is_walled ? lmi_program_find_along(LMI_USUAL_PATH, name) : lmi_program_find(name);
        if (!place->path)
            return lmi_fail(LMAS_E_IO,
                            "no program %s in %s to run as a tool: install it, or name it "
                            "by its path",
                            name, is_walled ? LMI_USUAL_PATH ", all that a sandbox sees," : "PATH");
        return LMAS_OK;
    }
    if (name[0] == '/')
        place->path = lmi_strdup(name);
    else if (lmi_path_join(&place->path, place->folder, name) != LMAS_OK)
        return LMAS_E_INVALID;
    if (!place->path)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    if (lmi_is_program(place->path))
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO,
                    "cannot run %s as a tool: expected a file that may be executed, "
                    "found %s",
                    place->path, access(place->path, F_OK) == 0 ? "another" : "none");
}

/* ---- Walls ---------------------------------------------------------------------------------- */

/* Whether `path` is `folder`, or lies in it. */
static bool is_in(const char *path, const char *folder)
{
    const size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 &&
           (path[len] == '/' || path[len] == '\0' || strcmp(folder, "/") == 0);
}

/* Not the home, nor what stands inside in its own form, nor anything above these. */
static lmas_status check_folder(const char *folder)
{
    const char *const kept[] = {getenv("HOME"), "/tmp", "/dev/shm", "/etc", "/proc", "/usr"};
    size_t i;

    for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (kept[i] && kept[i][0] == '/' && is_in(kept[i], folder))
            return lmi_fail(LMAS_E_IO,
                            "a sandboxed tool would see all of %s: put it with its team file into "
                            "a folder of its own",
                            folder);
    return LMAS_OK;
}

static lmas_status check_path(const lmi_place *place)
{
    char real[PATH_MAX];

    if (!realpath(place->path, real))
        return lmi_fail_errno(LMAS_E_IO, "cannot run %s as a tool", place->path);
    if ((is_in(real, "/usr") || is_in(real, place->folder)) &&
        (is_in(place->path, "/usr") || is_in(place->path, "/bin") ||
         is_in(place->path, place->folder)))
        return LMAS_OK;
    return lmi_fail(
        LMAS_E_IO, "%s cannot be run in a sandbox, which sees /usr and the folder %s: put it there",
        strcmp(real, place->path) == 0 ? real : place->path, place->folder);
}

/* Root's tools are run by a user that owns nothing: each folder on the way must be open to all. */
static lmas_status check_way(const lmi_place *place)
{
    const mode_t seen = S_IROTH | S_IXOTH;
    char way[PATH_MAX];
    struct stat at;
    char *slash;

    snprintf(way, sizeof(way), "%s", place->folder);
    if (stat(way, &at) == 0 && (at.st_mode & seen) == seen)
        for (;;) {
            slash = strrchr(way, '/');
            if (!slash || slash == way)
                return LMAS_OK;
            *slash = '\0';
            if (stat(way, &at) != 0 || !(at.st_mode & S_IXOTH))
                break;
        }
    return lmi_fail(LMAS_E_IO,
                    "%s is closed to the user %u, who runs the sandboxed tools of root: chmod o+rx "
                    "%s, or move the tool",
                    way, (unsigned)place->uid, way);
}

static lmas_status make_walls(lmi_place *place)
{
    static atomic_uint n_made;
    const unsigned number = atomic_fetch_add(&n_made, 1U);
    const lmi_walls_params params = {
        .folders = (const char *const *)&place->folder,
        .n_folders = 1,
        .start = place->folder,
        .otherwise = "run the tool without a sandbox",
    };
    char mark[LMI_ENV_TEXT_MAX / 2];
    lmas_status status = check_folder(place->folder);

    if (status == LMAS_OK)
        status = check_path(place);
    if (geteuid() == 0)
        place->uid = LMI_UID_TOOLS + number % LMI_N_UID_TOOLS;
    if (status == LMAS_OK && place->uid)
        status = check_way(place);
    if (status == LMAS_OK)
        status = lmi_walls_init(&place->walls, &params);
    if (status != LMAS_OK)
        return status;
    lmi_walls_add(&place->walls, "/bin/sh", "-c", entry, "latentmas-tool", NULL);
    snprintf(mark, sizeof(mark), "%d-tool-%u", (int)getpid(), number);
    lmi_env_init(&place->env, "/tmp", mark);
    return LMAS_OK;
}

lmas_status lmi_place_find(lmi_place *out, const char *name, const char *folder, bool is_walled)
{
    lmas_status status;

    *out = (lmi_place){0};
    status = find_folder(out, folder);
    if (!out->folder)
        return status;
    if (status == LMAS_OK)
        status = find_path(out, name, is_walled);
    if (status == LMAS_OK && is_walled)
        status = make_walls(out);
    if (status != LMAS_OK)
        lmi_place_done(out);
    return status;
}

void lmi_place_done(lmi_place *place)
{
    lmi_walls_done(&place->walls);
    lmi_free(place->folder);
    lmi_free(place->path);
    *place = (lmi_place){0};
}

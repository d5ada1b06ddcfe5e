/* folder.c - mkdtemp(), and a walk from the bottom up that follows no link. */
#include "sandbox/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum { WALK_FDS = 16 };

lmas_status lmi_folder_new(char **path, uid_t uid)
{
    const char *base = getenv("TMPDIR");
    char *folder;
    lmi_buf name;

    /* Who runs the program may be barred from a private folder of ours. */
    if (!base || base[0] != '/' || uid != 0)
        base = "/tmp";
    lmi_buf_init(&name, LMI_PATH_MAX);
    lmi_buf_printf(&name, "%s/latentmas-program-XXXXXX", base);
    folder = lmi_buf_steal(&name);
    if (!folder)
        return lmi_fail(LMAS_E_IO, "the path of the temporary folder %s is too long", base);
    if (!mkdtemp(folder) || (uid != 0 && lchown(folder, uid, uid) != 0)) {
        const lmas_status status =
            lmi_fail_errno(LMAS_E_IO, "cannot make a temporary folder in %s", base);

        lmi_free(folder);
        return status;
    }
    *path = folder;
    return LMAS_OK;
}

/* The order is depth first; a folder without rights is given some before it is entered. */
static int open_up(const char *path, const struct stat *at, int type, struct FTW *where)
{
    (void)where;
    if ((type == FTW_D || type == FTW_DNR) && (at->st_mode & S_IRWXU) != S_IRWXU)
        (void)chmod(path, at->st_mode | S_IRWXU);
    return 0;
}

static int remove_one(const char *path, const struct stat *at, int type, struct FTW *where)
{
    (void)at;
    (void)type;
    (void)where;
    (void)remove(path);
    return 0;
}

void lmi_folder_remove(char *path)
{
    if (!path)
        return;
    nftw(path, open_up, WALK_FDS, FTW_PHYS);
    nftw(path, remove_one, WALK_FDS, FTW_PHYS | FTW_DEPTH);
    lmi_free(path);
}

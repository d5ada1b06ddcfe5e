/* folders.c - a grid opened up; nothing is read here but names. */
#include "eval/report/survey/folders.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/folder/runfolder.h"

void lmi_folders_done(lmi_folders *folders)
{
    size_t i;

    for (i = 0; i < folders->n; i++)
        lmi_free(folders->paths[i]);
    lmi_free(folders->paths);
    *folders = (lmi_folders){0};
}

/* Takes the path over. */
static lmas_status add_path(lmi_folders *folders, char *path)
{
    lmas_status status = LMAS_OK;

    if (folders->n == LMI_FOLDERS_MAX)
        status = lmi_fail(LMAS_E_INVALID, "more than %d folders in one report", LMI_FOLDERS_MAX);
    else if (!path || !lmi_reserve((void **)&folders->paths, &folders->capacity, folders->n + 1,
                                   sizeof(*folders->paths)))
        status = lmi_fail(LMAS_E_NOMEM, "no memory for folders");
    if (status == LMAS_OK)
        folders->paths[folders->n++] = path;
    else
        lmi_free(path);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folders in `path`, in the order of their names. */
static lmas_status add_inner(lmi_folders *folders, const char *path)
{
    const size_t n_before = folders->n;
    const struct dirent *entry;
    lmas_status status = LMAS_OK;
    DIR *dir = opendir(path);

    if (!dir)
        return lmi_fail_errno(LMAS_E_IO, "cannot read the folder %s", path);
    while (status == LMAS_OK && (entry = readdir(dir))) {
        char *inner = NULL;

        if (*entry->d_name == '.')
            continue;
        status = lmi_path_join(&inner, path, entry->d_name);
        if (status == LMAS_OK && lmi_is_dir(inner))
            status = add_path(folders, inner);
        else
            lmi_free(inner);
    }
    closedir(dir);
    if (folders->n > n_before)
        qsort(folders->paths + n_before, folders->n - n_before, sizeof(char *), by_name);
    return status;
}

/* Whether an entry of the folder is a run's. */
static bool is_run(const char *folder, const char *name)
{
    char *path = NULL;
    const bool is_one = *name != '.' && lmi_path_join(&path, folder, name) == LMAS_OK &&
                        lmi_is_dir(path) && lmi_runfolder_holds_run(path);

    lmi_free(path);
    return is_one;
}

static bool has_run(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool is_found = false;

    while (dir && !is_found && (entry = readdir(dir)))
        is_found = is_run(path, entry->d_name);
    if (dir)
        closedir(dir);
    return is_found;
}

bool lmi_folder_is_grid(const char *path)
{
    return lmi_is_dir(path) && !lmi_runfolder_holds_run(path) && !lmi_runfolder_lost_config(path) &&
           has_run(path);
}

lmas_status lmi_folders_add(lmi_folders *folders, const char *path)
{
    return lmi_folder_is_grid(path) ? add_inner(folders, path)
                                    : add_path(folders, lmi_strdup(path));
}

lmas_status lmi_folders_add_first(lmi_folders *folders, const char *path)
{
    const lmas_status status = add_path(folders, lmi_strdup(path));
    char *last;

    if (status != LMAS_OK)
        return status;
    last = folders->paths[folders->n - 1];
    memmove(folders->paths + 1, folders->paths, (folders->n - 1) * sizeof(*folders->paths));
    folders->paths[0] = last;
    return LMAS_OK;
}

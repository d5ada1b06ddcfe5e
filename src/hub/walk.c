/* walk.c - readdir, folder after folder. */
#include "hub/walk.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

typedef struct walk {
    lmi_buf path; /* of what is looked at */
    size_t root_len;
    size_t n;
    lmi_walk_fn fn;
    void *user;
} walk;

static lmas_status walk_in(walk *w, int depth);

/* Look at the entry whose path is in w->path. */
static lmas_status visit(walk *w, int depth)
{
    const char *path = lmi_buf_text(&w->path);
    lmi_walked entry = {.path = path, .name = path + w->root_len + 1};
    lmas_status status = LMAS_OK;
    struct stat st;

    if (++w->n > LMI_WALK_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%.*s holds more than %d files", (int)w->root_len, path,
                        LMI_WALK_MAX);
    if (lstat(path, &st) != 0)
        return LMAS_OK; /* it is gone by now */
    entry.is_dir = S_ISDIR(st.st_mode);
    entry.is_link = S_ISLNK(st.st_mode);
    if (entry.is_dir && depth > 1)
        status = walk_in(w, depth - 1);
    entry.path = lmi_buf_text(&w->path); /* it may have grown meanwhile */
    entry.name = entry.path + w->root_len + 1;
    return status == LMAS_OK ? w->fn(w->user, &entry) : status;
}

static void cut(lmi_buf *path, size_t len)
{
    if (path->status != LMAS_OK)
        return;
    path->len = len;
    path->data[len] = '\0';
}

static lmas_status walk_in(walk *w, int depth)
{
    DIR *dir = opendir(lmi_buf_text(&w->path));
    const size_t len = w->path.len;
    lmas_status status = LMAS_OK;
    const struct dirent *entry;

    if (!dir && (errno == ENOENT || errno == ENOTDIR))
        return LMAS_OK;
    if (!dir)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", lmi_buf_text(&w->path));
    while (status == LMAS_OK && (entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        lmi_buf_printf(&w->path, "/%s", entry->d_name);
        status = lmi_buf_status(&w->path);
        if (status == LMAS_OK)
            status = visit(w, depth);
        cut(&w->path, len);
    }
    closedir(dir);
    return status;
}

lmas_status lmi_walk(const char *folder, int depth, lmi_walk_fn fn, void *user)
{
    walk w = {.fn = fn, .user = user};
    lmas_status status;

    lmi_buf_init(&w.path, LMI_PATH_MAX);
    lmi_buf_puts(&w.path, folder);
    w.root_len = w.path.len;
    status = lmi_buf_status(&w.path);
    if (status == LMAS_OK)
        status = walk_in(&w, depth);
    lmi_buf_done(&w.path);
    return status;
}

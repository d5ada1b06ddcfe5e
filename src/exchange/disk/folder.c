/* folder.c - locked, written, renamed; see folder.h. */
#include "exchange/disk/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

/* A folder that is there keeps the permissions it has. */
static lmi_exchange_verdict make_root(const char *path)
{
    const bool is_new = !lmi_is_dir(path);
    const lmi_exchange_verdict verdict = lmi_exchange_verdict_of(lmi_dir_make(path));

    if (verdict == LMI_EXCHANGE_OK && is_new && chmod(path, 0700) != 0)
        return lmi_exchange_fail_errno("cannot make the folder %s", path);
    return verdict;
}

/* (The verdict is named again: who reads this file only, such as an analyzer, then knows it.) */
static lmi_exchange_verdict find_path(char **out, const char *path)
{
    char real[LMI_PATH_MAX];

    if (strlen(path) >= LMI_PATH_MAX || !realpath(path, real)) {
        lmi_exchange_fail_errno("cannot open the folder %s", path);
        return LMI_EXCHANGE_FAILED;
    }
    *out = lmi_strdup(real);
    if (*out)
        return LMI_EXCHANGE_OK;
    lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a path");
    return LMI_EXCHANGE_FAILED;
}

/* The lock goes with the process, however it ends. */
static lmi_exchange_verdict lock(lmi_exchange_folder *f, int root)
{
    f->lock_fd = openat(root, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (f->lock_fd < 0)
        return lmi_exchange_fail_errno("cannot write in the folder %s", f->path);
    if (flock(f->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return LMI_EXCHANGE_OK;
    if (errno != EWOULDBLOCK)
        return lmi_exchange_fail_errno("cannot lock %s/lock", f->path);
    return lmi_exchange_fail(LMI_EXCHANGE_INVALID,
                             "another process has the exchange %s open: end it, or give another "
                             "folder",
                             f->path);
}

static lmi_exchange_verdict open_sub(int *out, const lmi_exchange_folder *f, int root,
                                     const char *name)
{
    if (mkdirat(root, name, 0700) != 0 && errno != EEXIST)
        return lmi_exchange_fail_errno("cannot make the folder %s/%s", f->path, name);
    *out = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*out < 0)
        return lmi_exchange_fail_errno("cannot open the folder %s/%s", f->path, name);
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict open_in(lmi_exchange_folder *f)
{
    const int root = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    lmi_exchange_verdict verdict;

    if (root < 0)
        return lmi_exchange_fail_errno("cannot open the folder %s", f->path);
    verdict = lock(f, root);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = open_sub(&f->files_fd, f, root, "files");
    if (verdict == LMI_EXCHANGE_OK)
        verdict = open_sub(&f->incoming_fd, f, root, "incoming");
    (void)fsync(root);
    close(root);
    return verdict;
}

lmi_exchange_verdict lmi_exchange_folder_open(lmi_exchange_folder *out, const char *path)
{
    lmi_exchange_folder f = {.lock_fd = -1, .files_fd = -1, .incoming_fd = -1};
    lmi_exchange_verdict verdict = make_root(path);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = find_path(&f.path, path);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = open_in(&f);
    if (verdict == LMI_EXCHANGE_OK)
        *out = f;
    else
        lmi_exchange_folder_close(&f);
    return verdict;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The lock last. */
void lmi_exchange_folder_close(lmi_exchange_folder *folder)
{
    close_one(&folder->incoming_fd);
    close_one(&folder->files_fd);
    close_one(&folder->lock_fd);
    lmi_free(folder->path);
    folder->path = NULL;
}

lmi_exchange_verdict lmi_exchange_new_id(char out[LMI_EXCHANGE_ID_SIZE])
{
    unsigned char bytes[(LMI_EXCHANGE_ID_SIZE - 1) / 2];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return lmi_exchange_fail_errno("the system gives no random bytes");
    sodium_bin2hex(out, LMI_EXCHANGE_ID_SIZE, bytes, sizeof(bytes));
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_folder_new(char id[LMI_EXCHANGE_ID_SIZE], int *fd,
                                             const lmi_exchange_folder *folder)
{
    const lmi_exchange_verdict verdict = lmi_exchange_new_id(id);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    *fd = openat(folder->incoming_fd, id, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (*fd < 0)
        return lmi_exchange_fail_errno("cannot write in %s/incoming", folder->path);
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_folder_keep(const lmi_exchange_folder *folder, const char *id)
{
    if (renameat(folder->incoming_fd, id, folder->files_fd, id) != 0)
        return lmi_exchange_fail_errno("cannot write %s/files/%s", folder->path, id);
    if (fsync(folder->files_fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        return lmi_exchange_fail_errno("cannot write in %s/files", folder->path);
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_exchange_folder_read(int *fd, uint64_t *size,
                                              const lmi_exchange_folder *folder, const char *id)
{
    const int opened = openat(folder->files_fd, id, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (opened < 0 || fstat(opened, &st) != 0) {
        lmi_exchange_fail_errno("cannot read %s/files/%s", folder->path, id);
        if (opened >= 0)
            close(opened);
        return LMI_EXCHANGE_FAILED;
    }
    *fd = opened;
    *size = (uint64_t)st.st_size;
    return LMI_EXCHANGE_OK;
}

void lmi_exchange_folder_drop(const lmi_exchange_folder *folder, const char *id)
{
    unlinkat(folder->incoming_fd, id, 0);
    unlinkat(folder->files_fd, id, 0);
}

static bool is_id(const char *name)
{
    return strlen(name) == LMI_EXCHANGE_ID_SIZE - 1 &&
           strspn(name, "0123456789abcdef") == LMI_EXCHANGE_ID_SIZE - 1;
}

lmi_exchange_verdict lmi_exchange_folder_each(int fd, lmi_exchange_file_fn fn, void *user)
{
    const int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = again >= 0 ? fdopendir(again) : NULL;
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    const struct dirent *entry;

    if (!folder) {
        lmi_exchange_fail_errno("cannot read a folder of the exchange");
        if (again >= 0)
            close(again);
        return LMI_EXCHANGE_FAILED;
    }
    while (verdict == LMI_EXCHANGE_OK && (entry = readdir(folder)))
        if (is_id(entry->d_name))
            verdict = fn(user, entry->d_name);
    closedir(folder);
    return verdict;
}

/* scratch.c - see scratch.h. */
#include "serve/peers/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "serve/exchange/upload.h"

static lmas_status empty(const char *path)
{
    DIR *dir = opendir(path);
    const int fd = dir ? dirfd(dir) : -1;
    const struct dirent *entry;

    if (fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(fd, entry->d_name, 0);
    closedir(dir);
    return LMAS_OK;
}

lmas_status lmi_scratch_prepare(const char *folder)
{
    char *path = NULL;
    lmas_status status = lmi_path_join(&path, folder, "scratch");

    if (status != LMAS_OK)
        return status;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        status = lmi_fail_errno(LMAS_E_IO, "cannot make %s", path);
    if (status == LMAS_OK)
        status = empty(path);
    lmi_free(path);
    return status;
}

lmas_status lmi_scratch_new(lmi_scratch **out, const char *folder)
{
    lmi_scratch *scratch = lmi_new(1, sizeof(*scratch));
    char name[LMI_EXCHANGE_ID_SIZE];

    if (!scratch)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a file");
    scratch->fd = -1;
    if (lmi_exchange_new_id(name) == LMI_EXCHANGE_OK &&
        (size_t)snprintf(scratch->path, LMI_PATH_MAX, "%s/scratch/%s", folder, name) < LMI_PATH_MAX)
        scratch->fd = open(scratch->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (scratch->fd < 0) {
        lmi_free(scratch);
        return lmi_fail_errno(LMAS_E_IO, "cannot write in %s/scratch", folder);
    }
    *out = scratch;
    return LMAS_OK;
}

void lmi_scratch_free(lmi_scratch *scratch)
{
    if (!scratch)
        return;
    close(scratch->fd);
    (void)unlink(scratch->path);
    lmi_free(scratch);
}

lmas_status lmi_scratch_add(lmi_scratch *scratch, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        const ssize_t n = write(scratch->fd, at, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot write %s", scratch->path);
        at += n;
        size -= (size_t)n;
        scratch->size += (uint64_t)n;
    }
    return LMAS_OK;
}

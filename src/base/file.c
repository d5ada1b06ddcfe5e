/*
 * file.c - whole files in, whole files out.
 *
 * Writing goes through a temporary file in the same folder and a rename, so that a crash,
 * a full disk or a second process never leaves half a file under the real name. The folder is
 * flushed after it: a name is on disk only then.
 *
 * A pipe is waited for with poll(), which a signal ends even where open() and read() would be
 * started again: whoever sits before a pipe that nobody writes into can leave.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { CHUNK_SIZE = 64 * 1024 };

/* Until there is something to read, or the end. */
static lmas_status wait_for(int fd, const char *path)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    if (poll(&wait, 1, -1) >= 0)
        return LMAS_OK;
    if (errno == EINTR)
        return lmi_fail(LMAS_E_CANCELED, "waiting for %s was interrupted", path);
    return lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
}

static lmas_status read_all(lmi_buf *out, int fd, const char *path)
{
    char chunk[CHUNK_SIZE];

    for (;;) {
        const lmas_status status = wait_for(fd, path);
        const ssize_t n = status == LMAS_OK ? read(fd, chunk, sizeof(chunk)) : -1;

        if (status != LMAS_OK || n == 0)
            return status;
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
        lmi_buf_append(out, chunk, (size_t)n);
        if (out->status == LMAS_E_FORMAT)
            return lmi_fail(LMAS_E_FORMAT, "%s is longer than %zu bytes", path, out->max);
        if (out->status != LMAS_OK)
            return lmi_buf_status(out);
    }
}

lmas_status lmi_file_read(lmi_buf *out, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    lmas_status status;

    if (fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot open %s", path);
    status = read_all(out, fd, path);
    close(fd);
    return status;
}

const char *lmi_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

lmas_status lmi_path_join(char **out, const char *folder, const char *name)
{
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    lmi_buf_printf(&path, "%s/%s", folder, name);
    if (path.status == LMAS_OK) {
        *out = lmi_buf_steal(&path);
        return LMAS_OK;
    }
    lmi_buf_done(&path);
    if (strlen(folder) + 1 + strlen(name) > LMI_PATH_MAX)
        return lmi_fail(LMAS_E_INVALID, "path longer than %d bytes: %s/%s", LMI_PATH_MAX, folder,
                        name);
    return lmi_fail(LMAS_E_NOMEM, "no memory for a path");
}

lmas_status lmi_sink_open(lmi_sink *out, const char *path)
{
    out->path = path;
    out->fd = -1;
    if (snprintf(out->temporary, sizeof(out->temporary), "%s.XXXXXX", path) >=
        (int)sizeof(out->temporary))
        return lmi_fail(LMAS_E_INVALID, "path longer than %d bytes: %s", LMI_PATH_MAX, path);
    out->fd = mkstemp(out->temporary);
    if (out->fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    return LMAS_OK;
}

lmas_status lmi_sink_add(lmi_sink *sink, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        const ssize_t n = write(sink->fd, at, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot write %s", sink->path);
        at += n;
        size -= (size_t)n;
    }
    return LMAS_OK;
}

void lmi_folder_flush(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? lmi_strndup(path, (size_t)(slash - path) + 1) : lmi_strdup(".");
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    lmi_free(folder);
}

lmas_status lmi_sink_finish(lmi_sink *sink, lmas_status status)
{
    if (status == LMAS_OK && fsync(sink->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", sink->path);
    if (status == LMAS_OK && fchmod(sink->fd, 0644) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", sink->path);
    if (close(sink->fd) != 0 && status == LMAS_OK)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", sink->path);
    if (status == LMAS_OK && rename(sink->temporary, sink->path) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", sink->path);
    if (status != LMAS_OK)
        unlink(sink->temporary);
    else
        lmi_folder_flush(sink->path);
    return status;
}

lmas_status lmi_file_write(const char *path, const void *data, size_t size)
{
    lmi_sink sink;
    const lmas_status status = lmi_sink_open(&sink, path);

    return sink.fd < 0 ? status : lmi_sink_finish(&sink, lmi_sink_add(&sink, data, size));
}

/* Whoever looks meanwhile sees it grow: it is for what is written once, and short. */
lmas_status lmi_file_create(const char *path, const void *data, size_t size, mode_t mode)
{
    lmi_sink new = {.path = path};
    lmas_status status;

    new.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (new.fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot make the file %s", path);
    status = lmi_sink_add(&new, data, size);
    if (status == LMAS_OK && fsync(new.fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    if (close(new.fd) != 0 && status == LMAS_OK)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    if (status != LMAS_OK)
        unlink(path);
    else
        lmi_folder_flush(path);
    return status;
}

bool lmi_file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

bool lmi_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static lmas_status make_one(const char *path)
{
    const bool is_new = mkdir(path, 0777) == 0;

    if (!is_new && (errno != EEXIST || !lmi_is_dir(path)))
        return lmi_fail_errno(LMAS_E_IO, "cannot make the folder %s", path);
    if (is_new)
        lmi_folder_flush(path);
    return LMAS_OK;
}

lmas_status lmi_dir_make(const char *path)
{
    char partial[LMI_PATH_MAX];
    const size_t len = strlen(path);
    size_t i;

    if (len == 0 || len >= sizeof(partial))
        return lmi_fail(LMAS_E_INVALID, "folder name of %zu bytes, from 1 to %d expected", len,
                        LMI_PATH_MAX - 1);
    memcpy(partial, path, len + 1);
    for (i = 1; i < len; i++) {
        lmas_status status;

        if (partial[i] != '/')
            continue;
        partial[i] = '\0';
        status = make_one(partial);
        partial[i] = '/';
        if (status != LMAS_OK)
            return status;
    }
    return make_one(partial);
}

lmas_status lmi_dir_make_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    lmas_status status;

    if (!slash || slash == path)
        return LMAS_OK;
    folder = lmi_strndup(path, (size_t)(slash - path));
    if (!folder)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    status = lmi_dir_make(folder);
    lmi_free(folder);
    return status;
}

lmas_status lmi_cache_dir(lmi_buf *out)
{
    const char *base = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (base && base[0] == '/')
        lmi_buf_printf(out, "%s/latentmas", base);
    else if (home && home[0])
        lmi_buf_printf(out, "%s/.cache/latentmas", home);
    else
        return lmi_fail(LMAS_E_IO, "no cache folder: neither XDG_CACHE_HOME nor HOME is set");
    return lmi_buf_status(out);
}

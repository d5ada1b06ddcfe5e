/*
 * part.c - locked, appended to, renamed.
 *
 * The lock is on the part itself, and goes with the process. Whoever waited for it may hold a
 * file that has since become the whole one (or was dropped), and then opens anew.
 */
#include "hub/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

#define NAP_NS 100000000L

/* What FILE.part.of holds: total, a space, the version, a newline. */
enum { OF_MAX = LMI_VERSION_SIZE + 64 };

/* (Here and below the status is named again: who reads one file only, such as an analyzer, then
 * sees that what follows needs no check of its own.) */
static lmas_status fail_write(const lmi_part *part)
{
    lmi_fail_errno(LMAS_E_IO, "cannot write %s", part->part_path);
    return LMAS_E_IO;
}

static lmas_status join(char **out, const char *path, const char *ending)
{
    lmi_buf text;

    lmi_buf_init(&text, LMI_PATH_MAX);
    lmi_buf_printf(&text, "%s%s", path, ending);
    if (text.status == LMAS_E_FORMAT) {
        lmi_buf_done(&text);
        lmi_fail(LMAS_E_INVALID, "path longer than %d bytes: %s", LMI_PATH_MAX, path);
        return LMAS_E_INVALID;
    }
    *out = lmi_buf_steal(&text);
    if (*out)
        return LMAS_OK;
    lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    return LMAS_E_NOMEM;
}

/* Whether the file we hold is the one that has the part's name. */
static bool is_current(const lmi_part *part)
{
    struct stat held, named;

    return fstat(part->fd, &held) == 0 && stat(part->part_path, &named) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

static lmas_status wait_for_lock(const lmi_part *part, lmi_tick_fn tick, void *user)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    bool has_said = false;

    while (flock(part->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return lmi_fail_errno(LMAS_E_IO, "cannot lock %s", part->part_path);
        if (!has_said)
            lmi_log(LMAS_LOG_INFO, "another process fetches %s: waiting for it", part->path);
        has_said = true;
        if (!tick(user))
            return lmi_fail(LMAS_E_CANCELED, "fetching was stopped");
        nanosleep(&nap, NULL);
    }
    return LMAS_OK;
}

static lmas_status open_locked(lmi_part *part, lmi_tick_fn tick, void *user)
{
    lmas_status status;

    for (;;) {
        part->fd = open(part->part_path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        if (part->fd < 0)
            return fail_write(part);
        status = wait_for_lock(part, tick, user);
        if (status != LMAS_OK || is_current(part))
            return status;
        close(part->fd);
        part->fd = -1;
    }
}

/* What the part is of. Without a record that can be read its bytes are of nothing known. */
static void read_record(lmi_part *part)
{
    lmi_buf text;
    char *end = NULL;
    size_t len;

    lmi_buf_init(&text, OF_MAX);
    if (lmi_file_read(&text, part->of_path) == LMAS_OK && text.len) {
        part->total = strtoull(lmi_buf_text(&text), &end, 10);
        end += *end == ' ' ? 1 : 0;
        len = strcspn(end, "\n");
        if (end[len] == '\n' && len < LMI_VERSION_SIZE)
            memcpy(part->version, end, len); /* the rest is zeros */
        else
            part->total = 0;
    }
    lmi_buf_done(&text);
}

static lmas_status read_size(lmi_part *part)
{
    struct stat st;

    if (fstat(part->fd, &st) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", part->part_path);
    part->size = (uint64_t)st.st_size;
    return part->total || part->size == 0 ? LMAS_OK : lmi_part_cut(part, 0);
}

lmas_status lmi_part_open(lmi_part *out, const char *path, lmi_tick_fn tick, void *user)
{
    lmi_part part = {.fd = -1};
    lmas_status status = join(&part.path, path, "");

    if (status == LMAS_OK)
        status = join(&part.part_path, path, ".part");
    if (status == LMAS_OK)
        status = join(&part.of_path, path, ".part.of");
    if (status == LMAS_OK)
        status = open_locked(&part, tick, user);
    if (status == LMAS_OK) {
        read_record(&part);
        status = read_size(&part);
    }
    if (status == LMAS_OK)
        *out = part;
    else
        lmi_part_close(&part);
    return status;
}

void lmi_part_close(lmi_part *part)
{
    if (part->path && part->fd >= 0)
        close(part->fd);
    lmi_free(part->path);
    lmi_free(part->part_path);
    lmi_free(part->of_path);
    *part = (lmi_part){.fd = -1};
}

lmas_status lmi_part_append(lmi_part *part, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(part->fd, data, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_write(part);
        part->size += (uint64_t)n;
        data += n;
        size -= (size_t)n;
    }
    return LMAS_OK;
}

lmas_status lmi_part_cut(lmi_part *part, uint64_t size)
{
    if (ftruncate(part->fd, (off_t)size) != 0)
        return fail_write(part);
    part->size = size;
    return LMAS_OK;
}

lmas_status lmi_part_restart(lmi_part *part, uint64_t total, const char *version)
{
    lmas_status status = lmi_part_cut(part, 0);
    lmi_buf text;

    if (status != LMAS_OK)
        return status;
    part->total = total;
    snprintf(part->version, sizeof(part->version), "%s",
             strlen(version) < LMI_VERSION_SIZE ? version : "");
    lmi_buf_init(&text, OF_MAX);
    lmi_buf_printf(&text, "%llu %s\n", (unsigned long long)total, part->version);
    status = lmi_buf_status(&text);
    if (status == LMAS_OK)
        status = lmi_file_write(part->of_path, lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_part_finish(lmi_part *part)
{
    if (fsync(part->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        return fail_write(part);
    if (rename(part->part_path, part->path) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", part->path);
    unlink(part->of_path);
    lmi_folder_flush(part->path);
    return LMAS_OK;
}

void lmi_part_drop(lmi_part *part)
{
    unlink(part->of_path);
    unlink(part->part_path);
}

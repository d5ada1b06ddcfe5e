/* memfile.c - memfd_create(), filled. */
#include "process/memfile.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

static bool write_all(int fd, const void *data, size_t size)
{
    const char *next = data;

    while (size > 0) {
        const ssize_t n = write(fd, next, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        next += n;
        size -= (size_t)n;
    }
    return true;
}

lmas_status lmi_memfile(int *fd, const char *name, const void *head, size_t head_size,
                        const void *tail, size_t tail_size)
{
    const int file = memfd_create(name, MFD_CLOEXEC);
    lmas_status status = LMAS_OK;

    if (file < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot make a file in memory");
    if (!write_all(file, head, head_size) || !write_all(file, tail, tail_size) ||
        lseek(file, 0, SEEK_SET) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write a file in memory");
    if (status == LMAS_OK)
        *fd = file;
    else
        close(file);
    return status;
}

/* find.c - PATH; what is not an absolute folder in there is passed over. */
#include "process/find.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

char *lmi_program_find_along(const char *path, const char *name)
{
    lmi_buf at;

    lmi_buf_init(&at, LMI_PATH_MAX);
    while (*path) {
        const char *end = strchrnul(path, ':');

        lmi_buf_clear(&at);
        lmi_buf_append(&at, path, (size_t)(end - path));
        lmi_buf_printf(&at, "/%s", name);
        if (*path == '/' && at.status == LMAS_OK && lmi_is_program(lmi_buf_text(&at)))
            return lmi_buf_steal(&at);
        path = *end ? end + 1 : end;
    }
    lmi_buf_done(&at);
    return NULL;
}

char *lmi_program_find(const char *name)
{
    const char *path = getenv("PATH");

    return lmi_program_find_along(path && *path ? path : LMI_USUAL_PATH, name);
}

bool lmi_is_program(const char *path)
{
    struct stat at;

    return path && stat(path, &at) == 0 && S_ISREG(at.st_mode) && access(path, X_OK) == 0;
}

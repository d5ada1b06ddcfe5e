/* find.h - where programs lie. */
#ifndef LMI_PROCESS_FIND_H
#define LMI_PROCESS_FIND_H

#include <stdbool.h>

/* The PATH of who has none, and of what runs behind walls. */
#define LMI_USUAL_PATH "/usr/local/bin:/usr/bin:/bin"

/* The absolute path of `name` along the host's PATH, or NULL. */
char *lmi_program_find(const char *name);

/* The same along `path`. */
char *lmi_program_find_along(const char *path, const char *name);

/* Whether `path` (NULL: no) is a file that we may execute. */
bool lmi_is_program(const char *path);

#endif

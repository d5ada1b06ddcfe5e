/*
 * python.h - where Python lies.
 *
 * Behind walls a program sees /usr. A Python that lies elsewhere (built by its user, or a virtual
 * environment) is shown with the folder that its library is in, read-only.
 */
#ifndef LMI_SANDBOX_PYTHON_H
#define LMI_SANDBOX_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Folders an interpreter may need: its own, and that of the one it is a virtual environment of. */
enum { LMI_PYTHON_FOLDERS_MAX = 2 };

typedef struct lmi_python_place {
    char *path;
    char *folders[LMI_PYTHON_FOLDERS_MAX]; /* outside /usr */
    size_t n_folders;
} lmi_python_place;

/* The interpreter `asked`: a path, or a name along PATH; NULL for python3. LMAS_E_IO with the next
 * step when there is none, or none that can be shown inside. */
lmas_status lmi_python_find(lmi_python_place *out, const char *asked, bool is_walled);
void lmi_python_place_done(lmi_python_place *place);

#endif

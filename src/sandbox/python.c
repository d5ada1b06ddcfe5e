/* python.c - links, and which folder of a Python may be shown to a program. */
#include "sandbox/python.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "process/find.h"

/* `asked` as an absolute path; a link stays one, as a virtual environment is known by it. */
static char *make_absolute(const char *asked)
{
    char here[LMI_PATH_MAX];
    char *path = NULL;

    if (asked[0] == '/')
        return lmi_strdup(asked);
    if (!strchr(asked, '/'))
        return lmi_program_find(asked);
    if (!getcwd(here, sizeof(here)) || lmi_path_join(&path, here, asked) != LMAS_OK)
        return NULL;
    return path;
}

/* ---- Folders -------------------------------------------------------------------------------- */

/* Cut the last `n` names off a path; false when nothing is left. */
static bool cut_names(char *path, int n)
{
    for (; n > 0; n--) {
        char *slash = strrchr(path, '/');

        if (!slash)
            return false;
        *slash = '\0';
    }
    return *path != '\0';
}

/* Whether a Python's library lies in there, or it is a virtual environment. */
static bool holds_python(const char *folder)
{
    static const char *const signs[] = {"lib/python3*/os.py", "pyvenv.cfg"};
    char pattern[LMI_PATH_MAX + 32];
    bool is_found = false;
    size_t i;

    for (i = 0; i < 2 && !is_found; i++) {
        glob_t found = {0};

        snprintf(pattern, sizeof(pattern), "%s/%s", folder, signs[i]);
        is_found = glob(pattern, 0, NULL, &found) == 0;
        globfree(&found);
    }
    return is_found;
}

/* The user's home, or a folder above it: nothing that a program may be shown. */
static bool holds_home(const char *folder)
{
    const char *home = getenv("HOME");
    const size_t len = strlen(folder);

    return home && strncmp(home, folder, len) == 0 && (home[len] == '/' || home[len] == '\0');
}

/* Show the folder of the interpreter `path`, .../FOLDER/bin/python3. False when it is none. */
static bool add_folder_of(lmi_python_place *place, const char *path)
{
    char *folder;

    if (strncmp(path, "/usr/", 5) == 0)
        return true;
    folder = lmi_strdup(path);
    if (folder && cut_names(folder, 2) && holds_python(folder) && !holds_home(folder)) {
        place->folders[place->n_folders++] = folder;
        return true;
    }
    lmi_free(folder);
    return false;
}

static lmas_status add_folders(lmi_python_place *place)
{
    char real[PATH_MAX];
    bool is_good = realpath(place->path, real) && add_folder_of(place, real);

    if (is_good && strcmp(real, place->path) != 0 && !add_folder_of(place, place->path)) {
        /* A link that lies somewhere else: it is not needed. */
        lmi_free(place->path);
        place->path = lmi_strdup(real);
        is_good = place->path != NULL;
    }
    if (is_good)
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO,
                    "%s cannot be used in a sandbox, which sees /usr and of any other Python only "
                    "its own folder: expected FOLDER/bin/python3 with FOLDER/lib/python3.*/os.py",
                    place->path ? place->path : "this Python");
}

/* ---- Which --------------------------------------------------------------------------------- */

static lmas_status find_usual(lmi_python_place *place, bool is_walled)
{
    place->path = lmi_program_find("python3");
    if (!place->path)
        return lmi_fail(LMAS_E_IO, "no python3 in PATH to run programs with: apt install python3");
    if (!is_walled)
        return LMAS_OK;
    if (strncmp(place->path, "/usr/", 5) != 0) {
        lmi_free(place->path);
        place->path = lmi_strdup("/usr/bin/python3");
        if (!place->path)
            return lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    }
    if (access(place->path, X_OK) == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO, "no python3 under /usr, which is all that a sandbox sees: apt "
                               "install python3");
}

lmas_status lmi_python_find(lmi_python_place *out, const char *asked, bool is_walled)
{
    *out = (lmi_python_place){0};
    if (!asked)
        return find_usual(out, is_walled);
    out->path = make_absolute(asked);
    if (!lmi_is_program(out->path))
        return lmi_fail(LMAS_E_IO, "no Python to run programs with: expected a program, found %s%s",
                        asked, out->path ? "" : ", which is not in PATH");
    return is_walled ? add_folders(out) : LMAS_OK;
}

void lmi_python_place_done(lmi_python_place *place)
{
    size_t i;

    for (i = 0; i < place->n_folders; i++)
        lmi_free(place->folders[i]);
    lmi_free(place->path);
    *place = (lmi_python_place){0};
}

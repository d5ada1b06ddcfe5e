/* file.h - files read whole up to a limit, and written so that nobody sees half of one. */
#ifndef LMI_BASE_FILE_H
#define LMI_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

/* Longest path the library builds, in bytes. */
#define LMI_PATH_MAX 4096

/* Append the file at `path` to `out`; LMAS_E_FORMAT when it is longer than out->max allows,
 * LMAS_E_IO when it cannot be read (a directory cannot). A pipe is waited for; LMAS_E_CANCELED when
 * a signal whose handler returns ends that. */
lmas_status lmi_file_read(lmi_buf *out, const char *path);

/* A file that appears under its name when it is finished: a temporary one beside it until then. */
typedef struct lmi_sink {
    const char *path; /* borrowed */
    char temporary[LMI_PATH_MAX];
    int fd; /* -1 where it did not open */
} lmi_sink;

lmas_status lmi_sink_open(lmi_sink *out, const char *path);
lmas_status lmi_sink_add(lmi_sink *sink, const void *data, size_t size);

/* Where `status` is LMAS_OK, flush the file to disk, rename it over the old one, and flush the
 * folder; throw it away otherwise. Gives `status`, or what went wrong here: then the old file, if
 * any, is as it was and the temporary is gone. */
lmas_status lmi_sink_finish(lmi_sink *sink, lmas_status status);

/* Replace the file at `path` by `data`, in the same way. */
lmas_status lmi_file_write(const char *path, const void *data, size_t size);

/* Write a new file with these permissions, flushed; LMAS_E_IO where there is one of that name. What
 * fails leaves none. */
lmas_status lmi_file_create(const char *path, const void *data, size_t size, mode_t mode);

/* Flush the folder that holds `path` to disk: a new name, or a rename, is there once it is. Where
 * folders cannot be flushed, that is all. */
void lmi_folder_flush(const char *path);

/* FOLDER/NAME; LMAS_E_INVALID when it is longer than LMI_PATH_MAX. Free with lmi_free(). */
lmas_status lmi_path_join(char **out, const char *folder, const char *name);

/* The last name of a path, which it points into: what stands behind its slashes. */
const char *lmi_path_name(const char *path);

/* Make the directory `path` and those above it. */
lmas_status lmi_dir_make(const char *path);

/* Make the directory that the file `path` goes into, and those above it. */
lmas_status lmi_dir_make_parent(const char *path);

bool lmi_file_exists(const char *path);
bool lmi_is_dir(const char *path);

/* $XDG_CACHE_HOME/latentmas, or ~/.cache/latentmas, as text. LMAS_E_IO without either. */
lmas_status lmi_cache_dir(lmi_buf *out);

#endif

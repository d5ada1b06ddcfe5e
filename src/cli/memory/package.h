/* package.h - packages of Awareness on the command line: each goes through a frame of AVP, in a
 * file beside the one that is written. */
#ifndef LMI_CLI_PACKAGE_H
#define LMI_CLI_PACKAGE_H

#include "base/file.h"
#include "latentmas_store.h"

/* Whether the name is one of a package: it ends in .memorypkg or .vectorpkg; and whether that of a
 * vector. */
bool lmi_is_package(const char *path);
bool lmi_is_vector_package(const char *path);

/* A frame for as long as it is needed. */
typedef struct lmi_passing_frame {
    char path[LMI_PATH_MAX]; /* "" where there is none */
} lmi_passing_frame;

lmas_status lmi_passing_frame_new(lmi_passing_frame *out, const char *beside);
void lmi_passing_frame_done(lmi_passing_frame *frame);

/* Write the package as a frame: its numbers are taken for those of that model. */
lmas_status lmi_package_read(const lmi_passing_frame *frame, const char *package,
                             const lmas_model_info *model);

/* Write the frame as a package; NULL for what is not said. */
lmas_status lmi_package_write(const char *package, const lmi_passing_frame *frame,
                              const lmas_model_info *model, const char *name,
                              const char *description, const char *creator);

#endif

/* scratch.h - files of an hour, in FOLDER/scratch of the exchange: what came in another form than
 * the exchange keeps. Nothing of them outlives the server. */
#ifndef LMI_SERVE_SCRATCH_H
#define LMI_SERVE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/file.h"

typedef struct lmi_scratch {
    char path[LMI_PATH_MAX];
    int fd;
    uint64_t size;
} lmi_scratch;

/* Make the folder, and remove what a server that was killed has left there. */
lmas_status lmi_scratch_prepare(const char *folder);

/* A new file, its owner's alone. And away with it; NULL is nothing. */
lmas_status lmi_scratch_new(lmi_scratch **out, const char *folder);
void lmi_scratch_free(lmi_scratch *scratch);

lmas_status lmi_scratch_add(lmi_scratch *scratch, const void *data, size_t size);

#endif

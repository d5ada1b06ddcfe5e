/* memfile.h - files without a name, for what a child is to read or to leave. */
#ifndef LMI_PROCESS_MEMFILE_H
#define LMI_PROCESS_MEMFILE_H

#include <stddef.h>

#include "base/status.h"

/* A new file with `head` and `tail` in it (either may be empty), at its beginning. */
lmas_status lmi_memfile(int *fd, const char *name, const void *head, size_t head_size,
                        const void *tail, size_t tail_size);

#endif

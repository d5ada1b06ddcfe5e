/* load.h - what may go into a file; the two ways in which a working memory comes out of one, both
 * of which fill an empty one. */
#ifndef LMI_STORE_LOAD_H
#define LMI_STORE_LOAD_H

#include "latent/memory.h"
#include "store/container.h"

/* Fail where a memory holds nothing that could go into a file: it has failed, is busy, or empty. */
lmas_status lmi_memory_check_content(const lmas_memory *memory);

/* From its state: bit for bit. After a failure the memory is empty again. */
lmas_status lmi_memory_restore(lmas_memory *memory, const lmi_container *container);

/* From what was read and thought, which is fed in again; `reason` is why. */
lmas_status lmi_memory_rebuild(lmas_memory *memory, const lmi_container *container,
                               const char *reason);

/* The file's tokens and thoughts, each to be freed: all of them are what this model can be fed. */
lmas_status lmi_content_read(int32_t **tokens, float **vectors, const lmi_container *container);

#endif

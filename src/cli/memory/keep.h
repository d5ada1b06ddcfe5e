/* keep.h - latentmas memory save and load: a document read once, gone on from later. */
#ifndef LMI_CLI_MEMORY_KEEP_H
#define LMI_CLI_MEMORY_KEEP_H

#include "cli/flags.h"
#include "latentmas_store.h"

typedef struct lmi_memory_wish {
    const char *path;     /* of the memory file */
    const char *document; /* to read, NULL for none */
    int64_t n_thoughts;   /* behind it */
    int64_t n_tokens;     /* to speak */
    lmas_memory_file_params params;
} lmi_memory_wish;

/* Read the document into a memory and save it. */
lmas_status lmi_memory_keep_new(const lmi_solve_flags *flags, const lmi_memory_wish *keep);

/* Load a memory, read the document into it where there is one, and speak on stdout. */
lmas_status lmi_memory_go_on(const lmi_solve_flags *flags, const lmi_memory_wish *keep);

#endif

/* file.h - latentmas memory info and verify: memory files without a model. */
#ifndef LMI_CLI_MEMORY_FILE_H
#define LMI_CLI_MEMORY_FILE_H

#include <stdbool.h>

#include "latentmas_store.h"

/* Print what the file holds on stdout, as text or as JSON; fails where it is damaged. */
lmas_status lmi_memory_info(const char *path, const lmas_memory_file_params *params, bool is_json);

/* Print that it is whole, and whether the key sealed it. */
lmas_status lmi_memory_verify(const char *path, const lmas_memory_file_params *params);

/* Print that a memory of `n_pos` positions is in the file now, and with what seal. */
void lmi_memory_say_saved(const char *path, uint32_t n_pos, const lmas_memory_file_params *params);

#endif

/* cached.h - latentmas model get, list, path, rm: the models of the hub that the cache holds. */
#ifndef LMI_CLI_MODEL_CACHED_H
#define LMI_CLI_MODEL_CACHED_H

#include <stdbool.h>
#include <stddef.h>

/* Each gives the program's exit code. */
int lmi_models_get(char **names, size_t n, bool is_offline);
int lmi_models_list(bool is_json);
int lmi_model_path(const char *name);
int lmi_models_remove(char **names, size_t n);

#endif

/* plugin.h - the parts of the backend, which only this room sees. */
#ifndef LMI_KERNELS_PLUGIN_H
#define LMI_KERNELS_PLUGIN_H

#include "kernels/kernels.h"
#include "kernels/path.h"
#include "kernels/plugin/abi.h"

/* The path of a name, or the best (NULL); NULL where this processor cannot go it. */
const lmi_path *lmi_plugin_path(const char *name);
ggml_backend_dev_t lmi_plugin_device(void);

/* The path of the pack that this thread serves; NULL where it serves none. */
const lmi_path *lmi_plugin_served(void);

/* Whether a tensor's weights are tiles of a pack, and by what they are multiplied. */
bool lmi_pack_has(const struct ggml_tensor *weights);
const lmi_path *lmi_pack_path_of(const struct ggml_tensor *weights);

/* One that computes: plugin/backend.c. NULL when memory is out. */
ggml_backend_t lmi_plugin_backend(void);
void lmi_plugin_set_threads(ggml_backend_t backend, int n_threads);
void lmi_plugin_set_abort(ggml_backend_t backend, ggml_abort_callback fn, void *user);

/* Whether it computes an operation. */
bool lmi_plugin_supports(const struct ggml_tensor *op);

#endif

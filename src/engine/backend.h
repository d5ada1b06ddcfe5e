/* backend.h - libggml's backends, loaded once, and libllama's log, kept for messages. */
#ifndef LMI_ENGINE_BACKEND_H
#define LMI_ENGINE_BACKEND_H

#include <stdbool.h>

#include "engine/libllama.h"

/* Load the backends and catch the log. Cheap after the first call; any thread. */
void lmi_backend_start(void);

/* What libllama complained about first on this thread since lmi_backend_forget(), "" when it
 * did not. It explains a NULL or a false better than we could. */
const char *lmi_backend_complaint(void);
void lmi_backend_forget(void);

/* Whether layers can go to a device: it is a GPU. */
bool lmi_backend_is_accelerator(ggml_backend_dev_t device);

#endif

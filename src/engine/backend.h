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

/* Whether a device is a GPU of this machine. What computes behind a server nobody says, so a model
 * on servers is run as on a processor, and what it answers is what it answers here. */
bool lmi_backend_is_accelerator(ggml_backend_dev_t device);

#endif

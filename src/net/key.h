/* key.h - the key of a server, from a file or the environment. */
#ifndef LMI_NET_KEY_H
#define LMI_NET_KEY_H

#include "base/status.h"

/* Bytes of a key. */
#define LMI_KEY_MAX ((size_t)4096)

/* The one line of the file at `path`; NULL: LATENTMAS_API_KEY or OPENAI_API_KEY, "" where neither
 * is set. LMAS_E_INVALID for what can be no key; no message has it. Forget it with
 * lmi_key_free(). */
lmas_status lmi_key_read(char **out, const char *path);
void lmi_key_free(char *key);

#endif

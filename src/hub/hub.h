/*
 * hub.h - what the environment says of the Hugging Face hub: addresses, the token, the network.
 *
 * The names are those of the Hugging Face libraries, so what is set for them holds here:
 *   HF_ENDPOINT            in place of https://huggingface.co; for models MODEL_ENDPOINT, which is
 *                          llama.cpp's, goes before it
 *   HF_TOKEN, HUGGING_FACE_HUB_TOKEN (its old name), HF_TOKEN_PATH (a file, by default
 *                          $HF_HOME/token or ~/.cache/huggingface/token)
 *   HF_HUB_OFFLINE, and for data sets HF_DATASETS_OFFLINE, for models TRANSFORMERS_OFFLINE
 */
#ifndef LMI_HUB_HUB_H
#define LMI_HUB_HUB_H

#include "base/buf.h"

/* Longest address and longest token, in bytes. */
#define LMI_URL_MAX   ((size_t)2048)
#define LMI_TOKEN_MAX ((size_t)1024)

/* The variable's value; NULL when it is not set or empty. */
const char *lmi_hub_env(const char *name);

/* The variable by which the user says not to use the network: HF_HUB_OFFLINE or the one that is
 * `also` asked; NULL when none does. */
const char *lmi_hub_offline(const char *also);

/* Append the address in the variable `name`, or `normal`, without a slash at the end. */
lmas_status lmi_hub_append_base(lmi_buf *out, const char *name, const char *normal);

/* The same for models, of which the variables name the hub. */
lmas_status lmi_hub_append_endpoint(lmi_buf *out);

/* Append `text` with what has a meaning in an address escaped, save the signs in `also_plain`. */
void lmi_hub_append_escaped(lmi_buf *out, const char *text, const char *also_plain);

/* Append the user's token; nothing when there is none. */
lmas_status lmi_hub_token(lmi_buf *out);

#endif

/*
 * hub.h - what the environment says of fetching: addresses, the token, the cache folder.
 *
 * The names are those of the Hugging Face libraries, so what is set for them holds here:
 *   HF_ENDPOINT            in place of https://huggingface.co
 *   HF_TOKEN, HUGGING_FACE_HUB_TOKEN (its old name), HF_TOKEN_PATH (a file, by default
 *                          $HF_HOME/token or ~/.cache/huggingface/token)
 *   HF_HUB_OFFLINE, HF_DATASETS_OFFLINE
 *   HF_DATASETS_CACHE, HF_HOME
 * Two have no counterpart there: HF_DATASETS_SERVER, in place of
 * https://datasets-server.huggingface.co, and LATENTMAS_RAW_ENDPOINT, in place of
 * https://raw.githubusercontent.com. HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE and TRANSFORMERS_CACHE
 * are for whole repositories in a layout of the hub's own, and do not matter here.
 */
#ifndef LMI_DATA_HUB_H
#define LMI_DATA_HUB_H

#include "data/source.h"

/* Longest address and longest token, in bytes. */
#define LMI_URL_MAX   ((size_t)2048)
#define LMI_TOKEN_MAX ((size_t)1024)

/* The variable by which the user says not to use the network; NULL when none does. */
const char *lmi_hub_offline(void);

/* Append the folder of our data files: $HF_DATASETS_CACHE/latentmas, $HF_HOME/datasets/latentmas,
 * or data/ in the program's own cache. */
lmas_status lmi_hub_cache_dir(lmi_buf *out);

/* Append the address of rows [offset, offset + length), or of a file. */
lmas_status lmi_hub_rows_url(lmi_buf *out, const lmi_source *source, size_t offset, size_t length);
lmas_status lmi_hub_file_url(lmi_buf *out, const lmi_source *source);

/* Append the user's token; nothing when there is none. */
lmas_status lmi_hub_token(lmi_buf *out);

#endif
